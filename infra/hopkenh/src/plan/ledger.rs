//! A shop's whole archived ledger, each balance's movements in the order in which they were written, and what is missing of it.

use crate::shop::export::ledger_prefix;
use crate::terminal;
use crate::up::Problem;
use commerce::ids::ShopId;
use commerce::stock::{Movement, StockKey};
use futures::StreamExt;
use lambda_kit::objects::Objects;
use std::collections::BTreeMap;
use workflows::announce_stock::LedgerLine;

/// How many objects are read side by side.
const SIDE_BY_SIDE: usize = 16;

/// What the archive holds of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ledger {
    /// Every movement, each balance's in the order of its versions.
    pub(super) moves: Vec<(StockKey, Movement)>,
    /// Lines read.
    pub(super) lines: usize,
    /// Lines that the versions say should be there and are not.
    pub(super) missing: u64,
}

/// Reads all of it; a line that cannot be read is named by its object.
pub(super) async fn read(archive: &Objects, shop: &ShopId) -> Result<Ledger, Problem> {
    let names = archive.list(&ledger_prefix(shop)).await?;
    let bar = terminal::bar(names.len());
    let reads = names.into_iter().map(async |name| {
        let content = archive.get(&name).await;
        (name, content)
    });
    let mut objects = std::pin::pin!(futures::stream::iter(reads).buffered(SIDE_BY_SIDE));
    let mut lines = BTreeMap::new();
    while let Some((name, content)) = objects.next().await {
        let content = content?.unwrap_or_default();
        for line in content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let line: LedgerLine = serde_json::from_slice(line).map_err(|e| format!("{name}: {e}"))?;
            let balance = StockKey { sku: line.sku, location: line.location };
            lines.insert((balance, line.version), line.movements);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(ordered(lines))
}

/// The same line may be archived twice; versions without gaps prove that none is missing.
pub(super) fn ordered(lines: BTreeMap<(StockKey, u64), Vec<Movement>>) -> Ledger {
    let mut ledger = Ledger { lines: lines.len(), ..Ledger::default() };
    let mut before: Option<(StockKey, u64)> = None;
    for ((balance, version), movements) in lines {
        let expected = before.filter(|(last, _)| *last == balance).map_or(1, |(_, last)| last + 1);
        ledger.missing += version.saturating_sub(expected);
        ledger.moves.extend(movements.into_iter().map(|movement| (balance.clone(), movement)));
        before = Some((balance, version));
    }
    ledger
}
