//! How long is waited before something is tried again: a little longer each round, and never the same for two workers.

use fastrand::Rng;
use std::cell::RefCell;
use std::time::Duration;

thread_local! {
    /// Lots of our own: the AWS SDK draws from the thread's common ones, and how often depends on how it was built.
    static LOTS: RefCell<Rng> = RefCell::new(Rng::new());
}

/// From now on this thread waits as it did after the same seed before, so that a simulated day replays exactly, in whichever
/// build.
pub fn seed(seed: u64) {
    LOTS.with_borrow_mut(|lots| lots.seed(seed));
}

/// Waits a little longer each round, with jitter so that two workers do not meet again.
pub(crate) async fn pause(round: u32) {
    let most_ms = 20 * (1 << round.min(6));
    let jitter_ms = LOTS.with_borrow_mut(|lots| lots.u64(0..=most_ms));
    tokio::time::sleep(Duration::from_millis(jitter_ms)).await;
}
