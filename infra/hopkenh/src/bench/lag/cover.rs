//! Our way: a listing shows only units that are set aside for it, and they move after the buyers.
//!
//! A raise reserves free units first, then writes. Only a learned order may make a listing give units away. A blind
//! listing (K4) gives by being set to 0 and waiting until all its earlier orders are known; it is raised only from a
//! cover of 0. A listing that compares (K1) is written in place, and what it refuses is undone.

use super::shares::{REMEMBERED, Shares};
use super::world::{LISTINGS, Rule, UNITS, World, Write};
use std::cmp::Reverse;
use std::collections::VecDeque;

/// A channel's order list is behind by at most this (as Shopee's and TikTok Shop's are taken to be).
pub const LIST_LAG_MS: u64 = 10_000;
/// From the start of a poll pass until its orders are recorded.
pub const PASS_MS: u64 = 2_000;

/// How a listing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Set, if still shown.
    Compared,
    /// Set, whatever is shown.
    Blind,
}

/// What is under way at a listing; one thing at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Raise(i64),
    Lower(i64),
    Empty,
}

struct Listing {
    class: Class,
    cover: i64,
    attempt: Option<Attempt>,
}

/// The covers of one product.
pub struct Covers {
    listings: Vec<Listing>,
    free: i64,
    shares: Shares,
    latest: VecDeque<usize>,
    /// A learned order asked for a move that something under way has put off.
    is_owed: bool,
}

impl Covers {
    /// Listings of these classes, sharing by this rule.
    pub fn new(classes: [Class; LISTINGS], shares: Shares) -> Self {
        let listing = |class| Listing { class, cover: 0, attempt: None };
        let listings = classes.into_iter().map(listing).collect();
        Self { listings, free: UNITS, shares, latest: VecDeque::new(), is_owed: false }
    }

    /// What each listing should have of the units that are not sold.
    fn wanted(&self) -> Vec<i64> {
        let own = self.free + self.listings.iter().map(|listing| listing.cover).sum::<i64>();
        let had = |n| self.latest.iter().filter(|listing| **listing == n).count();
        let had: Vec<i64> = (0..LISTINGS).map(|n| i64::try_from(had(n)).unwrap_or(i64::MAX)).collect();
        (self.shares)(own, &had)
    }

    /// Gives free units to the listings that lack most.
    fn raise(&mut self, world: &mut World) {
        let wanted = self.wanted();
        let mut order: Vec<usize> = (0..LISTINGS).collect();
        order.sort_by_key(|n| Reverse(wanted[*n] - self.listings[*n].cover));
        for n in order {
            let listing = &mut self.listings[n];
            let lacks = wanted[n] - listing.cover;
            let units = lacks.min(self.free);
            let may = listing.class == Class::Compared || listing.cover == 0;
            if listing.attempt.is_some() || !may || units <= 0 || lacks <= wanted[n] / 4 {
                continue;
            }
            let (shown, value) = (listing.cover, listing.cover + units);
            listing.cover = value;
            listing.attempt = Some(Attempt::Raise(units));
            self.free -= units;
            world.send(n, listing.write(shown, value));
        }
    }

    /// Takes units from listings that have too many, if another is short of half of what it should have.
    fn lower(&mut self, world: &mut World) {
        let wanted = self.wanted();
        let lacks = |(n, listing): (usize, &Listing)| {
            let is_short = listing.cover * 2 < wanted[n];
            if is_short { wanted[n] - listing.cover } else { 0 }
        };
        let coming = |(n, listing): (usize, &Listing)| match listing.attempt {
            Some(Attempt::Lower(units)) => units,
            Some(Attempt::Empty) => (listing.cover - wanted[n]).max(0),
            Some(Attempt::Raise(_)) | None => 0,
        };
        let mut missing: i64 = self.listings.iter().enumerate().map(lacks).sum();
        missing -= self.free + self.listings.iter().enumerate().map(coming).sum::<i64>();
        let spare = |n: usize, listing: &Listing| listing.cover - wanted[n];
        let gives = |(n, listing): &(usize, &Listing)| {
            listing.attempt.is_none() && spare(*n, listing) > wanted[*n] / 4
        };
        let mut donors: Vec<(usize, i64, bool)> = self
            .listings
            .iter()
            .enumerate()
            .filter(gives)
            .map(|(n, listing)| (n, spare(n, listing), listing.class == Class::Blind))
            .collect();
        donors.sort_by_key(|(_, spare, is_blind)| (*is_blind, Reverse(*spare)));
        for (n, spare, _) in donors {
            if missing > 0 {
                self.listings[n].give(n, spare.min(missing), world);
                missing -= spare;
            }
        }
        self.is_owed = missing > 0 && self.listings.iter().any(|listing| listing.attempt.is_some());
    }

    fn go_on(&mut self, world: &mut World) {
        self.raise(world);
        if self.is_owed {
            self.lower(world);
        }
    }
}

impl Listing {
    fn write(&self, shown: i64, value: i64) -> Write {
        match self.class {
            Class::Compared => Write::SetIf { shown, value },
            Class::Blind => Write::Set(value),
        }
    }

    /// The cover stays until the channel has answered, and until it is drained where it cannot compare.
    fn give(&mut self, n: usize, units: i64, world: &mut World) {
        let (attempt, value) = match self.class {
            Class::Compared => (Attempt::Lower(units), self.cover - units),
            Class::Blind => (Attempt::Empty, 0),
        };
        self.attempt = Some(attempt);
        world.send(n, self.write(self.cover, value));
    }
}

impl Rule for Covers {
    fn open(&mut self, _world: &mut World) -> [i64; LISTINGS] {
        let wanted = self.wanted();
        for (listing, units) in self.listings.iter_mut().zip(&wanted) {
            listing.cover = *units;
            self.free -= units;
        }
        std::array::from_fn(|n| wanted[n])
    }

    fn learned(&mut self, listing: usize, world: &mut World) {
        self.listings[listing].cover -= 1;
        self.latest.push_back(listing);
        if self.latest.len() > REMEMBERED {
            self.latest.pop_front();
        }
        self.raise(world);
        self.lower(world);
    }

    fn answered(&mut self, listing: usize, done: bool, world: &mut World) {
        let found = &mut self.listings[listing];
        match found.attempt {
            Some(Attempt::Raise(units)) if !done => {
                found.cover -= units;
                self.free += units;
            }
            Some(Attempt::Lower(units)) if done => {
                found.cover -= units;
                self.free += units;
            }
            Some(Attempt::Empty) => {
                // The pass may start once everything from before now is in the list.
                world.ring_after(LIST_LAG_MS + PASS_MS, listing);
                return;
            }
            Some(Attempt::Raise(_) | Attempt::Lower(_)) | None => {}
        }
        found.attempt = None;
        if done {
            self.go_on(world);
        }
    }

    /// Drained: what was not sold before the 0 is free again.
    fn due(&mut self, listing: usize, world: &mut World) {
        let emptied = &mut self.listings[listing];
        self.free += emptied.cover;
        emptied.cover = 0;
        emptied.attempt = None;
        self.go_on(world);
    }
}
