//! The people of a store say of goods that a buyer comes for: they are ready, or they are not here.
//!
//! Load the order and what is free of its products in every store, decide (pure, in `commerce::pick_up`), save order and stock in
//! one transaction that only the state it was decided from can pass. Whoever says the same once more, after a crash or beside
//! another, finds it in the order and changes nothing.

use crate::free_units::{read_balances, touched};
use crate::jitter::pause;
use channels::channel::Clock;
use channels::social;
use commerce::allocate::Learned;
use commerce::catalogue::{Connection, Shop};
use commerce::effect::OrderState;
use commerce::goods::Writer;
use commerce::ids::LocationId;
use commerce::order::in_milliseconds;
use commerce::pick_up::{Reply, SaidBy, Word, said};
use commerce::plan::{OrderChange, OrderKey};
use commerce::record::Account;
use commerce::steps::pack;
use commerce::stock::StockKey;
use std::collections::BTreeSet;
use table::{Table, TableError};

/// How often a word is planned anew before the person is asked to try again.
const ROUNDS_MAX: u32 = 10;

/// What this needs.
#[derive(Clone)]
pub struct PrepareHolds {
    /// The book.
    pub table: Table,
    /// The time.
    pub clock: Clock,
}

/// What came of it, with the order as the book has it now.
#[derive(Debug, Clone, PartialEq)]
pub enum Prepared {
    /// It is written.
    Done(Box<OrderState>),
    /// Somebody had said so before.
    Known(Box<OrderState>),
    /// Nothing is set aside for a buyer who comes, or not any more.
    NotOpen,
    /// Its time is over.
    Over,
    /// The goods lie in that store.
    Elsewhere(LocationId),
    /// The shop's file does not name the order's connection any more.
    NoConnection,
    /// Others kept writing the order: try again.
    Busy(String),
}

impl PrepareHolds {
    /// Writes what somebody in a store says about an order.
    pub async fn say(
        &self,
        shop: &Shop,
        key: &OrderKey,
        (word, store): (Word, &LocationId),
        by: &Writer,
    ) -> Result<Prepared, TableError> {
        let Some(connection) = shop.connections.get(&key.connection) else {
            return Ok(Prepared::NoConnection);
        };
        let mut why = "the order changed again and again".to_owned();
        for round in 1..=ROUNDS_MAX {
            let by = SaidBy { by: by.clone(), at: in_milliseconds((self.clock)()) };
            match self.try_once((shop, connection), key, (word, store), &by).await {
                Err(TableError::Lost(_)) => {}
                Err(error) if error.is_passing() => {
                    why = error.to_string();
                    pause(round).await;
                }
                prepared => return prepared,
            }
        }
        Ok(Prepared::Busy(why))
    }

    async fn try_once(
        &self,
        (shop, connection): (&Shop, &Connection),
        key: &OrderKey,
        what: (Word, &LocationId),
        by: &SaidBy,
    ) -> Result<Prepared, TableError> {
        let stored = self.table.load_orders(std::slice::from_ref(key), true).await?.remove(key);
        let Some((state, _)) = &stored else { return Ok(Prepared::NotOpen) };
        let known = self.look(shop, connection, state, what.0).await?;
        let account = Account { shop, connection, restores: social::FACTS.restores_on_cancel };
        match said((key, account), stored.as_ref(), &known, what, by) {
            Reply::Write(change) => {
                let state = change.state.clone();
                self.save(shop, *change, &known).await?;
                Ok(Prepared::Done(Box::new(state)))
            }
            Reply::Known => Ok(Prepared::Known(Box::new(state.clone()))),
            Reply::NotOpen => Ok(Prepared::NotOpen),
            Reply::Over(_) => Ok(Prepared::Over),
            Reply::Elsewhere(store) => Ok(Prepared::Elsewhere(store)),
        }
    }

    /// What is free of the order's products, wherever they may be set aside instead. Who has them in hand needs none of it.
    async fn look(
        &self,
        shop: &Shop,
        connection: &Connection,
        state: &OrderState,
        word: Word,
    ) -> Result<Learned, TableError> {
        if word == Word::Ready {
            return Ok(Learned::default());
        }
        let here: BTreeSet<StockKey> = touched(state).collect();
        let there = here.iter().flat_map(|balance| {
            let key = |store: &LocationId| StockKey { sku: balance.sku.clone(), location: store.clone() };
            connection.serves_from.iter().map(key)
        });
        let all = there.chain(here.iter().cloned()).collect();
        read_balances(&self.table, shop, all).await
    }

    async fn save(&self, shop: &Shop, change: OrderChange, known: &Learned) -> Result<(), TableError> {
        for step in pack(vec![change], known) {
            self.table.save_step(&step, |_| shop.keep_orders_days, &[]).await?;
        }
        Ok(())
    }
}
