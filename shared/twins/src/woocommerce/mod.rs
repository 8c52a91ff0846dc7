//! A stand-in for a WooCommerce website: full order messages, stock that may go below zero, no second try.
//!
//! CHANNELS §7; source of `woocommerce/woocommerce` and a real run of WooCommerce 10.5.0 on WordPress 6.9.1,
//! read 2026-11-21.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::server::{Answer, Backend, Bend, Call, Door, Server};
use crate::{
    Fault, Push, SoldOut, StockWrite, Twin, TwinClock, TwinLine, TwinListing, TwinOrder, TwinOrderState, lock,
};

mod api;
mod keys;
mod orders;
mod products;
mod shop;
mod stage;
mod taken;
#[cfg(test)]
mod tests;
mod webhooks;

use shop::Shop;

pub(crate) use stage::on_stage;

/// What a WooCommerce twin is started with.
#[derive(Clone)]
pub struct WooCommerceTwinConfig {
    /// `ck_…`
    pub consumer_key: String,
    /// `cs_…`
    pub consumer_secret: String,
    /// The webhook secret as stored, that is with HTML entities (`a&amp;b` signs with `a&b`).
    pub webhook_secret: String,
    /// Where webhooks go.
    pub delivery_url: String,
    /// Number of the first webhook (`order.created`); `order.updated` and `product.updated` follow it.
    pub webhook_id: u64,
    /// What the shop sells.
    pub listings: Vec<TwinListing>,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

/// A running stand-in for one WooCommerce website.
pub struct WooCommerceTwin {
    core: Arc<Core>,
    server: Server,
}

pub(crate) struct Core {
    config: WooCommerceTwinConfig,
    door: Door,
    shop: Mutex<Shop>,
}

impl WooCommerceTwin {
    /// Starts the twin on the loopback address; it stops when it is dropped.
    pub async fn start(config: WooCommerceTwinConfig) -> io::Result<Arc<Self>> {
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

    /// The REST base: [`Twin::base_url`] plus `/wp-json/wc/v3`.
    pub fn rest_url(&self) -> String {
        format!("{}{}", self.server.base_url(), api::REST_PATH)
    }

    /// A buyer orders without paying: status `pending`, and WooCommerce takes nothing from its stock yet.
    pub fn place_unpaid_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines, "pending")
    }

    /// The buyer pays a pending order; now the stock is taken, below zero if need be. `false` when the order
    /// does not wait for that.
    pub fn pay_order(&self, id: &str) -> bool {
        self.core.shop().advance(id, &[TwinOrderState::Unpaid], "processing", TwinOrderState::Paid)
    }

    /// The shop throws an order into the trash, which sends `order.deleted` with nothing but its number.
    pub fn trash_order(&self, id: &str) -> bool {
        id.parse().is_ok_and(|id| self.core.shop().trash(id))
    }

    /// The shop takes it out of the trash again.
    pub fn restore_order(&self, id: &str) -> bool {
        id.parse().is_ok_and(|id| self.core.shop().restore(id))
    }

    /// The message sent when a webhook is first saved: a form with the webhook's number, unsigned, without any
    /// header of WooCommerce's own. It must be answered with 200.
    pub fn ping(&self) -> Push {
        webhooks::ping(&self.core.config)
    }

    /// Whether the webhook with this number still sends; it is disabled on the 7th straight failure.
    pub fn webhook_is_active(&self, id: u64) -> bool {
        self.core.shop().webhooks.iter().any(|webhook| webhook.id == id && webhook.is_active())
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

    // WooCommerce itself has no limit; the host in front of it answers, in its own words (CHANNELS §7.4).
    fn too_many(&self, retry_after_seconds: Option<u64>) -> Answer {
        let answer = Answer::bytes(429, "text/html", b"<html><h1>429 Too Many Requests</h1></html>".to_vec());
        match retry_after_seconds {
            None => answer,
            Some(seconds) => answer.with("retry-after", seconds),
        }
    }

    fn server_error(&self, status: u16) -> Answer {
        let message = "<p>There has been a critical error on this website.</p>";
        api::refuse(status, "internal_server_error", message).into_answer()
    }
}

impl Twin for WooCommerceTwin {
    fn channel(&self) -> &'static str {
        "woocommerce"
    }

    fn base_url(&self) -> String {
        self.server.base_url()
    }

    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines, "processing")
    }

    fn cancel_order(&self, id: &str) -> bool {
        let open = [TwinOrderState::Unpaid, TwinOrderState::Paid];
        self.core.shop().advance(id, &open, "cancelled", TwinOrderState::Cancelled)
    }

    /// WooCommerce has no word for "shipped": the shop sets `completed`.
    fn ship_order(&self, id: &str) -> bool {
        self.core.shop().advance(id, &[TwinOrderState::Paid], "completed", TwinOrderState::Shipped)
    }

    /// From paid it sets `completed`; after shipping the website notices nothing more.
    fn complete_order(&self, id: &str) -> bool {
        let open = [TwinOrderState::Paid, TwinOrderState::Shipped];
        self.core.shop().advance(id, &open, "completed", TwinOrderState::Completed)
    }

    fn order(&self, id: &str) -> Option<TwinOrder> {
        let id: u64 = id.parse().ok()?;
        self.core.shop().orders.get(&id).map(|order| order.facts.clone())
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

    /// The payload is built now, not when the event happened, as the real program does (CHANNELS §7.1).
    fn take_pushes(&self) -> Vec<Push> {
        webhooks::take(&mut self.core.shop(), &self.base_url())
    }

    fn push_answered(&self, push: &Push, status: u16, _body_length: usize) {
        webhooks::answered(&mut self.core.shop(), push, status);
    }

    fn push_patience(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// The shop refunds what came back: status `refunded`, which puts no unit back on sale.
    fn return_order(&self, id: &str) -> bool {
        let mut shop = self.core.shop();
        let out = [TwinOrderState::Shipped, TwinOrderState::Completed];
        let order = id.parse().ok().and_then(|id: u64| shop.orders.get(&id));
        let Some(order) = order.filter(|order| order.status == "completed") else { return false };
        let state = order.facts.state;
        shop.advance(id, &out, "refunded", state)
    }

    fn taken_orders(&self) -> Vec<(String, TwinOrder)> {
        let shop = self.core.shop();
        let taken = shop.orders.values().filter(|order| order.is_taken);
        let reference = |order: &shop::Order| {
            let value = order.notes.first().and_then(|note| note.get("value")?.as_str());
            value.unwrap_or_default().to_owned()
        };
        taken.map(|order| (reference(order), order.facts.clone())).collect()
    }

    fn subscriptions(&self) -> Vec<String> {
        let shop = self.core.shop();
        shop.webhooks
            .iter()
            .filter(|webhook| webhook.is_active())
            .map(|webhook| webhook.url.clone())
            .collect()
    }

    fn broken_push(&self) -> Option<Push> {
        webhooks::broken(&self.core.shop(), &self.base_url())
    }

    fn edit_stock(&self, listing: &str, value: i64) -> bool {
        self.core.shop().edit_stock(listing, value);
        true
    }

    fn inject(&self, fault: Fault) {
        self.core.door.faults.add(fault);
    }

    fn requests(&self) -> u64 {
        self.core.door.answered()
    }
}
