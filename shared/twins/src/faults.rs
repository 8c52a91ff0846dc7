//! The ways a channel can be made to fail on purpose, so that we see what the shop would see.

use std::sync::Mutex;
use std::time::Duration;

use crate::lock;

/// One order to fail: which requests, how, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Text that the path with its query must contain; empty matches everything.
    pub path_contains: String,
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many matching requests it hits.
    pub times: u32,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// "Too many requests", with or without the header that says how long to wait. Nothing is applied.
    TooManyRequests {
        /// Seconds in the `Retry-After` header, if any.
        retry_after_seconds: Option<u64>,
    },
    /// A server error with this status. Nothing is applied.
    ServerError(u16),
    /// A web page with status 200 where JSON belongs. Nothing is applied.
    Html,
    /// The request is applied, the answer is cut in the middle.
    Truncated,
    /// The request is applied this much later, even if the caller has given up by then.
    SlowBy(Duration),
    /// No answer ever comes and nothing is applied.
    HangBeforeApply,
    /// The request is applied and no answer ever comes.
    ApplyThenHang,
    /// This listing is refused, inside an answer that otherwise reports success where the channel has one.
    RefuseListing(String),
    /// The answer reports success, but nothing is applied.
    AcceptedNotApplied,
    /// The login is no longer good.
    LoginExpired,
}

/// The faults still waiting for their requests.
#[derive(Default)]
pub(crate) struct FaultBox {
    waiting: Mutex<Vec<Fault>>,
}

impl FaultBox {
    /// Adds a fault behind those already waiting.
    pub(crate) fn add(&self, fault: Fault) {
        if fault.times > 0 {
            lock(&self.waiting).push(fault);
        }
    }

    /// The first fault that matches this request, used up by one.
    pub(crate) fn take(&self, path_and_query: &str) -> Option<FaultKind> {
        let mut waiting = lock(&self.waiting);
        let position = waiting.iter().position(|fault| path_and_query.contains(&fault.path_contains))?;
        let fault = waiting.get_mut(position)?;
        let kind = fault.kind.clone();
        fault.times -= 1;
        if fault.times == 0 {
            waiting.remove(position);
        }
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_hits_matching_requests_only_and_only_so_often() {
        let faults = FaultBox::default();
        faults.add(Fault { path_contains: "stock".into(), kind: FaultKind::Html, times: 2 });
        faults.add(Fault { path_contains: String::new(), kind: FaultKind::ServerError(503), times: 1 });
        faults.add(Fault { path_contains: String::new(), kind: FaultKind::ServerError(500), times: 0 });
        assert_eq!(faults.take("/orders"), Some(FaultKind::ServerError(503)));
        assert_eq!(faults.take("/orders"), None);
        assert_eq!(faults.take("/stock"), Some(FaultKind::Html));
        assert_eq!(faults.take("/stock?x=1"), Some(FaultKind::Html));
        assert_eq!(faults.take("/stock"), None);
    }
}
