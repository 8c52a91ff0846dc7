//! Waiting until nobody publishes for a shop any more: who had read its file before reads it again first.

use super::leave::settled_at_ms;
use crate::demo::texts::Language;
use crate::place::Place;
use crate::shop::pause;
use crate::terminal;
use crate::up::Problem;
use channels::channel::Clock;
use commerce::catalogue::Shop;
use indicatif::ProgressBar;
use lambda_kit::shop_source::READ_AGAIN_MS;
use std::io::Write;
use std::time::Duration;

/// On AWS a batch that had begun before may go on for this long, in milliseconds.
const BATCH_MS: i64 = 60_000;
/// A running machine looks at changed files every two seconds; after this nothing runs here.
const MACHINE_LOOKS_WITHIN: Duration = Duration::from_secs(10);
/// How often to look whether the machine has.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Returns when every function knows that the shop is paused, and every call it had begun can no longer be applied.
pub(super) async fn until_nobody_publishes(
    place: &Place,
    shop: &Shop,
    clock: &Clock,
    l: Language,
) -> Result<(), Problem> {
    match &place.stack {
        Some(_) => {
            let text = pause::text(place, &shop.id).await?.unwrap_or_default();
            let since_ms = pause::since(&text).unwrap_or_else(|| clock()).as_millisecond();
            count_down(since_ms + READ_AGAIN_MS + BATCH_MS - clock().as_millisecond(), l).await;
        }
        None => until_acted_on(place, shop).await?,
    }
    count_down(settled_at_ms(place, shop).await? - clock().as_millisecond(), l).await;
    Ok(())
}

async fn until_acted_on(place: &Place, shop: &Shop) -> Result<(), Problem> {
    let looks = MACHINE_LOOKS_WITHIN.as_millis() / LOOK_EVERY.as_millis();
    for _ in 0..looks {
        let entries = place.table.registered().await?;
        if entries.iter().all(|entry| entry.shop != shop.id || entry.is_acted_on()) {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    // Nobody looks at changed files here, so nobody publishes either.
    Ok(())
}

async fn count_down(wait_ms: i64, l: Language) {
    let seconds = u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000);
    if seconds == 0 {
        return;
    }
    let minutes = seconds.div_ceil(60);
    let what = l.pick(
        format!("Đợi đến khi không còn hàm nào báo tồn nữa (khoảng {minutes} phút) …\n"),
        format!("Waiting until no function tells the channels any more (about {minutes} min) …\n"),
    );
    // Whether or not it can be shown, the wait is the same.
    let _ = std::io::stderr().write_all(what.as_bytes());
    let bar: ProgressBar = terminal::bar(usize::try_from(seconds).unwrap_or(usize::MAX));
    for _ in 0..seconds {
        tokio::time::sleep(Duration::from_secs(1)).await;
        bar.inc(1);
    }
    bar.finish_and_clear();
}
