//! What the stream tells of one balance: every version of it, one after the other, and which orders made it.

use crate::bench::book::Book;
use crate::up::Problem;
use commerce::stock::{Cause, Stock};
use lambda_kit::stream::{StreamRecord, to_item};
use one_machine::stream::records_after;
use table::keys::{SORT, STOCK_SORT_PREFIX};

const PAGE: usize = 1_000;

/// A balance followed from its first version to its last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The last version.
    pub last_version: u64,
    /// Versions that are missing, or whose movements do not make up the change of free units.
    pub gaps: u64,
    /// The fewest free units at any version.
    pub lowest_free: i64,
    /// Free units at the last version.
    pub free: i64,
    /// Orders that found their unit, in the order of the versions.
    pub served: Vec<String>,
    /// Orders that did not: the units were sold already.
    pub short: Vec<String>,
}

impl Ledger {
    /// Reads the whole stream of a book that has one balance.
    pub fn read(book: &Book) -> Result<Self, Problem> {
        let (mut ledger, mut place) = (Self { lowest_free: i64::MAX, ..Self::default() }, None);
        loop {
            let page = records_after(&book.table_engine, place.clone(), PAGE)?.records;
            let Some(last) = page.last() else { return Ok(ledger) };
            place = Some(last.dynamodb.sequence_number.clone());
            for record in page.iter().filter(|record| is_stock(record)) {
                let image = record.dynamodb.new_image.as_ref().ok_or("a balance was removed")?;
                ledger.take_in(&table::stock_item::from_item(&to_item(image))?);
            }
        }
    }

    fn take_in(&mut self, stock: &Stock) {
        for movement in &stock.movements {
            self.free += movement.delta.free();
            if let Cause::Order { order, .. } = &movement.cause {
                let side = if self.free >= 0 { &mut self.served } else { &mut self.short };
                side.push(order.clone());
            }
        }
        let is_next = stock.version == self.last_version + 1 && stock.free == self.free;
        self.gaps += u64::from(!is_next);
        (self.last_version, self.free) = (stock.version, stock.free);
        self.lowest_free = self.lowest_free.min(stock.free);
    }
}

fn is_stock(record: &StreamRecord) -> bool {
    let sort = record.dynamodb.keys.get(SORT).and_then(|key| key.get("S")).and_then(|text| text.as_str());
    sort.is_some_and(|text| text.starts_with(STOCK_SORT_PREFIX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::ids::ConnectionId;
    use commerce::stock::{Movement, StockDelta};

    fn movement(delta: StockDelta, order: &str) -> Movement {
        let cause = match order {
            "" => Cause::Document { document: "count".to_owned() },
            order => Cause::Order {
                connection: ConnectionId::new("desk").unwrap(),
                order: order.to_owned(),
                by: None,
            },
        };
        Movement { cause, at_ms: 0, delta }
    }

    fn ledger(skipped: u64) -> Ledger {
        let (mut stock, mut ledger) =
            (Stock::default(), Ledger { lowest_free: i64::MAX, ..Ledger::default() });
        let counted = StockDelta { on_hand: 2, ..StockDelta::default() };
        let sold = StockDelta { committed: 1, ..StockDelta::default() };
        for (delta, order) in [(&counted, ""), (&sold, "a"), (&sold, "b"), (&sold, "c")] {
            stock.apply(delta, vec![movement(delta.clone(), order)]);
            if stock.version != skipped {
                ledger.take_in(&stock);
            }
        }
        ledger
    }

    #[test]
    fn who_comes_after_the_last_unit_is_short() {
        let whole = ledger(0);
        assert_eq!((whole.last_version, whole.gaps, whole.free, whole.lowest_free), (4, 0, -1, -1));
        assert_eq!((whole.served, whole.short), (vec!["a".to_owned(), "b".to_owned()], vec!["c".to_owned()]));
        assert_eq!(ledger(3).gaps, 1, "a version that is not there is seen");
    }
}
