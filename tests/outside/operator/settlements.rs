//! Settlement files handed over at a terminal: each sample of `tests/settlements` is read or refused as it must be, and the
//! morning report tells of it.

use super::Desk;
use crate::sample_events::root;
use hopkenh::demo::texts::Language;
use hopkenh::settlement::{self, Args};
use hopkenh::{reconcile, report};
use hopkenh_tests::fake_channels::{WOO_ORDER, web};
use hopkenh_tests::fake_server::Reply;
use hopkenh_tests::house::SHOP;
use lambda_kit::clock;
use serde_json::Value;
use std::path::PathBuf;

/// A desk whose book holds order 11 of the website, 398,000 đồng.
async fn desk() -> Desk {
    let desk = Desk::new();
    desk.channels.web.answer_with(|call| match call.path() {
        "/wp-json/wc/v3/orders" => Reply::text(200, &format!("[{WOO_ORDER}]")),
        _ => web(call),
    });
    desk.add(&desk.file()).await.unwrap();
    let args = reconcile::Args {
        shop: SHOP.to_owned(),
        day: Some("2026-11-22".parse().unwrap()),
        place: desk.place(),
        channel_hosts: None,
        lang: Language::En,
        json: None,
    };
    desk.heard(reconcile::report(&args).await).unwrap();
    desk
}

fn args(desk: &Desk, files: &[&str], lang: Language) -> Args {
    let path = |file: &&str| -> PathBuf { root().join("tests/settlements").join(file) };
    Args {
        shop: SHOP.to_owned(),
        connection: "web".to_owned(),
        files: files.iter().map(path).collect(),
        order_column: None,
        amount_column: None,
        from: None,
        to: None,
        json: Some(desk.folder().join("settlements.json")),
        place: desk.place(),
        lang,
    }
}

/// What the screen says, without line ends, and whether everything agrees.
async fn hand_over(desk: &Desk, args: &Args) -> (String, bool) {
    let answer = settlement::report(args, clock::system()).await;
    let agrees = answer.as_ref().is_ok_and(|(_, agrees)| *agrees);
    let screen = desk.heard(answer.map(|(screen, _)| screen)).unwrap_or_else(|error| error);
    println!("{screen}");
    (screen.split_whitespace().collect::<Vec<_>>().join(" "), agrees)
}

/// Each sample, whether it agrees, and words that the answer must hold.
const SAMPLES: [(&str, bool, &str); 23] = [
    (
        "shopee-income.csv",
        true,
        "shopee-income, UTF-8, head in line 3, 2 lines, orders in column \"Mã đơn hàng\"",
    ),
    ("shopee-adjustments.csv", false, "shopee-adjustments, UTF-8, head in line 2, 1 line, orders"),
    (
        "tiktok-income.csv",
        true,
        "what buyers pay (column \"Customer payment\"); days 2026-11-20 to 2026-11-21; 1 line about no order",
    ),
    (
        "lazada-statement.csv",
        true,
        "lazada-statement, UTF-8, head in line 1, 5 lines, orders in column \"Order Number\"",
    ),
    ("tiki-statement.csv", false, "2 ≠ 0 · 0 2 0 408900 VND"),
    ("website-payments.csv", true, "1 = 1 398000 VND = 398000 VND 1 0 0"),
    (
        "website-payments-differ.csv",
        false,
        "order 12 (line 4) is in the file and not in our book; look the order up",
    ),
    (
        "payment-provider.csv",
        false,
        "the file's columns: Mã tham chiếu | Khách trả | Thực nhận; run it again with --order-column",
    ),
    ("older-program.csv", true, "general, windows-1258, head in line 1, 1 line,"),
    ("workbook.csv", false, "this is an Excel workbook"),
    ("older-workbook.csv", false, "this is an Excel workbook"),
    ("web-page.csv", false, "this is a web page and no CSV"),
    ("empty.csv", false, "the file is empty"),
    ("cut-off.csv", false, "line 3: the file ends in the middle of a cell"),
    ("too-few-cells.csv", false, "line 3: has 2 cells, the head has 3"),
    ("comma-without-quotes.csv", false, "line 2: has 3 cells, the head has 2; a separator stands inside"),
    ("fraction.csv", false, "line 2, column \"Order total\": \"398000.50\" has a fraction"),
    ("shortened-orders.csv", false, "a spreadsheet has damaged the order's number (5.78123E+17)"),
    ("rounded-orders.csv", false, "has made noughts of the last digits"),
    ("unknown-columns.csv", false, "run it again with --order-column"),
    ("line-twice.csv", false, "line 3 is line 2 once more (order 11): it counts twice"),
    ("no-such-file.csv", false, "entity not found"),
    ("README.md", false, "the column of the orders' numbers is not known"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_sample_is_read_or_refused_in_both_languages() {
    let desk = desk().await;
    for (file, agrees, words) in SAMPLES {
        let (screen, does) = hand_over(&desk, &args(&desk, &[file], Language::En)).await;
        assert_eq!(does, agrees, "{file}: {screen}");
        assert!(screen.contains(words), "{file}: {words:?} is missing in {screen}");
        let (vietnamese, _) = hand_over(&desk, &args(&desk, &[file], Language::Vi)).await;
        assert!(vietnamese.contains("Tệp quyết toán") || file == "no-such-file.csv", "{vietnamese}");
    }
    let named: Vec<&str> = SAMPLES.iter().map(|(file, ..)| *file).collect();
    for entry in std::fs::read_dir(root().join("tests/settlements")).unwrap().flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        assert!(named.contains(&file.as_str()), "{file} is run by no test");
    }
    let shopee = hand_over(&desk, &args(&desk, &["shopee-income.csv"], Language::En)).await.0;
    assert!(shopee.contains("it was placed before this shop's book began"), "{shopee}");
    assert!(shopee.ends_with("Everything agrees or is explained."), "{shopee}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_column_that_a_person_names_is_taken_from_the_flag_or_from_the_shops_file() {
    let desk = desk().await;
    let flags = Args {
        order_column: Some("ma tham chieu".to_owned()),
        amount_column: Some("Khách trả".to_owned()),
        ..args(&desk, &["payment-provider.csv"], Language::En)
    };
    let (screen, agrees) = hand_over(&desk, &flags).await;
    assert!(agrees && screen.contains("UTF-16LE") && screen.contains("389000 VND"), "{screen}");
    let rule =
        "account = { settlement_order_column = \"Mã tham chiếu\", settlement_amount_column = \"Số tiền\" }";
    let mark = "id = \"web\"\nchannel = \"woocommerce\"\n";
    let file = desk.file();
    assert!(file.contains(mark), "{file}");
    desk.add(&file.replace(mark, &format!("{mark}{rule}\n"))).await.unwrap();
    let (screen, agrees) = hand_over(&desk, &args(&desk, &["unknown-columns.csv"], Language::En)).await;
    assert!(agrees && screen.contains("orders in column \"Mã tham chiếu\""), "{screen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_morning_report_tells_of_each_file_once_and_of_its_latest_result() {
    let desk = desk().await;
    let files = ["website-payments.csv", "website-payments-differ.csv", "workbook.csv"];
    hand_over(&desk, &args(&desk, &files, Language::En)).await;
    let twice = args(&desk, &files[..2], Language::En);
    hand_over(&desk, &twice).await;
    let json: Value = serde_json::from_str(&std::fs::read_to_string(twice.json.unwrap()).unwrap()).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 2);
    let out = desk.folder().join("pages");
    let asked = report::Args {
        shop: SHOP.to_owned(),
        day: None,
        out: Some(out.clone()),
        send: false,
        place: desk.place(),
        channel_hosts: None,
        lang: Language::En,
    };
    desk.heard(report::report(&asked).await).unwrap();
    let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    let report: Value = serde_json::from_str(&read("report.json")).unwrap();
    let mut told: Vec<(String, String)> =
        report["settlements"].as_array().unwrap().iter().map(line).collect();
    told.sort();
    let expected = [
        ("website-payments-differ.csv", "compared"),
        ("website-payments.csv", "compared"),
        ("workbook.csv", "unreadable"),
    ];
    assert_eq!(told, expected.map(|(file, kind)| (file.to_owned(), kind.to_owned())));
    let page = read("en.html");
    assert!(page.contains("Settlement file") && page.contains("this is an Excel workbook"), "{page}");
    assert!(
        read("vi.html").contains("Tệp quyết toán")
            && read("differences.csv").contains("website-payments-differ.csv")
    );
}

fn line(settlement: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&settlement["file"]), text(&settlement["proof"]["kind"]))
}

#[tokio::test]
async fn an_account_that_is_not_there_and_days_the_wrong_way_round_are_refused() {
    let desk = Desk::new();
    desk.add(&desk.file()).await.unwrap();
    let usual = args(&desk, &["empty.csv"], Language::En);
    let refused =
        async |args: Args| settlement::report(&args, clock::system()).await.unwrap_err().to_string();
    let nobody = refused(Args { connection: "lazada".to_owned(), ..usual.clone() }).await;
    assert!(nobody.contains("connection lazada: shop demo has none of this name; it has: "), "{nobody}");
    let day = |text: &str| Some(text.parse().unwrap());
    let wrong = refused(Args { from: day("2026-11-30"), to: day("2026-11-01"), ..usual }).await;
    assert!(wrong.contains("--to 2026-11-01: must not come before"), "{wrong}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_ended_long_ago_is_named_until_a_file_pays_for_it() {
    let desk = Desk::new();
    desk.add(&desk.file()).await.unwrap();
    let house = desk.house().await;
    let completed = WOO_ORDER.replace("processing", "completed");
    assert_eq!(house.push_woo("order.updated", completed.as_bytes()).await, 200);
    super::until("the order is in the ledger", async || {
        let archive = lambda_kit::objects::Objects::Folder(desk.data().join("archive"));
        !archive.list("ledger/demo/").await.unwrap().is_empty() && house.order("web", "11").await.is_some()
    })
    .await;
    house.settle().await;
    let file = desk.folder().join("november.csv");
    std::fs::write(&file, "Order number,Order total\n,1000\n").unwrap();
    let day = |text: &str| Some(text.parse().unwrap());
    let until = |to: &str| Args {
        files: vec![file.clone()],
        from: day("2026-11-01"),
        to: day(to),
        ..args(&desk, &[], Language::En)
    };
    let (screen, agrees) = hand_over(&desk, &until("2026-12-22")).await;
    assert!(agrees, "a later file may pay for it: {screen}");
    let (screen, agrees) = hand_over(&desk, &until("2026-12-23")).await;
    assert!(
        !agrees && screen.contains("order 11 is in our book and in no file; it ended long ago"),
        "{screen}"
    );
    assert!(hand_over(&desk, &args(&desk, &["website-payments.csv"], Language::En)).await.1);
    let (screen, agrees) = hand_over(&desk, &until("2026-12-23")).await;
    assert!(agrees, "another file paid for it: {screen}");
}
