//! Writing down what people say about goods: what came in, went to another store, came back, or was written off.
//!
//! Load the paper and the balances it touches, decide (pure, in `commerce::goods`), save both in one transaction; again when somebody
//! else was faster. A word that was written before changes nothing, so a person may always send it again.

use crate::jitter::pause;
use channels::channel::Clock;
use commerce::catalogue::Shop;
use commerce::effect::OrderState;
use commerce::goods::{Document, Goods, GoodsChange, Planned, Refusal, Said, Word, plan_word, touched};
use commerce::ids::DocumentNumber;
use commerce::plan::OrderKey;
use commerce::stock::StockKey;
use std::collections::BTreeMap;
use table::save_goods::GoodsWrite;
use table::{Table, TableError};

/// How often a word is planned anew before the person is asked to send it again.
const ROUNDS_MAX: u32 = 10;

/// What this needs.
#[derive(Clone)]
pub struct WriteGoods {
    /// The book.
    pub table: Table,
    /// The time.
    pub clock: Clock,
}

/// What came of a word.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// It is written: the paper as it is now.
    Done(Box<Document>),
    /// It was written before: the paper as it is now.
    Known(Box<Document>),
    /// It is not written, and why.
    Refused(Refusal),
    /// Others kept writing the same goods: send it again.
    Busy(String),
}

/// One look at the book.
enum Try {
    Over(Written),
    Again(String),
}

impl WriteGoods {
    /// Writes a word about a paper of the shop. What came back of an order is held against what went out with it.
    pub async fn write(
        &self,
        shop: &Shop,
        number: &DocumentNumber,
        said: &Said,
    ) -> Result<Written, TableError> {
        let Some(said) = self.with_what_went_out(shop, said).await? else {
            return Ok(Written::Refused(Refusal::NoSuchOrder));
        };
        let mut why = String::new();
        for round in 1..=ROUNDS_MAX {
            match self.try_once(shop, number, &said).await {
                Ok(Try::Over(written)) => return Ok(written),
                Ok(Try::Again(reason)) => why = reason,
                Err(error) if error.is_passing() => why = error.to_string(),
                Err(error) => return Err(error),
            }
            pause(round).await;
        }
        Ok(Written::Busy(why))
    }

    async fn try_once(&self, shop: &Shop, number: &DocumentNumber, said: &Said) -> Result<Try, TableError> {
        let stored = self.table.load_goods(&shop.id, number).await?;
        let document = stored.as_ref().map(|(document, _)| document);
        let keys = match touched(document, said) {
            Ok(keys) => keys,
            Err(refusal) => return Ok(Try::Over(Written::Refused(refusal))),
        };
        if let Some(refusal) = till_keeps(shop, &keys) {
            return Ok(Try::Over(Written::Refused(refusal)));
        }
        let balances = self.table.load_stock(&shop.id, &keys).await?;
        match plan_word(number, document, said, &balances) {
            Err(refusal) => Ok(Try::Over(Written::Refused(refusal))),
            Ok(Planned::Known) => {
                let known = stored.map(|(document, _)| Written::Known(Box::new(document)));
                Ok(known.map_or_else(|| Try::Again("the paper is gone".to_owned()), Try::Over))
            }
            Ok(Planned::Write(change)) => {
                self.save(shop, number, &change, stored.map(|(_, state)| state)).await
            }
        }
    }

    async fn save(
        &self,
        shop: &Shop,
        number: &DocumentNumber,
        change: &GoodsChange,
        expected: Option<u64>,
    ) -> Result<Try, TableError> {
        let write = GoodsWrite {
            shop: &shop.id,
            number,
            change,
            expected,
            now: (self.clock)(),
            keep_days: shop.keep_orders_days,
        };
        match self.table.save_goods(&write).await {
            Ok(()) => Ok(Try::Over(Written::Done(Box::new(change.document.clone())))),
            Err(TableError::Lost(_)) => Ok(Try::Again("others write the same goods".to_owned())),
            Err(error) => Err(error),
        }
    }

    /// The word as it is to be decided on: of an order no more of each product comes back than went out with it. All that is said of
    /// one order stands on one paper ([`commerce::goods::number_of_return`]), so that no unit comes back twice, whoever takes it and
    /// wherever.
    async fn with_what_went_out(&self, shop: &Shop, said: &Said) -> Result<Option<Said>, TableError> {
        let mut said = said.clone();
        let Word::TakeBack { order: Some((connection, order)), went_out, .. } = &mut said.word else {
            return Ok(Some(said));
        };
        let (shop, connection, order) = (shop.id.clone(), connection.clone(), order.clone());
        let key = OrderKey { shop, connection, order };
        let found = self.table.load_orders(std::slice::from_ref(&key), true).await?;
        let Some((state, _)) = found.get(&key) else { return Ok(None) };
        *went_out = Some(gone_out(state));
        Ok(Some(said))
    }
}

/// A store whose goods a till counts is written there.
fn till_keeps(shop: &Shop, keys: &[StockKey]) -> Option<Refusal> {
    let kept = keys.iter().find(|key| shop.is_till_owned(&key.location));
    kept.map(|key| Refusal::TillKeeps(key.location.clone()))
}

/// The base units of each product that went out with an order.
fn gone_out(state: &OrderState) -> Goods {
    let mut gone: BTreeMap<_, i64> = Goods::new();
    for line in &state.lines {
        let parts = line.decision.iter().flat_map(|decision| &decision.recipe);
        for part in parts {
            *gone.entry(part.sku.clone()).or_default() += i64::from(line.out) * i64::from(part.factor);
        }
    }
    gone
}
