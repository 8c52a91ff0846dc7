//! How many units a listing shows. The one place that cover (shares per listing) will replace.

use crate::catalogue::Listing;
use crate::ids::{LocationId, Sku};

/// The shared-pool rule: every listing shows all that is free, less its buffer.
///
/// Per store, a bundle can be built as often as its scarcest part allows; stores add up, because one parcel
/// leaves from one store. A negative balance shows as zero, but is never written back as zero.
pub fn quantity_to_show(
    listing: &Listing,
    serves_from: &[LocationId],
    free: impl Fn(&Sku, &LocationId) -> i64,
) -> u32 {
    let buildable = |location: &LocationId| {
        let parts = listing.recipe.iter();
        parts.map(|part| free(&part.sku, location).max(0) / i64::from(part.factor.max(1))).min().unwrap_or(0)
    };
    let total: i64 = serves_from.iter().map(buildable).sum();
    u32::try_from((total - i64::from(listing.buffer)).max(0)).unwrap_or(u32::MAX)
}

/// Whether an order on this listing takes units out of the listing's own cover. The shared pool reserves none.
pub fn takes_from_cover(_listing: &Listing) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Component;
    use crate::ids::ListingId;

    /// `recipe` as "sku x factor", `free` as "sku@location = units".
    fn check(recipe: &[(&str, u32)], buffer: u32, free: &[(&str, &str, i64)], expected: u32) {
        let listing = Listing {
            id: ListingId::new("1:0").unwrap(),
            recipe: recipe
                .iter()
                .map(|(sku, factor)| Component { sku: Sku::new(*sku).unwrap(), factor: *factor })
                .collect(),
            buffer,
            publish: true,
        };
        let stores = [LocationId::new("hn").unwrap(), LocationId::new("hcm").unwrap()];
        let look = |sku: &Sku, store: &LocationId| {
            free.iter().find(|(s, l, _)| *s == sku.as_str() && *l == store.as_str()).map_or(0, |f| f.2)
        };
        assert_eq!(quantity_to_show(&listing, &stores, look), expected);
    }

    #[test]
    fn a_listing_shows_what_can_be_sent() {
        check(&[("A", 1)], 0, &[("A", "hn", 3), ("A", "hcm", 4)], 7);
        check(&[("A", 1)], 2, &[("A", "hn", 3)], 1);
        check(&[("A", 1)], 0, &[("A", "hn", -3), ("A", "hcm", 2)], 2);
        check(&[("A", 24)], 0, &[("A", "hn", 47)], 1);
        check(&[("A", 1), ("B", 2)], 0, &[("A", "hn", 5), ("B", "hn", 5)], 2);
        check(&[("A", 1), ("B", 1)], 0, &[("A", "hn", 5), ("B", "hcm", 5)], 0);
    }
}
