//! What is told of many times is never better than they were, however they were gathered.

use super::*;
use proptest::prelude::*;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_795_300_000_000 + ms).unwrap()
}

fn timings(times_ms: &[i64]) -> Timings {
    let mut timings = Timings::default();
    times_ms.iter().for_each(|ms| timings.add(*ms));
    timings
}

#[test]
fn a_fast_and_a_slow_change_are_told_apart() {
    let both = timings(&[400, 90_000]);
    assert_eq!((both.count(), both.within_ms(50), both.within_ms(99)), (2, Some(500), Some(96_000)));
    assert_eq!(Timings::default().within_ms(50), None, "nothing was timed");
    assert_eq!(timings(&[-5]).within_ms(99), Some(250), "a clock that is ahead is no time below none");
    assert_eq!(timings(&[i64::MAX]).within_ms(99), Some(end_ms(51)));
}

#[test]
fn the_oldest_event_counts_and_a_time_to_come_is_now() {
    let mut freshness = Freshness::default();
    freshness.wait(at(5_000), at(6_000));
    freshness.wait(at(9_000), at(6_500));
    freshness.show(at(8_000));
    assert_eq!((freshness.waits_since, freshness.days_in_short()), (None, "20261122h1".to_owned()));
    freshness.show(at(9_000));
    assert_eq!(freshness.days_in_short(), "20261122h1", "nothing was waited for");
    freshness.wait(at(99_000), at(10_000));
    assert_eq!(freshness.waits_since, Some(at(10_000)));
}

#[test]
fn two_days_are_kept_by_the_shops_calendar() {
    let mut freshness = Freshness::default();
    for day in 0..4 {
        let shown = at(day * 86_400_000);
        freshness.wait(at(day * 86_400_000 - 300), shown);
        freshness.show(shown);
    }
    assert_eq!(freshness.days_in_short(), "20261124b1,20261125b1");
}

#[test]
fn what_cannot_be_read_is_left_out() {
    let read = |text: &str| Freshness::days_from_short(text).len();
    for broken in ["", "x", "20261122?1", "20261122a", "20261122aa", "20269922a1", "2026112é", "20261122a-1"]
    {
        assert_eq!(read(broken), 0, "{broken}");
    }
    assert_eq!(read("20261122a1,rubbish,20261123b2"), 2);
}

proptest! {
    #[test]
    fn nothing_is_told_better_than_it_was(mut times_ms in prop::collection::vec(0_i64..40_000_000, 1..60), percent in 1_u8..=100) {
        let told = timings(&times_ms).within_ms(percent).unwrap();
        times_ms.sort_unstable();
        let place = (times_ms.len() * usize::from(percent)).div_ceil(100) - 1;
        let was = u64::try_from(times_ms[place]).unwrap();
        prop_assert!(told >= was, "told {told}, was {was}");
        prop_assert!(told <= FIRST_MS.max(was + was / 2 + 1), "told {told}, was {was}");
    }

    #[test]
    fn it_does_not_matter_who_counted(one in prop::collection::vec(0_i64..9_000_000, 0..20), other in prop::collection::vec(0_i64..9_000_000, 0..20)) {
        let mut merged = timings(&one);
        merged.merge(&timings(&other));
        prop_assert_eq!(merged, timings(&[one, other].concat()));
    }

    #[test]
    fn what_was_written_in_short_is_read_again(changes in prop::collection::vec((0_i64..172_800_000, 0_i64..i64::MAX / 4), 0..30)) {
        let mut freshness = Freshness::default();
        for (shown_ms, took_ms) in changes {
            freshness.waits_since = Timestamp::from_millisecond(at(shown_ms).as_millisecond().saturating_sub(took_ms)).ok();
            freshness.show(at(shown_ms));
        }
        prop_assert!(freshness.days.len() <= 2);
        prop_assert_eq!(Freshness::days_from_short(&freshness.days_in_short()), freshness.days);
    }
}
