//! The independent auditor: recomputes the right answer from what the twins know, never from our own rules.

use super::Wishes;
use super::cast::Actor;
use super::figures::{ClassFreshness, Figures, StockRow, per};
use super::freshness::percentile;
use super::goods::{PRODUCTS, Parts, offered};
use super::play::Watched;
use super::world::{SHOP, World};
use crate::up::Problem;
use commerce::effect::OrderState;
use commerce::ids::{ConnectionId, OrderId, ShopId, Sku};
use commerce::plan::OrderKey;
use commerce::stock::{Cause, ListingKey, Stock, StockDelta};
use std::collections::{BTreeMap, BTreeSet};
use twins::{TwinOrder, TwinOrderState};
use workflows::announce_stock::LedgerLine;

/// A product at a store.
type Place = (String, String);

/// What the shop's book says, read back.
struct Book {
    orders: BTreeMap<(String, String), OrderState>,
    stock: BTreeMap<Place, Stock>,
    ledger: Vec<LedgerLine>,
}

/// Compares the book with the twins.
pub async fn audit(world: &World, watched: &Watched, wishes: &Wishes) -> Result<Figures, Problem> {
    let sent = sent(world);
    let book = read_book(world, &sent).await?;
    let expected = expected_balances(world, &sent, &book);
    let recorded = sent.keys().filter(|key| book.orders.contains_key(*key)).count() as u64;
    let (doubled, short) = units_misapplied(&sent, &book);
    let rows = rows(world, &book);
    let drift =
        rows.iter().flat_map(|row| &row.channels).filter(|(_, shown, covered)| shown != covered).count();
    let orders_sent = sent.len() as u64;
    Ok(Figures {
        seed: wishes.seed,
        orders_sent,
        orders_recorded: recorded,
        missing: orders_sent - recorded,
        doubled,
        short,
        drift: drift as u64,
        balances_wrong: balances_wrong(&expected, &book),
        ledger_wrong: ledger_wrong(&book),
        oversold: oversold(world, &sent),
        unresolved: world.unresolved().await? as u64,
        faults_differ: 0,
        faults_injected: None,
        faults_reported: None,
        stock_outs: watched.seen.stock_outs.len() as u64,
        refused_sold_out: watched.refused_sold_out.into(),
        webhooks: watched.news.into(),
        webhook_copies: watched.copies.into(),
        freshness_p50_ms: percentile(&watched.seen.recorded_ms, 50),
        freshness_p99_ms: percentile(&watched.seen.recorded_ms, 99),
        freshness_samples: watched.seen.recorded_ms.len() as u64,
        shown_p50_ms: percentile(&watched.seen.shown_ms, 50),
        shown_p99_ms: percentile(&watched.seen.shown_ms, 99),
        shown_samples: watched.seen.shown_ms.len() as u64,
        shown_by_class: by_class(&watched.seen.shown_by_class_ms),
        write_units_per_order: per(watched.units.write_tenths, orders_sent),
        read_units_per_order: per(watched.units.read_tenths, orders_sent),
        sqs_requests_per_order: per(watched.requests.useful * 10, orders_sent),
        stock: rows,
    })
}

fn by_class(shown_ms: &BTreeMap<&'static str, Vec<i64>>) -> Vec<ClassFreshness> {
    let of = |(class, ms): (&&str, &Vec<i64>)| ClassFreshness {
        class: (*class).to_owned(),
        p50_ms: percentile(ms, 50),
        p99_ms: percentile(ms, 99),
        samples: ms.len() as u64,
    };
    shown_ms.iter().map(of).collect()
}

/// An order as its channel knows it.
struct Sent<'w> {
    actor: &'w Actor,
    order: TwinOrder,
}

/// Every order the channels know, by connection and our name of it.
type AllSent<'w> = BTreeMap<(String, String), Sent<'w>>;

fn sent(world: &World) -> AllSent<'_> {
    let mut result = BTreeMap::new();
    for actor in &world.cast {
        for order in actor.twin.orders() {
            let key = (actor.connection().to_owned(), actor.order_name(&order.id));
            result.insert(key, Sent { actor, order });
        }
    }
    result
}

impl Sent<'_> {
    fn is_cancelled(&self) -> bool {
        self.order.state == TwinOrderState::Cancelled
    }

    /// Base units of each product.
    fn units(&self) -> BTreeMap<String, i64> {
        let mut result = BTreeMap::new();
        let offered = offered();
        for line in &self.order.lines {
            let number = self.actor.listings.iter().position(|listing| *listing == line.listing);
            let parts = number.and_then(|n| offered.get(n)).map(|(_, parts)| parts);
            for (sku, factor) in parts.into_iter().flatten() {
                let units = i64::from(line.quantity) * i64::from(*factor);
                *result.entry((*sku).to_owned()).or_insert(0) += units;
            }
        }
        result
    }
}

async fn read_book(world: &World, sent: &AllSent<'_>) -> Result<Book, Problem> {
    let shop = ShopId::new(SHOP)?;
    let table = &world.machine.table;
    let mut keys = Vec::new();
    for (connection, order) in sent.keys() {
        let (connection, order) = (ConnectionId::new(connection.as_str())?, OrderId::new(order.as_str())?);
        keys.push(OrderKey { shop: shop.clone(), connection, order });
    }
    let orders = table.load_orders(&keys, true).await?;
    let mut stock = BTreeMap::new();
    for product in &PRODUCTS {
        for (key, balance) in table.stock_of_sku(&shop, &Sku::new(product.sku)?).await? {
            stock.insert((key.sku.to_string(), key.location.to_string()), balance);
        }
    }
    let named = |(key, (state, _)): (OrderKey, (OrderState, String))| {
        ((key.connection.to_string(), key.order.to_string()), state)
    };
    Ok(Book { orders: orders.into_iter().map(named).collect(), stock, ledger: read_ledger(world)? })
}

/// The archived ledger, each line once: a batch that was tried again is archived again.
fn read_ledger(world: &World) -> Result<Vec<LedgerLine>, Problem> {
    let mut lines = BTreeMap::new();
    for entry in std::fs::read_dir(world.folders.archive.join("ledger").join(SHOP))? {
        for text in std::fs::read_to_string(entry?.path())?.lines() {
            let line: LedgerLine = serde_json::from_str(text)?;
            lines.insert((line.sku.to_string(), line.location.to_string(), line.version), line);
        }
    }
    Ok(lines.into_values().collect())
}

/// The stores an order's lines were served from, as our book decided: the one thing only the book knows.
fn served_from(book: &Book, key: &(String, String), sku: &str) -> BTreeMap<String, i64> {
    let mut result = BTreeMap::new();
    let Some(order) = book.orders.get(key) else { return result };
    for line in &order.lines {
        let Some(decision) = &line.decision else { continue };
        for part in decision.recipe.iter().filter(|part| part.sku.as_str() == sku) {
            let units = i64::from(line.quantity) * i64::from(part.factor);
            *result.entry(decision.location.to_string()).or_insert(0) += units;
        }
    }
    result
}

/// What each balance must be: (on hand, committed).
fn expected_balances(world: &World, sent: &AllSent<'_>, book: &Book) -> BTreeMap<Place, (i64, i64)> {
    let counted = counted(world);
    let mut result: BTreeMap<Place, (i64, i64)> = BTreeMap::new();
    for (place, units) in &world.opening {
        result.insert(place.clone(), (counted.get(place).copied().unwrap_or(*units), 0));
    }
    for (key, one) in sent.iter().filter(|(_, one)| !one.actor.is_till() && !one.is_cancelled()) {
        let is_out = matches!(one.order.state, TwinOrderState::Shipped | TwinOrderState::Completed);
        for sku in one.units().keys() {
            for (location, units) in served_from(book, key, sku) {
                let place = (sku.clone(), location);
                let Some((on_hand, committed)) = result.get_mut(&place) else { continue };
                // Where a till counts the goods, a parcel stays committed until the till has a document for it.
                if is_out && !counted.contains_key(&place) { *on_hand -= units } else { *committed += units }
            }
        }
    }
    result
}

/// What lies in the stores of the tills, by their own count.
fn counted(world: &World) -> BTreeMap<Place, i64> {
    let mut result = BTreeMap::new();
    for actor in &world.cast {
        let Some(store) = actor.store() else { continue };
        for (product, listing) in PRODUCTS.iter().zip(&actor.listings) {
            result.insert((product.sku.to_owned(), store.id().to_owned()), actor.twin.shown(listing));
        }
    }
    result
}

fn balances_wrong(expected: &BTreeMap<Place, (i64, i64)>, book: &Book) -> u64 {
    let wrong = expected.iter().filter(|(place, (on_hand, committed))| {
        let stock = book.stock.get(place).cloned().unwrap_or_default();
        (stock.on_hand, stock.committed) != (*on_hand, *committed)
            || !stock.identity_holds()
            || stock.free < 0
    });
    wrong.count() as u64
}

/// Orders that took more, and orders that took fewer units in the ledger than on their channel. Till sales are
/// checked by the till's own count instead.
fn units_misapplied(sent: &AllSent<'_>, book: &Book) -> (u64, u64) {
    let mut taken: BTreeMap<(String, String), BTreeMap<String, i64>> = BTreeMap::new();
    for line in &book.ledger {
        for movement in &line.movements {
            if let Cause::Order { connection, order, .. } = &movement.cause {
                let units = movement.delta.committed - movement.delta.on_hand;
                let key = (connection.to_string(), order.clone());
                *taken.entry(key).or_default().entry(line.sku.to_string()).or_insert(0) += units;
            }
        }
    }
    let (mut doubled, mut short) = (0, 0);
    for (key, one) in sent.iter().filter(|(_, one)| !one.actor.is_till()) {
        let wanted = if one.is_cancelled() { BTreeMap::new() } else { one.units() };
        let taken = taken.remove(key).unwrap_or_default();
        let skus: BTreeSet<&String> = wanted.keys().chain(taken.keys()).collect();
        let of = |map: &BTreeMap<String, i64>, sku: &String| map.get(sku).copied().unwrap_or(0);
        doubled += u64::from(skus.iter().any(|sku| of(&taken, sku) > of(&wanted, sku)));
        short += u64::from(skus.iter().any(|sku| of(&taken, sku) < of(&wanted, sku)));
    }
    (doubled, short)
}

/// Every balance is the sum of its ledger lines, whose versions have no gap.
fn ledger_wrong(book: &Book) -> u64 {
    let mut folded: BTreeMap<Place, (StockDelta, u64, bool)> = BTreeMap::new();
    for line in &book.ledger {
        let place = (line.sku.to_string(), line.location.to_string());
        let (sum, version, dense) = folded.entry(place).or_insert((StockDelta::default(), 0, true));
        line.movements.iter().for_each(|movement| sum.add(&movement.delta, 1));
        *dense &= line.version == *version + 1;
        *version = line.version;
    }
    let wrong = book.stock.iter().filter(|(place, stock)| {
        let Some((sum, version, dense)) = folded.get(*place) else { return true };
        !dense
            || *version != stock.version
            || (sum.on_hand, sum.committed) != (stock.on_hand, stock.committed)
    });
    wrong.count() as u64
}

fn oversold(world: &World, sent: &AllSent<'_>) -> u64 {
    let mut left: BTreeMap<String, i64> = BTreeMap::new();
    for ((sku, _), units) in &world.opening {
        *left.entry(sku.clone()).or_insert(0) += units;
    }
    for one in sent.values().filter(|one| !one.is_cancelled()) {
        for (sku, units) in one.units() {
            *left.entry(sku).or_insert(0) -= units;
        }
    }
    left.values().map(|units| (-units).max(0).unsigned_abs()).sum()
}

/// One row per listing: its product's balances, what channels show, and what is covered for it.
fn rows(world: &World, book: &Book) -> Vec<StockRow> {
    let mut rows = Vec::new();
    for (n, (sku, parts)) in offered().into_iter().enumerate() {
        let balance = |location: &str| {
            let stock = book.stock.get(&(sku.to_owned(), location.to_owned()))?;
            Some((location.to_owned(), stock.on_hand, stock.committed, stock.free))
        };
        let shown = |actor: &Actor| {
            let listing = actor.listings.get(n).filter(|_| actor.shows_stock())?;
            let name = format!("{}/{listing}", actor.connection());
            let covered = world.stores.iter().map(|store| covered(book, &parts, store.id(), &name)).sum();
            Some((actor.connection().to_owned(), actor.twin.shown(listing), covered))
        };
        rows.push(StockRow {
            sku: sku.to_owned(),
            locations: world.stores.iter().filter_map(|store| balance(store.id())).collect(),
            channels: world.cast.iter().filter_map(shown).collect(),
        });
    }
    rows
}

/// How many of a listing its cover at a store stands for.
fn covered(book: &Book, parts: &Parts, location: &str, name: &str) -> i64 {
    let units = |sku: &str| {
        let stock = book.stock.get(&(sku.to_owned(), location.to_owned()));
        let of_listing = |key: &ListingKey| String::from(key.clone()) == name;
        stock.map_or(0, |stock| {
            stock.cover.iter().filter(|(key, _)| of_listing(key)).map(|(_, units)| units).sum::<i64>()
        })
    };
    parts.iter().map(|(sku, factor)| units(sku).div_euclid(i64::from(*factor))).min().unwrap_or(0)
}
