//! A shop is compared with its channels from a terminal: an order that nobody told is recorded, and a channel that does not
//! answer is a line of its own.

use super::Desk;
use hopkenh::demo::texts::Language;
use hopkenh::reconcile::{self, Args};
use hopkenh_tests::fake_channels::{WOO_ORDER, web};
use hopkenh_tests::fake_server::Reply;
use hopkenh_tests::house::SHOP;
use serde_json::Value;

fn asked(desk: &Desk, lang: Language) -> Args {
    Args {
        shop: SHOP.to_owned(),
        day: Some("2026-11-22".parse().unwrap()),
        place: desk.place(),
        channel_hosts: None,
        lang,
        json: Some(desk.folder().join("findings.json")),
    }
}

async fn compare(desk: &Desk, lang: Language) -> (String, Value) {
    let args = asked(desk, lang);
    let screen = desk.heard(reconcile::report(&args).await).unwrap();
    println!("{screen}");
    let json = std::fs::read_to_string(args.json.unwrap()).unwrap();
    (screen.split_whitespace().collect::<Vec<_>>().join(" "), serde_json::from_str(&json).unwrap())
}

fn proof<'j>(json: &'j Value, connection: &str) -> &'j Value {
    let connections = json["connections"].as_array().unwrap();
    &connections.iter().find(|found| found["connection"] == connection).unwrap()["proof"]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_nobody_told_is_recorded_from_a_terminal() {
    let desk = Desk::new();
    desk.channels.web.answer_with(|call| match call.path() {
        "/wp-json/wc/v3/orders" => Reply::text(200, &format!("[{WOO_ORDER}]")),
        _ => web(call),
    });
    desk.add(&desk.file()).await.unwrap();
    let (screen, json) = compare(&desk, Language::En).await;
    assert!(screen.contains("web order 11 was missing here; fetched and recorded"), "{screen}");
    assert!(screen.contains("web 1 = 1 398000 VND = 398000 VND 1 0"), "{screen}");
    assert!(screen.contains("shopee-main: its list of orders could not be read"), "{screen}");
    assert_eq!(proof(&json, "web")["ours_found"]["orders"], 0);
    assert_eq!(proof(&json, "web")["same"], 1);
    assert_eq!(proof(&json, "shopee-main")["kind"], "unreadable");
    let (screen, json) = compare(&desk, Language::Vi).await;
    assert!(!screen.contains("đơn 11"), "it is here by now: {screen}");
    assert!(screen.contains("shopee-main: không đọc được danh sách đơn"), "{screen}");
    assert_eq!(proof(&json, "web")["ours_found"]["orders"], 1);
}

#[tokio::test]
async fn a_shop_that_is_not_there_is_refused() {
    let desk = Desk::new();
    desk.add(&desk.file()).await.unwrap();
    let args = Args { shop: "nobody".to_owned(), ..asked(&desk, Language::En) };
    let refused = desk.heard(reconcile::report(&args).await).unwrap_err();
    assert!(refused.contains("nobody"), "{refused}");
}
