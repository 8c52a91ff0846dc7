//! An order of 500 lines, too long for one write, reaches its effect in steps and survives a crash between any two.

use commerce::order::Departure::{Left, Stayed};
use commerce::status::Status;
use hopkenh_tests::book::{Book, NOW};
use hopkenh_tests::history::{Goods, Order, count, later, time};
use one_machine::table_engine::{Fault, FaultPlan};
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use workflows::messages::RecordMessage;

const LINES: usize = 500;

/// A shop with 500 products, one listing each.
static SHOP: LazyLock<String> = LazyLock::new(|| {
    let mut text = String::from(
        "[[shop]]\nid = \"demo\"\nname = \"Bán sỉ\"\n[[shop.location]]\nid = \"kho\"\nname = \"Kho\"\n\
         [[shop.connection]]\nid = \"web\"\nchannel = \"woocommerce\"\nserves_from = [\"kho\"]\n",
    );
    for name in listings() {
        let _ = write!(text, "[[shop.connection.listing]]\nid = \"{name}\"\nsku = \"SKU-{name}\"\n");
    }
    text
});

/// Listing names in the order of their products' keys.
fn listings() -> impl Iterator<Item = &'static str> {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| (0..LINES).map(|n| format!("{n:03}")).collect());
    NAMES.iter().map(String::as_str)
}

fn goods() -> Vec<Goods> {
    listings().map(|name| (name, 2, 0)).collect()
}

fn order() -> Order {
    Order::new("demo", "web", "BAN-SI-1", later(time(NOW), -600))
}

fn placed() -> RecordMessage {
    order().tells(Status::Confirmed, Stayed, order().created_at, &goods())
}

/// Counts transactions, and lets those go wrong of which `goes_wrong` says so.
fn plan(
    calls: &Arc<AtomicUsize>,
    goes_wrong: impl Fn(usize) -> Option<Fault> + Send + Sync + 'static,
) -> Option<FaultPlan> {
    let calls = calls.clone();
    Some(Arc::new(move |operation, _| {
        (operation == "TransactWriteItems")
            .then(|| calls.fetch_add(1, Ordering::Relaxed))
            .and_then(&goes_wrong)
    }))
}

#[tokio::test]
async fn a_500_line_order_is_recorded_in_steps() {
    let mut book = Book::open(&SHOP).await;
    let steps = Arc::new(AtomicUsize::new(0));
    book.engine.plan_faults(plan(&steps, |_| None));
    book.deliver_until_done(&[placed()]).await;
    assert_eq!(steps.load(Ordering::Relaxed), LINES.div_ceil(88));
    book.audit("demo", &[placed()]).await;
    let stock = book.stock("demo").await;
    assert_eq!(stock.len(), LINES);
    assert!(stock.values().all(|balance| balance.version == 1), "each balance changed once");
    // Calling it all off takes as many steps and leaves nothing taken.
    let cancelled = order().tells(Status::Cancelled, Stayed, later(order().created_at, 9), &goods());
    book.deliver_until_done(std::slice::from_ref(&cancelled)).await;
    book.audit("demo", &[placed(), cancelled]).await;
    assert!(book.stock("demo").await.values().all(|balance| balance.committed == 0));
}

#[tokio::test]
async fn a_lost_answer_at_any_step_changes_nothing() {
    for step in [0, 2, 5] {
        for fault in [Fault::LostAfter, Fault::LostBefore, Fault::Conflict] {
            let mut book = Book::open(&SHOP).await;
            book.engine.plan_faults(plan(&Arc::default(), move |n| (n == step).then_some(fault)));
            book.deliver_until_done(&[placed()]).await;
            book.audit("demo", &[placed()]).await;
            assert!(book.stock("demo").await.values().all(|balance| balance.version == 1));
        }
    }
}

#[tokio::test]
async fn a_crash_after_any_step_is_finished_by_a_later_delivery() {
    for step in 1..6 {
        let mut book = Book::open(&SHOP).await;
        book.engine.plan_faults(plan(&Arc::default(), move |n| (n >= step).then_some(Fault::LostBefore)));
        let outcomes = book.deliver(&[placed()]).await;
        assert_ne!(outcomes, [lambda_kit::batch::Outcome::Done]);
        // Half way, what the order says it did and what stock says agree already.
        let half_way = book.stock("demo").await;
        assert_eq!(half_way.len(), 88 * step);
        book.audit_ledger("demo", &half_way).await;
        book.engine.plan_faults(None);
        book.deliver_until_done(&[placed()]).await;
        book.audit("demo", &[placed()]).await;
    }
}

#[tokio::test]
async fn a_crash_may_be_followed_by_news_instead_of_the_same_event() {
    for step in 1..6 {
        let mut book = Book::open(&SHOP).await;
        book.engine.plan_faults(plan(&Arc::default(), move |n| (n >= step).then_some(Fault::LostBefore)));
        book.deliver(&[placed()]).await;
        book.engine.plan_faults(None);
        let shipped = order().tells(Status::Shipped, Left, later(order().created_at, 60), &goods());
        book.deliver_until_done(std::slice::from_ref(&shipped)).await;
        book.audit("demo", &[shipped]).await;
    }
}

/// Products of the first, a middle and the last step were counted after the parcel had left: the counts hold it.
#[tokio::test]
async fn a_long_order_that_left_before_a_count_is_not_taken_from_that_count_again() {
    let counted = ["003", "250", "499"];
    let shipped = order().tells(Status::Shipped, Left, later(order().created_at, 60), &goods());
    for crash_before_step in [usize::MAX, 1, 3, 5] {
        let mut book = Book::open(&SHOP).await;
        let counts = counted.map(|name| {
            count("demo", "web", &format!("SKU-{name}"), "kho", 40, later(order().created_at, 90))
        });
        book.deliver_until_done(&counts).await;
        let fails = move |n: usize| (n >= crash_before_step).then_some(Fault::LostBefore);
        book.engine.plan_faults(plan(&Arc::default(), fails));
        book.deliver(std::slice::from_ref(&shipped)).await;
        book.engine.plan_faults(None);
        book.deliver_until_done(std::slice::from_ref(&shipped)).await;
        let stock = book.stock("demo").await;
        book.audit_ledger("demo", &stock).await;
        for (key, balance) in stock {
            let was_counted = counted.iter().any(|name| key.sku.as_str() == format!("SKU-{name}"));
            assert_eq!(balance.on_hand, if was_counted { 40 } else { -2 }, "{}", key.sku);
            assert_eq!(balance.committed, 0, "{}", key.sku);
        }
    }
}
