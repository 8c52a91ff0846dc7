//! Units sold on each of the last days, by the ledger: a day is counted when its report is made, and kept beside it.
//!
//! Only for days without a count is the whole ledger read, which is so for a shop's first report.

use super::MorningReport;
use crate::announce_stock::LedgerLine;
use crate::reconcile::Trouble;
use commerce::ids::{LocationId, ShopId, Sku};
use commerce::reconcile::{Day, shop_zone};
use commerce::stock::{Cause, Movement, StockKey};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Units sold on one day, by balance; below 0 where more was cancelled than sold.
pub(super) type Units = BTreeMap<StockKey, i64>;

/// What was sold on the days of a window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sold {
    /// Day by day.
    pub(super) days: BTreeMap<Date, Units>,
    /// Those that were counted just now and are to be kept.
    pub(super) counted: BTreeSet<Date>,
}

/// One balance in the file of a day.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    sku: Sku,
    location: LocationId,
    units: i64,
}

impl MorningReport {
    /// What was sold on the days up to this one. `lines` hold the whole of this day's ledger.
    pub(super) async fn load_sold(
        &self,
        shop: &ShopId,
        day: &Day,
        days: u32,
        lines: &[LedgerLine],
    ) -> Result<Sold, Trouble> {
        let mut sold = Sold::default();
        let mut missing = Vec::new();
        for back in 1..days {
            let Ok(date) = day.date.checked_sub(i64::from(back).days()) else { continue };
            let content = self.reconcile.archive.get(&format!("reports/{shop}/{date}/sold.json")).await?;
            match content.and_then(|content| read(&content)) {
                Some(units) => drop(sold.days.insert(date, units)),
                None => missing.push(date),
            }
        }
        sold.count(day, lines);
        if !missing.is_empty() {
            let all = self.reconcile.read_ledger(shop).await?;
            let zone = shop_zone();
            for day in missing.into_iter().filter_map(|date| Day::of(date, &zone)) {
                sold.count(&day, &all);
            }
        }
        Ok(sold)
    }

    /// Keeps what was counted just now.
    pub(super) async fn keep_sold(&self, shop: &ShopId, sold: &Sold) -> Result<(), Trouble> {
        for day in &sold.counted {
            let name = format!("reports/{shop}/{day}/sold.json");
            self.reconcile.archive.put(&name, sold.file(*day)).await?;
        }
        Ok(())
    }
}

fn read(content: &[u8]) -> Option<Units> {
    let lines: Vec<Line> = serde_json::from_slice(content).ok()?;
    let key = |line: Line| (StockKey { sku: line.sku, location: line.location }, line.units);
    Some(lines.into_iter().map(key).collect())
}

impl Sold {
    fn count(&mut self, day: &Day, lines: &[LedgerLine]) {
        self.days.insert(day.date, on_day(day, lines));
        self.counted.insert(day.date);
    }

    /// Units sold over the whole window; a balance where more came back than was sold has sold none.
    pub(super) fn of(&self, balance: &StockKey) -> u64 {
        let sum: i64 = self.days.values().filter_map(|units| units.get(balance)).sum();
        u64::try_from(sum).unwrap_or(0)
    }

    /// A day's count as its file.
    fn file(&self, day: Date) -> Vec<u8> {
        let units = self.days.get(&day).into_iter().flatten();
        let line = |(key, units): (&StockKey, &i64)| Line {
            sku: key.sku.clone(),
            location: key.location.clone(),
            units: *units,
        };
        serde_json::to_vec(&units.map(line).collect::<Vec<Line>>()).unwrap_or_default()
    }
}

/// Units that orders took on that day. A line that stands in two objects counts once.
fn on_day(day: &Day, lines: &[LedgerLine]) -> Units {
    let (mut seen, mut units) = (BTreeSet::new(), Units::new());
    for line in lines.iter().filter(|line| seen.insert((&line.sku, &line.location, line.version))) {
        let of_day = line.movements.iter().filter(|movement| {
            commerce::Timestamp::from_millisecond(movement.at_ms).is_ok_and(|at| day.holds(at))
        });
        let sold: i64 = of_day.map(taken).sum();
        if sold != 0 {
            let key = StockKey { sku: line.sku.clone(), location: line.location.clone() };
            *units.entry(key).or_default() += sold;
        }
    }
    units
}

/// Units an order promised or took away; a parcel that leaves was promised before and takes none, a cancel gives back.
fn taken(movement: &Movement) -> i64 {
    let delta = &movement.delta;
    match movement.cause {
        Cause::Order { .. } => delta.committed + delta.holds - delta.on_hand,
        Cause::Document { .. } | Cause::Cover { .. } => 0,
    }
}
