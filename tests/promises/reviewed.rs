//! Mistakes that a review once found in the book, each told again so that it cannot come back unseen.

use commerce::order::Departure::Stayed;
use commerce::park::ParkReason;
use commerce::status::Status;
use hopkenh_tests::book::{Book, NOW, shops};
use hopkenh_tests::day::SHOP;
use hopkenh_tests::engines::Engines;
use hopkenh_tests::history::{Order, count, later, time};
use hopkenh_tests::story::play;
use lambda_kit::batch::{Outcome, answer, messages};
use lambda_kit::objects::Objects;
use lambda_kit::stream::StreamEvent;
use one_machine::stream::records_after;
use serde_json::json;
use std::time::Duration;
use table::keys;
use workflows::AnnounceStock;
use workflows::catch_up::CatchUp;
use workflows::messages::RecordMessage;
use workflows::parking::OPERATOR_SHOP;

fn paid(order: &str, listing: &'static str, units: u32) -> RecordMessage {
    let order = Order::new("demo", "web", order, later(time(NOW), -90));
    order.tells(Status::Confirmed, Stayed, later(order.created_at, 1), &[(listing, units, 0)])
}

#[tokio::test]
async fn an_impossible_number_is_set_aside_and_its_neighbours_are_recorded() {
    let mut book = Book::open(SHOP).await;
    let morning = later(time(NOW), -600);
    let good = [
        count("demo", "web", "AO-M", "hn", 10, morning),
        paid("W1", "ao-m", 1),
        paid("W3", "ao-m", 2),
        count("demo", "web", "AO-L", "hn", 4, morning),
    ];
    let [first, second, third, fourth] = good.clone();
    let batch = [
        first,
        second,
        paid("W2", "ao-m", u32::MAX),
        third,
        count("demo", "web", "AO-M", "hn", i64::MIN + 1, later(morning, 5)),
        fourth,
    ];
    // The second delivery finds everything in its place; the clock stands still, so no note is listed twice.
    for _ in 0..2 {
        assert!(book.deliver(&batch).await.iter().all(|outcome| *outcome == Outcome::Done));
    }
    book.audit("demo", &good).await;
    let stock = book.stock("demo").await;
    let numbers: Vec<_> = stock.values().map(|s| (s.on_hand, s.committed, s.free)).collect();
    assert_eq!(numbers, [(4, 0, 4), (10, 3, 7)]);
    assert_eq!(book.orders("demo").await.len(), 2);
    assert!(book.parked("demo").await.is_empty());
    let parked = book.parked(OPERATOR_SHOP).await;
    assert_eq!(parked.len(), 2, "{parked:?}");
    for note in parked {
        assert!(matches!(note.reasons[..], [ParkReason::Unreadable { .. }]), "{note:?}");
    }
}

/// The shops file with these products mapped on the website as well.
fn mapped(listings: &[&str]) -> String {
    let lines: Vec<String> =
        listings.iter().map(|id| format!("{{ id = \"{id}\", sku = \"AO-L\" }},\n")).collect();
    SHOP.replace("# mapped later", &lines.concat())
}

#[tokio::test]
async fn an_order_with_two_unknown_products_stays_listed_until_both_are_mapped() {
    let mut book = Book::open(SHOP).await;
    let engines = Engines::start().await;
    let order = Order::new("demo", "web", "W1", later(time(NOW), -90));
    let told = order.tells(
        Status::Confirmed,
        Stayed,
        later(order.created_at, 1),
        &[("new-1", 1, 0), ("new-2", 2, 0)],
    );
    book.deliver_until_done(&[count("demo", "web", "AO-L", "hn", 10, later(time(NOW), -600)), told]).await;
    assert_eq!(book.parked("demo").await.len(), 1);
    for (listings, still_listed, committed) in
        [(&[][..], true, 0), (&["new-1"][..], true, 1), (&["new-1", "new-2"][..], false, 3)]
    {
        let text = mapped(listings);
        book.change_shops_file(&text);
        let before = engines.queued()["orders"].as_array().map_or(0, Vec::len);
        let now_known = shops(&text);
        let catch_up = CatchUp {
            table: book.table.clone(),
            lookups: engines.lookups.clone(),
            orders: engines.orders.clone(),
            publish: engines.publish.clone(),
            clock: book.record.clock.clone(),
        };
        for shop in now_known.catalogue().shops.values() {
            catch_up.shop(shop, &[], None).await.unwrap();
        }
        let queued = engines.queued();
        let again = queued["orders"].as_array().map_or(&[][..], |all| &all[before..]);
        let bodies: Vec<String> = again.iter().map(ToString::to_string).collect();
        assert_eq!(bodies.is_empty(), listings.is_empty(), "sent again with {listings:?} mapped");
        // It leaves the list, or stays on it, before anything is applied: a stop in between loses nothing.
        assert_eq!(!book.parked("demo").await.is_empty(), still_listed, "{listings:?}, not yet applied");
        let outcomes = book.deliver_texts(&bodies).await;
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Done));
        let listed = book.parked("demo").await;
        assert_eq!(!listed.is_empty(), still_listed, "with {listings:?} mapped: {listed:?}");
        let stock = book.stock("demo").await;
        assert_eq!(stock.values().map(|s| s.committed).sum::<i64>(), committed, "{listings:?}");
        book.audit_ledger("demo", &stock).await;
    }
}

#[tokio::test]
async fn a_first_count_of_nothing_is_told_to_the_channels() {
    let book = Book::open(SHOP).await;
    let engines = Engines::start().await;
    let folder = tempfile::tempdir().unwrap();
    let announce = AnnounceStock {
        shops: shops(SHOP).into(),
        publish: engines.publish.clone(),
        forward: engines.forward.clone(),
        archive: Objects::Folder(folder.path().to_owned()),
    };
    let mut place: Option<String> = None;
    let mut told = 0;
    let mut steps = Vec::new();
    for message in [
        paid("W1", "ao-m", 2),
        count("demo", "till", "AO-M", "hn", 0, later(time(NOW), -60)),
        count("demo", "till", "AO-M", "hn", 0, later(time(NOW), -30)),
    ] {
        book.deliver_until_done(&[message]).await;
        let mut event = records_after(&book.engine, place.clone(), 500).unwrap();
        place = event.records.last().map(|record| record.dynamodb.sequence_number.clone()).or(place);
        event.records.retain(|record| {
            let sort = record.dynamodb.keys[keys::SORT]["S"].as_str().unwrap_or_default();
            sort.starts_with(keys::STOCK_SORT_PREFIX)
        });
        let answer = announce.handle(StreamEvent { records: event.records }).await;
        assert!(answer.batch_item_failures.is_empty(), "{answer:?}");
        let queued = engines.queued();
        let notes = queued["publish.fifo"].as_array().map_or(&[][..], |all| &all[told..]);
        told += notes.len();
        steps.push(notes.iter().any(|note| note["body"]["listings"].to_string().contains("\"ao-m\"")));
    }
    // The sale, the first count although nothing became more or less free, and no word about the same count again.
    assert_eq!(steps, [true, true, false]);
}

/// The parcel left at 09:30 and is heard of last: the part counted before it goes down, the one counted after stays.
#[tokio::test]
async fn a_set_shipped_between_the_counts_of_its_parts_is_taken_only_from_the_earlier_count() {
    play(
        "
time  | event     | where | order | goods  | qty | → stock | on hand | committed | free | a person sees
09:00 | count     | hn    |       | AO-M   | 10  | hn AO-M |   10    |     0     |  10
10:00 | count     | hn    |       | AO-L   | 10  | hn AO-L |   10    |     0     |  10
09:30 | shipped   | web   | W1    | bo-doi | 2   | hn AO-M |    8    |     0     |   8
09:30 | the same again
12:00 | completed | web   | W1
",
    )
    .await;
    play(
        "
time  | event     | where | order | goods  | qty | → stock | on hand | committed | free | a person sees
10:00 | count     | hn    |       | AO-M   | 10  | hn AO-M |   10    |     0     |  10
09:00 | count     | hn    |       | AO-L   | 10  | hn AO-L |   10    |     0     |  10
09:05 | paid      | web   | W1    | bo-doi | 2   | hn AO-M |   10    |     2     |   8
      |           |       |       |        |     | hn AO-L |   10    |     4     |   6
09:30 | shipped   | web   | W1    |        |     | hn AO-M |   10    |     0     |  10
      |           |       |       |        |     | hn AO-L |    6    |     0     |   6
09:30 | the same again
12:00 | completed | web   | W1
",
    )
    .await;
}

#[test]
fn no_month_of_the_parked_list_is_skipped_not_even_february() {
    let shop = commerce::ids::ShopId::new("demo").unwrap();
    for (year, month, day) in
        (2024..=2028).flat_map(|y| (1..=12).flat_map(move |m| [1, 28, 29, 30, 31].map(|d| (y, m, d))))
    {
        let Ok(now) = format!("{year}-{month:02}-{day:02}T23:59:59Z").parse() else { continue };
        let found = keys::parked_months(&shop, now, 12);
        let expected: Vec<String> = (0..=12)
            .rev()
            .map(|back| {
                let (y, m) = if back < month { (year, month - back) } else { (year - 1, month + 12 - back) };
                keys::parked_month(&shop, time(&format!("{y}-{m:02}-15T00:00:00Z")))
            })
            .collect();
        assert_eq!(found, expected, "seen from {now}");
    }
}

#[tokio::test]
async fn what_is_done_behind_a_failure_of_its_group_is_handed_out_again_with_it() {
    let engines = Engines::start().await;
    let record = |id: &str, group: &str| {
        json!({
            "messageId": id, "receiptHandle": id, "body": "{}", "messageAttributes": {},
            "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": group},
        })
    };
    let rows = [("1", "a"), ("2", "a"), ("3", "b"), ("4", "a"), ("5", "b")];
    let records: Vec<_> = rows.iter().map(|(id, group)| record(id, group)).collect();
    let batch = messages(serde_json::from_value(json!({"Records": records})).unwrap()).unwrap();
    let failed = || Outcome::Again { after: Some(Duration::from_secs(5)), why: "busy".to_owned() };
    let outcomes = [Outcome::Done, failed(), Outcome::Done, Outcome::Done, Outcome::Done];
    let answer = answer(&engines.publish, &batch, &outcomes).await;
    let failures: Vec<&str> =
        answer.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect();
    assert_eq!(failures, ["2", "4"]);
}
