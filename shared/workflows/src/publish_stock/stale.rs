//! Tells the operator of listings that wait for their number for too long.

use super::covered::Work;
use commerce::ids::ListingId;
use lambda_kit::metrics::{self, Unit};
use std::collections::BTreeSet;

/// Somebody should look at listings whose channel has been asked again and again.
pub(super) fn tell_stale(work: &Work<'_>, stale: &BTreeSet<ListingId>) {
    let Some(listing) = stale.first() else { return };
    let many = stale.len();
    metrics::tell(&[("ListingsStale", Unit::Count, i64::try_from(many).unwrap_or(i64::MAX))]);
    let (shop, connection) = (&work.shop.id, &work.connection.id);
    tracing::warn!(%shop, %connection, %listing, many, "listings wait for their number for too long");
}
