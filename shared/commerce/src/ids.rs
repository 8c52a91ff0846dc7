//! Names of things: each kind of id is its own type, so that an order can never be taken for a product.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest id we keep, in bytes. Longer ones are refused at the edge.
pub const ID_BYTES_MAX: usize = 200;

/// Why a text is not an id; names the field so that a person can mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason} (got {got:?})")]
pub struct IdError {
    /// Which id was being read.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: &'static str,
    /// The beginning of the text that was refused.
    pub got: String,
}

/// Refuses what no channel uses as an id: nothing at all, control characters, or more than [`ID_BYTES_MAX`].
fn check_text(field: &'static str, text: &str) -> Result<(), IdError> {
    let reason = if text.is_empty() {
        "must not be empty"
    } else if text.len() > ID_BYTES_MAX {
        "is longer than 200 bytes"
    } else if text.chars().any(char::is_control) {
        "must not hold control characters"
    } else {
        return Ok(());
    };
    Err(IdError { field, reason, got: text.chars().take(40).collect() })
}

/// The longest of our own names, in bytes: several of them make up a queue's group or an object's name, and those
/// hold 128 characters (SQS API reference, MessageGroupId, read 2026-11-22).
pub const SLUG_BYTES_MAX: usize = 48;

/// Our own names also stand inside keys and addresses: small letters, digits and `-` only.
fn check_slug(field: &'static str, text: &str) -> Result<(), IdError> {
    check_text(field, text)?;
    if text.len() > SLUG_BYTES_MAX {
        let reason = "is longer than 48 characters";
        return Err(IdError { field, reason, got: text.chars().take(40).collect() });
    }
    if text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Ok(());
    }
    let reason = "may hold only small letters, digits and '-'";
    Err(IdError { field, reason, got: text.chars().take(40).collect() })
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $field:literal, $check:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads the id; the error names the field.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                $check($field, &text)?;
                Ok(Self(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }
    };
}

id_type!(
    /// A tenant of the stack: one shop. A slug, because it begins every key.
    ShopId, "shop", check_slug
);
id_type!(
    /// One shop's account on a channel, such as `shopee-main`. A slug.
    ConnectionId, "connection", check_slug
);
id_type!(
    /// A store or warehouse, such as `hn`. A slug.
    LocationId, "location", check_slug
);
id_type!(
    /// Our own product code, counted in integer base units.
    Sku, "sku", check_text
);
id_type!(
    /// The channel's immutable name of what it lists, such as Shopee's `itemId:modelId`.
    ListingId, "listing", check_text
);
id_type!(
    /// The channel's own order number.
    OrderId, "order", check_text
);
id_type!(
    /// The channel's own name of one order line.
    LineId, "line", check_text
);
id_type!(
    /// The number of a paper about goods, the shop's own or ours.
    DocumentNumber, "document", check_text
);

/// How a reference begins.
const REFERENCE_PREFIX: &str = "hk";
/// The hexadecimal digits behind it.
const REFERENCE_DIGITS: usize = 32;

/// Only what we draw ourselves is a reference: `hk` and 32 small hexadecimal digits.
fn check_reference(field: &'static str, text: &str) -> Result<(), IdError> {
    let digits = text.strip_prefix(REFERENCE_PREFIX).unwrap_or_default();
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if digits.len() == REFERENCE_DIGITS && digits.bytes().all(is_hex) {
        return Ok(());
    }
    let reason = "must be hk and 32 small hexadecimal digits";
    Err(IdError { field, reason, got: text.chars().take(40).collect() })
}

id_type!(
    /// Our own mark on an order that we put into a till or a website. Nobody can guess one, and 34 characters fit into the
    /// shortest field that any of them offers (tags of 40: Shopify, Haravan).
    ForwardReference, "reference", check_reference
);

impl ForwardReference {
    /// The reference of that number, which must be drawn at random.
    pub fn of(number: u128) -> Self {
        Self(format!("{REFERENCE_PREFIX}{number:032x}"))
    }

    /// The first reference that stands as a word of its own in a text that people may have added to.
    pub fn find_in(text: &str) -> Option<Self> {
        text.split(|c: char| !c.is_ascii_alphanumeric()).find_map(|word| Self::new(word).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_found_in_what_people_wrote_around_it() {
        let reference = ForwardReference::of(7);
        assert_eq!(reference.as_str().len(), 34);
        let text = format!("Hopkenh {reference}, giao trước 5h");
        assert_eq!(ForwardReference::find_in(&text), Some(reference));
        assert_eq!(ForwardReference::find_in("hk12 hkzz"), None);
    }

    #[test]
    fn an_id_names_the_field_it_refuses() {
        let error = ShopId::new("Áo Thun").unwrap_err();
        assert_eq!(error.to_string(), "shop: may hold only small letters, digits and '-' (got \"Áo Thun\")");
        assert!(OrderId::new("").is_err());
        assert!(OrderId::new("a".repeat(201)).is_err());
        assert!(OrderId::new("a\nb").is_err());
        assert!(Sku::new("ÁO#M/2").is_ok());
    }
}
