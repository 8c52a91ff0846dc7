//! Amounts of money in whole minor units with their currency; đồng has no smaller unit.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An ISO 4217 currency code, such as `VND`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Vietnamese đồng, which has no minor unit.
    pub const VND: Currency = Currency(*b"VND");

    /// Reads a code of three capital letters.
    pub fn new(code: &str) -> Result<Self, MoneyError> {
        match code.as_bytes() {
            [a, b, c] if code.bytes().all(|x| x.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(MoneyError::Currency(code.chars().take(12).collect())),
        }
    }

    /// The code as text.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// How many decimal places the currency has (ISO 4217).
    pub fn decimals(&self) -> usize {
        match &self.0 {
            b"VND" | b"JPY" | b"KRW" | b"CLP" | b"ISK" | b"XOF" => 0,
            _ => 2,
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(code: String) -> Result<Self, MoneyError> {
        Self::new(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

/// Why a text is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three capital letters.
    #[error("currency: must be three capital letters (got {0:?})")]
    Currency(String),
    /// Not a plain decimal number that fits.
    #[error("amount: must be a plain decimal number (got {0:?})")]
    Amount(String),
    /// More decimal places than the currency has.
    #[error("amount: {currency} has {decimals} decimal places (got {got:?})")]
    TooFine {
        /// The currency's code.
        currency: String,
        /// How many places it has.
        decimals: usize,
        /// The text refused.
        got: String,
    },
}

/// An amount in whole minor units; never a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The amount in the currency's smallest unit.
    pub amount_minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// An amount already in minor units.
    pub fn from_minor(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    /// Reads a decimal text such as `398000.00`. Places beyond the currency's own must be zeros.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let bad = || MoneyError::Amount(text.chars().take(40).collect());
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) {
            return Err(bad());
        }
        let (kept, beyond) = fraction.split_at(fraction.len().min(currency.decimals()));
        if beyond.bytes().any(|b| b != b'0') {
            return Err(MoneyError::TooFine {
                currency: currency.code().to_owned(),
                decimals: currency.decimals(),
                got: text.chars().take(40).collect(),
            });
        }
        let minor = format!("{whole}{kept:0<width$}", width = currency.decimals());
        let amount: i64 = minor.parse().map_err(|_| bad())?;
        Ok(Self::from_minor(if negative { -amount } else { amount }, currency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, code: &str, expected: Option<i64>) {
        let currency = Currency::new(code).unwrap();
        assert_eq!(Money::parse(text, currency).ok().map(|m| m.amount_minor), expected, "{text} {code}");
    }

    #[test]
    fn amounts_are_whole_minor_units() {
        check("398000.00", "VND", Some(398_000));
        check("398000", "VND", Some(398_000));
        check("-5", "VND", Some(-5));
        check("0.5", "VND", None);
        check("12.3", "USD", Some(1_230));
        check("12.345", "USD", None);
        check("12.340", "USD", Some(1_234));
        check("1e308", "VND", None);
        check("NaN", "VND", None);
        check("", "VND", None);
        check("99999999999999999999", "VND", None);
    }
}
