//! A stand-in for a Shopify shop: whole orders in its messages, everything else behind one GraphQL address.
//!
//! CHANNELS §6; shopify.dev for the Admin API 2026-07, webhooks and OAuth, read 2026-11-30.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::server::{Answer, Backend, Bend, Call, Door, Server};
use crate::{
    Fault, Push, SoldOut, StockWrite, Twin, TwinClock, TwinLine, TwinListing, TwinOrder, TwinOrderState, lock,
};

mod api;
mod graphql;
mod login;
mod news;
mod orders;
mod shop;
mod stage;
mod stock;
#[cfg(test)]
mod tests;
mod webhooks;

use login::Logins;
use shop::Shop;

/// How a buyer pays by card.
const CARD: &str = "shopify_payments";
/// How a buyer pays at the door.
const COD: &str = "Cash on Delivery (COD)";
/// How a buyer pays by transfer, some day.
const TRANSFER: &str = "Bank Deposit";

pub(crate) use stage::on_stage;

/// What a Shopify twin is started with.
#[derive(Clone)]
pub struct ShopifyTwinConfig {
    /// The name before `.myshopify.com`.
    pub shop: String,
    /// What people call the shop.
    pub name: String,
    /// The app's id.
    pub client_id: String,
    /// The app's secret; it signs webhooks and the browser's way back.
    pub client_secret: String,
    /// What the app may do.
    pub scopes: Vec<String>,
    /// Where the browser may be sent back to.
    pub redirect_urls: Vec<String>,
    /// The store that keeps stock.
    pub location_id: u64,
    /// Where the app's own configuration sends webhooks; empty for nowhere.
    pub delivery_url: String,
    /// What the shop sells; a listing's id is its variant's number.
    pub listings: Vec<TwinListing>,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

impl ShopifyTwinConfig {
    pub(crate) fn domain(&self) -> String {
        format!("{}.myshopify.com", self.shop)
    }
}

/// A running stand-in for one Shopify shop.
pub struct ShopifyTwin {
    core: Arc<Core>,
    server: Server,
}

pub(crate) struct Core {
    config: ShopifyTwinConfig,
    door: Door,
    shop: Mutex<Shop>,
    logins: Mutex<Logins>,
}

impl ShopifyTwin {
    /// Starts the twin on the loopback address; it stops when it is dropped. The app was let in already.
    pub async fn start(config: ShopifyTwinConfig) -> io::Result<Arc<Self>> {
        let (shop, logins) = (Mutex::new(Shop::new(&config)?), Mutex::new(Logins::new(&config)));
        let port = config.port;
        let core = Arc::new(Core { door: Door::new(config.latency), shop, logins, config });
        let server = Server::start(core.clone(), port).await?;
        Ok(Arc::new(Self { core, server }))
    }

    /// Stops serving; what the twin knows can still be asked.
    pub fn stop(&self) {
        self.server.stop();
    }

    /// The token that opens the API now.
    pub fn access_token(&self) -> String {
        self.core.logins().access.clone()
    }

    /// The token that gets the next one.
    pub fn refresh_token(&self) -> String {
        self.core.logins().refresh.clone()
    }

    /// A buyer orders and will pay by transfer; the units are committed all the same.
    pub fn place_unpaid_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines, "pending", TRANSFER)
    }

    /// A buyer orders and will pay at the door: `pending` until the money is booked.
    pub fn place_cod_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines, "pending", COD)
    }

    /// The money has come. `false` when the order does not wait for it.
    pub fn pay_order(&self, id: &str) -> bool {
        self.with(id, |shop, id| shop.pay(id))
    }

    /// The order is called off and nobody ticks "restock": its units go nowhere.
    pub fn cancel_without_restock(&self, id: &str) -> bool {
        self.with(id, |shop, id| shop.cancel(id, false))
    }

    /// Somebody takes units out of an order before they are sent. `false` when they are not there.
    pub fn edit_out(&self, id: &str, listing: &str, units: u32) -> bool {
        self.with(id, |shop, id| shop.edit_out(id, listing, units))
    }

    /// Sends so many units of one listing of an order, in a parcel of their own.
    pub fn ship_part(&self, id: &str, listing: &str, units: u32) -> bool {
        self.with(id, |shop, id| {
            let order = shop.orders.get(&id);
            let line = order.and_then(|o| o.lines.iter().find(|line| line.variant.to_string() == listing));
            line.map(|line| line.id).is_some_and(|line| shop.send(id, &[(line, units)], None))
        })
    }

    fn with(&self, id: &str, act: impl FnOnce(&mut Shop, u64) -> bool) -> bool {
        id.parse().is_ok_and(|id| act(&mut self.core.shop(), id))
    }
}

impl Core {
    pub(crate) fn shop(&self) -> MutexGuard<'_, Shop> {
        lock(&self.shop)
    }

    pub(crate) fn logins(&self) -> MutexGuard<'_, Logins> {
        lock(&self.logins)
    }
}

impl Backend for Core {
    fn door(&self) -> &Door {
        &self.door
    }

    fn answer(&self, call: &Call, bend: &Bend) -> Answer {
        api::answer(self, call, bend)
    }

    /// The root fields stand behind the path, between spaces: `… orders `.
    fn named(&self, path_and_query: &str, body: &Bytes) -> String {
        let body: Option<Value> = serde_json::from_slice(body).ok();
        let document = body.as_ref().and_then(|body| body.get("query")?.as_str()).unwrap_or_default();
        format!("{path_and_query} {} ", graphql::root_names(document).join(" "))
    }

    fn too_many(&self, retry_after_seconds: Option<u64>) -> Answer {
        api::throttled(retry_after_seconds)
    }

    fn server_error(&self, status: u16) -> Answer {
        Answer::bytes(status, "text/html", b"<html><body>Something went wrong</body></html>".to_vec())
    }
}

impl Twin for ShopifyTwin {
    fn channel(&self) -> &'static str {
        "shopify"
    }

    fn base_url(&self) -> String {
        self.server.base_url()
    }

    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines, "paid", CARD)
    }

    /// With "restock" ticked, as Shopify proposes.
    fn cancel_order(&self, id: &str) -> bool {
        self.with(id, |shop, id| shop.cancel(id, true))
    }

    fn ship_order(&self, id: &str) -> bool {
        self.with(id, |shop, id| {
            let is_paid = shop.orders.get(&id).is_some_and(|o| o.facts.state == TwinOrderState::Paid);
            is_paid && shop.send_all(id)
        })
    }

    /// The carrier reports the delivery.
    fn complete_order(&self, id: &str) -> bool {
        self.with(id, |shop, id| {
            let is_paid = shop.orders.get(&id).is_some_and(|o| o.facts.state == TwinOrderState::Paid);
            (!is_paid || shop.send_all(id)) && shop.deliver(id)
        })
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

    fn take_pushes(&self) -> Vec<Push> {
        self.core.shop().take_due()
    }

    fn push_answered(&self, push: &Push, status: u16, _body_length: usize) {
        self.core.shop().answered(push, status);
    }

    fn return_order(&self, id: &str) -> bool {
        self.with(id, Shop::take_back)
    }

    fn edit_stock(&self, listing: &str, value: i64) -> bool {
        self.with(listing, |shop, variant| {
            shop.set_available(variant, value);
            true
        })
    }

    fn logins(&self) -> u64 {
        self.core.logins().given
    }

    fn end_login(&self) -> bool {
        let now = (self.core.config.clock)();
        self.core.logins().end_access(now);
        true
    }

    fn taken_orders(&self) -> Vec<(String, TwinOrder)> {
        let shop = self.core.shop();
        let taken = |order: &shop::Order| Some((order.source_identifier.clone()?, order.facts.clone()));
        shop.orders.values().filter_map(taken).collect()
    }

    /// One for each address: Shopify keeps one subscription for each topic, and an address with several counts once.
    fn subscriptions(&self) -> Vec<String> {
        let shop = self.core.shop();
        let made = shop.listeners.iter().filter(|listener| listener.id.is_some());
        let mut addresses: Vec<String> = made.map(|listener| listener.uri.clone()).collect();
        addresses.sort();
        addresses.dedup();
        addresses
    }

    fn inject(&self, fault: Fault) {
        self.core.door.faults.add(fault);
    }

    fn requests(&self) -> u64 {
        self.core.door.answered()
    }
}
