//! What must be true of every settlement file, whatever stands in it.

use commerce::ids::OrderId;
use commerce::money::{Currency, Money};
use commerce::order::OrderKind;
use commerce::settlement::{Book, Known, Named, Reason, compare, read};
use commerce::status::Status;
use jiff::Timestamp;
use proptest::prelude::*;

/// An amount in one of the ways in which people write it.
fn written(amount: i64, way: usize) -> String {
    let digits = amount.unsigned_abs().to_string();
    let grouped = |mark: &str| {
        let bytes: Vec<String> = digits
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|group| String::from_utf8_lossy(group).into_owned())
            .collect();
        bytes.join(mark)
    };
    let sign = if amount < 0 { "-" } else { "" };
    match way % 6 {
        0 => format!("{sign}{digits}"),
        1 => format!("{sign}{}", grouped(".")),
        2 => format!("{sign}{}", grouped(",")),
        3 => format!("{sign}{digits}.00"),
        4 => format!("{sign}{} ₫", grouped(".")),
        _ if amount < 0 => format!("(₫{})", grouped(",")),
        _ => format!("₫{}", grouped(",")),
    }
}

fn file(lines: &[(u8, i64, usize)]) -> String {
    let mut text = "Mã đơn hàng;Tổng tiền đơn hàng;Ghi chú\n".to_owned();
    for (n, (order, amount, way)) in lines.iter().enumerate() {
        text.push_str(&format!("K{order};\"{}\";{n}\n", written(*amount, *way)));
    }
    text
}

/// A book that holds what the file says.
fn book(lines: &[(u8, i64, usize)]) -> Book {
    let mut book = Book::default();
    for (order, amount, _) in lines {
        let known = || Known {
            kind: OrderKind::Channel,
            status: Status::Completed,
            total: Money::from_minor(0, Currency::VND),
            created_at: Timestamp::UNIX_EPOCH,
            source_time: Timestamp::UNIX_EPOCH,
        };
        let Ok(order) = OrderId::new(format!("K{order}")) else { continue };
        book.orders.entry(order).or_insert_with(known).total.amount_minor += amount;
    }
    book
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_read_or_refused_in_both_languages(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Err(refusal) = read(&bytes, &Named::default(), Currency::VND) {
            prop_assert!(!refusal.vi().is_empty() && !refusal.en().is_empty());
        }
    }

    #[test]
    fn any_text_below_a_head_is_read_or_refused(text in "[ -~\n\"',;.₫đ\u{300}]{0,200}") {
        let text = format!("Order number,Order total\n{text}");
        if let Err(refusal) = read(text.as_bytes(), &Named::default(), Currency::VND) {
            prop_assert!(!refusal.vi().is_empty() && !refusal.en().is_empty());
        }
    }

    #[test]
    fn what_the_book_says_agrees_however_amounts_are_written_and_lines_are_ordered(
        lines in proptest::collection::vec((0..20_u8, 1..2_000_000_000_i64, any::<usize>()), 1..60),
        turn in any::<usize>(),
    ) {
        let mut turned = lines.clone();
        turned.rotate_left(turn % lines.len());
        let found = [&lines, &turned].map(|lines| {
            let sheet = read(file(lines).as_bytes(), &Named::default(), Currency::VND).unwrap();
            compare(&sheet, &book(lines), None)
        });
        prop_assert!(found[0].agrees() && found[0].repeated.is_empty(), "{:?}", found[0].differences);
        prop_assert_eq!(&found[0].theirs, &found[0].ours);
        prop_assert_eq!(&found[0].theirs, &found[1].theirs);
    }

    #[test]
    fn one_dong_more_or_one_order_less_is_named(
        lines in proptest::collection::vec((0..20_u8, 1..2_000_000_000_i64, any::<usize>()), 1..60),
        which in any::<prop::sample::Index>(),
        is_lost in any::<bool>(),
    ) {
        let sheet = read(file(&lines).as_bytes(), &Named::default(), Currency::VND).unwrap();
        let mut book = book(&lines);
        let order = OrderId::new(format!("K{}", which.get(&lines).0)).unwrap();
        let expected = if is_lost {
            book.orders.remove(&order);
            Reason::NotInBook
        } else {
            book.orders.get_mut(&order).unwrap().total.amount_minor += 1;
            Reason::OtherTotal
        };
        let found = compare(&sheet, &book, None);
        let named: Vec<_> = found.differences.iter().map(|one| (&one.order, one.reason)).collect();
        prop_assert_eq!(named, [(&order, expected)]);
        prop_assert!(!found.agrees());
    }
}
