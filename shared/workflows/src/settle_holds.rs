//! A buyer stands in the store with a code: the goods are handed over, or let go.
//!
//! Load the order that the code stands for, decide (pure, in `commerce::hold_word`), save it as if the desk had said it.

use crate::free_units::{read_balances, touched};
use crate::jitter::pause;
use channels::channel::Clock;
use channels::social;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::effect::OrderState;
use commerce::goods::Writer;
use commerce::hold::{Hold, plan_hold};
use commerce::hold_terms::HoldCode;
use commerce::hold_word::{HoldRefusal, HoldWord, signed, word_on};
use commerce::ids::OrderId;
use commerce::order::ChannelOrder;
use commerce::plan::{OrderChange, OrderEvents, OrderKey};
use commerce::record::Account;
use commerce::status::Status;
use commerce::steps::pack;
use table::{Table, TableError};

/// How often a word is planned anew before the person is asked to try again.
const ROUNDS_MAX: u32 = 10;

/// What this needs.
#[derive(Clone)]
pub struct SettleHolds {
    /// The book.
    pub table: Table,
    /// The time.
    pub clock: Clock,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// It is written: the order before that.
    Done(OrderKey, Box<OrderState>),
    /// No order of the shop has this code: mistyped, of another shop, or settled or ended already.
    NoSuchCode,
    /// The order is sold, so that only the desk can call it off.
    IsSold(OrderId),
    /// The shop's file does not name the order's connection any more.
    NoConnection(OrderKey),
    /// Others kept writing the order: try again.
    Busy(String),
}

/// A word that was sent to the book, whether or not the book has answered.
struct Sent {
    key: OrderKey,
    before: OrderState,
    said: (Status, Timestamp),
}

impl SettleHolds {
    /// Writes the word that somebody says about the order that has this code.
    pub async fn settle(
        &self,
        shop: &Shop,
        code: HoldCode,
        word: HoldWord,
        by: &Writer,
    ) -> Result<Settled, TableError> {
        let mut why = "the order changed again and again".to_owned();
        let mut sent = Vec::new();
        for round in 1..=ROUNDS_MAX {
            let settled = match self.try_once(shop, code, (word, by), &mut sent).await {
                Ok(Settled::NoSuchCode) => self.written_before(&sent).await,
                settled => settled,
            };
            match settled {
                Err(TableError::Lost(_)) => {}
                Err(error) if error.is_passing() => {
                    why = error.to_string();
                    pause(round).await;
                }
                settled => return settled,
            }
        }
        Ok(Settled::Busy(why))
    }

    /// A write that was not answered may have been made all the same, and has then taken the code away with it.
    async fn written_before(&self, sent: &[Sent]) -> Result<Settled, TableError> {
        for one in sent {
            let stored = self.table.load_orders(std::slice::from_ref(&one.key), true).await?;
            let is_it = |state: &OrderState| (&state.status, state.source_time) == (&one.said.0, one.said.1);
            if stored.get(&one.key).is_some_and(|(state, _)| is_it(state)) {
                return Ok(Settled::Done(one.key.clone(), Box::new(one.before.clone())));
            }
        }
        Ok(Settled::NoSuchCode)
    }

    async fn try_once(
        &self,
        shop: &Shop,
        code: HoldCode,
        (word, by): (HoldWord, &Writer),
        sent: &mut Vec<Sent>,
    ) -> Result<Settled, TableError> {
        let Some(key) = self.table.order_of_code(&shop.id, code).await? else {
            return Ok(Settled::NoSuchCode);
        };
        let Some(connection) = shop.connections.get(&key.connection) else {
            return Ok(Settled::NoConnection(key));
        };
        let stored = self.table.load_orders(std::slice::from_ref(&key), true).await?.remove(&key);
        let Some((state, revision)) = stored.filter(|(state, _)| state.code() == Some(code)) else {
            return Ok(Settled::NoSuchCode);
        };
        let now = (self.clock)();
        let said = match word_on(&key.order, &state, word, now) {
            Ok(said) => said,
            Err(HoldRefusal::NotOpen) => return Ok(Settled::NoSuchCode),
            Err(HoldRefusal::IsSold) => return Ok(Settled::IsSold(key.order)),
        };
        let account = Account { shop, connection, restores: social::FACTS.restores_on_cancel };
        let work = OrderEvents {
            key: key.clone(),
            account,
            events: vec![&said],
            stored: Some((state.clone(), revision)),
            heard: false,
            echo_of: None,
        };
        let told = (said.status.clone(), said.source_time);
        sent.push(Sent { key: key.clone(), before: state.clone(), said: told });
        self.write(&work, (&said, by), code).await?;
        Ok(Settled::Done(key, Box::new(state)))
    }

    async fn write(
        &self,
        work: &OrderEvents<'_>,
        (said, by): (&ChannelOrder, &Writer),
        code: HoldCode,
    ) -> Result<(), TableError> {
        let (shop, stored) = (work.account.shop, work.stored.as_ref());
        let balances = stored.iter().flat_map(|(state, _)| touched(state)).collect();
        let known = read_balances(&self.table, shop, balances).await?;
        // What ends a hold needs no code, so the one at hand is never given out.
        let Hold::Write(change) = plan_hold(work, &known, code, said.source_time) else {
            return Err(TableError::Busy("the order is newer than the word on it".to_owned()));
        };
        let change: OrderChange = signed(*change, by);
        for step in pack(vec![change], &known) {
            self.table.save_step(&step, |_| shop.keep_orders_days, &[]).await?;
        }
        Ok(())
    }
}
