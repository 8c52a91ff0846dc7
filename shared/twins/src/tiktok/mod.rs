//! A stand-in for TikTok Shop: one row per unit, thin messages, stock that leaves out what was ordered and holds what
//! a campaign has locked.
//!
//! CHANNELS §3; pages of partner.tiktokshop.com as kept in `lazykern/ecommerce-api-docs` and in generated references,
//! live Vietnamese answers as named there, read 2026-11-21 and 2026-11-30.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::json;

use crate::server::{Answer, Backend, Bend, Call, Door, Server};
use crate::{Fault, Push, SoldOut, StockWrite, Twin, TwinClock, TwinLine, TwinListing, TwinOrder, lock};

mod account;
mod api;
mod fulfilment;
mod logins;
mod orders;
mod products;
mod push;
mod shop;
mod stage;
#[cfg(test)]
mod tests;

use shop::Shop;

pub(crate) use stage::on_stage;

/// What a TikTok Shop twin is started with.
#[derive(Clone)]
pub struct TikTokTwinConfig {
    /// The app's key.
    pub app_key: String,
    /// The app's secret.
    pub app_secret: String,
    /// The app's number on the page where sellers grant it.
    pub service_id: String,
    /// The shop's number.
    pub shop_id: String,
    /// What names the shop in calls.
    pub shop_cipher: String,
    /// The shop's one warehouse.
    pub warehouse_id: String,
    /// The access token that is good at the start.
    pub access_token: String,
    /// Where pushes go, as registered for the app.
    pub webhook_url: String,
    /// Where the browser is sent after a grant, as registered for the app.
    pub redirect_url: String,
    /// Whether the seller's own carrier fetches the parcels, and not TikTok's.
    pub seller_ships: bool,
    /// What the shop sells.
    pub listings: Vec<TwinListing>,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

/// A running stand-in for one shop on TikTok Shop.
pub struct TikTokTwin {
    core: Arc<Core>,
    server: Server,
}

pub(crate) struct Core {
    config: TikTokTwinConfig,
    door: Door,
    shop: Mutex<Shop>,
}

impl TikTokTwin {
    /// Starts the twin on the loopback address; it stops when it is dropped.
    pub async fn start(config: TikTokTwinConfig) -> io::Result<Arc<Self>> {
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

    /// A buyer orders without paying yet. The units leave the available number at once.
    pub fn place_unpaid_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines)
    }

    /// The buyer pays an unpaid order. `false` when it does not wait for that.
    pub fn pay_order(&self, id: &str) -> bool {
        self.core.shop().pay(id, false)
    }

    /// A buyer orders and pays, and may call it off for an hour without asking: the order is on hold.
    pub fn place_on_hold_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        let mut shop = self.core.shop();
        let id = shop.place(lines)?;
        shop.pay(&id, true);
        Ok(id)
    }

    /// The buyer asks for a return of what was sent. Its order never says so; only a push does.
    pub fn request_return(&self, id: &str) -> bool {
        self.core.shop().request_return(id)
    }

    /// Whether the units of orders that are called off from now on go back on sale by themselves.
    pub fn replenish_on_cancel(&self, replenish: bool) {
        self.core.shop().replenishes = replenish;
    }

    /// The access token that is good now.
    pub fn access_token(&self) -> String {
        self.core.shop().logins.access.clone()
    }

    /// The refresh token that is good now.
    pub fn refresh_token(&self) -> String {
        self.core.shop().logins.refresh.clone()
    }
}

impl Core {
    /// The shop as it stands now: holds that are over end first.
    pub(crate) fn shop(&self) -> MutexGuard<'_, Shop> {
        let mut shop = lock(&self.shop);
        shop.end_holds();
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

    // CHANNELS §3.4: code 36009002, or HTTP 429 from the gateway in front.
    fn too_many(&self, retry_after_seconds: Option<u64>) -> Answer {
        let body = json!({"code": 36_009_002, "message": "Too many requests", "request_id": "r"});
        match retry_after_seconds {
            None => Answer::json(200, &body),
            Some(seconds) => Answer::json(429, &body).with("retry-after", seconds),
        }
    }

    fn server_error(&self, status: u16) -> Answer {
        Answer::json(status, &json!({"code": 36_009_003, "message": "Internal error", "request_id": "r"}))
    }
}

impl Twin for TikTokTwin {
    fn channel(&self) -> &'static str {
        "tiktok"
    }

    fn base_url(&self) -> String {
        self.server.base_url()
    }

    /// Placed and paid in one go: two order pushes, `UNPAID` and `AWAITING_SHIPMENT`.
    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        let mut shop = self.core.shop();
        let id = shop.place(lines)?;
        shop.pay(&id, false);
        Ok(id)
    }

    fn cancel_order(&self, id: &str) -> bool {
        self.core.shop().cancel(id, "BUYER", "ecom_order_to_ship_canceled_reason_no_longer_needed")
    }

    /// Shipment is arranged and the carrier collects: pushes `AWAITING_COLLECTION` and `IN_TRANSIT`.
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

    fn push_answered(&self, push: &Push, status: u16, _body_length: usize) {
        self.core.shop().push_answered(push, status);
    }

    // CHANNELS §3.1.
    fn push_patience(&self) -> Duration {
        Duration::from_secs(3)
    }

    fn edit_stock(&self, listing: &str, value: i64) -> bool {
        self.core.shop().edit_stock(listing, value);
        true
    }

    fn lock_units(&self, listing: &str, units: i64) -> bool {
        self.core.shop().lock_units(listing, units);
        true
    }

    fn logins(&self) -> u64 {
        self.core.shop().logins.given
    }

    fn end_login(&self) -> bool {
        self.core.shop().logins.end();
        true
    }

    fn subscriptions(&self) -> Vec<String> {
        self.core.shop().webhooks.values().map(|webhook| webhook.address.clone()).collect()
    }

    fn inject(&self, fault: Fault) {
        self.core.door.faults.add(fault);
    }

    fn requests(&self) -> u64 {
        self.core.door.answered()
    }
}
