//! What a report tells beside orders and numbers: goods that nobody sees, promises that cannot be kept, what waits for a
//! person, and how logins stand.

use super::findings::{Login, ParkedGroup, Short, StrandedFindings};
use super::numbers::{Numbers, Shown};
use super::{Reconcile, Trouble};
use channels::facts::Verb;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Listing, Shop};
use commerce::ids::{ConnectionId, ListingId};
use commerce::login::{LoginStep, next_step};
use commerce::reconcile::{Day, Shelf, stranded};
use commerce::stock::{Stock, StockKey};
use std::collections::BTreeMap;
use table::keys::parked_months;

/// Goods that nobody sees are told of after so many minutes.
const STRANDED_AFTER_MINUTES: u32 = 30;
/// How many months back parked work is looked for.
const PARKED_MONTHS_BACK: u16 = 3;

/// So many items of a group are named.
const NAMED_MAX: usize = 100;

/// What each connection's listings show.
pub(super) type Shelves = BTreeMap<ConnectionId, Numbers>;

/// Goods that could be sold and are shown nowhere.
pub(super) fn find_stranded(
    shop: &Shop,
    stock: &BTreeMap<StockKey, Stock>,
    shelves: &Shelves,
    now: Timestamp,
) -> StrandedFindings {
    let shelf = |(key, stock): (&StockKey, &Stock)| {
        let sellers: Vec<(&Connection, &Listing)> = shop.listings_selling(&key.sku, &key.location).collect();
        let told = sellers.iter().filter_map(|(connection, listing)| {
            shelves.get(&connection.id)?.told_at.get(&listing.id).map(|at| at.as_millisecond())
        });
        let moved = stock.movements.iter().map(|movement| movement.at_ms);
        let quiet_ms = told.chain(moved).max().unwrap_or(0);
        Shelf {
            sku: key.sku.clone(),
            location: key.location.clone(),
            free: stock.free - shop.walk_in_reserve(&key.location),
            covered: stock.cover.values().copied().filter(|units| *units > 0).sum(),
            shown: shown_together(&sellers, shelves),
            quiet_since: Timestamp::from_millisecond(quiet_ms).unwrap_or(now),
        }
    };
    let counted = stock.iter().filter(|(_, stock)| stock.baseline.is_some());
    let shelves: Vec<Shelf> = counted.map(shelf).collect();
    StrandedFindings {
        after_minutes: STRANDED_AFTER_MINUTES,
        lines: stranded(&shelves, STRANDED_AFTER_MINUTES, now),
    }
}

/// None where nobody sells it, or where what one of them shows is not known.
fn shown_together(sellers: &[(&Connection, &Listing)], shelves: &Shelves) -> Option<i64> {
    let shown = |connection: &ConnectionId, listing: &ListingId| -> Option<i64> {
        let shown: &Shown = shelves.get(connection)?.shown.get(listing)?;
        shown.clone().ok()
    };
    if sellers.is_empty() {
        return None;
    }
    sellers.iter().map(|(connection, listing)| shown(&connection.id, &listing.id)).sum()
}

/// Promises that cannot be kept: balances with less than nothing free.
pub(super) fn find_short(shop: &Shop, stock: &BTreeMap<StockKey, Stock>) -> Vec<Short> {
    let short = stock.iter().filter(|(_, stock)| stock.free < 0);
    let line = |(key, stock): (&StockKey, &Stock)| Short {
        sku: key.sku.clone(),
        location: key.location.clone(),
        units: stock.free.unsigned_abs(),
        owner: shop.shortfalls.owner.clone(),
    };
    short.map(line).collect()
}

impl Reconcile {
    /// What waits for a person, by reason and connection.
    pub(crate) async fn find_parked(&self, shop: &Shop) -> Result<Vec<ParkedGroup>, Trouble> {
        let mut groups: BTreeMap<(&'static str, ConnectionId), ParkedGroup> = BTreeMap::new();
        for month in parked_months(&shop.id, (self.passes.clock)(), PARKED_MONTHS_BACK) {
            for note in self.passes.table.parked_in(&shop.id, month).await? {
                for reason in &note.reasons {
                    let key = (reason.code(), note.connection.clone());
                    let group = groups.entry(key).or_insert_with(|| ParkedGroup {
                        code: reason.code().to_owned(),
                        reason: reason.clone(),
                        connection: note.connection.clone(),
                        items: 0,
                        subjects: Vec::new(),
                        oldest: note.at,
                    });
                    group.items += 1;
                    if group.subjects.len() < NAMED_MAX {
                        group.subjects.push(note.subject.clone());
                    }
                    if note.at < group.oldest {
                        (group.oldest, group.reason) = (note.at, reason.clone());
                    }
                }
            }
        }
        Ok(groups.into_values().collect())
    }

    /// How a connection's login stands, and whether it was renewed early on that day.
    pub(crate) async fn find_login(
        &self,
        shop: &Shop,
        connection: &Connection,
        day: Option<&Day>,
    ) -> Result<Login, Trouble> {
        let account = (shop.id.clone(), connection.id.clone());
        let mut found = self.passes.table.load_connections(std::slice::from_ref(&account), false).await?;
        let Some(state) = found.remove(&account).filter(|state| state.revision > 0) else {
            return Ok(Login::NotMeasured);
        };
        let channel = self.passes.gateway.channel(&connection.channel);
        let is_renewable = channel.is_some_and(|channel| channel.facts().can(Verb::RenewLogin));
        let (now, login) = ((self.passes.clock)(), state.login);
        let since = login.failure.as_ref().map(|failure| failure.since).or(login.ends_at()).unwrap_or(now);
        Ok(match next_step(now, &login, is_renewable) {
            _ if login.is_lost() => Login::Lost { since },
            LoginStep::Lost => Login::Lost { since },
            LoginStep::WarnExpiring => Login::EndsSoon { at: login.ends_at().unwrap_or(now) },
            LoginStep::Nothing | LoginStep::Renew => match login.ended_early_at {
                Some(at) if day.is_some_and(|day| day.holds(at)) => Login::Renewed { at },
                _ => Login::Good,
            },
        })
    }
}
