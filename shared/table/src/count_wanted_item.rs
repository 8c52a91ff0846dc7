//! A product that a store did not find, so that somebody counts it; the latest time it was missed replaces an earlier one.
//!
//! `u` units that were not there · `y` why · `by` who said so · `at` when · `o` the order they were looked for · `ttl`. The key says
//! the store and the product.

use crate::attributes::{Item, check_shape, get_number, get_text, get_time, new_item, number, text, time};
use crate::failure::TableError;
use crate::keys::{self, SORT, TTL};
use commerce::goods::Writer;
use commerce::ids::{IdError, OrderId, ShopId};
use commerce::pick_up::{CountWanted, Missing, SaidBy};
use commerce::stock::StockKey;

/// After so many days nobody is asked any more.
const KEPT_DAYS: i64 = 14;

/// Writes it.
pub fn to_item(shop: &ShopId, wanted: &CountWanted) -> Item {
    let mut item = new_item(&keys::count_wanted(shop, &wanted.balance.sku, &wanted.balance.location));
    item.insert("u".to_owned(), number(wanted.units));
    item.insert("y".to_owned(), text(wanted.why.code()));
    item.insert("by".to_owned(), text(wanted.said.by.as_str()));
    item.insert("at".to_owned(), time(wanted.said.at));
    item.insert("o".to_owned(), text(wanted.order.as_str()));
    item.insert(TTL.to_owned(), number(wanted.said.at.as_second() + KEPT_DAYS * 86_400));
    item
}

/// Reads it.
pub fn from_item(item: &Item) -> Result<CountWanted, TableError> {
    check_shape(item)?;
    let bad = |name: &'static str| move |error: IdError| TableError::corrupt(name, error.to_string());
    let (location, sku) = keys::parse_count_wanted(get_text(item, SORT)?)
        .ok_or_else(|| TableError::corrupt(SORT, "names no store and product"))?;
    let why = Missing::from_code(get_text(item, "y")?);
    Ok(CountWanted {
        balance: StockKey { sku, location },
        units: get_number(item, "u")?,
        why: why.ok_or_else(|| TableError::corrupt("y", "is no reason"))?,
        said: SaidBy {
            by: Writer::new(get_text(item, "by")?).map_err(bad("by"))?,
            at: get_time(item, "at")?,
        },
        order: OrderId::new(get_text(item, "o")?).map_err(bad("o"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::Timestamp;
    use commerce::ids::{LocationId, Sku};

    #[test]
    fn what_should_be_counted_reads_back_even_with_a_strange_product() {
        let shop = ShopId::new("demo").unwrap();
        let balance =
            StockKey { sku: Sku::new("ÁO#M/2").unwrap(), location: LocationId::new("hn").unwrap() };
        let at = Timestamp::from_second(1_795_316_400).unwrap();
        let said = SaidBy { by: Writer::new("Lan").unwrap(), at };
        let order = OrderId::new("FB-7").unwrap();
        for why in Missing::ALL {
            let wanted = CountWanted {
                balance: balance.clone(),
                units: 2,
                why,
                said: said.clone(),
                order: order.clone(),
            };
            assert_eq!(from_item(&to_item(&shop, &wanted)).unwrap(), wanted);
        }
    }
}
