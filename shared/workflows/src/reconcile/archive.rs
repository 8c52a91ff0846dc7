//! Reads a shop's archived ledger: all of it, or what came after a place.

use super::{Reconcile, Trouble};
use crate::announce_stock::LedgerLine;
use commerce::ids::ShopId;
use futures::StreamExt;
use lambda_kit::objects::{ObjectError, Objects};

/// How many objects are read side by side.
const SIDE_BY_SIDE: usize = 8;

/// Part of a shop's ledger.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// Its lines, in no certain order; one may stand there twice.
    pub(crate) lines: Vec<LedgerLine>,
    /// The name of the last object; what was asked for where nothing came after it.
    pub(super) last: String,
    /// Objects that cannot be read as a ledger.
    pub(super) unreadable: Vec<String>,
}

/// Everything of a shop's ledger that was archived after the object of that name.
pub(crate) async fn ledger_after(archive: &Objects, shop: &ShopId, after: &str) -> Result<Read, ObjectError> {
    let names = archive.list_after(&format!("ledger/{shop}/"), after).await?;
    let mut read = Read { last: names.last().map_or(after, String::as_str).to_owned(), ..Read::default() };
    let reads = names.into_iter().map(async |name| {
        let content = archive.get(&name).await;
        (name, content)
    });
    let mut objects = std::pin::pin!(futures::stream::iter(reads).buffered(SIDE_BY_SIDE));
    while let Some((name, content)) = objects.next().await {
        let content = content?.unwrap_or_default();
        let lines = content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        match lines.map(serde_json::from_slice).collect::<Result<Vec<LedgerLine>, _>>() {
            Ok(lines) => read.lines.extend(lines),
            Err(_) => read.unreadable.push(name),
        }
    }
    Ok(read)
}

impl Reconcile {
    /// Everything that was archived after the object of that name.
    pub(super) async fn read_ledger_after(&self, shop: &ShopId, after: &str) -> Result<Read, Trouble> {
        Ok(ledger_after(&self.archive, shop, after).await?)
    }

    /// All of a shop's ledger, in no certain order; a line may stand there twice. What cannot be read as a ledger is left
    /// out: a comparison tells of it.
    pub(crate) async fn read_ledger(&self, shop: &ShopId) -> Result<Vec<LedgerLine>, Trouble> {
        Ok(self.read_ledger_after(shop, "").await?.lines)
    }
}
