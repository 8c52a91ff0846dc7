//! How many units a listing of the shared pool shows. There P2 is not promised: see [`crate::cover`] for where it is.

use crate::catalogue::Listing;
use crate::ids::{LocationId, Sku};
use sha2::{Digest, Sha256};

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

/// A number for the rule by which a listing's quantity is worked out. Another recipe, buffer or list of stores has
/// another number, so that it asks for a new quantity even while no balance changes.
pub fn rule_number(listing: &Listing, serves_from: &[LocationId]) -> u64 {
    let text = format!("{:?}|{}|{serves_from:?}", listing.recipe, listing.buffer);
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(6).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Component;
    use crate::ids::ListingId;

    fn listing(recipe: &[(&str, u32)], buffer: u32) -> Listing {
        let part = |(sku, factor): &(&str, u32)| Component { sku: Sku::new(*sku).unwrap(), factor: *factor };
        let recipe = recipe.iter().map(part).collect();
        Listing {
            id: ListingId::new("1:0").unwrap(),
            recipe,
            buffer,
            publish: true,
            rule: None,
            paused: false,
        }
    }

    /// `recipe` as "sku x factor", `free` as "sku@location = units".
    fn check(recipe: &[(&str, u32)], buffer: u32, free: &[(&str, &str, i64)], expected: u32) {
        let listing = listing(recipe, buffer);
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

    #[test]
    fn another_rule_has_another_number() {
        let stores = |ids: &[&str]| ids.iter().map(|id| LocationId::new(*id).unwrap()).collect::<Vec<_>>();
        let one = listing(&[("A", 1)], 0);
        let number = rule_number(&one, &stores(&["hn"]));
        assert_eq!(number, rule_number(&listing(&[("A", 1)], 0), &stores(&["hn"])));
        for (other, ids) in [
            (listing(&[("A", 2)], 0), &["hn"][..]),
            (listing(&[("A", 1)], 5), &["hn"]),
            (one, &["hn", "hcm"]),
        ] {
            assert_ne!(number, rule_number(&other, &stores(ids)), "{other:?} {ids:?}");
        }
    }
}
