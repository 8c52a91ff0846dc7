//! Numbers that an earlier report found wrong: since when, and which of them are right now.

use super::names::Names;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::ids::{ConnectionId, ListingId, Sku};
use commerce::stock::ListingKey;
use reports::shop::{CameRight, Drift, DriftCheck, DriftClass, ShopReport};
use std::collections::{BTreeMap, BTreeSet};

/// Listings that show what they should, and when their channel was told last.
type Even = BTreeMap<ListingKey, Option<Timestamp>>;

/// A listing that was found wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wrong {
    found_at: Timestamp,
    class: DriftClass,
}

/// What the reports before this one left open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Open {
    wrong: BTreeMap<ListingKey, Wrong>,
    /// What an earlier report of the same day told: the report of a day that is made again says it again.
    told: Vec<CameRight>,
}

impl Open {
    /// Takes in a report, from the oldest to the latest. One of a version that did not tell what came right ends all before it.
    pub(super) fn take(&mut self, report: ShopReport, is_of_the_same_day: bool) {
        let Some(check) = report.drift else { return };
        match &check.came_right {
            None => self.wrong.clear(),
            Some(right) => {
                let is_right: BTreeSet<ListingKey> = right.iter().map(of_right).collect();
                self.wrong.retain(|key, _| !is_right.contains(key));
            }
        }
        for line in check.lines.iter().filter(|line| !line.done.is_healed()) {
            let wrong = Wrong { found_at: line.since.unwrap_or(report.made_at), class: line.class };
            self.wrong.entry(key(&line.connection, &line.listing)).or_insert(wrong);
        }
        if is_of_the_same_day {
            self.told = check.came_right.unwrap_or_default();
        }
    }

    /// Says of each wrong number since when it is, and which came right. A listing that could not be read stays open.
    pub(super) fn tell(&self, check: &mut DriftCheck, shop: &Shop, even: &Even, now: Timestamp) {
        for line in &mut check.lines {
            let known = self.wrong.get(&key(&line.connection, &line.listing));
            line.since = known.map(|wrong| wrong.found_at).filter(|found_at| *found_at < now);
        }
        let wrong: BTreeSet<ListingKey> = check.lines.iter().map(of).collect();
        let is_right = |key: &ListingKey| even.contains_key(key) && !wrong.contains(key);
        let mut right: Vec<CameRight> = self.told.clone();
        right.retain(|line| is_right(&of_right(line)));
        let told: BTreeSet<ListingKey> = right.iter().map(of_right).collect();
        let new = self.wrong.iter().filter(|(key, _)| is_right(key) && !told.contains(key));
        let told_at = |key: &ListingKey| even.get(key).copied().flatten();
        right.extend(new.map(|(key, wrong)| came_right(key, *wrong, shop, (told_at(key), now))));
        check.came_right = Some(right);
    }
}

fn key(connection: &ConnectionId, listing: &ListingId) -> ListingKey {
    ListingKey { connection: connection.clone(), listing: listing.clone() }
}

fn of_right(line: &CameRight) -> ListingKey {
    key(&line.connection, &line.listing)
}

fn of(line: &Drift) -> ListingKey {
    key(&line.connection, &line.listing)
}

/// It was right when its channel last took a number, where that was after it had been found wrong; else when it was looked at.
fn came_right(
    key: &ListingKey,
    wrong: Wrong,
    shop: &Shop,
    (told_at, now): (Option<Timestamp>, Timestamp),
) -> CameRight {
    let skus = skus(key, shop);
    CameRight {
        connection: key.connection.clone(),
        listing: key.listing.clone(),
        product: Names::of(shop).together(&skus),
        skus,
        class: wrong.class,
        found_at: wrong.found_at,
        right_at: told_at.filter(|at| *at > wrong.found_at && *at <= now).unwrap_or(now),
    }
}

/// The products that a listing is made of, by the shop's file.
pub(super) fn skus(ListingKey { connection, listing }: &ListingKey, shop: &Shop) -> Vec<Sku> {
    let listing = shop.connections.get(connection).and_then(|connection| connection.listings.get(listing));
    let skus: BTreeSet<&Sku> =
        listing.iter().flat_map(|listing| &listing.recipe).map(|part| &part.sku).collect();
    skus.into_iter().cloned().collect()
}
