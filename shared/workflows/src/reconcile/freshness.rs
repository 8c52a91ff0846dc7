//! How soon a connection's listings showed what changed on a day, and which of them waits longest now (P6): told from the
//! states that a comparison has read anyway.

use super::findings::{Freshness, Stale};
use crate::publish_stock::Standing;
use commerce::Timestamp;
use commerce::catalogue::Listing;
use commerce::freshness::Timings;
use commerce::ids::Sku;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// None for a connection that shows nothing, and for days that listings no longer remember: today's changes and
/// yesterday's are kept, no others.
pub(super) fn freshness<'l>(
    looks: impl Iterator<Item = (&'l Listing, &'l Standing, Timestamp)> + Clone,
    day: Date,
    today: Date,
) -> Option<Freshness> {
    let yesterday = today.checked_sub(1.day()).ok()?;
    if !(yesterday..=today).contains(&day) || looks.clone().next().is_none() {
        return None;
    }
    let mut timings = Timings::default();
    let of_day = |standing: &'l Standing| standing.listed.freshness.days.get(&day);
    looks.clone().filter_map(|(_, standing, _)| of_day(standing)).for_each(|listed| timings.merge(listed));
    let waiting = looks.filter_map(|(listing, standing, at)| Some((waits_since(standing, at)?, listing)));
    let oldest = waiting.min_by(|one, other| (one.0, &one.1.id).cmp(&(other.0, &other.1.id)));
    Some(Freshness {
        changes: timings.count(),
        p50_ms: timings.within_ms(50),
        p99_ms: timings.within_ms(99),
        oldest_stale: oldest.map(|(since, listing)| stale(since, listing)),
    })
}

/// Since when a listing waits for its number. Before a first count it has none to wait for; one that a campaign or a refusal
/// keeps waits all the same, for buyers see the wrong number.
fn waits_since(standing: &Standing, read_at: Timestamp) -> Option<Timestamp> {
    let Standing { listed, believed, wanted, is_ours, .. } = standing;
    if !standing.is_counted {
        return None;
    }
    let differs = believed != wanted;
    let is_open = listed.attempt.is_some() || listed.locked_until.is_some() || listed.doubt || !is_ours;
    match listed.freshness.waits_since {
        Some(since) if differs || is_open => Some(since.min(read_at)),
        // What nobody has begun to mend waits since its goods moved last.
        None if differs && *is_ours && listed.attempt.is_none() => {
            Some(standing.moved_at.map_or(read_at, |moved_at| moved_at.min(read_at)))
        }
        _ => None,
    }
}

fn stale(since: Timestamp, listing: &Listing) -> Stale {
    let skus: BTreeSet<&str> = listing.recipe.iter().map(|part| Sku::as_str(&part.sku)).collect();
    let product = skus.into_iter().collect::<Vec<_>>().join(" + ");
    Stale { listing: listing.id.clone(), product, since }
}
