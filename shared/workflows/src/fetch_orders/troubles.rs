//! Accounts that failed when their events were asked for last.

use super::Failure;
use commerce::ids::{ConnectionId, ShopId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Which accounts failed when they were asked last, so that each failure is logged once and nobody knocks all the time.
#[derive(Clone, Default)]
pub struct Troubles(Arc<Mutex<BTreeMap<(ShopId, ConnectionId), Trouble>>>);

struct Trouble {
    why: String,
    at_ms: i64,
}

impl Troubles {
    pub(super) fn is_left_alone(&self, shop: &ShopId, connection: &ConnectionId, since_ms: i64) -> bool {
        let troubles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        troubles.get(&(shop.clone(), connection.clone())).is_some_and(|trouble| trouble.at_ms > since_ms)
    }

    pub(super) fn note(
        &self,
        shop: &ShopId,
        connection: &ConnectionId,
        at_ms: i64,
        pulled: Result<(), Failure>,
    ) {
        let mut troubles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let account = (shop.clone(), connection.clone());
        let Err(failure) = pulled else {
            if troubles.remove(&account).is_some() {
                tracing::info!(%shop, %connection, "events pulled again");
            }
            return;
        };
        let why = failure.to_string();
        let earlier = troubles.insert(account, Trouble { why: why.clone(), at_ms });
        if earlier.is_none_or(|earlier| earlier.why != why) {
            tracing::warn!(%shop, %connection, why, "events not pulled; tried again");
        }
    }
}
