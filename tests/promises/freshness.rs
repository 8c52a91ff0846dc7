//! How soon a change is shown, and which listing waits longest for its number: measured where it happens, told in the
//! morning.

use crate::mornings::{shops, telegram};
use commerce::ids::{ConnectionId, ListingId, ShopId};
use hopkenh_tests::history::time;
use hopkenh_tests::shelf::Manner;
use hopkenh_tests::stock_story::Stage;
use reports::shop::{Freshness, ShopReport};
use table::listing_item::ListingState;

/// The business day after the one on which the shop was taken over: it begins at 17:00 by Greenwich.
const DAY: &str = "2026-11-23";

/// A shop with a hundred shirts whose listings are taken over, and show their numbers, on the day before.
async fn taken_over() -> Stage {
    let mut stage = Stage::open_with(shops(&telegram())).await;
    for row in ["15:00 | counted | hn | 100", "15:05 | orders are read", "15:06 | orders are read"] {
        stage.happens(row).await;
    }
    stage
}

/// The same shop with a website that shows all that is free.
const POOLED: &str = r#"
[[shop]]
id = "demo"
name = "Cửa hàng Mẫu"
shortfalls = { owner = "Lan", within_hours = 6 }
[[shop.location]]
id = "hn"
name = "Hà Nội"
till = { connection = "till", branch = "55" }
[[shop.connection]]
id = "web"
channel = "shopify"
serves_from = ["hn"]
sharing = "pool"
account = { list_lag_ms = "0" }
listing = [{ id = "ao-m", sku = "AO-M" }]
[[shop.connection]]
id = "mall"
channel = "shopee"
serves_from = ["hn"]
sharing = "pool"
account = { list_lag_ms = "0" }
listing = [{ id = "ao-m", sku = "AO-M" }]
[[shop.connection]]
id = "till"
channel = "kiotviet"
serves_from = ["hn"]
listing = [{ id = "ao-m", sku = "AO-M", publish = false }]
"#;

/// The morning report of the day, made at that time.
async fn report(stage: &mut Stage, at: &str) -> ShopReport {
    stage.book.set_clock(time(at));
    stage.book.follow_stream().await;
    let (shop, day) = (stage.shop(), DAY.parse().unwrap());
    let whole = stage.reconcile().compare_whole(&stage.book.shops, &shop, Some(day)).await.unwrap();
    workflows::MorningReport::beside(stage.reconcile()).make(&shop, &whole).await.unwrap().report
}

fn of<'r>(report: &'r ShopReport, connection: &str) -> Option<&'r Freshness> {
    let mut days = report.connections.iter().filter(|day| day.connection.as_str() == connection);
    days.next().unwrap().freshness.as_ref()
}

async fn state(stage: &Stage, connection: &str) -> ListingState {
    let (shop, connection) = (ShopId::new("demo").unwrap(), ConnectionId::new(connection).unwrap());
    let listing = ListingId::new("ao-m").unwrap();
    let mut states =
        stage.book.table.load_listings(&shop, &connection, std::slice::from_ref(&listing)).await.unwrap();
    states.remove(&listing).unwrap()
}

/// Orders are read from one minute of the day to another.
async fn read_orders_every_ten_minutes(stage: &mut Stage, from: u32, to: u32) {
    for minute in (from..=to).step_by(10) {
        stage.happens(&format!("{:02}:{:02} | orders are read", minute / 60, minute % 60)).await;
    }
}

#[tokio::test]
async fn a_change_after_400_ms_and_one_after_90_s_make_the_days_p50_and_p99() {
    let mut stage = taken_over().await;
    stage.hears_late_of_the_till("17:10", 20, 400).await;
    for row in ["17:11 | orders are read", "17:12 | orders are read"] {
        stage.happens(row).await;
    }
    let before = report(&mut stage, "2026-11-22T17:15:00Z").await;
    stage.hears_late_of_the_till("17:20", 20, 90_000).await;
    for row in ["17:23 | orders are read", "17:24 | orders are read"] {
        stage.happens(row).await;
    }
    let report = report(&mut stage, "2026-11-22T17:30:00Z").await;
    let web = [&before, &report].map(|report| of(report, "web").unwrap().clone());
    // First it is lowered for what the till lacks, then raised again out of what the other one has given up.
    assert_eq!((web[0].changes, web[0].p99_ms, &web[0].oldest_stale), (2, Some(500), &None));
    assert_eq!((web[1].changes, web[1].p50_ms, web[1].p99_ms), (3, Some(500), Some(96_000)), "{web:?}");
    // A channel that overwrites what it shows goes over 0, and the orders up to then are read first.
    let mall = of(&report, "mall").unwrap();
    assert_eq!((mall.changes, mall.p99_ms, &mall.oldest_stale), (3, Some(192_000), &None), "{mall:?}");
    assert_eq!(of(&report, "till"), None, "a till shows nothing");
}

#[tokio::test]
async fn a_listing_whose_channel_takes_no_number_is_the_oldest_stale_one_until_it_shows_it() {
    let mut stage = taken_over().await;
    stage.happens("17:09 | orders are read").await;
    stage.behaves("web", Manner::Busy);
    stage.happens("17:10 | counted | hn | 300").await;
    read_orders_every_ten_minutes(&mut stage, 17 * 60 + 20, 20 * 60).await;
    let found = report(&mut stage, "2026-11-22T20:05:00Z").await;
    let web = of(&found, "web").unwrap();
    let stale = web.oldest_stale.as_ref().unwrap();
    assert_eq!((stale.listing.as_str(), stale.product.as_str()), ("ao-m", "AO-M · Áo thun đỏ M"));
    assert_eq!(stale.since, time("2026-11-22T17:10:00Z"), "the count is what it waits for");
    assert_eq!((web.changes, web.p50_ms), (0, None), "nothing was shown");
    assert_eq!(of(&found, "mall").unwrap().oldest_stale, None);
    stage.behaves("web", Manner::Good);
    read_orders_every_ten_minutes(&mut stage, 20 * 60 + 10, 20 * 60 + 30).await;
    let found = report(&mut stage, "2026-11-22T20:35:00Z").await;
    let web = of(&found, "web").unwrap();
    assert_eq!((web.changes, &web.oldest_stale), (1, &None), "{web:?}");
    assert!(web.p99_ms.unwrap() >= 3 * 3_600_000, "it waited for three hours: {web:?}");
}

/// Buyers see the wrong number, whoever's wish it is.
#[tokio::test]
async fn a_listing_that_a_campaign_keeps_waits_as_well() {
    let mut stage = taken_over().await;
    stage.behaves("web", Manner::Campaign);
    stage.hears_late_of_the_till("17:10", 20, 400).await;
    let found = report(&mut stage, "2026-11-22T18:10:00Z").await;
    let stale = of(&found, "web").unwrap().oldest_stale.clone().unwrap();
    assert_eq!(stale.since, time("2026-11-22T17:10:00Z"));
    assert!(
        !state(&stage, "web").await.listed.is_stale(time("2026-11-22T18:10:00Z")),
        "the operator is not called"
    );
}

#[tokio::test]
async fn a_listing_of_the_shared_pool_is_timed_as_well() {
    let mut stage = Stage::open_with(hopkenh_tests::book::shops(POOLED)).await;
    stage.happens("15:00 | counted | hn | 100").await;
    stage.hears_late_of_the_till("17:10", 20, 400).await;
    stage.behaves("web", Manner::Busy);
    stage.hears_late_of_the_till("17:20", 20, 90_000).await;
    let found = report(&mut stage, "2026-11-22T17:40:00Z").await;
    let [web, mall] = ["web", "mall"].map(|name| of(&found, name).unwrap());
    assert_eq!((mall.changes, mall.p50_ms, mall.p99_ms), (2, Some(500), Some(96_000)), "{mall:?}");
    assert_eq!((web.changes, web.p99_ms), (1, Some(500)), "{web:?}");
    assert_eq!(web.oldest_stale.as_ref().unwrap().since, time("2026-11-22T17:20:00Z"));
    assert!(
        state(&stage, "web").await.listed.is_stale(time("2026-11-22T17:40:00Z")),
        "the operator is called"
    );
}

#[tokio::test]
async fn of_days_that_are_long_over_nothing_is_claimed() {
    let mut stage = taken_over().await;
    stage.hears_late_of_the_till("17:10", 20, 400).await;
    let report = report(&mut stage, "2026-11-25T18:00:00Z").await;
    assert_eq!(of(&report, "web"), None, "listings remember two days");
}

#[tokio::test]
async fn what_is_remembered_takes_less_than_a_hundred_bytes() {
    use table::attributes::item_bytes;
    let mut stage = taken_over().await;
    for minute in 10..40 {
        stage.hears_late_of_the_till(&format!("17:{minute}"), 1, i64::from(minute) * 37 % 50_000).await;
        stage.happens(&format!("17:{minute} | orders are read")).await;
    }
    for connection in ["mall", "web"] {
        let state = state(&stage, connection).await;
        let key = table::keys::listing(
            &ShopId::new("demo").unwrap(),
            &ConnectionId::new(connection).unwrap(),
            &ListingId::new("ao-m").unwrap(),
        );
        let bytes = item_bytes(&table::listing_item::to_item(&key, &state).unwrap());
        let mut plain = state.clone();
        plain.listed.freshness = Default::default();
        let before = item_bytes(&table::listing_item::to_item(&key, &plain).unwrap());
        assert!(bytes > before && bytes - before < 100, "{connection}: {bytes} of {before}");
        assert_eq!(
            table::listing_item::from_item(&table::listing_item::to_item(&key, &state).unwrap()).unwrap(),
            state
        );
    }
}
