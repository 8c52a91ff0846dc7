//! What is wrong in a shop now, read from the book.

use crate::reconcile::findings::Login;
use crate::reconcile::{Reconcile, Trouble as Failed};
use commerce::Timestamp;
use commerce::alert::{Alert, Trouble};
use commerce::catalogue::{Connection, Location, Shop};
use commerce::ids::{ConnectionId, Sku};
use commerce::park::ParkReason;
use commerce::silence::Subscribed;
use commerce::stock::StockKey;
use std::collections::{BTreeMap, BTreeSet};
use table::pass_item::PassState;

/// How the passes and the webhooks of a shop's connections stand.
pub(crate) struct Standing {
    /// Their passes.
    pub(crate) passes: BTreeMap<ConnectionId, PassState>,
    /// Their webhooks, as far as somebody looked.
    pub(crate) webhooks: BTreeMap<ConnectionId, Subscribed>,
}

impl Reconcile {
    /// How far the orders of a shop's connections are recorded.
    pub(crate) async fn how_passes_stand(
        &self,
        shop: &Shop,
    ) -> Result<BTreeMap<ConnectionId, PassState>, Failed> {
        let connections: Vec<ConnectionId> = shop.connections.keys().cloned().collect();
        Ok(self.passes.table.load_passes(&shop.id, &connections).await?)
    }

    /// All of it, in a fixed order. `told` is wrong until it is seen to be right again.
    pub(crate) async fn what_is_wrong(
        &self,
        shop: &Shop,
        moved: Option<&BTreeSet<Sku>>,
        told: &[Alert],
        standing: &Standing,
        now: Timestamp,
    ) -> Result<Vec<Alert>, Failed> {
        let mut wrong = Vec::new();
        for connection in shop.connections.values() {
            wrong.extend(of_pass(shop, connection, (standing, told), now));
            let login = self.find_login(shop, connection, None).await?;
            wrong.extend(of_login(connection, &login));
        }
        wrong.extend(self.shortfalls(shop, moved, told, now).await?);
        wrong.extend(self.parked_work(shop).await?);
        wrong.extend(self.pick_ups_that_wait(shop, now).await?);
        Ok(wrong)
    }

    /// Balances that have less than nothing free. Only what moved, or was short before, can have changed.
    async fn shortfalls(
        &self,
        shop: &Shop,
        moved: Option<&BTreeSet<Sku>>,
        told: &[Alert],
        now: Timestamp,
    ) -> Result<Vec<Alert>, Failed> {
        let short_before = told.iter().filter_map(|alert| match &alert.trouble {
            Trouble::Shortfall { sku, .. } => Some(sku.clone()),
            _ => None,
        });
        let skus: BTreeSet<Sku> = match moved {
            Some(moved) => moved.iter().cloned().chain(short_before).collect(),
            None => sold_anywhere(shop).chain(short_before).collect(),
        };
        let at = |sku: &Sku| {
            let sku = sku.clone();
            let key = move |location: &Location| StockKey { sku: sku.clone(), location: location.id.clone() };
            shop.locations.iter().map(key)
        };
        let balances: Vec<StockKey> = skus.iter().flat_map(at).collect();
        let stock = self.passes.table.load_stock(&shop.id, &balances).await?;
        let short = stock.into_iter().filter(|(_, stock)| stock.free < 0);
        Ok(short
            .map(|(key, stock)| {
                let since = stock.movements.iter().map(|movement| movement.at_ms).max();
                let since = since.and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or(now);
                let units = stock.free.unsigned_abs();
                Alert { trouble: Trouble::Shortfall { sku: key.sku, location: key.location, units }, since }
            })
            .collect())
    }

    /// A login that is lost is told as such, and not as parked work besides.
    async fn parked_work(&self, shop: &Shop) -> Result<Vec<Alert>, Failed> {
        let groups = self.find_parked(shop).await?.into_iter();
        let others = groups.filter(|group| !matches!(group.reason, ParkReason::LoginLost { .. }));
        let alert = |group: crate::reconcile::findings::ParkedGroup| Alert {
            trouble: Trouble::Parked {
                connection: group.connection,
                code: group.code,
                reason: Some(group.reason),
                items: group.items,
            },
            since: group.oldest,
        };
        Ok(others.map(alert).collect())
    }
}

fn sold_anywhere(shop: &Shop) -> impl Iterator<Item = Sku> {
    let listings = shop.connections.values().flat_map(|connection| connection.listings.values());
    listings.flat_map(|listing| listing.recipe.iter().map(|part| part.sku.clone()))
}

fn of_pass(
    shop: &Shop,
    connection: &Connection,
    (standing, told): (&Standing, &[Alert]),
    now: Timestamp,
) -> Vec<Alert> {
    let Some(pass) = standing.passes.get(&connection.id) else { return Vec::new() };
    let webhooks = standing.webhooks.get(&connection.id).copied().unwrap_or_default();
    let webhooks = repaired_before(connection, told).filter(|_| !is_bad(webhooks)).unwrap_or(webhooks);
    let rule = shop.report.alerts;
    let silent = pass.silence.filter(|silence| silence.orders >= rule.untold_orders).map(|silence| {
        let connection = connection.id.clone();
        let trouble = Trouble::NewsSilent { connection, orders: silence.orders, webhooks };
        Alert { trouble, since: silence.since }
    });
    let unread_ms = i64::from(rule.unread_minutes) * 60_000;
    let is_long = |since: &Timestamp| now.as_millisecond() - since.as_millisecond() >= unread_ms;
    let unread = pass.failing_since.filter(is_long).map(|since| {
        let connection = connection.id.clone();
        Alert { trouble: Trouble::OrdersUnread { connection }, since }
    });
    let late = pass.seen_lag.map(|seen| {
        let connection = connection.id.clone();
        Alert { trouble: Trouble::OrdersLate { connection, lag_ms: seen.ms }, since: seen.at }
    });
    silent.into_iter().chain(unread).chain(late).collect()
}

fn is_bad(webhooks: Subscribed) -> bool {
    matches!(webhooks, Subscribed::Off | Subscribed::Repaired { .. })
}

/// What was repaired while the shop was told is not told otherwise before an order comes.
fn repaired_before(connection: &Connection, told: &[Alert]) -> Option<Subscribed> {
    told.iter().find_map(|alert| match &alert.trouble {
        Trouble::NewsSilent { connection: silent, webhooks, .. } if *silent == connection.id => {
            Some(*webhooks).filter(|webhooks| matches!(webhooks, Subscribed::Repaired { .. }))
        }
        _ => None,
    })
}

fn of_login(connection: &Connection, login: &Login) -> Option<Alert> {
    let connection = connection.id.clone();
    match *login {
        Login::Lost { since } => Some(Alert { trouble: Trouble::LoginLost { connection }, since }),
        Login::EndsSoon { at } => Some(Alert { trouble: Trouble::LoginEnds { connection, at }, since: at }),
        Login::Good | Login::Renewed { .. } | Login::NotMeasured => None,
    }
}
