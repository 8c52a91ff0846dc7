//! How a shop says, in its file, which channel may sell how much of its goods.

use commerce::Timestamp;
use commerce::catalogue::{Sharing, Shop};
use commerce::cover::{RingFence, ShareRule};
use commerce::ids::{LocationId, Sku};
use serde::Deserialize;
use std::collections::BTreeMap;

/// `sharing = "cover"` (each unit on sale once, the default) or `"pool"` (all show the same pool, oversells possible).
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SharingEntry {
    #[default]
    Cover,
    Pool,
}

impl From<SharingEntry> for Sharing {
    fn from(entry: SharingEntry) -> Self {
        match entry {
            SharingEntry::Cover => Self::Cover,
            SharingEntry::Pool => Self::Pool,
        }
    }
}

/// `share = { min = 1, max = 20, percent = 30, ring_fence = { units = 50, until = "2026-12-12T00:00:00+07:00" } }`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShareEntry {
    #[serde(default)]
    min: u32,
    max: Option<u32>,
    percent: Option<u8>,
    ring_fence: Option<RingFenceEntry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RingFenceEntry {
    units: u32,
    until: Timestamp,
}

impl From<ShareEntry> for ShareRule {
    fn from(entry: ShareEntry) -> Self {
        let ring_fence = entry.ring_fence.map(|fence| RingFence { units: fence.units, until: fence.until });
        Self { units_min: entry.min, units_max: entry.max, percent: entry.percent, ring_fence }
    }
}

/// Fixed parts of one product at one store must not add up to more than there is.
pub(crate) fn check_percents(shop: &Shop) -> Result<(), String> {
    let mut sums: BTreeMap<(&Sku, &LocationId), u32> = BTreeMap::new();
    for connection in shop.connections.values() {
        for listing in connection.listings.values().filter(|listing| connection.is_covered(listing)) {
            let Some(percent) = connection.rule_of(listing).percent else { continue };
            let parts = listing.recipe.iter();
            for (part, store) in parts.flat_map(|part| connection.serves_from.iter().map(move |s| (part, s)))
            {
                let sum = sums.entry((&part.sku, store)).or_default();
                *sum += u32::from(percent);
                if *sum > 100 {
                    let (sku, listing) = (&part.sku, &listing.id);
                    return Err(format!(
                        "connection {}: share.percent of listing {listing} brings product {sku} at {store} to {sum} %: \
                         fixed parts must not add up to more than 100",
                        connection.id
                    ));
                }
            }
        }
    }
    Ok(())
}
