//! A store says of what a buyer comes for that it is ready, or not here: what is written, and what comes next.

use super::ByOrder;
use crate::up::Problem;
use channels::channel::Clock;
use commerce::catalogue::Shop;
use commerce::goods::Writer;
use commerce::ids::{ConnectionId, LocationId, OrderId, ShopId};
use commerce::pick_up::Word;
use commerce::plan::OrderKey;
use reports::goods_words::no_connection;
use reports::pick_up_words::{elsewhere, not_open, over, said};
use table::Table;
use workflows::prepare_holds::{PrepareHolds, Prepared};

/// Writes the word and says what became of the goods.
pub(super) async fn text(which: &ByOrder, word: Word, clock: Clock) -> Result<String, Problem> {
    let (l, by) = (which.lang, Writer::new(&which.by)?);
    let place = which.place.open_existing().await?;
    let shop = place.shop(&ShopId::new(&which.shop)?).await?;
    let (connection, order) = which.order.split_once('/').ok_or("order: must be CONNECTION/ORDER")?;
    let (connection, order) = (ConnectionId::new(connection)?, OrderId::new(order)?);
    let key = OrderKey { shop: shop.id.clone(), connection, order };
    let store = match &which.location {
        Some(store) => Some(LocationId::new(store)?),
        None => lies_in(&place.table, &key).await?,
    };
    let Some(store) = store else { return Err(not_open(&key.order, l.into()).into()) };
    let prepare = PrepareHolds { table: place.table.clone(), clock };
    let (state, is_new) = match prepare.say(&shop, &key, (word, &store), &by).await? {
        Prepared::Done(state) => (state, true),
        Prepared::Known(state) => (state, false),
        Prepared::NotOpen => return Err(not_open(&key.order, l.into()).into()),
        Prepared::Over => return Err(over(&key.order, l.into()).into()),
        Prepared::Elsewhere(store) => {
            return Err(elsewhere(&key.order, &called(&shop, &store), l.into()).into());
        }
        Prepared::NoConnection => return Err(no_connection(&key, l.into()).into()),
        Prepared::Busy(why) => {
            let vi = format!("chưa ghi được, hãy thử lại: {why}");
            return Err(l.pick(vi, format!("nothing is written yet, try again: {why}")).into());
        }
    };
    let (what, next) = said(&key.order, &state, (word, &store), |id| called(&shop, id), l.into());
    let head = match is_new {
        true => l.say("Đã ghi: ", "Written: "),
        false => l.say("Đã ghi từ trước: ", "Written before: "),
    };
    Ok(format!("{head}{what} {next}\n"))
}

/// Where the order's goods lie now.
async fn lies_in(table: &Table, key: &OrderKey) -> Result<Option<LocationId>, Problem> {
    let stored = table.load_orders(std::slice::from_ref(key), true).await?.remove(key);
    let decided = stored.and_then(|(state, _)| state.lines.into_iter().find_map(|line| line.decision));
    Ok(decided.map(|decision| decision.location))
}

fn called(shop: &Shop, store: &LocationId) -> String {
    shop.location(store).map_or_else(|| store.to_string(), |found| found.name.clone())
}
