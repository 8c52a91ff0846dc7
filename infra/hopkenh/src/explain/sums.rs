//! The number as a sum, store by store: what is there, less what is sold, set aside or on sale, is what is free.

use super::facts::Facts;
use super::harm;
use super::layout::{WIDTH, cut};
use crate::demo::texts::Language;
use commerce::cover::owed;
use commerce::ids::LocationId;
use commerce::stock::{ListingKey, Stock};
use std::collections::BTreeSet;

/// The longest name of a row.
const NAME_MAX: usize = 56;
/// The longest name of a store above its column.
const STORE_MAX: usize = 14;

/// One row: its name and the number at each store.
type Row = (String, Vec<String>);

/// The sums of all stores side by side, and what is short.
pub(super) fn text(facts: &Facts, l: Language) -> String {
    let stores = facts.stores();
    let names: Vec<String> = stores.iter().map(|store| cut(store.as_str(), STORE_MAX)).collect();
    let mut rows: Vec<Row> = vec![(l.say("Tồn kho theo chi nhánh", "How many, and why").to_owned(), names)];
    rows.extend(terms(facts, &stores, l));
    let mut text = blocks(&rows, stores.len());
    for store in &stores {
        match facts.balance(store) {
            Some(stock) => text.push_str(&harm::text(facts, store, stock, l)),
            None => text.push_str(&l.pick(
                format!("  {store}: chưa có số đếm lần nào.\n"),
                format!("  {store}: nothing was ever counted there.\n"),
            )),
        }
        text.push_str(&reserve(facts, store, l));
        text.push_str(&kept_for_others(facts, store, l));
    }
    text
}

fn terms(facts: &Facts, stores: &[LocationId], l: Language) -> Vec<Row> {
    let row = |name: &str, of: &dyn Fn(&Stock) -> i64| -> Row {
        let number = |store| facts.balance(store).map_or("·".to_owned(), |stock| of(stock).to_string());
        (cut(name, NAME_MAX), stores.iter().map(number).collect())
    };
    let mut rows = vec![
        row(l.say("  tồn kho", "  on hand"), &|stock| stock.on_hand),
        row(l.say("− đã bán chưa giao", "− committed: sold, not yet gone"), &|stock| stock.committed),
        row(l.say("− đã giữ", "− holds: set aside until a time"), &|stock| stock.holds),
    ];
    for key in covered(facts) {
        let name = format!("{} {}", key.connection, key.listing);
        let name = l.pick(format!("− đang bán trên {name}"), format!("− cover of {name}"));
        rows.push(row(&name, &|stock| stock.cover.get(&key).copied().unwrap_or(0)));
    }
    rows.push(row(l.say("= còn bán được", "= free"), &|stock| stock.free));
    let beside = [
        row(l.say("  đang chuyển đến", "  in transit to here: nobody sells them"), &|stock| {
            stock.in_transit
        }),
        row(l.say("  hàng trả chờ xem", "  quarantine: came back, not looked at"), &|stock| {
            stock.quarantine
        }),
    ];
    rows.extend(beside.into_iter().filter(|(_, cells)| cells.iter().any(|cell| cell != "0" && cell != "·")));
    rows
}

/// Listings that may sell without our knowing: those of the file, and any that still has cover.
fn covered(facts: &Facts) -> BTreeSet<ListingKey> {
    let sellers = facts.sellers().into_iter().filter(|(connection, listing)| connection.is_covered(listing));
    let mut keys: BTreeSet<ListingKey> = sellers.map(|(c, listing)| c.key(listing)).collect();
    let own = facts.stock.iter().filter(|(key, _)| key.sku == facts.sku);
    keys.extend(own.flat_map(|(_, stock)| stock.cover.keys().cloned()));
    keys
}

/// As many stores side by side as fit, the others below.
fn blocks(rows: &[Row], stores: usize) -> String {
    let name = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let cell = rows.iter().flat_map(|(_, cells)| cells).map(|cell| cell.chars().count()).max().unwrap_or(1);
    let at_once = ((WIDTH - 2 - name) / (cell + 2)).max(1);
    let mut text = String::new();
    for first in (0..stores).step_by(at_once) {
        for (n, (label, cells)) in rows.iter().enumerate() {
            let indent = if n == 0 { "" } else { "  " };
            let pad = " ".repeat(name + 2 - label.chars().count() - indent.len());
            text.push_str(&format!("{indent}{label}{pad}"));
            for number in cells.iter().skip(first).take(at_once) {
                text.push_str(&format!("  {number:>cell$}"));
            }
            text.push('\n');
        }
    }
    text
}

fn reserve(facts: &Facts, store: &LocationId, l: Language) -> String {
    match facts.shop.walk_in_reserve(store) {
        0 => String::new(),
        kept => l.pick(
            format!("  {store}: trong đó {kept} để dành cho khách đến cửa hàng, không kênh nào bán.\n"),
            format!(
                "  {store}: {kept} of the free ones are kept for buyers who walk in; no channel shows them.\n"
            ),
        ),
    }
}

/// Units that other stores have promised and do not have.
fn kept_for_others(facts: &Facts, store: &LocationId, l: Language) -> String {
    let locations = facts.shop.locations.iter().map(|location| &location.id);
    let balances = locations.filter_map(|location| Some((location, facts.balance(location)?)));
    match owed(balances).get(store) {
        None => String::new(),
        Some(units) => l.pick(
            format!("  {store}: trong đó {units} để dành cho chi nhánh khác đã hứa mà thiếu hàng.\n"),
            format!("  {store}: {units} of the free ones are kept for a store that has promised more than it has.\n"),
        ),
    }
}
