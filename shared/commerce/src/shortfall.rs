//! A shortfall: more is promised at a store than is there. Since when, why, who sees to it, and until when.

use crate::stock::{Cause, Movement};
use jiff::{SignedDuration, Timestamp};

/// Hours in which a shortfall is to be settled unless the shop says otherwise.
pub const WITHIN_HOURS: u32 = 24;
/// The most hours a shop may give itself.
pub const WITHIN_HOURS_MAX: u32 = 720;
/// The longest name of an owner, in letters.
pub const OWNER_LETTERS_MAX: usize = 60;

/// Who sees to a shop's shortfalls, and how soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortfallRule {
    /// A person's name, or the shop's.
    pub owner: String,
    /// Hours from the fact that opened it, at least 1.
    pub within_hours: u32,
}

impl ShortfallRule {
    /// What holds where the shop says nothing: the shop itself, within a day.
    pub fn usual(shop_name: &str) -> Self {
        let owner = shop_name.chars().take(OWNER_LETTERS_MAX).collect();
        Self { owner, within_hours: WITHIN_HOURS }
    }

    /// What is wrong with it, naming the field; nothing when all is well.
    pub fn check(&self) -> Result<(), String> {
        if self.owner.trim().is_empty() || self.owner.chars().count() > OWNER_LETTERS_MAX {
            return Err(format!("shortfalls.owner must be a name of at most {OWNER_LETTERS_MAX} letters"));
        }
        if !(1..=WITHIN_HOURS_MAX).contains(&self.within_hours) {
            return Err(format!("shortfalls.within_hours must be between 1 and {WITHIN_HOURS_MAX}"));
        }
        Ok(())
    }

    /// Until when a shortfall that was opened then is to be settled.
    pub fn deadline(&self, opened_at: Timestamp) -> Timestamp {
        let hours = SignedDuration::from_hours(i64::from(self.within_hours));
        opened_at.checked_add(hours).unwrap_or(Timestamp::MAX)
    }
}

/// The change at which a balance's free units fell below zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// When the fact happened, by its source's clock.
    pub at: Timestamp,
    /// What did it; none where it happened before the changes that are known.
    pub cause: Option<Cause>,
}

/// Finds when and by what a balance that is short now came to be so. `changes` are those of one balance, oldest first, each
/// with its movements and the free units after it; some may be missing. None when it is not short.
pub fn opened<'c>(changes: impl IntoIterator<Item = (&'c [Movement], i64)>) -> Option<Opened> {
    let mut found: Option<Opened> = None;
    for (movements, free_after) in changes {
        let moved: i64 = movements.iter().map(|movement| movement.delta.free()).sum();
        let mut free = free_after - moved;
        if free >= 0 {
            found = None;
        } else if found.is_none() {
            found = movements.first().map(|movement| Opened { at: time(movement), cause: None });
        }
        for movement in movements {
            free += movement.delta.free();
            if free >= 0 {
                found = None;
            } else if found.is_none() {
                found = Some(Opened { at: time(movement), cause: Some(movement.cause.clone()) });
            }
        }
    }
    found
}

fn time(movement: &Movement) -> Timestamp {
    Timestamp::from_millisecond(movement.at_ms).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stock::StockDelta;

    /// A story as `cause:units` of free, `|` between changes; the answer as `cause@place in the story`.
    fn check(free_before: i64, story: &str, expected: &str) {
        let mut free = free_before;
        let mut at_ms = 0;
        let mut changes: Vec<(Vec<Movement>, i64)> = Vec::new();
        for change in story.split('|') {
            let mut movements = Vec::new();
            for part in change.split_whitespace() {
                let (document, units) = part.split_once(':').unwrap();
                let units: i64 = units.parse().unwrap();
                at_ms += 1;
                free += units;
                let cause = Cause::Document { document: document.to_owned() };
                let delta = StockDelta { on_hand: units, ..StockDelta::default() };
                movements.push(Movement { cause, at_ms, delta });
            }
            changes.push((movements, free));
        }
        let found = opened(changes.iter().map(|(movements, free)| (movements.as_slice(), *free)));
        let name = |cause: Option<Cause>| match cause {
            Some(Cause::Document { document }) => document,
            _ => "before".to_owned(),
        };
        let told =
            found.map_or("none".to_owned(), |o| format!("{}@{}", name(o.cause), o.at.as_millisecond()));
        assert_eq!(told, expected, "{free_before} | {story}");
    }

    #[test]
    fn it_opens_where_free_fell_below_zero_for_good() {
        check(0, "count:5|sale:-3", "none");
        check(0, "count:5|sale:-3|till:-4|sale:-1", "till@3");
        check(0, "count:5|till:-6|count:2|order:-3", "order@4");
        check(0, "count:5|sale:-2 till:-4 sale:-1", "till@3");
        check(0, "count:1|till:-2 back:3 order:-4", "order@4");
        check(0, "count:1|till:-2|goods:1", "none");
    }

    #[test]
    fn what_happened_before_the_known_changes_is_not_guessed() {
        check(-2, "sale:-1|sale:-1", "before@1");
        check(-2, "goods:3|sale:-2", "sale@2");
    }

    #[test]
    fn the_deadline_follows_from_the_fact_and_the_rule_is_checked() {
        let rule = ShortfallRule { owner: "Lan".to_owned(), within_hours: 6 };
        let at: Timestamp = "2026-11-22T08:50:00Z".parse().unwrap();
        assert_eq!(rule.deadline(at).to_string(), "2026-11-22T14:50:00Z");
        assert_eq!(rule.deadline(Timestamp::MAX), Timestamp::MAX);
        assert_eq!(rule.check(), Ok(()));
        assert_eq!(ShortfallRule::usual("Cửa hàng").check(), Ok(()));
        let complaint = |owner: &str, within_hours| {
            ShortfallRule { owner: owner.to_owned(), within_hours }.check().unwrap_err()
        };
        assert!(complaint(" ", 6).contains("shortfalls.owner"));
        assert!(complaint(&"a".repeat(61), 6).contains("shortfalls.owner"));
        assert!(complaint("Lan", 0).contains("shortfalls.within_hours must be between 1 and 720"));
        assert!(complaint("Lan", 721).contains("shortfalls.within_hours"));
    }
}
