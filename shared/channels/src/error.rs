//! When a channel call fails: what kind of failure it is, and what to do next.

use std::time::Duration;

/// What kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Too many calls.
    RateLimited,
    /// The channel is down or answers nonsense from its side (5xx, connection refused).
    Unavailable,
    /// No answer in time: the call may or may not have been applied.
    TimedOut,
    /// The token is no longer good.
    LoginExpired,
    /// The number to compare with is no longer the one shown, or would fall below zero: nothing was applied.
    Changed,
    /// A promotion there holds the number, so it is not taken: nothing was applied, and it ends by itself.
    Locked,
    /// The channel understood and said no, for good.
    Refused,
    /// The channel knows no such thing.
    NotFound,
    /// The answer is not what the channel documents.
    Unreadable,
    /// The channel has no such verb.
    Unsupported,
    /// A setting or secret of ours is missing or wrong.
    Misconfigured,
}

/// What to do next. There is no "ignore".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Next {
    /// Try again soon.
    Retry,
    /// Try again, but not before this long.
    Wait(Duration),
    /// Set aside for a person.
    Park,
}

/// A failed channel call. Its text holds ids and codes, never a body, a token or buyer data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?}: {detail}")]
pub struct ChannelError {
    /// What kind.
    pub kind: ErrorKind,
    /// What next.
    pub next: Next,
    /// What the channel said, shortened.
    pub detail: String,
    /// True once a wrapper has retried as often as allowed, so that nobody retries again inside this call.
    pub persistent: bool,
}

/// How long a listing that a promotion holds is left alone. Promotions last for hours, and no channel says how long this one
/// does; the choice is ours.
const LOCKED_WAIT: Duration = Duration::from_secs(600);
/// The longest detail kept, in characters.
const DETAIL_CHARS_MAX: usize = 200;

impl ChannelError {
    /// A failure of some kind with what to do next.
    pub fn new(kind: ErrorKind, next: Next, detail: impl AsRef<str>) -> Self {
        let clean = |c: char| if c.is_control() { ' ' } else { c };
        let detail = detail.as_ref().chars().take(DETAIL_CHARS_MAX).map(clean).collect();
        Self { kind, next, detail, persistent: false }
    }

    /// Too many calls; `retry_after` where the channel says how long.
    pub fn rate_limited(retry_after: Option<Duration>, detail: impl AsRef<str>) -> Self {
        let next = retry_after.map_or(Next::Retry, Next::Wait);
        Self::new(ErrorKind::RateLimited, next, detail)
    }

    /// The channel is down.
    pub fn unavailable(detail: impl AsRef<str>) -> Self {
        Self::new(ErrorKind::Unavailable, Next::Retry, detail)
    }

    /// No answer in time: applied or not, nobody knows.
    pub fn timed_out(detail: impl AsRef<str>) -> Self {
        Self::new(ErrorKind::TimedOut, Next::Retry, detail)
    }

    /// The token is no longer good.
    pub fn login_expired(detail: impl AsRef<str>) -> Self {
        Self::new(ErrorKind::LoginExpired, Next::Wait(Duration::from_secs(60)), detail)
    }

    /// The channel said no, for good.
    pub fn refused(detail: impl AsRef<str>) -> Self {
        Self::new(ErrorKind::Refused, Next::Park, detail)
    }

    /// What was to be replaced has changed meanwhile: certainly not applied, and worth a look at what is there now.
    pub fn changed(detail: impl AsRef<str>) -> Self {
        Self::new(ErrorKind::Changed, Next::Retry, detail)
    }

    /// A promotion holds the number: certainly not applied, and taken again once the promotion lets go.
    pub fn locked(detail: impl AsRef<str>) -> Self {
        Self::new(ErrorKind::Locked, Next::Wait(LOCKED_WAIT), detail)
    }

    /// The channel knows no such thing.
    pub fn not_found(detail: impl AsRef<str>) -> Self {
        Self::new(ErrorKind::NotFound, Next::Park, detail)
    }

    /// An answer that is not what the channel documents: tried again, parked after the usual number of tries.
    pub fn unreadable(detail: impl AsRef<str>) -> Self {
        Self::new(ErrorKind::Unreadable, Next::Retry, detail)
    }

    /// The channel has no such verb.
    pub fn unsupported(verb: &str) -> Self {
        Self::new(ErrorKind::Unsupported, Next::Park, format!("this channel cannot {verb}"))
    }

    /// A setting or secret of ours is missing or wrong.
    pub fn misconfigured(detail: impl AsRef<str>) -> Self {
        Self::new(ErrorKind::Misconfigured, Next::Park, detail)
    }

    /// The same failure as the answer to a write: a channel that breaks down while answering may have applied
    /// it.
    ///
    /// Only for failures that came back as an answer. A call that never connected was certainly not applied.
    #[must_use]
    pub fn after_write(self) -> Self {
        match self.kind {
            ErrorKind::Unavailable | ErrorKind::Unreadable => {
                Self::timed_out(format!("{}; it may have been applied", self.detail))
            }
            _ => self,
        }
    }

    /// The failure of a call that was not sent because an earlier one of the same batch failed.
    #[must_use]
    pub fn not_sent(&self) -> Self {
        let kind = if self.is_ambiguous() { ErrorKind::Unavailable } else { self.kind };
        let detail = format!("not sent, an earlier call failed: {}", self.detail);
        Self { persistent: self.persistent, ..Self::new(kind, self.next, detail) }
    }

    /// True when nobody but whoever asked can do better: what is shown there must be looked at before the next write,
    /// or a promotion must end. The same call again would meet the same answer.
    pub fn is_for_the_caller(&self) -> bool {
        matches!(self.kind, ErrorKind::Changed | ErrorKind::Locked)
    }

    /// True when the call may have been applied although it failed.
    pub fn is_ambiguous(&self) -> bool {
        matches!(self.kind, ErrorKind::TimedOut)
    }
}
