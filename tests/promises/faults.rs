//! When the table does not answer, is busy or loses an answer, every order is still counted exactly once.

use commerce::order::Departure::Stayed;
use commerce::park::ParkReason;
use commerce::status::Status;
use futures::StreamExt;
use hopkenh_tests::book::{Book, NOW};
use hopkenh_tests::day::{SHOP, batches, day, plenty};
use hopkenh_tests::history::{Order, later, time};
use hopkenh_tests::seed::{dice, seed};
use lambda_kit::batch::Outcome;
use one_machine::table_engine::Fault;
use rand::Rng;
use rand::seq::SliceRandom;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use workflows::messages::RecordMessage;

const PASSING: [Fault; 4] = [Fault::LostBefore, Fault::LostAfter, Fault::Conflict, Fault::Throttled];

/// Runs a day from the first count on, with a fault wherever `goes_wrong` says so (it is given the call's number),
/// redelivers what failed, and has the book audited. Returns the number of calls.
async fn run_day(
    told: &[Vec<RecordMessage>],
    goes_wrong: impl Fn(usize) -> Option<Fault> + Send + Sync + 'static,
) -> usize {
    let mut book = Book::open(SHOP).await;
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    book.engine.plan_faults(Some(Arc::new(move |_, _| goes_wrong(counter.fetch_add(1, Ordering::Relaxed)))));
    for batch in told {
        book.deliver_until_done(batch).await;
    }
    book.engine.plan_faults(None);
    book.audit("demo", &told.concat()).await;
    calls.load(Ordering::Relaxed)
}

/// Counts first, then the events of a few orders, shuffled, in batches.
fn told(seed: u64, orders: usize) -> Vec<Vec<RecordMessage>> {
    let mut dice = dice(seed, 0);
    let mut events: Vec<RecordMessage> = day(orders, &mut dice).into_iter().flatten().collect();
    events.shuffle(&mut dice);
    let mut told = vec![plenty()];
    told.extend(batches(&events, &mut dice));
    told
}

#[tokio::test]
async fn whichever_call_fails_in_whichever_way_everything_is_counted_once() {
    let told = told(seed(), 6);
    let calls = run_day(&told, |_| None).await;
    let cases = PASSING.into_iter().flat_map(|fault| (0..calls).map(move |call| (fault, call)));
    let runs = cases.map(|(fault, call)| run_day(&told, move |n| (n == call).then_some(fault)));
    assert_eq!(futures::stream::iter(runs).buffer_unordered(16).count().await, 4 * calls);
    assert!(calls > 12, "counts take twelve calls, orders some more");
}

#[tokio::test]
async fn a_table_that_fails_every_third_call_loses_and_doubles_nothing() {
    let seed = seed();
    let runs = (1..=200).map(|run| async move {
        let told = told(seed.wrapping_add(run), 5);
        let dice = Mutex::new(dice(seed, run));
        run_day(&told, move |_| {
            let mut dice = dice.lock().unwrap();
            dice.random_bool(0.33).then(|| PASSING[dice.random_range(0..PASSING.len())])
        })
        .await
    });
    assert_eq!(futures::stream::iter(runs).buffer_unordered(24).count().await, 200);
}

fn ten_orders() -> Vec<RecordMessage> {
    let placed = later(time(NOW), -60);
    let order = |n: usize| Order::new("demo", "shopee", &format!("2611223POISON{n}"), placed);
    (0..10).map(|n| order(n).tells(Status::Confirmed, Stayed, placed, &[("ao-m", 1, 0)])).collect()
}

/// A table that will never accept one order of the ten, whatever it is written together with.
async fn book_that_refuses(order: &'static str) -> Book {
    let book = Book::open(SHOP).await;
    book.deliver_until_done(&plenty()).await;
    book.engine.plan_faults(Some(Arc::new(move |operation, body| {
        let concerned = String::from_utf8_lossy(body).contains(order);
        (operation == "TransactWriteItems" && concerned).then_some(Fault::Invalid)
    })));
    book
}

#[tokio::test]
async fn an_order_the_table_refuses_is_parked_and_its_nine_neighbours_are_recorded() {
    for poison in ["2611223POISON0", "2611223POISON4", "2611223POISON9"] {
        let mut book = book_that_refuses(poison).await;
        let outcomes = book.deliver(&ten_orders()).await;
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Done), "{outcomes:?}");
        let mut told = plenty();
        told.extend(ten_orders().into_iter().filter(|message| !format!("{message:?}").contains(poison)));
        assert_eq!(book.orders("demo").await.len(), 9);
        book.audit("demo", &told).await;
        let parked = book.parked("demo").await;
        assert_eq!(parked.len(), 1);
        assert_eq!(parked[0].subject, poison);
        assert!(matches!(parked[0].reasons[..], [ParkReason::Refused { .. }]), "{:?}", parked[0].reasons);
        assert!(parked[0].body.contains(poison), "the note holds what must be sent again");
    }
}

#[tokio::test]
async fn an_order_that_can_neither_be_written_nor_parked_stays_in_the_queue() {
    let poison = "2611223POISON4";
    let book = book_that_refuses(poison).await;
    book.engine.plan_faults(Some(Arc::new(move |operation, body| {
        let concerned = String::from_utf8_lossy(body).contains(poison);
        match operation {
            "TransactWriteItems" if concerned => Some(Fault::Invalid),
            "PutItem" if concerned => Some(Fault::LostBefore),
            _ => None,
        }
    })));
    let outcomes = book.deliver(&ten_orders()).await;
    let waiting: Vec<usize> = (0..10).filter(|n| outcomes[*n] != Outcome::Done).collect();
    assert_eq!(waiting, [4]);
    // The table has recovered: the message comes back and is recorded like any other.
    book.engine.plan_faults(None);
    book.deliver_until_done(&ten_orders()).await;
    let mut book = book;
    book.audit("demo", &[plenty(), ten_orders()].concat()).await;
}

#[tokio::test]
async fn a_refused_order_told_twice_in_one_batch_takes_no_neighbour_along() {
    let poison = "2611223POISON4";
    let mut book = book_that_refuses(poison).await;
    let mut batch = ten_orders();
    batch[7] = batch[4].clone();
    let outcomes = book.deliver(&batch).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Done), "{outcomes:?}");
    assert_eq!(book.orders("demo").await.len(), 8);
    assert_eq!(book.parked("demo").await.len(), 1, "the same work parked twice is one note");
}

#[tokio::test]
async fn a_body_nobody_can_read_is_parked_and_its_neighbours_are_recorded() {
    let mut book = Book::open(SHOP).await;
    book.deliver_until_done(&plenty()).await;
    let orders = ten_orders();
    let mut bodies: Vec<String> = orders.iter().map(workflows::messages::to_text).collect();
    let unknown = bodies[1].replace("\"shopee\"", "\"gone-away\"");
    bodies.extend(["{".to_owned(), String::new(), "[1, 2]".to_owned(), unknown]);
    let outcomes = book.deliver_texts(&bodies).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Done), "{outcomes:?}");
    book.audit("demo", &[plenty(), orders].concat()).await;
    assert_eq!(book.parked(workflows::parking::OPERATOR_SHOP).await.len(), 4);
}
