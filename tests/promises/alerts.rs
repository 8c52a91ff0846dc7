//! What is wrong is told to the shop's chat once when it begins and once when it is over, and meanwhile nothing is lost.

use crate::mornings::{shops, telegram};
use channels::account::Subscription;
use commerce::Timestamp;
use commerce::alert::Trouble;
use commerce::ids::{ConnectionId, LocationId, ShopId, Sku};
use commerce::list_lag::SeenLag;
use commerce::login::{FailureKind, Login};
use commerce::stock::{Stock, StockKey};
use hopkenh_tests::fake_server::{FakeServer, Reply};
use hopkenh_tests::history::time;
use hopkenh_tests::shelf::Manner;
use hopkenh_tests::stock_story::Stage;
use lambda_kit::batch::{Message, Outcome};
use table::connection_item::ConnectionState;
use workflows::messages::{Mode, ReconcileMessage, to_text};

/// The hourly message for the shop, by the function itself.
async fn hourly_look(stage: &mut Stage, clock: &str) -> Outcome {
    stage.book.set_clock(time(&format!("2026-11-22T{clock}:00Z")));
    stage.book.follow_stream().await;
    let asked = ReconcileMessage { shop: ShopId::new("demo").unwrap(), mode: Mode::Moved, day: None };
    let message = Message::of_no_queue("hour".to_owned(), to_text(&asked));
    let outcome = stage.reconcile().handle(&[message]).await.remove(0);
    stage.happens(&format!("{clock} | nothing")).await;
    outcome
}

fn told(telegram: &FakeServer) -> Vec<String> {
    let text = |call: &hopkenh_tests::fake_server::Call| call.json()["text"].as_str().unwrap().to_owned();
    telegram.calls().iter().map(text).collect()
}

async fn shirts(stage: &mut Stage) -> Stock {
    let key = StockKey { sku: Sku::new("AO-M").unwrap(), location: LocationId::new("hn").unwrap() };
    stage.book.stock("demo").await[&key].clone()
}

async fn wrong(stage: &Stage) -> Vec<Trouble> {
    let told = stage.book.table.load_told(&ShopId::new("demo").unwrap()).await.unwrap();
    told.alerts.into_iter().map(|alert| alert.trouble).collect()
}

/// A shop with sixty shirts, whose channels have told of an order each.
async fn a_morning(telegram: &FakeServer) -> Stage {
    let mut stage = Stage::open_with(shops(telegram)).await;
    stage.happens("07:00 | counted | hn | 60").await;
    for row in [
        "07:05 | orders are read",
        "07:06 | orders are read",
        "07:07 | sold, and told | mall | 1",
        "07:08 | sold, and told | web | 1",
        "07:09 | orders are read",
    ] {
        stage.happens(row).await;
    }
    assert_eq!(hourly_look(&mut stage, "07:10").await, Outcome::Done);
    assert_eq!(told(telegram), Vec::<String>::new(), "nothing is wrong");
    stage
}

/// For six hours no webhook comes from anywhere. Each order is in the book within one reading of the lists, nothing is
/// sold twice, and the shop hears of it once; and once that it is over.
#[tokio::test]
async fn six_hours_without_a_webhook_lose_nothing_and_are_told_once() {
    let telegram = telegram();
    let mut stage = a_morning(&telegram).await;
    let mut sold = 2;
    for half_hour in 0..12 {
        let (hour, minute) = (8 + half_hour / 2, 30 * (half_hour % 2));
        let place = if half_hour % 3 == 0 { "web" } else { "mall" };
        stage.happens(&format!("{hour:02}:{:02} | sold, not told | {place} | 2", minute + 1)).await;
        sold += 2;
        stage.happens(&format!("{hour:02}:{:02} | orders are read", minute + 2)).await;
        stage.happens(&format!("{hour:02}:{:02} | orders are read", minute + 4)).await;
        let stock = shirts(&mut stage).await;
        assert_eq!((stock.committed, stock.on_hand), (sold, 60), "in the book within one reading");
        assert!(stock.identity_holds() && stock.cover.values().all(|units| *units >= 0), "{stock:?}");
        if minute == 30 {
            assert_eq!(hourly_look(&mut stage, &format!("{hour:02}:50")).await, Outcome::Done);
        }
    }
    let messages = told(&telegram);
    let [message] = &messages[..] else { panic!("{messages:#?}") };
    for word in ["Cửa hàng Mẫu", "mall", "Sàn không báo đơn nữa", "không mất đơn nào", "Cái giá", "webhook"]
    {
        assert!(message.contains(word), "{word}: {message}");
    }
    let mall = ConnectionId::new("mall").unwrap();
    assert!(
        matches!(&wrong(&stage).await[..], [Trouble::NewsSilent { connection, .. }] if *connection == mall),
        "the website has sold too little to tell: {:?}",
        wrong(&stage).await
    );
    stage.happens("14:10 | sold, and told | mall | 1").await;
    stage.happens("14:11 | orders are read").await;
    assert_eq!(hourly_look(&mut stage, "14:12").await, Outcome::Done);
    let messages = told(&telegram);
    let [_, over] = &messages[..] else { panic!("{messages:#?}") };
    assert!(over.contains("🟢") && over.contains("mall"), "{over}");
    assert_eq!(wrong(&stage).await, []);
    assert_eq!(hourly_look(&mut stage, "15:12").await, Outcome::Done);
    assert_eq!(told(&telegram).len(), 2, "what is over is not told again");
}

/// A list that cannot be read for an hour is told, and its end too.
#[tokio::test]
async fn a_channel_that_does_not_answer_is_told_of() {
    let telegram = telegram();
    let mut stage = a_morning(&telegram).await;
    stage.behaves("mall", Manner::Silent);
    stage.try_to_read_orders("08:00").await;
    assert_eq!(hourly_look(&mut stage, "08:20").await, Outcome::Done);
    assert_eq!(told(&telegram).len(), 0, "twenty minutes are no news");
    assert_eq!(hourly_look(&mut stage, "08:40").await, Outcome::Done);
    let messages = told(&telegram);
    assert!(messages.len() == 1 && messages[0].contains("Không đọc được danh sách đơn"), "{messages:?}");
    stage.behaves("mall", Manner::Good);
    stage.happens("09:00 | orders are read").await;
    assert_eq!(hourly_look(&mut stage, "09:01").await, Outcome::Done);
    assert_eq!(told(&telegram).len(), 2);
}

/// The mall's list is said to be at once and is ninety seconds behind. The first order that a reading had missed is noticed, so
/// long a lag is waited for from then on, and the shop hears of it once.
#[tokio::test]
async fn a_list_that_is_further_behind_than_was_thought_is_waited_for_and_told_of() {
    let telegram = telegram();
    let mut stage = a_morning(&telegram).await;
    let until = |clock: &str| Some(time(&format!("2026-11-22T{clock}Z")));
    stage.lists_late("mall", 90_000);
    stage.happens("08:00 | sold, not told | mall | 2").await;
    stage.happens("08:01 | orders are read").await;
    assert_eq!(proven(&stage).await, (until("08:00:58"), None), "wrongly: nobody can know yet");
    stage.happens("08:02 | orders are read").await;
    let seen = Some(SeenLag { ms: 120_000, at: time("2026-11-22T08:02:00Z") });
    assert_eq!(proven(&stage).await, (until("08:00:58"), seen), "missed by 60 to 120 s");
    assert_eq!(shirts(&mut stage).await.committed, 4, "it is in the book");
    stage.happens("08:09 | sold, not told | mall | 1").await;
    stage.happens("08:10 | orders are read").await;
    assert_eq!(proven(&stage).await, (until("08:07:58"), seen), "proves no more than it can");
    stage.happens("08:11 | orders are read").await;
    assert_eq!(proven(&stage).await, (until("08:08:58"), seen), "late, but waited for");
    for clock in ["08:12", "09:12"] {
        assert_eq!(hourly_look(&mut stage, clock).await, Outcome::Done);
    }
    let messages = told(&telegram);
    let [message] = &messages[..] else { panic!("{messages:#?}") };
    for word in ["mall", "chậm hơn mức đã tính", "A3", "120 giây", "list_lag_ms"] {
        assert!(message.contains(word), "{word}: {message}");
    }
}

/// Up to when the mall's orders are said to be recorded, and how late its list was seen to be.
async fn proven(stage: &Stage) -> (Option<Timestamp>, Option<SeenLag>) {
    let (shop, mall) = (ShopId::new("demo").unwrap(), ConnectionId::new("mall").unwrap());
    let passes = stage.book.table.load_passes(&shop, std::slice::from_ref(&mall)).await.unwrap();
    (passes[&mall].drained_until, passes[&mall].seen_lag)
}

/// More sold at the till than there was: told as a shortfall, and over when the goods have come.
#[tokio::test]
async fn a_shortfall_is_told_when_it_begins_and_when_goods_have_come() {
    let telegram = telegram();
    let mut stage = a_morning(&telegram).await;
    stage.happens("08:00 | counted | hn | 1").await;
    assert_eq!(hourly_look(&mut stage, "08:10").await, Outcome::Done);
    let messages = told(&telegram);
    assert!(
        messages.len() == 1 && messages[0].contains("AO-M · Áo thun đỏ M / Hà Nội: thiếu"),
        "{messages:?}"
    );
    stage.happens("09:00 | counted | hn | 90").await;
    assert_eq!(hourly_look(&mut stage, "09:10").await, Outcome::Done);
    assert!(told(&telegram).len() == 2 && told(&telegram)[1].contains("🟢"), "{:?}", told(&telegram));
}

/// A chat that is down for an hour is told in the next one, and nothing is told twice.
#[tokio::test]
async fn a_chat_that_is_down_hears_of_it_later() {
    let telegram = telegram();
    let mut stage = a_morning(&telegram).await;
    telegram.answer_with(|_| Reply::text(503, "{}"));
    stage.happens("08:00 | counted | hn | 1").await;
    assert_eq!(hourly_look(&mut stage, "08:10").await, Outcome::Done);
    assert_eq!(wrong(&stage).await, [], "nobody was told");
    let before = telegram.calls().len();
    telegram.answer_with(|_| Reply::json(&serde_json::json!({"ok": true})));
    for clock in ["09:10", "10:10"] {
        assert_eq!(hourly_look(&mut stage, clock).await, Outcome::Done);
    }
    assert_eq!(telegram.calls().len() - before, 1, "told once");
}

/// A seller has taken our login back: told with what it costs, and nothing is sold twice meanwhile; told again when it is good.
#[tokio::test]
async fn a_lost_login_is_told_with_what_it_costs_and_its_return_too() {
    let telegram = telegram();
    let mut stage = a_morning(&telegram).await;
    let account = (ShopId::new("demo").unwrap(), ConnectionId::new("mall").unwrap());
    let lost = Login { version: 1, ..Login::default() };
    let lost = lost.failed(time("2026-11-22T08:00:00Z"), FailureKind::Lost, "taken back");
    let state = ConnectionState { login: lost, ..ConnectionState::default() };
    let state = stage.book.table.save_connection(&account, &state).await.unwrap();
    stage.behaves("mall", Manner::Silent);
    stage.happens("08:05 | sold, and told | web | 2").await;
    let stock = shirts(&mut stage).await;
    assert!(stock.identity_holds() && stock.committed == 4, "the others go on: {stock:?}");
    for clock in ["08:10", "09:10"] {
        assert_eq!(hourly_look(&mut stage, clock).await, Outcome::Done);
    }
    let messages = told(&telegram);
    let [message] = &messages[..] else { panic!("{messages:#?}") };
    for word in ["mall: Sàn không nhận đăng nhập nữa", "Từ 15:00 22/11", "Cái giá", "hopkenh connect"]
    {
        assert!(message.contains(word), "{word}: {message}");
    }
    let good = ConnectionState { login: Login { version: 2, ..Login::default() }, ..state };
    stage.book.table.save_connection(&account, &good).await.unwrap();
    stage.behaves("mall", Manner::Good);
    stage.happens("09:20 | orders are read").await;
    assert_eq!(hourly_look(&mut stage, "10:10").await, Outcome::Done);
    assert!(told(&telegram).len() == 2 && told(&telegram)[1].contains("🟢"), "{:?}", told(&telegram));
    assert_eq!(wrong(&stage).await, []);
}

/// Five orders in a row that nobody told of, and the hour's look after them.
async fn five_untold(stage: &mut Stage, place: &str) {
    for minute in 1..=5 {
        stage.happens(&format!("08:{minute:02} | sold, not told | {place} | 1")).await;
        stage.happens(&format!("08:{minute:02} | orders are read")).await;
    }
    assert_eq!(hourly_look(stage, "08:10").await, Outcome::Done);
}

/// A website has deleted our webhooks: they are asked for again, at the address of this deployment, and the shop is told so.
#[tokio::test]
async fn webhooks_that_a_channel_has_dropped_are_asked_for_again() {
    let telegram = telegram();
    let mut stage = a_morning(&telegram).await;
    stage.calls_us("web", Subscription::Missing { topics: vec!["ORDERS_CREATE".to_owned()] });
    five_untold(&mut stage, "web").await;
    assert_eq!(stage.asked_to_call("web"), ["https://hooks.example.vn/webhooks/demo/web"]);
    let messages = told(&telegram);
    let [message] = &messages[..] else { panic!("{messages:#?}") };
    assert!(message.contains("web: Sàn không báo đơn nữa") && message.contains("tự bật lại"), "{message}");
    assert_eq!(crate::mornings::night(&mut stage, "demo").await, Outcome::Done);
    let report = crate::mornings::report(&stage, "demo").await;
    let to_do: Vec<_> = report.alerts.unwrap().into_iter().map(|alert| alert.to_do.vi).collect();
    assert!(to_do.len() == 1 && to_do[0].contains("tự bật lại"), "no other advice than was told: {to_do:?}");
    assert_eq!(hourly_look(&mut stage, "09:10").await, Outcome::Done);
    assert_eq!(stage.asked_to_call("web").len(), 1, "what is in force is left alone");
}

/// Shopee has put the address of our app to sleep: it is woken. An address that somebody changed there is the app's, for all
/// shops of it, and left to a person.
#[tokio::test]
async fn an_address_that_all_shops_of_an_app_share_is_woken_and_never_replaced() {
    for (found, calls, word) in [
        (Subscription::Suspended, 1, "tự bật lại"),
        (Subscription::Missing { topics: vec!["3".to_owned()] }, 0, "trang quản trị của sàn"),
        (Subscription::Active, 0, "sàn nói webhook vẫn bật"),
    ] {
        let telegram = telegram();
        let mut stage = a_morning(&telegram).await;
        stage.calls_us("mall", found.clone());
        five_untold(&mut stage, "mall").await;
        assert_eq!(stage.asked_to_call("mall").len(), calls, "{found:?}");
        let messages = told(&telegram);
        assert!(messages.len() == 1 && messages[0].contains(word), "{found:?}: {messages:#?}");
    }
}

/// Parked work is told in words, with what to do, and not by a code.
#[tokio::test]
async fn parked_work_is_told_in_words() {
    let telegram = telegram();
    let mut stage = a_morning(&telegram).await;
    stage.book.deliver_until_done(&[crate::mornings::unreadable()]).await;
    assert_eq!(hourly_look(&mut stage, "08:10").await, Outcome::Done);
    let messages = told(&telegram);
    let [message] = &messages[..] else { panic!("{messages:#?}") };
    assert!(message.contains("1 việc chờ người xử lý: Thông báo không đọc được"), "{message}");
    assert!(message.contains("hopkenh parked list") && !message.contains("unreadable"), "{message}");
}
