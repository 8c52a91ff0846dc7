//! What buyers came to stores for on a day, by the orders themselves: the rules are `commerce::pick_up::figures`.

use super::sales::Orders;
use commerce::Timestamp;
use commerce::pick_up::NotHere;
use commerce::pick_up::figures::{READY_WITHIN_MINUTES, of_day};
use commerce::plan::OrderKey;
use commerce::reconcile::Day;
use reports::shop::{NotHereLine, PickUps};

/// The day's pick-ups in the words of the report.
pub(super) fn pick_ups(orders: &Orders, day: &Day, now: Timestamp) -> PickUps {
    let told = of_day(orders.iter(), day, now);
    PickUps {
        within_minutes: u32::try_from(READY_WITHIN_MINUTES).unwrap_or(u32::MAX),
        asked: told.asked,
        judged: told.judged,
        ready_in_time: told.ready_in_time,
        not_here: told.not_here.into_iter().map(line).collect(),
        collected: told.collected,
        no_shows: told.no_shows,
    }
}

fn line((key, not_here): (OrderKey, NotHere)) -> NotHereLine {
    NotHereLine {
        connection: key.connection,
        order: key.order,
        location: not_here.store,
        why: not_here.why,
        by: not_here.said.by.to_string(),
        at: not_here.said.at,
        moved_to: not_here.moved_to,
    }
}
