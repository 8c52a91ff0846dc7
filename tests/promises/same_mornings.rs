//! The morning report that a person asks for is the one that the night makes.

use crate::mornings::{DAY, day, till_sale};
use commerce::ids::{ShopId, Sku};
use hopkenh::demo::texts::Language;
use hopkenh::place::{Place, Where};
use hopkenh_tests::history::{count, time};
use lambda_kit::batch::{Message, Outcome};
use lambda_kit::mail::Mail;
use one_machine::aside::Aside;
use reports::shop::ShopReport;
use std::sync::Arc;
use workflows::announce_stock::LedgerLine;
use workflows::messages::{Mode, ReconcileMessage, to_text};
use workflows::reconcile::real_pause;
use workflows::{Passes, Reconcile, RecordOrders};

/// A shop without any channel that could be asked.
const SOLO: &str = r#"
[[shop]]
id = "solo"
name = "Tiệm Một Mình"
[[shop.location]]
id = "hn"
name = "Hà Nội"
till = { connection = "quay", branch = "1" }
[[shop.connection]]
id = "quay"
channel = "till"
serves_from = ["hn"]
listing = [{ id = "khan", sku = "KHAN", publish = false }]
"#;

/// The schedule's work over a place, put together as the function's own `main` does it.
async fn function(place: &Place) -> Reconcile {
    let aside = Aside::open().await.unwrap();
    let clock = lambda_kit::clock::system();
    let record = RecordOrders {
        shops: place.source(),
        table: place.table.clone(),
        lookups: aside.lookups.clone(),
        archive: place.archive.clone(),
        clock: clock.clone(),
    };
    let passes = Passes {
        shops: place.source(),
        gateway: Arc::new(lambda_kit::way_out::gateway(place.outside, clock.clone()).unwrap()),
        table: place.table.clone(),
        record,
        publish: aside.publish.clone(),
        clock,
        pieces: Default::default(),
    };
    let archive = place.archive.clone();
    let queue = aside.reconcile.clone();
    Reconcile { passes, archive, queue, webhook_base_url: None, mail: Mail::Nobody, pause: real_pause() }
}

/// Twelve towels are counted and five sold; each change is archived as the stream would have it.
async fn trade(place: &Place, reconcile: &Reconcile) {
    let told = [
        count("solo", "quay", "KHAN", "hn", 12, time("2026-11-22T02:00:00Z")),
        till_sale("solo", "quay", "hn", "khan", 5, "2026-11-22T03:00:00Z"),
    ];
    for (n, message) in told.iter().enumerate() {
        let message = Message::of_no_queue(n.to_string(), to_text(message));
        assert_eq!(reconcile.passes.record.handle(&[message]).await, [Outcome::Done]);
        let (shop, sku) = (ShopId::new("solo").unwrap(), Sku::new("KHAN").unwrap());
        let (key, stock) = place.table.stock_of_sku(&shop, &sku).await.unwrap().remove(0);
        let line = LedgerLine {
            shop,
            sku: key.sku,
            location: key.location,
            version: stock.version,
            movements: stock.movements,
            on_hand: stock.on_hand,
            committed: stock.committed,
            free: stock.free,
        };
        let name = format!("ledger/solo/{n:0>40}.jsonl");
        place.archive.put(&name, serde_json::to_vec(&line).unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn the_command_and_the_nights_function_give_the_same_report() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    let place = Place::here(&data).await.unwrap();
    place.shops.put("shops/solo.toml", SOLO.as_bytes().to_vec()).await.unwrap();
    let reconcile = function(&place).await;
    trade(&place, &reconcile).await;
    let args = hopkenh::report::Args {
        shop: "solo".to_owned(),
        day: Some(day()),
        out: Some(out.clone()),
        send: true,
        place: Where::here(&data),
        channel_hosts: None,
        lang: Language::En,
    };
    let screen = hopkenh::report::report(&args).await.unwrap();
    let first = screen.lines().next().unwrap();
    assert!(first.contains("Tiệm Một Mình") && first.contains("1 order"), "{screen}");
    assert!(screen.contains("names nobody who is told"), "{screen}");
    let name = format!("reports/solo/{DAY}/report.json");
    let stored = async || {
        let content = place.archive.get(&name).await.unwrap().unwrap();
        serde_json::from_slice::<ShopReport>(&content).unwrap()
    };
    let of_command = stored().await;
    assert_eq!(of_command.connections[0].sales.unwrap().orders, 1);
    let written: ShopReport =
        serde_json::from_slice(&std::fs::read(out.join("report.json")).unwrap()).unwrap();
    assert_eq!(written, of_command);
    let asked =
        ReconcileMessage { shop: ShopId::new("solo").unwrap(), mode: Mode::Nightly, day: Some(day()) };
    let message = Message::of_no_queue("night".to_owned(), to_text(&asked));
    assert_eq!(reconcile.handle(&[message]).await, [Outcome::Done]);
    let of_function = ShopReport { made_at: of_command.made_at, ..stored().await };
    assert_eq!(of_function, of_command);
    for file in ["vi.html", "en.html", "summary.csv"] {
        let kept = place.archive.get(&format!("reports/solo/{DAY}/{file}")).await.unwrap().unwrap();
        assert!(!kept.is_empty() && out.join(file).exists(), "{file}");
    }
}
