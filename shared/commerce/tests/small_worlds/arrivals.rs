//! What a channel tells of one order may arrive in any order and any number of times: the order and the balances end the same.
//!
//! A history is a few tellings, each at its own minute of the order's life. All its orders of arrival, with any of its
//! tellings doubled at any place, are tried at once: for each subset of the tellings the states are kept in which the book
//! may be once exactly those have arrived, and to each of these states every telling that is missing is added, and every
//! known one told again. Histories that share tellings share the work.

use super::tellings::*;
use commerce::allocate::Learned;
use commerce::catalogue::{Sharing, Shop};
use commerce::effect::{OrderState, Restores, effect};
use commerce::order::{ChannelOrder, Departure};
use commerce::plan::{OrderEvents, OrderKey, plan};
use commerce::record::Account;
use commerce::split::base_id;
use commerce::status::Status;
use commerce::stock::{Effect, ListingKey, Stock, StockDelta, StockKey, difference};
use std::collections::{BTreeMap, BTreeSet};

/// What was tried.
#[derive(Debug, Default, Clone, Copy)]
struct Tried {
    histories: u64,
    arrivals: u64,
    plans: u64,
}

impl Tried {
    fn and(self, other: Self) -> Self {
        Self {
            histories: self.histories + other.histories,
            arrivals: self.arrivals + other.arrivals,
            plans: self.plans + other.plans,
        }
    }
}

/// A shop, and the tellings that may come in each minute.
struct World {
    house: House,
    shop: Shop,
    learned: Learned,
    events: Vec<Vec<ChannelOrder>>,
    plans: u64,
}

impl World {
    fn new(house: House, tellings: &[Telling], minutes: usize) -> Self {
        let (shop, learned) = shop(house);
        let minute = |minute| tellings.iter().map(|telling| event(minute + 1, telling)).collect();
        Self { house, shop, learned, events: (0..minutes).map(minute).collect(), plans: 0 }
    }

    fn plan(
        &mut self,
        stored: Option<&OrderState>,
        events: Vec<&ChannelOrder>,
    ) -> Option<(OrderState, Effect)> {
        let connection = &self.shop.connections[&id("web")];
        let work = OrderEvents {
            key: OrderKey { shop: self.shop.id.clone(), connection: id("web"), order: id("8841") },
            account: Account { shop: &self.shop, connection, restores: self.house.restores },
            events,
            stored: stored.map(|state| (state.clone(), "a revision".to_owned())),
            heard: true,
            echo_of: None,
        };
        self.plans += 1;
        let mut planned = plan(&[work], &self.learned, at(99));
        assert!(planned.rereads.is_empty() && planned.refused.is_empty());
        planned.changes.pop().map(|change| (change.state, change.delta))
    }
}

/// Every history of up to `minutes` tellings, in every order of arrival, each of its tellings told again at every place.
fn try_all(house: House, tellings: &[Telling], minutes: usize) -> Tried {
    let mut world = World::new(house, tellings, minutes);
    let choices = tellings.len() + 1;
    let all = choices.pow(u32::try_from(minutes).unwrap());
    // One number is one subset: its digits say which telling came in which minute, 0 for none.
    let digit = |subset: usize, minute: usize| subset / choices.pow(u32::try_from(minute).unwrap()) % choices;
    let without = |subset: usize, minute: usize| {
        subset - digit(subset, minute) * choices.pow(u32::try_from(minute).unwrap())
    };
    let events = std::mem::take(&mut world.events);
    let mut states: Vec<Vec<OrderState>> = vec![Vec::new(); all];
    let mut tried = Tried::default();
    for subset in 1..all {
        let minutes: Vec<usize> = (0..minutes).filter(|minute| digit(subset, *minute) > 0).collect();
        let event = |minute: usize| &events[minute][digit(subset, minute) - 1];
        let history: Vec<&ChannelOrder> = minutes.iter().map(|minute| event(*minute)).collect();
        let mut ends: Vec<OrderState> = Vec::new();
        let mut end = |state: OrderState| {
            if !ends.contains(&state) {
                ends.push(state);
            }
        };
        for minute in &minutes {
            let before = without(subset, *minute);
            let known: Vec<Option<&OrderState>> =
                if before == 0 { vec![None] } else { states[before].iter().map(Some).collect() };
            for stored in known {
                let (state, delta) = world
                    .plan(stored, vec![event(*minute)])
                    .unwrap_or_else(|| (stored.unwrap().clone(), Effect::new()));
                check_step(stored, &state, &delta);
                end(state);
            }
        }
        let (state, delta) = world.plan(None, history.clone()).unwrap();
        check_step(None, &state, &delta);
        end(state);
        check_ends(&mut world, house, &history, &ends);
        states[subset] = ends;
        tried.histories += 1;
        tried.arrivals += arrivals(minutes.len() as u64);
    }
    tried.plans = world.plans;
    println!(
        "{house:?}: {} histories in {} orders of arrival, by {} plans",
        tried.histories, tried.arrivals, tried.plans
    );
    tried
}

/// Orders of arrival of a history: all permutations, each as it is, and with one of its tellings told again at any later place.
fn arrivals(length: u64) -> u64 {
    let permutations: u64 = (1..=length).product();
    permutations * (1 + length * (length + 1) / 2)
}

/// What must be true of each single write: what it moves is what the order now says it did, less what it had done
/// before, and goods that are out stay out.
fn check_step(stored: Option<&OrderState>, state: &OrderState, delta: &Effect) {
    let nothing = Effect::new();
    let before = stored.map_or(&nothing, |state| &state.applied);
    assert_eq!(*delta, difference(&state.applied, before), "each change of stock is the order's own");
    for line in stored.into_iter().flat_map(|state| &state.lines) {
        let now = state.lines.iter().find(|now| now.id == line.id).expect("a line is never forgotten");
        assert!(now.out >= line.out, "goods that are out stay out: {line:?} became {now:?}");
        assert_eq!(now.decision, line.decision, "a store is chosen once");
    }
}

/// What must be true once all of a history has arrived.
fn check_ends(world: &mut World, house: House, history: &[&ChannelOrder], ends: &[OrderState]) {
    let told = || history.iter().map(|e| (e.status.code(), e.departure, &e.lines)).collect::<Vec<_>>();
    if house.split.is_none() {
        assert!(ends.len() == 1, "the outcome depends on the order of arrival of {:#?}:\n{ends:#?}", told());
    }
    let owed = owed(house, history);
    for end in ends {
        let sums = sums(&end.applied);
        assert_eq!(sums, owed, "{house:?} after {:#?}: {end:#?}", told());
        for restores in [Restores::Yes, Restores::No, Restores::Unknown] {
            let house = House { restores, ..house };
            let by_rule = effect(&id("web"), end, restores);
            assert_eq!(self::sums(&by_rule), self::owed(house, history), "{house:?} after {:#?}", told());
        }
        for event in history {
            assert_eq!(world.plan(Some(end), vec![event]), None, "told again: {:#?}", told());
        }
        let mut balances: BTreeMap<&StockKey, Stock> = BTreeMap::new();
        for (key, delta) in &end.applied {
            balances.entry(key).or_default().apply(delta, Vec::new());
        }
        assert!(balances.values().all(Stock::identity_holds));
    }
}

/// The change per product, over all stores.
fn sums(effect: &Effect) -> BTreeMap<String, StockDelta> {
    let mut sums: BTreeMap<String, StockDelta> = BTreeMap::new();
    for (key, delta) in effect {
        sums.entry(key.sku.to_string()).or_default().add(delta, 1);
    }
    sums.retain(|_, delta| !delta.is_zero());
    sums
}

/// What the order must have done to each product, by arithmetic of its own: the last telling decides, save that goods
/// seen to leave are gone, units that it asks for no more are called off, and a line that the last telling no longer has is called off.
fn owed(house: House, history: &[&ChannelOrder]) -> BTreeMap<String, StockDelta> {
    let last = history.last().unwrap();
    let names: BTreeSet<&str> =
        history.iter().flat_map(|event| &event.lines).map(|line| base_id(&line.id)).collect();
    let mut owed: BTreeMap<String, StockDelta> = BTreeMap::new();
    for name in names {
        let of = |event: &&ChannelOrder| event.lines.iter().find(|line| base_id(&line.id) == name).cloned();
        let line = history.iter().rev().find_map(of).unwrap();
        let is_listed = of(last).is_some();
        let left = |event: &&ChannelOrder| {
            of(event).map_or(0, |line| match (&event.status, event.departure) {
                // All units of a cancelled order may be called cancelled, those that left too.
                (Status::Cancelled, Departure::Left) if line.cancelled < line.quantity => {
                    line.quantity - line.cancelled
                }
                (Status::Cancelled, Departure::Left) => line.quantity,
                (Status::Shipped | Status::Delivered | Status::Completed, _)
                | (Status::ReturnRequested | Status::Returned, _) => line.quantity - line.cancelled,
                _ => 0,
            })
        };
        let out = i64::from(history.iter().map(left).max().unwrap());
        // What was once asked for and is not any more was called off, in whatever words.
        let asked = history.iter().filter_map(of).map(|line| i64::from(line.quantity)).max().unwrap();
        let kept = (asked - out).max(0);
        let fewer = asked - i64::from(line.quantity);
        let said = if is_listed { i64::from(line.cancelled) + fewer } else { asked };
        let off = match (&last.status, last.departure) {
            (Status::Cancelled, Departure::Stayed) => kept,
            (Status::Cancelled, Departure::Unknown) => 0,
            (status, _) if status.is_out() => kept,
            _ => said.min(kept),
        };
        let back = if house.restores == Restores::No { 0 } else { off };
        let factors = if name == "line-A" { &[("SHIRT", 1)][..] } else { &[("SHIRT", 1), ("CAP", 2)] };
        for (sku, factor) in factors {
            let mut delta = StockDelta { on_hand: -out, committed: kept - off, ..StockDelta::default() };
            if house.sharing == Sharing::Cover {
                let listing =
                    || ListingKey { connection: id("web"), listing: id(name.trim_start_matches("line-")) };
                delta.cover.insert(listing(), back - kept - out);
                delta.given_back.insert(listing(), back);
                delta.cover.retain(|_, units| *units != 0);
                delta.given_back.retain(|_, units| *units != 0);
            }
            owed.entry((*sku).to_owned()).or_default().add(&delta, *factor);
        }
    }
    owed.retain(|_, delta| !delta.is_zero());
    owed
}

fn report(name: &str, all: &[Tried]) {
    let all = all.iter().copied().fold(Tried::default(), Tried::and);
    println!("{name}: {} histories × orders of arrival: {} in all", all.histories, all.arrivals);
}

use Departure::{Left, Stayed, Unknown};
use Status::{
    Cancelled, Completed, Confirmed, Delivered, Pending, ReadyToShip, ReturnRequested, Returned, Shipped,
};

fn limbo() -> Status {
    Status::Unknown("IN_LIMBO".to_owned())
}

const TWO: [Goods; 1] = [("A", 2, 0)];
const ONE_OFF: [Goods; 1] = [("A", 2, 1)];
const FEWER: [Goods; 1] = [("A", 1, 0)];
const MORE: [Goods; 1] = [("A", 3, 0)];

#[test]
fn six_tellings_of_cancels_and_departures_in_any_order() {
    let proofs = [
        tells(Confirmed, Stayed, &TWO),
        tells(Shipped, Left, &TWO),
        tells(Cancelled, Stayed, &TWO),
        tells(Cancelled, Unknown, &TWO),
    ];
    report("cancels and departures", &[try_all(RESTORING, &proofs[..3], 6), try_all(RESTORING, &proofs, 4)]);
}

#[test]
fn six_tellings_of_partial_cancels_and_changed_quantities_in_any_order() {
    let edits =
        [tells(Confirmed, Stayed, &TWO), tells(ReadyToShip, Stayed, &FEWER), tells(Shipped, Left, &ONE_OFF)];
    report("partial cancels and changed quantities", &[try_all(COVERED, &edits, 6)]);
}

#[test]
fn six_tellings_of_two_lines_of_which_one_may_leave_in_any_order() {
    let lines = [
        tells(Confirmed, Stayed, &[("A", 2, 0), ("B", 1, 0)]),
        tells(Confirmed, Stayed, &TWO),
        tells(Shipped, Left, &[("A", 2, 0), ("B", 1, 0)]),
    ];
    report("two lines, one of which may leave", &[try_all(DOUBTFUL, &lines, 6)]);
}

#[test]
fn six_tellings_of_units_from_two_stores_in_any_order() {
    let split = House { split: Some([1, 1]), ..COVERED };
    let tellings = [tells(Confirmed, Stayed, &TWO), tells(Shipped, Left, &TWO), tells(Cancelled, Left, &TWO)];
    let edits = [
        tells(Confirmed, Stayed, &TWO),
        tells(Confirmed, Stayed, &ONE_OFF),
        tells(Shipped, Left, &ONE_OFF),
        tells(Confirmed, Stayed, &MORE),
        tells(Cancelled, Stayed, &TWO),
    ];
    let pooled = House { sharing: Sharing::Pool, ..split };
    let restoring = House { restores: Restores::Yes, ..split };
    report(
        "units from two stores",
        &[
            try_all(split, &tellings[..2], 6),
            try_all(split, &tellings, 4),
            try_all(restoring, &edits, 3),
            try_all(pooled, &tellings, 4),
        ],
    );
}

/// Every status, with every departure that matters to it.
fn every_status(goods: &[Goods]) -> Vec<Telling> {
    [
        (Pending, Stayed),
        (Confirmed, Stayed),
        (ReadyToShip, Stayed),
        (Shipped, Left),
        (Delivered, Left),
        (Completed, Left),
        (Cancelled, Stayed),
        (Cancelled, Left),
        (Cancelled, Unknown),
        (ReturnRequested, Left),
        (Returned, Left),
        (limbo(), Unknown),
    ]
    .into_iter()
    .map(|(status, departure)| tells(status, departure, goods))
    .collect()
}

#[test]
fn every_status_after_every_other_in_any_order() {
    let statuses = every_status(&TWO);
    let mut edited = every_status(&TWO);
    edited.extend(every_status(&ONE_OFF));
    edited.extend(every_status(&MORE));
    report(
        "every status",
        &[
            try_all(RESTORING, &statuses, 3),
            try_all(POOLED, &statuses, 3),
            try_all(COVERED, &edited, 2),
            try_all(DOUBTFUL, &edited, 2),
        ],
    );
}
