//! A stand-in for Shopee: orders, thin status messages, and stock that already leaves out what was ordered.
//!
//! CHANNELS §1; API schemas of open.shopee.com as kept in `congminh1254/shopee-sdk`, push guide and live VN
//! traffic as named there, read 2026-11-21.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::server::{Answer, Backend, Bend, Call, Door, Server};
use crate::{Fault, Push, SoldOut, StockWrite, Twin, TwinClock, TwinLine, TwinListing, TwinOrder, lock};

mod account;
mod api;
mod logins;
mod logistics;
mod orders;
mod products;
mod push;
mod shop;
mod stage;
#[cfg(test)]
mod tests;

use push::Outbox;
use shop::Shop;

pub(crate) use stage::on_stage;

/// What a Shopee twin is started with.
#[derive(Clone)]
pub struct ShopeeTwinConfig {
    /// The app's number.
    pub partner_id: u64,
    /// The app's key, used as text.
    pub partner_key: String,
    /// The shop's number.
    pub shop_id: u64,
    /// The access token that is good at the start.
    pub access_token: String,
    /// The one callback URL of the app, as registered; it is part of what is signed.
    pub callback_url: String,
    /// What the shop sells.
    pub listings: Vec<TwinListing>,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

/// A running stand-in for one Shopee shop.
pub struct ShopeeTwin {
    core: Arc<Core>,
    server: Server,
}

pub(crate) struct Core {
    config: ShopeeTwinConfig,
    door: Door,
    shop: Mutex<Shop>,
}

impl ShopeeTwin {
    /// Starts the twin on the loopback address; it stops when it is dropped.
    pub async fn start(config: ShopeeTwinConfig) -> io::Result<Arc<Self>> {
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

    /// A buyer orders without paying yet. The units leave the shown stock at once.
    pub fn place_unpaid_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines)
    }

    /// The buyer pays an unpaid order. `false` when it does not wait for that.
    pub fn pay_order(&self, id: &str) -> bool {
        self.core.shop().pay(id)
    }

    /// Sets units aside for a promotion: the stock cannot be written below them, and orders announce
    /// themselves with a `reserved_stock_change` push first.
    pub fn reserve_for_promotion(&self, listing: &str, units: i64) {
        self.core.shop().reserve_for_promotion(listing, units);
    }

    /// Forbids or allows stock changes of a listing, as during some promotions.
    pub fn lock_stock(&self, listing: &str, locked: bool) {
        self.core.shop().lock_stock(listing, locked);
    }

    /// Whether Shopee has switched the pushes off, as it does when more than 600 in six hours went badly.
    pub fn is_suspended(&self) -> bool {
        self.core.shop().outbox.is_suspended()
    }

    /// The access token that is good now.
    pub fn access_token(&self) -> String {
        self.core.shop().logins.access.clone()
    }

    /// The refresh token that is good now; each works once.
    pub fn refresh_token(&self) -> String {
        self.core.shop().logins.refresh.clone()
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

    // The documents show errors inside HTTP 200; a gateway in front answers with its own status and a wait.
    fn too_many(&self, retry_after_seconds: Option<u64>) -> Answer {
        let body = api::error_body("error_rate_limit", api::RATE_LIMITED);
        match retry_after_seconds {
            None => Answer::json(200, &body),
            Some(seconds) => Answer::json(429, &body).with("retry-after", seconds),
        }
    }

    fn server_error(&self, status: u16) -> Answer {
        Answer::json(status, &api::error_body("error_server", "Something wrong. Please try later."))
    }
}

impl Twin for ShopeeTwin {
    fn channel(&self) -> &'static str {
        "shopee"
    }

    fn base_url(&self) -> String {
        self.server.base_url()
    }

    /// Placed and paid in one go: two status pushes, `UNPAID` and `READY_TO_SHIP`, often in the same second.
    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        let mut shop = self.core.shop();
        let id = shop.place(lines)?;
        shop.pay(&id);
        Ok(id)
    }

    fn cancel_order(&self, id: &str) -> bool {
        self.core.shop().cancel(id)
    }

    /// Pushes `PROCESSED`, the tracking number and `SHIPPED`.
    fn ship_order(&self, id: &str) -> bool {
        self.core.shop().ship(id)
    }

    fn complete_order(&self, id: &str) -> bool {
        self.core.shop().complete(id)
    }

    fn order(&self, id: &str) -> Option<TwinOrder> {
        self.core.shop().orders.get(id).map(|order| order.facts.clone())
    }

    fn orders(&self) -> Vec<TwinOrder> {
        self.core.shop().orders.values().map(|order| order.facts.clone()).collect()
    }

    fn shown(&self, listing: &str) -> i64 {
        self.core.shop().shown(listing)
    }

    fn stock_writes(&self) -> Vec<StockWrite> {
        self.core.shop().writes.clone()
    }

    fn take_pushes(&self) -> Vec<Push> {
        self.core.shop().take_pushes()
    }

    fn push_answered(&self, push: &Push, status: u16, body_length: usize) {
        self.core.shop().push_answered(push, status, body_length);
    }

    // CHANNELS §1.1: 3 seconds (chat messages 2).
    fn push_patience(&self) -> Duration {
        Duration::from_secs(3)
    }

    /// Status `TO_RETURN`: a parcel on its way back, delivered or not.
    fn return_order(&self, id: &str) -> bool {
        self.core.shop().send_back(id)
    }

    fn lose_pushes(&self) {
        self.core.shop().lose_pushes();
    }

    fn lock_units(&self, listing: &str, units: i64) -> bool {
        self.core.shop().reserve_for_promotion(listing, units);
        true
    }

    fn subscriptions(&self) -> Vec<String> {
        self.core.shop().outbox.address().into_iter().collect()
    }

    fn edit_stock(&self, listing: &str, value: i64) -> bool {
        self.core.shop().edit_stock(listing, value);
        true
    }

    fn logins(&self) -> u64 {
        self.core.shop().logins.renewed
    }

    fn end_login(&self) -> bool {
        self.core.shop().logins.expire();
        true
    }

    fn inject(&self, fault: Fault) {
        self.core.door.faults.add(fault);
    }

    fn requests(&self) -> u64 {
        self.core.door.answered()
    }
}
