//! What is agreed about units that are set aside: why, until when, and the code by which the buyer asks for them.

use crate::effect::OrderState;
use crate::ids::IdError;
use crate::pick_up::AtStore;
use crate::status::Status;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest time that units may be set aside for, in days.
pub const HOLD_DAYS_MAX: i64 = 30;

/// Why units are set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The buyer has not paid yet.
    Unpaid,
    /// The buyer comes to the store and takes them along.
    PickUp,
    /// The buyer comes to the store and tries them first.
    TryInStore,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Purpose; 3] = [Purpose::Unpaid, Purpose::PickUp, Purpose::TryInStore];

    /// The word that stands for it in messages and in the table.
    pub fn code(self) -> &'static str {
        match self {
            Purpose::Unpaid => "unpaid",
            Purpose::PickUp => "pick_up",
            Purpose::TryInStore => "try_in_store",
        }
    }

    /// Reads [`Purpose::code`] back; none for any other word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }

    /// True when the buyer comes for the units: they lie in one store, and a code says whose they are.
    pub fn is_in_store(self) -> bool {
        self != Purpose::Unpaid
    }
}

/// How units are set aside, where more was said than that they are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HoldTerms {
    /// Why.
    pub purpose: Purpose,
    /// Until when; none until somebody says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Six digits that a buyer shows at the store. Whoever prints one for the log prints dots.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldCode(u32);

impl HoldCode {
    /// How many codes there are.
    pub const COUNT: u32 = 1_000_000;

    /// The code made from any number, such as one that was drawn.
    pub fn from_number(number: u32) -> Self {
        Self(number % Self::COUNT)
    }

    /// Reads six digits; the error names the field.
    pub fn new(text: &str) -> Result<Self, IdError> {
        let is_code = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| is_code);
        let got = text.chars().take(40).collect();
        number.map(Self).ok_or(IdError { field: "code", reason: "must be six digits", got })
    }
}

impl fmt::Display for HoldCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Debug for HoldCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("······")
    }
}

/// What an order keeps of its hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What was agreed last.
    pub terms: HoldTerms,
    /// The buyer's code, as long as there is something to ask for.
    pub code: Option<HoldCode>,
    /// The house ended it when its time was over; nobody has said anything since.
    pub is_over: bool,
    /// How far the store is with them, where the buyer comes to one.
    pub at_store: Option<AtStore>,
}

impl OrderState {
    /// Until when its units are set aside; none unless it is a hold with an end that has not been ended.
    pub fn holds_until(&self) -> Option<Timestamp> {
        let waits = self.status == Status::Pending;
        self.hold.as_ref().filter(|_| waits).and_then(|held| held.terms.until)
    }

    /// When the house ended it; none unless that was the last thing that happened.
    pub fn ended_at(&self) -> Option<Timestamp> {
        self.hold.as_ref().filter(|held| held.is_over).and_then(|held| held.terms.until)
    }

    /// The end of its hold, once that has passed: whether or not anybody has ended it yet.
    pub fn over_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.ended_at().or_else(|| self.holds_until().filter(|end| *end <= now))
    }

    /// When the latest fact about it happened: the last word on it, a store that did not have the goods, or its end.
    pub fn fact_time(&self) -> Timestamp {
        let last = || self.moved_at().map_or(self.source_time, |moved| moved.max(self.source_time));
        self.ended_at().unwrap_or_else(last)
    }

    /// Where it stood by the last word on it, which neither the end of its time nor a store changes.
    pub fn told_status(&self) -> &Status {
        let is_ended_by_us = self.ended_at().or_else(|| self.refused_at()).is_some();
        if is_ended_by_us { &Status::Pending } else { &self.status }
    }

    /// The code that its buyer has in hand.
    pub fn code(&self) -> Option<HoldCode> {
        self.hold.as_ref().and_then(|held| held.code)
    }

    /// True when its buyer comes to the store and has no code yet.
    pub fn lacks_code(&self) -> bool {
        let is_in_store = |held: &Held| held.terms.purpose.is_in_store() && held.code.is_none();
        self.status.is_open() && self.hold.as_ref().is_some_and(is_in_store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_and_never_printed_by_accident() {
        for (text, is_code) in
            [("000000", true), ("482913", true), ("48291", false), ("4829130", false), ("+82913", false)]
        {
            assert_eq!(
                HoldCode::new(text).map(|code| code.to_string()).ok().as_deref() == Some(text),
                is_code
            );
        }
        assert_eq!(HoldCode::new("12").unwrap_err().to_string(), "code: must be six digits (got \"12\")");
        let code = HoldCode::from_number(2_000_042);
        assert_eq!((code.to_string().as_str(), format!("{code:?}").contains("42")), ("000042", false));
    }

    #[test]
    fn a_purpose_reads_back_and_says_whether_the_buyer_comes() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::from_code(purpose.code()), Some(purpose));
            let json = serde_json::to_value(purpose).unwrap();
            assert_eq!(json, purpose.code());
        }
        assert_eq!(Purpose::from_code("gift"), None);
        assert_eq!(Purpose::ALL.map(Purpose::is_in_store), [false, true, true]);
    }
}
