//! Whoever is told "held" has the units, whoever is not has none, however many people ask at the same moment.

use channels::channel::WebhookRequest;
use commerce::ids::{LocationId, ShopId, Sku};
use commerce::level::Level;
use commerce::stock::{Stock, StockKey};
use hopkenh_tests::engines::Engines;
use lambda_kit::shops::Shops;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use twins::{Push, SocialTwin, SocialTwinConfig, TwinLine, TwinListing};
use workflows::TakeOrders;
use workflows::counters::Counters;
use workflows::record_levels::RecordLevels;
use workflows::take_orders::Said;

const SHOP: &str = r#"
[[shop]]
id = "demo"
name = "Cửa hàng Mẫu"
[[shop.location]]
id = "hn"
name = "Hà Nội"
[[shop.location]]
id = "hcm"
name = "TP. Hồ Chí Minh"
[[shop.connection]]
id = "social"
channel = "social"
serves_from = ["hn", "hcm"]
secrets = { webhook_secret = "file:secrets.toml#desk" }
listing = [
  { id = "ao-m", sku = "AO-M", publish = false },
  { id = "ao-l", sku = "AO-L", publish = false },
  { id = "thung-6", sku = "AO-L", factor = 6, publish = false },
]
"#;

/// A book, the function over it, and the desk that asks.
struct Desk {
    engines: Engines,
    take: TakeOrders,
    twin: Arc<SocialTwin>,
    _folder: TempDir,
}

impl Desk {
    async fn open(counts: &[(&str, &str, i64)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("shops.toml");
        std::fs::write(&config, SHOP).unwrap();
        let secrets = folder.path().join("secrets.toml");
        std::fs::write(&secrets, "desk = \"desk-secret\"\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let engines = Engines::start().await;
        let take = TakeOrders {
            shops: Shops::from_file(&config).unwrap().into(),
            table: engines.table.clone(),
            clock: engines.clock.clone(),
            counters: Counters::default(),
            draw: workflows::hold_codes::drawn(),
        };
        let desk = Self { take, twin: twin(&engines).await, engines, _folder: folder };
        for (sku, location, on_hand) in counts {
            desk.count(sku, location, *on_hand).await;
        }
        desk
    }

    async fn count(&self, sku: &str, location: &str, on_hand: i64) {
        let location = LocationId::new(location).unwrap();
        let as_of = "2026-11-22T01:00:00Z".parse().unwrap();
        let level = Level { location, on_hand, as_of, source: "count".to_owned() };
        let levels = RecordLevels { table: &self.engines.table };
        levels.record(&ShopId::new("demo").unwrap(), &Sku::new(sku).unwrap(), &level).await;
    }

    async fn send(&self, push: &Push) -> Said {
        self.take.take("demo", "social", &request(push)).await
    }

    async fn hold(&self, lines: &[(&str, u32)]) -> (String, Said) {
        let (id, push) = self.twin.hold(&wish(lines));
        (id, self.send(&push).await)
    }

    async fn stock(&self, sku: &str, location: &str) -> Stock {
        let key = StockKey { sku: Sku::new(sku).unwrap(), location: LocationId::new(location).unwrap() };
        let shop = ShopId::new("demo").unwrap();
        let found = self.engines.table.load_stock(&shop, std::slice::from_ref(&key)).await.unwrap();
        found.get(&key).cloned().unwrap_or_default()
    }

    async fn free(&self, sku: &str, location: &str) -> i64 {
        self.stock(sku, location).await.free
    }
}

async fn twin(engines: &Engines) -> Arc<SocialTwin> {
    let listing = |id: &&str| TwinListing {
        id: (*id).to_owned(),
        sku: (*id).to_owned(),
        name: (*id).to_owned(),
        price_minor: 90_000,
        stock: 1_000,
    };
    let config = SocialTwinConfig {
        webhook_secret: "desk-secret".to_owned(),
        meta_app_secret: String::new(),
        meta_verify_token: String::new(),
        zalo_app_id: String::new(),
        zalo_oa_secret: String::new(),
        webhook_url: "https://hooks.example.vn/webhooks/demo/social".to_owned(),
        orders_url: "https://hooks.example.vn/orders/demo/social".to_owned(),
        listings: ["ao-m", "ao-l", "thung-6"].iter().map(listing).collect(),
        latency: Duration::ZERO,
        clock: engines.clock.clone(),
        port: 0,
    };
    SocialTwin::start(config).await.unwrap()
}

fn wish(lines: &[(&str, u32)]) -> Vec<TwinLine> {
    let line =
        |(listing, quantity): &(&str, u32)| TwinLine { listing: (*listing).to_owned(), quantity: *quantity };
    lines.iter().map(line).collect()
}

fn request(push: &Push) -> WebhookRequest {
    let (method, headers, body) = (push.method.clone(), push.headers.clone(), push.body.clone());
    WebhookRequest { method, query: Vec::new(), headers, body }
}

/// Line by line: wanted, available, store.
fn lines(said: &Said) -> Vec<(u64, u64, &str)> {
    let line = |line: &'_ Value| (line["wanted"].as_u64().unwrap(), line["available"].as_u64().unwrap());
    let lines = said.body["lines"].as_array().unwrap().iter();
    lines.map(|l| (line(l).0, line(l).1, l["location"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_people_at_once_get_fifty_units_and_no_more() {
    let desk = Desk::open(&[("AO-M", "hn", 30), ("AO-M", "hcm", 20)]).await;
    let asks = (0..1_000).map(|_| {
        let (_, push) = desk.twin.hold(&wish(&[("ao-m", 1)]));
        let take = desk.take.clone();
        tokio::spawn(async move { take.take("demo", "social", &request(&push)).await })
    });
    let asks: Vec<_> = asks.collect();
    let mut said = Vec::new();
    for ask in asks {
        said.push(ask.await.unwrap());
    }
    let with = |status: u16, held: bool| {
        said.iter().filter(|said| said.status == status && said.body["held"] == held).count()
    };
    assert_eq!((with(200, true), with(409, false)), (50, 950));
    for (location, units) in [("hn", 30), ("hcm", 20)] {
        let stock = desk.stock("AO-M", location).await;
        assert_eq!((stock.on_hand, stock.committed, stock.free), (units, units, 0), "{location}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_is_whole_or_it_is_none() {
    let desk = Desk::open(&[("AO-M", "hn", 5), ("AO-L", "hcm", 7)]).await;
    let (_, short) = desk.hold(&[("ao-m", 2), ("ao-l", 2), ("thung-6", 1)]).await;
    assert_eq!((short.status, lines(&short)), (409, vec![(2, 5, "hn"), (2, 7, "hcm"), (1, 0, "hcm")]));
    assert_eq!(
        (desk.free("AO-M", "hn").await, desk.free("AO-L", "hcm").await),
        (5, 7),
        "nothing was written"
    );
    let (_, held) = desk.hold(&[("ao-m", 5), ("thung-6", 1), ("ao-l", 1)]).await;
    assert_eq!((held.status, lines(&held)), (200, vec![(5, 5, "hn"), (1, 1, "hcm"), (1, 1, "hcm")]));
    assert_eq!((desk.free("AO-M", "hn").await, desk.free("AO-L", "hcm").await), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_order_again_is_answered_the_same_and_writes_nothing() {
    let desk = Desk::open(&[("AO-M", "hn", 3)]).await;
    let (_, push) = desk.twin.hold(&wish(&[("ao-m", 2)]));
    let first = desk.send(&push).await;
    let before = desk.engines.table.meter().reading();
    for _ in 0..5 {
        assert_eq!(desk.send(&push).await, first);
    }
    assert_eq!(desk.engines.table.meter().reading().since(before).write_tenths, 0);
    let again: Vec<_> = (0..20)
        .map(|_| {
            let (take, request) = (desk.take.clone(), request(&push));
            tokio::spawn(async move { take.take("demo", "social", &request).await })
        })
        .collect();
    for ask in again {
        assert_eq!(ask.await.unwrap(), first);
    }
    assert_eq!(desk.free("AO-M", "hn").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_is_confirmed_shipped_or_given_up() {
    let desk = Desk::open(&[("AO-M", "hn", 3)]).await;
    let (kept, _) = desk.hold(&[("ao-m", 2)]).await;
    let (_, short) = desk.hold(&[("ao-m", 2)]).await;
    assert_eq!((short.status, lines(&short)), (409, vec![(2, 1, "hn")]));
    for (action, on_hand, free) in [("confirm", 3, 1), ("ship", 1, 1)] {
        let push = desk.twin.call(&kept, action).unwrap();
        assert_eq!(desk.send(&push).await.status, 200, "{action}");
        let stock = desk.stock("AO-M", "hn").await;
        assert_eq!((stock.on_hand, stock.free), (on_hand, free), "{action}");
    }
    let (dropped, push) = desk.twin.hold(&wish(&[("ao-m", 1)]));
    assert_eq!(desk.send(&push).await.status, 200);
    let cancel = desk.twin.call(&dropped, "cancel").unwrap();
    let said = desk.send(&cancel).await;
    assert_eq!((said.status, said.body["held"].as_bool()), (200, Some(false)));
    assert_eq!(desk.free("AO-M", "hn").await, 1);
    assert_eq!(desk.send(&push).await.status, 422, "a late repetition brings nothing back");
    assert_eq!(desk.free("AO-M", "hn").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_ours_or_not_right_is_said_and_changes_nothing() {
    let desk = Desk::open(&[("AO-M", "hn", 3)]).await;
    let (_, push) = desk.twin.hold(&wish(&[("ao-m", 1)]));
    let mut forged = push.clone();
    forged.body.push(b' ');
    assert_eq!(desk.send(&forged).await.status, 401);
    assert_eq!(desk.take.take("demo", "nobody", &request(&push)).await.status, 401);
    assert_eq!(desk.take.take("NO SHOP", "social", &request(&push)).await.status, 401);
    let (_, said) = desk.hold(&[("ao-xxl", 1)]).await;
    assert_eq!(
        (said.status, said.body["error"].as_str()),
        (422, Some("lines[0].listing: is not on sale on this connection"))
    );
    let (_, said) = desk.hold(&[]).await;
    assert_eq!(said.body["error"], "lines: must hold at least one line");
    let (_, said) = desk.hold(&vec![("ao-m", 1); 41]).await;
    assert_eq!(said.body["error"], "lines: at most 40 fit into one order");
    assert_eq!(desk.free("AO-M", "hn").await, 3);
}
