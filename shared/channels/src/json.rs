//! Channels type one value as number, float or text: read it as it comes, and name the field that is wrong.

use crate::error::ChannelError;
use commerce::money::{Currency, Money};
use commerce::park::ParkReason;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// A field that cannot be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub(crate) struct FieldError {
    /// The channel's name of the field.
    pub(crate) field: String,
    /// What is wrong with it.
    pub(crate) problem: String,
}

impl FieldError {
    /// A problem with a field.
    pub(crate) fn new(field: &str, problem: impl Into<String>) -> Self {
        Self { field: field.to_owned(), problem: problem.into() }
    }
}

impl From<FieldError> for ParkReason {
    fn from(error: FieldError) -> Self {
        ParkReason::Unreadable { detail: error.to_string() }
    }
}

impl From<FieldError> for ChannelError {
    fn from(error: FieldError) -> Self {
        ChannelError::unreadable(error.to_string())
    }
}

/// Where JSON went wrong, without a letter of its content.
pub(crate) fn place(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Data => "a value has the wrong type",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "it is not JSON",
    };
    format!("{what}, line {} column {}", error.line(), error.column())
}

/// Reads a body; the error quotes nothing of it.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, FieldError> {
    serde_json::from_slice(body).map_err(|e| FieldError::new("body", place(&e)))
}

/// Reads one row of a list that was kept as it came, so that a bad row does not take the others along.
pub(crate) fn row<T: DeserializeOwned>(field: &str, value: serde_json::Value) -> Result<T, FieldError> {
    serde_json::from_value(value)
        .map_err(|_| FieldError::new(field, "is not an object of the documented kind"))
}

/// A number, a text, a yes or no; or nothing; or something that should not be there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Loose {
    /// Not given, or null.
    #[default]
    Missing,
    /// A number or text, as text.
    Text(String),
    /// A list or an object.
    Strange,
}

impl From<&str> for Loose {
    fn from(text: &str) -> Self {
        Loose::Text(text.to_owned())
    }
}

impl Loose {
    /// The text, if there is one that is not empty.
    pub(crate) fn given(&self) -> Option<&str> {
        match self {
            Loose::Text(text) if !text.trim().is_empty() => Some(text.trim()),
            _ => None,
        }
    }

    /// The text.
    pub(crate) fn text(&self, field: &str) -> Result<&str, FieldError> {
        let problem = if *self == Loose::Strange { "must be a number or a text" } else { "is missing" };
        self.given().ok_or_else(|| FieldError::new(field, problem))
    }

    /// A whole number, also when typed `7.0` or `"7"`; never a fraction.
    pub(crate) fn whole(&self, field: &str) -> Result<i64, FieldError> {
        let text = self.text(field)?;
        // Đồng has no decimals, so this reads a whole number and refuses a fraction without any float
        // arithmetic.
        let number = Money::parse(text, Currency::VND).map(|m| m.amount_minor);
        number.map_err(|_| wrong(field, "must be a whole number", text))
    }

    /// A count of units: whole, and not below zero.
    pub(crate) fn units(&self, field: &str) -> Result<u32, FieldError> {
        let number = self.whole(field)?;
        u32::try_from(number).map_err(|_| wrong(field, "must be a count of units", &number.to_string()))
    }

    /// An amount in minor units; decimals beyond the currency's own must be zeros.
    pub(crate) fn money(&self, field: &str, currency: Currency) -> Result<i64, FieldError> {
        let text = self.text(field)?;
        let amount = Money::parse(text, currency).map(|m| m.amount_minor);
        let name = currency.code();
        amount.map_err(|_| wrong(field, &format!("must be an amount in whole minor units of {name}"), text))
    }

    /// An amount in đồng where the channel calculates with fractions: what is below one đồng is dropped.
    pub(crate) fn dong(&self, field: &str) -> Result<i64, FieldError> {
        let text = self.text(field)?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let amount =
            Money::parse(whole, Currency::VND).ok().filter(|_| fraction.bytes().all(|b| b.is_ascii_digit()));
        amount.map(|m| m.amount_minor).ok_or_else(|| wrong(field, "must be an amount", text))
    }
}

/// For a field whose null means something else than its absence.
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Loose>, D::Error> {
    Loose::deserialize(deserializer).map(Some)
}

fn wrong(field: &str, problem: &str, got: &str) -> FieldError {
    let got: String = got.chars().take(40).collect();
    FieldError::new(field, format!("{problem} (got {got:?})"))
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_string()))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_string()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_string()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Loose, E> {
        // Plain digits without an exponent: `32119.0` becomes `32119`.
        Ok(Loose::Text(value.to_string()))
    }
    fn visit_str<E>(self, value: &str) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_owned()))
    }
    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Missing)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Loose, A::Error> {
        while rows.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::Strange)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Loose, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Loose::Strange)
    }
}

/// A list; or nothing; or something that is no list.
#[derive(Debug, Clone, Default)]
pub(crate) enum List<T> {
    /// Not given, or null.
    #[default]
    Missing,
    /// The rows.
    Rows(Vec<T>),
    /// Not a list.
    Strange,
}

impl<T> List<T> {
    /// The rows; the error names the field.
    pub(crate) fn rows(self, field: &str) -> Result<Vec<T>, FieldError> {
        match self {
            List::Rows(rows) => Ok(rows),
            List::Missing => Err(FieldError::new(field, "is missing")),
            List::Strange => Err(FieldError::new(field, "must be a list")),
        }
    }

    /// The rows, or none where the list is not given.
    pub(crate) fn rows_or_none(self, field: &str) -> Result<Vec<T>, FieldError> {
        if matches!(self, List::Missing) { Ok(Vec::new()) } else { self.rows(field) }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<List<T>, A::Error> {
        let mut kept = Vec::new();
        while let Some(row) = rows.next_element()? {
            kept.push(row);
        }
        Ok(List::Rows(kept))
    }
    fn visit_unit<E>(self) -> Result<List<T>, E> {
        Ok(List::Missing)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<List<T>, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(List::Strange)
    }
    fn visit_bool<E>(self, _: bool) -> Result<List<T>, E> {
        Ok(List::Strange)
    }
    fn visit_i64<E>(self, _: i64) -> Result<List<T>, E> {
        Ok(List::Strange)
    }
    fn visit_u64<E>(self, _: u64) -> Result<List<T>, E> {
        Ok(List::Strange)
    }
    fn visit_f64<E>(self, _: f64) -> Result<List<T>, E> {
        Ok(List::Strange)
    }
    fn visit_str<E>(self, _: &str) -> Result<List<T>, E> {
        Ok(List::Strange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: Result<i64, &str>) {
        let value: Loose = serde_json::from_str(json).unwrap();
        let got = value.whole("quantity").map_err(|e| e.to_string());
        assert_eq!(got, expected.map_err(str::to_owned), "{json}");
    }

    #[test]
    fn whole_numbers_are_read_however_they_are_typed() {
        check("7", Ok(7));
        check("-4", Ok(-4));
        check("7.0", Ok(7));
        check("\"7\"", Ok(7));
        check("\"7.00\"", Ok(7));
        check("7.5", Err("quantity: must be a whole number (got \"7.5\")"));
        check("null", Err("quantity: is missing"));
        check("[1]", Err("quantity: must be a number or a text"));
        check("{\"a\":{}}", Err("quantity: must be a number or a text"));
        check("\"seven\"", Err("quantity: must be a whole number (got \"seven\")"));
        check("18446744073709551615", Err("quantity: must be a whole number (got \"18446744073709551615\")"));
    }

    #[test]
    fn a_monstrous_float_is_refused_shortly() {
        let value: Loose = serde_json::from_str("1e308").unwrap();
        assert!(value.whole("x").unwrap_err().to_string().len() < 120);
        assert!(value.dong("x").is_err());
    }

    #[test]
    fn a_till_calculates_with_fractions_of_a_dong() {
        let dong = |text: &str| Loose::from(text).dong("Price").ok();
        assert_eq!(dong("33333.3333"), Some(33_333));
        assert_eq!(dong("90000"), Some(90_000));
        assert_eq!(dong("9.x"), None);
    }

    #[test]
    fn errors_quote_nothing_of_the_body() {
        let error = read::<Vec<u8>>(b"[\"Nguyen Van A\"]").unwrap_err().to_string();
        assert!(!error.contains("Nguyen"), "{error}");
    }
}
