//! Goods that a buyer comes for and that no store has said to be ready: how long that lasts, and what is worth telling of it.

use crate::reconcile::{Reconcile, Trouble as Failed};
use commerce::Timestamp;
use commerce::alert::{Alert, AlertRule, Trouble};
use commerce::catalogue::Shop;
use commerce::ids::LocationId;
use commerce::plan::OrderKey;
use std::collections::BTreeMap;

/// One that has waited long enough to be told of; twice, where it has waited still longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waits {
    pub(crate) key: OrderKey,
    since: Timestamp,
    minutes: u32,
    is_again: bool,
}

impl Waits {
    /// What is told of it; the store stands in the order.
    pub(crate) fn alert(&self, location: LocationId) -> Alert {
        let (connection, order) = (self.key.connection.clone(), self.key.order.clone());
        let (minutes, is_again) = (self.minutes, self.is_again);
        let trouble = Trouble::PickUpWaits { connection, order, location, minutes, is_again };
        Alert { trouble, since: self.since }
    }

    /// True where the shop has been told.
    pub(crate) fn is_told(&self, told: &[Alert]) -> bool {
        let is_it = |alert: &Alert| match &alert.trouble {
            Trouble::PickUpWaits { connection, order, is_again, .. } => {
                (connection, order, *is_again) == (&self.key.connection, &self.key.order, self.is_again)
            }
            _ => false,
        };
        told.iter().any(is_it)
    }
}

/// Those of them that are worth telling, by the shop's minutes.
pub(crate) fn that_wait(
    rule: AlertRule,
    waiting: &BTreeMap<OrderKey, Timestamp>,
    now: Timestamp,
) -> Vec<Waits> {
    let stages = [(rule.pick_up_minutes, false), (rule.pick_up_again_minutes, true)];
    let of = |(key, since): (&OrderKey, &Timestamp)| {
        let waited_ms = now.as_millisecond() - since.as_millisecond();
        let reached =
            stages.into_iter().filter(move |(minutes, _)| waited_ms >= i64::from(*minutes) * 60_000);
        let (key, since) = (key.clone(), *since);
        reached.map(move |(minutes, is_again)| Waits { key: key.clone(), since, minutes, is_again })
    };
    waiting.iter().flat_map(of).collect()
}

impl Reconcile {
    /// What a shop's people should hear about pick-ups; the order itself says where it lies, and that it still waits.
    pub(super) async fn pick_ups_that_wait(&self, shop: &Shop, now: Timestamp) -> Result<Vec<Alert>, Failed> {
        let table = &self.passes.table;
        let waits = that_wait(shop.report.alerts, &table.waiting_pick_ups(&shop.id).await?, now);
        if waits.is_empty() {
            return Ok(Vec::new());
        }
        let mut keys: Vec<OrderKey> = waits.iter().map(|waits| waits.key.clone()).collect();
        keys.dedup();
        let orders = table.load_orders(&keys, true).await?;
        let alert = |waits: &Waits| {
            let (state, _) = orders.get(&waits.key)?;
            state.waits_for_store()?;
            let decision = state.lines.iter().find_map(|line| line.decision.as_ref())?;
            Some(waits.alert(decision.location.clone()))
        };
        Ok(waits.iter().filter_map(alert).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::ids::{ConnectionId, OrderId, ShopId};

    #[test]
    fn each_of_two_times_is_told_once() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        let key = OrderKey {
            shop: ShopId::new("demo").unwrap(),
            connection: ConnectionId::new("chat").unwrap(),
            order: OrderId::new("FB-7").unwrap(),
        };
        let waiting = BTreeMap::from([(key, at(0))]);
        let (hn, rule) = (LocationId::new("hn").unwrap(), AlertRule::default());
        let mut told: Vec<Alert> = Vec::new();
        let mut news = Vec::new();
        for minute in 0..=200 {
            for waits in that_wait(rule, &waiting, at(minute)) {
                if !waits.is_told(&told) {
                    told.push(waits.alert(hn.clone()));
                    news.push((minute, waits.minutes, waits.is_again));
                }
            }
        }
        assert_eq!(news, [(60, 60, false), (90, 90, true)]);
    }
}
