//! The rows of a stock count, checked against the shop: every bad one is named, with what would be right.

use super::sheet::Entry;
use crate::demo::texts::Language;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::ids::{LocationId, Sku};
use commerce::level::Level;
use commerce::near::near;
use commerce::order::UNITS_MAX;
use commerce::stock::StockKey;
use std::collections::{BTreeMap, BTreeSet};

/// Whose word a count by hand is.
const SOURCE: &str = "count";

/// A row that can be applied.
pub(super) struct Counted {
    pub(super) sku: Sku,
    pub(super) level: Level,
}

impl Counted {
    pub(super) fn balance(&self) -> StockKey {
        StockKey { sku: self.sku.clone(), location: self.level.location.clone() }
    }
}

/// What rows are checked against.
pub(super) struct Desk<'a> {
    pub(super) shop: &'a Shop,
    pub(super) now: Timestamp,
    /// The time of rows that name none.
    pub(super) as_of: Timestamp,
    pub(super) language: Language,
}

impl Desk<'_> {
    /// All rows, or a sentence for each that is bad.
    pub(super) fn check(&self, entries: &[Entry]) -> Result<Vec<Counted>, Vec<String>> {
        let skus = self.shop.skus();
        let mut seen: BTreeMap<StockKey, usize> = BTreeMap::new();
        let (mut counted, mut problems) = (Vec::new(), Vec::new());
        for entry in entries {
            let row = self.row(entry, &skus).and_then(|row| {
                let line = entry.line.unwrap_or_default();
                match seen.insert(row.balance(), line) {
                    Some(first) => Err(vec![self.language.pick(
                        format!("{} tại {} đã có ở dòng {first}", row.sku, row.level.location),
                        format!("{} at {} is on line {first} already", row.sku, row.level.location),
                    )]),
                    None => Ok(row),
                }
            });
            match row {
                Ok(row) => counted.push(row),
                Err(why) => problems.extend(why.into_iter().map(|why| self.at(entry, &why))),
            }
        }
        if problems.is_empty() { Ok(counted) } else { Err(problems) }
    }

    fn at(&self, entry: &Entry, why: &str) -> String {
        match entry.line {
            Some(n) => self.language.pick(format!("dòng {n}: {why}"), format!("line {n}: {why}")),
            None => why.to_owned(),
        }
    }

    fn row(&self, entry: &Entry, skus: &BTreeSet<&Sku>) -> Result<Counted, Vec<String>> {
        let (sku, location) = (self.sku(entry, skus), self.location(entry));
        let (on_hand, as_of) = (self.on_hand(entry), self.as_of(entry));
        match (sku, location, on_hand, as_of) {
            (Ok(sku), Ok(location), Ok(on_hand), Ok(as_of)) => {
                let level = Level { location, on_hand, as_of, source: SOURCE.to_owned() };
                Ok(Counted { sku, level })
            }
            (sku, location, on_hand, as_of) => {
                Err([sku.err(), location.err(), on_hand.err(), as_of.err()].into_iter().flatten().collect())
            }
        }
    }

    fn sku(&self, entry: &Entry, skus: &BTreeSet<&Sku>) -> Result<Sku, String> {
        let sku = Sku::new(&entry.sku).map_err(|e| e.to_string())?;
        if skus.contains(&sku) {
            return Ok(sku);
        }
        let near = near(sku.as_str(), skus.iter().map(|sku| sku.as_str())).join(", ");
        let (vi, en) = match near.as_str() {
            "" => (String::new(), String::new()),
            near => (format!("; gần giống: {near}"), format!("; near: {near}")),
        };
        Err(self.language.pick(
            format!("sku {sku}: không sản phẩm nào của cửa hàng bán mã này{vi}"),
            format!("sku {sku}: no listing of the shop sells it{en}"),
        ))
    }

    fn location(&self, entry: &Entry) -> Result<LocationId, String> {
        let known = || self.shop.locations.iter().map(|l| l.id.as_str()).collect::<Vec<_>>().join(", ");
        let found = self.shop.locations.iter().find(|location| location.id.as_str() == entry.location);
        match found {
            None => Err(self.language.pick(
                format!("location {:?}: không có; hiện có: {}", entry.location, known()),
                format!("location {:?}: does not exist; there are: {}", entry.location, known()),
            )),
            Some(location) => match &location.till {
                None => Ok(location.id.clone()),
                Some(till) => Err(self.language.pick(
                    format!(
                        "location {}: máy bán hàng ({}) tự đếm ở đó; hãy sửa tại máy",
                        location.id, till.connection
                    ),
                    format!(
                        "location {}: the till ({}) counts there; correct it in the till",
                        location.id, till.connection
                    ),
                )),
            },
        }
    }

    fn on_hand(&self, entry: &Entry) -> Result<i64, String> {
        let text = &entry.on_hand;
        let number = text.parse::<i64>().ok().filter(|n| (0..=UNITS_MAX).contains(n));
        number.ok_or_else(|| {
            self.language.pick(
                format!("on_hand {text:?}: phải là số nguyên từ 0 trở lên, không dấu chấm"),
                format!("on_hand {text:?}: must be a whole number, 0 or more, without points"),
            )
        })
    }

    /// A count of the future would keep every later count out until then.
    fn as_of(&self, entry: &Entry) -> Result<Timestamp, String> {
        let as_of = match entry.as_of.as_str() {
            "" => self.as_of,
            text => text.parse().map_err(|_| {
                self.language.pick(
                    format!("as_of {text:?}: phải như 2026-11-21T17:00:00Z"),
                    format!("as_of {text:?}: must look like 2026-11-21T17:00:00Z"),
                )
            })?,
        };
        if as_of > self.now {
            return Err(self
                .language
                .pick(format!("as_of {as_of}: ở tương lai"), format!("as_of {as_of}: lies in the future")));
        }
        Ok(as_of)
    }
}
