//! Checks of the till link against the page that describes it.

use super::{Till, csv};
use crate::channel::{Channel, Notice, Notices};
use crate::testing;
use commerce::ids::{ListingId, LocationId};
use commerce::order::{ChannelOrder, Departure, OrderKind};
use commerce::park::ParkReason;
use commerce::status::Status;
use serde_json::{Value, json};

const PAGE: &str = include_str!("README.md");

fn read(body: &[u8]) -> Notices {
    let (shop, connection, secrets) =
        (testing::shop(), testing::connection("till", &[]), testing::secrets(&[]));
    Till.read_webhook(&testing::door(&shop, &connection, &secrets), &testing::request(&[], body))
}

fn read_documents(documents: &Value) -> Notices {
    read(json!({ "documents": documents }).to_string().as_bytes())
}

fn read_file(file: &[u8]) -> Result<Vec<Notice>, Vec<String>> {
    let (shop, connection, secrets) =
        (testing::shop(), testing::connection("till", &[]), testing::secrets(&[]));
    csv::read(&testing::door(&shop, &connection, &secrets), file)
}

fn sale() -> Value {
    json!({
        "kind": "sale", "number": "HD001", "at": "2026-11-22T10:00:00+07:00", "branch": "55", "currency": "VND",
        "lines": [
            { "line": "1", "product": "AO-M", "quantity": 2, "price": 90000 },
            { "line": "2", "product": "AO-L", "quantity": "1.0", "price": "95000.00" },
        ],
        "total": 275_000,
    })
}

fn with(mut document: Value, field: &str, value: Value) -> Value {
    document[field] = value;
    document
}

fn only_order(notices: Notices) -> ChannelOrder {
    match notices.into_iter().next() {
        Some(Ok(Notice::Order(order))) => *order,
        other => panic!("{other:?}"),
    }
}

fn detail(notices: &Notices) -> &str {
    match notices.as_slice() {
        [Err(ParkReason::Unreadable { detail })] => detail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sale_takes_goods_from_its_branch() {
    let order = only_order(read_documents(&json!([sale()])));
    assert_eq!((order.id.as_str(), order.kind), ("HD001", OrderKind::TillSale));
    assert_eq!((order.status, order.departure), (Status::Completed, Departure::Left));
    assert_eq!(order.location, Some(LocationId::new("hn").unwrap()));
    assert_eq!(order.source_time.to_string(), "2026-11-22T03:00:00Z");
    assert_eq!((order.total.amount_minor, order.read_at), (275_000, None));
    let lines: Vec<(&str, &str, u32, i64)> = order
        .lines
        .iter()
        .map(|l| (l.id.as_str(), l.listing.as_str(), l.quantity, l.unit_price_minor))
        .collect();
    assert_eq!(lines, [("1", "AO-M", 2, 90_000), ("2", "AO-L", 1, 95_000)]);
}

#[test]
fn lines_without_a_name_are_called_after_their_product() {
    let line = json!({ "product": "AO-M", "quantity": 1, "price": 0 });
    let order = only_order(read_documents(&json!([with(sale(), "lines", json!([line, line]))])));
    let names: Vec<&str> = order.lines.iter().map(|line| line.id.as_str()).collect();
    assert_eq!(names, ["AO-M", "AO-M#2"]);
}

#[test]
fn a_void_calls_the_sale_off_under_its_own_number() {
    let void = json!({ "kind": "void", "number": "HD001", "at": "2026-11-22T10:30:00", "branch": "55" });
    let order = only_order(read_documents(&json!([void])));
    assert_eq!((order.id.as_str(), order.status), ("HD001", Status::Cancelled));
    assert_eq!((order.departure, order.lines.len()), (Departure::Stayed, 0));
    assert_eq!(order.source_time.to_string(), "2026-11-22T03:30:00Z", "without a zone it is Việt Nam's");
}

#[test]
fn a_return_waits_for_the_next_count() {
    let nothing = Notice::Nothing { topic: "return".to_owned() };
    assert_eq!(read_documents(&json!([with(sale(), "kind", json!("return"))])), [Ok(nothing)]);
}

fn level(product: &str, on_hand: i64, as_of: &str) -> Notice {
    Notice::StockLevel {
        listing: ListingId::new(product).unwrap(),
        branch: "55".to_owned(),
        on_hand,
        as_of: Some(as_of.parse().unwrap()),
    }
}

#[test]
fn a_count_is_one_level_for_each_product_and_a_bad_line_takes_no_other_along() {
    let lines = json!([
        { "product": "AO-M", "quantity": 7 },
        { "product": "AO-L", "quantity": -2.0 },
        { "product": "AO-S", "quantity": 2.5 },
    ]);
    let count = json!({ "kind": "level", "at": "2026-11-22T21:00:00", "branch": 55, "lines": lines });
    let at = "2026-11-22T14:00:00Z";
    let bad = "documents[0].lines[2].quantity: must be a whole number (got \"2.5\")".to_owned();
    assert_eq!(
        read_documents(&json!([count])),
        [Ok(level("AO-M", 7, at)), Ok(level("AO-L", -2, at)), Err(ParkReason::Unreadable { detail: bad })]
    );
}

#[test]
fn what_is_wrong_is_named_by_its_place() {
    let line = |field: &str, value: Value| {
        let mut sale = sale();
        sale["lines"][1][field] = value;
        sale
    };
    for (document, expected) in [
        (with(sale(), "kind", Value::Null), "documents[0].kind: is missing"),
        (with(sale(), "kind", json!("gift")), "documents[0].kind: must be sale, return, void or level"),
        (with(sale(), "number", json!("")), "documents[0].number: is missing"),
        (with(sale(), "at", json!("yesterday")), "documents[0].at: is not a date and time"),
        (with(sale(), "branch", Value::Null), "documents[0].branch: is missing"),
        (with(sale(), "currency", json!("đồng")), "documents[0].currency: must be three capital letters"),
        (with(sale(), "total", Value::Null), "documents[0].total: is missing"),
        (with(sale(), "lines", json!([])), "documents[0].lines: must hold at least one line"),
        (with(sale(), "lines", json!({})), "documents[0].lines: must be a list"),
        (line("line", json!("1")), "documents[0].lines[1].line: stands on two lines of the document"),
        (line("product", Value::Null), "documents[0].lines[1].product: is missing"),
        (
            line("quantity", json!(-1)),
            "documents[0].lines[1].quantity: must be a count of units (got \"-1\")",
        ),
        (
            line("price", json!("95.000")),
            "documents[0].lines[1].price: must be written without a mark between thousands",
        ),
        (json!("sale"), "documents[0]: is not an object of the documented kind"),
    ] {
        assert_eq!(detail(&read_documents(&json!([document]))), expected);
    }
    assert_eq!(detail(&read(b"{}")), "documents: is missing");
    let unknown = ParkReason::UnknownLocation { branch: "77".to_owned() };
    assert_eq!(read_documents(&json!([with(sale(), "branch", json!("77"))])), [Err(unknown)]);
}

#[test]
fn hostile_bodies_are_set_aside() {
    for body in testing::hostile_bodies() {
        assert!(read(&body).iter().all(Result::is_err));
    }
    for file in testing::hostile_bodies() {
        assert!(read_file(&file).is_err());
    }
}

/// The page's own examples, found by the language of their block.
fn examples(language: &str) -> Vec<&'static str> {
    let opening = format!("```{language}\n");
    PAGE.split(opening.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn the_pages_examples_are_read_as_the_page_says() {
    let bodies = examples("json");
    assert!(bodies.len() >= 2, "{}", bodies.len());
    for body in bodies {
        let notices = read(body.as_bytes());
        assert!(!notices.is_empty() && notices.iter().all(Result::is_ok), "{body}\n{notices:?}");
    }
    let files = examples("csv");
    assert_eq!(files.len(), 1);
    let notices = read_file(files[0].as_bytes()).unwrap();
    let levels = notices.iter().filter(|notice| matches!(notice, Notice::StockLevel { .. })).count();
    assert_eq!((notices.len(), levels), (5, 2), "{notices:?}");
}

/// The signature that the page's own commands make.
#[test]
fn the_pages_signature_is_right() {
    let body = br#"{"documents":[{"kind":"level","at":"2026-11-30T21:00:00+07:00","branch":"55","lines":[{"product":"AO-M","quantity":7}]}]}"#;
    let hex = crate::hmac::sha256_hex(b"a-secret-of-our-own", &[b"1796047260.", body]).unwrap();
    assert!(PAGE.contains(&hex), "the page must show {hex}");
}

const HEAD: &str = "kind,number,at,branch,product,quantity,price,total\n";

#[test]
fn a_file_says_the_same_as_a_message() {
    let file = "\u{feff}Kind;Number;At;Branch;Currency;Line;Product;Quantity;Price;Total\r\n\
        sale;HD001;2026-11-22T10:00:00+07:00;55;VND;1;AO-M;2;90000;275000\r\n\
        level;;2026-11-22 21:00;55;;;AO-M;7;;\r\n\
        \r\n\
        sale;HD001;2026-11-22T10:00:00+07:00;55;;2;\"AO-L\";1;95000;\r\n";
    let at = "2026-11-22T14:00:00Z";
    let sale = read_documents(&json!([sale()])).remove(0).unwrap();
    assert_eq!(read_file(file.as_bytes()), Ok(vec![sale, level("AO-M", 7, at)]));
}

#[test]
fn a_total_that_is_not_given_is_the_sum_of_the_lines() {
    let file =
        format!("{HEAD}sale,1,2026-11-22T10:00:00,55,A,2,90000,\nsale,1,2026-11-22T10:00:00,55,B,1,5000,\n");
    let order = only_order(read_file(file.as_bytes()).unwrap().into_iter().map(Ok).collect());
    assert_eq!(order.total.amount_minor, 185_000);
    let file =
        "kind,number,at,branch,product,quantity,price,currency\nsale,1,2026-11-22T10:00:00,55,A,3,0.35,USD\n";
    let order = only_order(read_file(file.as_bytes()).unwrap().into_iter().map(Ok).collect());
    assert_eq!(order.total.amount_minor, 105);
}

#[test]
fn every_bad_line_of_a_file_is_named_and_nothing_is_used() {
    let mut bad = HEAD.as_bytes().to_vec();
    bad.extend(b"sale,1,2026-11-22T10:00:00,55,\xc1o,1,1,1\n");
    let legacy = "line 2: a letter is not UTF-8 (Windows-1258?): save the file as \"CSV UTF-8\"";
    assert_eq!(read_file(&bad), Err(vec![legacy.to_owned()]));
    let utf16 = "line 1: the file is UTF-16, must be UTF-8: save it as \"CSV UTF-8\"";
    assert_eq!(read_file(&[0xff, 0xfe, b'k', 0]), Err(vec![utf16.to_owned()]));
    let rows = "sale,1,2026-11-22T10:00:00,55,A,1.5,1,1\n\
        sale,2,2026-11-22T10:00:00,77,A,1,1,1\n\
        sale,3,2026-11-22T10:00:00,55,A,1,90.000,90000\n\
        sale,4,2026-11-22T10:00:00,55,A,1,1,1\n\
        sale,4,2026-11-22T10:00:01,55,B,1,1,1\n\
        level,,30/11/2026 21:00,55,A,1,,\n";
    let problems = read_file(format!("{HEAD}{rows}").as_bytes()).unwrap_err();
    assert_eq!(
        problems,
        [
            "line 2, quantity: must be a whole number (got \"1.5\")",
            "line 3, branch: \"77\" is no branch of this till in the shop's file",
            "line 4, price: must be written without a mark between thousands",
            "line 6, at: is not the same as on line 5, which belongs to the same document",
            "line 7, at: is not a date and time",
        ]
    );
}

#[test]
fn columns_and_cells_are_checked_first() {
    let problem = |file: &str| read_file(file.as_bytes()).unwrap_err().remove(0);
    assert!(problem("kind,number\n").starts_with("line 1: column \"at\" is missing; columns are kind, "));
    assert!(problem(&HEAD.replace("total", "totla")).starts_with("line 1: column \"totla\" is not known"));
    assert!(
        problem(&HEAD.replace("total", "price")).starts_with("line 1: column \"price\" stands there twice")
    );
    assert_eq!(problem(&format!("{HEAD}sale,1\n")), "line 2: has 2 cells, must have 8");
    assert_eq!(problem(HEAD), "line 2: there is no line below the column names");
    let long = format!("{HEAD}{}", "level,,2026-11-22T10:00:00,55,A,1,,\n".repeat(csv::LINES_MAX + 1));
    assert_eq!(problem(&long), "line 50000: the file has 50001 lines; split it");
}
