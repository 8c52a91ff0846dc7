//! What a person says about goods, and why it may be refused; nothing here changes anything yet.

use super::Goods;
use crate::ids::{ConnectionId, IdError, LocationId, OrderId, Sku};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest reason a person may add, in letters.
pub(super) const WHY_LETTERS_MAX: usize = 200;

/// A short text without control characters: a reference or a person's name.
macro_rules! short_text {
    ($(#[$doc:meta])* $name:ident, $field:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads it; the error names the field.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into().trim().to_owned();
                let bad = |reason| IdError { field: $field, reason, got: text.chars().take(40).collect() };
                if text.is_empty() {
                    return Err(bad("must not be empty"));
                }
                if text.chars().count() > $max {
                    return Err(bad(concat!("is longer than ", stringify!($max), " letters")));
                }
                if text.contains(|letter: char| letter.is_control() || letter == ':') {
                    return Err(bad("must not hold ':' or control characters"));
                }
                Ok(Self(text))
            }

            /// It as text.
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
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

short_text!(
    /// Says which word this is, so that the same one sent twice counts once.
    Reference, "reference", 60
);
short_text!(
    /// The person who says it, by the name used in the shop.
    Writer, "by", 40
);

impl Reference {
    /// The reference of the nth word about the same thing; a long name is cut.
    pub fn numbered(&self, n: usize) -> Self {
        let name: String = self.0.chars().take(40).collect();
        Self(format!("{name}-{n}"))
    }
}

/// Why units were found or are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Broken, or past its date.
    Damaged,
    /// Nobody knows where.
    Lost,
    /// More than the book said.
    Found,
    /// Used by the shop itself, or given away.
    OwnUse,
    /// The book was written wrongly.
    Mistake,
}

/// One word of a person about one paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What is said.
    pub word: Word,
    /// Which word this is: the same one sent again changes nothing.
    pub reference: Reference,
    /// Who says it.
    pub by: Writer,
    /// When it happened.
    pub at: Timestamp,
    /// Why, in the person's own words; may be empty.
    pub why: String,
}

/// What can be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// Goods came in.
    Receive {
        /// Where.
        location: LocationId,
        /// What.
        goods: Goods,
    },
    /// Units were found or are gone.
    Adjust {
        /// Where.
        location: LocationId,
        /// Why.
        reason: Reason,
        /// More or fewer, by product.
        goods: Goods,
    },
    /// Set goods aside that shall go to another store.
    Draft {
        /// Where they lie.
        from: LocationId,
        /// Where they shall go.
        to: LocationId,
        /// What.
        goods: Goods,
    },
    /// Goods left for another store without having been set aside: that is a fact, whatever is free.
    Send {
        /// Where they left.
        from: LocationId,
        /// Where they go.
        to: LocationId,
        /// What.
        goods: Goods,
    },
    /// Call a transfer off before it leaves.
    Cancel,
    /// It left: these goods, or all that was drafted.
    Depart(Option<Goods>),
    /// It arrived: these goods, or all that is on the way.
    Arrive(Option<Goods>),
    /// What is on the way will not arrive: these goods, or all of it.
    Lose(Option<Goods>),
    /// Goods came back from a buyer.
    TakeBack {
        /// The store that took them.
        location: LocationId,
        /// The order they were sold in.
        order: Option<(ConnectionId, OrderId)>,
        /// What.
        goods: Goods,
        /// With an order: the units of it that went out; more cannot come back.
        went_out: Option<Goods>,
    },
    /// Somebody looked at what came back.
    Inspect {
        /// In which store.
        location: LocationId,
        /// What can be sold again.
        sellable: Goods,
        /// What is thrown away.
        scrapped: Goods,
    },
}

/// The names of all words.
pub(super) const WORDS: [&str; 10] =
    ["receive", "adjust", "draft", "send", "cancel", "depart", "arrive", "lose", "take-back", "inspect"];

impl Word {
    /// Its name, as it stands in the book.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Receive { .. } => "receive",
            Self::Adjust { .. } => "adjust",
            Self::Draft { .. } => "draft",
            Self::Send { .. } => "send",
            Self::Cancel => "cancel",
            Self::Depart(_) => "depart",
            Self::Arrive(_) => "arrive",
            Self::Lose(_) => "lose",
            Self::TakeBack { .. } => "take-back",
            Self::Inspect { .. } => "inspect",
        }
    }
}

/// Why a word is not written. Nothing has changed, and the person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such paper.
    NoSuchDocument,
    /// There is a paper of this number already, of another kind or about other goods.
    Exists,
    /// The paper is past that: the transfer has left, or was called off, or the return is done.
    TooLate,
    /// The transfer has not left yet.
    NotLeft,
    /// No goods are named.
    Nothing,
    /// More products than one paper holds.
    TooManyProducts,
    /// More words than one paper holds.
    TooManyWords,
    /// Units must be whole, more than none, and no more than any store holds.
    Units(Sku),
    /// The goods are in that store already.
    SameStore,
    /// More than there is of it: on the way, in quarantine, or gone out in the order.
    MoreThan {
        /// The product.
        sku: Sku,
        /// The most it can be.
        at_most: i64,
    },
    /// A draft finds too few free units; nothing is set aside.
    NotFree {
        /// The product.
        sku: Sku,
        /// Units that are free.
        free: i64,
    },
    /// A till counts the goods of this store: it is written there.
    TillKeeps(LocationId),
    /// The order is not in the book, so nobody can tell what went out with it.
    NoSuchOrder,
}
