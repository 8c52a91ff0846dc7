//! What listings are left at when a shop goes: a table a shop manager can read, and the law on thousands of made-up shops.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do"
)]

use commerce::Timestamp;
use commerce::catalogue::{Component, Connection, Listing, Location, Shop, TillLink};
use commerce::ids::{ConnectionId, ListingId, LocationId, ShopId, Sku};
use commerce::leave::{Counter, safe_values};
use commerce::shortfall::ShortfallRule;
use commerce::shown::quantity_to_show;
use commerce::stock::{ListingKey, Stock, StockKey};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::BTreeMap;

/// One listing in words: connection, recipe such as `A` or `A+2B`, buffer, stores.
type Row = (String, String, u32, Vec<String>);

fn shop(rows: &[Row]) -> Shop {
    let mut connections: BTreeMap<ConnectionId, Connection> = BTreeMap::new();
    for (number, (connection, recipe, buffer, stores)) in rows.iter().enumerate() {
        let (name, is_read_only) = match connection.strip_suffix('!') {
            Some(name) => (name, true),
            None => (connection.as_str(), false),
        };
        let id = ConnectionId::new(name).unwrap();
        let listing = Listing {
            id: ListingId::new(format!("{number}")).unwrap(),
            recipe: recipe.split('+').map(part).collect(),
            buffer: *buffer,
            publish: !is_read_only,
            rule: None,
            paused: false,
        };
        let connection = connections.entry(id.clone()).or_insert_with(|| Connection {
            id,
            channel: "shopee".to_owned(),
            base_url: None,
            webhook_url: None,
            serves_from: stores.iter().map(|s| LocationId::new(s.as_str()).unwrap()).collect(),
            account: BTreeMap::new(),
            sharing: commerce::catalogue::Sharing::Pool,
            rule: Default::default(),
            listings: BTreeMap::new(),
        });
        connection.listings.insert(listing.id.clone(), listing);
    }
    let till = Some(TillLink { connection: ConnectionId::new("till").unwrap(), branch: "55".to_owned() });
    let store = |id: &str, till| Location {
        id: LocationId::new(id).unwrap(),
        name: id.to_owned(),
        till,
        walk_in_reserve: 0,
        orders_to: None,
    };
    let locations = vec![store("hcm", None), store("dn", None), store("hn", till)];
    let id = ShopId::new("demo").unwrap();
    let shortfalls = ShortfallRule::usual("demo");
    Shop {
        id,
        name: "demo".to_owned(),
        keep_orders_days: 1,
        report: Default::default(),
        shortfalls,
        locations,
        connections,
    }
}

fn part(text: &str) -> Component {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let sku = Sku::new(&text[digits.len()..]).unwrap();
    Component { sku, factor: digits.parse().unwrap_or(1) }
}

fn balances(free: &[(String, String, i64)]) -> BTreeMap<StockKey, Stock> {
    let baseline = Some(Timestamp::UNIX_EPOCH);
    let row = |(sku, store, free): &(String, String, i64)| {
        let key = StockKey {
            sku: Sku::new(sku.as_str()).unwrap(),
            location: LocationId::new(store.as_str()).unwrap(),
        };
        (key, Stock { on_hand: *free, free: *free, baseline, ..Stock::default() })
    };
    free.iter().map(row).collect()
}

/// `listings` as "connection: recipe @ store,store, keep 1", `free` as "SKU@store 5", `expected` in the listings' order.
fn check(listings: &[&str], free: &[&str], counter: Counter, expected: &[Option<u32>]) {
    let row = |text: &&str| {
        let (connection, rest) = text.split_once(": ").unwrap();
        let (rest, keep) = rest.split_once(", keep ").unwrap_or((rest, "0"));
        let (recipe, stores) = rest.split_once(" @ ").unwrap();
        let stores = stores.split(',').map(str::to_owned).collect();
        (connection.to_owned(), recipe.to_owned(), keep.parse().unwrap(), stores)
    };
    let rows: Vec<Row> = listings.iter().map(row).collect();
    let free: Vec<(String, String, i64)> = free
        .iter()
        .map(|text| {
            let (key, units) = text.split_once(' ').unwrap();
            let (sku, store) = key.split_once('@').unwrap();
            (sku.to_owned(), store.to_owned(), units.parse().unwrap())
        })
        .collect();
    let left = safe_values(&shop(&rows), &balances(&free), counter);
    for (number, ((connection, ..), expected)) in rows.iter().zip(expected).enumerate() {
        let connection = ConnectionId::new(connection.trim_end_matches('!')).unwrap();
        let key = ListingKey { connection, listing: ListingId::new(format!("{number}")).unwrap() };
        assert_eq!(left.get(&key), expected.as_ref(), "{} with {free:?}", listings[number]);
    }
}

#[test]
fn each_unit_is_offered_once() {
    use Counter::{KeepsItsUnits as Keeps, SharesItsUnits as Shares};
    // Ten shirts, two channels that both showed ten: five each.
    check(&["shopee: A @ hcm", "web: A @ hcm"], &["A@hcm 10"], Keeps, &[Some(5), Some(5)]);
    // The odd one goes to the first.
    check(&["shopee: A @ hcm", "web: A @ hcm"], &["A@hcm 11"], Keeps, &[Some(6), Some(5)]);
    // One listing alone may have all of it, from both stores.
    check(&["shopee: A @ hcm,dn"], &["A@hcm 3", "A@dn 4"], Keeps, &[Some(7)]);
    // Nothing left, or more sold than there is.
    check(&["shopee: A @ hcm"], &["A@hcm 0"], Keeps, &[Some(0)]);
    check(&["shopee: A @ hcm"], &["A@hcm -3"], Keeps, &[Some(0)]);
    // What Hồ Chí Minh has sold and does not have, Đà Nẵng must send.
    check(&["shopee: A @ hcm,dn"], &["A@hcm -3", "A@dn 5"], Keeps, &[Some(2)]);
    // A box of 24 and single pieces share what is there: a box counts 24.
    check(&["shopee: 24A @ hcm", "web: A @ hcm"], &["A@hcm 50"], Keeps, &[Some(2), Some(2)]);
    check(&["shopee: 24A @ hcm", "web: A @ hcm"], &["A@hcm 23"], Keeps, &[Some(0), Some(23)]);
    // A set of one A and one B, beside A and B alone.
    check(
        &["shopee: A @ hcm", "shopee: B @ hcm", "web: A+B @ hcm"],
        &["A@hcm 6", "B@hcm 4"],
        Keeps,
        &[Some(4), Some(2), Some(2)],
    );
    // One kept back from the website stays kept back.
    check(&["shopee: A @ hcm", "web: A @ hcm, keep 2"], &["A@hcm 10"], Keeps, &[Some(5), Some(3)]);
    // What stands in a store with a till is sold over the counter, unless the shop says otherwise.
    check(&["web: A @ hn,hcm"], &["A@hn 10", "A@hcm 6"], Keeps, &[Some(6)]);
    check(&["web: A @ hn,hcm"], &["A@hn 10", "A@hcm 6"], Shares, &[Some(16)]);
    check(&["web: A @ hn,hcm"], &["A@hn -4", "A@hcm 6"], Keeps, &[Some(2)]);
    // A till's product is read and never written; a product nobody has counted was never published.
    check(&["till!: A @ hn", "web: A @ hcm"], &["A@hn 10", "A@hcm 6"], Keeps, &[None, Some(6)]);
    check(&["web: A+Z @ hcm"], &["A@hcm 6"], Keeps, &[None]);
    // Large numbers are dealt as quickly as small ones.
    check(
        &["shopee: A @ hcm", "web: A @ hcm"],
        &["A@hcm 1000000000"],
        Keeps,
        &[Some(500_000_000), Some(500_000_000)],
    );
}

/// Listings, what is free where, and whether the counter shares its units.
type Case = (Vec<Row>, Vec<(String, String, i64)>, bool);

fn shops() -> impl Strategy<Value = Case> {
    let connection = prop::sample::select(vec!["shopee", "web", "tiki", "till!"]);
    let recipe = prop::sample::select(vec!["A", "B", "2A", "24B", "A+B", "A+2B", "3A+C", "C", "A+A"]);
    let stores = prop::sample::select(vec![
        vec!["hcm"],
        vec!["hcm", "dn"],
        vec!["hn", "hcm"],
        vec!["dn", "hn", "hcm"],
    ]);
    let row = (connection, recipe, 0_u32..3, stores).prop_map(|(connection, recipe, buffer, stores)| {
        let stores = stores.into_iter().map(str::to_owned).collect();
        (connection.to_owned(), recipe.to_owned(), buffer, stores)
    });
    let units = prop_oneof![-5_i64..60, 0_i64..5, 0_i64..2_000_000];
    let free = prop::collection::btree_map(
        (prop::sample::select(vec!["A", "B", "C"]), prop::sample::select(vec!["hcm", "dn", "hn"])),
        units,
        0..9,
    );
    let free = free.prop_map(|map| {
        map.into_iter().map(|((sku, store), units)| (sku.to_owned(), store.to_owned(), units)).collect()
    });
    (prop::collection::vec(row, 1..8), free, any::<bool>())
}

#[test]
fn whatever_the_shop_no_unit_is_offered_twice_and_no_listing_shows_more_than_before() {
    let seed: u64 = std::env::var("SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_122);
    println!("SEED={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    let dice = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    TestRunner::new_with_rng(config, dice).run(&shops(), |case| law(&case)).unwrap();
}

fn law((rows, free, shares): &Case) -> Result<(), TestCaseError> {
    let counter = if *shares { Counter::SharesItsUnits } else { Counter::KeepsItsUnits };
    let (shop, balances) = (shop(rows), balances(free));
    let left = safe_values(&shop, &balances, counter);
    let mut offered: BTreeMap<&Sku, i64> = BTreeMap::new();
    for (key, units) in &left {
        let connection = &shop.connections[&key.connection];
        let listing = &connection.listings[&key.listing];
        prop_assert!(listing.publish, "a listing that is only read is left alone");
        for part in &listing.recipe {
            *offered.entry(&part.sku).or_default() += i64::from(*units) * i64::from(part.factor);
        }
        let free = |sku: &Sku, store: &LocationId| {
            let key = StockKey { sku: sku.clone(), location: store.clone() };
            balances.get(&key).map_or(0, |stock| stock.free)
        };
        // The rule for what is shown counts a product that stands twice in a recipe by its larger part.
        let recipe_repeats = listing.recipe.len() == 2 && listing.recipe[0].sku == listing.recipe[1].sku;
        let before = quantity_to_show(listing, &connection.serves_from, free);
        prop_assert!(recipe_repeats || *units <= before, "{key:?}: {units} after {before}");
    }
    for (sku, units) in offered {
        let of_sku = || balances.iter().filter(|(key, _)| key.sku == *sku);
        let free: i64 = of_sku().map(|(_, stock)| stock.free).sum();
        prop_assert!(units <= free.max(0), "{units} of {sku} are offered, {free} are free");
        if counter == Counter::KeepsItsUnits {
            let elsewhere = of_sku().filter(|(key, _)| !shop.is_till_owned(&key.location));
            let free: i64 = elsewhere.map(|(_, stock)| stock.free.max(0)).sum();
            prop_assert!(
                units <= free,
                "{units} of {sku} are offered, {free} stand outside stores with a till"
            );
        }
    }
    Ok(())
}
