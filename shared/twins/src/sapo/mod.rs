//! A stand-in for a Sapo shop, as a website (Sapo Web) or as stores (Sapo Omni): whole orders in its webhooks.
//!
//! CHANNELS §9; support.sapo.vn (the pages named in each file), github.com/vinhch/BizwebSharp and
//! github.com/HaDuong24/Sapo.vn, read 2026-11-30. Sapo publishes little of how it behaves; where running shops report
//! otherwise than the documents, the twin follows the shops and says so.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::json;

use crate::server::{Answer, Backend, Bend, Call, Door, Server};
use crate::{Fault, Push, SoldOut, StockWrite, Twin, TwinClock, TwinLine, TwinListing, TwinOrder, lock};

mod api;
mod describe;
mod orders;
mod shop;
mod stage;
mod stock;
#[cfg(test)]
mod tests;
mod webhooks;

use shop::Shop;

pub(crate) use stage::on_stage;

/// Which of Sapo's two products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SapoProduct {
    /// A website at `*.mysapo.net`.
    Web,
    /// Stores and tills at `*.mysapogo.com`; it is only read.
    Omni,
}

/// What a Sapo twin is started with.
#[derive(Clone)]
pub struct SapoTwinConfig {
    /// Website or stores.
    pub product: SapoProduct,
    /// The app's API key.
    pub app_id: String,
    /// The app's secret; it signs webhooks too.
    pub app_secret: String,
    /// The shop's address as it stands in its messages, such as `lan.mysapo.net`.
    pub domain: String,
    /// Where webhooks go that are registered from the start; empty for none.
    pub webhook_url: String,
    /// The store's number, for stores.
    pub location_id: u64,
    /// Whether a single order is answered without its lines, as a running shop was seen to do.
    pub single_order_without_lines: bool,
    /// Calls it answers in a minute; 40 by the description of a client, more where a rehearsal must not wait.
    pub calls_per_minute: u32,
    /// What the shop sells; ids are `productId:variantId`.
    pub listings: Vec<TwinListing>,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

/// A running stand-in for one Sapo shop.
pub struct SapoTwin {
    core: Arc<Core>,
    server: Server,
}

pub(crate) struct Core {
    config: SapoTwinConfig,
    door: Door,
    shop: Mutex<Shop>,
}

impl SapoTwin {
    /// Starts the twin on the loopback address; it stops when it is dropped.
    pub async fn start(config: SapoTwinConfig) -> io::Result<Arc<Self>> {
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

    /// The token that opens the API now. It does not end by itself.
    pub fn access_token(&self) -> String {
        self.core.shop().token.clone()
    }

    /// A buyer orders and has not paid: Sapo holds the units all the same.
    pub fn place_unpaid_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines, false)
    }

    /// Units in the house, with those that open orders hold.
    pub fn on_hand(&self, listing: &str) -> i64 {
        self.core.shop().find(listing).map_or(0, |variant| variant.on_hand)
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
        let answer = Answer::json(429, &json!({"errors": "Too many requests"}));
        let answer = answer.with("x-sapo-api-call-limit", "40/40");
        match retry_after_seconds {
            None => answer,
            Some(seconds) => answer.with("retry-after", seconds),
        }
    }

    fn server_error(&self, status: u16) -> Answer {
        Answer::json(status, &json!({"errors": "Internal Server Error"}))
    }
}

impl Twin for SapoTwin {
    fn channel(&self) -> &'static str {
        "sapo"
    }

    fn base_url(&self) -> String {
        self.server.base_url()
    }

    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines, true)
    }

    /// Units do not come back on sale by themselves: only a cancel through the API may ask for that.
    fn cancel_order(&self, id: &str) -> bool {
        self.core.shop().cancel(id, "customer", false)
    }

    fn ship_order(&self, id: &str) -> bool {
        self.core.shop().ship(id, None, None)
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
        self.core.shop().find(listing).map_or(0, shop::Variant::available)
    }

    fn stock_writes(&self) -> Vec<StockWrite> {
        self.core.shop().writes.clone()
    }

    fn take_pushes(&self) -> Vec<Push> {
        std::mem::take(&mut self.core.shop().pushes)
    }

    fn return_order(&self, id: &str) -> bool {
        self.core.shop().send_back(id)
    }

    fn edit_stock(&self, listing: &str, value: i64) -> bool {
        self.core.shop().edit_stock(listing, value)
    }

    fn logins(&self) -> u64 {
        self.core.shop().logins
    }

    fn end_login(&self) -> bool {
        self.core.shop().token.clear();
        true
    }

    fn taken_orders(&self) -> Vec<(String, TwinOrder)> {
        let shop = self.core.shop();
        let taken = |order: &shop::Order| Some((order.reference.clone()?, order.facts.clone()));
        shop.orders.values().filter_map(taken).collect()
    }

    fn subscriptions(&self) -> Vec<String> {
        self.core.shop().webhooks.iter().map(|webhook| webhook.address.clone()).collect()
    }

    fn inject(&self, fault: Fault) {
        self.core.door.faults.add(fault);
    }

    fn requests(&self) -> u64 {
        self.core.door.answered()
    }
}
