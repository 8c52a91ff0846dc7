//! A stand-in for KiotViet, the till in the stores: it sells whatever the buyer holds in the hand, and tells
//! us the level that is left.
//!
//! CHANNELS §10; public API documents of KiotViet via `anhntservices-1808/kiotviet-public-api-docs`, read
//! 2026-11-21.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::server::{Answer, Backend, Bend, Call, Door, Server};
use crate::{Fault, Push, SoldOut, StockWrite, Twin, TwinClock, TwinLine, TwinListing, TwinOrder, lock};

mod api;
mod documents;
mod products;
mod shop;
mod stage;
#[cfg(test)]
mod tests;
mod webhooks;

use shop::{Kind, Shop};

/// How the signature is written. The documents say HMAC-SHA256 and no more (CHANNELS §10), so a receiver must
/// be ready for all four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureForm {
    /// Hex; the key is the secret as registered.
    #[default]
    Hex,
    /// `sha256=` and hex; the key is the secret as registered.
    PrefixedHex,
    /// Hex; the key is what the registered base64 stands for.
    HexDecodedKey,
    /// `sha256=` and hex; the key is what the registered base64 stands for.
    PrefixedHexDecodedKey,
}

pub(crate) use stage::on_stage;

/// What one branch has of one product at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchStock {
    /// The branch's id.
    pub branch: String,
    /// The listing id, that is the product id.
    pub listing: String,
    /// Units that are there.
    pub on_hand: i64,
}

/// What a KiotViet twin is started with.
#[derive(Clone)]
pub struct KiotVietTwinConfig {
    /// The app's id.
    pub client_id: String,
    /// The app's secret.
    pub client_secret: String,
    /// The shop's name, sent in the `Retailer` header.
    pub retailer: String,
    /// The webhook secret as registered: base64 text.
    pub webhook_secret: String,
    /// Where webhooks go.
    pub webhook_url: String,
    /// Id (digits) and name of each branch; the first is the main one.
    pub branches: Vec<(String, String)>,
    /// What the shop sells.
    pub listings: Vec<TwinListing>,
    /// What is where; a pair that is not named has none.
    pub branch_stock: Vec<BranchStock>,
    /// How the signature is written.
    pub signature_form: SignatureForm,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

/// A running stand-in for one KiotViet shop with its branches. It serves both the API and the login
/// (`/connect/token`), which KiotViet keeps on two hosts.
pub struct KiotVietTwin {
    core: Arc<Core>,
    server: Server,
}

pub(crate) struct Core {
    config: KiotVietTwinConfig,
    door: Door,
    shop: Mutex<Shop>,
}

impl KiotVietTwin {
    /// Starts the twin on the loopback address; it stops when it is dropped.
    pub async fn start(config: KiotVietTwinConfig) -> io::Result<Arc<Self>> {
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

    /// A till sale: an invoice that is done at once. It is never refused, the goods are in the buyer's hand;
    /// stock may go below zero. Pushes `stock.update` and `invoice.update`.
    pub fn sell(&self, branch: &str, lines: &[TwinLine]) -> String {
        self.core.shop().record(Kind::TillSale, branch, lines)
    }

    /// A sale that is brought to the buyer: an invoice in progress, which can be shipped, completed or
    /// cancelled. The units leave the branch at once.
    pub fn sell_for_delivery(&self, branch: &str, lines: &[TwinLine]) -> String {
        self.core.shop().record(Kind::DeliverySale, branch, lines)
    }

    /// A booking (*đặt hàng*): an order that reserves units and leaves them in the branch. Pushes
    /// `stock.update` and `order.update`.
    pub fn book(&self, branch: &str, lines: &[TwinLine]) -> String {
        self.core.shop().record(Kind::Booking, branch, lines)
    }

    /// The store's people make an invoice of a booking: its goods leave, and it is done. None where it is not open.
    /// Pushes `stock.update`, `order.update` and `invoice.update`.
    pub fn invoice(&self, booking: &str) -> Option<String> {
        self.core.shop().invoice_booking(booking)
    }

    /// The bookings, oldest first; [`Twin::orders`] lists the invoices.
    pub fn bookings(&self) -> Vec<TwinOrder> {
        self.core.shop().documents(true)
    }

    /// A stock take: the branch counted, and this is what is there. Pushes `stock.update`.
    pub fn set_on_hand(&self, branch: &str, product: &str, value: i64) {
        self.core.shop().count(branch, product, value);
    }

    /// Units in a branch, reserved ones included.
    pub fn on_hand(&self, branch: &str, product: &str) -> i64 {
        self.core.shop().level(branch, product).map_or(0, |level| level.on_hand)
    }

    /// Units in a branch that bookings have reserved.
    pub fn reserved(&self, branch: &str, product: &str) -> i64 {
        self.core.shop().level(branch, product).map_or(0, |level| level.reserved)
    }

    /// Whether KiotViet stopped sending, as it does after an answer of 400, 401, 403, 404 or 405.
    pub fn is_stopped(&self) -> bool {
        self.core.shop().hooks.iter().all(|hook| !hook.is_active)
    }

    /// The shop switches the webhooks on again; what happened meanwhile is not sent.
    pub fn resume_webhooks(&self) {
        for hook in &mut self.core.shop().hooks {
            hook.is_active = true;
        }
    }

    /// Whether sales move a product's `modifiedDate`. The documents do not say; at least one shop found that
    /// in `/productOnHands` they do not, so `lastModifiedFrom` must not be trusted to find them.
    pub fn sales_touch_dates(&self, touch: bool) {
        self.core.shop().sales_touch_dates = touch;
    }

    /// Ends all logins early.
    pub fn expire_logins(&self) {
        self.core.shop().logins.good_until.clear();
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
        let answer = api::refuse(429, "TooManyRequests", "Too many requests").into_answer();
        match retry_after_seconds {
            None => answer,
            Some(seconds) => answer.with("retry-after", seconds),
        }
    }

    fn server_error(&self, status: u16) -> Answer {
        api::refuse(status, "InternalServerError", "Internal Server Error").into_answer()
    }
}

impl Twin for KiotVietTwin {
    fn channel(&self) -> &'static str {
        "kiotviet"
    }

    fn base_url(&self) -> String {
        self.server.base_url()
    }

    /// A till sale at the first branch; never sold out.
    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        let branch = self.core.config.branches.first().map(|(id, _)| id.as_str()).unwrap_or_default();
        Ok(self.sell(branch, lines))
    }

    /// Voids an invoice whose goods are not on their way (a till sale too: *hủy hóa đơn*), or drops a booking.
    /// The units come back.
    fn cancel_order(&self, id: &str) -> bool {
        self.core.shop().cancel(id)
    }

    /// Only for a sale with delivery.
    fn ship_order(&self, id: &str) -> bool {
        self.core.shop().ship(id)
    }

    /// Only for a sale with delivery; a till sale is complete from the start.
    fn complete_order(&self, id: &str) -> bool {
        self.core.shop().complete(id)
    }

    fn order(&self, id: &str) -> Option<TwinOrder> {
        let id: u64 = id.parse().ok()?;
        self.core.shop().documents.get(&id).map(|document| document.facts.clone())
    }

    fn orders(&self) -> Vec<TwinOrder> {
        self.core.shop().documents(false)
    }

    /// On hand less reserved, over all branches.
    fn shown(&self, listing: &str) -> i64 {
        self.core.shop().shown(listing)
    }

    fn stock_writes(&self) -> Vec<StockWrite> {
        self.core.shop().writes.clone()
    }

    fn take_pushes(&self) -> Vec<Push> {
        std::mem::take(&mut self.core.shop().waiting)
    }

    fn push_answered(&self, push: &Push, status: u16, _body_length: usize) {
        webhooks::answered(&mut self.core.shop(), push, status);
    }

    /// Only a sale with delivery that is on its way: *đang chuyển hoàn*.
    fn return_order(&self, id: &str) -> bool {
        self.core.shop().send_back(id)
    }

    fn edit_stock(&self, listing: &str, value: i64) -> bool {
        let branch = self.core.config.branches.first().map(|(id, _)| id.as_str()).unwrap_or_default();
        self.set_on_hand(branch, listing, value);
        true
    }

    fn taken_orders(&self) -> Vec<(String, TwinOrder)> {
        let shop = self.core.shop();
        let taken = shop.documents.values().filter(|paper| paper.is_taken);
        taken.map(|paper| (paper.description.clone(), paper.facts.clone())).collect()
    }

    fn subscriptions(&self) -> Vec<String> {
        let shop = self.core.shop();
        shop.hooks.iter().filter(|hook| hook.is_active).map(|hook| hook.url.clone()).collect()
    }

    fn logins(&self) -> u64 {
        self.core.shop().logins.given
    }

    fn end_login(&self) -> bool {
        self.expire_logins();
        true
    }

    fn inject(&self, fault: Fault) {
        self.core.door.faults.add(fault);
    }

    fn requests(&self) -> u64 {
        self.core.door.answered()
    }
}
