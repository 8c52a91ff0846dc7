//! Which product of ours a listing is: exact matches are proposed, a person confirms, and what is not clear is shown.

use crate::catalogue::Shop;
use crate::ids::{ConnectionId, ListingId, Sku};
use std::collections::{BTreeMap, BTreeSet};

/// A listing as its channel tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The channel's immutable id.
    pub id: ListingId,
    /// The code that somebody typed there.
    pub sku: Option<String>,
    /// The barcode.
    pub barcode: Option<String>,
}

/// By what a listing was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Its code is one of ours, letter by letter.
    Sku,
    /// Its barcode is that of a product whose listing elsewhere is known.
    Barcode,
}

/// What is known of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposal {
    /// It is in the shop's file already.
    Mapped,
    /// It looks like this product; a person confirms.
    Exact {
        /// Which.
        sku: Sku,
        /// By what.
        by: By,
    },
    /// Other listings of the account have the same code or barcode: nobody but a person can tell them apart.
    Duplicate {
        /// The others.
        with: Vec<ListingId>,
    },
    /// Nothing like it is known.
    Unknown,
}

/// Every product that the shop's file speaks of.
pub fn known_skus(shop: &Shop, counted: impl IntoIterator<Item = Sku>) -> BTreeSet<Sku> {
    let listings = shop.connections.values().flat_map(|connection| connection.listings.values());
    let parts = listings.flat_map(|listing| listing.recipe.iter().map(|part| part.sku.clone()));
    parts.chain(counted).collect()
}

/// Barcodes of products, learned from listings that are mapped to one product each. One that leads to two products
/// proves nothing and is left out.
pub fn known_barcodes<'a>(
    shop: &Shop,
    told: impl IntoIterator<Item = (&'a ConnectionId, &'a [Candidate])>,
) -> BTreeMap<String, Sku> {
    let mut found: BTreeMap<String, BTreeSet<Sku>> = BTreeMap::new();
    for (connection, candidates) in told {
        let Some(connection) = shop.connections.get(connection) else { continue };
        for candidate in candidates {
            let mapped = connection.listings.get(&candidate.id).map(|listing| listing.recipe.as_slice());
            if let (Some([part]), Some(barcode)) = (mapped, text(&candidate.barcode))
                && part.factor == 1
            {
                found.entry(barcode.to_owned()).or_default().insert(part.sku.clone());
            }
        }
    }
    let single = |(barcode, skus): (String, BTreeSet<Sku>)| {
        let mut skus = skus.into_iter();
        Some((barcode, skus.next()?)).filter(|_| skus.next().is_none())
    };
    found.into_iter().filter_map(single).collect()
}

/// What to propose for each listing of one account.
pub fn propose(
    shop: &Shop,
    connection: &ConnectionId,
    candidates: &[Candidate],
    skus: &BTreeSet<Sku>,
    barcodes: &BTreeMap<String, Sku>,
) -> BTreeMap<ListingId, Proposal> {
    let mapped = shop.connections.get(connection).map(|connection| &connection.listings);
    let one = |candidate: &Candidate| {
        if mapped.is_some_and(|listings| listings.contains_key(&candidate.id)) {
            return Proposal::Mapped;
        }
        let with = same(candidate, candidates);
        if !with.is_empty() {
            return Proposal::Duplicate { with };
        }
        let by_sku = text(&candidate.sku).and_then(|text| skus.iter().find(|sku| sku.as_str() == text));
        let by_barcode = || text(&candidate.barcode).and_then(|text| barcodes.get(text));
        match (by_sku, by_barcode()) {
            (Some(sku), _) => Proposal::Exact { sku: sku.clone(), by: By::Sku },
            (None, Some(sku)) => Proposal::Exact { sku: sku.clone(), by: By::Barcode },
            (None, None) => Proposal::Unknown,
        }
    };
    candidates.iter().map(|candidate| (candidate.id.clone(), one(candidate))).collect()
}

/// Other listings of the account with the same code, or the same barcode.
fn same(candidate: &Candidate, all: &[Candidate]) -> Vec<ListingId> {
    let equal = |a: Option<&str>, b: Option<&str>| a.is_some() && a == b;
    let alike = |other: &&Candidate| {
        other.id != candidate.id
            && (equal(text(&candidate.sku), text(&other.sku))
                || equal(text(&candidate.barcode), text(&other.barcode)))
    };
    all.iter().filter(alike).map(|other| other.id.clone()).collect()
}

/// A code without what stands around it; none for an empty one.
fn text(code: &Option<String>) -> Option<&str> {
    code.as_deref().map(str::trim).filter(|code| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Component, Connection, Listing};
    use crate::ids::ShopId;

    fn sku(text: &str) -> Sku {
        Sku::new(text).unwrap()
    }

    fn id(text: &str) -> ListingId {
        ListingId::new(text).unwrap()
    }

    fn candidate(listing: &str, sku: &str, barcode: &str) -> Candidate {
        Candidate { id: id(listing), sku: Some(sku.to_owned()), barcode: Some(barcode.to_owned()) }
    }

    /// A shop whose connection `web` maps listing 1 to AO-M.
    fn shop() -> Shop {
        let recipe = vec![Component { sku: sku("AO-M"), factor: 1 }];
        let listing = Listing { id: id("1"), recipe, buffer: 0, publish: true, rule: None, paused: false };
        let connection = Connection {
            id: ConnectionId::new("web").unwrap(),
            channel: "woocommerce".to_owned(),
            base_url: None,
            webhook_url: None,
            serves_from: Vec::new(),
            account: BTreeMap::new(),
            sharing: Default::default(),
            rule: Default::default(),
            listings: [(listing.id.clone(), listing)].into(),
        };
        Shop {
            id: ShopId::new("lan").unwrap(),
            name: "Lan".to_owned(),
            keep_orders_days: 60,
            report: Default::default(),
            shortfalls: crate::shortfall::ShortfallRule::usual("demo"),
            locations: Vec::new(),
            connections: [(connection.id.clone(), connection)].into(),
        }
    }

    #[test]
    fn only_what_is_exact_and_alone_is_proposed() {
        let shop = shop();
        let web = ConnectionId::new("web").unwrap();
        let told = [
            candidate("1", "AO-M", "893001"),
            candidate("2", "QUAN", ""),
            candidate("3", "QUAN", ""),
            candidate("4", "ao-m", ""),
        ];
        let skus = known_skus(&shop, [sku("QUAN"), sku("NON")]);
        let barcodes = known_barcodes(&shop, [(&web, &told[..])]);
        let proposals = propose(&shop, &web, &told, &skus, &barcodes);
        assert_eq!(proposals[&id("1")], Proposal::Mapped);
        assert_eq!(proposals[&id("2")], Proposal::Duplicate { with: vec![id("3")] });
        assert_eq!(proposals[&id("4")], Proposal::Unknown, "other letters are another code");
        let shopee = ConnectionId::new("shopee").unwrap();
        let told = [candidate("7", " NON ", ""), candidate("8", "XYZ", "893001"), candidate("9", "", "")];
        let proposals = propose(&shop, &shopee, &told, &skus, &barcodes);
        assert_eq!(proposals[&id("7")], Proposal::Exact { sku: sku("NON"), by: By::Sku });
        assert_eq!(proposals[&id("8")], Proposal::Exact { sku: sku("AO-M"), by: By::Barcode });
        assert_eq!(proposals[&id("9")], Proposal::Unknown);
    }

    #[test]
    fn a_listing_that_is_mapped_already_makes_another_of_its_code_unclear() {
        let shop = shop();
        let web = ConnectionId::new("web").unwrap();
        let told = [candidate("1", "AO-M", ""), candidate("2", "AO-M", "")];
        let proposals = propose(&shop, &web, &told, &known_skus(&shop, []), &BTreeMap::new());
        assert_eq!(proposals[&id("2")], Proposal::Duplicate { with: vec![id("1")] });
    }
}
