//! Does the ledger explain every balance and every order? Each balance must be the sum of its movements, with no line
//! missing, and what an order has done to stock the sum of those it caused.

use super::book::Book;
use crate::demo::texts::Language;
use crate::up::Problem;
use commerce::ids::ConnectionId;
use commerce::stock::{Cause, Effect, Movement, Stock, StockDelta, StockKey};
use std::collections::BTreeMap;
use table::keys::{self, Kind};
use table::{order_item, stock_item};
use workflows::announce_stock::LedgerLine;

/// What the ledger says each order has done.
type ByOrder = BTreeMap<(ConnectionId, String), Effect>;

/// The most lines that are named as missing; more are counted.
const MISSING_NAMED_MAX: usize = 5;

/// What the ledger says, balance by balance: the change that led to each version.
#[derive(Debug, Default)]
pub struct Ledger {
    changes: BTreeMap<StockKey, BTreeMap<u64, Vec<Movement>>>,
    contradictions: Vec<StockKey>,
}

impl Ledger {
    /// Adds the lines of one file. The same line may stand in several.
    pub fn read(&mut self, name: &str, content: &[u8]) -> Result<(), Problem> {
        let text = std::str::from_utf8(content).map_err(|_| format!("{name}: is not UTF-8 text"))?;
        for (n, line) in text.lines().enumerate() {
            let line: LedgerLine =
                serde_json::from_str(line).map_err(|e| format!("{name}, line {}: {e}", n + 1))?;
            let key = StockKey { sku: line.sku, location: line.location };
            let versions = self.changes.entry(key.clone()).or_default();
            if versions.insert(line.version, line.movements.clone()).is_some_and(|was| was != line.movements)
            {
                self.contradictions.push(key);
            }
        }
        Ok(())
    }

    /// A sentence for each balance and each order that the ledger does not explain.
    pub fn differences(&self, book: &Book, l: Language) -> Result<Vec<String>, Problem> {
        let mut found = Vec::new();
        let mut by_order = ByOrder::new();
        for balance in book.items(Kind::Stock) {
            let (key, item) = balance?;
            let Some((_, sku, location)) = keys::parse_stock(&key.partition, &key.sort) else { continue };
            let stock = stock_item::from_item(&item)?;
            let key = StockKey { sku, location };
            if let Some(what) = self.difference(&key, &stock, l) {
                found.push(format!("{} @ {}: {what}", key.sku, key.location));
            }
            self.add_to_orders(&key, stock.version, &mut by_order);
        }
        // Where lines are missing, orders cannot add up either.
        if found.is_empty() {
            found = differing_orders(book, &by_order, l)?;
        }
        Ok(found)
    }

    fn add_to_orders(&self, key: &StockKey, version: u64, by_order: &mut ByOrder) {
        let changes = self.changes.get(key).into_iter().flat_map(|changes| changes.range(..=version));
        for movement in changes.flat_map(|(_, movements)| movements) {
            let Cause::Order { connection, order, .. } = &movement.cause else { continue };
            let effect = by_order.entry((connection.clone(), order.clone())).or_default();
            effect.entry(key.clone()).or_default().add(&movement.delta, 1);
        }
    }

    fn difference(&self, key: &StockKey, stock: &Stock, l: Language) -> Option<String> {
        if self.contradictions.contains(key) {
            let vi = "sổ cái có hai dòng khác nhau cho cùng một thay đổi";
            return Some(l.say(vi, "the ledger has two different lines for one change").to_owned());
        }
        let none = BTreeMap::new();
        let changes = self.changes.get(key).unwrap_or(&none);
        let missing: Vec<u64> = (1..=stock.version).filter(|v| !changes.contains_key(v)).collect();
        if !missing.is_empty() {
            return Some(missing_text(&missing, stock.version, l));
        }
        let mut sum = StockDelta::default();
        // Lines after the balance's version came while the export was being written.
        let movements = changes.range(..=stock.version).flat_map(|(_, movements)| movements);
        movements.for_each(|movement| sum.add(&movement.delta, 1));
        let says = (stock.on_hand, stock.committed, stock.holds, stock.free);
        let adds_up_to = (sum.on_hand, sum.committed, sum.holds, sum.free());
        (says != adds_up_to).then(|| {
            l.pick(
                format!(
                    "sổ ghi tồn {} và đã bán {}, sổ cái cộng ra {} và {}",
                    says.0, says.1, sum.on_hand, sum.committed
                ),
                format!(
                    "the book says {} on hand and {} committed, the ledger adds up to {} and {}",
                    says.0, says.1, sum.on_hand, sum.committed
                ),
            )
        })
    }
}

/// Orders that say they did something else than the balances of the same book have taken in.
fn differing_orders(book: &Book, by_order: &ByOrder, l: Language) -> Result<Vec<String>, Problem> {
    let (mut found, nothing) = (Vec::new(), Effect::new());
    for order in book.items(Kind::Order) {
        let (key, item) = order?;
        let Some(name) = keys::parse_order(&key.partition, &key.sort) else { continue };
        let (state, _) = order_item::from_item(&item)?;
        let named = (name.connection, name.order.to_string());
        let mut taken_in = by_order.get(&named).unwrap_or(&nothing).clone();
        taken_in.retain(|_, delta| !delta.is_zero());
        if taken_in != state.applied {
            let vi = "đơn nói đã làm thay đổi tồn khác với sổ cái";
            let what = l.say(vi, "says it changed stock otherwise than the ledger does");
            found.push(format!("{} {}: {what}", named.0, named.1));
        }
    }
    Ok(found)
}

fn missing_text(missing: &[u64], of: u64, l: Language) -> String {
    let some: Vec<String> = missing.iter().take(MISSING_NAMED_MAX).map(u64::to_string).collect();
    let more = if missing.len() > some.len() { ", …" } else { "" };
    let (many, some) = (missing.len(), some.join(", "));
    l.pick(
        format!("sổ cái thiếu {many} trong {of} dòng ({some}{more}); nếu `up` đang tắt, bật lên rồi xuất lại"),
        format!("{many} of {of} ledger lines are missing ({some}{more}); if `up` is not running, start it and export again"),
    )
}
