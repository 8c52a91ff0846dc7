//! The screen in both languages, from made-up facts: the sum, a shortfall, what is on its way, and the ledger in words.

use super::facts::Facts;
use super::layout::WIDTH;
use super::text;
use crate::demo::texts::Language;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::cover::{Attempt, Kind, Listed, Phase};
use commerce::effect::OrderState;
use commerce::ids::{ConnectionId, ListingId, LocationId, OrderId, ShopId, Sku};
use commerce::money::{Currency, Money};
use commerce::order::{Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::plan::OrderKey;
use commerce::status::Status;
use commerce::stock::{Cause, ListingKey, Movement, Stock, StockDelta, StockKey};
use lambda_kit::shops_file;
use std::collections::BTreeMap;
use table::parked_item::Parked;
use table::pass_item::PassState;
use workflows::announce_stock::LedgerLine;

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
walk_in_reserve = 1

[[shop.connection]]
id = "web"
channel = "woocommerce"
base_url = "https://shop.example.vn"
serves_from = ["hn", "hcm"]
secrets = { consumer_key = "env:A", consumer_secret = "env:B", webhook_secret = "env:C" }
listing = [{ id = "10:0", sku = "AO-M" }]

[[shop.connection]]
id = "shopee-main"
channel = "shopee"
webhook_url = "https://hooks.example.vn/webhooks/demo/shopee-main"
serves_from = ["hn"]
account = { partner_id = "2001", shop_id = "137637267" }
secrets = { partner_key = "env:D", access_token = "env:E" }
listing = [{ id = "23620853561:221404189791", sku = "AO-M" }]
"#;

fn at(clock: &str) -> Timestamp {
    format!("2026-11-22T{clock}Z").parse().unwrap()
}

fn shop() -> Shop {
    let file = shops_file::parse(SHOP).unwrap();
    file.catalogue.shops.into_values().next().unwrap().as_ref().clone()
}

fn listing(connection: &str, id: &str) -> ListingKey {
    ListingKey { connection: ConnectionId::new(connection).unwrap(), listing: ListingId::new(id).unwrap() }
}

fn web() -> ListingKey {
    listing("web", "10:0")
}

fn shopee() -> ListingKey {
    listing("shopee-main", "23620853561:221404189791")
}

fn key(store: &str) -> StockKey {
    StockKey { sku: Sku::new("AO-M").unwrap(), location: LocationId::new(store).unwrap() }
}

fn balance(on_hand: i64, committed: i64, cover: &[(ListingKey, i64)]) -> Stock {
    let cover: BTreeMap<ListingKey, i64> = cover.iter().cloned().collect();
    let free = on_hand - committed - cover.values().sum::<i64>();
    Stock { on_hand, committed, free, cover, baseline: Some(at("01:00:00")), ..Stock::default() }
}

fn ordered(order: &str, connection: &str, clock: &str) -> LedgerLine {
    let cause = Cause::Order {
        connection: ConnectionId::new(connection).unwrap(),
        order: order.to_owned(),
        by: None,
    };
    let delta = StockDelta { committed: 1, cover: [(web(), -1)].into(), ..StockDelta::default() };
    line("hn", 7, cause, clock, delta)
}

fn line(store: &str, version: u64, cause: Cause, clock: &str, delta: StockDelta) -> LedgerLine {
    let movements = vec![Movement { cause, at_ms: at(clock).as_millisecond(), delta }];
    LedgerLine {
        shop: ShopId::new("demo").unwrap(),
        sku: Sku::new("AO-M").unwrap(),
        location: LocationId::new(store).unwrap(),
        version,
        movements,
        on_hand: 10,
        committed: 2,
        free: 1,
    }
}

fn order(total: i64, status: Status) -> OrderState {
    let delta = StockDelta { committed: 1, ..StockDelta::default() };
    OrderState {
        kind: OrderKind::Channel,
        status,
        departure: Departure::Stayed,
        source_time: at("02:00:00"),
        created_at: at("02:00:00"),
        read_at: None,
        digest: String::new(),
        total: Money::from_minor(total, Currency::VND),
        lines: Vec::new(),
        hold: None,
        unheard: false,
        echo_of: None,
        applied: [(key("hn"), delta)].into(),
    }
}

fn order_key(order: &str) -> OrderKey {
    let (shop, connection) = (ShopId::new("demo").unwrap(), ConnectionId::new("web").unwrap());
    OrderKey { shop, connection, order: OrderId::new(order).unwrap() }
}

fn facts() -> Facts {
    let shop = shop();
    let ground = |id: &str| {
        let connection = &shop.connections[&ConnectionId::new(id).unwrap()];
        connection.ground(connection.listings.values().next().unwrap())
    };
    let known = |id: &str| Listed {
        shown: Some(4),
        told_at: Some(at("02:58:00")),
        ground: Some(ground(id)),
        sold_ms: vec![at("02:00:00").as_millisecond()],
        ..Listed::default()
    };
    let pass = PassState {
        drained_until: Some(at("02:59:00")),
        begun_at: Some(at("02:59:30")),
        ..PassState::default()
    };
    let level = Cause::Document { document: "level:count:hn:5".to_owned() };
    let cover = Cause::Cover { listing: web(), number: 3 };
    Facts {
        listed: [(web(), known("web")), (shopee(), Listed { sold_ms: Vec::new(), ..known("shopee-main") })]
            .into(),
        stock: [
            (key("hn"), balance(10, 2, &[(web(), 3), (shopee(), 4)])),
            (key("hcm"), balance(6, 0, &[(web(), 5)])),
        ]
        .into(),
        passes: [(ConnectionId::new("web").unwrap(), pass)].into(),
        lines: vec![
            line("hn", 5, level, "01:00:00", StockDelta { on_hand: 10, ..StockDelta::default() }),
            line(
                "hn",
                6,
                cover,
                "01:00:05",
                StockDelta { cover: [(web(), 4)].into(), ..StockDelta::default() },
            ),
            ordered("1001", "web", "02:00:00"),
        ],
        shop,
        sku: Sku::new("AO-M").unwrap(),
        only: None,
        last: 8,
        flags: String::new(),
        now: at("03:00:00"),
        archive_trouble: None,
        orders: BTreeMap::new(),
        parked: Vec::new(),
    }
}

fn attempt(phase: Phase) -> Attempt {
    Attempt {
        id: 4,
        kind: Kind::Set,
        phase,
        value: 7,
        base: 0,
        reserved: 3,
        cover: 7,
        given_back: 0,
        deadline: at("03:00:40"),
        told_at: None,
        said: None,
        in_gate: 0,
        ship: None,
    }
}

/// Both screens, each line within the width.
fn screens(facts: &Facts) -> [String; 2] {
    let screens = [Language::En, Language::Vi].map(|language| text(facts, language));
    for screen in &screens {
        let wide: Vec<&str> = screen.lines().filter(|line| line.chars().count() > WIDTH).collect();
        assert!(wide.is_empty(), "{wide:#?}\n{screen}");
    }
    screens
}

/// Spaces do not count.
fn has(screen: &str, words: &str) {
    let plain = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain.contains(words), "{words:?} is missing in\n{screen}");
}

#[test]
fn the_number_is_a_sum_with_a_row_for_each_listing() {
    let [en, vi] = screens(&facts());
    for words in [
        "AO-M · Cửa hàng Mẫu (demo) · 2026-11-22 03:00:00 (times are UTC)",
        "How many, and why hn hcm on hand 10 6 − committed: sold, not yet gone 2 0",
        "− cover of shopee-main 23620853561:221404189791 4 0 − cover of web 10:0 3 5 = free 1 1",
        "hcm: 1 of the free ones are kept for buyers who walk in",
    ] {
        has(&en, words);
    }
    has(&vi, "tồn kho 10 6 − đã bán chưa giao 2 0 − đã giữ 0 0");
    has(&vi, "− đang bán trên web 10:0 3 5 = còn bán được 1 1");
    assert!(!en.contains("Shortfall") && !vi.contains("Thiếu hàng"));
}

#[test]
fn each_listing_has_its_rule_and_what_its_channel_shows() {
    let [en, vi] = screens(&facts());
    has(&en, "rule share by demand: weight 2 of 3 (1 of the latest sales); share now: hn ");
    has(&en, "shows 4 by its answer of 02:58:00");
    has(&vi, "quy tắc chia theo sức bán: trọng số 2 trên 3 (1 lần bán gần đây); phần được chia lúc này: hn ");
    has(&vi, "đang hiện 4, kênh trả lời lúc 02:58:00");
}

#[test]
fn what_is_on_its_way_is_told_in_words() {
    let mut facts = facts();
    let mut tell = |attempt: Attempt, en: &str, vi: &str| {
        facts.listed.get_mut(&web()).unwrap().attempt = Some(attempt);
        let [in_english, in_vietnamese] = screens(&facts);
        has(&in_english, en);
        has(&in_vietnamese, vi);
    };
    tell(
        attempt(Phase::Sent),
        "on its way set to 7: sent 02:59:40, waits for the channel's answer until 03:00:40",
        "đang gửi đặt số thành 7: gửi lúc 02:59:40, chờ kênh trả lời đến 03:00:40",
    );
    tell(
        Attempt { deadline: at("02:59:00"), kind: Kind::Zero, ..attempt(Phase::Sent) },
        "set to 0: no answer, given up 02:59:00; it may still be applied until",
        "đặt số về 0: không có trả lời, thôi chờ lúc 02:59:00",
    );
    tell(
        Attempt { told_at: Some(at("02:59:50")), said: Some(7), ..attempt(Phase::Draining) },
        "the channel said 7 at 02:59:50; waits until all orders from before are recorded",
        "kênh báo 7 lúc 02:59:50; chờ ghi xong mọi đơn trước lúc đó",
    );
    tell(
        Attempt { told_at: Some(at("02:59:50")), said: Some(7), ..attempt(Phase::Draining) },
        "orders are recorded up to 02:59:00 by the last complete pass",
        "đơn đã ghi đến 02:59:00 theo lượt đọc trọn gần nhất",
    );
}

#[test]
fn a_drain_that_an_order_blocks_names_it_and_other_reasons_to_wait_are_told() {
    let mut facts = facts();
    let known = facts.listed.get_mut(&web()).unwrap();
    known.attempt = Some(Attempt { told_at: Some(at("02:59:50")), ..attempt(Phase::Draining) });
    known.locked_until = Some(at("03:10:00"));
    known.gate.asked = [(OrderId::new("T-1").unwrap(), 2)].into();
    known.gate.open = [(OrderId::new("T-2").unwrap(), 1)].into();
    let pass = facts.passes.get_mut(&ConnectionId::new("web").unwrap()).unwrap();
    pass.blocked_by = Some("order 1002: a product that is not in the shop's file".to_owned());
    let [en, vi] = screens(&facts);
    has(&en, "blocked by order 1002");
    has(&en, "left alone until 03:10:00");
    has(&en, "ships waiting until the number is lowered for them: T-1 (2)");
    has(&en, "let through may be reported shipped, not recorded yet: T-2 (1)");
    has(&vi, "bị chặn bởi order 1002");
    has(&vi, "để yên để yên đến 03:10:00");
    has(&vi, "được giao được báo giao, chưa ghi nhận: T-2 (1)");
}

#[test]
fn a_shortfall_says_how_many_and_which_order_hurts_least() {
    let mut facts = facts();
    facts.stock.insert(key("hn"), balance(2, 3, &[]));
    let [en, vi] = screens(&facts);
    has(&en, "! Shortfall at hn: 1 more promised than there is, 1 of them sold or held.");
    has(&en, "the newest of the smallest value that has AO-M");
    has(&vi, "! Thiếu hàng ở hn: 1 đơn vị (bán vượt tồn 1).");
    facts.orders = [
        (order_key("1001"), order(398_000, Status::Confirmed)),
        (order_key("1003"), order(99_000, Status::Confirmed)),
        (order_key("1004"), order(5_000, Status::Shipped)),
    ]
    .into();
    let [en, vi] = screens(&facts);
    has(&en, "the order that hurts least: 1003 (web), placed 02:00:00, 1 units, 99.000 VND, not shipped");
    has(&vi, "huỷ đơn ít thiệt nhất: đơn 1003 (web), đặt lúc 02:00:00, 1 đơn vị, 99.000 VND, chưa giao");
    facts.stock.insert(key("hn"), balance(2, 0, &[(web(), 3)]));
    has(&screens(&facts)[0], "Nobody has bought them");
}

#[test]
fn movements_have_their_cause_and_the_last_ones_are_kept() {
    let mut facts = facts();
    let [en, vi] = screens(&facts);
    has(&en, "01:00:00 hn stock count on hand +10 1");
    has(&en, "01:00:05 hn cover moved for web 10:0 cover +4 1");
    has(&en, "02:00:00 hn order 1001 (web) committed +1, cover −1 1");
    has(&vi, "01:00:00 hn đếm kho tồn +10 1");
    has(&vi, "01:00:05 hn chia hàng cho web 10:0 đang bán +4 1");
    has(&vi, "02:00:00 hn đơn 1001 (web) đã bán +1, đang bán −1 1");
    facts.last = 1;
    facts.archive_trouble = Some("object ledger/demo/: HTTP 403".to_owned());
    let [en, _] = screens(&facts);
    assert!(!en.contains("stock count"), "{en}");
    has(
        &en,
        "only each store's latest change; the ledger's archive could not be read: object ledger/demo/: HTTP 403",
    );
}

#[test]
fn one_channel_alone_leaves_the_others_out_but_not_out_of_the_sum() {
    let mut facts = facts();
    facts.only = Some("shopee".to_owned());
    let [en, _] = screens(&facts);
    assert!(!en.contains("order 1001") && !en.contains("web · woocommerce"), "{en}");
    has(&en, "− cover of web 10:0 3 5");
    has(&en, "shopee-main · shopee · 23620853561:221404189791");
}

#[test]
fn passes_and_parked_notes_of_its_listings_are_told() {
    let mut facts = facts();
    facts.parked = vec![Parked {
        shop: ShopId::new("demo").unwrap(),
        connection: ConnectionId::new("web").unwrap(),
        subject: "1002".to_owned(),
        reasons: vec![ParkReason::CancelWithoutProof],
        at: at("02:30:00"),
        body: "{}".to_owned(),
    }];
    let [en, vi] = screens(&facts);
    has(&en, "web 02:59:00 02:59:30");
    has(&en, "Waits for a person 02:30:00 web 1002: Cancelled, but nothing proves the goods are here.");
    has(&vi, "Đối soát đơn");
    has(&vi, "Chờ người xử lý 02:30:00 web 1002: Đơn đã huỷ");
}
