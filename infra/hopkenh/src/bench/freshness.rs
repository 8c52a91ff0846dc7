//! How soon a sale is known: short days of the demo, its channels answering in 200 ms.
//!
//! One day as the demo plays it, for how soon a sale is in the book; and one on a channel of each kind, for how soon the
//! other listings show it: that depends on what a channel can be told.

use super::figure::{Figure, ratio};
use crate::demo::figures::Figures;
use crate::demo::texts::Language;
use crate::demo::{self, audit, play, script, world};
use crate::up::Problem;
use std::path::Path;
use std::time::Duration;

/// All that the first figures need of the day.
const ORDERS: u32 = 60;
/// Enough for some changes of every kind of channel.
const ORDERS_OF_KINDS: u32 = 160;
/// A channel of each kind: compare and set, add, gross, blind.
const KINDS: &str = "shopify,lazada,tiki,shopee";
const LATENCY: Duration = Duration::from_millis(200);

/// All figures of freshness.
pub async fn measure(folder: &Path) -> Result<Vec<Figure>, Problem> {
    let usual = day(demo::CHANNELS, ORDERS, &folder.join("day")).await?;
    let remark = format!("of {} notes, channels answering in 200 ms", usual.freshness_samples);
    let figure = |name: &str, what: &str, ms: i64| {
        Figure::new(name, what, ratio(ms.unsigned_abs(), 1)).remark(remark.clone())
    };
    let mut figures = vec![
        figure("freshness_p50_ms", "Freshness p50, ms", usual.freshness_p50_ms).at_most(500.0),
        figure("freshness_p99_ms", "Freshness p99, ms", usual.freshness_p99_ms).at_most(2_000.0),
    ];
    figures.extend(by_class(&day(KINDS, ORDERS_OF_KINDS, &folder.join("kinds")).await?));
    Ok(figures)
}

/// News of a sale sent → shown by another listing that changed for it. A blind raise waits for the orders to be read.
fn by_class(figures: &Figures) -> Vec<Figure> {
    let mut result = Vec::new();
    for class in &figures.shown_by_class {
        let remark = format!("of {} changes, {}", class.samples, meaning(&class.class));
        let figure = |percent: &str, ms: i64| {
            let name = format!("shown_{}_{percent}_ms", class.class.to_lowercase());
            let what = format!("Sale → shown elsewhere {percent}, {}, ms", class.class);
            Figure::new(name, what, ratio(ms.unsigned_abs(), 1)).remark(remark.clone())
        };
        result.push(figure("p50", class.p50_ms));
        result.push(figure("p99", class.p99_ms).at_most(60_000.0));
    }
    result
}

fn meaning(class: &str) -> &'static str {
    match class {
        "K1" => "set while the number last known is shown",
        "K2" => "differences added",
        "K3" => "gross numbers",
        _ => "blind",
    }
}

async fn day(channels: &str, orders: u32, data: &Path) -> Result<Figures, Problem> {
    let wishes = demo::Wishes {
        channels: channels.split(',').map(str::to_owned).collect(),
        orders,
        seed: 1,
        latency: LATENCY,
        data: data.to_owned(),
        language: Language::En,
        watch: false,
        // As many as `up` runs: this day need not repeat.
        lookup_workers: one_machine::machine::LOOKUP_WORKERS,
        faults: false,
        lazada_adds: true,
    };
    let mut world = world::World::start(&wishes).await?;
    let script = script::write(wishes.orders, wishes.seed, &script::places(&world.cast));
    let watched = play::play(&mut world, &script, None, &wishes).await?;
    let figures = audit::audit(&world, &watched, &wishes).await?;
    if !figures.is_clean() {
        let orders = wishes.orders;
        return Err(format!("a day on {channels} is not clean: run `hopkenh demo --orders {orders}`").into());
    }
    Ok(figures)
}
