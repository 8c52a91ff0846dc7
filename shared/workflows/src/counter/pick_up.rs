//! A buyer says a code: what it stands for is shown first, then the goods are handed over or let go.

use super::answer::Reply;
use super::look::{hold_line, lies_in};
use super::request::Fields;
use super::{Counter, Desk, words};
use crate::settle_holds::{SettleHolds, Settled};
use commerce::effect::OrderState;
use commerce::goods::Goods;
use commerce::hold_terms::HoldCode;
use commerce::hold_word::HoldWord;
use commerce::ids::{ConnectionId, OrderId};
use commerce::plan::OrderKey;
use commerce::status::Status;
use reports::counter::{Guard, PickUp, Screen, Told};
use reports::goods_words;
use table::TableError;

/// What a code stands for.
enum Found {
    Here(OrderKey, Box<OrderState>),
    /// The goods lie in another store.
    There(String),
    Nothing,
}

impl Counter {
    /// Shows what a code stands for, or settles it.
    pub(super) async fn pick_up(
        &self,
        desk: &Desk,
        guard: Guard,
        form: &Fields,
    ) -> Result<Reply, TableError> {
        let l = desk.language;
        let Ok(code) = HoldCode::new(form.get("code")) else {
            return Ok(Reply::refused(Screen::AskCode(guard), words::six_digits(l)));
        };
        let word = match form.get("word") {
            "collect" => Some(HoldWord::Collected),
            "release" => Some(HoldWord::Released),
            _ => None,
        };
        match (self.behind(desk, code).await?, word) {
            (Found::There(store), _) => {
                Ok(Reply::refused(Screen::AskCode(guard), words::goods_elsewhere(&store, l)))
            }
            (Found::Nothing, word) => self.settled_before(desk, guard, (code, word, form)).await,
            (Found::Here(key, state), None) => {
                let hold = hold_line(desk, &key, &state);
                Ok(Reply::page(Screen::PickUp(PickUp { guard, code, hold })))
            }
            (Found::Here(..), Some(word)) => self.settle_code(desk, guard, (code, word)).await,
        }
    }

    /// The order that a code stands for, if its goods lie here and nowhere else.
    async fn behind(&self, desk: &Desk, code: HoldCode) -> Result<Found, TableError> {
        let Some(key) = self.table.order_of_code(&desk.shop.id, code).await? else {
            return Ok(Found::Nothing);
        };
        let stored = self.table.load_orders(std::slice::from_ref(&key), true).await?.remove(&key);
        let Some((state, _)) = stored.filter(|(state, _)| state.code() == Some(code)) else {
            return Ok(Found::Nothing);
        };
        let elsewhere = lies_in(&state).into_iter().find(|store| **store != desk.ticket.location);
        match elsewhere {
            Some(store) => Ok(Found::There(desk.frame().called(store).to_owned())),
            None => Ok(Found::Here(key, Box::new(state))),
        }
    }

    async fn settle_code(
        &self,
        desk: &Desk,
        guard: Guard,
        (code, word): (HoldCode, HoldWord),
    ) -> Result<Reply, TableError> {
        let l = desk.language;
        let settle = SettleHolds { table: self.table.clone(), clock: self.clock.clone() };
        let why = match settle.settle(&desk.shop, code, word, &desk.ticket.by).await? {
            Settled::Done(key, _) => {
                let (shop, location, order, by) =
                    (&key.shop, &desk.ticket.location, &key.order, &desk.ticket.by);
                tracing::info!(%shop, %location, %order, %by, ?word, "settled at the counter");
                return Ok(Reply::page(Screen::Told(told(&key, word, true, desk))));
            }
            Settled::NoSuchCode => goods_words::no_such_code(&desk.shop.id, code, l),
            Settled::IsSold(order) => goods_words::is_sold(&order, l),
            Settled::NoConnection(key) => goods_words::no_connection(&key, l),
            Settled::Busy(_) => words::busy(l),
        };
        Ok(Reply::refused(Screen::AskCode(guard), why))
    }

    /// A code that opens nothing any more may be this very form, sent again by a phone that had not heard the answer.
    async fn settled_before(
        &self,
        desk: &Desk,
        guard: Guard,
        (code, word, form): (HoldCode, Option<HoldWord>, &Fields),
    ) -> Result<Reply, TableError> {
        let names = (ConnectionId::new(form.get("connection")), OrderId::new(form.get("order")));
        if let (Some(word), (Ok(connection), Ok(order))) = (word, names) {
            let key = OrderKey { shop: desk.shop.id.clone(), connection, order };
            let found = self.table.load_orders(std::slice::from_ref(&key), true).await?;
            let is_it = |state: &OrderState| {
                state.hold.is_some() && lies_in(state).contains(&desk.ticket.location) && is_said(state, word)
            };
            if found.get(&key).is_some_and(|(state, _)| is_it(state)) {
                return Ok(Reply::page(Screen::Told(told(&key, word, false, desk))));
            }
        }
        let why = goods_words::no_such_code(&desk.shop.id, code, desk.language);
        Ok(Reply::refused(Screen::AskCode(guard), why))
    }
}

/// True where an order stands as that word leaves it.
fn is_said(state: &OrderState, word: HoldWord) -> bool {
    match word {
        HoldWord::Collected => state.status == Status::Shipped,
        HoldWord::Released => state.status == Status::Cancelled && state.ended_at().is_none(),
    }
}

fn told(key: &OrderKey, word: HoldWord, is_new: bool, desk: &Desk) -> Told {
    let (sentence, next) = words::settled(&key.order, word, is_new, desk.language);
    Told { sentence, next, goods: Goods::new(), paper: None, product: None, counts: Vec::new() }
}
