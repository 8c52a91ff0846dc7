//! Holds whose time is over: each is ended once, whoever looks first, and not at all where the desk was quicker.
//!
//! Load the order, decide (pure, in `commerce::hold_end`), save order, stock and the notes beside it in one transaction
//! that only the state it was decided from can pass. So two sweeps, a crash at any step and a word of the desk in
//! between end with one effect.

use crate::jitter::pause;
use channels::social;
use commerce::Timestamp;
use commerce::allocate::Learned;
use commerce::effect::OrderState;
use commerce::hold_end::{Ending, end_hold};
use commerce::ids::ShopId;
use commerce::plan::{OrderChange, OrderKey};
use commerce::steps::pack;
use table::due_item::{Due, DueWork};
use table::{Table, TableError};

/// How often the end of one hold is planned anew before the next sweep has to do it.
const ROUNDS_MAX: u32 = 8;
/// The most holds of one shop that one sweep ends, the longest over first, so that no shop keeps the others waiting.
pub const HOLDS_MAX: usize = 200;

/// What ends the holds of one shop.
pub struct EndHolds<'a> {
    /// The book.
    pub table: &'a Table,
    /// Whose.
    pub shop: &'a ShopId,
    /// How long an ended order is kept.
    pub keep_days: u32,
    /// The time.
    pub now: Timestamp,
}

impl EndHolds<'_> {
    /// Ends what is over of these, and says how many were ended. One that fails is due again and holds up no other.
    pub async fn end_all(&self, mut due: Vec<Due>) -> Result<usize, TableError> {
        due.sort_by_key(|due| due.at);
        due.truncate(HOLDS_MAX);
        let keys: Vec<OrderKey> = due.iter().filter_map(|due| self.key(due)).collect();
        let stored = self.table.load_orders(&keys, true).await?;
        let mut ended = 0;
        for due in due {
            let Some(key) = self.key(&due) else { continue };
            match self.end(&key, stored.get(&key).cloned(), &due).await {
                Ok(is_ended) => ended += usize::from(is_ended),
                Err(error) => {
                    tracing::error!(shop = %self.shop, order = %key.order, %error, "a hold was not ended; tried again");
                }
            }
        }
        Ok(ended)
    }

    fn key(&self, due: &Due) -> Option<OrderKey> {
        let DueWork::Hold(connection, order) = &due.work else { return None };
        Some(OrderKey { shop: self.shop.clone(), connection: connection.clone(), order: order.clone() })
    }

    async fn end(
        &self,
        key: &OrderKey,
        mut stored: Option<(OrderState, String)>,
        due: &Due,
    ) -> Result<bool, TableError> {
        for round in 1..=ROUNDS_MAX {
            match end_hold(key, stored.as_ref(), social::FACTS.restores_on_cancel, self.now) {
                // Who moved the end has moved the note with it.
                Ending::NotYet(_) => return Ok(false),
                Ending::Nothing => return self.table.forget_due(self.shop, due).await.map(|()| false),
                Ending::Write(change) => match self.save(*change).await {
                    Ok(()) => {
                        tracing::info!(shop = %self.shop, connection = %key.connection, order = %key.order, "hold ended");
                        return Ok(true);
                    }
                    Err(TableError::Lost(_)) => {}
                    Err(error) if error.is_passing() => pause(round).await,
                    Err(error) => return Err(error),
                },
            }
            stored = self.table.load_orders(std::slice::from_ref(key), true).await?.remove(key);
        }
        Err(TableError::Busy("the order changed again and again".to_owned()))
    }

    async fn save(&self, change: OrderChange) -> Result<(), TableError> {
        // Nothing leaves the house, so no balance has to be read for it.
        for step in pack(vec![change], &Learned::default()) {
            self.table.save_step(&step, |_| self.keep_days, &[]).await?;
        }
        Ok(())
    }
}
