//! A short sale in virtual time: buyers on three listings, news that takes a while, and writes that take a while.
//!
//! A listing never sells more than it shows (A1). Nothing is lost and nothing fails: only lag is in play.

use commerce::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Units of the product at the start.
pub const UNITS: i64 = 20;
/// Where it is on sale.
pub const LISTINGS: usize = 3;
/// Twice as many as there are units: whoever can sell all will.
pub const BUYERS: u64 = 40;
/// From a sale until its webhook is read.
pub const WEBHOOK_MS: u64 = 3_000;
/// From the decision to write until the channel has done it.
pub const PUSH_MS: u64 = 2_000;

/// The buyers of one sale.
#[derive(Debug, Clone, Copy)]
pub struct Demand {
    /// How many come in a minute.
    pub per_minute: u64,
    /// Of a hundred so many come to each listing; no rule is told.
    pub percent: [u32; LISTINGS],
}

/// What is sent to a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Write {
    /// Show so many, whatever is shown.
    Set(i64),
    /// Show so many if that many are shown (compare-and-set).
    SetIf {
        /// What must be shown for it.
        shown: i64,
        /// What is shown then.
        value: i64,
    },
    /// Ask how many are shown.
    Read,
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Buyer(usize),
    News(usize),
    Write(usize, Write),
    Alarm(usize),
}

/// How a shop keeps its listings in step.
pub trait Rule {
    /// What the listings show when the sale begins.
    fn open(&mut self, world: &mut World) -> [i64; LISTINGS];
    /// The news of one sold unit has come; `sold_ms` is when it was sold, since 1970.
    fn learned(&mut self, listing: usize, sold_ms: i64, world: &mut World);
    /// A call has reached its listing, which shows so many now; `done` is false where it compared and found something else.
    fn answered(&mut self, _listing: usize, _done: bool, _shown: i64, _world: &mut World) {}
    /// An alarm that the rule has set.
    fn due(&mut self, _alarm: usize, _world: &mut World) {}
}

/// The truth.
pub struct World {
    now_ms: u64,
    events: BinaryHeap<Reverse<(u64, u64, Event)>>,
    entered: u64,
    shown: [i64; LISTINGS],
    sold: i64,
    turned_away: i64,
    promised: i64,
}

/// What one sale came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    /// Units sold that do not exist.
    pub oversold: i64,
    /// Units that nobody bought although twice as many buyers came.
    pub unsold: i64,
    /// Buyers who were shown 0 while units were left.
    pub turned_away: i64,
    /// Units sold and shown together, at the moment when they were most.
    pub promised: i64,
}

impl World {
    /// Plays one sale from a seed. Each buyer comes at a moment of its own drawn at random, which is a Poisson stream
    /// once the number of buyers is known. At the end of that time the sale is judged as it stands.
    pub fn play(rule: &mut dyn Rule, demand: Demand, seed: u64) -> Sale {
        let mut random = StdRng::seed_from_u64(seed);
        let period_ms = BUYERS * 60_000 / demand.per_minute.max(1);
        let mut world = World {
            now_ms: 0,
            events: BinaryHeap::new(),
            entered: 0,
            shown: [0; LISTINGS],
            sold: 0,
            turned_away: 0,
            promised: 0,
        };
        for _ in 0..BUYERS {
            let (at_ms, listing) = (random.random_range(0..period_ms), demand.draw(&mut random));
            world.enter(at_ms, Event::Buyer(listing));
        }
        world.shown = rule.open(&mut world);
        while let Some(Reverse((at_ms, _, event))) = world.events.pop() {
            if at_ms > period_ms {
                break;
            }
            world.now_ms = at_ms;
            world.happen(event, rule);
            world.promised = world.promised.max(world.sold + world.shown.iter().sum::<i64>());
        }
        let (left, turned_away, promised) = (UNITS - world.sold, world.turned_away, world.promised);
        Sale { oversold: (-left).max(0), unsold: left.max(0), turned_away, promised }
    }

    fn enter(&mut self, at_ms: u64, event: Event) {
        self.entered += 1;
        self.events.push(Reverse((at_ms, self.entered, event)));
    }

    fn happen(&mut self, event: Event, rule: &mut dyn Rule) {
        match event {
            Event::Buyer(listing) if self.shown[listing] > 0 => {
                self.shown[listing] -= 1;
                self.sold += 1;
                self.enter(self.now_ms + WEBHOOK_MS, Event::News(listing));
            }
            Event::Buyer(_) => self.turned_away += i64::from(self.sold < UNITS),
            Event::News(listing) => {
                let sold_ms = self.now().as_millisecond() - i64::try_from(WEBHOOK_MS).unwrap_or(0);
                rule.learned(listing, sold_ms, self);
            }
            Event::Write(listing, write) => {
                let done = self.apply(listing, write);
                rule.answered(listing, done, self.shown[listing], self);
            }
            Event::Alarm(alarm) => rule.due(alarm, self),
        }
    }

    fn apply(&mut self, listing: usize, write: Write) -> bool {
        match write {
            Write::SetIf { shown, .. } if self.shown[listing] != shown => false,
            Write::Read => true,
            Write::Set(value) | Write::SetIf { value, .. } => {
                self.shown[listing] = value;
                true
            }
        }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(i64::try_from(self.now_ms).unwrap_or(i64::MAX)).unwrap_or(Timestamp::MAX)
    }

    /// Sends a write; it arrives when a push has arrived.
    pub fn send(&mut self, listing: usize, write: Write) {
        self.enter(self.now_ms + PUSH_MS, Event::Write(listing, write));
    }

    /// Rings the rule's alarm of that number later on.
    pub fn ring_after(&mut self, wait_ms: u64, alarm: usize) {
        self.enter(self.now_ms + wait_ms, Event::Alarm(alarm));
    }

    /// What all channels' order lists hold now.
    pub fn listed_orders(&self) -> i64 {
        self.sold
    }
}

impl Demand {
    fn draw(&self, random: &mut StdRng) -> usize {
        let mut ticket = random.random_range(0..self.percent.iter().sum::<u32>().max(1));
        for (listing, percent) in self.percent.iter().enumerate() {
            match ticket.checked_sub(*percent) {
                Some(rest) => ticket = rest,
                None => return listing,
            }
        }
        LISTINGS - 1
    }
}
