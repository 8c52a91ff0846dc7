//! The first file: the figures that the page begins with, one in each row.

use super::Cell;
use super::rows::{Rows, number, number_if, text, time};
use crate::reader::Reader;
use crate::shop::{PickUps, ShopReport, StockTotals};
use crate::summary::{Light, Summary};

/// One figure a row: its name and its value.
pub(super) fn rows(report: &ShopReport, reader: &Reader) -> Rows {
    let summary = Summary::of(report);
    let mut rows: Rows = [
        ("shop", text(&report.shop)),
        ("name", text(&report.name)),
        ("day", Cell::Time(report.day.to_string())),
        ("time_zone", text(&reader.zone_name)),
        ("made_at", time(report.made_at, reader)),
        ("light", text(light(summary.light))),
        ("to_do", number(summary.to_do)),
    ]
    .map(|(name, cell)| vec![text(name), cell])
    .into();
    rows.extend(figures(&summary).map(|(name, value)| vec![text(name), number_if(value)]));
    rows.extend(report.stock.iter().flat_map(stock));
    rows.extend(report.pick_ups.iter().flat_map(pick_ups));
    rows.extend(summary.revenue.iter().map(|money| {
        vec![text(format!("revenue_minor_{}", money.currency.code())), number(money.amount_minor)]
    }));
    rows
}

fn stock(stock: &StockTotals) -> [Vec<Cell>; 5] {
    [
        ("stock_on_hand", stock.on_hand),
        ("stock_committed", stock.committed),
        ("stock_holds", stock.holds),
        ("stock_cover", stock.cover),
        ("stock_free", stock.free()),
    ]
    .map(|(name, units)| vec![text(name), number(units)])
}

fn pick_ups(day: &PickUps) -> [Vec<Cell>; 7] {
    [
        ("pick_ups_asked", day.asked),
        ("pick_ups_judged", day.judged),
        ("pick_ups_ready_within_2h", day.ready_in_time),
        ("pick_ups_moved", day.moved()),
        ("pick_ups_refused", day.refused()),
        ("pick_ups_collected", day.collected),
        ("pick_ups_no_shows", day.no_shows),
    ]
    .map(|(name, holds)| vec![text(name), number(holds)])
}

fn figures(summary: &Summary) -> [(&'static str, Option<u64>); 15] {
    [
        ("orders", summary.orders),
        ("orders_listed_by_channels", summary.listed),
        ("orders_same", summary.same),
        ("orders_unexplained", summary.orders_unexplained),
        ("orders_recorded_late", summary.orders_mended),
        ("cancels", summary.cancels),
        ("returns", summary.returns),
        ("oversold_units", summary.oversold_units),
        ("short_units", summary.short_units),
        ("shortfalls_late", summary.shortfalls_late),
        ("drift_found", summary.drift_found),
        ("drift_healed", summary.drift_healed),
        ("drift_left", summary.drift_left),
        ("parked", summary.parked),
        ("freshness_p99_ms", summary.freshness_p99_ms),
    ]
}

/// The light as a word.
pub(super) fn light(light: Light) -> &'static str {
    match light {
        Light::Green => "green",
        Light::Yellow => "yellow",
        Light::Red => "red",
    }
}
