//! A stand-in for Sendo, whose marketplace closed on 15 April 2025: kept for practice, because there is no shop left on
//! it to be connected with.
//!
//! **Why it exists only as a twin.** A connector to a market that is closed would be dead code. Its habits are worth
//! practising all the same, as no other stand-in has them together: a webhook that nobody signs (so it proves nothing,
//! and an order must be asked for before it is believed), a login that may be asked for five times a second at most,
//! and pages that are turned by a token which outweighs every other wish.
//!
//! CHANNELS §5; help-seller.sendo.vn (registration api, product list, update order status, create order, order
//! update), read 2026-11-30. How refusals are written is only outlined there (`success`, `error.message`,
//! `status_code`); which HTTP status they carry, and that a cancelled order's units go back on sale, is the twin's own
//! guess.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::server::{Answer, Backend, Bend, Call, Door, Server};
use crate::{Fault, Push, SoldOut, StockWrite, Twin, TwinClock, TwinLine, TwinListing, TwinOrder, lock};

mod api;
mod shop;
#[cfg(test)]
mod tests;

use shop::Shop;

/// What a Sendo twin is started with.
#[derive(Clone)]
pub struct SendoTwinConfig {
    /// The shop's number.
    pub store_id: u64,
    /// The shop's key; it names the shop in every webhook, and is no proof of anything.
    pub shop_key: String,
    /// The shop's secret.
    pub secret_key: String,
    /// Where webhooks go; empty for none.
    pub webhook_url: String,
    /// Whether the shop brings its parcels itself: only then may it say that one arrived.
    pub is_self_shipping: bool,
    /// What the shop sells, by Sendo's product id.
    pub listings: Vec<TwinListing>,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

/// A running stand-in for one Sendo shop.
pub struct SendoTwin {
    core: Arc<Core>,
    server: Server,
}

pub(crate) struct Core {
    config: SendoTwinConfig,
    door: Door,
    shop: Mutex<Shop>,
}

impl SendoTwin {
    /// Starts the twin on the loopback address; it stops when it is dropped.
    pub async fn start(config: SendoTwinConfig) -> io::Result<Arc<Self>> {
        let shop = Shop::new(&config)?;
        let port = config.port;
        let core = Arc::new(Core { door: Door::new(config.latency), shop: Mutex::new(shop), config });
        let server = Server::start(core.clone(), port).await?;
        Ok(Arc::new(Self { core, server }))
    }

    /// Stops serving; what the twin knows can still be asked.
    pub fn stop(&self) {
        self.server.stop();
    }
}

impl Core {
    pub(crate) fn shop(&self) -> MutexGuard<'_, Shop> {
        lock(&self.shop)
    }
}

impl Backend for Core {
    fn door(&self) -> &Door {
        &self.door
    }

    fn answer(&self, call: &Call, bend: &Bend) -> Answer {
        api::answer(self, call, bend)
    }

    fn too_many(&self, retry_after_seconds: Option<u64>) -> Answer {
        let answer = api::refused(429, "Too many requests");
        match retry_after_seconds {
            None => answer,
            Some(seconds) => answer.with("retry-after", seconds),
        }
    }

    fn server_error(&self, status: u16) -> Answer {
        api::refused(status, "Internal Server Error")
    }
}

impl Twin for SendoTwin {
    fn channel(&self) -> &'static str {
        "sendo"
    }

    fn base_url(&self) -> String {
        self.server.base_url()
    }

    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines)
    }

    fn cancel_order(&self, id: &str) -> bool {
        self.core.shop().cancel(id, "buyer")
    }

    fn ship_order(&self, id: &str) -> bool {
        self.core.shop().ship(id)
    }

    fn complete_order(&self, id: &str) -> bool {
        self.core.shop().complete(id)
    }

    fn order(&self, id: &str) -> Option<TwinOrder> {
        self.core.shop().orders.get(id).cloned()
    }

    fn orders(&self) -> Vec<TwinOrder> {
        self.core.shop().orders.values().cloned().collect()
    }

    fn shown(&self, listing: &str) -> i64 {
        self.core.shop().shown(listing)
    }

    /// Stock was written with the whole product; the twin serves no such call.
    fn stock_writes(&self) -> Vec<StockWrite> {
        Vec::new()
    }

    fn take_pushes(&self) -> Vec<Push> {
        std::mem::take(&mut self.core.shop().waiting)
    }

    fn logins(&self) -> u64 {
        self.core.shop().logins.given
    }

    fn end_login(&self) -> bool {
        self.core.shop().logins.good_until.clear();
        true
    }

    fn inject(&self, fault: Fault) {
        self.core.door.faults.add(fault);
    }

    fn requests(&self) -> u64 {
        self.core.door.answered()
    }
}
