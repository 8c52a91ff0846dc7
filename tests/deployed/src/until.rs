//! Waiting: look again and again until it is so, and say what was missing when the time is over.

use crate::Problem;
use std::time::{Duration, Instant};

/// How often to look.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks until there is an answer. `what` completes the sentence "still waiting for …".
pub async fn until<T>(
    what: &str,
    patience: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>, Problem>,
) -> Result<T, Problem> {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if began.elapsed() > patience {
            return Err(format!("after {} s still waiting for {what}", patience.as_secs()).into());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Looks until it is so; the last thing seen is told when the time is over.
pub async fn until_equal<T: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: &T,
    patience: Duration,
    mut look: impl AsyncFnMut() -> Result<T, Problem>,
) -> Result<(), Problem> {
    let mut last = None;
    let answer = until(what, patience, async || {
        let seen = look().await?;
        let reached = seen == *expected;
        last = Some(seen);
        Ok(reached.then_some(()))
    });
    let answer = answer.await;
    answer.map_err(|problem| format!("{problem}: expected {expected:?}, last seen {last:?}").into())
}

/// Fails with this sentence unless it is so.
pub fn ensure(is_so: bool, sentence: impl FnOnce() -> String) -> Result<(), Problem> {
    if is_so { Ok(()) } else { Err(sentence().into()) }
}
