//! A shop's day as a table that a shop manager can read, and what it would have come to under one rule and another.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use commerce::catalogue::{Component, Connection, Listing, Location, Sharing, Shop};
use commerce::cover::ShareRule;
use commerce::ids::{ConnectionId, ListingId, LocationId, ShopId, Sku};
use commerce::shortfall::ShortfallRule;
use commerce::stock::{Cause, ListingKey, Movement, StockDelta, StockKey};
use commerce::what_if::{Velocity, demand, oversold, play, velocity};
use std::collections::BTreeMap;

const LAG_MS: i64 = 5_000;

fn connection(id: &str, recipes: &[(&str, &[(&str, u32)])]) -> Connection {
    let part = |(sku, factor): &(&str, u32)| Component { sku: Sku::new(*sku).unwrap(), factor: *factor };
    let listing = |(id, recipe): &(&str, &[(&str, u32)])| {
        let id = ListingId::new(*id).unwrap();
        let recipe = recipe.iter().map(part).collect();
        (id.clone(), Listing { id, recipe, buffer: 0, publish: true, rule: None, paused: false })
    };
    Connection {
        id: ConnectionId::new(id).unwrap(),
        channel: "shopee".to_owned(),
        base_url: None,
        webhook_url: None,
        serves_from: vec![LocationId::new("hn").unwrap()],
        account: BTreeMap::new(),
        sharing: Sharing::Cover,
        rule: ShareRule::default(),
        listings: recipes.iter().map(listing).collect(),
    }
}

/// Shirts on a mall and on a website; the mall has a set of shirt and cap as well.
fn shop() -> Shop {
    let mall = connection("mall", &[("shirt", &[("SHIRT", 1)]), ("set", &[("SHIRT", 1), ("CAP", 1)])]);
    let web = connection("web", &[("shirt", &[("SHIRT", 1)])]);
    let hn = LocationId::new("hn").unwrap();
    let hn =
        Location { id: hn, name: "Hà Nội".to_owned(), till: None, walk_in_reserve: 0, orders_to: None };
    Shop {
        id: ShopId::new("demo").unwrap(),
        name: "Lan".to_owned(),
        keep_orders_days: 60,
        report: Default::default(),
        shortfalls: ShortfallRule::usual("Lan"),
        locations: vec![hn],
        connections: [mall, web].into_iter().map(|c| (c.id.clone(), c)).collect(),
    }
}

fn with(change: impl FnOnce(&mut Shop)) -> Shop {
    let mut shop = shop();
    // The set plays only where a story is about it.
    change(&mut shop);
    shop
}

fn without_set(shop: &mut Shop) {
    let mall = shop.connections.get_mut(&ConnectionId::new("mall").unwrap()).unwrap();
    mall.listings.remove(&ListingId::new("set").unwrap());
}

fn pooled(shop: &mut Shop) {
    without_set(shop);
    shop.connections.values_mut().for_each(|connection| connection.sharing = Sharing::Pool);
}

/// `time | what | where | order or product | units`, one row for each thing that happened.
fn moves(story: &str) -> Vec<(StockKey, Movement)> {
    let rows = story.lines().filter(|row| !row.trim().is_empty());
    rows.flat_map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [time, what, place, name, units] = cells[..] else { panic!("{row}") };
        let at_ms = at_ms(time);
        row_moves(what, place, name, units.parse().unwrap(), at_ms)
    })
    .collect()
}

fn at_ms(time: &str) -> i64 {
    let at: commerce::Timestamp = format!("2026-11-22T{time}Z").parse().unwrap();
    at.as_millisecond()
}

fn row_moves(what: &str, place: &str, name: &str, units: i64, at_ms: i64) -> Vec<(StockKey, Movement)> {
    let balance =
        |sku: &str| StockKey { sku: Sku::new(sku).unwrap(), location: LocationId::new("hn").unwrap() };
    let listing = if what == "sold as a set" { "set" } else { "shirt" };
    let key = ListingKey::try_from(format!("{place}/{listing}"));
    let order = || {
        let connection = ConnectionId::new(place).unwrap();
        Cause::Order { connection, order: name.to_owned(), by: None }
    };
    let one = |sku: &str, cause, delta| vec![(balance(sku), Movement { cause, at_ms, delta })];
    let delta = StockDelta::default;
    let sold = |sku: &str| {
        let cover = [(key.clone().unwrap(), -units)].into();
        one(sku, order(), StockDelta { committed: units, cover, ..delta() })
    };
    match what {
        "counted" => {
            let cause = Cause::Document { document: format!("count {at_ms}") };
            one(name, cause, StockDelta { on_hand: units, ..delta() })
        }
        "sold" => sold("SHIRT"),
        "sold as a set" => [sold("SHIRT"), sold("CAP")].concat(),
        "sold from the pool" => one("SHIRT", order(), StockDelta { committed: units, ..delta() }),
        "called off" => one("SHIRT", order(), StockDelta { committed: -units, ..delta() }),
        "left" => one("SHIRT", order(), StockDelta { committed: -units, on_hand: -units, ..delta() }),
        "sold at the till" => one("SHIRT", order(), StockDelta { on_hand: -units, ..delta() }),
        other => panic!("no such event: {other}"),
    }
}

/// The shirt under a rule, as `wanted, refused, oversold; unsold in so many stock-outs`.
fn shirts(rule: &Shop, story: &str) -> String {
    let played = play(rule, &demand(&shop(), &moves(story)), LAG_MS);
    let figures = played.figures.get(&Sku::new("SHIRT").unwrap()).copied().unwrap_or_default();
    format!(
        "wanted {}, refused {}, oversold {}; unsold {} in {}",
        figures.wanted_units,
        figures.refused_units,
        figures.oversold_units,
        figures.unsold_units,
        figures.stock_outs
    )
}

/// Two buyers want the last shirt within two seconds of each other.
const LAST_SHIRT: &str = "
08:00:00 | counted            |      | SHIRT | 1
09:00:00 | sold from the pool | mall | M1    | 1
09:00:02 | sold from the pool | web  | W1    | 1
";

#[test]
fn a_shared_pool_sells_the_last_shirt_twice_and_cover_does_not() {
    assert_eq!(shirts(&with(pooled), LAST_SHIRT), "wanted 2, refused 0, oversold 1; unsold 0 in 1");
    assert_eq!(shirts(&with(without_set), LAST_SHIRT), "wanted 2, refused 1, oversold 0; unsold 0 in 1");
    let really = oversold(&moves(LAST_SHIRT));
    assert_eq!(really.into_values().collect::<Vec<_>>(), [1]);
}

#[test]
fn a_pool_that_hears_in_time_refuses_the_second_buyer() {
    let later = LAST_SHIRT.replace("09:00:02", "09:00:05");
    assert_eq!(shirts(&with(pooled), &later), "wanted 2, refused 1, oversold 0; unsold 0 in 1");
}

#[test]
fn a_buffer_oversells_less_and_leaves_goods_on_the_shelf() {
    let story = "
08:00:00 | counted            |      | SHIRT | 3
09:00:00 | sold from the pool | mall | M1    | 2
09:00:02 | sold from the pool | web  | W1    | 2
";
    let buffered = with(|shop| {
        pooled(shop);
        let listings = shop.connections.values_mut().flat_map(|c| c.listings.values_mut());
        listings.for_each(|listing| listing.buffer = 1);
    });
    assert_eq!(shirts(&with(pooled), story), "wanted 4, refused 0, oversold 1; unsold 0 in 1");
    assert_eq!(shirts(&buffered, story), "wanted 4, refused 0, oversold 1; unsold 0 in 1");
    let story = story.replace("W1    | 2", "W1    | 1").replace("M1    | 2", "M1    | 1");
    assert_eq!(shirts(&buffered, &story), "wanted 2, refused 0, oversold 0; unsold 1 in 1");
}

/// Everybody buys on the website. A fixed half for the mall stays there; shares that follow the buyers come after them.
#[test]
fn a_fixed_part_leaves_goods_where_nobody_buys() {
    let sales: String = (1..=8).map(|n| format!("09:0{n}:00 | sold | web | W{n} | 1\n")).collect();
    let story = format!("08:00:00 | counted | | SHIRT | 8\n{sales}");
    assert_eq!(shirts(&with(without_set), &story), "wanted 8, refused 0, oversold 0; unsold 0 in 1");
    let halves = with(|shop| {
        without_set(shop);
        shop.connections.values_mut().for_each(|connection| connection.rule.percent = Some(50));
    });
    // Half of what is left is dealt anew after each sale, so the last one is never the website's.
    assert_eq!(shirts(&halves, &story), "wanted 8, refused 1, oversold 0; unsold 1 in 1");
}

#[test]
fn goods_that_come_end_a_stock_out_and_what_is_called_off_is_sold_again() {
    let story = "
08:00:00 | counted    |      | SHIRT | 1
09:00:00 | sold       | mall | M1    | 1
09:10:00 | called off | mall | M1    | 1
09:20:00 | sold       | mall | M2    | 1
09:30:00 | left       | mall | M2    | 1
10:00:00 | counted    |      | SHIRT | 5
10:10:00 | sold       | mall | M3    | 2
";
    assert_eq!(shirts(&with(without_set), story), "wanted 4, refused 0, oversold 0; unsold 0 in 1");
}

#[test]
fn a_reserve_for_walk_in_buyers_keeps_the_till_from_overselling() {
    let story = "
08:00:00 | counted          |      | SHIRT | 4
09:00:00 | sold             | mall | M1    | 2
09:10:00 | sold             | mall | M2    | 1
09:20:00 | sold at the till | till | T1    | 2
";
    assert_eq!(shirts(&with(without_set), story), "wanted 3, refused 0, oversold 1; unsold 0 in 1");
    let reserved = with(|shop| {
        without_set(shop);
        shop.locations[0].walk_in_reserve = 2;
    });
    // One of the two that are not kept is the website's: the order for two finds one.
    assert_eq!(shirts(&reserved, story), "wanted 3, refused 2, oversold 0; unsold 1 in 1");
}

#[test]
fn a_set_is_one_buyer_and_needs_all_of_its_parts() {
    let story = "
08:00:00 | counted       |      | SHIRT | 4
08:00:00 | counted       |      | CAP   | 1
09:00:00 | sold as a set | mall | M1    | 1
09:10:00 | sold as a set | mall | M2    | 1
";
    let events = demand(&shop(), &moves(story));
    let played = play(&shop(), &events, LAG_MS);
    for sku in ["SHIRT", "CAP"] {
        let figures = played.figures[&Sku::new(sku).unwrap()];
        assert_eq!((figures.orders, figures.refused_orders), (2, 1), "{sku}");
    }
    assert_eq!(played.refused.len(), 1);
}

#[test]
fn what_was_sold_before_the_first_count_is_not_judged() {
    let story = "
07:00:00 | sold    | mall | M1    | 3
08:00:00 | counted |      | SHIRT | 9
";
    assert_eq!(shirts(&with(without_set), story), "wanted 0, refused 0, oversold 0; unsold 0 in 0");
}

#[test]
fn the_buffer_is_lag_times_the_busiest_speed_rounded_up() {
    let story = "
08:00:00 | counted | | SHIRT | 90
09:00:00 | sold | mall | M1 | 2
09:00:03 | sold | web  | W1 | 3
09:06:00 | sold | web  | W2 | 7
09:30:00 | sold | web  | W3 | 1
";
    let events = demand(&shop(), &moves(story));
    let speed = |lag_ms| velocity(&events, lag_ms)[&Sku::new("SHIRT").unwrap()];
    // 12 units within ten minutes: 0.1 in five seconds, 1.2 in a minute.
    assert_eq!(speed(5_000), Velocity { busiest_units: 12, in_one_lag_units: 7, buffer_units: 1 });
    assert_eq!(speed(60_000), Velocity { busiest_units: 12, in_one_lag_units: 7, buffer_units: 2 });
    assert_eq!(speed(0).buffer_units, 0);
}

/// A large shop is played in parts; what happens to one product changes nothing of another.
#[test]
fn a_product_comes_to_the_same_alone_and_among_a_thousand_others() {
    let recipe: Vec<(String, String)> = (0..1_000).map(|n| (format!("l-{n}"), format!("SKU-{n}"))).collect();
    let mut shop = with(without_set);
    for connection in shop.connections.values_mut() {
        for (listing, sku) in &recipe {
            let id = ListingId::new(listing.as_str()).unwrap();
            let part = Component { sku: Sku::new(sku.as_str()).unwrap(), factor: 1 };
            let (buffer, publish, rule, paused) = (0, true, None, false);
            let one = Listing { id: id.clone(), recipe: vec![part], buffer, publish, rule, paused };
            connection.listings.insert(id, one);
        }
    }
    assert_eq!(shirts(&shop, LAST_SHIRT), shirts(&with(without_set), LAST_SHIRT));
}
