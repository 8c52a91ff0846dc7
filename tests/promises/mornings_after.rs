//! What a later morning says of an earlier one: numbers that came right, what was counted, and what the day cost as far as the
//! ledger lets it be counted.

use crate::mornings::{day, report, shops, telegram};
use commerce::ids::ShopId;
use hopkenh_tests::history::{count, time};
use hopkenh_tests::stock_story::Stage;
use lambda_kit::batch::{Message, Outcome};
use reports::shop::{CountedBy, DriftClass, DriftDone, ShopReport};
use workflows::messages::{Mode, ReconcileMessage, Record, to_text};

/// The night's message for the shop, at that time of its day, and the report that it leaves.
async fn night_at(stage: &mut Stage, clock: &str) -> ShopReport {
    stage.book.set_clock(time(&format!("2026-11-22T{clock}:00Z")));
    stage.book.follow_stream().await;
    let asked =
        ReconcileMessage { shop: ShopId::new("demo").unwrap(), mode: Mode::Nightly, day: Some(day()) };
    let message = Message::of_no_queue("night".to_owned(), to_text(&asked));
    assert_eq!(stage.reconcile().handle(&[message]).await, [Outcome::Done]);
    report(stage, "demo").await
}

async fn page(stage: &Stage, name: &str) -> String {
    let name = format!("reports/demo/{}/{name}", day());
    String::from_utf8(stage.book.record.archive.get(&name).await.unwrap().unwrap()).unwrap()
}

#[tokio::test]
async fn a_number_that_was_found_wrong_is_said_to_have_come_right() {
    let mut stage = Stage::open_with(shops(&telegram())).await;
    stage.happens("08:00 | counted | hn | 10").await;
    stage.happens("08:05 | orders are read").await;
    stage.happens("08:07 | edited | web | 9").await;
    let first = night_at(&mut stage, "08:30").await;
    let check = first.drift.unwrap();
    let [wrong] = &check.lines[..] else { panic!("{check:?}") };
    assert_eq!((wrong.done, wrong.since), (DriftDone::Lowering, None));
    assert_eq!((wrong.product.as_str(), wrong.skus[0].as_str()), ("Áo thun đỏ M", "AO-M"));
    assert_eq!(check.came_right.as_deref(), Some(&[][..]), "nothing was wrong before");
    for row in ["08:31 | nothing", "08:35 | orders are read", "08:40 | orders are read", "08:45 | nothing"] {
        stage.happens(row).await;
    }
    let second = night_at(&mut stage, "09:30").await;
    let check = second.drift.unwrap();
    assert_eq!(check.lines, []);
    let right = check.came_right.unwrap();
    let [line] = &right[..] else { panic!("{right:?}") };
    assert_eq!((line.connection.as_str(), line.class), ("web", DriftClass::ForeignEdit));
    assert_eq!(line.found_at, first.made_at);
    assert!(line.right_at > first.made_at && line.right_at < second.made_at, "{line:?}");
    let vi = page(&stage, "vi.html").await;
    assert!(vi.contains("Đã đúng lại") && vi.contains("Áo thun đỏ M"), "it stands on the page");
    let third = night_at(&mut stage, "10:30").await;
    assert_eq!(third.drift.unwrap().came_right, Some(right), "the day made again says it again");
}

#[tokio::test]
async fn what_was_counted_is_told_with_what_the_book_had() {
    let mut stage = Stage::open_with(shops(&telegram())).await;
    stage.happens("08:00 | counted | hn | 10").await;
    stage.happens("08:05 | orders are read").await;
    let towels = |units: i64, at: &str, source: &str| {
        let mut message = count("demo", "till", "KHAN", "hn", units, time(&format!("2026-11-22T{at}:00Z")));
        let Record::Level { level, .. } = &mut message.record else { panic!("a count") };
        source.clone_into(&mut level.source);
        message
    };
    for message in [towels(7, "08:00", "count"), towels(4, "08:10", "count"), towels(5, "08:20", "count")] {
        stage.book.deliver_until_done(&[message]).await;
    }
    stage.happens("08:15 | counted | hn | 9").await;
    stage.happens("08:16 | sold at the till | till | 2").await;
    stage.happens("08:18 | counted | hn | 7").await;
    let report = night_at(&mut stage, "08:30").await;
    let counts = report.counts.unwrap();
    let told: Vec<_> = counts
        .lines
        .iter()
        .map(|line| (line.sku.as_str(), line.by.code(), line.counted, line.expected, line.difference()))
        .collect();
    let expected = [("KHAN", "person", 4, 7, -3), ("AO-M", "till", 7, 8, -1), ("KHAN", "person", 5, 4, 1)];
    assert_eq!(told, expected);
    assert_eq!((counts.first, counts.same, counts.net()), (2, 0, -3));
    assert_eq!(counts.lines[0].product, "Khăn tắm <b>dày</b> & mềm");
    assert!(matches!(&counts.lines[1].by, CountedBy::Till { connection } if connection.as_str() == "till"));
    let csv = page(&stage, "counts.csv").await;
    assert!(csv.contains("KHAN,Khăn tắm <b>dày</b> & mềm,hn,person,,"), "{csv}");
}

/// The counted part of a cost is never more than the table itself metered for the day.
#[tokio::test]
async fn what_a_day_cost_is_counted_and_never_more_than_was_used() {
    let mut stage = Stage::open_with(shops(&telegram())).await;
    stage.book.set_clock(time("2026-11-21T16:50:00Z"));
    stage.reconcile().look_at_moved(&stage.shop()).await.unwrap();
    let before = stage.book.table.meter().reading();
    stage.happens("08:00 | counted | hn | 10").await;
    stage.happens("08:05 | orders are read").await;
    for minute in 6..9 {
        stage.happens(&format!("08:0{minute} | sold, and told | mall | 1")).await;
    }
    stage.happens("08:10 | orders are read").await;
    let report = night_at(&mut stage, "08:30").await;
    let used = stage.book.table.meter().reading().since(before);
    let cost = report.cost.unwrap();
    let [writes, objects] = &cost.lines[..] else { panic!("{cost:?}") };
    assert!(writes.units * 10 <= used.write_tenths, "{} of {used:?}", writes.units);
    assert!(writes.units * 10 * 3 > used.write_tenths, "more than a third: {} of {used:?}", writes.units);
    let ledger = stage.book.record.archive.list("ledger/demo/").await.unwrap();
    assert_eq!(objects.units, ledger.len() as u64);
    assert_eq!((cost.orders, cost.is_billed), (3, false), "nobody sends a bill for a process");
    let vi = page(&stage, "vi.html").await;
    assert!(vi.contains("không có hoá đơn") && vi.contains("Chưa tính: tin đơn"), "it says what is left out");
}
