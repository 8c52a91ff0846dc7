//! Two listings of one shirt, two buyers, two workers: every way in which their steps can interleave, and no unit sold twice.
//!
//! The decisions are the real ones ([`commerce::cover::next`], [`commerce::cover::answered`]), and so are the shares and
//! what an order does to stock. The world around them is small: each listing has a worker that loads, and saves later under
//! its conditions; a call is applied at once, late, or never; its answer arrives or is lost; a buyer takes a unit that
//! is shown, and may cancel; orders are recorded late; passes end; time goes by. All states that can be reached are looked
//! at, the nearest first, so that a story that ends badly is the shortest one.
//!
//! Times are kept relative to now and numbers are not kept: what belongs to an older number is dropped when the number
//! changes, because its condition could only fail.

use super::search::look_at_all;
use super::world::{Freedom, LISTINGS, SKUS};
use commerce::cover::Class;
use commerce::effect::Restores;

const FIRST: [bool; LISTINGS] = [true, false];
const SECOND: [bool; LISTINGS] = [false, true];
const NONE: [bool; LISTINGS] = [false, false];

/// Everything at once takes minutes; these worlds, each with another part of it, take seconds.
const SMALL: [Freedom; 5] = [
    Freedom { on_hand: BOTH_SELL, orders: 2, cancels: true, slow: FIRST, unlucky: NONE },
    Freedom { on_hand: BOTH_SELL, orders: 1, cancels: true, slow: FIRST, unlucky: SECOND },
    Freedom { on_hand: BOTH_SELL, orders: 1, cancels: true, slow: NONE, unlucky: FIRST },
    Freedom { on_hand: BOTH_SELL, orders: 2, cancels: false, slow: NONE, unlucky: FIRST },
    Freedom { on_hand: ONE_SELLS, orders: 2, cancels: true, slow: FIRST, unlucky: FIRST },
];
/// Two shirts and one cap: each listing may have one unit.
const BOTH_SELL: [i8; SKUS] = [2, 1];
/// No cap: both shirts may go to the first listing.
const ONE_SELLS: [i8; SKUS] = [2, 0];

fn check_whole(class: Class, restores: Restores, worlds: &[Freedom]) {
    for freedom in worlds {
        let started = std::time::Instant::now();
        let seen = look_at_all(class, restores, *freedom)
            .unwrap_or_else(|story| panic!("{class:?}, gives back {restores:?}, {freedom:?}: {story}"));
        println!(
            "{class:?}, gives back {restores:?}: {} states, {} steps between them, {} at rest, {:?}; {freedom:?}",
            seen.states,
            seen.steps,
            seen.at_rest,
            started.elapsed()
        );
        assert!(seen.at_rest > 1);
    }
}

#[test]
fn compare_and_set_never_sells_twice_however_steps_interleave() {
    check_whole(Class::Compare, Restores::No, &SMALL);
    check_whole(Class::Compare, Restores::Yes, &SMALL[4..]);
}

#[test]
fn adding_never_sells_twice_however_steps_interleave() {
    check_whole(Class::Add, Restores::Yes, &SMALL);
}

#[test]
fn gross_numbers_never_sell_twice_however_steps_interleave() {
    check_whole(Class::Gross, Restores::Yes, &SMALL);
}

#[test]
fn blind_sets_never_sell_twice_however_steps_interleave() {
    check_whole(Class::Blind, Restores::No, &SMALL);
}

#[test]
fn blind_sets_with_units_given_back_never_sell_twice_however_steps_interleave() {
    check_whole(Class::Blind, Restores::Yes, &SMALL);
}

#[cfg(feature = "removable-rules")]
#[test]
fn a_rule_taken_away_is_missed_in_some_small_world() {
    use commerce::removed::{Rule, remove};
    let cases = [
        (Rule::Drain, Class::Blind, Restores::No),
        (Rule::AppliedWithin, Class::Blind, Restores::No),
        (Rule::Confirm, Class::Blind, Restores::No),
        (Rule::BlindInFull, Class::Blind, Restores::No),
        (Rule::ReserveFirst, Class::Add, Restores::Yes),
        (Rule::GivenBack, Class::Blind, Restores::Yes),
        (Rule::CompareWithCover, Class::Compare, Restores::Yes),
        (Rule::GrossAfterDrain, Class::Gross, Restores::Yes),
    ];
    let mut missed = Vec::new();
    for (rule, class, restores) in cases {
        remove(Some(rule));
        let found = SMALL.iter().find_map(|freedom| look_at_all(class, restores, *freedom).err());
        remove(None);
        match found {
            Some(story) => println!("{}: {}", rule.title(), story.lines().next().unwrap_or_default()),
            None => missed.push(rule.title()),
        }
    }
    assert!(missed.is_empty(), "nobody missed {missed:?}");
}
