//! The ways of keeping listings in step that are compared, ours among them.

use super::cover::Covers;
use super::pooled::{BlindSet, FixedSplit, Poll};
use super::world::{LISTINGS, Rule};
use commerce::cover::Class;
use commerce::ids::IdError;

/// A way to keep listings in step.
pub struct Way {
    /// Its name in the JSON file.
    pub name: &'static str,
    /// Its name in the table.
    pub title: &'static str,
    /// What we promise something about.
    pub is_ours: bool,
    /// Begins a sale; the seed says how far away the next look at the orders is.
    pub start: fn(u64) -> Result<Box<dyn Rule>, IdError>,
}

/// All that are compared.
pub const WAYS: [Way; 7] = [
    Way {
        name: "poll",
        title: "look every 15 min",
        is_ours: false,
        start: |seed| Ok(Box::new(Poll::drawn(seed))),
    },
    Way {
        name: "blind",
        title: "set all after each webhook",
        is_ours: false,
        start: |_| Ok(Box::new(BlindSet::with_buffer(0))),
    },
    Way {
        name: "buffer",
        title: "the same, 2 held back",
        is_ours: false,
        start: |_| Ok(Box::new(BlindSet::with_buffer(2))),
    },
    Way { name: "fixed", title: "a fixed third each", is_ours: false, start: |_| Ok(Box::new(FixedSplit)) },
    Way {
        name: "ours_k4",
        title: "ours, blind listings (K4)",
        is_ours: true,
        start: |_| ours([Class::Blind; 3]),
    },
    Way {
        name: "ours_mixed",
        title: "ours, K4 + K4 + K1",
        is_ours: true,
        start: |_| ours([Class::Blind, Class::Blind, Class::Compare]),
    },
    Way {
        name: "ours_k1",
        title: "ours, comparing (K1)",
        is_ours: true,
        start: |_| ours([Class::Compare; 3]),
    },
];

fn ours(classes: [Class; LISTINGS]) -> Result<Box<dyn Rule>, IdError> {
    Ok(Box::new(Covers::new(classes)?))
}
