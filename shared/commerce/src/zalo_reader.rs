//! Phones that hear of a shop's morning report by Zalo, through a template that Zalo has approved for the shop (ZNS).

use crate::catalogue::Connection;
use std::collections::BTreeMap;

/// The most phones of one shop.
pub const PHONES_MAX: usize = 10;
/// The most letters in one place of a template, whatever the shop says.
pub const LETTERS_MAX: u32 = 400;

/// What may stand in a place of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// The shop's name.
    Shop,
    /// The business day.
    Day,
    /// How many orders.
    Orders,
    /// What was sold.
    Revenue,
    /// How many things are to be done.
    ToDo,
    /// The day in a sentence.
    Headline,
    /// The page's whole address.
    Link,
    /// The page's address without its host, for a button whose address begins with that.
    LinkPath,
}

/// The phones, and how they are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZaloReaders {
    /// The Official Account's login, kept as that of a connection is. It sells nothing.
    pub login: Connection,
    /// Phones with the country's number and no plus sign, such as `84901234567`.
    pub phones: Vec<String>,
    /// The number of the approved template.
    pub template: String,
    /// What stands in each of its places.
    pub fields: BTreeMap<String, Figure>,
    /// The most letters in one place; addresses are never cut.
    pub letters_max: u32,
    /// True for English; else it is Vietnamese.
    pub is_english: bool,
}

impl Figure {
    /// All of them, by the names that a shop's file uses.
    pub const ALL: [(&'static str, Figure); 8] = [
        ("shop", Figure::Shop),
        ("day", Figure::Day),
        ("orders", Figure::Orders),
        ("revenue", Figure::Revenue),
        ("to_do", Figure::ToDo),
        ("headline", Figure::Headline),
        ("link", Figure::Link),
        ("link_path", Figure::LinkPath),
    ];

    /// The figure of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, figure)| *figure)
    }

    /// True where a part of it says nothing.
    pub fn is_address(self) -> bool {
        matches!(self, Self::Link | Self::LinkPath)
    }
}

impl ZaloReaders {
    pub(crate) fn check(&self) -> Result<(), String> {
        if !(1..=PHONES_MAX).contains(&self.phones.len()) {
            return Err(format!("report.zalo.phones must hold 1 to {PHONES_MAX} phones"));
        }
        if !self.phones.iter().all(|phone| is_phone(phone)) {
            return Err("report.zalo.phones must be written like 84901234567".to_owned());
        }
        if self.template.trim().is_empty() {
            return Err("report.zalo.template must be the number of the approved template".to_owned());
        }
        if !(1..=LETTERS_MAX).contains(&self.letters_max) {
            return Err(format!("report.zalo.letters_max must be between 1 and {LETTERS_MAX}"));
        }
        Ok(())
    }
}

/// Eight to fifteen digits that begin with a country's number.
fn is_phone(text: &str) -> bool {
    (8..=15).contains(&text.len()) && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_begin_with_their_country() {
        assert!(is_phone("84901234567"));
        for other in ["", "0901234567", "+84901234567", "84 901 234 567", "8490", "84901234567890123"] {
            assert!(!is_phone(other), "{other}");
        }
    }
}
