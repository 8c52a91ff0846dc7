//! Several hands writing at once, on the same product and the same orders, come to the same sums as one.

use commerce::order::Departure::{Left, Stayed};
use commerce::status::Status;
use hopkenh_tests::book::{Book, NOW};
use hopkenh_tests::day::{SHOP, batches, day, plenty};
use hopkenh_tests::history::{Order, count, later, time};
use hopkenh_tests::seed::{dice, seed};
use rand::seq::SliceRandom;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use workflows::messages::RecordMessage;

/// Every hand delivers the same events, each in an order of its own.
async fn check_hands(seed: u64, hands: u64, orders: usize) {
    let events: Vec<RecordMessage> = day(orders, &mut dice(seed, 0)).into_iter().flatten().collect();
    let book = Arc::new(Book::open(SHOP).await);
    book.deliver_until_done(&plenty()).await;
    let mut work = tokio::task::JoinSet::new();
    for hand in 1..=hands {
        let mut dice = dice(seed, hand);
        let mut mine = events.clone();
        mine.shuffle(&mut dice);
        let book = book.clone();
        work.spawn(async move {
            for batch in batches(&mine, &mut dice) {
                book.deliver_until_done(&batch).await;
            }
        });
    }
    work.join_all().await;
    let mut book = Arc::into_inner(book).expect("all hands are done");
    book.audit("demo", &[plenty(), events].concat()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_hands_on_the_same_orders_and_products_count_each_once() {
    let seed = seed();
    for round in 0..6 {
        check_hands(seed.wrapping_add(round), 5, 16).await;
    }
}

/// The first hand has read and decided; before it writes, the second hand does all of its work.
async fn meanwhile(before: &[RecordMessage], first: RecordMessage, second: RecordMessage) -> Book {
    let book = Arc::new(Book::open(SHOP).await);
    book.deliver_until_done(before).await;
    let (about_to_write, mut is_about_to_write) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, may_go_on) = mpsc::channel();
    let (may_go_on, is_first) = (Mutex::new(may_go_on), AtomicBool::new(true));
    book.engine.plan_faults(Some(Arc::new(move |operation, _| {
        if matches!(operation, "TransactWriteItems" | "PutItem") && is_first.swap(false, Ordering::SeqCst) {
            about_to_write.send(()).unwrap();
            may_go_on.lock().unwrap().recv().unwrap();
        }
        None
    })));
    let hand = book.clone();
    let first = tokio::spawn(async move { hand.deliver_until_done(&[first]).await });
    let wait = tokio::time::timeout(Duration::from_secs(30), is_about_to_write.recv());
    wait.await.expect("the first hand writes").unwrap();
    book.deliver_until_done(&[second]).await;
    go_on.send(()).unwrap();
    first.await.unwrap();
    Arc::into_inner(book).expect("both hands are done")
}

fn morning(store: &str, units: i64) -> RecordMessage {
    count("demo", "web", "AO-M", store, units, later(time(NOW), -600))
}

fn sold(order: &str, status: Status, minutes: i64) -> RecordMessage {
    let order = Order::new("demo", "web", order, later(time(NOW), -90));
    let departure = if status == Status::Shipped { Left } else { Stayed };
    order.tells(status, departure, later(order.created_at, minutes), &[("ao-m", 2, 0)])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn two_hands_that_read_the_same_order_do_not_both_count_it() {
    let (paid, shipped) = (sold("W1", Status::Confirmed, 1), sold("W1", Status::Shipped, 9));
    let pairs = [(&paid, &paid), (&paid, &shipped), (&shipped, &paid), (&shipped, &shipped)];
    for known in [vec![morning("hn", 9)], vec![morning("hn", 9), sold("W1", Status::Pending, 0)]] {
        for (first, second) in pairs {
            let mut book = meanwhile(&known, first.clone(), second.clone()).await;
            let told = [known.clone(), vec![first.clone(), second.clone()]].concat();
            book.audit("demo", &told).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn two_hands_do_not_give_the_last_units_of_a_store_twice() {
    let known = [morning("hn", 2), morning("hcm", 2)];
    let (first, second) = (sold("W1", Status::Confirmed, 1), sold("W2", Status::Confirmed, 1));
    let mut book = meanwhile(&known, first, second).await;
    let stock = book.stock("demo").await;
    assert!(stock.values().all(|balance| balance.free == 0), "one order per store: {stock:?}");
    book.audit_ledger("demo", &stock).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_count_taken_while_an_older_sale_is_being_written_stands() {
    let (counted, sale) =
        (count("demo", "web", "AO-M", "hn", 20, later(time(NOW), -60)), sold("W1", Status::Shipped, 9));
    for (first, second) in [(&counted, &sale), (&sale, &counted)] {
        for known in [Vec::new(), vec![morning("hn", 9)]] {
            let mut book = meanwhile(&known, first.clone(), second.clone()).await;
            let stock = book.stock("demo").await;
            book.audit_ledger("demo", &stock).await;
            // The parcel had left before the count was taken, so the count knows of it.
            assert_eq!(stock.values().map(|balance| balance.on_hand).collect::<Vec<_>>(), [20]);
        }
    }
}
