//! A buyer stands in the store with a code: what is written, and what the person behind the counter is told.

use super::{ByCode, goods, stores};
use crate::up::Problem;
use channels::channel::Clock;
use commerce::goods::Writer;
use commerce::hold_terms::HoldCode;
use commerce::hold_word::HoldWord;
use commerce::ids::ShopId;
use reports::goods_words::{is_sold, no_connection, no_such_code};
use workflows::settle_holds::{SettleHolds, Settled};

/// Writes the word and says what became of the goods.
pub(super) async fn text(which: &ByCode, word: HoldWord, clock: Clock) -> Result<String, Problem> {
    let (l, code) = (which.lang, HoldCode::new(&which.code)?);
    let place = which.place.open_existing().await?;
    let shop = place.shop(&ShopId::new(&which.shop)?).await?;
    let settle = SettleHolds { table: place.table.clone(), clock };
    let (key, order) = match settle.settle(&shop, code, word, &Writer::new(&which.by)?).await? {
        Settled::Done(key, order) => (key, order),
        Settled::NoSuchCode => return Err(no_such_code(&shop.id, code, l.into()).into()),
        Settled::IsSold(order) => return Err(is_sold(&order, l.into()).into()),
        Settled::NoConnection(key) => return Err(no_connection(&key, l.into()).into()),
        Settled::Busy(why) => {
            let vi = format!("chưa ghi được, hãy thử lại: {why}");
            return Err(l.pick(vi, format!("nothing is written yet, try again: {why}")).into());
        }
    };
    let what = format!("{} ({}): {}, {}", key.order, key.connection, stores(&order), goods(&order));
    Ok(match word {
        HoldWord::Collected => {
            l.pick(format!("Đã giao hàng, đơn {what}.\n"), format!("Handed over, order {what}.\n"))
        }
        HoldWord::Released => l.pick(
            format!("Đã nhả hàng, đơn {what}. Hàng bán được trở lại.\n"),
            format!("Let go, order {what}. The units are free again.\n"),
        ),
    })
}
