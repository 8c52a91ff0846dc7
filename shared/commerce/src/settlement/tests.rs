//! Files as shops hand them over, good and bad, and what they come to beside a book made by hand.

use super::*;
use crate::ids::OrderId;
use crate::money::{Currency, Money};
use crate::order::OrderKind;
use crate::reconcile::{Found, Total};
use crate::status::Status;
use jiff::civil::{Date, date};

const TIKTOK: &str = "Order/adjustment ID,Type,Order created time,Order settled time,Currency,Total settlement amount,Customer payment,Related order ID
576786105183930101,Order,2026/11/02,2026/11/23,VND,150000,198000,/
576786105183930102,Order,2026/11/03,2026/11/23,VND,\"80,000\",\"99,000\",/
1729384756102938475,Logistics reimbursement,2026/11/20,2026/11/24,VND,12000,/,576786105183930101
1729384756102938476,Platform penalty,2026/11/20,2026/11/24,VND,-5000,/,/
";

fn sheet(text: &str) -> Sheet {
    read(text.as_bytes(), &Named::default(), Currency::VND).unwrap()
}

fn refused(bytes: &[u8]) -> (String, String) {
    let refusal = read(bytes, &Named::default(), Currency::VND).unwrap_err();
    (refusal.vi(), refusal.en())
}

fn check_refused(text: &str, expected: &str) {
    let (vi, en) = refused(text.as_bytes());
    assert!(en.contains(expected), "{en}");
    assert!(!vi.is_empty() && vi != en, "{vi}");
}

fn order(id: &str) -> OrderId {
    OrderId::new(id).unwrap()
}

fn vnd(amount: i64) -> Money {
    Money::from_minor(amount, Currency::VND)
}

fn known(status: Status, total: i64, placed: Date, ended: Date) -> Known {
    let at = |day: Date| day.to_zoned(crate::reconcile::shop_zone()).unwrap().timestamp();
    Known {
        kind: OrderKind::Channel,
        status,
        total: vnd(total),
        created_at: at(placed),
        source_time: at(ended),
    }
}

fn done(total: i64) -> Known {
    known(Status::Completed, total, date(2026, 11, 2), date(2026, 11, 20))
}

fn book(orders: &[(&str, Known)]) -> Book {
    let orders = orders.iter().map(|(id, known)| (order(id), known.clone())).collect();
    Book { orders, within_days: 7, ..Book::default() }
}

fn reasons(comparison: &Comparison) -> Vec<(&str, Reason)> {
    comparison.differences.iter().map(|d| (d.order.as_str(), d.reason)).collect()
}

#[test]
fn lines_of_one_order_are_summed_and_adjustments_belong_to_their_order() {
    let sheet = sheet(TIKTOK);
    assert_eq!((sheet.layout, sheet.encoding, sheet.head_line), ("tiktok-income", "UTF-8", 1));
    assert_eq!(sheet.days(), DaySpan::new(date(2026, 11, 23), date(2026, 11, 24)));
    let ours = book(&[("576786105183930101", done(198_000)), ("576786105183930102", done(99_000))]);
    let found = compare(&sheet, &ours, None);
    assert_eq!(found.basis, Basis::BuyerPays { column: "Customer payment".to_owned() });
    assert_eq!(found.theirs, Total { orders: 2, money: Some(vnd(297_000)) });
    assert_eq!((found.ours, found.same), (found.theirs, 2));
    assert_eq!(found.paid_out, Some(vnd(237_000)));
    assert_eq!(found.lines_without_order, 1, "the penalty is about the account");
    assert!(found.agrees());
}

#[test]
fn an_order_on_one_side_and_other_money_are_named() {
    let mut ours = book(&[
        ("576786105183930101", done(200_000)),
        ("900000000000000001", known(Status::Delivered, 50_000, date(2026, 11, 1), date(2026, 11, 10))),
        ("900000000000000002", known(Status::Completed, 60_000, date(2026, 11, 1), date(2026, 11, 20))),
        ("900000000000000003", known(Status::Shipped, 70_000, date(2026, 11, 1), date(2026, 11, 10))),
        ("900000000000000004", known(Status::Completed, 80_000, date(2026, 11, 1), date(2026, 11, 10))),
    ]);
    ours.paid_before.insert(order("900000000000000004"));
    let found = compare(&sheet(TIKTOK), &ours, DaySpan::new(date(2026, 11, 1), date(2026, 11, 24)));
    let expected = [
        ("576786105183930101", Reason::OtherTotal),
        ("576786105183930102", Reason::NotInBook),
        ("900000000000000001", Reason::NotPaid),
    ];
    assert_eq!(
        reasons(&found),
        expected,
        "four days after its end, on its way and paid before are no differences"
    );
    assert_eq!(found.differences[0].found, Found::MoneyDiffers { theirs: vnd(198_000), ours: vnd(200_000) });
    assert_eq!((found.theirs.orders, found.ours.orders, found.same), (2, 2, 0));
    assert!(!found.agrees());
    let (vi, en) = advice(&found.differences[1], &crate::ids::ShopId::new("demo").unwrap()).unwrap();
    assert!(en.contains("--shop demo --day 2026-11-03") && vi.contains("--day 2026-11-03"), "{en}");
}

#[test]
fn orders_from_before_the_book_are_explained() {
    let mut ours = book(&[("576786105183930101", done(198_000))]);
    ours.began = Some(date(2026, 11, 10));
    let found = compare(&sheet(TIKTOK), &ours, None);
    assert_eq!(reasons(&found), [("576786105183930102", Reason::BeforeBook)]);
    assert!(found.agrees());
    ours.began = Some(date(2026, 11, 3));
    assert!(!compare(&sheet(TIKTOK), &ours, None).agrees(), "placed on the day it began");
}

#[test]
fn a_cancelled_order_that_is_paid_for_differs_and_one_that_comes_to_nothing_does_not() {
    let cancelled = known(Status::Cancelled, 99_000, date(2026, 11, 3), date(2026, 11, 4));
    let ours = book(&[("A1", cancelled.clone()), ("A2", cancelled)]);
    let text = "Mã đơn hàng;Tổng tiền đơn hàng\nA1;99.000\nA2;99.000\nA2;-99.000\n";
    let found = compare(&sheet(text), &ours, None);
    assert_eq!(reasons(&found), [("A1", Reason::PaidThoughCancelled)]);
    assert_eq!(found.differences[0].found, Found::MoneyDiffers { theirs: vnd(99_000), ours: vnd(0) });
}

#[test]
fn a_refund_is_told_from_the_sale_whichever_total_the_channel_keeps() {
    let text = "Order ID\tOrder Total\nB1\t100,000\nB1\t(30,000)\nB2\t100,000\nB2\t(30,000)\n";
    let ours = book(&[("B1", done(100_000)), ("B2", done(70_000))]);
    let found = compare(&sheet(text), &ours, None);
    assert!(found.agrees(), "{:?}", found.differences);
    assert_eq!(found.theirs.money, Some(vnd(170_000)));
}

#[test]
fn a_line_that_stands_twice_is_told_and_counts_twice() {
    let text = "No.,Mã đơn hàng,Tổng tiền đơn hàng\n1,C1,50000\n2,C1,50000\n3,C2,70000\n";
    let found = compare(&sheet(text), &book(&[("C1", done(50_000)), ("C2", done(70_000))]), None);
    assert_eq!(found.repeated, [Repeated { order: order("C1"), first_line: 2, line: 3 }]);
    assert_eq!(reasons(&found), [("C1", Reason::OtherTotal)]);
}

#[test]
fn what_is_paid_out_after_fees_is_never_held_against_what_buyers_paid() {
    let text = "Mã đơn hàng,Thực nhận\nD1,41000\nD2,52000\n";
    let found = compare(&sheet(text), &book(&[("D1", done(50_000)), ("D2", done(60_000))]), None);
    assert_eq!((found.basis, found.theirs.money, found.same), (Basis::OrdersOnly, None, 2));
    assert_eq!(found.paid_out, Some(vnd(93_000)));
}

#[test]
fn a_shopee_export_counts_each_order_once_and_stops_at_its_sums() {
    let text = "Báo cáo thu nhập,,,,,,,\nTừ 2026-11-23 đến 2026-11-29,,,,,,,\n\
        Mã giao dịch,Đơn hàng / Sản phẩm,Mã đơn hàng,Ngày đặt hàng,Ngày hoàn thành thanh toán,Tổng tiền đã thanh toán (₫),Người Mua,Amount Paid By Buyer\n\
        1,Order,2611098R48U37H,2026-11-09,2026-11-23,\"87.500\",x,\"99.000\"\n\
        ,Sku,2611098R48U37H,2026-11-09,2026-11-23,\"87.500\",x,\"99.000\"\n\
        Tổng cộng,,,,,\"87.500\",,\nGhi chú\n";
    let sheet = sheet(text);
    assert_eq!((sheet.layout, sheet.head_line), ("shopee-income", 3));
    assert_eq!((sheet.lines.len(), sheet.parts, sheet.sums), (1, 1, 2));
    let found = compare(&sheet, &book(&[("2611098R48U37H", done(99_000))]), None);
    assert!(found.agrees() && found.repeated.is_empty());
}

#[test]
fn a_lazada_statement_compares_what_the_buyer_paid_and_no_fee() {
    let text = "Statement Period;Fee Name;Amount(Include Tax);Order Creation Date;Transaction Date;Order Number;Order Line ID\n\
        23 Nov 2026 - 29 Nov 2026;Product Price Paid by Buyer;99,000.00;09 Nov 2026;24 Nov 2026;260422900198363;1\n\
        23 Nov 2026 - 29 Nov 2026;Product Price Paid by Buyer;99,000.00;09 Nov 2026;24 Nov 2026;260422900198363;2\n\
        23 Nov 2026 - 29 Nov 2026;Shipping Fee Paid by Buyer;15,000.00;09 Nov 2026;24 Nov 2026;260422900198363;1\n\
        23 Nov 2026 - 29 Nov 2026;Commission;-9,900.00;09 Nov 2026;24 Nov 2026;260422900198363;1\n\
        23 Nov 2026 - 29 Nov 2026;Sponsored Discovery;-20,000.00;;24 Nov 2026;;\n";
    let found = compare(&sheet(text), &book(&[("260422900198363", done(213_000))]), None);
    assert!(found.agrees(), "{:?}", found.differences);
    assert_eq!((found.lines_without_order, found.paid_out), (1, Some(vnd(183_100))));
    let older = text
        .replace("Product Price Paid by Buyer", "Item Price Credit")
        .replace("Shipping Fee Paid by Buyer", "Other");
    assert_eq!(compare(&sheet(&older), &Book::default(), None).basis, Basis::OrdersOnly);
}

#[test]
fn every_encoding_that_vietnamese_programs_save_is_read() {
    let text = "Mã đơn hàng;Tổng tiền đơn hàng\nA1;1.234.567 ₫\n";
    let utf16 = |begin: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
        begin.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect::<Vec<u8>>()
    };
    let marked = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
    // Base letters and marks apart, as Windows-1258 has them.
    let old =
        b"M\xe3 \xf0\xf5n h\xe0ng;T\xf4\xd2ng ti\xea\xccn \xf0\xf5n h\xe0ng\nA1;1.234.567 \xfe\n".to_vec();
    let all = [
        (text.as_bytes().to_vec(), "UTF-8"),
        (marked, "UTF-8"),
        (utf16([0xFF, 0xFE], u16::to_le_bytes), "UTF-16LE"),
        (utf16([0xFE, 0xFF], u16::to_be_bytes), "UTF-16BE"),
        (old, "windows-1258"),
    ];
    for (bytes, encoding) in all {
        let sheet = read(&bytes, &Named::default(), Currency::VND)
            .unwrap_or_else(|e| panic!("{encoding}: {}", e.en()));
        assert_eq!((sheet.encoding, sheet.lines[0].buyer_pays), (encoding, Some(1_234_567)));
    }
}

#[test]
fn a_column_that_is_not_known_is_asked_for_and_one_that_is_named_is_taken() {
    let text = "Mã giao dịch,Tham chiếu,Số tiền\nT1,E1,50000\n";
    check_refused(
        text,
        "the file's columns: Mã giao dịch | Tham chiếu | Số tiền; run it again with --order-column",
    );
    check_refused("Mã đơn hàng,Số tiền\nE1,50000\n", "run it again with --amount-column");
    let named = Named { order: Some("tham chieu".to_owned()), amount: Some("SỐ TIỀN".to_owned()) };
    let sheet = read(text.as_bytes(), &named, Currency::VND).unwrap();
    assert_eq!((sheet.lines[0].order.clone(), sheet.lines[0].buyer_pays), (Some(order("E1")), Some(50_000)));
    let wrong = Named { order: Some("Mã vạch".to_owned()), amount: None };
    let refusal = read(text.as_bytes(), &wrong, Currency::VND).unwrap_err();
    assert!(refusal.en().contains("there is no column \"Mã vạch\""), "{}", refusal.en());
}

#[test]
fn a_file_that_is_no_csv_is_called_by_its_name() {
    let ends =
        |bytes: &[u8], expected: &str| assert!(refused(bytes).1.contains(expected), "{}", refused(bytes).1);
    ends(b"PK\x03\x04\x14\x00", "Excel workbook");
    ends(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1], "Excel workbook");
    ends(b"\n<!DOCTYPE html><html>", "web page");
    ends(b"", "is empty");
    ends(b"\xEF\xBB\xBF \r\n", "is empty");
    ends(&[0x81, 0x00, 0x02, 0xFF], "no text");
    ends(&vec![b'a'; FILE_BYTES_MAX + 1], "more than 32 MB");
}

#[test]
fn a_row_that_cannot_be_read_refuses_the_file_and_says_where() {
    let with = |rows: &str| format!("Mã đơn hàng,Tổng tiền đơn hàng\n{rows}");
    check_refused(&with("A1,\"50"), "line 2: the file ends in the middle of a cell");
    check_refused(&with("A1,50000\nA2"), "line 3: has 1 cells, the head has 2");
    check_refused(&with("A1,50,000"), "line 2: has 3 cells, the head has 2; a separator stands inside");
    check_refused(&with("A1,50000.5"), "line 2, column \"Tổng tiền đơn hàng\": \"50000.5\" has a fraction");
    check_refused(&with("A1,abc"), "\"abc\" is no amount");
    check_refused(&with("5.78123E+17,50000"), "do not open and save it with Excel");
    check_refused(&with(""), "has a head and no line");
    let rounded = with("576786105183930000,1\n576778866794071000,2\n576776807456736000,3\n");
    check_refused(&rounded, "has made noughts of the last digits");
    let many = with(&"A1,abc\n".repeat(13));
    check_refused(&many, "and 3 more");
    let two = "Mã đơn hàng,Tổng tiền đơn hàng,Currency\nA1,1,VND\nA2,1,USD\n";
    check_refused(two, "line 3: USD, while the lines before are VND");
}

#[test]
fn a_cell_in_quotes_may_hold_marks_and_lines() {
    let text = "Order ID,Ghi chú,Order Total\r\n\"='F1'\",\"a, b\nc\",\"1,000\"\r\n\"=\"\"578123456789012345\"\"\",x,2000\r\n'F2,,3000";
    let sheet = sheet(text);
    let orders: Vec<_> =
        sheet.lines.iter().filter_map(|line| line.order.as_ref().map(|o| o.as_str())).collect();
    assert_eq!(orders[1..], ["578123456789012345", "F2"]);
    assert_eq!(sheet.lines[1].line, 4, "lines are those of the file");
}
