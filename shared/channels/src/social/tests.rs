//! Checks of orders taken in chats, and of the seals of Meta and Zalo.

use super::Social;
use crate::channel::{Channel, Notice, Notices, Verdict, WebhookRequest};
use crate::own_signature::SECRET;
use crate::secrets::Secrets;
use crate::testing;
use commerce::hold_terms::{HoldTerms, Purpose};
use commerce::ids::LocationId;
use commerce::order::{ChannelOrder, Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::status::Status;
use serde_json::{Value, json};

const CHAT: &[u8] = br#"{"object":"page","entry":[{"id":"1","time":1458692752478,"messaging":[{"sender":{"id":"7"},"message":{"mid":"m","text":"2 ao M"}}]}]}"#;
// openssl dgst -sha256 -hmac meta-app-secret
const META_SEAL: &str = "63b3f44b6e078564f722ba4522e12d25cb719a4eddd51923db9c144342a4c65f";

const EVENT: &[u8] = br#"{"app_id":"360846524940903967","sender":{"id":"246845883529197922"},"event_name":"user_send_text","message":{"text":"2 ao M","msg_id":"96d3cdf3af150460909"},"timestamp":"154390853474"}"#;
// printf '%s' 360846524940903967 BODY 154390853474 zalo-oa-secret | sha256sum
const ZALO_SEAL: &str = "ba099bfa6169b9b971acc705614b5b66ad6a0ce4a17a18b5d309807d82d2a869";
// The same with the time 154390859999, which stands in the header only.
const ZALO_HEADER_SEAL: &str = "55d1484e6c31b44523cf9451bfa1428f74f09ed777ad13969d869a054b098039";

fn secrets() -> Secrets {
    testing::secrets(&[
        (SECRET, "desk-secret"),
        ("meta_app_secret", "meta-app-secret"),
        ("meta_verify_token", "a word we agreed on"),
        ("zalo_oa_secret", "zalo-oa-secret"),
    ])
}

fn verdict_with(account: &[(&str, &str)], headers: &[(&str, &str)], body: &[u8]) -> Verdict {
    let (shop, connection, secrets) = (testing::shop(), testing::connection("social", account), secrets());
    Social.verify_webhook(&testing::door(&shop, &connection, &secrets), &testing::request(headers, body))
}

fn verdict(headers: &[(&str, &str)], body: &[u8]) -> Verdict {
    verdict_with(&[("zalo_app_id", "360846524940903967")], headers, body)
}

fn read_with(headers: &[(&str, &str)], body: &[u8]) -> Notices {
    let (shop, mut connection, secrets) = (testing::shop(), testing::connection("social", &[]), secrets());
    connection.serves_from = ["hn", "hcm"].map(|store| LocationId::new(store).unwrap()).into();
    Social.read_webhook(&testing::door(&shop, &connection, &secrets), &testing::request(headers, body))
}

fn read(body: &Value) -> Notices {
    read_with(&[("X-Hopkenh-Signature", "")], body.to_string().as_bytes())
}

#[test]
fn metas_seal_is_the_raw_bodys() {
    let seal = format!("sha256={META_SEAL}");
    assert_eq!(verdict(&[("X-Hub-Signature-256", &seal)], CHAT), Verdict::Signed { form: "meta" });
    for (seal, body) in
        [(META_SEAL, CHAT), ("sha256=", CHAT), (&seal.to_uppercase(), CHAT), (&seal, &CHAT[..CHAT.len() - 1])]
    {
        assert!(matches!(verdict(&[("X-Hub-Signature-256", seal)], body), Verdict::Refused { .. }), "{seal}");
    }
}

#[test]
fn zalos_seal_takes_the_time_from_the_body_or_from_the_header() {
    let in_body = Verdict::Signed { form: "zalo, time in the body" };
    for seal in
        [ZALO_SEAL.to_owned(), format!("mac={ZALO_SEAL}"), format!("mac={}", ZALO_SEAL.to_uppercase())]
    {
        assert_eq!(verdict(&[("X-ZEvent-Signature", &seal)], EVENT), in_body, "{seal}");
    }
    let header = [("X-ZEvent-Signature", ZALO_HEADER_SEAL), ("X-ZEvent-Timestamp", "154390859999")];
    assert_eq!(verdict(&header, EVENT), Verdict::Signed { form: "zalo, time in the header" });
    let seal = ("X-ZEvent-Signature", ZALO_SEAL);
    assert_eq!(verdict(&[seal, ("X-ZEvent-Timestamp", "1")], EVENT), in_body);
    let refused = |verdict| matches!(verdict, Verdict::Refused { .. });
    assert!(refused(verdict(&[("X-ZEvent-Signature", ZALO_HEADER_SEAL)], EVENT)));
    assert!(refused(verdict_with(&[("zalo_app_id", "1")], &[seal], EVENT)));
    assert!(refused(verdict_with(&[], &[seal], EVENT)));
    for body in testing::hostile_bodies() {
        assert!(refused(verdict(&[seal], &body)));
    }
}

#[test]
fn two_kinds_of_seals_are_nobodys() {
    let meta = format!("sha256={META_SEAL}");
    let both = [("X-Hub-Signature-256", meta.as_str()), ("X-ZEvent-Signature", ZALO_SEAL)];
    assert!(matches!(verdict(&both, CHAT), Verdict::Refused { .. }));
    assert!(matches!(verdict(&[], CHAT), Verdict::Refused { .. }));
    assert!(matches!(verdict(&[("X-Hub-Signature", "sha1=0")], CHAT), Verdict::Refused { .. }));
}

#[test]
fn a_chat_is_no_order_whatever_it_says() {
    let nothing = |topic: &str| vec![Ok(Notice::Nothing { topic: topic.to_owned() })];
    assert_eq!(read_with(&[("X-Hub-Signature-256", "")], CHAT), nothing("meta page"));
    assert_eq!(read_with(&[("X-ZEvent-Signature", "")], EVENT), nothing("zalo user_send_text"));
    let forged = order("confirm").to_string();
    assert_eq!(read_with(&[("X-Hub-Signature-256", "")], forged.as_bytes()), nothing("meta ?"));
}

fn challenge(query: &[(&str, &str)]) -> Option<String> {
    let (shop, connection, secrets) = (testing::shop(), testing::connection("social", &[]), secrets());
    let query = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let request = WebhookRequest { method: "GET".to_owned(), query, headers: Vec::new(), body: Vec::new() };
    Social.answer_challenge(&testing::door(&shop, &connection, &secrets), &request)
}

#[test]
fn metas_question_is_answered_for_the_agreed_word_only() {
    let ask = |mode, word, text| {
        challenge(&[("hub.mode", mode), ("hub.verify_token", word), ("hub.challenge", text)])
    };
    assert_eq!(ask("subscribe", "a word we agreed on", "1158201444"), Some("1158201444".to_owned()));
    assert_eq!(ask("subscribe", "another word", "1"), None);
    assert_eq!(ask("subscribe", "", "1"), None);
    assert_eq!(ask("unsubscribe", "a word we agreed on", "1"), None);
    assert_eq!(ask("subscribe", "a word we agreed on", &"1".repeat(300)), None);
    assert_eq!(challenge(&[]), None);
}

fn order(action: &str) -> Value {
    json!({
        "reference": "FB-7", "source": "facebook", "action": action, "at": "2026-11-22T10:00:00+07:00",
        "lines": [{ "line": "1", "listing": "AO-M", "quantity": 2, "price": 90000 }],
        "currency": "VND", "total": 180_000,
    })
}

fn only_order(notices: Notices) -> ChannelOrder {
    match notices.into_iter().next() {
        Some(Ok(Notice::Order(order))) => *order,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_action_is_a_status() {
    for (action, status, departure) in [
        ("hold", Status::Pending, Departure::Stayed),
        ("confirm", Status::Confirmed, Departure::Stayed),
        ("cancel", Status::Cancelled, Departure::Stayed),
        ("ship", Status::Shipped, Departure::Left),
    ] {
        let read = only_order(read(&order(action)));
        assert_eq!((read.status, read.departure, read.kind), (status, departure, OrderKind::Channel));
        assert_eq!((read.id.as_str(), read.location, read.total.amount_minor), ("FB-7", None, 180_000));
        assert_eq!((read.lines[0].listing.as_str(), read.lines[0].quantity), ("AO-M", 2));
    }
}

#[test]
fn what_is_wrong_is_named() {
    let with = |field: &str, value: Value| {
        let mut order = order("hold");
        order[field] = value;
        order
    };
    let line = |field: &str, value: Value| {
        let mut order = order("hold");
        order["lines"][0][field] = value;
        order
    };
    let twice = json!([order("hold")["lines"][0], order("hold")["lines"][0]]);
    for (body, expected) in [
        (with("reference", json!("")), "reference: is missing"),
        (with("source", json!("fax")), "source: must be one of facebook, zalo, tiktok, instagram, other"),
        (with("action", json!("give")), "action: must be hold, confirm, cancel or ship"),
        (with("at", json!(7)), "at: is not a date and time"),
        (with("currency", json!("vnd")), "currency: must be three capital letters"),
        (with("total", Value::Null), "total: is missing"),
        (with("lines", json!([])), "lines: must hold at least one line"),
        (with("lines", twice), "lines[1].line: stands on two lines of the order"),
        (line("line", Value::Null), "lines[0].line: is missing"),
        (line("listing", json!({})), "lines[0].listing: must be a number or a text"),
        (line("quantity", json!(1.5)), "lines[0].quantity: must be a whole number (got \"1.5\")"),
    ] {
        let wrong = ParkReason::Unreadable { detail: expected.to_owned() };
        assert_eq!(read(&body), [Err(wrong)]);
    }
    let mut called_off = order("cancel");
    called_off["lines"] = Value::Null;
    assert!(only_order(read(&called_off)).lines.is_empty(), "a cancel needs no lines");
}

/// An order with further fields.
fn with(action: &str, fields: &[(&str, Value)]) -> Value {
    let mut order = order(action);
    for (field, value) in fields {
        order[*field] = value.clone();
    }
    order
}

#[test]
fn a_hold_says_until_when_why_and_where() {
    let (until, store) = (json!("2026-11-22T12:30:00+07:00"), json!("hcm"));
    let terms = |fields: &[(&str, Value)]| {
        let read = only_order(read(&with("hold", fields)));
        (read.hold, read.location.map(|store| store.to_string()))
    };
    let agreed =
        |purpose, until: Option<&str>| Some(HoldTerms { purpose, until: until.map(|t| t.parse().unwrap()) });
    let half_past_five = Some("2026-11-22T05:30:00Z");
    assert_eq!(terms(&[]), (None, None), "as it was before any of this could be said");
    assert_eq!(
        terms(&[("purpose", json!("unpaid")), ("hold_until", Value::Null), ("location", json!(" "))]),
        (None, None)
    );
    assert_eq!(terms(&[("hold_until", until.clone())]), (agreed(Purpose::Unpaid, half_past_five), None));
    assert_eq!(terms(&[("location", store.clone())]), (None, Some("hcm".to_owned())));
    let pick_up = [("purpose", json!("pick_up")), ("location", store.clone())];
    assert_eq!(terms(&pick_up), (agreed(Purpose::PickUp, None), Some("hcm".to_owned())));
    let try_on = [("purpose", json!("try_in_store")), ("location", store), ("hold_until", until)];
    assert_eq!(terms(&try_on), (agreed(Purpose::TryInStore, half_past_five), Some("hcm".to_owned())));
    for action in ["confirm", "cancel", "ship"] {
        let read = only_order(read(&with(action, &try_on)));
        assert_eq!((read.hold, read.location), (None, None), "{action} leaves it as it was agreed");
    }
}

#[test]
fn what_is_wrong_with_a_hold_is_named() {
    let store = ("location", json!("hn"));
    for (fields, expected) in [
        (vec![("purpose", json!("gift"))], "purpose: must be one of unpaid, pick_up, try_in_store"),
        (vec![("purpose", json!([]))], "purpose: must be a number or a text"),
        (
            vec![("purpose", json!("pick_up"))],
            "location: must name the store where the buyer comes, with purpose pick_up",
        ),
        (vec![("location", json!("hue"))], "location: must be a store that serves this connection: hn, hcm"),
        (vec![("location", json!({}))], "location: must be a number or a text"),
        (vec![("hold_until", json!("soon"))], "hold_until: is not a date and time"),
        (vec![("hold_until", json!({}))], "hold_until: must be a number or a text"),
        (
            vec![("hold_until", json!("2026-11-22T10:00:00+07:00")), store.clone()],
            "hold_until: must be later than at",
        ),
        (
            vec![("hold_until", json!("2026-12-22T10:00:01+07:00")), store],
            "hold_until: must be at most 30 days later than at",
        ),
    ] {
        let wrong = ParkReason::Unreadable { detail: expected.to_owned() };
        assert_eq!(read(&with("hold", &fields)), [Err(wrong)]);
    }
    let longest = with("hold", &[("hold_until", json!("2026-12-22T10:00:00+07:00"))]);
    assert!(only_order(read(&longest)).hold.is_some());
}

#[test]
fn hostile_bodies_are_set_aside() {
    for body in testing::hostile_bodies() {
        assert!(read_with(&[("x-hopkenh-signature", "")], &body).iter().all(Result::is_err));
    }
}

/// The page's own example, and the signature's scheme that it shares with the till's.
#[test]
fn the_pages_example_is_read_as_the_page_says() {
    let page = include_str!("README.md");
    let example = |n: usize| page.split("```json\n").nth(n).unwrap().split("```").next().unwrap();
    let order = |n| only_order(read_with(&[("X-Hopkenh-Signature", "")], example(n).as_bytes()));
    let plain = order(1);
    assert_eq!((plain.id.as_str(), plain.lines.len(), plain.total.amount_minor), ("FB-1001", 2, 275_000));
    assert_eq!(order(2).hold.unwrap().purpose, Purpose::PickUp);
}
