//! Another share rule for a shop, to ask what it would have come to: the words of the shops file, and only those.

use crate::share_rules::{ShareEntry, SharingEntry, check_percents};
use crate::shops_file::place_of;
use commerce::catalogue::{Connection, Listing, Shop};
use commerce::ids::{ConnectionId, ListingId, LocationId};
use serde::Deserialize;

/// What is wrong with the file, in one sentence that names the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule file: {0}")]
pub struct RuleFileError(pub String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// For every connection that does not say otherwise.
    sharing: Option<SharingEntry>,
    /// For every listing that does not say otherwise.
    buffer: Option<u32>,
    #[serde(default)]
    location: Vec<LocationEntry>,
    #[serde(default)]
    connection: Vec<ConnectionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LocationEntry {
    id: LocationId,
    walk_in_reserve: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectionEntry {
    id: ConnectionId,
    sharing: Option<SharingEntry>,
    buffer: Option<u32>,
    share: Option<ShareEntry>,
    #[serde(default)]
    listing: Vec<ListingEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListingEntry {
    id: ListingId,
    buffer: Option<u32>,
    share: Option<ShareEntry>,
}

/// The shop with the rules of the file in place of its own; what the file does not name stays as it is. The error names
/// the field, or says what there is in place of what is not.
pub fn apply(shop: &Shop, text: &str) -> Result<Shop, RuleFileError> {
    let file: File = toml::from_str(text).map_err(|e| RuleFileError(place_of(text, &e)))?;
    let is_empty = file.sharing.is_none() && file.buffer.is_none();
    if is_empty && file.location.is_empty() && file.connection.is_empty() {
        return Err(RuleFileError("names no rule: sharing, buffer, location or connection".to_owned()));
    }
    let mut changed = shop.clone();
    for connection in changed.connections.values_mut() {
        connection.sharing = file.sharing.map_or(connection.sharing, Into::into);
        keep_back(connection, file.buffer);
    }
    for entry in file.location {
        change_location(&mut changed, &entry)?;
    }
    for entry in file.connection {
        change_connection(&mut changed, entry)?;
    }
    check_percents(&changed).map_err(RuleFileError)?;
    Ok(changed)
}

fn change_location(shop: &mut Shop, entry: &LocationEntry) -> Result<(), RuleFileError> {
    let names = names(shop.locations.iter().map(|location| location.id.to_string()));
    match shop.locations.iter_mut().find(|location| location.id == entry.id) {
        Some(location) => location.walk_in_reserve = entry.walk_in_reserve,
        None => return Err(unknown("location", entry.id.as_str(), "the shop has", &names)),
    }
    Ok(())
}

fn change_connection(shop: &mut Shop, entry: ConnectionEntry) -> Result<(), RuleFileError> {
    let known = names(shop.connections.keys().map(ToString::to_string));
    let Some(connection) = shop.connections.get_mut(&entry.id) else {
        return Err(unknown("connection", entry.id.as_str(), "the shop has", &known));
    };
    connection.sharing = entry.sharing.map_or(connection.sharing, Into::into);
    keep_back(connection, entry.buffer);
    if let Some(share) = entry.share {
        connection.rule = share.into();
        // What is said of the connection is meant for all of its listings.
        connection.listings.values_mut().for_each(|listing| listing.rule = None);
    }
    for item in entry.listing {
        change_listing(connection, item)?;
    }
    Ok(())
}

fn change_listing(connection: &mut Connection, entry: ListingEntry) -> Result<(), RuleFileError> {
    let names = names(connection.listings.keys().map(ToString::to_string));
    let Some(listing) = connection.listings.get_mut(&entry.id) else {
        let place = format!("connection {} has", connection.id);
        return Err(unknown("listing", entry.id.as_str(), &place, &names));
    };
    listing.buffer = entry.buffer.unwrap_or(listing.buffer);
    if let Some(share) = entry.share {
        listing.rule = Some(share.into());
    }
    Ok(())
}

fn keep_back(connection: &mut Connection, buffer: Option<u32>) {
    let Some(buffer) = buffer else { return };
    connection.listings.values_mut().for_each(|listing: &mut Listing| listing.buffer = buffer);
}

/// How many names a refusal lists.
const NAMES_MAX: usize = 20;

fn names(all: impl Iterator<Item = String>) -> String {
    all.take(NAMES_MAX).collect::<Vec<_>>().join(", ")
}

fn unknown(kind: &str, id: &str, who: &str, names: &str) -> RuleFileError {
    let known = if names.is_empty() { "none" } else { names };
    RuleFileError(format!("{kind} {id}: there is none of this name; {who} {known}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shops_file::parse;
    use commerce::catalogue::Sharing;

    const SHOP: &str = r#"
[[shop]]
id = "demo"
name = "Cửa hàng"
[[shop.location]]
id = "hn"
name = "Hà Nội"
[[shop.connection]]
id = "mall"
channel = "shopee"
serves_from = ["hn"]
listing = [{ id = "1:0", sku = "AO-M" }, { id = "2:0", sku = "AO-L", buffer = 1, share = { max = 3 } }]
[[shop.connection]]
id = "web"
channel = "woocommerce"
serves_from = ["hn"]
listing = [{ id = "10:0", sku = "AO-M" }]
"#;

    fn shop() -> Shop {
        let file = parse(SHOP).unwrap();
        file.catalogue.shops.values().next().unwrap().as_ref().clone()
    }

    /// `mall` and `web`: sharing, then each listing's buffer and most units.
    fn rules(text: &str) -> String {
        let changed = apply(&shop(), text).unwrap();
        let listing = |c: &Connection, l: &Listing| {
            format!(" {}/{}", l.buffer, c.rule_of(l).units_max.map_or("-".to_owned(), |max| max.to_string()))
        };
        let of = |c: &Connection| {
            let listings: String = c.listings.values().map(|l| listing(c, l)).collect();
            format!("{}{listings}", if c.sharing == Sharing::Pool { "pool" } else { "cover" })
        };
        let reserve = changed.locations[0].walk_in_reserve;
        let all: Vec<String> = changed.connections.values().map(of).collect();
        format!("{}, reserve {reserve}", all.join(", "))
    }

    #[test]
    fn what_the_file_names_is_changed_and_the_rest_stays() {
        assert_eq!(rules("buffer = 2"), "cover 2/- 2/3, cover 2/-, reserve 0");
        assert_eq!(rules("sharing = \"pool\""), "pool 0/- 1/3, pool 0/-, reserve 0");
        assert_eq!(
            rules(
                "sharing = \"pool\"\n[[connection]]\nid = \"web\"\nsharing = \"cover\"\nshare = { max = 5 }"
            ),
            "pool 0/- 1/3, cover 0/5, reserve 0"
        );
        assert_eq!(
            rules(
                "[[location]]\nid = \"hn\"\nwalk_in_reserve = 4\n[[connection]]\nid = \"mall\"\nshare = { max = 9 }"
            ),
            "cover 0/9 1/9, cover 0/-, reserve 4"
        );
        assert_eq!(
            rules(
                "[[connection]]\nid = \"mall\"\nlisting = [{ id = \"2:0\", buffer = 0, share = { max = 1 } }]"
            ),
            "cover 0/- 0/1, cover 0/-, reserve 0"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let complaint = |text: &str| apply(&shop(), text).map(|_| ()).unwrap_err().to_string();
        assert!(complaint("").contains("names no rule"));
        assert!(complaint("bufer = 1").contains("line 1: unknown field `bufer`"));
        assert!(complaint("sharing = \"split\"").contains("line 1"));
        assert!(complaint("[[connection]]\nid = \"web\"\nshare = { most = 1 }").contains("`most`"));
        assert!(
            complaint("[[connection]]\nid = \"tiki\"")
                .contains("connection tiki: there is none of this name; the shop has mall, web")
        );
        assert!(complaint("[[location]]\nid = \"dn\"\nwalk_in_reserve = 1").contains("location dn"));
        assert!(complaint("[[location]]\nid = \"hn\"").contains("walk_in_reserve"));
        assert!(
            complaint("[[connection]]\nid = \"web\"\nlisting = [{ id = \"11:0\" }]")
                .contains("listing 11:0: there is none of this name; connection web has 10:0")
        );
        let percents = "[[connection]]\nid = \"mall\"\nshare = { percent = 60 }\n[[connection]]\nid = \"web\"\nshare = { percent = 60 }";
        assert!(complaint(percents).contains("120 %"));
    }
}
