//! However often, late and in whatever order channels tell us of an order, each of its lines changes stock once.

use commerce::order::Departure::{Left, Stayed, Unknown};
use commerce::status::Status;
use hopkenh_tests::book::{Book, NOW};
use hopkenh_tests::day::{SHOP, batches, day, plenty};
use hopkenh_tests::history::{Order, count, later, time};
use hopkenh_tests::seed::{dice, seed};
use rand::Rng;
use rand::seq::SliceRandom;
use std::collections::BTreeSet;
use workflows::messages::RecordMessage;

async fn book_with_plenty() -> Book {
    let book = Book::open(SHOP).await;
    book.deliver_until_done(&plenty()).await;
    book
}

/// What must not depend on how often and in which order things were told.
async fn outcome(book: &mut Book) -> (String, Vec<(String, i64, i64, i64)>) {
    let orders = serde_json::to_string(&book.orders("demo").await).unwrap();
    let stock = book.stock("demo").await.into_iter();
    let balances = stock.map(|(key, s)| (format!("{key:?}"), s.on_hand, s.committed, s.free)).collect();
    (orders, balances)
}

#[tokio::test]
async fn each_event_1_to_50_times_shuffled_ends_in_identical_orders_and_balances() {
    let seed = seed();
    let day = day(24, &mut dice(seed, 0));
    let told: Vec<RecordMessage> = plenty().into_iter().chain(day.iter().flatten().cloned()).collect();
    let mut first_outcome = None;
    for shuffle in 1..=6 {
        let mut dice = dice(seed, shuffle);
        let mut storm: Vec<RecordMessage> = Vec::new();
        for event in day.iter().flatten() {
            // Most come once or twice, some storm.
            let times =
                if dice.random_bool(0.1) { dice.random_range(1..=50) } else { dice.random_range(1..=3) };
            storm.extend(std::iter::repeat_n(event.clone(), times));
        }
        storm.shuffle(&mut dice);
        let mut book = book_with_plenty().await;
        for batch in batches(&storm, &mut dice) {
            book.deliver_until_done(&batch).await;
        }
        book.audit("demo", &told).await;
        let outcome = outcome(&mut book).await;
        assert_eq!(*first_outcome.get_or_insert_with(|| outcome.clone()), outcome, "shuffle {shuffle}");
    }
}

#[tokio::test]
async fn a_duplicate_writes_nothing_and_reads_half_a_unit() {
    let seed = seed();
    let mut dice = dice(seed, 0);
    let day = day(20, &mut dice);
    let told: Vec<RecordMessage> = day.into_iter().flatten().collect();
    let book = book_with_plenty().await;
    for batch in batches(&told, &mut dice) {
        book.deliver_until_done(&batch).await;
    }
    for _ in 0..10 {
        let mut again = told.clone();
        again.shuffle(&mut dice);
        for batch in batches(&again, &mut dice) {
            let before = book.record.table.meter().reading();
            book.deliver_until_done(&batch).await;
            let spent = book.record.table.meter().reading().since(before);
            assert_eq!(spent.write_tenths, 0, "a duplicate was written");
            assert!(spent.read_tenths <= 5 * batch.len() as u64, "{spent:?} for {} duplicates", batch.len());
        }
    }
}

#[tokio::test]
async fn with_the_same_first_arrivals_duplicates_change_not_one_byte_of_the_ledger() {
    let seed = seed();
    let mut dice = dice(seed, 0);
    let mut arrivals: Vec<RecordMessage> = day(20, &mut dice).into_iter().flatten().collect();
    arrivals.shuffle(&mut dice);
    let (mut calm, mut stormy) = (book_with_plenty().await, book_with_plenty().await);
    let before = calm.ledger_text("demo").await.lines().count();
    let mut known: Vec<RecordMessage> = Vec::new();
    for batch in batches(&arrivals, &mut dice) {
        calm.deliver_until_done(&batch).await;
        known.extend(batch.iter().cloned());
        // The same first arrivals, with anything heard before in between.
        let repeats = (0..dice.random_range(0..8)).map(|_| known[dice.random_range(0..known.len())].clone());
        let mut crowd: Vec<RecordMessage> = repeats.collect();
        crowd.extend(batch);
        crowd.shuffle(&mut dice);
        stormy.deliver_until_done(&crowd).await;
    }
    let (calm_text, stormy_text) = (calm.ledger_text("demo").await, stormy.ledger_text("demo").await);
    assert!(calm_text.lines().count() > before, "the day moved stock");
    assert_eq!(calm_text, stormy_text);
    assert_eq!(calm.orders("demo").await, stormy.orders("demo").await);
}

/// Every order of arrival of a short history, message by message and all in one batch.
async fn check_all_arrivals(history: &[RecordMessage]) {
    let told: Vec<RecordMessage> = plenty().into_iter().chain(history.iter().cloned()).collect();
    let mut outcomes = BTreeSet::new();
    for arrival in permutations(history.len()) {
        let messages: Vec<RecordMessage> = arrival.iter().map(|n| history[*n].clone()).collect();
        for batch_size in [1, 3] {
            let mut book = book_with_plenty().await;
            for batch in messages.chunks(batch_size) {
                book.deliver_until_done(batch).await;
            }
            book.audit("demo", &told).await;
            outcomes.insert(outcome(&mut book).await);
        }
    }
    assert_eq!(outcomes.len(), 1, "the outcome depends on the order of arrival: {outcomes:#?}");
}

fn permutations(length: usize) -> Vec<Vec<usize>> {
    if length == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(length - 1);
    let insert = |rest: &Vec<usize>, place: usize| {
        let mut whole = rest.clone();
        whole.insert(place, length - 1);
        whole
    };
    shorter.iter().flat_map(|rest| (0..length).map(move |place| insert(rest, place))).collect()
}

fn order() -> Order {
    Order::new("demo", "web", "8841", later(time(NOW), -600))
}

fn at(minutes: i64) -> commerce::Timestamp {
    later(order().created_at, minutes)
}

#[tokio::test]
async fn a_whole_life_may_arrive_in_any_order() {
    let goods = [("ao-m", 3, 0), ("bo-doi", 2, 0)];
    let called_off = [("ao-m", 3, 1), ("bo-doi", 2, 0)];
    let history = [
        order().tells(Status::Pending, Stayed, at(0), &goods),
        order().tells(Status::Confirmed, Stayed, at(2), &called_off),
        order().tells(Status::Shipped, Left, at(60), &called_off),
        order().tells(Status::ReturnRequested, Left, at(900), &called_off),
    ];
    check_all_arrivals(&history).await;
}

#[tokio::test]
async fn a_cancel_may_arrive_before_the_order_is_known() {
    let goods = [("ao-m", 3, 0), ("thung-24", 1, 0)];
    for (departure, minutes) in [(Stayed, 9), (Unknown, 9), (Left, 90)] {
        let history = [
            order().tells(Status::Pending, Stayed, at(0), &goods),
            order().tells(Status::Confirmed, Stayed, at(2), &goods),
            order().tells(Status::Cancelled, departure, at(minutes), &goods),
        ];
        check_all_arrivals(&history).await;
    }
}

#[tokio::test]
async fn goods_that_left_stay_gone_whatever_is_told_later() {
    let goods = [("ao-m", 3, 0)];
    let history = [
        order().tells(Status::Confirmed, Stayed, at(0), &goods),
        order().tells(Status::Shipped, Left, at(30), &[("ao-m", 3, 1)]),
        order().tells(Status::Cancelled, Stayed, at(95), &goods),
        order().tells(Status::Unknown("REFUND_MAYBE".to_owned()), Unknown, at(120), &goods),
    ];
    check_all_arrivals(&history).await;
}

#[tokio::test]
async fn a_line_that_left_the_order_counts_the_same_in_any_order_of_arrival() {
    let (both, one) = ([("ao-m", 2, 0), ("ao-l", 1, 0)], [("ao-m", 2, 0)]);
    let before_it_went = [
        order().tells(Status::Confirmed, Stayed, at(0), &both),
        order().tells(Status::ReadyToShip, Stayed, at(20), &one),
        order().tells(Status::Shipped, Left, at(30), &one),
    ];
    check_all_arrivals(&before_it_went).await;
    let after_it_went = [
        order().tells(Status::Confirmed, Stayed, at(0), &both),
        order().tells(Status::Shipped, Left, at(30), &both),
        order().tells(Status::Completed, Left, at(90), &one),
    ];
    check_all_arrivals(&after_it_went).await;
}

#[tokio::test]
async fn five_events_in_all_their_120_orders() {
    let goods = [("ao-m", 2, 0), ("ao-l", 4, 0)];
    let fewer = [("ao-m", 2, 1), ("ao-l", 4, 0)];
    let history = [
        order().tells(Status::Pending, Stayed, at(0), &goods),
        order().tells(Status::Confirmed, Stayed, at(0), &goods),
        order().tells(Status::Shipped, Left, at(30), &fewer),
        order().tells(Status::Delivered, Left, at(300), &fewer),
        order().tells(Status::Cancelled, Unknown, at(400), &fewer),
    ];
    let told: Vec<RecordMessage> = plenty().into_iter().chain(history.iter().cloned()).collect();
    let mut outcomes = BTreeSet::new();
    for arrival in permutations(history.len()) {
        let mut book = book_with_plenty().await;
        for place in arrival {
            book.deliver_until_done(&history[place..=place]).await;
        }
        book.audit("demo", &told).await;
        outcomes.insert(outcome(&mut book).await);
    }
    assert_eq!(outcomes.len(), 1, "the outcome depends on the order of arrival: {outcomes:#?}");
}

#[tokio::test]
async fn a_time_finer_than_the_table_keeps_is_still_the_same_time() {
    let fine = |text: &str| time(&format!("2026-11-22T09:{text}Z"));
    let order = Order::new("demo", "web", "8842", fine("00:00.000000001"));
    let goods = [("ao-m", 3, 0)];
    let told = [
        order.tells(Status::Confirmed, Stayed, fine("05:00.123456789"), &goods),
        order.tells(Status::Shipped, Left, fine("09:00.999999"), &goods),
        count("demo", "web", "AO-M", "hn", 1_000, fine("00:00.000000001")),
    ];
    let mut book = Book::open(SHOP).await;
    book.deliver_until_done(&told[2..]).await;
    book.deliver_until_done(&told[..1]).await;
    book.deliver_until_done(&told[1..2]).await;
    let before = book.record.table.meter().reading();
    book.deliver_until_done(&told).await;
    assert_eq!(book.record.table.meter().reading().since(before).write_tenths, 0, "told again");
    book.audit("demo", &told).await;
    assert!(book.take_lookups().await.is_empty(), "nothing is unclear");
    let within_one_millisecond = [
        order.tells(Status::Confirmed, Stayed, fine("05:00.1234"), &goods),
        order.tells(Status::Cancelled, Stayed, fine("05:00.1236"), &goods),
    ];
    check_all_arrivals(&within_one_millisecond).await;
}

#[tokio::test]
async fn an_order_we_know_is_followed_however_old_it_grows() {
    let goods = [("ao-m", 3, 0)];
    let told = [
        plenty(),
        vec![order().tells(Status::Confirmed, Stayed, at(0), &goods)],
        vec![order().tells(Status::Shipped, Left, at(5 * 365 * 24 * 60), &goods)],
    ];
    let mut book = Book::open(SHOP).await;
    book.deliver_until_done(&told[..2].concat()).await;
    book.set_clock(at(5 * 365 * 24 * 60 + 1));
    book.deliver_until_done(&told[2]).await;
    book.audit("demo", &told.concat()).await;
    assert!(book.parked("demo").await.is_empty());
}
