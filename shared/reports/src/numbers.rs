//! Numbers as people write them: 1.234.567 ₫ in Vietnamese, 1,234,567 ₫ in English. Whole numbers only, no floats.

use crate::language::Language;
use commerce::money::{Currency, Money};

fn group_mark(language: Language) -> char {
    match language {
        Language::Vi => '.',
        Language::En => ',',
    }
}

fn decimal_mark(language: Language) -> char {
    match language {
        Language::Vi => ',',
        Language::En => '.',
    }
}

/// A whole number with its thousands apart.
pub(crate) fn whole(number: u64, language: Language) -> String {
    let digits = number.to_string();
    let mut written = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(group_mark(language));
        }
        written.push(digit);
    }
    written
}

/// The same with a sign; the minus is the typographic one, which stays with its number.
pub(crate) fn signed(number: i64, language: Language) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", whole(number.unsigned_abs(), language))
}

/// A number given in the `places`-th decimal place, such as 1234 with 2 places: 12,34.
pub(crate) fn decimal(number: u64, places: u32, language: Language) -> String {
    if places == 0 {
        return whole(number, language);
    }
    let one = 10_u64.saturating_pow(places);
    let (before, after) = (number / one, number % one);
    let width = places as usize;
    format!("{}{}{after:0width$}", whole(before, language), decimal_mark(language))
}

/// An amount of money with its sign and currency.
pub(crate) fn money(money: Money, language: Language) -> String {
    let sign = if money.amount_minor < 0 { "−" } else { "" };
    let places = u32::try_from(money.currency.decimals()).unwrap_or(0);
    let amount = decimal(money.amount_minor.unsigned_abs(), places, language);
    let currency = if money.currency == Currency::VND { "₫" } else { money.currency.code() };
    // A space that does not break: an amount never stands on two lines.
    format!("{sign}{amount}\u{a0}{currency}")
}

/// US dollars from billionths, in ten-thousandths, rounded up so that what costs something never reads as nothing.
pub(crate) fn dollars(nano_usd: u64, language: Language) -> String {
    let ten_thousandths = nano_usd.div_ceil(100_000);
    format!("{}\u{a0}US$", decimal(ten_thousandths, 4, language))
}

/// `part` of `all` in tenths of a per cent; 0 where there is nothing to share.
pub(crate) fn permille(part: u64, all: u64) -> u64 {
    let share = (u128::from(part) * 1_000 + u128::from(all) / 2).checked_div(u128::from(all)).unwrap_or(0);
    u64::try_from(share).unwrap_or(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        let check = |number, vi: &str, en: &str| {
            assert_eq!(
                (whole(number, Language::Vi).as_str(), whole(number, Language::En).as_str()),
                (vi, en)
            );
        };
        check(0, "0", "0");
        check(999, "999", "999");
        check(1_000, "1.000", "1,000");
        check(1_234_567, "1.234.567", "1,234,567");
        check(u64::MAX, "18.446.744.073.709.551.615", "18,446,744,073,709,551,615");
        assert_eq!(signed(-12_000, Language::Vi), "−12.000");
        assert_eq!(signed(i64::MIN, Language::Vi), "−9.223.372.036.854.775.808");
    }

    #[test]
    fn money_has_its_currency_and_its_places() {
        let usd = Currency::new("USD").unwrap();
        let check = |amount, currency, vi: &str, en: &str| {
            let amount = Money::from_minor(amount, currency);
            assert_eq!(money(amount, Language::Vi), vi);
            assert_eq!(money(amount, Language::En), en);
        };
        check(1_234_567, Currency::VND, "1.234.567\u{a0}₫", "1,234,567\u{a0}₫");
        check(-5, usd, "−0,05\u{a0}USD", "−0.05\u{a0}USD");
        check(123_456, usd, "1.234,56\u{a0}USD", "1,234.56\u{a0}USD");
        assert_eq!(dollars(1, Language::Vi), "0,0001\u{a0}US$");
        assert_eq!(dollars(0, Language::Vi), "0,0000\u{a0}US$");
        assert_eq!(dollars(12_345_600_000, Language::En), "12.3456\u{a0}US$");
    }

    #[test]
    fn shares_never_divide_by_nothing() {
        assert_eq!((permille(1, 3), permille(0, 0), permille(7, 7)), (333, 0, 1_000));
    }
}
