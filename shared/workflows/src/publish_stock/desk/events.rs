//! When that happened which a listing is written for, what stands once it is written, and which listings wait too long.

use super::super::Happened;
use super::Desk;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Listing};
use commerce::cover::{Afterwards, Listed, Phase, Told, View, Write, total, wanted_now};
use commerce::ids::ListingId;
use commerce::stock::{Cause, Movement, Stock, StockKey};
use std::collections::BTreeSet;

/// An order that nobody's message told of is found by the hourly look, which goes back so far, in milliseconds.
const EVENT_WITHIN_MS: i64 = 2 * 3_600_000;

impl<'a> Desk<'a> {
    /// Knows when what led here happened.
    pub(in super::super) fn hear(&mut self, happened: &'a Happened) {
        self.happened = Some(happened);
    }

    /// When that happened which a listing is written for: by the message, or where a note was lost by the latest order that
    /// its channel has not been told of; else only now.
    pub(super) fn event(&self, listing: &Listing, before: &Listed) -> Timestamp {
        let told = self.happened.and_then(|happened| happened.get(&listing.id)).copied();
        if let Some(drained) = before.attempt.as_ref().filter(|attempt| attempt.phase == Phase::Draining) {
            return self.event_since(listing, drained.told_at.unwrap_or(self.now), told);
        }
        let order = || self.ordered_at(listing).filter(|at| is_untold(*at, before.told_at, self.now));
        told.or_else(order).unwrap_or(self.now)
    }

    /// The oldest event known to have come after a channel's word, while nobody could answer it; the word itself where
    /// none is known.
    fn event_since(&self, listing: &Listing, told_at: Timestamp, told: Option<Timestamp>) -> Timestamp {
        let sells = |connection: &Connection, other: &Listing| {
            let key = connection.key(other);
            self.listed.get(&key).map(|listed| listed.sold_ms.clone()).unwrap_or_default()
        };
        let sellers = listing.recipe.iter().flat_map(|part| self.shop.listings_of(&part.sku));
        let sold = sellers.flat_map(|(connection, other)| sells(connection, other));
        let sold = sold.filter_map(|ms| Timestamp::from_millisecond(ms).ok());
        let known = sold.chain(self.ordered_at(listing)).filter(|at| *at > told_at).chain(told);
        known.min().unwrap_or(told_at)
    }

    /// When the latest order happened that moved its products last.
    fn ordered_at(&self, listing: &Listing) -> Option<Timestamp> {
        let is_of = |balance: &StockKey| listing.recipe.iter().any(|part| part.sku == balance.sku);
        let stock = self.stock.iter().filter(|(balance, _)| is_of(balance)).map(|(_, stock)| stock);
        moved_at(stock, |movement| matches!(movement.cause, Cause::Order { .. }))
    }

    /// What stands once a write is made.
    pub(super) fn afterwards(&self, listing: &Listing, write: &Write) -> Afterwards {
        let mut after = self.clone();
        after.take_in(listing, write);
        let look = |view: &View<'_>| Afterwards {
            covered: total(view.places),
            wanted: wanted_now(view.places, view.may_raise),
        };
        after.with_view(listing, look)
    }

    /// Remembers a listing that a failed call leaves without its number for too long. Where the channel does as it is asked,
    /// the number is on its way, however late we have heard of the event.
    pub(in super::super) fn remember_stale(&mut self, listing: &Listing, listed: &Listed, told: Told) {
        let is_answered = matches!(told, Told::Applied | Told::Shown { .. });
        if !is_answered && listed.is_stale(self.now) {
            self.stale.insert(listing.id.clone());
        }
    }

    /// Those listings.
    pub(in super::super) fn stale(&self) -> &BTreeSet<ListingId> {
        &self.stale
    }
}

/// An order that a listing's channel has not been told of since, and that is not so old that something else must have led
/// to a change.
pub(in super::super) fn is_untold(order_at: Timestamp, told_at: Option<Timestamp>, now: Timestamp) -> bool {
    let age_ms = now.as_millisecond() - order_at.as_millisecond();
    age_ms <= EVENT_WITHIN_MS && told_at.is_none_or(|told_at| order_at > told_at)
}

/// When the latest of some movements in these balances happened; only those of each balance's latest change are known.
pub(crate) fn moved_at<'s>(
    stock: impl Iterator<Item = &'s Stock>,
    is_meant: impl Fn(&Movement) -> bool,
) -> Option<Timestamp> {
    let movements = stock.flat_map(|stock| &stock.movements);
    let meant = movements.filter(|m| !matches!(m.cause, Cause::Cover { .. }) && is_meant(m));
    meant.map(|m| m.at_ms).max().and_then(|at_ms| Timestamp::from_millisecond(at_ms).ok())
}
