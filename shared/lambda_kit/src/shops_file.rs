//! The shops file: one TOML text that names shops, stores, accounts, listings and where each secret comes from.

use crate::location_entry::{LocationEntry, check_locations};
use crate::report_entry::{ReportEntry, keep_sources};
use crate::share_rules::{ShareEntry, SharingEntry, check_percents};
use commerce::catalogue::{Catalogue, Component, Connection, Listing, Shop};
use commerce::ids::{ConnectionId, ListingId, LocationId, ShopId, Sku};
use commerce::level::Level;
use commerce::shortfall::ShortfallRule;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The name under which lies what belongs to no shop.
pub const OPERATOR: &str = "operator";

/// A count to start from: how many were there, and when.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The product.
    pub sku: Sku,
    /// The store.
    pub location: LocationId,
    /// Units counted.
    pub on_hand: i64,
    /// When the count was true.
    pub as_of: commerce::Timestamp,
}

impl From<&Count> for Level {
    fn from(count: &Count) -> Self {
        let source = "count".to_owned();
        Self { location: count.location.clone(), on_hand: count.on_hand, as_of: count.as_of, source }
    }
}

/// The file read and checked, its secrets not yet fetched.
#[derive(Debug, Clone, Default)]
pub struct ShopsFile {
    /// The shops.
    pub catalogue: Catalogue,
    /// Per shop and connection: secret name → where it comes from.
    pub secret_sources: BTreeMap<(ShopId, ConnectionId), BTreeMap<String, String>>,
    /// Per shop: the counts to start from.
    pub counts: BTreeMap<ShopId, Vec<Count>>,
    /// The shops for which nothing is published: their listings are all read only, whatever each one says.
    pub paused: BTreeSet<ShopId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    shop: Vec<ShopEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShopEntry {
    id: ShopId,
    name: String,
    #[serde(default = "three_years_days")]
    keep_orders_days: u32,
    #[serde(default)]
    paused: bool,
    #[serde(default)]
    shortfalls: ShortfallsEntry,
    #[serde(default)]
    report: ReportEntry,
    #[serde(default)]
    names: BTreeMap<Sku, String>,
    #[serde(default)]
    location: Vec<LocationEntry>,
    #[serde(default)]
    connection: Vec<ConnectionEntry>,
    #[serde(default)]
    count: Vec<Count>,
}

/// `shortfalls = { owner = "Lan", within_hours = 24 }`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShortfallsEntry {
    owner: Option<String>,
    within_hours: Option<u32>,
}

fn three_years_days() -> u32 {
    1_095
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectionEntry {
    id: ConnectionId,
    channel: String,
    base_url: Option<String>,
    webhook_url: Option<String>,
    serves_from: Vec<LocationId>,
    #[serde(default)]
    account: BTreeMap<String, String>,
    #[serde(default)]
    secrets: BTreeMap<String, String>,
    #[serde(default)]
    sharing: SharingEntry,
    #[serde(default)]
    share: ShareEntry,
    #[serde(default)]
    listing: Vec<ListingEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListingEntry {
    id: ListingId,
    sku: Option<Sku>,
    #[serde(default = "one")]
    factor: u32,
    #[serde(default)]
    recipe: Vec<PartEntry>,
    #[serde(default)]
    buffer: u32,
    #[serde(default = "yes")]
    publish: bool,
    share: Option<ShareEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartEntry {
    sku: Sku,
    #[serde(default = "one")]
    factor: u32,
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// What is wrong with the file, in one sentence that names the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("shops file: {0}")]
pub struct ShopsFileError(pub String);

/// Reads and checks the file's text.
pub fn parse(text: &str) -> Result<ShopsFile, ShopsFileError> {
    let file: File = toml::from_str(text).map_err(|e| ShopsFileError(place_of(text, &e)))?;
    let mut result = ShopsFile::default();
    for entry in file.shop {
        add_shop(&mut result, entry)?;
    }
    Ok(result)
}

/// What is wrong and in which line. Neither the line itself, as the library would print it, nor the text that stood
/// where something else should: a secret may stand there by mistake.
pub(crate) fn place_of(text: &str, error: &toml::de::Error) -> String {
    let line = |start: usize| text.get(..start).map_or(0, |before| before.matches('\n').count()) + 1;
    let message = match error.message().split_once("string \"") {
        Some((before, after)) => {
            let rest = after.rsplit_once("\", expected").map_or("", |(_, rest)| rest);
            format!("{before}a text, expected{rest}")
        }
        None => error.message().to_owned(),
    };
    match error.span() {
        Some(span) => format!("line {}: {message}", line(span.start)),
        None => message,
    }
}

fn add_shop(result: &mut ShopsFile, entry: ShopEntry) -> Result<(), ShopsFileError> {
    let id = entry.id.clone();
    let problem = |text: String| ShopsFileError(format!("shop {id}: {text}"));
    if id.as_str() == OPERATOR {
        return Err(problem("this name is kept for the operator".to_owned()));
    }
    let is_paused = entry.paused;
    if is_paused {
        result.paused.insert(id.clone());
    }
    let name = if entry.name.trim().is_empty() { entry.id.as_str() } else { &entry.name };
    let shortfalls = shortfalls(entry.shortfalls, name);
    shortfalls.check().map_err(&problem)?;
    let (report, sources) = entry.report.read(entry.names).map_err(&problem)?;
    let mut shop = Shop {
        id: entry.id,
        name: entry.name,
        shortfalls,
        report,
        keep_orders_days: entry.keep_orders_days,
        locations: entry.location.into_iter().map(Into::into).collect(),
        connections: BTreeMap::new(),
    };
    for entry in entry.connection {
        result.secret_sources.insert((id.clone(), entry.id.clone()), entry.secrets.clone());
        let mut connection = connection(entry).map_err(&problem)?;
        if is_paused {
            connection.listings.values_mut().for_each(pause);
        }
        let name = connection.id.clone();
        if shop.connections.insert(name.clone(), connection).is_some() {
            return Err(problem(format!("connection {name} is named twice")));
        }
    }
    keep_sources(&mut result.secret_sources, &shop, sources).map_err(&problem)?;
    check(&shop, &entry.count).map_err(&problem)?;
    result.counts.insert(id.clone(), entry.count);
    match result.catalogue.shops.insert(id.clone(), Arc::new(shop)) {
        None => Ok(()),
        Some(_) => Err(problem("is named twice".to_owned())),
    }
}

fn shortfalls(entry: ShortfallsEntry, shop_name: &str) -> ShortfallRule {
    let usual = ShortfallRule::usual(shop_name);
    ShortfallRule {
        owner: entry.owner.unwrap_or(usual.owner),
        within_hours: entry.within_hours.unwrap_or(usual.within_hours),
    }
}

/// Nothing is told of it any more, but what it shows stays covered.
fn pause(listing: &mut Listing) {
    listing.paused = listing.publish;
    listing.publish = false;
}

fn connection(entry: ConnectionEntry) -> Result<Connection, String> {
    let mut listings = BTreeMap::new();
    for item in entry.listing {
        let listing = listing(item).map_err(|text| format!("connection {}: {text}", entry.id))?;
        let id = listing.id.clone();
        if listings.insert(id.clone(), listing).is_some() {
            return Err(format!("connection {}: listing {id} is named twice", entry.id));
        }
    }
    Ok(Connection {
        id: entry.id,
        channel: entry.channel,
        base_url: entry.base_url,
        webhook_url: entry.webhook_url,
        serves_from: entry.serves_from,
        account: entry.account,
        sharing: entry.sharing.into(),
        rule: entry.share.into(),
        listings,
    })
}

fn listing(entry: ListingEntry) -> Result<Listing, String> {
    let mut recipe: Vec<Component> =
        entry.recipe.into_iter().map(|part| Component { sku: part.sku, factor: part.factor }).collect();
    match entry.sku {
        Some(sku) if recipe.is_empty() => recipe.push(Component { sku, factor: entry.factor }),
        None if !recipe.is_empty() => {}
        _ => return Err(format!("listing {} needs either sku or recipe", entry.id)),
    }
    if recipe.iter().any(|part| part.factor == 0) {
        return Err(format!("listing {}: factor must be at least 1", entry.id));
    }
    let rule = entry.share.map(Into::into);
    Ok(Listing { id: entry.id, recipe, buffer: entry.buffer, publish: entry.publish, rule, paused: false })
}

/// Names that must exist elsewhere in the file.
fn check(shop: &Shop, counts: &[Count]) -> Result<(), String> {
    check_locations(shop)?;
    for connection in shop.connections.values() {
        if connection.serves_from.is_empty() {
            return Err(format!("connection {}: serves_from names no location", connection.id));
        }
        let unknown = connection.serves_from.iter().find(|id| shop.location(id).is_none());
        if let Some(name) = unknown {
            return Err(format!("connection {}: location {name} does not exist", connection.id));
        }
    }
    check_percents(shop)?;
    for count in counts {
        if shop.location(&count.location).is_none() {
            return Err(format!("count of {}: location {} does not exist", count.sku, count.location));
        }
        Level::from(count).check().map_err(|why| format!("count of {}: {}", count.sku, why.advice_en()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[shop]]
id = "demo"
name = "Cửa hàng"
[[shop.location]]
id = "hn"
name = "Hà Nội"
[[shop.connection]]
id = "web"
channel = "woocommerce"
serves_from = ["hn"]
[[shop.connection.listing]]
id = "10:0"
sku = "AO-M"
"#;

    fn complaint(text: &str) -> String {
        parse(text).map(|_| String::new()).unwrap_or_else(|e| e.to_string())
    }

    #[test]
    fn a_good_file_reads() {
        let file = parse(GOOD).unwrap();
        assert_eq!(file.catalogue.shops.len(), 1);
    }

    #[test]
    fn nothing_of_a_paused_shop_is_published() {
        let publishes = |text: &str| {
            let file = parse(text).unwrap();
            let shop = file.catalogue.shops.values().next().unwrap().clone();
            let connection = shop.connections.values().next().unwrap();
            (file.paused.len(), connection.listings.values().next().unwrap().publish)
        };
        assert_eq!(publishes(GOOD), (0, true));
        assert_eq!(publishes(&GOOD.replace("[[shop]]", "[[shop]]\npaused = true")), (1, false));
    }

    #[test]
    fn shortfalls_are_seen_to_by_the_shop_within_a_day_unless_it_says_otherwise() {
        let rule =
            |text: &str| parse(text).unwrap().catalogue.shops.values().next().unwrap().shortfalls.clone();
        assert_eq!(rule(GOOD), ShortfallRule { owner: "Cửa hàng".to_owned(), within_hours: 24 });
        let with = |says: &str| GOOD.replace("[[shop]]", &format!("[[shop]]\nshortfalls = {{ {says} }}"));
        let said = rule(&with("owner = \"Lan\", within_hours = 6"));
        assert_eq!(said, ShortfallRule { owner: "Lan".to_owned(), within_hours: 6 });
        assert_eq!(rule(&with("within_hours = 6")).owner, "Cửa hàng");
        assert!(complaint(&with("within_hours = 0")).contains("shop demo: shortfalls.within_hours"));
        assert!(complaint(&with("owner = \"\"")).contains("shortfalls.owner"));
        assert!(complaint(&with("boss = \"Lan\"")).contains("boss"));
    }

    #[test]
    fn complaints_name_the_place() {
        assert!(complaint(&GOOD.replace("[\"hn\"]", "[\"dn\"]")).contains("connection web: location dn"));
        assert!(
            complaint(&GOOD.replace("sku = \"AO-M\"", ""))
                .contains("listing 10:0 needs either sku or recipe")
        );
        assert!(complaint(&GOOD.replace("channel", "chanel")).contains("chanel"));
        assert!(complaint(&GOOD.replace("channel = ", "channel ")).contains("line 10"));
        assert!(complaint(&GOOD.replace("\"demo\"", "\"De mo\"")).contains("shop: may hold only"));
    }

    #[test]
    fn a_secret_written_in_the_wrong_place_is_not_repeated() {
        for wrong in [
            "secrets = \"shpat_canary\"\nserves_from",
            "secrets = { webhook_secret = shpat_canary }\nserves_from",
            "secrets = { webhook_secret = \"shpat_canary }\nserves_from",
            "buffer = \"shpat_canary\"\nserves_from",
        ] {
            let complaint = complaint(&GOOD.replace("serves_from", wrong));
            assert!(!complaint.contains("canary") && complaint.contains("line"), "{complaint}");
        }
    }
}
