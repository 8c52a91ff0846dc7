//! The morning report end to end: a made-up day is compared, kept as pages by date, and told once to the shop's chat.

use channels::account::Subscription;
use commerce::ids::{ConnectionId, LocationId, ShopId};
use commerce::order::{Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::report_reader::Way;
use commerce::status::Status;
use hopkenh_tests::fake_server::{FakeServer, Reply};
use hopkenh_tests::history::{Order, count, time};
use hopkenh_tests::stock_story::Stage;
use jiff::civil::Date;
use lambda_kit::batch::{Message, Outcome};
use lambda_kit::shops::Shops;
use lambda_kit::{secret_store, shops_file};
use reports::shop::{Done, DriftClass, DriftDone, Found, Proof, ShopReport, Topic, Webhooks, Whose};
use serde_json::json;
use std::collections::BTreeMap;
use workflows::messages::{Mode, ReconcileMessage, Record, RecordMessage, to_text};
use workflows::morning_report::Told;

/// The shop of the stock stories with towels that only the till sells, and a stranger beside it.
const SHOPS: &str = r#"
[[shop]]
id = "demo"
name = "Cửa hàng Mẫu"
shortfalls = { owner = "Lan", within_hours = 6 }
report = { TOLD }
[shop.names]
AO-M = "Áo thun đỏ M"
KHAN = "Khăn tắm <b>dày</b> & mềm"
[[shop.location]]
id = "hn"
name = "Hà Nội"
till = { connection = "till", branch = "55" }
[[shop.connection]]
id = "mall"
channel = "shopee"
serves_from = ["hn"]
account = { list_lag_ms = "0" }
listing = [{ id = "ao-m", sku = "AO-M" }]
[[shop.connection]]
id = "web"
channel = "shopify"
serves_from = ["hn"]
account = { list_lag_ms = "0" }
listing = [{ id = "ao-m", sku = "AO-M" }]
[[shop.connection]]
id = "till"
channel = "kiotviet"
serves_from = ["hn"]
listing = [{ id = "ao-m", sku = "AO-M", publish = false }, { id = "khan", sku = "KHAN", publish = false }]
[[shop]]
id = "stranger"
name = "Tiệm Người Lạ"
[[shop.location]]
id = "xa"
name = "Kho Xa"
[[shop.connection]]
id = "quay"
channel = "kiotviet"
serves_from = ["xa"]
listing = [{ id = "la", sku = "HANG-LA", publish = false }]
"#;

pub(crate) const DAY: &str = "2026-11-22";
const TOKEN: &str = "1234567:canary-bot-token";
const BUYER: [&str; 3] = ["Nguyễn Thị Hoa", "0901234567", "12 Hàng Bài"];

pub(crate) fn day() -> Date {
    DAY.parse().unwrap()
}

pub(crate) fn shops(telegram: &FakeServer) -> Shops {
    let chat =
        format!(r#"telegram = {{ chat = "-100200", token = "env:NONE", base_url = "{}" }}"#, telegram.url);
    shops_told_by(&chat, &[("telegram_token", TOKEN)])
}

/// The same shops, told as their file says.
pub(crate) fn shops_told_by(report: &str, secrets: &[(&str, &str)]) -> Shops {
    let file = shops_file::parse(&SHOPS.replace("TOLD", report)).unwrap();
    let token =
        secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into())).collect();
    let account = (ShopId::new("demo").unwrap(), ConnectionId::new("report").unwrap());
    Shops::new(file.catalogue, [(account, secret_store::ready(&token))].into(), BTreeMap::new())
}

pub(crate) fn telegram() -> FakeServer {
    FakeServer::start(|_| Reply::json(&json!({"ok": true, "result": {"message_id": 1}})))
}

pub(crate) fn till_sale(
    shop: &str,
    till: &str,
    store: &str,
    listing: &'static str,
    units: u32,
    at: &str,
) -> RecordMessage {
    let mut sale = Order::new(shop, till, &format!("HD-{listing}"), time(at));
    (sale.kind, sale.location) = (OrderKind::TillSale, Some(LocationId::new(store).unwrap()));
    sale.tells(Status::Completed, Departure::Left, time(at), &[(listing, units, 0)])
}

/// A webhook whose body names a buyer and that nobody can read.
pub(crate) fn unreadable() -> RecordMessage {
    use base64::Engine;
    let body_base64 = base64::engine::general_purpose::STANDARD.encode(BUYER.join(", "));
    let reason = ParkReason::Unreadable { detail: "field total is missing".to_owned() };
    RecordMessage {
        shop: ShopId::new("demo").unwrap(),
        connection: ConnectionId::new("mall").unwrap(),
        record: Record::Unusable { reason, body_base64 },
        shops_file: None,
    }
}

/// An order that no webhook told, a number that somebody raised, a webhook that cannot be read, an order for a listing that
/// nobody knows, and two towels more sold at the till than there were. The stranger has a day of its own.
async fn a_day(telegram: &FakeServer) -> Stage {
    a_day_of(shops(telegram)).await
}

pub(crate) async fn a_day_of(shops: Shops) -> Stage {
    let mut stage = Stage::open_with(shops).await;
    stage.happens("08:00 | counted | hn | 10").await;
    stage.happens("08:05 | orders are read").await;
    stage.happens("08:06 | sold, not told | mall | 2").await;
    stage.happens("08:07 | edited | web | 9").await;
    let odd = Order::new("demo", "mall", "O-ODD", time("2026-11-22T08:08:00Z"));
    let odd = odd.tells(
        Status::Confirmed,
        Departure::Stayed,
        time("2026-11-22T08:08:00Z"),
        &[("nobody-knows", 1, 0)],
    );
    let morning = time("2026-11-22T08:00:00Z");
    let told = [
        count("demo", "till", "KHAN", "hn", 1, morning),
        till_sale("demo", "till", "hn", "khan", 3, "2026-11-22T08:20:00Z"),
        odd,
        unreadable(),
        count("stranger", "quay", "HANG-LA", "xa", 7, morning),
        till_sale("stranger", "quay", "xa", "la", 4, "2026-11-22T08:21:00Z"),
    ];
    for message in told {
        stage.book.deliver_until_done(&[message]).await;
    }
    stage
}

/// The night's message for a shop, by the function itself.
pub(crate) async fn night(stage: &mut Stage, shop: &str) -> Outcome {
    stage.book.set_clock(time("2026-11-22T08:30:00Z"));
    stage.book.follow_stream().await;
    let asked = ReconcileMessage { shop: ShopId::new(shop).unwrap(), mode: Mode::Nightly, day: Some(day()) };
    let message = Message::of_no_queue("night".to_owned(), to_text(&asked));
    stage.reconcile().handle(&[message]).await.remove(0)
}

pub(crate) async fn object(stage: &Stage, name: &str) -> String {
    let content = stage.book.record.archive.get(name).await.unwrap();
    String::from_utf8(content.unwrap_or_else(|| panic!("no {name}"))).unwrap()
}

pub(crate) async fn report(stage: &Stage, shop: &str) -> ShopReport {
    serde_json::from_str(&object(stage, &format!("reports/{shop}/{DAY}/report.json")).await).unwrap()
}

/// Everything that was kept for a shop, as one text.
async fn all_of(stage: &Stage, shop: &str) -> String {
    let names = stage.book.record.archive.list(&format!("reports/{shop}/")).await.unwrap();
    let mut text = names.join("\n");
    for name in &names {
        text.push_str(&object(stage, name).await);
    }
    text
}

/// A channel that has dropped our webhooks over night has them again in the morning, and the report says so.
#[tokio::test]
async fn webhooks_that_were_dropped_are_back_in_the_morning() {
    let telegram = telegram();
    let mut stage = a_day(&telegram).await;
    stage.calls_us("web", Subscription::Missing { topics: vec!["ORDERS_CREATE".to_owned()] });
    stage.calls_us("mall", Subscription::Missing { topics: vec!["3".to_owned()] });
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    let report = report(&stage, "demo").await;
    let of =
        |id: &str| &report.connections.iter().find(|day| day.connection.as_str() == id).unwrap().webhooks;
    assert_eq!(stage.asked_to_call("web").len(), 1);
    let Webhooks::Repaired { at, missed: 0, .. } = of("web") else { panic!("{:?}", of("web")) };
    assert!(*at >= time("2026-11-22T08:30:00Z"));
    let Webhooks::Off { missed: 1, orders, .. } = of("mall") else { panic!("{:?}", of("mall")) };
    assert_eq!(orders[0].as_str(), "O1", "an app's own address is a person's business");
    let page = object(&stage, &format!("reports/demo/{DAY}/vi.html")).await;
    assert!(page.contains("đã bật lại") && page.contains("bị tắt từ"), "both stand on the page");
}

#[tokio::test]
async fn a_day_with_faults_ends_in_a_report_that_names_each_of_them() {
    let telegram = telegram();
    let mut stage = a_day(&telegram).await;
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    let report = report(&stage, "demo").await;
    let of = |id: &str| report.connections.iter().find(|day| day.connection.as_str() == id).unwrap();
    let Proof::Compared(mall) = &of("mall").proof else { panic!("{:?}", of("mall").proof) };
    let missing: Vec<_> = mall.differences.iter().map(|d| (d.order.as_str(), &d.found, &d.done)).collect();
    assert!(missing.contains(&("O1", &Found::MissingHere, &Done::Recorded)), "{missing:?}");
    assert_eq!(
        of("mall").sales.unwrap().orders,
        1,
        "the odd one moved nothing, and its channel lists it not"
    );
    let Webhooks::Losing { missed, orders } = &of("mall").webhooks else {
        panic!("{:?}", of("mall").webhooks)
    };
    assert_eq!((*missed, orders.iter().map(|order| order.as_str()).collect::<Vec<_>>()), (1, vec!["O1"]));
    assert_eq!(of("till").webhooks, Webhooks::NotMeasured, "without a list nobody knows what was not told");
    assert!(!matches!(of("till").proof, Proof::Compared(_)));
    assert_eq!((of("till").sales.unwrap().orders, of("till").hours.as_ref().unwrap().len()), (1, 1));
    let drift: Vec<_> = report.drift.as_ref().unwrap().lines.iter().collect();
    let [edited] = drift[..] else { panic!("{drift:?}") };
    assert_eq!((edited.connection.as_str(), edited.class), ("web", DriftClass::ForeignEdit));
    assert_eq!(edited.done, DriftDone::Lowering);
    assert_eq!((edited.channel_shows, edited.we_believed), (9, Some(5)));
    let [short] = &report.shortfalls.as_ref().unwrap()[..] else { panic!("{:?}", report.shortfalls) };
    assert_eq!((short.sku.as_str(), short.units, &short.whose), ("KHAN", 2, &Whose::Store));
    assert_eq!((short.since, short.owner.as_str()), (time("2026-11-22T08:20:00Z"), "Lan"));
    assert_eq!(short.deadline, time("2026-11-22T14:20:00Z"));
    assert_eq!(report.oversells.as_deref(), Some(&[][..]), "no channel sold beyond what was there");
    let mut codes: Vec<&str> = report.parked.as_ref().unwrap().iter().map(|g| g.code.as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["unknown_sku", "unreadable"]);
    let stock = report.stock.unwrap();
    assert_eq!((stock.on_hand, stock.committed), (8, 2), "10 shirts and 1 towel less 3; 2 shirts sold");
    let reorder = &report.reorders.as_ref().unwrap()[0];
    assert_eq!((reorder.sku.as_str(), reorder.inputs.sold, reorder.inputs.units_now), ("KHAN", 3, 0));
    assert!(report.cost.is_none(), "what nobody measured is not told");
    let topics: Vec<Topic> = report.alerts.unwrap().iter().map(|alert| alert.topic).collect();
    assert_eq!(topics, [Topic::Shortfall, Topic::Parked, Topic::Parked]);
    for page in ["vi.html", "en.html"] {
        let page = object(&stage, &format!("reports/demo/{DAY}/{page}")).await;
        for word in ["O1", "KHAN", "Lan", "Hà Nội", "nobody-knows", "AO-M", "Áo thun đỏ M"] {
            assert!(page.contains(word), "{word}");
        }
        assert!(
            page.contains("Khăn tắm &lt;b&gt;dày&lt;/b&gt; &amp; mềm") && !page.contains("<b>"),
            "a name is text"
        );
    }
}

#[tokio::test]
async fn the_chat_hears_once_with_a_link_and_without_a_buyer() {
    let telegram = telegram();
    let mut stage = a_day(&telegram).await;
    for _ in 0..2 {
        assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    }
    let calls = telegram.calls();
    let [call] = &calls[..] else { panic!("{} messages", calls.len()) };
    assert_eq!((call.method.as_str(), call.path()), ("POST", &*format!("/bot{TOKEN}/sendMessage")));
    let body = call.json();
    assert_eq!(
        (&body["chat_id"], &body["link_preview_options"]["is_disabled"]),
        (&json!("-100200"), &json!(true))
    );
    let text = body["text"].as_str().unwrap();
    assert!(text.contains("Cửa hàng Mẫu") && text.contains(&format!("reports/demo/{DAY}/vi.html")), "{text}");
    let kept = all_of(&stage, "demo").await;
    for said in [text, &kept] {
        assert!(BUYER.iter().all(|word| !said.contains(word)), "a buyer is named");
        assert!(!said.contains("canary"), "the token is told");
    }
}

#[tokio::test]
async fn a_chat_that_waits_or_is_down_for_a_moment_is_told_all_the_same() {
    let telegram = telegram();
    let mut stage = a_day(&telegram).await;
    let asked = std::sync::atomic::AtomicUsize::new(0);
    telegram.answer_with(move |_| match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Reply::text(429, r#"{"ok":false,"error_code":429,"parameters":{"retry_after":7}}"#),
        1 => Reply::text(502, "bad gateway"),
        _ => Reply::json(&json!({"ok": true})),
    });
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    assert_eq!(telegram.calls().len(), 3);
    assert!(object(&stage, &format!("reports/demo/{DAY}/told-telegram.json")).await.contains("now"));
}

#[tokio::test]
async fn a_refused_message_waits_for_a_person_with_advice_and_goes_out_when_asked_again() {
    let telegram = telegram();
    let mut stage = a_day(&telegram).await;
    let refusal = format!("Bad Request: chat not found {TOKEN}");
    telegram.answer_with(move |_| {
        Reply::text(400, &json!({"ok": false, "error_code": 400, "description": refusal}).to_string())
    });
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done, "the report itself is there");
    let parked = stage.book.parked("demo").await;
    let note = parked.iter().find(|note| note.connection.as_str() == "report").unwrap();
    let advice = note.reasons[0].advice_en();
    assert!(advice.contains("chat not found") && advice.contains("hopkenh report --shop demo"), "{advice}");
    assert!(!advice.contains("canary"), "{advice}");
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    assert_eq!(telegram.calls().len(), 1, "a person has to look first");
    telegram.answer_with(|_| Reply::json(&json!({"ok": true})));
    let shops = shops(&telegram);
    let morning = workflows::MorningReport::beside(stage.reconcile());
    let told = morning.tell_again(&shops, &stage.shop(), &report(&stage, "demo").await).await.unwrap();
    assert_eq!(told, [(Way::Telegram, Told::Now)]);
    assert_eq!(telegram.calls().len(), 2);
}

/// A worker claims the message and dies. Another one finds the claim, waits until it must be dead, and sends it once more;
/// after a second death a person is asked, for nobody knows what came.
#[tokio::test]
async fn a_death_between_sending_and_noting_repeats_once_and_never_loses() {
    let telegram = telegram();
    let mut stage = a_day(&telegram).await;
    let archive = stage.book.record.archive.clone();
    let claim = |n: u32| format!("reports/demo/{DAY}/telling-telegram-{n}.json");
    let died_at = serde_json::to_vec(&time("2026-11-22T08:29:00Z")).unwrap();
    assert!(archive.put_new(&claim(1), died_at.clone()).await.unwrap());
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    assert_eq!(telegram.calls().len(), 1);
    archive.delete(&format!("reports/demo/{DAY}/told-telegram.json")).await.unwrap();
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    assert_eq!(telegram.calls().len(), 1, "it died twice");
    let parked = stage.book.parked("demo").await;
    assert!(parked.iter().any(|note| note.connection.as_str() == "report"), "{parked:?}");
}

#[tokio::test]
async fn a_shops_pages_hold_nothing_of_another_shop_and_the_operator_sees_both() {
    let telegram = telegram();
    let mut stage = a_day(&telegram).await;
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    let page = object(&stage, &format!("reports/operator/{DAY}.html")).await;
    assert!(page.contains("Cửa hàng Mẫu") && page.contains("Tiệm Người Lạ"), "one has no report yet");
    assert_eq!(night(&mut stage, "stranger").await, Outcome::Done);
    let (demo, stranger) = (all_of(&stage, "demo").await, all_of(&stage, "stranger").await);
    for word in ["stranger", "Tiệm Người Lạ", "HANG-LA", "Kho Xa", "HD-la"] {
        assert!(!demo.contains(word), "demo is told of {word}");
    }
    for word in ["demo", "Cửa hàng Mẫu", "KHAN", "Hà Nội", "AO-M", "O1"] {
        assert!(!stranger.contains(word), "the stranger is told of {word}");
    }
    let page = object(&stage, &format!("reports/operator/{DAY}.html")).await;
    let place = |name: &str| page.find(name).unwrap();
    assert!(place("Cửa hàng Mẫu") < place("Tiệm Người Lạ"), "worst first");
    assert_eq!(telegram.calls().len(), 1, "the stranger has no chat");
}

#[tokio::test]
async fn a_day_made_again_replaces_itself_and_the_next_day_remembers_it() {
    let telegram = telegram();
    let mut stage = a_day(&telegram).await;
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    let names = stage.book.record.archive.list("reports/demo/").await.unwrap();
    assert_eq!(night(&mut stage, "demo").await, Outcome::Done);
    assert_eq!(stage.book.record.archive.list("reports/demo/").await.unwrap(), names);
    let first = report(&stage, "demo").await;
    stage.book.set_clock(time("2026-11-23T17:30:00Z"));
    let (next, shop) = ("2026-11-23".parse().unwrap(), stage.shop());
    let whole = stage.reconcile().compare_whole(&stage.book.shops, &shop, Some(next)).await.unwrap();
    let made = workflows::MorningReport::beside(stage.reconcile()).make(&shop, &whole).await.unwrap();
    let history = made.report.history.unwrap();
    assert_eq!(history, [reports::history::DayLine::of(&first)]);
    let towels = &made.report.reorders.unwrap()[0];
    assert_eq!((towels.sku.as_str(), towels.inputs.sold), ("KHAN", 3), "sold yesterday, by its count");
}
