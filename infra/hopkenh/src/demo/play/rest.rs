//! Waits until the day has come to rest: all orders recorded, every listing told, and nothing left that echoes.

use super::Stage;
use crate::up::Problem;
use std::time::Duration;

/// A tick that does not come to rest within this is a defect, not patience.
const REST_MAX: Duration = Duration::from_secs(120);
/// An echo of an echo of an echo is a defect.
const ECHO_ROUNDS_MAX: usize = 5;

impl Stage<'_> {
    pub(super) async fn until_recorded(&self) -> Result<(), Problem> {
        let journal = &self.world.machine.journal;
        let waits = || {
            journal.pending().is_ok_and(|all| all.iter().any(|e| e.queue == "orders" || e.queue == "lookups"))
        };
        let rest = async {
            while waits() {
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        };
        tokio::time::timeout(REST_MAX, rest)
            .await
            .map_err(|_| "orders were not recorded in two minutes".into())
    }

    pub(super) async fn until_quiet(&self) -> Result<(), Problem> {
        let quiet = tokio::time::timeout(REST_MAX, self.world.until_quiet()).await;
        quiet.map_err(|_| "the day did not come to rest in two minutes".into())
    }

    /// Our own writes echo back as news; they are delivered too, until nothing is left.
    pub(super) async fn last_echoes(&mut self, tick: usize) -> Result<(), Problem> {
        for round in 0..ECHO_ROUNDS_MAX {
            for place in 0..self.world.cast.len() {
                self.post(tick + round, place, "", &[]);
            }
            if round > 0 && self.letters.is_empty() {
                return Ok(());
            }
            self.deliver(tick + round, |_| true).await?;
            self.pull().await?;
            let rest = tokio::time::timeout(REST_MAX, self.world.until_at_rest()).await;
            rest.map_err(|_| "the day did not come to rest in two minutes")??;
        }
        Err("channels never came to an end with their news".into())
    }
}
