//! Amounts of money as people and channels write them: `1.234.567 ₫`, `1,234,567`, `(1.234)`, `1234567.00`; never a float.

use super::quoted;
use crate::money::{Currency, Money, MoneyError};

/// Words for "no amount" that exports write.
const NOTHING: [&str; 6] = ["", "-", "/", "–", "—", "N/A"];
/// What stands for đồng beside a number.
const DONG: [&str; 6] = ["VNĐ", "VND", "vnđ", "vnd", "₫", "đ"];

/// Why a cell is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAmount {
    /// It is not written as a number.
    NotANumber,
    /// A spreadsheet has shortened it, such as `1.5E+06`.
    Shortened,
    /// Parts of the currency's smallest unit.
    TooFine,
    /// More money than any shop sees.
    TooLarge,
}

/// The largest amount, in minor units.
const AMOUNT_MAX: u64 = 1_000_000_000_000_000;

/// The amount in a cell, in minor units; none where the cell says that there is none.
pub(super) fn read(cell: &str, currency: Currency) -> Result<Option<i64>, NoAmount> {
    let cell = unwrapped(cell);
    if NOTHING.contains(&cell) {
        return Ok(None);
    }
    let (is_negative, digits) = signed(cell, currency).ok_or(NoAmount::NotANumber)?;
    if digits.contains(['e', 'E']) && digits.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(NoAmount::Shortened);
    }
    let plain = plain(&digits, currency).ok_or(NoAmount::NotANumber)?;
    let money = Money::parse(&plain, currency).map_err(|error| match error {
        MoneyError::TooFine { .. } => NoAmount::TooFine,
        MoneyError::Amount(_) | MoneyError::Currency(_) => NoAmount::TooLarge,
    })?;
    if money.amount_minor.unsigned_abs() > AMOUNT_MAX {
        return Err(NoAmount::TooLarge);
    }
    Ok(Some(if is_negative { -money.amount_minor } else { money.amount_minor }))
}

/// Without what spreadsheets put round a text: `'…` and `="…"`.
pub(super) fn unwrapped(cell: &str) -> &str {
    let cell = cell.trim();
    let cell = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell);
    cell.strip_prefix('\'').unwrap_or(cell).trim()
}

/// The sign and the rest without blanks and the currency's mark; none where signs contradict each other.
fn signed(cell: &str, currency: Currency) -> Option<(bool, String)> {
    let mut rest: String = cell.chars().filter(|letter| !letter.is_whitespace()).collect();
    let mut minuses = 0;
    for _ in 0..3 {
        if let Some(inner) = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
            (minuses, rest) = (minuses + 1, inner.to_owned());
        }
        rest = without_mark(&rest, currency).to_owned();
        if let Some(more) = rest.strip_prefix(['-', '−', '–']) {
            (minuses, rest) = (minuses + 1, more.to_owned());
        } else if let Some(more) = rest.strip_prefix('+') {
            rest = more.to_owned();
        }
    }
    (minuses <= 1).then_some((minuses == 1, rest))
}

fn without_mark(text: &str, currency: Currency) -> &str {
    let marks: &[&str] = if currency == Currency::VND { &DONG } else { &[] };
    let mut all = marks.iter().copied().chain([currency.code()]);
    all.find_map(|mark| text.strip_prefix(mark).or_else(|| text.strip_suffix(mark))).unwrap_or(text)
}

/// Digits with a point at most: thousands are told from fractions by where the marks stand.
fn plain(digits: &str, currency: Currency) -> Option<String> {
    let points = digits.matches('.').count();
    let commas = digits.matches(',').count();
    let last = digits.rfind(['.', ',']).map(|at| digits.as_bytes()[at]);
    let (group, decimal) = match (points, commas) {
        (0, 0) => (None, None),
        (1.., 1..) if last == Some(b'.') && points == 1 => (Some(','), Some('.')),
        (1.., 1..) if last == Some(b',') && commas == 1 => (Some('.'), Some(',')),
        (1.., 1..) => return None,
        (1, 0) if !is_group(digits, '.', currency) => (None, Some('.')),
        (0, 1) if !is_group(digits, ',', currency) => (None, Some(',')),
        (_, 0) => (Some('.'), None),
        (0, _) => (Some(','), None),
    };
    let (whole, fraction) = match decimal {
        Some(mark) => digits.split_once(mark)?,
        None => (digits, ""),
    };
    let whole = match group {
        Some(mark) => ungrouped(whole, mark)?,
        None => whole.to_owned(),
    };
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = !whole.is_empty() && is_plain(&whole) && is_plain(fraction);
    is_number.then(|| format!("{whole}.{}", if fraction.is_empty() { "0" } else { fraction }))
}

/// Whether the only mark parts thousands: three digits follow, at most three stand before it and no bare nought.
fn is_group(digits: &str, mark: char, currency: Currency) -> bool {
    let Some((before, after)) = digits.split_once(mark) else { return false };
    after.len() == 3 && (1..=3).contains(&before.len()) && before != "0" && currency.decimals() < 3
}

/// `1.234.567` as `1234567`; none where a group is not of three.
fn ungrouped(whole: &str, mark: char) -> Option<String> {
    let mut groups = whole.split(mark);
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    fits.then(|| whole.replace(mark, ""))
}

impl NoAmount {
    /// The reason in Vietnamese and in English.
    pub fn words(self, cell: &str) -> (String, String) {
        let cell = quoted(cell);
        match self {
            NoAmount::NotANumber => {
                (format!("{cell:?} không phải số tiền"), format!("{cell:?} is no amount"))
            }
            NoAmount::Shortened => (
                format!(
                    "{cell:?}: bảng tính đã rút gọn số này; hãy tải lại tệp và đừng mở rồi lưu bằng Excel"
                ),
                format!(
                    "{cell:?}: a spreadsheet has shortened it; export again, and do not open and save it with Excel"
                ),
            ),
            NoAmount::TooFine => (
                format!("{cell:?} có phần lẻ mà loại tiền này không có"),
                format!("{cell:?} has a fraction that this currency does not have"),
            ),
            NoAmount::TooLarge => {
                (format!("{cell:?} lớn quá mức"), format!("{cell:?} is larger than any shop sees"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, code: &str, expected: Result<Option<i64>, NoAmount>) {
        assert_eq!(read(cell, Currency::new(code).unwrap()), expected, "{cell:?} {code}");
    }

    #[test]
    fn one_amount_however_it_is_written() {
        for cell in [
            "1.234.567",
            "1,234,567",
            "1234567",
            "1234567.00",
            "1234567,0",
            "1,234,567.00",
            "1.234.567,00",
            "₫1.234.567",
            "1.234.567 ₫",
            "1.234.567đ",
            "VND 1,234,567",
            "1 234 567",
            "'1234567",
            "=\"1234567\"",
            "+1.234.567",
            " 1\u{a0}234\u{a0}567 VNĐ ",
        ] {
            check(cell, "VND", Ok(Some(1_234_567)));
        }
        for cell in ["-1.234", "(1.234)", "−1234", "₫-1.234", "-₫1,234", "(1,234 ₫)", "-1.234,00"] {
            check(cell, "VND", Ok(Some(-1_234)));
        }
    }

    #[test]
    fn dong_has_no_fraction_and_other_money_has_its_own() {
        check("1234.5", "VND", Err(NoAmount::TooFine));
        check("1.234,50", "VND", Err(NoAmount::TooFine));
        check("0.500", "VND", Err(NoAmount::TooFine));
        check("12.34", "USD", Ok(Some(1_234)));
        check("1.234,5", "USD", Ok(Some(123_450)));
        check("1,234", "USD", Ok(Some(123_400)));
        check("12.345678", "USD", Err(NoAmount::TooFine));
    }

    #[test]
    fn what_is_no_amount_is_refused_and_an_empty_cell_is_none() {
        for cell in ["", " ", "-", "/", "—"] {
            check(cell, "VND", Ok(None));
        }
        for cell in ["abc", "1.23.456", "12,34,567", "1.2.3,4", "--5", "(-5)", "1-2", "$5", "₫"] {
            check(cell, "VND", Err(NoAmount::NotANumber));
        }
        check("1.5E+06", "VND", Err(NoAmount::Shortened));
        check("99999999999999999999", "VND", Err(NoAmount::TooLarge));
        check("1000000000000001", "VND", Err(NoAmount::TooLarge));
    }
}
