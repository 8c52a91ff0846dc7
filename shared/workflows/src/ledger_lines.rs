//! The last ledger lines of one product: from the archive as far as it is written, and from the balances for the rest.

use crate::announce_stock::LedgerLine;
use commerce::ids::{ShopId, Sku};
use commerce::stock::{Stock, StockKey};
use futures::StreamExt;
use lambda_kit::objects::Objects;
use std::collections::{BTreeMap, BTreeSet};

/// At least so many lines are looked for: the order that hurts least may not be among the very last.
const LINES_MIN: usize = 40;
/// Older objects than these are not opened.
const OBJECTS_MAX: usize = 400;
/// How many objects are read side by side.
const SIDE_BY_SIDE: usize = 16;

/// The last archived lines, oldest first; or why the archive could not be read.
pub async fn last_lines(
    archive: &Objects,
    shop: &ShopId,
    sku: &Sku,
    last: usize,
) -> Result<Vec<LedgerLine>, String> {
    let wanted = last.max(LINES_MIN);
    let names = archive.list(&format!("ledger/{shop}/")).await.map_err(|e| e.to_string())?;
    let newest = names.into_iter().rev().take(OBJECTS_MAX);
    let reads = newest.map(async |name| archive.get(&name).await);
    let mut objects = std::pin::pin!(futures::stream::iter(reads).buffered(SIDE_BY_SIDE));
    let mut newest_first = Vec::new();
    while let Some(object) = objects.next().await {
        let content = object.map_err(|e| e.to_string())?.unwrap_or_default();
        let mut lines = lines_of(&content, sku);
        lines.reverse();
        newest_first.extend(lines);
        if newest_first.len() >= wanted {
            break;
        }
    }
    newest_first.reverse();
    Ok(newest_first)
}

/// The product's lines of one object; a line that a later version wrote is passed over.
fn lines_of(content: &[u8], sku: &Sku) -> Vec<LedgerLine> {
    let lines = content.split(|byte| *byte == b'\n');
    let lines = lines.filter_map(|line| serde_json::from_slice::<LedgerLine>(line).ok());
    lines.filter(|line| line.sku == *sku).collect()
}

/// With the latest change of each balance where the archive does not have it yet; no line twice.
pub fn with_latest(
    mut lines: Vec<LedgerLine>,
    shop: &ShopId,
    sku: &Sku,
    stock: &BTreeMap<StockKey, Stock>,
) -> Vec<LedgerLine> {
    let mut seen = BTreeSet::new();
    lines.retain(|line| seen.insert((line.location.clone(), line.version)));
    let own = stock.iter().filter(|(key, stock)| key.sku == *sku && !stock.movements.is_empty());
    let mut latest: Vec<LedgerLine> =
        own.map(|(key, stock)| line_of(shop, key, stock)).filter(|line| is_new(&seen, line)).collect();
    latest.sort_by_key(|line| line.movements.last().map(|movement| movement.at_ms));
    lines.extend(latest);
    lines
}

fn is_new(seen: &BTreeSet<(commerce::ids::LocationId, u64)>, line: &LedgerLine) -> bool {
    !seen.contains(&(line.location.clone(), line.version))
}

fn line_of(shop: &ShopId, key: &StockKey, stock: &Stock) -> LedgerLine {
    LedgerLine {
        shop: shop.clone(),
        sku: key.sku.clone(),
        location: key.location.clone(),
        version: stock.version,
        movements: stock.movements.clone(),
        on_hand: stock.on_hand,
        committed: stock.committed,
        free: stock.free,
    }
}
