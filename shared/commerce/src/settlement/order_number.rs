//! Order numbers as they stand in a file, and how a spreadsheet damages them beyond repair.

use super::amount::unwrapped;
use crate::ids::{IdError, OrderId};

/// A spreadsheet keeps so many digits of a number and makes noughts of the others.
const DIGITS_KEPT: usize = 15;
/// So many different numbers must end in noughts before that is no chance.
const NUMBERS_MIN: usize = 3;

/// What stands in an order's cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// No order: the line is about the account, or about nothing.
    Nothing,
    /// An order.
    Order(OrderId),
    /// `5.78123E+17`: the last digits are gone.
    Shortened,
    /// Nothing that could be an order's number.
    Wrong(IdError),
}

/// Reads the cell; `'123` and `="123"` are the number itself.
pub(super) fn read(cell: &str) -> Found {
    let cell = unwrapped(cell);
    if ["", "-", "/", "–", "—", "N/A"].contains(&cell) {
        return Found::Nothing;
    }
    if is_shortened(cell) {
        return Found::Shortened;
    }
    match OrderId::new(cell) {
        Ok(order) => Found::Order(order),
        Err(error) => Found::Wrong(error),
    }
}

/// A number, an E, a sign and a power: no channel writes an order so, and some orders are digits with an E among them.
fn is_shortened(cell: &str) -> bool {
    let Some((number, power)) = cell.split_once(['e', 'E']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    digits(whole) && digits(fraction) && power.strip_prefix('+').is_some_and(digits)
}

/// Whether all long numbers end in noughts, as a spreadsheet leaves them when it takes order numbers for amounts.
pub(super) fn are_rounded<'a>(orders: impl Iterator<Item = &'a OrderId>) -> bool {
    let is_long =
        |id: &&OrderId| id.as_str().len() > DIGITS_KEPT && id.as_str().bytes().all(|b| b.is_ascii_digit());
    let mut long = 0;
    for id in orders.filter(is_long) {
        if !id.as_str().bytes().skip(DIGITS_KEPT).all(|byte| byte == b'0') {
            return false;
        }
        long += 1;
    }
    long >= NUMBERS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(id: &str) -> OrderId {
        OrderId::new(id).unwrap()
    }

    #[test]
    fn what_a_spreadsheet_wraps_is_read_and_what_it_cuts_is_not() {
        for cell in
            ["578123456789012345", "'578123456789012345", "=\"578123456789012345\"", " 578123456789012345 "]
        {
            assert_eq!(read(cell), Found::Order(order("578123456789012345")), "{cell}");
        }
        for cell in ["5.78123E+17", "5,78123e+17", "5E+17"] {
            assert_eq!(read(cell), Found::Shortened, "{cell}");
        }
        // Order numbers of Shopee hold letters: some look almost like a power.
        assert_eq!(read("24040987E12345"), Found::Order(order("24040987E12345")));
        assert_eq!(read(" / "), Found::Nothing);
        assert!(matches!(read(&"9".repeat(300)), Found::Wrong(_)));
    }

    #[test]
    fn numbers_that_all_end_in_noughts_were_rounded() {
        let ids = |texts: &[&str]| texts.iter().map(|text| order(text)).collect::<Vec<_>>();
        let rounded = ids(&["576786105183930000", "576778866794071000", "576776807456736000", "KT-7"]);
        assert!(are_rounded(rounded.iter()));
        let real = ids(&["576786105183930000", "576778866794071600", "576776807456736660"]);
        assert!(!are_rounded(real.iter()));
        assert!(!are_rounded(rounded[..2].iter()), "two may be chance");
    }
}
