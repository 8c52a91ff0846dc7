//! One look at a listing after the other, as `shown/believed/wanted`, and what each means.

use super::*;
use crate::cover::{Attempt, Gate};
use crate::ids::OrderId;
use crate::reconcile::{Decision, decide};
use jiff::Timestamp;
use proptest::prelude::*;

fn now() -> Timestamp {
    Timestamp::from_second(1_000_000).unwrap()
}

/// The channel was told 5 and showed 2 before that.
fn listed() -> Listed {
    Listed { shown: Some(5), shown_before: Some(2), ..Listed::default() }
}

fn sight(listed: &Listed, shown: i64, believed: i64, wanted: i64) -> Sight<'_> {
    Sight {
        listed,
        is_pooled: false,
        is_ours: true,
        shown: Ok(shown),
        believed,
        wanted,
        learned_since: false,
        gave_back: false,
        counted_since: false,
    }
}

fn check(shown: i64, believed: i64, wanted: i64, expected: &Finding) {
    assert_eq!(
        classify(&sight(&listed(), shown, believed, wanted)),
        *expected,
        "{shown}/{believed}/{wanted}"
    );
}

#[test]
fn three_equal_numbers_are_even_and_others_have_a_cause() {
    check(5, 5, 5, &Finding::Even);
    check(2, 5, 5, &Finding::Drift(Class::LostPush));
    // One unit was sold since: what it showed before, less that unit.
    check(1, 4, 4, &Finding::Drift(Class::LostPush));
    check(9, 5, 5, &Finding::Drift(Class::ForeignEdit));
    check(3, 5, 5, &Finding::Drift(Class::ForeignEdit));
    check(5, 5, 9, &Finding::Drift(Class::OurBug));
    check(-1, 5, 5, &Finding::NotRead(NotRead::BelowZero(-1)));
}

#[test]
fn a_count_explains_what_was_not_told_yet() {
    let listed = listed();
    let counted = Sight { counted_since: true, ..sight(&listed, 5, 5, 9) };
    assert_eq!(classify(&counted), Finding::Drift(Class::Count));
    let edited = Sight { counted_since: true, ..sight(&listed, 7, 5, 9) };
    assert_eq!(classify(&edited), Finding::Drift(Class::ForeignEdit));
}

#[test]
fn a_number_that_was_never_told_is_our_own_mistake() {
    let listed = Listed::default();
    assert_eq!(classify(&sight(&listed, 3, 5, 5)), Finding::Drift(Class::OurBug));
}

#[test]
fn a_campaign_is_told_of_while_it_lasts_and_other_locks_are_waited_for() {
    let until = Some(now());
    let locked = Listed { locked_until: until, doubt: true, ..listed() };
    assert_eq!(classify(&sight(&locked, 9, 5, 5)), Finding::OnItsWay(Way::LeftAlone));
    let campaign = Listed { is_campaign: true, ..locked };
    assert_eq!(classify(&sight(&campaign, 9, 5, 5)), Finding::Drift(Class::CampaignLock));
    assert_eq!(classify(&sight(&campaign, 5, 5, 5)), Finding::Even);
}

#[test]
fn in_the_pool_a_sale_is_answered_by_a_new_number() {
    let listed = listed();
    let pooled = Sight { is_pooled: true, ..sight(&listed, 2, 5, 5) };
    assert_eq!(classify(&pooled), Finding::Drift(Class::LostPush));
}

fn any_sight() -> impl Strategy<Value = (Listed, [i64; 3], [bool; 5])> {
    let listed = (any::<[bool; 6]>(), proptest::option::of(0_i64..6), proptest::option::of(0_i64..6))
        .prop_map(|([attempt, gate, doubt, lock, campaign, _], shown, shown_before)| Listed {
            attempt: attempt.then(|| Attempt::of_pool(1, 1, now())),
            gate: match gate {
                true => Gate { asked: [(OrderId::new("A").unwrap(), 1)].into(), ..Gate::default() },
                false => Gate::default(),
            },
            doubt,
            locked_until: lock.then(now),
            is_campaign: campaign,
            shown,
            shown_before,
            ..Listed::default()
        });
    (listed, prop::array::uniform3(-1_i64..7), any::<[bool; 5]>())
}

proptest! {
    /// Every sight has exactly one meaning, and nothing that is on its way is ever mended, whatever the numbers say.
    #[test]
    fn every_look_has_a_meaning_and_what_is_on_its_way_is_left_alone(
        (listed, [shown, believed, wanted], [is_ours, learned_since, gave_back, counted_since, is_pooled]) in any_sight(),
        spent in 0_u32..4,
    ) {
        let sight = Sight {
            is_ours, learned_since, gave_back, counted_since, is_pooled, ..sight(&listed, shown, believed, wanted)
        };
        let finding = classify(&sight);
        let decision = decide(&finding, shown, believed, wanted, spent);
        let is_busy = listed.attempt.is_some() || learned_since || listed.gate != Gate::default();
        match finding {
            Finding::Even => prop_assert!(shown == believed && shown == wanted && !is_busy),
            Finding::Drift(_) => prop_assert!((shown != believed || shown != wanted) && !is_busy && is_ours),
            Finding::NotRead(_) => prop_assert!(shown < 0),
            Finding::OnItsWay(_) => prop_assert!(shown >= 0),
        }
        if is_busy || !is_ours || shown < 0 {
            prop_assert_eq!(decision, Decision::Nothing);
        }
    }
}
