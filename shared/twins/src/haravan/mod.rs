//! A stand-in for a Haravan shop: whole orders in its webhooks, stock that open orders hold, tokens that are renewed.
//!
//! CHANNELS §8; docs.haravan.com (omni-apis, tutorials/webhooks, tutorials/authentication), read 2026-11-30. What the
//! documents leave open is a setting here ([`HaravanStock`]) or is marked as the twin's own guess.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::json;

use crate::server::{Answer, Backend, Bend, Call, Door, Server};
use crate::{
    Fault, Push, SoldOut, StockWrite, Twin, TwinClock, TwinLine, TwinListing, TwinOrder, TwinOrderState, lock,
};

mod api;
mod login;
mod orders;
mod shop;
mod stage;
mod stock;
#[cfg(test)]
mod tests;
mod webhooks;

use shop::Shop;

pub(crate) use stage::on_stage;

/// What a quantity means that is set through the API: the documents can be read both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HaravanStock {
    /// Units that buyers can take.
    Available,
    /// Units in the store, with those that open orders hold.
    OnHand,
}

/// What a Haravan twin is started with.
#[derive(Clone)]
pub struct HaravanTwinConfig {
    /// The app's id.
    pub app_id: String,
    /// The app's secret; it signs webhooks too.
    pub app_secret: String,
    /// The app's callback address, as registered in the console.
    pub webhook_url: String,
    /// The word by which Haravan shows itself when it asks whether the address is ours.
    pub verify_token: String,
    /// The shop's number.
    pub org_id: String,
    /// The one store.
    pub location_id: u64,
    /// What setting stock means.
    pub stock: HaravanStock,
    /// What the shop sells; ids are `productId:variantId`.
    pub listings: Vec<TwinListing>,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

/// A running stand-in for one Haravan shop.
pub struct HaravanTwin {
    core: Arc<Core>,
    server: Server,
}

pub(crate) struct Core {
    config: HaravanTwinConfig,
    door: Door,
    shop: Mutex<Shop>,
}

impl HaravanTwin {
    /// Starts the twin on the loopback address; it stops when it is dropped.
    pub async fn start(config: HaravanTwinConfig) -> io::Result<Arc<Self>> {
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

    /// A token that opens the API now. The first one does not end by itself, as a private token does not.
    pub fn access_token(&self) -> String {
        self.core.shop().logins.access()
    }

    /// The refresh token that is good now; it works once.
    pub fn refresh_token(&self) -> String {
        self.core.shop().logins.refresh.clone()
    }

    /// A buyer orders and has not paid: Haravan holds the units all the same.
    pub fn place_unpaid_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines, false)
    }

    /// Units in the store, with those that open orders hold.
    pub fn on_hand(&self, listing: &str) -> i64 {
        self.core.shop().find(listing).map_or(0, |variant| variant.on_hand)
    }

    /// The question whether the callback address is ours, asked when it is registered.
    pub fn challenge(&self, challenge: &str) -> Push {
        webhooks::challenge(&self.core.config, challenge)
    }

    /// The shop takes the app's webhooks away.
    pub fn unsubscribe(&self) {
        self.core.shop().is_subscribed = false;
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
        let answer = Answer::json(429, &json!({"errors": "Exceeded API rate limit."}));
        let answer = answer.with("x-haravan-api-call-limit", "80/80");
        match retry_after_seconds {
            None => answer,
            Some(seconds) => answer.with("retry-after", seconds),
        }
    }

    fn server_error(&self, status: u16) -> Answer {
        Answer::json(status, &json!({"errors": "Internal Server Error"}))
    }
}

impl Twin for HaravanTwin {
    fn channel(&self) -> &'static str {
        "haravan"
    }

    fn base_url(&self) -> String {
        self.server.base_url()
    }

    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.core.shop().place(lines, true)
    }

    fn cancel_order(&self, id: &str) -> bool {
        self.core.shop().cancel(id, "customer")
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
        self.core.shop().take_pushes()
    }

    fn push_answered(&self, push: &Push, status: u16, _body_length: usize) {
        self.core.shop().push_answered(push, status);
    }

    fn push_patience(&self) -> Duration {
        Duration::from_secs(5)
    }

    fn return_order(&self, id: &str) -> bool {
        self.core.shop().send_back(id)
    }

    fn lose_pushes(&self) {
        self.core.shop().forget_pushes();
    }

    fn edit_stock(&self, listing: &str, value: i64) -> bool {
        self.core.shop().edit_stock(listing, value)
    }

    fn logins(&self) -> u64 {
        self.core.shop().logins.given
    }

    fn end_login(&self) -> bool {
        self.core.shop().logins.good.clear();
        true
    }

    fn taken_orders(&self) -> Vec<(String, TwinOrder)> {
        let shop = self.core.shop();
        let taken = |order: &shop::Order| Some((order.reference.clone()?, order.facts.clone()));
        shop.orders.values().filter_map(taken).collect()
    }

    fn subscriptions(&self) -> Vec<String> {
        let is_subscribed = self.core.shop().is_subscribed;
        is_subscribed.then(|| self.core.config.webhook_url.clone()).into_iter().collect()
    }

    fn inject(&self, fault: Fault) {
        self.core.door.faults.add(fault);
    }

    fn requests(&self) -> u64 {
        self.core.door.answered()
    }
}

/// From paid: may be packed. From shipped or later: only the carrier moves it.
pub(crate) fn is_open(state: TwinOrderState) -> bool {
    matches!(state, TwinOrderState::Unpaid | TwinOrderState::Paid)
}
