//! What schedules do on AWS, done in the process: again and again, each in its own time.

use channels::channel::Clock;
use commerce::Timestamp;
use commerce::reconcile::shop_zone;
use jiff::civil::Date;
use lambda_kit::shop_source::ShopSource;
use std::time::Duration;
use workflows::messages::Mode;
use workflows::{DueWork, FetchOrders, Reconcile, RenewLogins, SweepDue};

/// How often the machine looks for shops whose file has changed, and for events that wait at channels.
const SWEEP_EVERY: Duration = Duration::from_secs(2);

/// How often the machine looks whether a comparison's time has come.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The minute of the night at which all shops are compared, by their own clock.
const NIGHTLY_MINUTE: i64 = 30;

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
        if let Err(error) = fetch.fetch_all().await {
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

/// The same for comparing shops with their channels: every hour what moved, and after each business day everything.
pub(crate) async fn reconcile_for_ever(reconcile: Reconcile, clock: Clock) {
    let mut last = (hour_of(clock()), night_of(clock()));
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = (hour_of(clock()), night_of(clock()));
        let mode = match now {
            (_, night) if night != last.1 => Mode::Nightly,
            (hour, _) if hour != last.0 => Mode::Moved,
            _ => continue,
        };
        match reconcile.fan_out(mode).await {
            Ok(_) => last = now,
            Err(error) => tracing::warn!(%error, "shops not compared; tried again"),
        }
    }
}

fn hour_of(now: Timestamp) -> i64 {
    now.as_second().div_euclid(3_600)
}

/// The night that was over last: it ends half an hour after midnight.
fn night_of(now: Timestamp) -> Date {
    let ended = now.checked_sub(jiff::SignedDuration::from_mins(NIGHTLY_MINUTE)).unwrap_or(now);
    ended.to_zoned(shop_zone()).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_is_over_half_an_hour_after_the_shops_midnight() {
        let night = |time: &str| night_of(time.parse().unwrap()).to_string();
        assert_eq!(night("2026-11-30T17:29:59Z"), "2026-11-30");
        assert_eq!(night("2026-11-30T17:30:00Z"), "2026-12-01");
    }
}
