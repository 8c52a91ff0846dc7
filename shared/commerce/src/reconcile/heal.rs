//! What may be done about a wrong number: a lower one at once, a higher one only where its cause is known, and neither more
//! often than a day's budget allows, so that no two programs ever correct each other in turn.

use super::drift::{Class, Finding};
use serde::{Deserialize, Serialize};

/// How often a day listings of one product are mended, all channels together, before somebody has to look.
pub const HEALS_PER_DAY: u32 = 4;

/// Which way a number goes when it is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heal {
    /// Too much is shown, or too much is covered: units are taken back.
    Lower,
    /// Too little is shown.
    Raise,
}

/// Why a wrong number is left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// The day's budget of one of its products is spent.
    BudgetSpent,
    /// It would have to be raised, and nothing explains it.
    CauseUnknown,
    /// A campaign keeps it: no write would be taken.
    Locked,
}

/// What is to be done about a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "decision", content = "how", rename_all = "snake_case")]
pub enum Decision {
    /// Nothing: it is right, on its way, or not known.
    Nothing,
    /// Have it doubted: its channel is asked, drained, settled and told anew.
    Heal(Heal),
    /// Leave it and tell somebody.
    Leave(Left),
}

/// Decides from what was found and the three numbers. `spent` says how often today a listing of its products was mended, by
/// the one that was mended most.
pub fn decide(finding: &Finding, shown: i64, believed: i64, wanted: i64, spent: u32) -> Decision {
    let Finding::Drift(class) = finding else { return Decision::Nothing };
    let heal = direction(shown, believed, wanted);
    match class {
        Class::CampaignLock => Decision::Leave(Left::Locked),
        Class::OurBug if heal == Heal::Raise => Decision::Leave(Left::CauseUnknown),
        _ if spent >= HEALS_PER_DAY => Decision::Leave(Left::BudgetSpent),
        Class::OurBug | Class::LostPush | Class::ForeignEdit | Class::Count => Decision::Heal(heal),
    }
}

/// A number above what is covered or wanted goes down. One that is right only gives units back that nobody sees.
fn direction(shown: i64, believed: i64, wanted: i64) -> Heal {
    if shown > believed.min(wanted) || shown >= wanted { Heal::Lower } else { Heal::Raise }
}

#[cfg(test)]
mod tests {
    use super::super::drift::{NotRead, Way};
    use super::*;

    fn check(class: Class, (shown, believed, wanted): (i64, i64, i64), spent: u32, expected: Decision) {
        let decided = decide(&Finding::Drift(class), shown, believed, wanted, spent);
        assert_eq!(decided, expected, "{class:?} {shown} {believed} {wanted}");
    }

    #[test]
    fn lowering_is_automatic_and_raising_needs_a_cause() {
        let (lower, raise) = (Decision::Heal(Heal::Lower), Decision::Heal(Heal::Raise));
        for class in [Class::OurBug, Class::LostPush, Class::ForeignEdit, Class::Count] {
            check(class, (9, 5, 5), 0, lower);
            check(class, (7, 5, 9), 0, lower);
        }
        for class in [Class::LostPush, Class::ForeignEdit, Class::Count] {
            check(class, (2, 5, 5), 0, raise);
        }
        check(Class::OurBug, (5, 5, 9), 0, Decision::Leave(Left::CauseUnknown));
        check(Class::ForeignEdit, (3, 5, 3), 0, lower);
    }

    #[test]
    fn a_campaign_is_left_and_a_spent_budget_stops_everything() {
        check(Class::CampaignLock, (9, 5, 5), 0, Decision::Leave(Left::Locked));
        check(Class::CampaignLock, (2, 5, 5), 0, Decision::Leave(Left::Locked));
        check(Class::ForeignEdit, (9, 5, 5), HEALS_PER_DAY - 1, Decision::Heal(Heal::Lower));
        check(Class::ForeignEdit, (9, 5, 5), HEALS_PER_DAY, Decision::Leave(Left::BudgetSpent));
    }

    #[test]
    fn what_is_right_on_its_way_or_not_known_is_never_touched() {
        let not_read = Finding::NotRead(NotRead::LeftOut);
        for finding in [Finding::Even, Finding::OnItsWay(Way::Attempt), not_read] {
            assert_eq!(decide(&finding, 9, 5, 5, 0), Decision::Nothing);
        }
    }
}
