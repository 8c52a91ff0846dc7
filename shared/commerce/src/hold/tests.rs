//! Checks of holds: whole or none, with an end or without, in one store or in any.

use super::*;
use crate::catalogue::{Connection, Listing, Shop};
use crate::effect::Restores;
use crate::hold_end::{Ending, Mark, end_hold};
use crate::hold_terms::{HoldTerms, Purpose};
use crate::ids::{ConnectionId, OrderId, ShopId, Sku};
use crate::money::{Currency, Money};
use crate::order::{ChannelLine, Departure, OrderKind};
use crate::plan::OrderKey;
use crate::record::{Account, revision};
use crate::status::Status;
use crate::steps::pack;

/// Products of one listing that together are too many for one write.
const LOT: usize = 100;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn store(id: &str) -> LocationId {
    LocationId::new(id).unwrap()
}

fn shop() -> (Shop, Connection) {
    let id = ShopId::new("lan").unwrap();
    let listing = |id: &str, parts: &[(&str, u32)]| {
        let part = |(sku, factor): &(&str, u32)| Component { sku: Sku::new(*sku).unwrap(), factor: *factor };
        let id = ListingId::new(id).unwrap();
        (
            id.clone(),
            Listing {
                id,
                recipe: parts.iter().map(part).collect(),
                buffer: 0,
                publish: false,
                rule: None,
                paused: false,
            },
        )
    };
    let names: Vec<String> = (0..LOT).map(|n| format!("S{n}")).collect();
    let lot: Vec<(&str, u32)> = names.iter().map(|sku| (sku.as_str(), 1)).collect();
    let connection = Connection {
        id: ConnectionId::new("chat").unwrap(),
        channel: "social".to_owned(),
        base_url: None,
        webhook_url: None,
        serves_from: vec![store("hn"), store("hcm")],
        account: BTreeMap::new(),
        sharing: Default::default(),
        rule: Default::default(),
        listings: [
            listing("a", &[("A", 1)]),
            listing("box", &[("A", 6)]),
            listing("b", &[("B", 1)]),
            listing("lot", &lot),
        ]
        .into(),
    };
    let shop = Shop {
        id,
        name: String::new(),
        keep_orders_days: 60,
        report: Default::default(),
        shortfalls: crate::shortfall::ShortfallRule::usual("demo"),
        locations: Vec::new(),
        connections: BTreeMap::new(),
    };
    (shop, connection)
}

fn order(status: Status, second: i64, lines: &[(&str, u32)]) -> ChannelOrder {
    let line = |(n, (listing, quantity)): (usize, &(&str, u32))| ChannelLine {
        id: LineId::new(n.to_string()).unwrap(),
        listing: ListingId::new(*listing).unwrap(),
        quantity: *quantity,
        cancelled: 0,
        unit_price_minor: 1,
    };
    ChannelOrder {
        id: OrderId::new("FB-1").unwrap(),
        kind: OrderKind::Channel,
        status,
        departure: Departure::Stayed,
        source_time: at(second),
        created_at: at(second),
        read_at: None,
        location: None,
        hold: None,
        reference: None,
        lines: lines.iter().enumerate().map(line).collect(),
        total: Money::from_minor(1, Currency::VND),
    }
}

/// Plans one order with `free` as "sku@store = units".
fn planned(free: &[(&str, &str, i64)], stored: Option<&OrderState>, event: &ChannelOrder) -> Hold {
    planned_at(1_000, free, stored, event)
}

fn planned_at(
    now: i64,
    free: &[(&str, &str, i64)],
    stored: Option<&OrderState>,
    event: &ChannelOrder,
) -> Hold {
    let (shop, connection) = shop();
    let key = |sku: &str, location: &str| StockKey { sku: Sku::new(sku).unwrap(), location: store(location) };
    let free = free.iter().map(|(sku, location, units)| ((shop.id.clone(), key(sku, location)), *units));
    let known = Learned { free: free.collect(), ..Learned::default() };
    let key = OrderKey { shop: shop.id.clone(), connection: connection.id.clone(), order: event.id.clone() };
    let account = Account { shop: &shop, connection: &connection, restores: Restores::No };
    let stored = stored.map(|state| (state.clone(), revision(state)));
    let work = OrderEvents { key, account, events: vec![event], stored, heard: true, echo_of: None };
    plan_hold(&work, &known, HoldCode::from_number(482_913), at(now))
}

fn written(hold: Hold) -> OrderState {
    match hold {
        Hold::Write(change) => change.state,
        other => panic!("{other:?}"),
    }
}

fn stores(state: &OrderState) -> Vec<&str> {
    state.lines.iter().map(|line| line.decision.as_ref().unwrap().location.as_str()).collect()
}

#[test]
fn each_line_finds_a_store_and_the_write_checks_it() {
    let free = [("A", "hn", 2), ("A", "hcm", 5), ("B", "hn", 1)];
    let Hold::Write(change) = planned(&free, None, &order(Status::Pending, 1, &[("a", 3), ("b", 1)])) else {
        panic!("not written")
    };
    assert_eq!(stores(&change.state), ["hcm", "hn"]);
    assert_eq!(change.must_have.len(), 2, "also where only one store would do");
}

#[test]
fn one_short_line_refuses_all_and_says_what_there_is() {
    let free = [("A", "hn", 7), ("A", "hcm", 2), ("B", "hn", 9)];
    let Hold::Short(lines) =
        planned(&free, None, &order(Status::Confirmed, 1, &[("a", 3), ("box", 1), ("b", 1)]))
    else {
        panic!("not short")
    };
    let told: Vec<(u32, u32, &str)> =
        lines.iter().map(|l| (l.wanted, l.available, l.location.as_ref().unwrap().as_str())).collect();
    assert_eq!(told, [(3, 7, "hn"), (1, 0, "hn"), (1, 9, "hn")]);
}

#[test]
fn what_is_held_already_is_not_asked_for_again() {
    let free = [("A", "hn", 3)];
    let hold = order(Status::Pending, 1, &[("a", 3)]);
    let state = written(planned(&free, None, &hold));
    assert_eq!(planned(&[], Some(&state), &hold), Hold::Known);
    assert_eq!(held_lines(&state, &hold).unwrap()[0].available, 3);
    let confirmed = order(Status::Confirmed, 2, &[("a", 3)]);
    let state = written(planned(&[("A", "hn", 0)], Some(&state), &confirmed));
    let more = order(Status::Confirmed, 3, &[("a", 5)]);
    let Hold::Short(lines) = planned(&[("A", "hn", 1)], Some(&state), &more) else { panic!("not short") };
    assert_eq!((lines[0].wanted, lines[0].available), (5, 4));
    assert_eq!(written(planned(&[("A", "hn", 2)], Some(&state), &more)).lines[0].quantity, 5);
    assert!(held_lines(&state, &more).is_none() && held_lines(&state, &hold).is_some());
}

#[test]
fn facts_are_never_refused() {
    let shipped = order(Status::Shipped, 2, &[("a", 3)]);
    assert!(matches!(planned(&[], None, &shipped), Hold::Write(_)));
    let state = written(planned(&[("A", "hn", 3)], None, &order(Status::Pending, 1, &[("a", 3)])));
    let called_off = order(Status::Cancelled, 2, &[]);
    let state = written(planned(&[], Some(&state), &called_off));
    assert!(state.applied.is_empty());
    assert!(held_lines(&state, &called_off).is_none());
}

#[test]
fn other_content_of_the_same_time_and_ancient_orders_are_told() {
    let state = written(planned(&[("A", "hn", 9)], None, &order(Status::Pending, 1, &[("a", 3)])));
    let other = order(Status::Pending, 1, &[("a", 4)]);
    assert_eq!(planned(&[("A", "hn", 9)], Some(&state), &other), Hold::Unclear);
    assert_eq!(planned(&[], None, &order(Status::Pending, -90 * 86_400, &[("a", 1)])), Hold::TooOld);
}

/// A hold for a buyer who comes to the store, from `second` to `until`.
fn pick_up(second: i64, until: i64, location: &str, lines: &[(&str, u32)]) -> ChannelOrder {
    let terms = HoldTerms { purpose: Purpose::PickUp, until: Some(at(until)) };
    ChannelOrder {
        hold: Some(terms),
        location: Some(store(location)),
        ..order(Status::Pending, second, lines)
    }
}

const PLENTY: [(&str, &str, i64); 2] = [("A", "hn", 9), ("A", "hcm", 9)];

fn only_delta(state: &OrderState) -> (i64, i64, i64) {
    let delta = state.applied.values().next().unwrap();
    (delta.holds, delta.committed, delta.on_hand)
}

/// What the house makes of it at that time.
fn ended(state: &OrderState, now: i64) -> Ending {
    let (shop, connection) = shop();
    let key = OrderKey { shop: shop.id, connection: connection.id, order: OrderId::new("FB-1").unwrap() };
    end_hold(&key, Some(&(state.clone(), revision(state))), Restores::No, at(now))
}

fn after_its_end(state: &OrderState, now: i64) -> OrderChange {
    match ended(state, now) {
        Ending::Write(change) => *change,
        other => panic!("{other:?}"),
    }
}

#[test]
fn units_with_an_end_are_held_then_sold_then_gone() {
    let held = written(planned(&PLENTY, None, &pick_up(1, 2_000, "hcm", &[("a", 3)])));
    assert_eq!((stores(&held), only_delta(&held)), (vec!["hcm"], (3, 0, 0)));
    let sold = written(planned(&[], Some(&held), &order(Status::Confirmed, 2, &[("a", 3)])));
    assert_eq!((only_delta(&sold), sold.code()), ((0, 3, 0), held.code()), "nothing has to be free for it");
    let gone = written(planned(&[], Some(&sold), &order(Status::Shipped, 3, &[("a", 3)])));
    assert_eq!((only_delta(&gone), gone.code()), ((0, 0, -3), None));
    let plain = written(planned(&PLENTY, None, &order(Status::Pending, 1, &[("a", 3)])));
    assert_eq!((only_delta(&plain), plain.hold), ((0, 3, 0), None), "as it was before holds had an end");
}

#[test]
fn a_store_that_is_asked_for_is_the_only_one() {
    let wish = pick_up(1, 2_000, "hcm", &[("a", 3)]);
    let Hold::Short(lines) = planned(&[("A", "hn", 9), ("A", "hcm", 2)], None, &wish) else {
        panic!("not short")
    };
    assert_eq!((lines[0].available, lines[0].location.as_ref().unwrap().as_str()), (2, "hcm"));
    let held = written(planned(&PLENTY, None, &wish));
    let moved = pick_up(2, 2_000, "hn", &[("a", 3)]);
    assert_eq!(planned(&PLENTY, Some(&held), &moved), Hold::Elsewhere(store("hcm")));
}

#[test]
fn a_code_is_given_once_and_kept_as_long_as_something_is_held() {
    let wish = pick_up(1, 2_000, "hcm", &[("a", 3)]);
    let Hold::Write(change) = planned(&PLENTY, None, &wish) else { panic!("not written") };
    let code = HoldCode::from_number(482_913);
    assert_eq!(
        change.marks,
        Marks { end: Mark::Put(at(2_000)), code: Mark::Put(code), wait: Mark::Put(at(1)) }
    );
    let mut held = change.state;
    held.hold.as_mut().unwrap().code = Some(HoldCode::from_number(7));
    let Hold::Write(longer) = planned(&PLENTY, Some(&held), &pick_up(2, 3_000, "hcm", &[("a", 3)])) else {
        panic!("not written")
    };
    assert_eq!(longer.state.code(), Some(HoldCode::from_number(7)));
    assert_eq!(longer.marks, Marks { end: Mark::Put(at(3_000)), ..Marks::default() });
    let Hold::Write(sold) = planned(&[], Some(&held), &order(Status::Confirmed, 2, &[("a", 3)])) else {
        panic!("not written")
    };
    assert_eq!(sold.marks, Marks { end: Mark::Remove(at(2_000)), ..Marks::default() });
    held.hold.as_mut().unwrap().code = None;
    let Hold::Write(told) = planned(&[], Some(&held), &wish) else { panic!("no code for who has none") };
    assert_eq!((told.state.code(), told.delta.is_empty()), (Some(code), true));
    assert_ne!(told.revision(), revision(&held), "the write that gives it is a new state");
}

#[test]
fn a_hold_ends_when_its_time_is_over_and_not_before() {
    let held = written(planned_at(10, &PLENTY, None, &pick_up(1, 900, "hcm", &[("a", 3)])));
    assert_eq!(ended(&held, 899), Ending::NotYet(at(900)));
    let change = after_its_end(&held, 900);
    assert_eq!((change.state.status.clone(), change.state.ended_at()), (Status::Cancelled, Some(at(900))));
    let freed: i64 = change.delta.values().map(crate::stock::StockDelta::free).sum();
    assert_eq!((freed, change.state.applied.is_empty(), change.state.code()), (3, true, None));
    assert_eq!((change.state.fact_time(), change.state.source_time), (at(900), at(1)));
    assert!(matches!(
        change.marks,
        Marks { end: Mark::Remove(_), code: Mark::Remove(_), wait: Mark::Remove(_) }
    ));
    assert_eq!(ended(&change.state, 5_000), Ending::Nothing, "once");
    for status in [Status::Confirmed, Status::Shipped, Status::Cancelled] {
        let state = written(planned(&PLENTY, Some(&held), &order(status, 2, &[("a", 3)])));
        assert_eq!(ended(&state, 5_000), Ending::Nothing, "the desk was quicker");
    }
    let endless = written(planned(&PLENTY, None, &order(Status::Pending, 1, &[("a", 3)])));
    assert_eq!(ended(&endless, i64::from(u32::MAX)), Ending::Nothing, "what has no end is never ended");
}

#[test]
fn after_the_end_the_same_word_brings_nothing_back_and_a_newer_one_asks_anew() {
    let wish = pick_up(1, 900, "hcm", &[("a", 3)]);
    let held = written(planned_at(10, &PLENTY, None, &wish));
    assert_eq!(planned(&PLENTY, Some(&held), &wish), Hold::Over(at(900)), "also before anybody ended it");
    assert_eq!(planned(&PLENTY, None, &wish), Hold::Over(at(900)), "nor is it begun after its end");
    let over = after_its_end(&held, 900).state;
    assert_eq!(planned(&PLENTY, Some(&over), &wish), Hold::Over(at(900)));
    // Said before the end and heard after it.
    let late = order(Status::Confirmed, 899, &[("a", 3)]);
    assert_eq!(only_delta(&written(planned(&PLENTY, Some(&over), &late))), (0, 3, 0));
    let Hold::Short(lines) = planned(&[("A", "hcm", 2)], Some(&over), &late) else { panic!("not short") };
    assert_eq!((lines[0].wanted, lines[0].available), (3, 2));
    // A word of the very moment of the hold: the end must not outrank it.
    let at_once = order(Status::Confirmed, 1, &[("a", 3)]);
    assert_eq!(only_delta(&written(planned(&PLENTY, Some(&over), &at_once))), (0, 3, 0));
    let more_time = pick_up(950, 2_000, "hcm", &[("a", 3)]);
    let again = written(planned(&PLENTY, Some(&over), &more_time));
    assert_eq!((only_delta(&again), again.ended_at(), again.code().is_some()), ((3, 0, 0), None, true));
    let called_off = written(planned(&[], Some(&over), &order(Status::Cancelled, 950, &[])));
    assert_eq!((called_off.ended_at(), called_off.applied.is_empty()), (None, true));
}

#[test]
fn a_hold_too_long_for_one_write_is_found_again_until_all_of_it_is_free() {
    let names: Vec<String> = (0..LOT).map(|n| format!("S{n}")).collect();
    let free: Vec<(&str, &str, i64)> = names.iter().map(|sku| (sku.as_str(), "hn", 1)).collect();
    let held = written(planned_at(10, &free, None, &pick_up(1, 900, "hn", &[("lot", 1)])));
    assert_eq!(held.applied.len(), LOT);
    let steps = pack(vec![after_its_end(&held, 900)], &Learned::default());
    assert_eq!(steps.len(), 2);
    let half = &steps[0].orders[0];
    assert_eq!((half.marks, half.state.status.clone()), (Marks::default(), Status::Cancelled));
    assert!(matches!(steps[1].orders[0].marks.end, Mark::Remove(_)));
    // Nothing but the first of them was written.
    let rest = after_its_end(&half.state, 901);
    assert_eq!((rest.delta.len() + steps[0].stock.len(), rest.state.applied.len()), (LOT, 0));
    assert!(matches!(rest.marks.end, Mark::Remove(_)));
    assert_eq!(ended(&rest.state, 902), Ending::Nothing);
}
