//! How soon a sale is known on the other channels: a short day of the demo, its channels answering in 200 ms.

use super::figure::{Figure, ratio};
use crate::demo::texts::Language;
use crate::demo::{self, audit, play, script, world};
use crate::up::Problem;
use std::path::Path;
use std::time::Duration;

/// All that the figure needs of the day.
const ORDERS: u32 = 60;
const LATENCY: Duration = Duration::from_millis(200);

/// Both figures of freshness.
pub async fn measure(folder: &Path) -> Result<Vec<Figure>, Problem> {
    let wishes = demo::Wishes {
        channels: demo::CHANNELS.split(',').map(str::to_owned).collect(),
        orders: ORDERS,
        seed: 1,
        latency: LATENCY,
        data: folder.join("day"),
        language: Language::En,
        watch: false,
        // As many as `up` runs: this day need not repeat.
        lookup_workers: one_machine::machine::LOOKUP_WORKERS,
    };
    let mut world = world::World::start(&wishes).await?;
    let script = script::write(wishes.orders, wishes.seed, &script::places(&world.cast));
    let watched = play::play(&mut world, &script, &wishes).await?;
    let figures = audit::audit(&world, &watched, &wishes).await?;
    if !figures.is_clean() {
        return Err("the day of the freshness figure is not clean: run `hopkenh demo --orders 60`".into());
    }
    let remark = format!("of {} notes, channels answering in 200 ms", figures.freshness_samples);
    let figure = |name: &str, what: &str, ms: i64| {
        Figure::new(name, what, ratio(ms.unsigned_abs(), 1)).remark(remark.clone())
    };
    Ok(vec![
        figure("freshness_p50_ms", "Freshness p50, ms", figures.freshness_p50_ms).at_most(500.0),
        figure("freshness_p99_ms", "Freshness p99, ms", figures.freshness_p99_ms).at_most(2_000.0),
    ])
}
