//! The laws that the arithmetic of orders and stock must keep, tried on thousands of made-up shops.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do"
)]

use commerce::Timestamp;
use commerce::allocate::Learned;
use commerce::catalogue::{Component, Connection, Listing, Location, Shop};
use commerce::effect::{Decision, Line, OrderState, Restores, effect};
use commerce::ids::{ConnectionId, LineId, ListingId, LocationId, OrderId, ShopId, Sku};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::plan::{OrderChange, OrderEvents, OrderKey, plan};
use commerce::record::{Account, Merged, merge, revision};
use commerce::status::Status;
use commerce::steps::{Step, pack};
use commerce::stock::{Effect, ListingKey, Stock, StockDelta, StockKey, difference};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet};

/// Tries a law on 400 cases. It prints its seed; `SEED=n` tries the same cases again.
fn check<S: Strategy>(cases: &S, law: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let seed: u64 = match std::env::var("SEED") {
        Ok(text) => text.parse().unwrap(),
        Err(_) => rand_seed(),
    };
    println!("SEED={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases: 400, failure_persistence: None, ..Config::default() };
    let dice = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    if let Err(failure) = TestRunner::new_with_rng(config, dice).run(cases, law) {
        panic!("SEED={seed}: {failure}");
    }
}

fn rand_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

fn text_id<T>(text: impl Into<String>) -> T
where
    T: TryFrom<String>,
    T::Error: std::fmt::Debug,
{
    T::try_from(text.into()).unwrap()
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + minutes * 60).unwrap()
}

fn stock_key() -> impl Strategy<Value = StockKey> {
    (0..5, 0..2).prop_map(|(sku, location)| StockKey {
        sku: text_id(format!("SKU-{sku}")),
        location: text_id(format!("kho-{location}")),
    })
}

fn per_listing() -> impl Strategy<Value = BTreeMap<ListingKey, i64>> {
    let key =
        (0..3).prop_map(|n| ListingKey { connection: text_id("web"), listing: text_id(format!("{n}")) });
    btree_map(key, (-9_i64..9).prop_filter("zero parts are not kept", |n| *n != 0), 0..3)
}

fn delta() -> impl Strategy<Value = StockDelta> {
    (-99_i64..99, -99_i64..99, -9_i64..9, per_listing(), per_listing(), 0_i64..9, 0_i64..9).prop_map(
        |(on_hand, committed, holds, cover, given_back, in_transit, quarantine)| StockDelta {
            on_hand,
            committed,
            holds,
            cover,
            given_back,
            in_transit,
            quarantine,
        },
    )
}

fn any_effect() -> impl Strategy<Value = Effect> {
    btree_map(stock_key(), delta(), 0..6).prop_map(|mut effect| {
        effect.retain(|_, delta| !delta.is_zero());
        effect
    })
}

/// Applies an effect to balances, one change per balance.
fn apply(balances: &mut BTreeMap<StockKey, Stock>, change: &Effect) {
    for (key, delta) in change {
        balances.entry(key.clone()).or_default().apply(delta, Vec::new());
    }
}

/// Balances without what only counts changes.
fn sums(balances: BTreeMap<StockKey, Stock>) -> BTreeMap<StockKey, Stock> {
    let still = balances.into_iter().map(|(key, stock)| (key, Stock { version: 0, ..stock }));
    still.filter(|(_, stock)| *stock != Stock::default()).collect()
}

#[test]
fn replacing_an_effect_by_its_difference_is_the_same_as_never_having_had_it() {
    check(&vec(any_effect(), 1..6), |states| {
        let (mut step_by_step, mut at_once) = (BTreeMap::new(), BTreeMap::new());
        let mut applied = Effect::new();
        for state in &states {
            apply(&mut step_by_step, &difference(state, &applied));
            applied.clone_from(state);
        }
        apply(&mut at_once, states.last().unwrap());
        prop_assert_eq!(sums(step_by_step), sums(at_once));
        prop_assert!(difference(&applied, &applied).is_empty());
        Ok(())
    });
}

#[test]
fn free_is_what_is_on_hand_less_all_that_is_promised() {
    check(&vec(delta(), 0..20), |changes| {
        let (mut stock, mut sum) = (Stock::default(), StockDelta::default());
        for change in &changes {
            stock.apply(change, Vec::new());
            sum.add(change, 1);
            prop_assert!(stock.identity_holds());
        }
        prop_assert_eq!(stock.free, sum.free());
        prop_assert_eq!(stock.version, changes.len() as u64);
        for change in &changes {
            sum.add(change, -1);
        }
        prop_assert!(sum.is_zero(), "taking every change back leaves nothing");
        Ok(())
    });
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![
        Just(Status::Pending),
        Just(Status::Confirmed),
        Just(Status::ReadyToShip),
        Just(Status::Shipped),
        Just(Status::Delivered),
        Just(Status::Completed),
        Just(Status::Cancelled),
        Just(Status::ReturnRequested),
        Just(Status::Returned),
        Just(Status::Unknown("IN_LIMBO".to_owned())),
    ]
}

fn departure() -> impl Strategy<Value = Departure> {
    prop_oneof![Just(Departure::Stayed), Just(Departure::Left), Just(Departure::Unknown)]
}

/// Listings 0 to 3 are mapped (3 is a set), 4 is not.
fn shop(stores: usize) -> (Shop, ConnectionId) {
    let part = |sku: usize, factor| Component { sku: text_id(format!("SKU-{sku}")), factor };
    let recipes = [vec![part(0, 1)], vec![part(1, 24)], vec![part(2, 1)], vec![part(0, 1), part(2, 3)]];
    let listing = |(n, recipe): (usize, Vec<Component>)| {
        let id: ListingId = text_id(n.to_string());
        (id.clone(), Listing { id, recipe, buffer: 0, publish: true, rule: None, paused: false })
    };
    let locations: Vec<LocationId> = (0..stores).map(|n| text_id(format!("kho-{n}"))).collect();
    let id: ConnectionId = text_id("web");
    let connection = Connection {
        id: id.clone(),
        channel: "woocommerce".to_owned(),
        base_url: None,
        webhook_url: None,
        serves_from: locations.clone(),
        account: BTreeMap::new(),
        sharing: Default::default(),
        rule: Default::default(),
        listings: recipes.into_iter().enumerate().map(listing).collect(),
    };
    let location = |id: LocationId| Location {
        name: id.to_string(),
        id,
        till: None,
        walk_in_reserve: 0,
        orders_to: None,
    };
    let shop = Shop {
        id: text_id("demo"),
        name: "Demo".to_owned(),
        keep_orders_days: 1_095,
        report: Default::default(),
        shortfalls: commerce::shortfall::ShortfallRule::usual("demo"),
        locations: locations.into_iter().map(location).collect(),
        connections: [(id.clone(), connection)].into(),
    };
    (shop, id)
}

fn account<'a>(shop: &'a Shop, connection: &ConnectionId) -> Account<'a> {
    Account { shop, connection: &shop.connections[connection], restores: Restores::Yes }
}

fn line(number: usize, (listing, quantity, cancelled): (usize, u32, u32)) -> ChannelLine {
    ChannelLine {
        id: text_id(number.to_string()),
        listing: text_id(listing.to_string()),
        quantity,
        cancelled: cancelled.min(quantity),
        unit_price_minor: 111_000,
    }
}

/// Events of one order at different moments; a line keeps its listing and quantity, loses units or leaves.
fn life() -> impl Strategy<Value = Vec<ChannelOrder>> {
    let goods = vec((0_usize..5, 1_u32..6), 1..4);
    let tellings = vec((status(), departure(), vec(0_u32..6, 3), 1_usize..4), 1..6);
    (goods, tellings).prop_map(|(goods, tellings)| {
        let tell = |(n, (status, departure, off, listed)): (usize, (Status, Departure, Vec<u32>, usize))| {
            let goods = goods.iter().zip(off).take(listed).enumerate();
            ChannelOrder {
                id: text_id("8841"),
                kind: OrderKind::Channel,
                status,
                departure,
                source_time: at(i64::try_from(n).unwrap()),
                created_at: at(0),
                read_at: None,
                location: None,
                hold: None,
                reference: None,
                lines: goods
                    .map(|(n, ((listing, quantity), off))| line(n, (*listing, *quantity, off)))
                    .collect(),
                total: Money::from_minor(111_000, Currency::VND),
            }
        };
        tellings.into_iter().enumerate().map(tell).collect()
    })
}

fn key(shop: &Shop, order: &str) -> OrderKey {
    OrderKey { shop: shop.id.clone(), connection: text_id("web"), order: text_id::<OrderId>(order) }
}

/// Plans one batch of events of an order against what is stored.
fn step(
    shop: &Shop,
    connection: &ConnectionId,
    stored: Option<OrderState>,
    events: &[&ChannelOrder],
) -> Option<OrderChange> {
    step_by(shop, connection, stored, (events, true))
}

/// The same for events that are news, or were only read from a list.
fn step_by(
    shop: &Shop,
    connection: &ConnectionId,
    stored: Option<OrderState>,
    (events, heard): (&[&ChannelOrder], bool),
) -> Option<OrderChange> {
    let stored = stored.map(|state| (state.clone(), revision(&state)));
    let key = key(shop, "8841");
    let work = OrderEvents {
        key,
        account: account(shop, connection),
        events: events.to_vec(),
        stored,
        heard,
        echo_of: None,
    };
    let mut planned = plan(&[work], &Learned::default(), at(99));
    assert!(planned.changes.len() <= 1);
    planned.changes.pop()
}

#[test]
fn an_order_is_unheard_as_long_as_only_lists_have_told_of_it() {
    check(&(life(), vec(any::<bool>(), 1..8)), |(life, roads)| {
        let (shop, connection) = shop(1);
        let mut stored: Option<OrderState> = None;
        for (event, is_news) in life.iter().cycle().zip(&roads) {
            let change = step_by(&shop, &connection, stored.clone(), (&[event], *is_news));
            stored = change.map(|change| change.state).or(stored);
        }
        let state = stored.unwrap();
        prop_assert_eq!(state.unheard, !roads.contains(&true));
        let again = life.iter().cycle().zip(&roads).map(|(event, _)| event).last().unwrap();
        let listed = step_by(&shop, &connection, Some(state), (&[again], false));
        prop_assert_eq!(listed, None, "a list that tells it again writes nothing");
        Ok(())
    });
}

#[test]
fn an_order_ends_in_one_state_whatever_the_order_and_number_of_its_events() {
    let cases = (life(), vec(any::<prop::sample::Index>(), 0..6), 1_usize..4, any::<u64>());
    check(&cases, |(life, repeats, batch, salt)| {
        let (shop, connection) = shop(1);
        let in_order: Vec<&ChannelOrder> = life.iter().collect();
        let mut storm = in_order.clone();
        storm.extend(repeats.iter().map(|n| *n.get(&in_order)));
        let mut places: Vec<usize> = (0..storm.len()).collect();
        places.sort_by_key(|place| (*place as u64 + 1).wrapping_mul(salt | 1).rotate_left(17));
        let storm: Vec<&ChannelOrder> = places.into_iter().map(|place| storm[place]).collect();
        let run = |events: &[&ChannelOrder], batch: usize| {
            let mut stored: Option<OrderState> = None;
            let mut balances = BTreeMap::new();
            for events in events.chunks(batch) {
                if let Some(change) = step(&shop, &connection, stored.clone(), events) {
                    apply(&mut balances, &change.delta);
                    stored = Some(change.state);
                }
            }
            (stored.unwrap(), sums(balances))
        };
        let (calm, calm_balances) = run(&in_order, 1);
        let (stormy, stormy_balances) = run(&storm, batch);
        prop_assert_eq!(&calm, &stormy);
        prop_assert_eq!(revision(&calm), revision(&stormy));
        prop_assert_eq!(&calm_balances, &stormy_balances);
        let mut whole = BTreeMap::new();
        apply(&mut whole, &calm.applied);
        prop_assert_eq!(sums(whole), calm_balances, "what the order says it did is what it did");
        for event in &life {
            prop_assert_eq!(step(&shop, &connection, Some(calm.clone()), &[event]), None, "told again");
        }
        Ok(())
    });
}

#[test]
fn merging_the_same_event_twice_changes_nothing() {
    check(&life(), |life| {
        let (shop, connection) = shop(1);
        let account = account(&shop, &connection);
        let Merged::Changed(mut state) = merge(account, None, &life[0], at(99)) else {
            panic!("a new order")
        };
        // Nothing is left to decide, else a listing mapped since would be news.
        state.lines.iter_mut().for_each(|line| line.decision = Some(decision(false)));
        prop_assert_eq!(merge(account, Some(&state), &life[0], at(99)), Merged::Unchanged);
        Ok(())
    });
}

fn decision(in_cover: bool) -> Decision {
    Decision {
        location: text_id("kho-0"),
        recipe: vec![Component { sku: text_id("SKU-0"), factor: 2 }],
        in_cover,
        till_owned: false,
        not_counted: Vec::new(),
    }
}

fn state(
    status: Status,
    departure: Departure,
    quantity: u32,
    off: u32,
    out: u32,
    in_cover: bool,
) -> OrderState {
    let lines = vec![Line {
        id: text_id::<LineId>("1"),
        listing: text_id("0"),
        quantity,
        cancelled: off.min(quantity),
        unit_price_minor: 1,
        out: out.min(quantity),
        counted: 0,
        decision: Some(decision(in_cover)),
    }];
    OrderState {
        kind: OrderKind::Channel,
        status,
        departure,
        source_time: at(1),
        created_at: at(0),
        read_at: None,
        digest: String::new(),
        total: Money::from_minor(1, Currency::VND),
        lines,
        hold: None,
        unheard: false,
        echo_of: None,
        applied: Effect::new(),
    }
}

fn restores() -> impl Strategy<Value = Restores> {
    prop_oneof![Just(Restores::Yes), Just(Restores::No), Just(Restores::Unknown)]
}

#[test]
fn every_unit_of_a_line_is_open_or_out_or_called_off_and_takes_from_cover_what_the_channel_took() {
    let cases = (status(), departure(), 0_u32..9, 0_u32..9, 0_u32..9, any::<bool>(), restores());
    check(&cases, |(status, departure, quantity, off, out, in_cover, restores)| {
        let state = state(status, departure, quantity, off, out, in_cover);
        let effect = effect(&text_id("web"), &state, restores);
        let delta = effect.values().next().cloned().unwrap_or_default();
        let units = i64::from(quantity) * 2;
        let (open, out) = (delta.committed, -delta.on_hand);
        prop_assert!(open >= 0 && out >= 0 && open + out <= units, "{:?}", delta);
        prop_assert_eq!(out, i64::from(state.lines[0].out) * 2, "out is what went out, no more and no less");
        let (cover, back) = (delta.cover.values().sum::<i64>(), delta.given_back.values().sum::<i64>());
        if in_cover {
            prop_assert_eq!(back - cover, units, "each unit left cover, or the channel put it back itself");
            let called_off = if restores == Restores::No { 0 } else { units - open - out };
            prop_assert_eq!(back, called_off, "what may be on sale again stays covered");
        } else {
            prop_assert_eq!((cover, back), (0, 0));
        }
        if state.status.is_open() && off == 0 {
            prop_assert_eq!(open + out, units, "an open order, also of unknown status, holds all its units");
        }
        if state.status == Status::Cancelled && departure == Departure::Unknown {
            prop_assert_eq!(open + out, units, "a cancel without proof frees nothing");
        }
        Ok(())
    });
}

/// Orders with many lines over many products, planned as one batch.
fn changes() -> impl Strategy<Value = Vec<OrderChange>> {
    let order = prop_oneof![
        8 => vec((0_usize..12, 1_i64..9), 1..6),
        1 => vec((0_usize..400, 1_i64..9), 60..300),
    ];
    vec((order, any::<bool>(), any::<bool>()), 1..30).prop_map(|orders| {
        let (shop, _) = shop(1);
        let planned = orders.into_iter().enumerate();
        planned.map(|(n, (goods, parked, new))| change(&shop, n, &goods, parked, new)).collect()
    })
}

fn change(shop: &Shop, number: usize, goods: &[(usize, i64)], parked: bool, new: bool) -> OrderChange {
    let mut delta = Effect::new();
    for (sku, units) in goods {
        let key = StockKey { sku: text_id::<Sku>(format!("SKU-{sku:03}")), location: text_id("kho-0") };
        let part = StockDelta { committed: *units, ..StockDelta::default() };
        delta.entry(key).or_default().add(&part, 1);
    }
    let mut state = state(Status::Confirmed, Departure::Stayed, 1, 0, 0, false);
    state.applied.clone_from(&delta);
    OrderChange {
        key: key(shop, &format!("order-{number}")),
        expected: (!new).then(|| "a revision".to_owned()),
        state,
        must_have: delta.keys().take(1).cloned().collect(),
        must_cover: BTreeSet::new(),
        delta,
        newly_out: BTreeSet::new(),
        marks: commerce::hold_end::Marks::default(),
        parks: if parked { vec![commerce::park::ParkReason::CancelWithoutProof] } else { Vec::new() },
        by: None,
        counts: Vec::new(),
    }
}

/// DynamoDB's limits and the ledger's, for one step.
fn check_step(step: &Step) -> Result<(), TestCaseError> {
    let notes = step.orders.iter().filter(|order| !order.parks.is_empty()).count();
    prop_assert!(step.orders.len() + notes + step.stock.len() <= 90);
    let orders: BTreeSet<&OrderKey> = step.orders.iter().map(|order| &order.key).collect();
    prop_assert_eq!(orders.len(), step.orders.len(), "each order once per step");
    for change in step.stock.values() {
        prop_assert!(!change.movements.is_empty() && change.movements.len() <= 10);
        let mut sum = StockDelta::default();
        change.movements.iter().for_each(|movement| sum.add(&movement.delta, 1));
        prop_assert_eq!(&sum, &change.delta, "movements make up the change");
    }
    Ok(())
}

#[test]
fn packing_keeps_every_limit_and_loses_nothing() {
    check(&changes(), |changes| {
        let steps = pack(changes.clone(), &Learned::default());
        let mut reached: BTreeMap<&OrderKey, (Option<String>, Effect, usize)> = BTreeMap::new();
        let (mut packed, mut whole): (BTreeMap<StockKey, Stock>, BTreeMap<StockKey, Stock>) =
            Default::default();
        for step in &steps {
            check_step(step)?;
            for ((shop, key), change) in &step.stock {
                prop_assert_eq!(shop.as_str(), "demo");
                packed.entry(key.clone()).or_default().apply(&change.delta, Vec::new());
            }
            for order in &step.orders {
                let before = reached.get(&order.key);
                if let Some((written, _, _)) = before {
                    prop_assert_eq!(&order.expected, written, "each step builds on the one before");
                }
                prop_assert_eq!(&order.revision, &revision(&order.state));
                let notes = before.map_or(0, |(_, _, notes)| *notes) + usize::from(!order.parks.is_empty());
                let now = (Some(order.revision.clone()), order.state.applied.clone(), notes);
                reached.insert(&order.key, now);
            }
        }
        for change in &changes {
            apply(&mut whole, &change.delta);
            let (_, applied, notes) = &reached[&change.key];
            prop_assert_eq!(applied, &change.state.applied, "the last step reaches the whole effect");
            prop_assert_eq!(*notes, usize::from(!change.parks.is_empty()), "one note, not one per step");
        }
        prop_assert_eq!(sums(packed), sums(whole));
        Ok(())
    });
}

#[test]
fn an_order_that_stops_between_two_steps_has_recorded_exactly_what_those_steps_did() {
    check(&vec((0_usize..400, 1_i64..9), 150..400), |goods| {
        let (shop, _) = shop(1);
        let mut done = Effect::new();
        for step in pack(vec![change(&shop, 0, &goods, true, true)], &Learned::default()) {
            for ((_, key), change) in &step.stock {
                done.entry(key.clone()).or_default().add(&change.delta, 1);
            }
            prop_assert_eq!(&step.orders[0].state.applied, &done);
        }
        Ok(())
    });
}

#[test]
fn money_reads_back_to_the_minor_unit_and_never_rounds() {
    let currencies = prop_oneof![Just("VND"), Just("USD")];
    check(&(any::<i32>(), currencies, 0_usize..4), |(minor, code, zeros)| {
        let currency = Currency::new(code).unwrap();
        let places = currency.decimals();
        let scale = 10_u32.pow(u32::try_from(places).unwrap());
        let (sign, size) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
        let whole = size / scale;
        let fraction = if places == 0 { String::new() } else { format!("{:0places$}", size % scale) };
        let fraction = format!("{fraction}{}", "0".repeat(zeros));
        let point = if fraction.is_empty() { "" } else { "." };
        let text = format!("{sign}{whole}{point}{fraction}");
        prop_assert_eq!(
            Money::parse(&text, currency),
            Ok(Money::from_minor(minor.into(), currency)),
            "{}",
            text
        );
        let dot = if fraction.is_empty() { "." } else { "" };
        let finer = format!("{text}{dot}{}5", "0".repeat(places));
        prop_assert!(Money::parse(&finer, currency).is_err(), "{} is finer than {}", finer, code);
        Ok(())
    });
}

#[test]
fn money_refuses_what_is_no_plain_number_and_never_panics() {
    check(&"[-+0-9.,eE ₫a-z]{0,24}", |text| {
        let read = Money::parse(&text, Currency::VND);
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let number = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !number(whole) || !number(fraction) {
            prop_assert!(read.is_err(), "{:?} reads as {:?}", text, read);
        }
        Ok(())
    });
}

#[test]
fn ids_refuse_what_no_channel_uses_and_never_panic() {
    check(&".{0,210}", |text| {
        let good = !text.is_empty() && text.len() <= 200 && !text.chars().any(char::is_control);
        prop_assert_eq!(OrderId::new(text.clone()).is_ok(), good);
        let slug = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        prop_assert_eq!(ShopId::new(text).is_ok(), good && slug);
        Ok(())
    });
}
