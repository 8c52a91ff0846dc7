//! Waiting until nobody publishes by a shop's earlier file: who had read it before reads it again first.

use crate::demo::texts::Language;
use crate::place::Place;
use crate::presence;
use crate::up::Problem;
use channels::channel::Clock;
use commerce::ids::ShopId;
use indicatif::ProgressBar;
use lambda_kit::shop_source::KNOWN_EVERYWHERE_MS;
use std::io::Write;
use std::time::{Duration, Instant};

/// A batch that had taken its shops before may go on for this long, in milliseconds.
const BATCH_MS: i64 = 60_000;
/// A running machine looks at changed files every two seconds; where none has said that it runs, and the file is not
/// acted on within this, nothing runs here.
const MACHINE_LOOKS_WITHIN: Duration = Duration::from_secs(10);
/// How often to look whether the machine has, and what time it is.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Returns when nobody goes by the file any more that lay there before `since_ms`.
pub(in crate::shop) async fn until_nobody_publishes(
    place: &Place,
    shop: &ShopId,
    since_ms: i64,
    clock: &Clock,
    l: Language,
) -> Result<(), Problem> {
    let known_at_ms = since_ms + KNOWN_EVERYWHERE_MS;
    if place.stack.is_some() {
        count_down(known_at_ms, clock, l).await;
        return Ok(());
    }
    let began = Instant::now();
    let mut is_said = false;
    loop {
        let entries = place.table.registered().await?;
        let entry = entries.iter().find(|entry| entry.shop == *shop);
        let (now_ms, is_up) = (clock().as_millisecond(), presence::is_up(place));
        match entry {
            Some(entry) if entry.is_acted_on() => {
                // Acted on before this began: then the batches of that time have ended as well.
                count_down((now_ms + BATCH_MS).min(known_at_ms), clock, l).await;
                return Ok(());
            }
            None if !is_up || now_ms >= known_at_ms => return Ok(()),
            Some(_) if !is_up && began.elapsed() >= MACHINE_LOOKS_WITHIN => return Ok(()),
            Some(_) if is_up && now_ms >= known_at_ms => return Err(not_taken_up(shop, l)),
            _ => {}
        }
        if is_up && !is_said {
            tell(l.say(
                "Đợi `up` đang chạy ở đây nhận tệp mới …\n",
                "Waiting until the `up` that runs here takes the new file up …\n",
            ));
            is_said = true;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn not_taken_up(shop: &ShopId, l: Language) -> Problem {
    l.pick(
        format!("cửa hàng {shop}: `up` đang chạy ở đây không nhận tệp mới, nên có thể vẫn báo tồn. Xem nhật ký của nó, hoặc dừng nó; rồi chạy lại lệnh này"),
        format!("shop {shop}: the `up` that runs here does not take the new file up, so it may still tell the channels. Look at its log, or stop it; then run this again"),
    )
    .into()
}

/// Whether or not it can be shown, the wait is the same.
fn tell(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Returns when the clock says so.
pub(super) async fn count_down(until_ms: i64, clock: &Clock, l: Language) {
    let seconds_left = || {
        let left_ms = until_ms - clock().as_millisecond();
        u64::try_from(left_ms).unwrap_or(0).div_ceil(1_000)
    };
    let seconds = seconds_left();
    if seconds == 0 {
        return;
    }
    tell(&l.pick(
        format!("Đợi đến khi không còn ai báo tồn nữa (khoảng {} phút) …\n", seconds.div_ceil(60)),
        format!("Waiting until nobody tells the channels any more (about {} min) …\n", seconds.div_ceil(60)),
    ));
    let bar: ProgressBar = crate::terminal::bar(usize::try_from(seconds).unwrap_or(usize::MAX));
    while seconds_left() > 0 {
        bar.set_position(seconds.saturating_sub(seconds_left()));
        tokio::time::sleep(LOOK_EVERY).await;
    }
    bar.finish_and_clear();
}
