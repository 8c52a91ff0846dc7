//! When a login is renewed, and when only a person can give the next one.

use crate::Timestamp;
use crate::moments::ms_between;
use serde::{Deserialize, Serialize};

/// A login is renewed at the latest this long before its end, in milliseconds.
const MARGIN_MS_MIN: i64 = 10 * MINUTE_MS;
/// A person is told this long before a login ends that cannot be renewed, in milliseconds.
const WARN_MS_MAX: i64 = 7 * 24 * 60 * MINUTE_MS;
/// A login that was refused although it is this young is left alone until it is older, so that a channel that refuses
/// every login is not asked for one after the other.
const YOUNG_MS: i64 = 15_000;
/// The longest pause after a renewal that failed for now, in milliseconds.
const PAUSE_MS_MAX: i64 = 10 * MINUTE_MS;
/// A login that is lost is tried once more after this long: a channel may have had a bad day.
const LOST_AGAIN_MS: i64 = 60 * MINUTE_MS;
const MINUTE_MS: i64 = 60 * 1_000;

/// What is known of an account's login. Never the tokens themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Login {
    /// How often its tokens were replaced; zero before the first.
    pub version: u64,
    /// When these tokens came.
    pub since: Option<Timestamp>,
    /// When the access token ends; none when it does not.
    pub access_ends_at: Option<Timestamp>,
    /// When the refresh token ends, where the channel tells.
    pub refresh_ends_at: Option<Timestamp>,
    /// The version that a channel refused, as a function found out.
    pub refused_version: Option<u64>,
    /// When it was last renewed because its channel had refused it before its end.
    pub ended_early_at: Option<Timestamp>,
    /// How the last renewal failed; none after one that went well.
    pub failure: Option<Failure>,
}

/// A renewal that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Of which kind.
    pub kind: FailureKind,
    /// The first of those in a row.
    pub since: Timestamp,
    /// The last of them.
    pub last_at: Timestamp,
    /// How many in a row.
    pub tries: u32,
    /// What the channel or the store said, shortened; never a token.
    pub detail: String,
}

/// What kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// It may go well next time.
    Passing,
    /// The channel gives no further tokens: a person must grant the login anew.
    Lost,
}

/// What to do about a login now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginStep {
    /// Nothing.
    Nothing,
    /// Get the next tokens.
    Renew,
    /// It ends soon, and only a person can do something about that.
    WarnExpiring,
    /// It is gone: a person must grant it anew.
    Lost,
}

impl Login {
    /// True when a channel refused these very tokens.
    pub fn is_refused(&self) -> bool {
        self.refused_version == Some(self.version)
    }

    /// True when it is lost, as far as was found out.
    pub fn is_lost(&self) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::Lost)
    }

    /// The time at which it ends for good, if nobody does anything: that of the token that lasts longer.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.access_ends_at.map(|access| self.refresh_ends_at.map_or(access, |refresh| refresh.max(access)))
    }

    /// The login with one more failure.
    #[must_use]
    pub fn failed(&self, now: Timestamp, kind: FailureKind, detail: &str) -> Self {
        let earlier = self.failure.as_ref().filter(|failure| failure.kind == kind);
        let failure = Failure {
            kind,
            since: earlier.map_or(now, |failure| failure.since),
            last_at: now,
            tries: earlier.map_or(0, |failure| failure.tries).saturating_add(1),
            detail: detail.to_owned(),
        };
        Self { failure: Some(failure), ..self.clone() }
    }
}

/// What to do about a login at this moment. `renewable`: whether the channel gives new tokens for old ones.
pub fn next_step(now: Timestamp, login: &Login, renewable: bool) -> LoginStep {
    if login.version == 0 && !login.is_refused() {
        return LoginStep::Nothing;
    }
    let renewable = renewable && login.refresh_ends_at.is_none_or(|ends_at| now < ends_at);
    if login.is_lost() {
        let again = renewable && is_old(now, login.failure.as_ref().map(|f| f.last_at), LOST_AGAIN_MS);
        return if again { LoginStep::Renew } else { LoginStep::Lost };
    }
    if !is_due(now, login) {
        return if ends_soon(now, login) { LoginStep::WarnExpiring } else { LoginStep::Nothing };
    }
    let is_over = login.is_refused() || login.access_ends_at.is_some_and(|ends_at| ends_at <= now);
    match renewable {
        true if may_try(now, login) => LoginStep::Renew,
        // The next try comes soon; if it has failed until the end of the old token, somebody should know.
        true if is_over && login.failure.is_some() => LoginStep::WarnExpiring,
        true => LoginStep::Nothing,
        false if is_over => LoginStep::Lost,
        false => LoginStep::WarnExpiring,
    }
}

/// Due with a quarter of its life left, but not later than [`MARGIN_MS_MIN`] before its end; at once when refused.
/// A very short life is used for half of it at least.
fn is_due(now: Timestamp, login: &Login) -> bool {
    if login.is_refused() {
        return true;
    }
    let Some(ends_at) = login.access_ends_at else { return false };
    let left_ms = ms_between(now, ends_at);
    let life_ms = login.since.map_or(left_ms, |since| ms_between(since, ends_at)).max(0);
    left_ms <= (life_ms / 4).max(MARGIN_MS_MIN).min(life_ms / 2)
}

/// True where the refresh token ends soon although it was renewed all the time: then the login as a whole has an end.
fn ends_soon(now: Timestamp, login: &Login) -> bool {
    let Some(ends_at) = login.refresh_ends_at else { return false };
    let life_ms = login.since.map_or(i64::MAX, |since| ms_between(since, ends_at));
    ms_between(now, ends_at) <= (life_ms / 4).min(WARN_MS_MAX)
}

/// A failed renewal waits: one minute, two, four, at most ten. A young login that was refused waits until it is older.
fn may_try(now: Timestamp, login: &Login) -> bool {
    match &login.failure {
        Some(failure) => {
            let pause_ms = MINUTE_MS.saturating_mul(1 << failure.tries.saturating_sub(1).min(8));
            is_old(now, Some(failure.last_at), pause_ms.min(PAUSE_MS_MAX) - MINUTE_MS / 2)
        }
        None => !login.is_refused() || is_old(now, login.since, YOUNG_MS),
    }
}

fn is_old(now: Timestamp, since: Option<Timestamp>, ms: i64) -> bool {
    since.is_none_or(|since| ms_between(since, now) >= ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + minutes * MINUTE_MS).unwrap()
    }

    /// Four hours of access, thirty days of refresh, as Shopee has it.
    fn four_hours() -> Login {
        Login {
            version: 3,
            since: Some(at(0)),
            access_ends_at: Some(at(240)),
            refresh_ends_at: Some(at(30 * 24 * 60)),
            ..Login::default()
        }
    }

    fn step(minutes: i64, login: &Login) -> LoginStep {
        next_step(at(minutes), login, true)
    }

    #[test]
    fn a_login_is_renewed_with_a_quarter_of_its_life_left() {
        assert_eq!(step(179, &four_hours()), LoginStep::Nothing);
        assert_eq!(step(180, &four_hours()), LoginStep::Renew);
        assert_eq!(step(9_999, &four_hours()), LoginStep::Renew, "late is not too late");
    }

    #[test]
    fn a_short_login_is_renewed_ten_minutes_before_its_end_and_not_all_the_time() {
        let half_an_hour = Login { access_ends_at: Some(at(30)), ..four_hours() };
        assert_eq!(step(19, &half_an_hour), LoginStep::Nothing);
        assert_eq!(step(20, &half_an_hour), LoginStep::Renew);
        let five_minutes = Login { access_ends_at: Some(at(5)), ..four_hours() };
        assert_eq!(step(2, &five_minutes), LoginStep::Nothing);
        assert_eq!(step(3, &five_minutes), LoginStep::Renew);
    }

    #[test]
    fn a_login_that_does_not_end_is_left_alone_until_it_is_refused() {
        let keys = Login { access_ends_at: None, refresh_ends_at: None, ..four_hours() };
        assert_eq!(step(999_999, &keys), LoginStep::Nothing);
        let refused = Login { refused_version: Some(3), ..keys };
        assert_eq!(step(999_999, &refused), LoginStep::Renew);
        assert_eq!(next_step(at(999_999), &refused, false), LoginStep::Lost);
    }

    #[test]
    fn a_refused_login_is_renewed_at_once_but_not_one_after_the_other() {
        let refused = Login { refused_version: Some(3), ..four_hours() };
        assert_eq!(step(0, &refused), LoginStep::Nothing, "it has just come");
        assert_eq!(step(1, &refused), LoginStep::Renew);
        let earlier = Login { refused_version: Some(2), ..four_hours() };
        assert_eq!(step(1, &earlier), LoginStep::Nothing, "that was another one");
    }

    #[test]
    fn what_was_never_granted_is_of_no_concern_until_somebody_needs_it() {
        assert_eq!(step(1, &Login::default()), LoginStep::Nothing);
        let asked_for = Login { refused_version: Some(0), ..Login::default() };
        assert_eq!(step(1, &asked_for), LoginStep::Renew);
    }

    #[test]
    fn where_nothing_can_be_renewed_a_person_is_told_before_it_is_lost() {
        let check = |minutes, expected| {
            assert_eq!(next_step(at(minutes), &four_hours(), false), expected, "{minutes}");
        };
        check(100, LoginStep::Nothing);
        check(200, LoginStep::WarnExpiring);
        check(240, LoginStep::Lost);
    }

    #[test]
    fn a_refresh_token_near_its_own_end_is_told_in_time() {
        let day = 24 * 60;
        let login = Login { access_ends_at: Some(at(40 * day)), ..four_hours() };
        assert_eq!(step(22 * day, &login), LoginStep::Nothing);
        assert_eq!(step(23 * day, &login), LoginStep::WarnExpiring);
        assert_eq!(step(40 * day, &login), LoginStep::Lost, "both have ended");
    }

    #[test]
    fn failures_wait_longer_each_time_and_tell_when_the_old_token_has_ended() {
        let mut login = four_hours();
        let mut minute = 180;
        let mut tried_at = Vec::new();
        while minute < 260 {
            if step(minute, &login) == LoginStep::Renew {
                tried_at.push(minute);
                login = login.failed(at(minute), FailureKind::Passing, "HTTP 503");
            }
            minute += 1;
        }
        assert_eq!(tried_at, [180, 181, 183, 187, 195, 205, 215, 225, 235, 245, 255]);
        assert_eq!(login.failure.as_ref().map(|f| (f.since, f.tries)), Some((at(180), 11)));
        assert_eq!(step(256, &login), LoginStep::WarnExpiring);
        assert_eq!(step(236, &Login { access_ends_at: Some(at(999)), ..login }), LoginStep::Nothing);
    }

    #[test]
    fn a_lost_login_is_tried_once_an_hour() {
        let lost = four_hours().failed(at(180), FailureKind::Lost, "invalid refresh_token");
        assert!(lost.is_lost());
        assert_eq!(step(239, &lost), LoginStep::Lost);
        assert_eq!(step(240, &lost), LoginStep::Renew);
        assert_eq!(next_step(at(240), &lost, false), LoginStep::Lost);
    }
}
