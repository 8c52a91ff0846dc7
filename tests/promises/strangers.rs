//! Two shops with the same products, accounts and order numbers know nothing of each other.

use commerce::order::Departure::{Left, Stayed};
use commerce::park::ParkReason;
use commerce::status::Status;
use hopkenh_tests::book::{Book, NOW};
use hopkenh_tests::day::SHOP;
use hopkenh_tests::history::{Order, count, later, time};
use lambda_kit::batch::Outcome;
use one_machine::table_engine::Fault;
use std::sync::Arc;
use workflows::messages::RecordMessage;

/// The same shop twice, under two names.
fn two_shops() -> String {
    format!("{SHOP}\n{}", SHOP.replace("id = \"demo\"", "id = \"other\""))
}

fn told_by(shop: &str, units: u32, status: Status) -> RecordMessage {
    let order = Order::new(shop, "web", "1001", later(time(NOW), -90));
    let departure = if status == Status::Shipped { Left } else { Stayed };
    let at = later(order.created_at, i64::from(status.rank()));
    order.tells(status, departure, at, &[("ao-m", units, 0)])
}

fn counted_by(shop: &str, units: i64) -> RecordMessage {
    count(shop, "web", "AO-M", "hn", units, later(time(NOW), -600))
}

#[tokio::test]
async fn equal_order_numbers_and_products_of_two_shops_do_not_meet() {
    let mut book = Book::open(&two_shops()).await;
    let told = [
        counted_by("demo", 10),
        counted_by("other", 50),
        told_by("demo", 1, Status::Confirmed),
        told_by("other", 7, Status::Confirmed),
        told_by("other", 7, Status::Shipped),
    ];
    // All in one batch, as SQS may hand it over.
    book.deliver_until_done(&told).await;
    book.deliver_until_done(&told).await;
    let numbers = |stock: std::collections::BTreeMap<_, commerce::stock::Stock>| {
        stock.values().map(|s| (s.on_hand, s.committed, s.free)).collect::<Vec<_>>()
    };
    assert_eq!(numbers(book.stock("demo").await), [(10, 1, 9)]);
    assert_eq!(numbers(book.stock("other").await), [(43, 0, 43)]);
    book.audit("demo", &told).await;
    book.audit("other", &told).await;
    assert_eq!(book.orders("demo").await.len(), 1);
    assert_eq!(book.orders("other").await.len(), 1);
    assert!(book.ledger_text("demo").await.lines().all(|line| !line.contains("other")));
}

#[tokio::test]
async fn a_shop_whose_orders_cannot_be_written_does_not_hold_up_its_neighbour() {
    let mut book = Book::open(&two_shops()).await;
    book.engine.plan_faults(Some(Arc::new(|operation, body| {
        let concerns_demo = String::from_utf8_lossy(body).contains("demo#");
        (operation == "TransactWriteItems" && concerns_demo).then_some(Fault::LostBefore)
    })));
    let batch = [told_by("demo", 1, Status::Confirmed), told_by("other", 7, Status::Confirmed)];
    let outcomes = book.deliver(&batch).await;
    assert_ne!(outcomes[0], Outcome::Done);
    assert_eq!(outcomes[1], Outcome::Done);
    assert_eq!(book.orders("other").await.len(), 1);
    assert!(book.orders("demo").await.is_empty());
}

#[tokio::test]
async fn a_message_for_an_unknown_shop_goes_to_the_operator_and_touches_nobody() {
    let mut book = Book::open(&two_shops()).await;
    let outcomes = book.deliver(&[told_by("stranger", 1, Status::Confirmed)]).await;
    assert_eq!(outcomes, [Outcome::Done]);
    for shop in ["demo", "other", "stranger"] {
        assert!(book.orders(shop).await.is_empty() && book.stock(shop).await.is_empty());
        assert!(book.parked(shop).await.is_empty());
    }
    let parked = book.parked(workflows::parking::OPERATOR_SHOP).await;
    assert_eq!(parked.len(), 1);
    assert!(matches!(parked[0].reasons[..], [ParkReason::Unreadable { .. }]));
}
