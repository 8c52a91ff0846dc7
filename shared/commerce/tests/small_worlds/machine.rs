//! The real decisions about a listing, asked for a small world and remembered.

use super::world::*;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::cover::{
    Attempt, Call, Class, Kind, Listed, Pace, Phase, Step, Supply, Told, View, Write, answered, next,
};
use commerce::effect::{Decision, Line, OrderState, Restores, effect};
use commerce::money::{Currency, Money};
use commerce::order::{Departure, OrderKind};
use commerce::status::Status;
use commerce::stock::{Effect, ListingKey, Stock, StockKey};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The real machine, with everything it was asked before remembered.
pub(crate) struct Machine {
    pub(crate) freedom: Freedom,
    pub(crate) class: Class,
    pub(crate) restores: Restores,
    pub(crate) shop: Shop,
    pub(crate) listed: Vec<Listed>,
    pub(crate) listed_by_text: HashMap<String, u16>,
    pub(crate) planned: Vec<Planned>,
    pub(crate) planned_by_text: HashMap<String, u16>,
    pub(crate) decided: Known<Ground, Decided>,
    pub(crate) answered: Known<(Ground, Answer), Option<u16>>,
    pub(crate) ticked: HashMap<u16, u16>,
    pub(crate) effects: [[Effect; 3]; LISTINGS],
}

pub(crate) fn small(value: i64) -> i8 {
    i8::try_from(value).expect("small worlds hold small numbers")
}

pub(crate) const KINDS: [Kind; 6] =
    [Kind::Set, Kind::Zero, Kind::Compare, Kind::Add, Kind::Gross, Kind::Read];

impl Machine {
    pub(crate) fn new(class: Class, restores: Restores, freedom: Freedom) -> Self {
        let effects = [0, 1].map(|listing| {
            [None, Some(Status::Confirmed), Some(Status::Cancelled)].map(|status| {
                status.map_or_else(Effect::new, |status| order_effect(listing, status, restores))
            })
        });
        Self {
            freedom,
            class,
            restores,
            shop: shop(),
            listed: Vec::new(),
            listed_by_text: HashMap::new(),
            planned: Vec::new(),
            planned_by_text: HashMap::new(),
            decided: Known::default(),
            answered: Known::default(),
            ticked: HashMap::new(),
            effects,
        }
    }

    pub(crate) fn start(&mut self) -> World {
        let listed = [0, 1].map(|number| {
            let connection = &self.shop.connections[&connection(number)];
            let ground = connection.listings.values().next().map(|listing| connection.ground(listing));
            self.keep(Listed { ground, shown: Some(0), ..Listed::default() })
        });
        World {
            committed: [0; SKUS],
            cover: [[0; SKUS]; LISTINGS],
            given_back: [[0; SKUS]; LISTINGS],
            listed,
            loaded: [None; LISTINGS],
            is_drained: [false; LISTINGS],
            shown: [0; LISTINGS],
            gross: [0; LISTINGS],
            sent: [None; LISTINGS],
            reading: [false; LISTINGS],
            answer: [None; LISTINGS],
            orders: [Order::default(); ORDERS],
        }
    }

    /// A number for a state, without what does not matter any more.
    pub(crate) fn keep(&mut self, mut listed: Listed) -> u16 {
        listed.number = 1;
        listed.told_at = None;
        if self.class != Class::Compare {
            listed.shown = None;
        }
        if let Some(attempt) = &mut listed.attempt {
            attempt.id = 1;
            attempt.told_at = attempt.told_at.map(|_| now());
            attempt.deadline = attempt.deadline.max(ticks_from_now(-1));
            if attempt.phase == Phase::Draining {
                attempt.deadline = now();
            }
        }
        let text = format!("{listed:?}");
        let new = u16::try_from(self.listed.len()).expect("few states");
        let number = *self.listed_by_text.entry(text).or_insert(new);
        if number == new {
            self.listed.push(listed);
        }
        number
    }

    pub(crate) fn ground(&self, world: &World, listing: usize) -> Ground {
        (listing, world.listed, world.committed, world.cover, world.given_back, world.is_drained[listing])
    }

    pub(crate) fn attempt(&self, world: &World, listing: usize) -> Option<&Attempt> {
        self.listed[usize::from(world.listed[listing])].attempt.as_ref()
    }

    /// Lays the real view out.
    pub(crate) fn with_view<T>(&self, ground: &Ground, decide: impl FnOnce(&View<'_>) -> T) -> T {
        let (listing, states, committed, cover, given_back, is_drained) = ground;
        let of = |units: &[[i8; SKUS]; LISTINGS], sku: usize| {
            let each = (0..LISTINGS).filter(|listing| units[*listing][sku] != 0);
            each.map(|listing| (listing_key(listing), i64::from(units[listing][sku])))
                .collect::<BTreeMap<_, _>>()
        };
        let stock = (0..SKUS).map(|sku| {
            let mut stock = Stock {
                on_hand: self.freedom.on_hand[sku].into(),
                committed: committed[sku].into(),
                cover: of(cover, sku),
                given_back: of(given_back, sku),
                baseline: Some(Timestamp::UNIX_EPOCH),
                ..Stock::default()
            };
            stock.free = stock.on_hand - stock.committed - stock.cover.values().sum::<i64>();
            (balance(sku), stock)
        });
        let stock: BTreeMap<StockKey, Stock> = stock.collect();
        let listed: BTreeMap<ListingKey, Listed> = (0..LISTINGS)
            .map(|listing| (listing_key(listing), self.listed[usize::from(states[listing])].clone()))
            .collect();
        let blind = BTreeSet::new();
        let supply = Supply { shop: &self.shop, stock: &stock, listed: &listed, blind: &blind, now: now() };
        let connection = &self.shop.connections[&connection(*listing)];
        let sold = connection.listings.values().next().unwrap();
        let scene = supply.scene(connection, sold, self.class == Class::Blind);
        decide(&View {
            listed: &listed[&listing_key(*listing)],
            class: self.class,
            restores: self.restores,
            pace: Pace { applied_within_ms: TICK_MS, list_lag_ms: 0 },
            ground: &scene.ground,
            places: &scene.places,
            left_over: &scene.left_over,
            drained_until: Some(if *is_drained { now() } else { ticks_from_now(-1_000) }),
            may_raise: scene.may_raise,
            call_ms: TICK_MS,
            now: now(),
        })
    }

    pub(crate) fn decide(&mut self, ground: &Ground) -> Decided {
        if let Some(known) = self.decided.get(ground) {
            return *known;
        }
        let decided = match self.with_view(ground, next) {
            Step::Rest => Decided::Rest,
            Step::Wait(_) => Decided::Wait,
            Step::AwaitPass(_) => Decided::Pass,
            Step::Write(write) => Decided::Write(self.plan(ground, *write)),
        };
        self.decided.insert(*ground, decided);
        decided
    }

    pub(crate) fn answer(&mut self, ground: &Ground, answer: Answer) -> Option<u16> {
        if let Some(known) = self.answered.get(&(*ground, answer)) {
            return *known;
        }
        let told = match answer {
            Answer::Applied => Told::Applied,
            Answer::NotSent => Told::NotSent,
            Answer::Changed => Told::Changed,
            Answer::Doubtful => Told::Doubtful,
            Answer::Shown(units, gross) => Told::Shown {
                units: units.into(),
                gross: (self.class == Class::Gross).then_some(gross.into()),
            },
        };
        assert_eq!(self.with_view(ground, |view| answered(view, 7, told)), None, "answers to another number");
        let write = self.with_view(ground, |view| answered(view, 1, told));
        let planned = write.map(|write| self.plan(ground, write));
        self.answered.insert((*ground, answer), planned);
        planned
    }

    pub(crate) fn plan(&mut self, ground: &Ground, write: Write) -> u16 {
        let before = self.listed[usize::from(ground.1[ground.0])].attempt.clone();
        let attempt = write.listed.attempt.clone();
        let sku_of = |key: &StockKey| (0..SKUS).find(|number| balance(*number) == *key).unwrap();
        let is_new = attempt.as_ref().is_some_and(|attempt| attempt.id == write.listed.number);
        let drains = |attempt: &Option<Attempt>| attempt.as_ref().is_some_and(|a| a.phase == Phase::Draining);
        let sent = attempt.as_ref().filter(|_| write.call == Call::Send).map(|attempt| Sent {
            kind: u8::try_from(KINDS.iter().position(|kind| *kind == attempt.kind).unwrap()).unwrap(),
            value: small(attempt.value),
            base: small(attempt.base),
            ticks: 2,
            is_awaited: true,
        });
        let planned = Planned {
            cover: write.cover.iter().map(|c| (sku_of(&c.key), small(c.delta), c.guard)).collect(),
            call: sent,
            reads: write.call == Call::Read,
            is_other: is_new || attempt.is_none(),
            starts_drain: drains(&attempt) && !drains(&before),
            gives_up: !is_new && attempt.as_ref().is_some_and(|attempt| attempt.phase != Phase::Draining),
            listed: self.keep(write.listed),
        };
        let new = u16::try_from(self.planned.len()).expect("few writes");
        let number = *self.planned_by_text.entry(format!("{planned:?}")).or_insert(new);
        if number == new {
            self.planned.push(planned);
        }
        number
    }

    /// The same state one tick later.
    pub(crate) fn tick(&mut self, number: u16) -> u16 {
        if let Some(known) = self.ticked.get(&number) {
            return *known;
        }
        let mut listed = self.listed[usize::from(number)].clone();
        if let Some(attempt) = &mut listed.attempt {
            let deadline_ms = attempt.deadline.as_millisecond() - TICK_MS;
            attempt.deadline = Timestamp::from_millisecond(deadline_ms).unwrap();
        }
        let later = self.keep(listed);
        self.ticked.insert(number, later);
        later
    }
}

/// What an order of one unit does to stock, by the real rule.
pub(crate) fn order_effect(listing: usize, status: Status, restores: Restores) -> Effect {
    let decision = Decision {
        location: store(),
        recipe: recipe(listing),
        in_cover: true,
        till_owned: false,
        not_counted: Vec::new(),
    };
    let line = Line {
        id: commerce::ids::LineId::new("1").unwrap(),
        listing: listing_key(listing).listing,
        quantity: 1,
        cancelled: 0,
        unit_price_minor: 1,
        out: 0,
        counted: 0,
        decision: Some(decision),
    };
    let order = OrderState {
        kind: OrderKind::Channel,
        status,
        departure: Departure::Stayed,
        source_time: now(),
        created_at: now(),
        read_at: None,
        digest: String::new(),
        total: Money::from_minor(1, Currency::VND),
        lines: vec![line],
        hold: None,
        unheard: false,
        echo_of: None,
        applied: Effect::new(),
    };
    effect(&connection(listing), &order, restores)
}
