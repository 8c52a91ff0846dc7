//! A stand-in for Tiki: a marketplace that calls nobody, keeps its events in a queue until they are pulled, and whose
//! stock number still holds the units of its own open orders.
//!
//! CHANNELS §0.3 and §4; open.tiki.vn (event queue API, event type, inventory type, order payload, order status,
//! operation models, auth flows, common exceptions), read 2026-11-30. What those pages leave open is the twin's own
//! guess, and said so where it stands.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::server::{Answer, Backend, Bend, Call, Door, Server};
use crate::{Fault, Push, SoldOut, StockWrite, Twin, TwinClock, TwinLine, TwinListing, TwinOrder, lock};

mod api;
mod login;
mod orders;
mod products;
mod queue;
mod shop;
mod stage;
#[cfg(test)]
mod tests;

use shop::Shop;

pub(crate) use stage::on_stage;

/// What a Tiki twin is started with.
#[derive(Clone)]
pub struct TikiTwinConfig {
    /// The app's id.
    pub client_id: String,
    /// The app's secret.
    pub client_secret: String,
    /// The one address that is registered for the app's logins.
    pub redirect_url: String,
    /// What the seller is called.
    pub seller_name: String,
    /// The seller's one warehouse.
    pub warehouse_id: u64,
    /// How orders reach the buyer: `dropship`, `tiki_delivery`, `seller_delivery` or `cross_border`.
    pub fulfillment_type: String,
    /// Whether the app has a queue already that is told of the seller's orders.
    pub has_queue: bool,
    /// What the shop sells, by Tiki's product id.
    pub listings: Vec<TwinListing>,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

/// A running stand-in for one seller on Tiki, with one app that the seller has granted the account.
pub struct TikiTwin {
    core: Arc<Core>,
    server: Server,
}

pub(crate) struct Core {
    config: TikiTwinConfig,
    door: Door,
    shop: Mutex<Shop>,
}

impl TikiTwin {
    /// Starts the twin on the loopback address; it stops when it is dropped.
    pub async fn start(config: TikiTwinConfig) -> io::Result<Arc<Self>> {
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

    /// The seller's token that was given last.
    pub fn access_token(&self) -> String {
        self.core.shop().logins.access.clone()
    }

    /// The refresh token that was given last.
    pub fn refresh_token(&self) -> String {
        self.core.shop().logins.refresh.clone()
    }

    /// The code of the app's first queue, if it has one.
    pub fn queue_code(&self) -> Option<String> {
        self.core.shop().queues.first().map(|queue| queue.code.clone())
    }

    /// Units that Tiki holds for its own open orders.
    pub fn reserved(&self, listing: &str) -> i64 {
        self.core.shop().product(listing).map_or(0, |product| product.reserved)
    }

    /// The number that Tiki keeps: what can be bought, and what is reserved.
    pub fn available(&self, listing: &str) -> i64 {
        self.core.shop().product(listing).map_or(0, |product| product.available)
    }

    /// The parcel could not be delivered: Tiki calls the order `canceled`, like one that never left. The goods are on
    /// their way back, and no number moves. `false` unless it was shipped.
    pub fn fail_delivery(&self, id: &str) -> bool {
        self.core.shop().fail_delivery(id)
    }

    /// Whether shipped units stay in the number that Tiki keeps: then they are on sale again as soon as nothing reserves
    /// them, unless the seller has lowered the number before. Which of the two Tiki does is not documented; at the start
    /// a parcel takes its units off both numbers.
    pub fn keep_shipped_units(&self, keeps: bool) {
        self.core.shop().keeps_shipped = keeps;
    }

    /// Tiki stops an order to look into it, wherever it stands. `false` when it is unknown or ended.
    pub fn hold_order(&self, id: &str) -> bool {
        self.core.shop().hold(id)
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
        let answer = api::refuse(429, "You're requesting too many requests! Slow down!").into_answer();
        match retry_after_seconds {
            None => answer,
            Some(seconds) => answer.with("retry-after", seconds),
        }
    }

    fn server_error(&self, status: u16) -> Answer {
        api::refuse(status, "Service is down").into_answer()
    }
}

impl Twin for TikiTwin {
    fn channel(&self) -> &'static str {
        "tiki"
    }

    fn base_url(&self) -> String {
        self.server.base_url()
    }

    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines)
    }

    fn cancel_order(&self, id: &str) -> bool {
        self.core.shop().cancel(id)
    }

    fn ship_order(&self, id: &str) -> bool {
        self.core.shop().ship(id)
    }

    fn complete_order(&self, id: &str) -> bool {
        self.core.shop().complete(id)
    }

    fn order(&self, id: &str) -> Option<TwinOrder> {
        self.core.shop().order(id).map(|order| order.facts.clone())
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

    /// Tiki calls nobody.
    fn take_pushes(&self) -> Vec<Push> {
        Vec::new()
    }

    fn return_order(&self, id: &str) -> bool {
        self.core.shop().send_back(id)
    }

    /// What the seller types is the number that Tiki keeps: units on order are in it.
    fn edit_stock(&self, listing: &str, value: i64) -> bool {
        self.core.shop().set_available(listing, value)
    }

    fn logins(&self) -> u64 {
        self.core.shop().logins.given
    }

    fn end_login(&self) -> bool {
        self.core.shop().logins.end_access();
        true
    }

    /// No addresses: queue and event type, for each subscription that is switched on.
    fn subscriptions(&self) -> Vec<String> {
        queue::names(&self.core.shop())
    }

    fn inject(&self, fault: Fault) {
        self.core.door.faults.add(fault);
    }

    fn requests(&self) -> u64 {
        self.core.door.answered()
    }
}
