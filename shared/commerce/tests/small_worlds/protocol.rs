//! Two listings of one shirt, two buyers, two workers: every way in which their steps can interleave, and no unit sold twice.
//!
//! The decisions are the real ones ([`commerce::cover::next`], [`commerce::cover::answered`]), and so are the shares and
//! what an order does to stock. The world around them is small: each listing has a worker that loads, and saves later under
//! its conditions; a call is applied at once, late, or never; its answer arrives or is lost; a buyer takes a unit that
//! is shown, and may cancel; orders are recorded late; passes end; time goes by. All states that can be reached are looked
//! at, the nearest first, so that a story that ends badly is the shortest one.
//!
//! Times are kept relative to now and numbers are not kept: what belongs to an older number is dropped when the number
//! changes, because its condition could only fail.

use commerce::Timestamp;
use commerce::catalogue::{Component, Connection, Listing, Location, Sharing, Shop};
use commerce::cover::{
    Attempt, Call, Class, Guard, Kind, Listed, Pace, Phase, Step, Supply, Told, View, Write, answered, next,
};
use commerce::effect::{Decision, Line, OrderState, Restores, effect};
use commerce::ids::{ConnectionId, ListingId, LocationId, Sku};
use commerce::money::{Currency, Money};
use commerce::order::{Departure, OrderKind};
use commerce::status::Status;
use commerce::stock::{Effect, ListingKey, Stock, StockKey};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// A quick mixing of small numbers: millions of worlds are told apart by it.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u8(*byte));
    }
    fn write_u8(&mut self, value: u8) {
        self.0 = (self.0.rotate_left(9) ^ u64::from(value)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    fn write_i8(&mut self, value: i8) {
        self.write_u8(value.cast_unsigned());
    }
    fn write_u16(&mut self, value: u16) {
        self.0 = (self.0.rotate_left(9) ^ u64::from(value)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    fn write_isize(&mut self, value: isize) {
        self.write_usize(value.cast_unsigned());
    }
    fn write_usize(&mut self, value: usize) {
        self.0 = (self.0.rotate_left(9) ^ value as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

type Known<Key, Value> = HashMap<Key, Value, BuildHasherDefault<Mixed>>;

const LISTINGS: usize = 2;
const SKUS: usize = 2;
const ORDERS: usize = 2;
/// The first listing sells one shirt, the second a set of a shirt and a cap.
const FACTORS: [[i8; SKUS]; LISTINGS] = [[1, 0], [1, 1]];
/// A call is given up after one tick and may be applied for one more.
const TICK_MS: i64 = 1;

fn now() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap()
}

fn ticks_from_now(ticks: i64) -> Timestamp {
    Timestamp::from_millisecond(now().as_millisecond() + ticks * TICK_MS).unwrap()
}

fn sku(number: usize) -> Sku {
    Sku::new(["SHIRT", "CAP"][number]).unwrap()
}

fn store() -> LocationId {
    LocationId::new("hn").unwrap()
}

fn balance(number: usize) -> StockKey {
    StockKey { sku: sku(number), location: store() }
}

fn connection(listing: usize) -> ConnectionId {
    ConnectionId::new(["one", "two"][listing]).unwrap()
}

fn listing_key(listing: usize) -> ListingKey {
    ListingKey { connection: connection(listing), listing: ListingId::new("1").unwrap() }
}

fn recipe(listing: usize) -> Vec<Component> {
    let parts = (0..SKUS).filter(|part| FACTORS[listing][*part] > 0);
    parts.map(|part| Component { sku: sku(part), factor: 1 }).collect()
}

fn shop() -> Shop {
    let account = |number: usize| {
        let id = ListingId::new("1").unwrap();
        let listing = Listing {
            id: id.clone(),
            recipe: recipe(number),
            buffer: 0,
            publish: true,
            rule: None,
            paused: false,
        };
        let connection = Connection {
            id: connection(number),
            channel: "shopee".to_owned(),
            base_url: None,
            webhook_url: None,
            serves_from: vec![store()],
            account: BTreeMap::new(),
            sharing: Sharing::Cover,
            rule: Default::default(),
            listings: [(id, listing)].into(),
        };
        (connection.id.clone(), connection)
    };
    Shop {
        id: commerce::ids::ShopId::new("demo").unwrap(),
        name: "Demo".to_owned(),
        keep_orders_days: 1_095,
        locations: vec![Location { id: store(), name: "Hà Nội".to_owned(), till: None, walk_in_reserve: 0 }],
        connections: (0..LISTINGS).map(account).collect(),
    }
}

/// A call on its way to the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Sent {
    kind: u8,
    value: i8,
    base: i8,
    /// It can still be applied for so many ticks.
    ticks: u8,
    /// Somebody still waits for its answer.
    is_awaited: bool,
}

/// How far an order has come, at the channel or in the book.
const NOWHERE: u8 = 0;
const OPEN: u8 = 1;
const CANCELLED: u8 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct Order {
    listing: u8,
    at_channel: u8,
    in_book: u8,
    /// How far the book must have come before a pass proves a drain.
    before_drain: u8,
}

/// What an answer says, small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Answer {
    Applied,
    NotSent,
    Changed,
    Doubtful,
    Shown(i8, i8),
}

/// The whole world at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct World {
    committed: [i8; SKUS],
    cover: [[i8; SKUS]; LISTINGS],
    given_back: [[i8; SKUS]; LISTINGS],
    listed: [u16; LISTINGS],
    loaded: [Option<u16>; LISTINGS],
    is_drained: [bool; LISTINGS],
    shown: [i8; LISTINGS],
    gross: [i8; LISTINGS],
    sent: [Option<Sent>; LISTINGS],
    reading: [bool; LISTINGS],
    answer: [Option<Answer>; LISTINGS],
    orders: [Order; ORDERS],
}

impl World {
    /// Units on hand that are neither sold nor offered.
    fn free(&self, on_hand: [i8; SKUS], sku: usize) -> i8 {
        on_hand[sku] - self.committed[sku] - self.cover.iter().map(|cover| cover[sku]).sum::<i8>()
    }
}

/// A write, with its state in small.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Planned {
    listed: u16,
    cover: Vec<(usize, i8, Guard)>,
    call: Option<Sent>,
    reads: bool,
    /// The attempt is another one, or over: nobody waits for older answers.
    is_other: bool,
    /// What was said is known from now on: orders from before are waited for.
    starts_drain: bool,
    gives_up: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decided {
    Rest,
    Wait,
    Pass,
    Write(u16),
}

/// How much may happen in a world.
#[derive(Debug, Clone, Copy)]
struct Freedom {
    /// Units of each product in the one store.
    on_hand: [i8; SKUS],
    /// Buyers.
    orders: usize,
    /// Whether buyers cancel.
    cancels: bool,
    /// Which workers may be slow, so that much can happen between their load and their save.
    slow: [bool; LISTINGS],
    /// Whose calls and answers may be late or lost.
    unlucky: [bool; LISTINGS],
}

/// What a decision is made from.
type Ground = (usize, [u16; LISTINGS], [i8; SKUS], [[i8; SKUS]; LISTINGS], [[i8; SKUS]; LISTINGS], bool);

/// The real machine, with everything it was asked before remembered.
struct Machine {
    freedom: Freedom,
    class: Class,
    restores: Restores,
    shop: Shop,
    listed: Vec<Listed>,
    listed_by_text: HashMap<String, u16>,
    planned: Vec<Planned>,
    planned_by_text: HashMap<String, u16>,
    decided: Known<Ground, Decided>,
    answered: Known<(Ground, Answer), Option<u16>>,
    ticked: HashMap<u16, u16>,
    effects: [[Effect; 3]; LISTINGS],
}

fn small(value: i64) -> i8 {
    i8::try_from(value).expect("small worlds hold small numbers")
}

const KINDS: [Kind; 6] = [Kind::Set, Kind::Zero, Kind::Compare, Kind::Add, Kind::Gross, Kind::Read];

impl Machine {
    fn new(class: Class, restores: Restores, freedom: Freedom) -> Self {
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

    fn start(&mut self) -> World {
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
    fn keep(&mut self, mut listed: Listed) -> u16 {
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

    fn ground(&self, world: &World, listing: usize) -> Ground {
        (listing, world.listed, world.committed, world.cover, world.given_back, world.is_drained[listing])
    }

    fn attempt(&self, world: &World, listing: usize) -> Option<&Attempt> {
        self.listed[usize::from(world.listed[listing])].attempt.as_ref()
    }

    /// Lays the real view out.
    fn with_view<T>(&self, ground: &Ground, decide: impl FnOnce(&View<'_>) -> T) -> T {
        let (listing, states, committed, cover, given_back, is_drained) = ground;
        let of = |units: &[[i8; SKUS]; LISTINGS], sku: usize| {
            let each = (0..LISTINGS).filter(|listing| units[*listing][sku] != 0);
            each.map(|listing| (listing_key(listing), i64::from(units[listing][sku]))).collect::<BTreeMap<_, _>>()
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

    fn decide(&mut self, ground: &Ground) -> Decided {
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

    fn answer(&mut self, ground: &Ground, answer: Answer) -> Option<u16> {
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

    fn plan(&mut self, ground: &Ground, write: Write) -> u16 {
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
    fn tick(&mut self, number: u16) -> u16 {
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
fn order_effect(listing: usize, status: Status, restores: Restores) -> Effect {
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
        applied: Effect::new(),
    };
    effect(&connection(listing), &order, restores)
}

/// One thing that may happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Loads(usize),
    Saves(usize),
    CallArrives(usize),
    CallIsNeverSent(usize),
    CallerGivesUp(usize),
    ChannelIsRead(usize),
    AnswerIsTaken(usize),
    AnswerIsLost(usize),
    PassEnds(usize),
    Buys(usize, usize),
    Cancels(usize),
    IsRecorded(usize, u8),
    TimePasses,
}

impl Machine {
    /// Everything that can happen, with the world after it. An error is a promise broken by the step itself.
    fn steps(&mut self, world: &World) -> Vec<(Act, Result<World, String>)> {
        let mut steps = Vec::new();
        for listing in 0..LISTINGS {
            self.house_steps(world, listing, &mut steps);
            self.channel_steps(world, listing, &mut steps);
        }
        self.buyer_steps(world, &mut steps);
        let waits = |listing: usize| {
            let attempt = self.attempt(world, listing).filter(|attempt| attempt.phase != Phase::Draining);
            attempt.is_some_and(|attempt| attempt.deadline > ticks_from_now(-1))
        };
        let is_due = |listing: usize| world.sent[listing].is_some() || waits(listing);
        // Who is lucky is answered in no time.
        let may_pass = (0..LISTINGS).all(|listing| self.freedom.unlucky[listing] || !is_due(listing));
        if may_pass && (0..LISTINGS).any(is_due) {
            let mut after = *world;
            for listing in 0..LISTINGS {
                after.listed[listing] = self.tick(world.listed[listing]);
                after.sent[listing] = world.sent[listing]
                    .filter(|sent| sent.ticks > 1)
                    .map(|sent| Sent { ticks: sent.ticks - 1, ..sent });
            }
            steps.push((Act::TimePasses, Ok(after)));
        }
        steps
    }

    fn house_steps(&mut self, world: &World, listing: usize, steps: &mut Vec<(Act, Result<World, String>)>) {
        if let Some(planned) = world.loaded[listing] {
            steps.push((Act::Saves(listing), self.save(world, listing, planned)));
            return;
        }
        let ground = self.ground(world, listing);
        let mut load = |act: Act, planned: u16, machine: &Self| {
            let mut after = *world;
            after.loaded[listing] = Some(planned);
            if machine.planned[usize::from(planned)].starts_drain {
                for order in after.orders.iter_mut().filter(|order| usize::from(order.listing) == listing) {
                    order.before_drain = if order.at_channel > order.in_book { order.at_channel } else { 0 };
                }
            }
            // Whoever is not slow saves at once; so does whoever has an answer, for it is planned anew until it fits.
            let is_slow = machine.freedom.slow[listing] && matches!(act, Act::Loads(_));
            steps.push((act, if is_slow { Ok(after) } else { machine.save(&after, listing, planned) }));
        };
        match self.decide(&ground) {
            Decided::Write(planned) => load(Act::Loads(listing), planned, self),
            Decided::Rest | Decided::Wait | Decided::Pass => {}
        }
        if let Some(answer) = world.answer[listing]
            && let Some(planned) = self.answer(&ground, answer)
        {
            load(Act::AnswerIsTaken(listing), planned, self);
        }
        let is_awaited = world.reading[listing]
            || world.sent[listing].is_some_and(|sent| sent.is_awaited)
            || world.answer[listing].is_some();
        if is_awaited
            && self.freedom.unlucky[listing]
            && let Some(planned) = self.answer(&ground, Answer::Doubtful) {
            load(Act::CallerGivesUp(listing), planned, self);
        }
        if self.decide(&ground) == Decided::Pass {
            let is_recorded = |order: &Order| order.before_drain <= order.in_book;
            let mut orders = world.orders.iter().filter(|order| usize::from(order.listing) == listing);
            if orders.all(is_recorded) {
                let mut after = *world;
                after.is_drained[listing] = true;
                steps.push((Act::PassEnds(listing), Ok(after)));
            }
        }
    }

    /// One transaction: every condition against the balances as they are now, or nothing.
    fn save(&self, world: &World, listing: usize, number: u16) -> Result<World, String> {
        let planned = &self.planned[usize::from(number)];
        let mut after = *world;
        after.loaded[listing] = None;
        for (sku, _, guard) in &planned.cover {
            let holds = match guard {
                Guard::FreeAtLeast(units) => i64::from(world.free(self.freedom.on_hand, *sku)) >= *units,
                Guard::Exactly { cover, given_back } => {
                    i64::from(world.cover[listing][*sku]) == *cover
                        && i64::from(world.given_back[listing][*sku]) == *given_back
                }
            };
            if !holds {
                return Ok(after);
            }
        }
        for (sku, delta, _) in &planned.cover {
            after.cover[listing][*sku] += delta;
        }
        after.listed[listing] = planned.listed;
        if planned.is_other || planned.starts_drain || planned.gives_up {
            after.answer[listing] = None;
            after.reading[listing] = false;
            if let Some(sent) = &mut after.sent[listing] {
                sent.is_awaited = false;
                if planned.gives_up {
                    sent.ticks = sent.ticks.min(1);
                }
            }
        }
        after.is_drained[listing] = false;
        if let Some(sent) = planned.call {
            if after.sent[listing].is_some() {
                return Err("a call is sent while an older one may still be applied".to_owned());
            }
            after.sent[listing] = Some(sent);
        }
        after.reading[listing] |= planned.reads;
        Ok(after)
    }

    fn channel_steps(&self, world: &World, listing: usize, steps: &mut Vec<(Act, Result<World, String>)>) {
        if let Some(sent) = world.sent[listing] {
            let mut after = *world;
            after.sent[listing] = None;
            if sent.is_awaited && self.freedom.unlucky[listing] {
                let mut unsent = after;
                unsent.answer[listing] = Some(Answer::NotSent);
                steps.push((Act::CallIsNeverSent(listing), Ok(unsent)));
            }
            let shown = &mut after.shown[listing];
            let mut answer = Answer::Applied;
            match KINDS[usize::from(sent.kind)] {
                Kind::Set | Kind::Zero => *shown = sent.value,
                Kind::Compare if *shown == sent.base => *shown = sent.value,
                Kind::Add if *shown + sent.value >= 0 => *shown += sent.value,
                Kind::Compare | Kind::Add => answer = Answer::Changed,
                Kind::Gross => {
                    *shown += sent.value - after.gross[listing];
                    after.gross[listing] = sent.value;
                }
                Kind::Read => {}
            }
            if sent.is_awaited {
                after.answer[listing] = Some(answer);
            }
            steps.push((Act::CallArrives(listing), Ok(after)));
        }
        if world.reading[listing] {
            let mut after = *world;
            after.reading[listing] = false;
            after.answer[listing] = Some(Answer::Shown(world.shown[listing], world.gross[listing]));
            steps.push((Act::ChannelIsRead(listing), Ok(after)));
        }
        if world.answer[listing].is_some() && self.freedom.unlucky[listing] {
            let mut after = *world;
            after.answer[listing] = None;
            steps.push((Act::AnswerIsLost(listing), Ok(after)));
        }
    }

    fn buyer_steps(&self, world: &World, steps: &mut Vec<(Act, Result<World, String>)>) {
        let is_new = |order: &Order| order.at_channel == NOWHERE;
        if let Some(number) = world.orders.iter().take(self.freedom.orders).position(is_new) {
            for listing in (0..LISTINGS).filter(|listing| world.shown[*listing] > 0) {
                let mut after = *world;
                after.shown[listing] -= 1;
                let order = &mut after.orders[number];
                order.listing = u8::try_from(listing).unwrap();
                order.at_channel = OPEN;
                steps.push((Act::Buys(number, listing), Ok(after)));
            }
        }
        for (number, order) in world.orders.iter().enumerate() {
            let listing = usize::from(order.listing);
            if order.at_channel == OPEN && self.freedom.cancels {
                let mut after = *world;
                after.orders[number].at_channel = CANCELLED;
                after.shown[listing] += i8::from(self.restores == Restores::Yes);
                steps.push((Act::Cancels(number), Ok(after)));
            }
            for status in order.in_book + 1..=order.at_channel {
                let mut after = *world;
                self.record(&mut after, number, status);
                steps.push((Act::IsRecorded(number, status), Ok(after)));
            }
        }
    }

    /// The order's new effect less its old one.
    fn record(&self, world: &mut World, number: usize, status: u8) {
        let order = &mut world.orders[number];
        let effects = &self.effects[usize::from(order.listing)];
        for (status, times) in [(status, 1), (order.in_book, -1)] {
            for (key, delta) in &effects[usize::from(status)] {
                let sku = (0..SKUS).find(|number| balance(*number) == *key).unwrap();
                world.committed[sku] += small(delta.committed) * times;
                for (listing, units) in &delta.cover {
                    let listing = (0..LISTINGS).find(|number| listing_key(*number) == *listing).unwrap();
                    world.cover[listing][sku] += small(*units) * times;
                }
                for (listing, units) in &delta.given_back {
                    let listing = (0..LISTINGS).find(|number| listing_key(*number) == *listing).unwrap();
                    world.given_back[listing][sku] += small(*units) * times;
                }
            }
        }
        order.in_book = status;
        if order.before_drain <= status {
            order.before_drain = 0;
        }
    }

    /// What must be true at every moment.
    fn check(&self, world: &World) -> Result<(), String> {
        for sku in 0..SKUS {
            let (mut open, mut recorded, mut shown) = (0, 0, 0);
            for listing in 0..LISTINGS {
                let factor = FACTORS[listing][sku];
                let of = world.orders.iter().filter(|order| usize::from(order.listing) == listing);
                let count = |is: fn(&Order) -> bool| {
                    factor * i8::try_from(of.clone().filter(|order| is(order)).count()).unwrap()
                };
                let truly_open = count(|order| order.at_channel == OPEN);
                let known_open = count(|order| order.in_book == OPEN);
                let on_sale = world.shown[listing].max(0) * factor;
                if world.cover[listing][sku] + known_open < on_sale + truly_open {
                    return Err(format!("listing {listing} covers less of product {sku} than its channel shows and has sold"));
                }
                open += truly_open;
                recorded += known_open;
                shown += on_sale;
            }
            if world.committed[sku] != recorded {
                return Err(format!("committed of product {sku} is not its recorded open orders"));
            }
            if world.free(self.freedom.on_hand, sku) < 0 {
                return Err(format!("product {sku} is promised more often than it is there"));
            }
            if world.free(self.freedom.on_hand, sku) > self.freedom.on_hand[sku] - open - shown {
                return Err(format!("product {sku} seems free and is not"));
            }
        }
        Ok(())
    }

    /// True when nobody has anything left to do.
    fn is_at_rest(&mut self, world: &World) -> bool {
        let is_recorded = world.orders.iter().all(|order| order.in_book == order.at_channel);
        is_recorded
            && (0..LISTINGS).all(|listing| {
                let ground = self.ground(world, listing);
                world.loaded[listing].is_none()
                    && world.sent[listing].is_none()
                    && !world.reading[listing]
                    && self.decide(&ground) == Decided::Rest
            })
    }

    fn check_rest(&self, world: &World) -> Result<(), String> {
        for listing in 0..LISTINGS {
            for sku in 0..SKUS {
                if world.cover[listing][sku] != world.shown[listing].max(0) * FACTORS[listing][sku] {
                    return Err(format!("listing {listing} comes to rest with cover that is not what is shown"));
                }
            }
        }
        Ok(())
    }
}

/// How large a world was.
#[derive(Debug)]
struct Seen {
    states: usize,
    steps: usize,
    at_rest: usize,
}

/// Looks at every state that can be reached, the nearest first. What goes wrong comes with the shortest way there.
fn look_at_all(class: Class, restores: Restores, freedom: Freedom) -> Result<Seen, String> {
    let mut machine = Machine::new(class, restores, freedom);
    let start = machine.start();
    let mut numbers: Known<World, u32> = [(start, 0)].into_iter().collect();
    let mut worlds: Vec<(World, u32, Option<Act>)> = vec![(start, 0, None)];
    let mut edges: Vec<(u32, u32)> = Vec::new();
    let mut at_rest: Vec<u32> = Vec::new();
    let mut place = 0;
    while place < worlds.len() {
        let (world, ..) = worlds[place];
        let here = u32::try_from(place).unwrap();
        if machine.is_at_rest(&world) {
            machine.check_rest(&world).map_err(|why| story(&machine, &worlds, place, None, &why))?;
            at_rest.push(here);
        }
        for (act, after) in machine.steps(&world) {
            let sound = after.and_then(|after| machine.check(&after).map(|()| after));
            let after = sound.map_err(|why| story(&machine, &worlds, place, Some(act), &why))?;
            let new = u32::try_from(worlds.len()).unwrap();
            let number = *numbers.entry(after).or_insert(new);
            if number == new {
                worlds.push((after, here, Some(act)));
            }
            edges.push((number, here));
        }
        place += 1;
    }
    let stuck = first_that_never_rests(worlds.len(), &edges, &at_rest);
    if let Some(place) = stuck {
        return Err(story(&machine, &worlds, place, None, "the listings never come to rest from here"));
    }
    Ok(Seen { states: worlds.len(), steps: edges.len(), at_rest: at_rest.len() })
}

fn first_that_never_rests(states: usize, edges: &[(u32, u32)], at_rest: &[u32]) -> Option<usize> {
    let mut first: Vec<u32> = vec![0; states + 1];
    for (to, _) in edges {
        first[*to as usize + 1] += 1;
    }
    for place in 0..states {
        first[place + 1] += first[place];
    }
    let mut filled = first.clone();
    let mut back = vec![0; edges.len()];
    for (to, from) in edges {
        back[filled[*to as usize] as usize] = *from;
        filled[*to as usize] += 1;
    }
    let mut rests = vec![false; states];
    let mut open = at_rest.to_vec();
    while let Some(place) = open.pop() {
        if !std::mem::replace(&mut rests[place as usize], true) {
            open.extend(&back[first[place as usize] as usize..first[place as usize + 1] as usize]);
        }
    }
    rests.iter().position(|rests| !rests)
}

fn story(
    machine: &Machine,
    worlds: &[(World, u32, Option<Act>)],
    place: usize,
    last: Option<Act>,
    why: &str,
) -> String {
    let mut acts: Vec<String> = last.iter().map(|act| format!("{act:?}")).collect();
    let mut here = place;
    while let (world, before, Some(act)) = &worlds[here] {
        acts.push(format!(
            "{act:?} → cover {:?}, shown {:?}, committed {:?}",
            world.cover, world.shown, world.committed
        ));
        here = *before as usize;
    }
    acts.reverse();
    let attempts = [0, 1].map(|listing| machine.attempt(&worlds[place].0, listing));
    format!("{why}, after {} steps:\n  {}\nattempts: {attempts:?}", acts.len(), acts.join("\n  "))
}

const BOTH: [bool; LISTINGS] = [true, true];
const FIRST: [bool; LISTINGS] = [true, false];
const SECOND: [bool; LISTINGS] = [false, true];
const NONE: [bool; LISTINGS] = [false, false];

/// Everything at once takes minutes; these worlds, each with another part of it, take seconds.
const SMALL: [Freedom; 5] = [
    Freedom { on_hand: BOTH_SELL, orders: 2, cancels: true, slow: FIRST, unlucky: NONE },
    Freedom { on_hand: BOTH_SELL, orders: 1, cancels: true, slow: FIRST, unlucky: SECOND },
    Freedom { on_hand: BOTH_SELL, orders: 1, cancels: true, slow: NONE, unlucky: FIRST },
    Freedom { on_hand: BOTH_SELL, orders: 2, cancels: false, slow: NONE, unlucky: FIRST },
    Freedom { on_hand: ONE_SELLS, orders: 2, cancels: true, slow: FIRST, unlucky: FIRST },
];
/// Two shirts and one cap: each listing may have one unit.
const BOTH_SELL: [i8; SKUS] = [2, 1];
/// No cap: both shirts may go to the first listing.
const ONE_SELLS: [i8; SKUS] = [2, 0];
/// All of it.
const WHOLE: [Freedom; 1] = [Freedom { on_hand: BOTH_SELL, orders: 2, cancels: true, slow: BOTH, unlucky: BOTH }];

fn check_whole(class: Class, restores: Restores, worlds: &[Freedom]) {
    for freedom in worlds {
        let started = std::time::Instant::now();
        let seen = look_at_all(class, restores, *freedom)
            .unwrap_or_else(|story| panic!("{class:?}, gives back {restores:?}, {freedom:?}: {story}"));
        println!(
            "{class:?}, gives back {restores:?}: {} states, {} steps between them, {} at rest, {:?}; {freedom:?}",
            seen.states,
            seen.steps,
            seen.at_rest,
            started.elapsed()
        );
        assert!(seen.at_rest > 1);
    }
}

#[test]
fn compare_and_set_never_sells_twice_however_steps_interleave() {
    check_whole(Class::Compare, Restores::No, &SMALL);
    check_whole(Class::Compare, Restores::Yes, &SMALL[4..]);
}

#[test]
fn adding_never_sells_twice_however_steps_interleave() {
    check_whole(Class::Add, Restores::Yes, &SMALL);
}

#[test]
fn gross_numbers_never_sell_twice_however_steps_interleave() {
    check_whole(Class::Gross, Restores::Yes, &SMALL);
}

#[test]
fn blind_sets_never_sell_twice_however_steps_interleave() {
    check_whole(Class::Blind, Restores::No, &SMALL);
}

#[test]
fn blind_sets_with_units_given_back_never_sell_twice_however_steps_interleave() {
    check_whole(Class::Blind, Restores::Yes, &SMALL);
}

#[cfg(feature = "removable-rules")]
#[test]
fn a_rule_taken_away_is_missed_in_some_small_world() {
    use commerce::removed::{Rule, remove};
    let cases = [
        (Rule::Drain, Class::Blind, Restores::No),
        (Rule::AppliedWithin, Class::Blind, Restores::No),
        (Rule::Confirm, Class::Blind, Restores::No),
        (Rule::BlindInFull, Class::Blind, Restores::No),
        (Rule::ReserveFirst, Class::Add, Restores::Yes),
        (Rule::GivenBack, Class::Blind, Restores::Yes),
        (Rule::CompareWithCover, Class::Compare, Restores::Yes),
        (Rule::GrossAfterDrain, Class::Gross, Restores::Yes),
    ];
    let mut missed = Vec::new();
    for (rule, class, restores) in cases {
        remove(Some(rule));
        let found = SMALL.iter().find_map(|freedom| look_at_all(class, restores, *freedom).err());
        remove(None);
        match found {
            Some(story) => println!("{}: {}", rule.title(), story.lines().next().unwrap_or_default()),
            None => missed.push(rule.title()),
        }
    }
    assert!(missed.is_empty(), "nobody missed {missed:?}");
}

/// Minutes, and better with `--release`.
#[test]
#[ignore = "takes minutes: cargo test --release --workspace --test small_worlds -- --ignored --nocapture"]
fn all_of_it_at_once() {
    for (class, restores) in [
        (Class::Compare, Restores::No),
        (Class::Compare, Restores::Yes),
        (Class::Add, Restores::No),
        (Class::Add, Restores::Yes),
        (Class::Gross, Restores::Yes),
        (Class::Blind, Restores::No),
        (Class::Blind, Restores::Yes),
    ] {
        check_whole(class, restores, &WHOLE);
    }
}
