//! Setting units aside for an order in one go: every line or none, and never more than is free.
//!
//! An order of a marketplace is a fact and is written whatever is free. A hold is a wish: it is written only where each
//! of its lines finds its units, and the write itself checks that they are still there.

use crate::allocate::Learned;
use crate::catalogue::Component;
use crate::effect::OrderState;
use crate::ids::{LineId, ListingId, LocationId};
use crate::order::ChannelOrder;
use crate::plan::{OrderChange, OrderEvents, plan};
use crate::stock::StockKey;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What one line of a hold comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLine {
    /// Which line.
    pub line: LineId,
    /// Of which listing.
    pub listing: ListingId,
    /// Units asked for.
    pub wanted: u32,
    /// Units that are set aside for it, or that could have been.
    pub available: u32,
    /// The store they lie in.
    pub location: Option<LocationId>,
}

/// What is to be done about a hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// Write this; the write checks that the units are still free.
    Write(Box<OrderChange>),
    /// The book says so already.
    Known,
    /// Some line does not find its units: nothing is written.
    Short(Vec<HeldLine>),
    /// The order is known with other content of the same time: nobody can tell which is right.
    Unclear,
    /// The order is older than anything the book remembers.
    TooOld,
}

/// Plans one order. `known` must hold every balance that its lines may take from. Pure.
pub fn plan_hold(work: &OrderEvents<'_>, known: &Learned, now: Timestamp) -> Hold {
    let mut plan = plan(std::slice::from_ref(work), known, now);
    if !plan.refused.is_empty() {
        return Hold::TooOld;
    }
    if !plan.rereads.is_empty() {
        return Hold::Unclear;
    }
    let Some(mut change) = plan.changes.pop() else { return Hold::Known };
    if !change.state.status.is_open() {
        // What has left or was called off is a fact.
        return Hold::Write(Box::new(change));
    }
    let takes = change.delta.iter().filter(|(_, delta)| delta.free() < 0);
    let takes: BTreeMap<StockKey, i64> = takes.map(|(key, delta)| (key.clone(), -delta.free())).collect();
    if takes.iter().any(|(key, units)| free(work, known, key) < *units) {
        return Hold::Short(short(work, &change.state, known));
    }
    change.must_have = takes.into_keys().collect();
    Hold::Write(Box::new(change))
}

fn free(work: &OrderEvents<'_>, known: &Learned, key: &StockKey) -> i64 {
    known.free.get(&(work.key.shop.clone(), key.clone())).copied().unwrap_or(0)
}

/// What each line could have had: the units that are free in its store and those that this order holds already, less
/// what its earlier lines take.
fn short(work: &OrderEvents<'_>, wish: &OrderState, known: &Learned) -> Vec<HeldLine> {
    let mut left: BTreeMap<StockKey, i64> = BTreeMap::new();
    let lines = wish.lines.iter().filter(|line| line.cancelled < line.quantity);
    let told = lines.map(|line| {
        let (location, recipe) = match &line.decision {
            Some(decision) => (Some(decision.location.clone()), decision.recipe.as_slice()),
            None => (None, &[] as &[Component]),
        };
        let keys: Vec<(StockKey, i64)> = location.iter().flat_map(|store| balances(store, recipe)).collect();
        let wanted = line.quantity - line.cancelled;
        for (key, _) in &keys {
            left.entry(key.clone()).or_insert_with(|| free(work, known, key) + own(work, key));
        }
        let most = keys.iter().map(|(key, factor)| left.get(key).copied().unwrap_or(0).max(0) / factor).min();
        let available = u32::try_from(most.unwrap_or(0)).unwrap_or(u32::MAX);
        for (key, factor) in &keys {
            *left.entry(key.clone()).or_default() -= i64::from(wanted.min(available)) * factor;
        }
        HeldLine { line: line.id.clone(), listing: line.listing.clone(), wanted, available, location }
    });
    let mut told: Vec<HeldLine> = told.collect();
    let asked = work.events.iter().flat_map(|event| &event.lines);
    let places: BTreeMap<&LineId, usize> = asked.enumerate().map(|(n, line)| (&line.id, n)).collect();
    told.sort_by_key(|line| places.get(&line.line).copied());
    told
}

fn balances(store: &LocationId, recipe: &[Component]) -> Vec<(StockKey, i64)> {
    let key = |part: &Component| StockKey { sku: part.sku.clone(), location: store.clone() };
    recipe.iter().map(|part| (key(part), i64::from(part.factor.max(1)))).collect()
}

/// Units that the order holds of a balance already.
fn own(work: &OrderEvents<'_>, key: &StockKey) -> i64 {
    let applied = work.stored.as_ref().and_then(|(state, _)| state.applied.get(key));
    applied.map_or(0, |delta| -delta.free())
}

/// What the book holds for an order's lines; nothing where it holds less than they ask, or was called off.
pub fn held_lines(state: &OrderState, order: &ChannelOrder) -> Option<Vec<HeldLine>> {
    if state.status == crate::status::Status::Cancelled {
        return None;
    }
    let held = |wish: &crate::order::ChannelLine| {
        let line = state.lines.iter().find(|line| line.id == wish.id && line.listing == wish.listing)?;
        let wanted = wish.quantity.saturating_sub(wish.cancelled);
        let has = line.quantity.saturating_sub(line.cancelled);
        let location = line.decision.as_ref()?.location.clone();
        (has >= wanted).then(|| HeldLine {
            line: wish.id.clone(),
            listing: wish.listing.clone(),
            wanted,
            available: wanted,
            location: Some(location),
        })
    };
    order.lines.iter().map(held).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Connection, Listing, Shop};
    use crate::effect::Restores;
    use crate::ids::{ConnectionId, OrderId, ShopId, Sku};
    use crate::money::{Currency, Money};
    use crate::order::{ChannelLine, Departure, OrderKind};
    use crate::plan::OrderKey;
    use crate::record::{Account, revision};
    use crate::status::Status;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn store(id: &str) -> LocationId {
        LocationId::new(id).unwrap()
    }

    fn shop() -> (Shop, Connection) {
        let id = ShopId::new("lan").unwrap();
        let listing = |id: &str, parts: &[(&str, u32)]| {
            let part =
                |(sku, factor): &(&str, u32)| Component { sku: Sku::new(*sku).unwrap(), factor: *factor };
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
        let connection = Connection {
            id: ConnectionId::new("chat").unwrap(),
            channel: "social".to_owned(),
            base_url: None,
            webhook_url: None,
            serves_from: vec![store("hn"), store("hcm")],
            account: BTreeMap::new(),
            sharing: Default::default(),
            rule: Default::default(),
            listings: [listing("a", &[("A", 1)]), listing("box", &[("A", 6)]), listing("b", &[("B", 1)])]
                .into(),
        };
        let shop = Shop {
            id,
            name: String::new(),
            keep_orders_days: 60,
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
            lines: lines.iter().enumerate().map(line).collect(),
            total: Money::from_minor(1, Currency::VND),
        }
    }

    /// Plans one order with `free` as "sku@store = units".
    fn planned(free: &[(&str, &str, i64)], stored: Option<&OrderState>, event: &ChannelOrder) -> Hold {
        let (shop, connection) = shop();
        let key =
            |sku: &str, location: &str| StockKey { sku: Sku::new(sku).unwrap(), location: store(location) };
        let free = free.iter().map(|(sku, location, units)| ((shop.id.clone(), key(sku, location)), *units));
        let known = Learned { free: free.collect(), ..Learned::default() };
        let key =
            OrderKey { shop: shop.id.clone(), connection: connection.id.clone(), order: event.id.clone() };
        let account = Account { shop: &shop, connection: &connection, restores: Restores::No };
        let stored = stored.map(|state| (state.clone(), revision(state)));
        let work = OrderEvents { key, account, events: vec![event], stored };
        plan_hold(&work, &known, at(1_000))
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
        let Hold::Write(change) = planned(&free, None, &order(Status::Pending, 1, &[("a", 3), ("b", 1)]))
        else {
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
}
