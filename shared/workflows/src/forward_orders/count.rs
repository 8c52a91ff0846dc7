//! What a till's people sold of an order: once each of their sales is in the book, its goods are promised to nobody any more.
//!
//! The sale takes the units off the shelf, this lets go of the promise. In that order: the other way round a unit would be free
//! for a moment that has left already.

use super::load::Matter;
use super::{ForwardOrders, Trouble};
use channels::error::{ChannelError, Next};
use commerce::effect::{OrderState, effect};
use commerce::forward::{Forwarding, count_sales, waits_for_till};
use commerce::hold_end::Marks;
use commerce::ids::OrderId;
use commerce::park::ParkReason;
use commerce::plan::{OrderChange, OrderKey};
use commerce::steps::pack;
use commerce::stock::difference;
use lambda_kit::metrics::{self, Unit};

/// How often the till is asked, over some two hours, before a person is.
const TRIES_MAX: u32 = 8;

impl ForwardOrders {
    /// Counts what was sold of the order. A sale that is not recorded yet is asked for, and everything waits for it.
    pub(super) async fn count(
        &self,
        matter: &Matter<'_>,
        forwarding: &Forwarding,
        there: &OrderId,
    ) -> Result<bool, Trouble> {
        let ids = match self.gateway.sales_of(&matter.at_target(), there).await {
            Ok(ids) => ids,
            Err(error) => return self.not_counted(matter, forwarding, &error).await,
        };
        let key = |order: &OrderId| OrderKey {
            shop: matter.key.shop.clone(),
            connection: matter.target.id.clone(),
            order: order.clone(),
        };
        let keys: Vec<OrderKey> = ids.iter().map(key).collect();
        let recorded = self.table.load_orders(&keys, true).await?;
        let missing: Vec<&OrderKey> = keys.iter().filter(|key| !recorded.contains_key(*key)).collect();
        if !missing.is_empty() {
            for key in missing {
                self.ask_about(matter, &key.order).await?;
            }
            return self.try_later(matter, forwarding, forwarding.stage.clone(), 0).await;
        }
        let sales: Vec<OrderState> = recorded.into_values().map(|(sale, _)| sale).collect();
        if self.let_go(matter, &sales).await? {
            metrics::tell(&[("SalesCounted", Unit::Count, 1)]);
            let counted = Forwarding { counted: true, failures: 0, ..forwarding.clone() };
            return self.save(matter, &counted, 0).await.map(|()| true);
        }
        // A sale may show in the till's list a moment after its order is done; where it never does, a person must look.
        if forwarding.failures < TRIES_MAX {
            return self.try_later(matter, forwarding, forwarding.stage.clone(), 0).await;
        }
        let detail =
            format!("{there} is done in {}, and its sales there are fewer than was bought", matter.target.id);
        self.not_counted(matter, forwarding, &ChannelError::refused(detail)).await
    }

    async fn not_counted(
        &self,
        matter: &Matter<'_>,
        forwarding: &Forwarding,
        error: &ChannelError,
    ) -> Result<bool, Trouble> {
        if error.next == Next::Park {
            self.park(matter, ParkReason::Refused { detail: error.to_string() }).await?;
            let given_up = Forwarding { counted: true, failures: 0, ..forwarding.clone() };
            return self.save(matter, &given_up, 0).await.map(|()| true);
        }
        self.try_later(matter, forwarding, forwarding.stage.clone(), 0).await
    }

    /// Writes the order with what was counted, and its balances, all or nothing; planned anew where somebody else was quicker.
    /// True when nothing of it waits for the till any more.
    async fn let_go(&self, matter: &Matter<'_>, sales: &[OrderState]) -> Result<bool, Trouble> {
        let mut state = count_sales(&matter.order, &matter.location, matter.target, sales);
        let is_all = !waits_for_till(&state, &matter.location);
        let target = effect(&matter.key.connection, &state, matter.restores);
        let delta = difference(&target, &state.applied);
        if state == matter.order && delta.is_empty() {
            return Ok(is_all);
        }
        state.applied = target;
        let change = OrderChange {
            key: matter.key.clone(),
            expected: Some(matter.revision.clone()),
            marks: Marks::between(Some(&matter.order), &state),
            state,
            delta,
            must_have: Default::default(),
            must_cover: Default::default(),
            newly_out: Default::default(),
            parks: Vec::new(),
            by: None,
            counts: Default::default(),
        };
        for step in pack(vec![change], &Default::default()) {
            self.table.save_step(&step, |_| matter.shop.keep_orders_days, &[]).await?;
        }
        Ok(is_all)
    }
}
