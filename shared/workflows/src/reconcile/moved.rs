//! Every hour: another look at the listings of all products that moved lately, so that no lost note leaves one behind.
//!
//! It sends the notes that a change of stock sends, and they say nothing of numbers: a listing that is up to date costs a
//! few reads and stays as it is.

use super::{Reconcile, Trouble};
use crate::look_again::look_at_sellers;
use commerce::Timestamp;
use commerce::catalogue::{Listing, Shop};
use commerce::ids::Sku;
use jiff::SignedDuration;
use lambda_kit::metrics::{self, Unit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How far back a look goes: each change is looked after twice.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(2);

/// What an hourly look came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Products that moved; none where nobody had looked before, so that all are taken to have moved.
    pub skus: Option<usize>,
    /// Notes that were sent, each for some listings of a connection.
    pub notes: usize,
}

impl Reconcile {
    /// Has the listings of everything that moved in the last two hours looked at once more.
    pub async fn look_at_moved(&self, shop: &Shop) -> Result<Moved, Trouble> {
        Ok(self.look_after_moved(shop).await?.0)
    }

    /// The same, and which products they are; none for all of them.
    pub(super) async fn look_after_moved(
        &self,
        shop: &Shop,
    ) -> Result<(Moved, Option<BTreeSet<Sku>>), Trouble> {
        let now = (self.passes.clock)();
        let mut marks = self.load_marks(&shop.id).await?;
        let after = marks.before(now.checked_sub(LOOK_BACK).unwrap_or(Timestamp::MIN)).map(str::to_owned);
        let (moved, last) = self.moved_after(shop, after.as_deref()).await?;
        let has_moved = |listing: &Listing| match &moved {
            Some(skus) => listing.recipe.iter().any(|part| skus.contains(&part.sku)),
            None => true,
        };
        let notes = look_at_sellers(shop, has_moved, &format!("moved-{}", now.as_millisecond()));
        let count = notes.len();
        self.passes.publish.send(notes).await?;
        // Only now: a look that fails is repeated from where it began.
        marks.add(now, &last);
        self.keep_marks(&shop.id, &marks).await?;
        metrics::tell(&[("MovedLooks", Unit::Count, i64::try_from(count).unwrap_or(i64::MAX))]);
        Ok((Moved { skus: moved.as_ref().map(BTreeSet::len), notes: count }, moved))
    }

    /// The products in the ledger after that object, and the last object. Without a place to begin, nothing is read.
    async fn moved_after(
        &self,
        shop: &Shop,
        after: Option<&str>,
    ) -> Result<(Option<BTreeSet<Sku>>, String), Trouble> {
        let Some(after) = after else {
            let names = self.archive.list(&format!("ledger/{}/", shop.id)).await?;
            return Ok((None, names.last().cloned().unwrap_or_default()));
        };
        let read = self.read_ledger_after(&shop.id, after).await?;
        let is_whole = read.unreadable.is_empty();
        let skus = read.lines.into_iter().map(|line| line.sku).collect();
        // What cannot be read may have moved anything.
        Ok((is_whole.then_some(skus), read.last))
    }
}
