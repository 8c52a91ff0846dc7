//! What recording an order costs, and that items stay within the kilobyte they are billed by.

use commerce::order::Departure::{Left, Stayed};
use commerce::status::Status;
use hopkenh_tests::book::{Book, NOW};
use hopkenh_tests::history::{Goods, Order, count, later, time};
use lambda_kit::stream::to_item;
use table::attributes::item_bytes;
use table::units::Units;
use workflows::messages::RecordMessage;

/// Ids as long as the real ones: Shopee's `itemId:modelId` and order numbers, SKUs with colour and size.
///
/// These are the figures of a shared pool. In cover each movement names its listing as well: ten of them make a
/// balance of 1.4 KB, and ten orders of one hot product cost 24 write units instead of 23 (DECISIONS, "Ten movements in cover").
const SHOP: &str = r#"
[[shop]]
id = "thoi-trang-hoa-mai"
name = "Thời trang Hoa Mai"
[[shop.location]]
id = "kho-ha-noi"
name = "Hà Nội"
[[shop.connection]]
id = "shopee-main"
channel = "shopee"
serves_from = ["kho-ha-noi"]
sharing = "pool"
listing = [
  { id = "23620853561:221404189791", sku = "AO-THUN-CO-TRON-DEN-XL" },
  { id = "23620853561:221404189792", sku = "AO-THUN-CO-TRON-DEN-XXL" },
  { id = "23620853561:221404189793", sku = "AO-THUN-CO-TRON-TRANG-M" },
]
"#;

const GOODS: [Goods; 3] = [
    ("23620853561:221404189791", 1, 0),
    ("23620853561:221404189792", 2, 0),
    ("23620853561:221404189793", 1, 0),
];
const SHOP_ID: &str = "thoi-trang-hoa-mai";

fn order(number: usize) -> Order {
    Order::new(SHOP_ID, "shopee-main", &format!("2611228F3KQ{number:03}"), later(time(NOW), -90))
}

fn placed(number: usize, lines: usize) -> RecordMessage {
    order(number).tells(Status::Confirmed, Stayed, order(number).created_at, &GOODS[..lines])
}

/// A book in which every product has been counted, as in a shop that is running.
async fn book() -> Book {
    let book = Book::open(SHOP).await;
    for sku in ["AO-THUN-CO-TRON-DEN-XL", "AO-THUN-CO-TRON-DEN-XXL", "AO-THUN-CO-TRON-TRANG-M"] {
        let morning = later(time(NOW), -600);
        book.deliver_until_done(&[count(SHOP_ID, "shopee-main", sku, "kho-ha-noi", 500, morning)]).await;
    }
    book
}

async fn spent(book: &Book, batch: &[RecordMessage]) -> Units {
    let before = book.record.table.meter().reading();
    book.deliver_until_done(batch).await;
    book.record.table.meter().reading().since(before)
}

#[tokio::test]
async fn a_new_order_of_one_two_three_lines_costs_at_most_4_6_8_write_units() {
    let book = book().await;
    for (lines, most) in [(1, 4), (2, 6), (3, 8)] {
        let units = spent(&book, &[placed(lines, lines)]).await;
        assert!(units.write_tenths <= most * 10, "{lines} lines: {units:?}");
        assert!(units.write_tenths > 20, "the meter counts: {units:?}");
        assert!(units.read_tenths <= 5, "{lines} lines: {units:?}");
    }
}

#[tokio::test]
async fn on_a_hot_product_a_full_batch_costs_at_most_2_3_write_units_per_order() {
    let book = book().await;
    let batch: Vec<RecordMessage> = (0..10).map(|n| placed(n, 1)).collect();
    let units = spent(&book, &batch).await;
    assert!(units.write_tenths <= 23 * 10, "{units:?} for ten orders");
    assert!(units.read_tenths <= 5 * 10, "{units:?} for ten orders");
}

#[tokio::test]
async fn orders_and_balances_fit_in_one_kilobyte() {
    let mut book = book().await;
    // Ten orders at once, each with three lines; then all ten leave at once, which makes the longest movements.
    let batch: Vec<RecordMessage> = (0..10).map(|n| placed(n, 3)).collect();
    book.deliver_until_done(&batch).await;
    check_sizes(&mut book, 1_024).await;
    let shipped = |n| order(n).tells(Status::Shipped, Left, later(order(n).created_at, 60), &GOODS);
    book.deliver_until_done(&(0..10).map(shipped).collect::<Vec<_>>()).await;
    // What left since the last counts is remembered as well, and makes it 1,147 bytes: this write costs double.
    check_sizes(&mut book, 1_200).await;
}

async fn check_sizes(book: &mut Book, balance_max: usize) {
    let (orders, movements) = (10, 10);
    let items = book.orders(SHOP_ID).await;
    assert_eq!(items.len(), orders);
    for (key, image) in items {
        let bytes = item_bytes(&to_item(&image));
        assert!(bytes <= 1024, "order {key} has {bytes} bytes");
    }
    let stock = book.stock(SHOP_ID).await;
    for (key, image) in book.stock_items(SHOP_ID).await {
        assert_eq!(stock[&key].movements.len(), movements);
        let bytes = item_bytes(&to_item(&image));
        assert!(bytes <= balance_max, "balance {} with {movements} movements has {bytes} bytes", key.sku);
    }
}
