//! Somebody at the counter says of what a buyer comes for that it is ready, or that it is not here and why.

use super::answer::Reply;
use super::look::{hold_line, lies_in};
use super::request::Fields;
use super::{Counter, Desk, words};
use crate::prepare_holds::{PrepareHolds, Prepared};
use commerce::effect::OrderState;
use commerce::goods::Goods;
use commerce::ids::{ConnectionId, LocationId, OrderId, Sku};
use commerce::pick_up::{Missing, Word};
use commerce::plan::OrderKey;
use reports::counter::{Guard, NotHerePage, Screen, Told};
use reports::{goods_words, pick_up_words};
use std::collections::BTreeSet;
use table::TableError;

impl Counter {
    /// Writes it, or asks first why the goods are not here. The order itself says what was said before, so that a form counts once.
    pub(super) async fn prepare(
        &self,
        desk: &Desk,
        guard: Guard,
        form: &Fields,
    ) -> Result<Reply, TableError> {
        let why = Missing::from_code(form.get("why")).map(Word::NotHere);
        let (named, word) = match (form.get("ready"), form.get("not-here")) {
            ("", named) => (named, why),
            (named, _) => (named, Some(Word::Ready)),
        };
        let Some(key) = named_order(desk, named) else {
            return self.again(desk, words::order_unreadable(desk.language)).await;
        };
        match word {
            Some(word) => self.say_prepared(desk, &key, word).await,
            None => self.ask_why(desk, guard, key).await,
        }
    }

    async fn ask_why(&self, desk: &Desk, guard: Guard, key: OrderKey) -> Result<Reply, TableError> {
        let stored = self.table.load_orders(std::slice::from_ref(&key), true).await?.remove(&key);
        let here = stored.filter(|(state, _)| lies_in(state).contains(&desk.ticket.location));
        match here {
            Some((state, _)) if state.at_store().is_some() => {
                let hold = hold_line(desk, &key, &state);
                Ok(Reply::page(Screen::NotHere(NotHerePage { guard, hold })))
            }
            _ => self.again(desk, pick_up_words::not_open(&key.order, desk.language)).await,
        }
    }

    async fn say_prepared(&self, desk: &Desk, key: &OrderKey, word: Word) -> Result<Reply, TableError> {
        let (l, here, by) = (desk.language, &desk.ticket.location, &desk.ticket.by);
        let prepare = PrepareHolds { table: self.table.clone(), clock: self.clock.clone() };
        let why = match prepare.say(&desk.shop, key, (word, here), by).await? {
            Prepared::Done(state) => {
                let (shop, order) = (&key.shop, &key.order);
                tracing::info!(%shop, location = %here, %order, %by, ?word, "said at the counter");
                return Ok(Reply::page(Screen::Told(told(desk, key, &state, (word, true)))));
            }
            Prepared::Known(state) => {
                return Ok(Reply::page(Screen::Told(told(desk, key, &state, (word, false)))));
            }
            Prepared::NotOpen => pick_up_words::not_open(&key.order, l),
            Prepared::Over => pick_up_words::over(&key.order, l),
            Prepared::Elsewhere(store) => {
                pick_up_words::elsewhere(&key.order, desk.frame().called(&store), l)
            }
            Prepared::NoConnection => goods_words::no_connection(key, l),
            Prepared::Busy(_) => words::busy(l),
        };
        self.again(desk, why).await
    }

    /// The first page as it is now, with why nothing was written.
    async fn again(&self, desk: &Desk, why: String) -> Result<Reply, TableError> {
        let home = self.home(desk).await?;
        Ok(Reply { status: 409, notice: Some(why), ..home })
    }
}

fn named_order(desk: &Desk, named: &str) -> Option<OrderKey> {
    let (connection, order) = named.split_once('/')?;
    let (connection, order) = (ConnectionId::new(connection).ok()?, OrderId::new(order).ok()?);
    Some(OrderKey { shop: desk.shop.id.clone(), connection, order })
}

fn told(desk: &Desk, key: &OrderKey, state: &OrderState, (word, is_new): (Word, bool)) -> Told {
    let (here, frame) = (&desk.ticket.location, desk.frame());
    let called = |store: &LocationId| frame.called(store).to_owned();
    let (what, next) = pick_up_words::said(&key.order, state, (word, here), called, desk.language);
    let sentence = format!("{}{what}", words::head(is_new, desk.language));
    let is_counted_here = word != Word::Ready && !desk.shop.is_till_owned(here);
    let counts = if is_counted_here { products(state) } else { Vec::new() };
    Told { sentence, next, goods: Goods::new(), paper: None, product: None, counts }
}

fn products(state: &OrderState) -> Vec<Sku> {
    let decided = state.lines.iter().filter_map(|line| line.decision.as_ref());
    let skus: BTreeSet<Sku> =
        decided.flat_map(|decision| decision.recipe.iter().map(|part| part.sku.clone())).collect();
    skus.into_iter().collect()
}
