//! Our side of a settlement file: the orders it names, those it might have to name, and what earlier files paid for.

use super::kept::{Kept, Outcome};
use super::{HandedOver, Settlements, within_days};
use crate::reconcile::{Trouble, ledger_after};
use commerce::Timestamp;
use commerce::ids::OrderId;
use commerce::plan::OrderKey;
use commerce::reconcile::shop_zone;
use commerce::settlement::{Book, DaySpan, Known, Sheet};
use commerce::stock::Cause;
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use std::collections::{BTreeMap, BTreeSet};

/// An order that ends on a day moved stock at most so long before it.
const MOVED_BEFORE: SignedDuration = SignedDuration::from_hours(90 * 24);

impl Settlements {
    pub(super) async fn book(
        &self,
        handed: &HandedOver<'_>,
        sheet: &Sheet,
        days: Option<DaySpan>,
    ) -> Result<Book, Trouble> {
        let earlier = self.other_files(handed).await?;
        let covered_from = days_of(&earlier).map(|days| days.from).min();
        let paid_before: BTreeSet<OrderId> = earlier.iter().flat_map(Kept::orders).cloned().collect();
        let mut wanted: BTreeSet<OrderId> =
            sheet.lines.iter().filter_map(|line| line.order.clone()).collect();
        if let Some(days) = days {
            let from = covered_from.map_or(days.from, |earlier: Date| earlier.min(days.from));
            let moved = self.orders_moved_since(handed, from).await?;
            wanted.extend(moved.into_iter().filter(|order| !paid_before.contains(order)));
        }
        let today = (self.clock)().to_zoned(shop_zone()).date();
        Ok(Book {
            orders: self.orders(handed, wanted).await?,
            began: self.began(handed).await?,
            horizon: today.checked_sub(i64::from(handed.shop.keep_orders_days).days()).ok(),
            paid_before,
            covered_from,
            within_days: within_days(handed.connection),
        })
    }

    async fn orders(
        &self,
        handed: &HandedOver<'_>,
        wanted: BTreeSet<OrderId>,
    ) -> Result<BTreeMap<OrderId, Known>, Trouble> {
        let (shop, connection) = (&handed.shop.id, &handed.connection.id);
        let key = |order| OrderKey { shop: shop.clone(), connection: connection.clone(), order };
        let keys: Vec<OrderKey> = wanted.into_iter().map(key).collect();
        let found = self.table.load_orders(&keys, false).await?;
        Ok(found.iter().map(|(key, (state, _))| (key.order.clone(), Known::from(state))).collect())
    }

    /// Orders of the account in ledger lines of that time. What cannot be read is told of by the night's comparison.
    async fn orders_moved_since(
        &self,
        handed: &HandedOver<'_>,
        from: Date,
    ) -> Result<BTreeSet<OrderId>, Trouble> {
        let since = from.to_zoned(shop_zone()).map_or(Timestamp::MIN, |midnight| midnight.timestamp());
        let since = since.checked_sub(MOVED_BEFORE).unwrap_or(Timestamp::MIN);
        let read = ledger_after(&self.archive, &handed.shop.id, "").await?;
        let movements = read.lines.iter().flat_map(|line| &line.movements);
        let recent = movements.filter(|movement| movement.at_ms >= since.as_millisecond());
        Ok(recent
            .filter_map(|movement| match &movement.cause {
                Cause::Order { connection, order, .. } if *connection == handed.connection.id => {
                    OrderId::new(order.clone()).ok()
                }
                _ => None,
            })
            .collect())
    }

    /// The day on which the shop was added.
    async fn began(&self, handed: &HandedOver<'_>) -> Result<Option<Date>, Trouble> {
        let entries = self.table.registered().await?;
        let entry = entries.iter().find(|entry| entry.shop == handed.shop.id);
        Ok(entry.map(|entry| entry.added_at.to_zoned(shop_zone()).date()))
    }
}

/// The days that files cover.
fn days_of(files: &[Kept]) -> impl Iterator<Item = DaySpan> {
    files.iter().filter_map(|kept| match &kept.outcome {
        Outcome::Compared { comparison, .. } => comparison.days,
        Outcome::Unreadable { .. } => None,
    })
}
