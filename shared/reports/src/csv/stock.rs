//! Rows of what counting changed, and of numbers that came right.

use super::rows::{Rows, number, text, text_if, time};
use crate::reader::Reader;
use crate::shop::{CameRight, CountLine, CountedBy, NotHereLine, ShopReport, code};

/// Listings that an earlier report found wrong and that are right now.
pub(super) fn came_right(report: &ShopReport, reader: &Reader) -> Rows {
    let row = |line: &CameRight| {
        vec![
            text(&line.connection),
            text(&line.listing),
            text(code(&line.skus)),
            text(&line.product),
            text(line.class.code()),
            time(line.found_at, reader),
            time(line.right_at, reader),
        ]
    };
    report.drift.iter().flat_map(|check| &check.came_right).flatten().map(row).collect()
}

/// Counts that found something else than the book said.
pub(super) fn counts(report: &ShopReport, reader: &Reader) -> Rows {
    let row = |line: &CountLine| {
        let till = match &line.by {
            CountedBy::Person => None,
            CountedBy::Till { connection } => Some(connection),
        };
        vec![
            text(&line.sku),
            text(&line.product),
            text(&line.location),
            text(line.by.code()),
            text_if(till),
            time(line.at, reader),
            number(line.counted),
            number(line.expected),
            number(line.difference()),
            number(line.sold),
        ]
    };
    report.counts.iter().flat_map(|check| &check.lines).map(row).collect()
}

/// What stores did not have when a buyer came for it.
pub(super) fn not_here(report: &ShopReport, reader: &Reader) -> Rows {
    let row = |line: &NotHereLine| {
        vec![
            text(&line.connection),
            text(&line.order),
            text(&line.location),
            text(line.why.code()),
            text(&line.by),
            time(line.at, reader),
            text_if(line.moved_to.as_ref()),
        ]
    };
    report.pick_ups.iter().flat_map(|day| &day.not_here).map(row).collect()
}
