//! Reads a shop's archived ledger: all of it, or what came after a place.

use super::{Reconcile, Trouble};
use crate::announce_stock::LedgerLine;
use commerce::ids::ShopId;
use futures::StreamExt;
use lambda_kit::objects::{ObjectError, Objects};
use std::ops::Range;

/// How many objects are read side by side.
const SIDE_BY_SIDE: usize = 8;

/// Part of a shop's ledger.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// Its lines, in no certain order; one may stand there twice.
    pub(crate) lines: Vec<LedgerLine>,
    /// The names of the objects that were read, in order, and how many lines there were after each.
    pub(super) objects: Vec<(String, usize)>,
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
            Ok(lines) => {
                read.lines.extend(lines);
                read.objects.push((name, read.lines.len()));
            }
            Err(_) => read.unreadable.push(name),
        }
    }
    Ok(read)
}

impl Read {
    /// What was archived after one object and up to another.
    pub(super) fn between(&self, after: &str, until: &str) -> Recorded {
        let up_to = |name: &str| self.objects.partition_point(|(known, _)| known.as_str() <= name);
        let (first, end) = (up_to(after), up_to(until));
        let lines = |objects: usize| match objects.checked_sub(1) {
            Some(last) => self.objects.get(last).map_or(0, |(_, lines)| *lines),
            None => 0,
        };
        Recorded { lines: lines(first)..lines(end), objects: end.saturating_sub(first) }
    }
}

/// The part of a ledger that was archived between two looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Which lines.
    pub lines: Range<usize>,
    /// How many objects they lie in.
    pub objects: usize,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_archived_between_two_looks_is_one_piece_and_days_meet_without_a_gap() {
        let objects = [("a", 2), ("b", 2), ("d", 7), ("e", 9)].map(|(name, lines)| (name.to_owned(), lines));
        let read = Read { objects: objects.into(), ..Read::default() };
        let between = |after: &str, until: &str| {
            let Recorded { lines, objects } = read.between(after, until);
            (lines.start, lines.end, objects)
        };
        assert_eq!(between("", "a"), (0, 2, 1));
        assert_eq!(between("a", "c"), (2, 2, 1), "an object without a line");
        assert_eq!(between("c", "e"), (2, 9, 2));
        assert_eq!(between("e", "z"), (9, 9, 0));
        assert_eq!(between("0", "z"), (0, 9, 4));
    }
}
