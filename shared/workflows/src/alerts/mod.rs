//! Every hour: what is wrong in a shop now is told to its people, once when it begins and once when it is over.
//!
//! Load (`load`: how the passes, the logins and what moved stand, and what was told before) → decide
//! ([`commerce::alert::crossings`], pure) → save (who tells, so that no two do) → tell (one message for all that has
//! changed) → save what was told. A worker that dies in between is followed by the next hour's look, which tells again: a
//! message may come twice then, and never not at all. A shop that names nobody has nothing looked at.

mod load;
mod pick_ups;
mod words;

pub(crate) use load::Standing;
pub(crate) use pick_ups::that_wait;
pub(crate) use words::line;

use crate::parking::park;
use crate::readers::{News, Readers, language};
use crate::reconcile::{Reconcile, Trouble as Failed};
use channels::error::{ChannelError, Next};
use commerce::Timestamp;
use commerce::alert::{Alert, Crossings, crossings};
use commerce::catalogue::Shop;
use commerce::ids::Sku;
use commerce::park::ParkReason;
use commerce::report_reader::Way;
use lambda_kit::report_entry::report_account;
use lambda_kit::shops::Shops;
use std::collections::BTreeSet;
use table::TableError;
use table::alert_item::Told;
use table::parked_item::Parked;

/// So long after a worker has begun to tell, in milliseconds, it must have died.
const TELLING_MS: i64 = 180_000;

/// How it went with one way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// People were told.
    Reached,
    /// It takes no message; a person is asked.
    SetAside,
    /// It is out of reach for now.
    NotNow,
}

impl Reconcile {
    /// Tells the shop's people what has begun to be wrong and what is over. `moved` are products whose balances have changed
    /// lately; none for all of them.
    pub(crate) async fn alert(
        &self,
        shops: &Shops,
        shop: &Shop,
        moved: Option<&BTreeSet<Sku>>,
        standing: &Standing,
    ) -> Result<Crossings, Failed> {
        let Some((before, now)) = self.may_tell(shop).await? else { return Ok(Crossings::default()) };
        let wrong = self.what_is_wrong(shop, moved, &before.alerts, standing, now).await?;
        let changed = crossings(&before.alerts, &wrong);
        self.tell_once(shops, shop, before, changed, now).await
    }

    /// The same for goods that a buyer comes for alone: they are told of within a minute. What else was told stays as it is.
    pub(crate) async fn alert_pick_ups(&self, shops: &Shops, shop: &Shop) -> Result<Crossings, Failed> {
        let Some((before, now)) = self.may_tell(shop).await? else { return Ok(Crossings::default()) };
        let wrong = self.pick_ups_that_wait(shop, now).await?;
        let told = before.alerts.iter().filter(|alert| alert.trouble.is_pick_up());
        let changed = crossings(&told.cloned().collect::<Vec<_>>(), &wrong);
        self.tell_once(shops, shop, before, changed, now).await
    }

    /// What the shop was told so far; none where nobody is to be told, or somebody else tells just now.
    async fn may_tell(&self, shop: &Shop) -> Result<Option<(Told, Timestamp)>, Failed> {
        if shop.report.ways_of_text().is_empty() {
            return Ok(None);
        }
        let before = self.passes.table.load_told(&shop.id).await?;
        let now = (self.passes.clock)();
        let is_told_now = before.telling_since.is_some_and(|since| ms(now) - ms(since) < TELLING_MS);
        Ok((!is_told_now).then_some((before, now)))
    }

    /// Tells what has changed, unless somebody else was quicker.
    async fn tell_once(
        &self,
        shops: &Shops,
        shop: &Shop,
        before: Told,
        changed: Crossings,
        now: Timestamp,
    ) -> Result<Crossings, Failed> {
        if changed.is_empty() {
            return Ok(changed);
        }
        let claim = Told { telling_since: Some(now), ..before.clone() };
        let claimed = match self.passes.table.save_told(&shop.id, &claim).await {
            Err(TableError::Lost(_)) => return Ok(Crossings::default()),
            claimed => claimed?,
        };
        let is_told = self.tell_crossings(shops, shop, &changed).await?;
        let alerts = if is_told { after(&before.alerts, &changed) } else { before.alerts };
        self.passes.table.save_told(&shop.id, &Told { alerts, telling_since: None, ..claimed }).await?;
        Ok(if is_told { changed } else { Crossings::default() })
    }

    /// False where nobody could be reached for now: the next hour tells. One who was reached is not told twice because another
    /// was not.
    async fn tell_crossings(&self, shops: &Shops, shop: &Shop, changed: &Crossings) -> Result<bool, Failed> {
        let mut ends = Vec::new();
        for way in shop.report.ways_of_text() {
            ends.push(self.tell_by(way, shops, shop, changed).await?);
        }
        Ok(ends.contains(&End::Reached) || !ends.contains(&End::NotNow))
    }

    async fn tell_by(
        &self,
        way: Way,
        shops: &Shops,
        shop: &Shop,
        changed: &Crossings,
    ) -> Result<End, Failed> {
        let language = language(&shop.report, way);
        let (subject, text) = words::message(shop, changed, language);
        let news = News { subject, text, ..News::default() };
        let name = way.name();
        match Readers::of(self, shops, shop)?.tell(way, &news).await {
            Ok(()) => {
                tracing::info!(shop = %shop.id, way = name, begun = changed.begun.len(), over = changed.over.len(), "told");
                Ok(End::Reached)
            }
            Err(error) if error.next == Next::Park => {
                self.set_aside(way, shop, &error).await.map(|()| End::SetAside)
            }
            Err(error) => {
                tracing::warn!(shop = %shop.id, way = name, kind = ?error.kind, "not told; where nobody was, the next hour tells");
                Ok(End::NotNow)
            }
        }
    }

    /// What takes no message for good is a matter for a person; one note a day says so.
    async fn set_aside(&self, way: Way, shop: &Shop, error: &ChannelError) -> Result<(), Failed> {
        let name = way.name();
        tracing::error!(shop = %shop.id, way = name, kind = ?error.kind, "takes no message");
        let connection = report_account().map_err(|error| Failed::Shop(error.to_string()))?;
        let detail = format!("what is wrong could not be told by {name}: {}", error.detail);
        let day_s = (self.passes.clock)().as_second().div_euclid(86_400) * 86_400;
        let note = Parked {
            shop: shop.id.clone(),
            connection,
            subject: format!("alerts {name}"),
            reasons: vec![ParkReason::Refused { detail }],
            at: Timestamp::from_second(day_s).unwrap_or(Timestamp::UNIX_EPOCH),
            body: String::new(),
        };
        Ok(park(&self.passes.table, &note).await?)
    }
}

fn ms(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// What the shop knows to be wrong once it was told.
fn after(before: &[Alert], changed: &Crossings) -> Vec<Alert> {
    let is_over = |alert: &&Alert| changed.over.iter().any(|over| over.is_about_the_same(alert));
    let still = before.iter().filter(|alert| !is_over(alert));
    still.chain(&changed.begun).cloned().collect()
}
