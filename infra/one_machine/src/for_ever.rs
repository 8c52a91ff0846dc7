//! What schedules do on AWS, done in the process: again and again, each in its own time.

use lambda_kit::shop_source::ShopSource;
use std::time::Duration;
use workflows::{DueWork, FetchOrders, RenewLogins, SweepDue};

/// How often the machine looks for shops whose file has changed, and for events that wait at channels.
const SWEEP_EVERY: Duration = Duration::from_secs(2);

/// What the schedule does on AWS.
pub(crate) async fn sweep_for_ever(sweep: SweepDue) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        if let Err(error) = sweep.handle().await {
            tracing::warn!(%error, "could not look for what is due; tried again");
        }
    }
}

/// The same for work that is due, where the shops are known from the start.
pub(crate) async fn see_to_due_for_ever(due: DueWork, shops: ShopSource) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        if let Err(error) = due.handle(&shops).await {
            tracing::warn!(%error, "could not look for what is due; tried again");
        }
    }
}

/// The same for events that wait; a channel that answers late holds up no sweep.
pub(crate) async fn fetch_for_ever(fetch: FetchOrders) {
    loop {
        if let Err(error) = fetch.handle().await {
            tracing::warn!(%error, "could not look for events that wait; tried again");
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}

/// The same for logins that end soon or were refused.
pub(crate) async fn renew_for_ever(renew: RenewLogins) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        if let Err(error) = renew.handle().await {
            tracing::warn!(%error, "could not look at logins; tried again");
        }
    }
}
