//! At the store: what is set aside is listed, handed over by the buyer's code, or let go; a wrong code opens nothing.

use super::Desk;
use channels::channel::WebhookRequest;
use clap::Parser;
use commerce::ids::{LocationId, ShopId, Sku};
use commerce::stock::StockKey;
use hopkenh::demo::texts::Language;
use hopkenh::holds::{self, Args, ByCode, Verb};
use hopkenh::stock;
use hopkenh_tests::house::{SHOP, WOO_SECRET};
use std::sync::Arc;
use std::time::Duration;
use twins::{SocialTwin, SocialTwinConfig, TwinLine, TwinListing, TwinTerms};
use workflows::TakeOrders;

/// The desk's account, beside the shop's others.
pub(super) const CHAT: &str = r#"
[[shop.connection]]
id = "chat"
channel = "social"
serves_from = ["hn", "hcm"]
secrets = { webhook_secret = "file:secrets.toml#woo_secret" }

[[shop.connection.listing]]
id = "AO-M"
sku = "AO-M"
publish = false
"#;

pub(super) async fn twin(desk: &Desk) -> Arc<SocialTwin> {
    let (id, sku, name) = ("AO-M".to_owned(), "AO-M".to_owned(), "Áo M".to_owned());
    let config = SocialTwinConfig {
        webhook_secret: WOO_SECRET.to_owned(),
        meta_app_secret: String::new(),
        meta_verify_token: String::new(),
        zalo_app_id: String::new(),
        zalo_oa_secret: String::new(),
        webhook_url: "http://localhost/webhooks/demo/chat".to_owned(),
        orders_url: "http://localhost/orders/demo/chat".to_owned(),
        listings: vec![TwinListing { id, sku, name, price_minor: 90_000, stock: 100 }],
        latency: Duration::ZERO,
        clock: desk.clock.clone(),
        port: 0,
    };
    SocialTwin::start(config).await.unwrap()
}

/// Sets units aside for a buyer who comes to TP. Hồ Chí Minh within an hour; gives the order and the code.
pub(super) async fn pick_up(desk: &Desk, twin: &SocialTwin, units: u32) -> (String, String) {
    let place = desk.place().open().await.unwrap();
    let take = TakeOrders {
        shops: place.source(),
        table: place.table.clone(),
        clock: desk.clock.clone(),
        counters: Default::default(),
        draw: workflows::hold_codes::drawn(),
    };
    let terms = TwinTerms {
        purpose: Some("pick_up".to_owned()),
        until: Some((desk.clock)() + jiff::SignedDuration::from_hours(1)),
        location: Some("hcm".to_owned()),
    };
    let (id, push) = twin.hold_with(&[TwinLine { listing: "AO-M".to_owned(), quantity: units }], terms);
    let request =
        WebhookRequest { method: push.method, query: Vec::new(), headers: push.headers, body: push.body };
    let said = take.take(SHOP, "chat", &request).await;
    assert_eq!(said.status, 200, "{said:?}");
    (id, said.body["code"].as_str().unwrap().to_owned())
}

async fn list(desk: &Desk, shop: &str, code: Option<&str>, lang: Language) -> Result<String, String> {
    let (shop, code) = (Some(shop.to_owned()), code.map(str::to_owned));
    let args = Args { verb: None, shop, code, place: desk.place(), lang };
    desk.heard(holds::report(&args, desk.clock.clone()).await)
}

async fn settle(desk: &Desk, verb: fn(ByCode) -> Verb, code: &str, lang: Language) -> Result<String, String> {
    let (shop, code, by) = (SHOP.to_owned(), code.to_owned(), "Lan".to_owned());
    let which = ByCode { shop, code, by, place: desk.place(), lang };
    let args = Args { verb: Some(verb(which)), shop: None, code: None, place: desk.place(), lang };
    desk.heard(holds::report(&args, desk.clock.clone()).await)
}

/// On hand, holds and free in TP. Hồ Chí Minh.
async fn stock(desk: &Desk) -> (i64, i64, i64) {
    let table = desk.place().open().await.unwrap().table;
    let key = StockKey { sku: Sku::new("AO-M").unwrap(), location: LocationId::new("hcm").unwrap() };
    let found = table.load_stock(&ShopId::new(SHOP).unwrap(), std::slice::from_ref(&key)).await.unwrap();
    (found[&key].on_hand, found[&key].holds, found[&key].free)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_set_aside_is_listed_and_settled_by_its_code() {
    let desk = Desk::new();
    desk.add(&(desk.file() + CHAT)).await.unwrap();
    let counted = stock::Args {
        shop: SHOP.to_owned(),
        sku: Some("AO-M".to_owned()),
        location: Some("hcm".to_owned()),
        on_hand: Some("10".to_owned()),
        as_of: None,
        csv: None,
        place: desk.place(),
        lang: Language::En,
    };
    desk.heard(stock::report(&counted, (desk.clock)()).await).unwrap();
    assert_eq!(
        list(&desk, SHOP, None, Language::En).await.unwrap(),
        "Nothing is set aside with an end or a code.\n"
    );
    let twin = twin(&desk).await;
    let (taken, code) = pick_up(&desk, &twin, 2).await;
    let (dropped, other) = pick_up(&desk, &twin, 3).await;
    assert_eq!(stock(&desk).await, (10, 5, 5));
    let all = list(&desk, SHOP, None, Language::En).await.unwrap();
    println!("{all}");
    assert_eq!((all.lines().count(), all.contains(&code), all.contains(&other)), (3, true, true), "{all}");
    let one = list(&desk, SHOP, Some(&code), Language::Vi).await.unwrap();
    assert!(one.contains(&taken) && one.contains("khách đến lấy") && !one.contains(&other), "{one}");

    let said = settle(&desk, Verb::Collect, &code, Language::En).await.unwrap();
    assert_eq!(said, format!("Handed over, order {taken} (chat): hcm, AO-M × 2.\n"));
    assert_eq!(stock(&desk).await, (8, 3, 5));
    let said = settle(&desk, Verb::Release, &other, Language::Vi).await.unwrap();
    assert_eq!(said, format!("Đã nhả hàng, đơn {dropped} (chat): hcm, AO-M × 3. Hàng bán được trở lại.\n"));
    assert_eq!(stock(&desk).await, (8, 0, 8));
    for gone in [&code, &other] {
        let refused = settle(&desk, Verb::Collect, gone, Language::En).await.unwrap_err();
        assert!(
            refused.starts_with(&format!("code {gone}: no open hold of shop {SHOP} has it")),
            "{refused}"
        );
    }
}

async fn prepare(desk: &Desk, words: &str) -> Result<String, String> {
    let typed = std::iter::once("holds").chain(words.split_whitespace()).map(str::to_owned);
    let typed = typed.chain(["--shop", SHOP, "--by", "Lan", "--data"].map(str::to_owned));
    let typed = typed.chain([desk.data().display().to_string()]);
    let args = Command::try_parse_from(typed).map_err(|error| error.to_string())?.args;
    desk.heard(holds::report(&args, desk.clock.clone()).await)
}

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    args: Args,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_says_that_goods_are_ready_or_not_there() {
    let desk = Desk::new();
    desk.add(&(desk.file() + CHAT)).await.unwrap();
    let counted = stock::Args {
        shop: SHOP.to_owned(),
        sku: Some("AO-M".to_owned()),
        location: Some("hcm".to_owned()),
        on_hand: Some("10".to_owned()),
        as_of: None,
        csv: None,
        place: desk.place(),
        lang: Language::En,
    };
    desk.heard(stock::report(&counted, (desk.clock)()).await).unwrap();
    let twin = twin(&desk).await;
    let (first, _) = pick_up(&desk, &twin, 1).await;
    let (second, _) = pick_up(&desk, &twin, 2).await;
    let listed = list(&desk, SHOP, None, Language::En).await.unwrap();
    assert!(listed.contains("Ready") && listed.contains("waits 0 min"), "{listed}");
    let said = prepare(&desk, &format!("ready chat/{first}")).await.unwrap();
    assert!(said.starts_with(&format!("Written: order {first} is ready (Lan).")), "{said}");
    let again = prepare(&desk, &format!("ready chat/{first}")).await.unwrap();
    assert!(again.starts_with("Written before: "), "{again}");
    let listed = list(&desk, SHOP, None, Language::Vi).await.unwrap();
    assert!(listed.contains(" Lan") && listed.contains("chờ 0 phút"), "{listed}");
    let wrong = prepare(&desk, &format!("refuse chat/{first} --why gone")).await.unwrap_err();
    assert_eq!(wrong, "why: must be not_found or damaged");
    let ended =
        prepare(&desk, &format!("refuse chat/{first} --why not-found --location hcm --lang vi")).await;
    let ended = ended.unwrap();
    assert!(ended.contains("không tìm thấy") && ended.contains("đã ngừng giữ hàng"), "{ended}");
    let ended = prepare(&desk, &format!("refuse chat/{second} --why damaged")).await.unwrap();
    assert!(ended.contains("nothing is held any more"), "{ended}");
    assert_eq!(stock(&desk).await, (10, 0, 10));
    let over = prepare(&desk, &format!("ready chat/{second}")).await.unwrap_err();
    assert!(over.contains("nothing is set aside"), "{over}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_meant_is_said() {
    let desk = Desk::new();
    desk.add(&(desk.file() + CHAT)).await.unwrap();
    let wrong = settle(&desk, Verb::Collect, "12345", Language::En).await.unwrap_err();
    assert_eq!(wrong, "code: must be six digits (got \"12345\")");
    let unknown = settle(&desk, Verb::Release, "123456", Language::Vi).await.unwrap_err();
    assert!(unknown.starts_with("mã 123456: cửa hàng demo không giữ hàng nào"), "{unknown}");
    let nobody = list(&desk, "nobody", None, Language::En).await.unwrap_err();
    assert!(nobody.contains("shop nobody: is not here; shops here: demo"), "{nobody}");
    let foreign = list(&desk, SHOP, Some("123456"), Language::En).await.unwrap_err();
    assert!(foreign.starts_with("code 123456: no open hold of shop demo has it"), "{foreign}");
}
