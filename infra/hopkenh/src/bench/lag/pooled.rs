//! The ways shops usually do it: every listing shows all that is left, as far as anybody has heard; or a fixed part.

use super::world::{LISTINGS, Rule, UNITS, World, Write};

/// From one look at the channels' orders to the next.
pub const POLL_MS: u64 = 15 * 60_000;

/// Orders are looked up every quarter of an hour; then every listing is set to what is left.
pub struct Poll {
    /// When the first look comes, counted from the start of the sale.
    pub first_after_ms: u64,
}

impl Poll {
    /// A sale begins at any of the 900 seconds between two looks; neighbouring seeds far apart (719 has no factor in
    /// common with 900, so each second has its turn).
    pub fn drawn(seed: u64) -> Self {
        Self { first_after_ms: seed.wrapping_mul(719_000) % POLL_MS }
    }
}

impl Rule for Poll {
    fn open(&mut self, world: &mut World) -> [i64; LISTINGS] {
        world.ring_after(self.first_after_ms, 0);
        [UNITS; LISTINGS]
    }

    fn learned(&mut self, _listing: usize, _sold_ms: i64, _world: &mut World) {}

    fn due(&mut self, _alarm: usize, world: &mut World) {
        show_everywhere(UNITS - world.listed_orders(), world);
        world.ring_after(POLL_MS, 0);
    }
}

/// After each webhook every listing is set to what is left, less a buffer.
#[derive(Default)]
pub struct BlindSet {
    /// Units that are never shown.
    pub buffer: i64,
    learned: i64,
}

impl BlindSet {
    /// With so many units held back.
    pub fn with_buffer(buffer: i64) -> Self {
        Self { buffer, learned: 0 }
    }
}

impl Rule for BlindSet {
    fn open(&mut self, _world: &mut World) -> [i64; LISTINGS] {
        [UNITS - self.buffer; LISTINGS]
    }

    fn learned(&mut self, _listing: usize, _sold_ms: i64, world: &mut World) {
        self.learned += 1;
        show_everywhere(UNITS - self.learned - self.buffer, world);
    }
}

fn show_everywhere(units: i64, world: &mut World) {
    for listing in 0..LISTINGS {
        world.send(listing, Write::Set(units.max(0)));
    }
}

/// Each listing has its own part, the same for all, and keeps it.
pub struct FixedSplit;

impl Rule for FixedSplit {
    fn open(&mut self, _world: &mut World) -> [i64; LISTINGS] {
        // What does not divide goes to the first listings.
        let (all, mut left) = (i64::try_from(LISTINGS).unwrap_or(1), UNITS);
        std::array::from_fn(|n| {
            let others = all - i64::try_from(n).unwrap_or(0);
            let part = (left + others - 1) / others.max(1);
            left -= part;
            part
        })
    }

    fn learned(&mut self, _listing: usize, _sold_ms: i64, _world: &mut World) {}
}
