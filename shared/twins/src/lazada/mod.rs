//! A stand-in for Lazada: one status for every unit of an order, a message for each, and stock in three heaps.
//!
//! CHANNELS §2; open.lazada.com (Lazada Push Mechanism, inventory calculation logic 121233, inventory management
//! 121234, order and fulfilment guides), read 2026-11-21 and 2026-11-30 from copies in
//! `lazykern/ecommerce-api-docs`.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::server::{Answer, Backend, Bend, Call, Door, Server};
use crate::{Fault, Push, SoldOut, StockWrite, Twin, TwinClock, TwinLine, TwinListing, TwinOrder, lock};

mod api;
mod logins;
mod orders;
mod parcels;
mod products;
mod push;
mod shop;
mod stage;
#[cfg(test)]
mod tests;
mod xml;

use shop::Shop;

pub(crate) use stage::on_stage;

/// What a Lazada twin is started with.
#[derive(Clone)]
pub struct LazadaTwinConfig {
    /// The app's key.
    pub app_key: String,
    /// The app's secret.
    pub app_secret: String,
    /// The seller's number.
    pub seller_id: String,
    /// The access token that is good at the start.
    pub access_token: String,
    /// The address registered with the app, to which a grant is sent; a link must name exactly this one.
    pub redirect_url: String,
    /// The one address of the app that is pushed to.
    pub push_url: String,
    /// What the seller sells.
    pub listings: Vec<TwinListing>,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

/// A running stand-in for one Lazada seller.
pub struct LazadaTwin {
    core: Arc<Core>,
    server: Server,
}

pub(crate) struct Core {
    config: LazadaTwinConfig,
    door: Door,
    shop: Mutex<Shop>,
}

impl LazadaTwin {
    /// Starts the twin on the loopback address; it stops when it is dropped.
    pub async fn start(config: LazadaTwinConfig) -> io::Result<Arc<Self>> {
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

    /// A buyer orders without paying yet. The units are withheld for half an hour.
    pub fn place_unpaid_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines)
    }

    /// The buyer pays an unpaid order. `false` when it does not wait for that.
    pub fn pay_order(&self, id: &str) -> bool {
        self.core.shop().pay(id)
    }

    /// The buyer calls off some units of one listing and keeps the rest. `false` when there are not so many that are
    /// not yet handed over.
    pub fn cancel_units(&self, id: &str, listing: &str, units: u32) -> bool {
        self.core.shop().cancel_units(id, listing, units)
    }

    /// A large campaign begins or ends, in which the stock of a listing may be raised but not lowered.
    pub fn allow_raising_only(&self, listing: &str, raising_only: bool) {
        self.core.shop().allow_raising_only(listing, raising_only);
    }

    /// Units of a listing by heap: sellable, withheld for unpaid orders, occupied by paid ones.
    pub fn heaps(&self, listing: &str) -> (i64, i64, i64) {
        self.core.shop().heaps(listing)
    }

    /// Whether pushing has stopped because more than half of the answers were bad.
    pub fn pushing_has_stopped(&self) -> bool {
        self.core.shop().outbox.has_stopped()
    }

    /// The access token that is good now.
    pub fn access_token(&self) -> String {
        self.core.shop().logins.access.clone()
    }

    /// The refresh token; it stays the same until a new grant.
    pub fn refresh_token(&self) -> String {
        self.core.shop().logins.refresh.clone()
    }
}

impl Core {
    /// The shop as it is now: what has run out in the meantime is ended first.
    pub(crate) fn shop(&self) -> MutexGuard<'_, Shop> {
        let mut shop = lock(&self.shop);
        shop.end_unpaid();
        shop
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
        let body =
            api::error_body("ISP", "ApiCallLimit", "The request has exceeded the call limit of the API");
        match retry_after_seconds {
            None => Answer::json(200, &body),
            Some(seconds) => Answer::json(429, &body).with("retry-after", seconds),
        }
    }

    fn server_error(&self, status: u16) -> Answer {
        Answer::json(status, &api::error_body("SYSTEM", "ServiceUnavailable", "Service is unavailable"))
    }
}

impl Twin for LazadaTwin {
    fn channel(&self) -> &'static str {
        "lazada"
    }

    fn base_url(&self) -> String {
        self.server.base_url()
    }

    /// Placed and paid in one go: two messages for every unit, `unpaid` and `pending`.
    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        let mut shop = self.core.shop();
        let id = shop.place(lines)?;
        shop.pay(&id);
        Ok(id)
    }

    fn cancel_order(&self, id: &str) -> bool {
        self.core.shop().cancel(id)
    }

    /// Packs and makes ready what is not yet, then the courier takes it.
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
        self.core.shop().heaps(listing).0
    }

    fn stock_writes(&self) -> Vec<StockWrite> {
        self.core.shop().writes.clone()
    }

    fn take_pushes(&self) -> Vec<Push> {
        self.core.shop().take_pushes()
    }

    fn push_answered(&self, push: &Push, status: u16, _body_length: usize) {
        self.core.shop().push_answered(push, status);
    }

    // CHANNELS §2.1: half a second.
    fn push_patience(&self) -> Duration {
        Duration::from_millis(500)
    }

    fn return_order(&self, id: &str) -> bool {
        self.core.shop().send_back(id)
    }

    fn edit_stock(&self, listing: &str, value: i64) -> bool {
        self.core.shop().edit_stock(listing, value)
    }

    fn lock_units(&self, listing: &str, units: i64) -> bool {
        self.core.shop().lock_units(listing, units)
    }

    fn logins(&self) -> u64 {
        self.core.shop().logins.given
    }

    fn end_login(&self) -> bool {
        self.core.shop().logins.end();
        true
    }

    fn inject(&self, fault: Fault) {
        self.core.door.faults.add(fault);
    }

    fn requests(&self) -> u64 {
        self.core.door.answered()
    }
}
