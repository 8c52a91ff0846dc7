//! A stand-in for people who sell in chats: a desk that signs what was agreed, and the chats of Meta and Zalo.
//!
//! The desk is written from `shared/channels/src/social/README.md`; Meta and Zalo from CHANNELS §11 and §12.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;

use crate::server::{Backend, Server};
use crate::silent::Silent;
use crate::{Fault, Push, SoldOut, StockWrite, Twin, TwinClock, TwinLine, TwinListing, TwinOrder, lock};

mod chats;
mod desk;
mod stage;
#[cfg(test)]
mod tests;

use desk::Desk;

pub(crate) use stage::on_stage;

/// What a social twin is started with.
#[derive(Clone)]
pub struct SocialTwinConfig {
    /// The secret that seals what the desk sends.
    pub webhook_secret: String,
    /// The secret of the app at Meta.
    pub meta_app_secret: String,
    /// The word that Meta asks with.
    pub meta_verify_token: String,
    /// The app's number at Zalo.
    pub zalo_app_id: String,
    /// The account's secret at Zalo.
    pub zalo_oa_secret: String,
    /// Where everything is sent.
    pub webhook_url: String,
    /// Where units are held in one call: `https://<host>/orders/<shop>/<connection>`.
    pub orders_url: String,
    /// What the desk sells, with the units its list says at the start.
    pub listings: Vec<TwinListing>,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

/// What a desk agrees on beside the goods; what is left out is not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TwinTerms {
    /// `unpaid`, `pick_up` or `try_in_store`.
    pub purpose: Option<String>,
    /// Until when the units are set aside.
    pub until: Option<Timestamp>,
    /// The store where the buyer comes.
    pub location: Option<String>,
}

/// A running stand-in for one desk. Nothing can be asked of it: its address answers "not found".
pub struct SocialTwin {
    config: SocialTwinConfig,
    silent: Arc<Silent>,
    server: Server,
    desk: Mutex<Desk>,
}

impl SocialTwin {
    /// Starts the twin on the loopback address; it stops when it is dropped.
    pub async fn start(config: SocialTwinConfig) -> io::Result<Arc<Self>> {
        let silent = Arc::new(Silent::new(config.latency));
        let server = Server::start(silent.clone(), config.port).await?;
        let desk = Mutex::new(Desk::new(&config));
        Ok(Arc::new(Self { config, silent, server, desk }))
    }

    /// A buyer wants these in a chat: the call that asks to hold them, to be sent by whoever asked, and its reference.
    pub fn hold(&self, lines: &[TwinLine]) -> (String, Push) {
        self.desk().hold(lines, None)
    }

    /// The same with what was agreed beside the goods.
    pub fn hold_with(&self, lines: &[TwinLine], terms: TwinTerms) -> (String, Push) {
        self.desk().hold(lines, Some(terms))
    }

    /// Other terms for an order that was held before, as a call to where units are held; none for an unknown order.
    pub fn agree_on(&self, id: &str, terms: TwinTerms) -> Option<Push> {
        self.desk().agree_on(id, terms)
    }

    /// The desk's word on one of its orders, as a call to where units are held: `hold`, `confirm`, `cancel` or `ship`.
    pub fn call(&self, id: &str, action: &str) -> Option<Push> {
        self.desk().call(id, action)
    }

    /// Somebody writes to the shop's page on Facebook.
    pub fn chat_on_facebook(&self, text: &str) {
        let push = chats::facebook(&self.config, text);
        self.desk().waiting.push(push);
    }

    /// Somebody writes to the shop's account on Zalo.
    pub fn chat_on_zalo(&self, text: &str) {
        let push = chats::zalo(&self.config, text);
        self.desk().waiting.push(push);
    }

    /// Meta's question whether the address is ours: the address to `GET`, and the answer it wants.
    pub fn question(&self) -> (String, String) {
        chats::question(&self.config)
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        lock(&self.desk)
    }
}

impl Twin for SocialTwin {
    fn channel(&self) -> &'static str {
        "social"
    }

    fn base_url(&self) -> String {
        self.server.base_url()
    }

    /// Agreed and paid. The desk has a list of what there is and sells no more than that.
    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        self.desk().place(lines)
    }

    fn ask_first(&self, lines: &[TwinLine]) -> Option<(String, Push)> {
        Some(self.hold(lines))
    }

    fn agree(&self, id: &str) -> Option<Push> {
        self.call(id, "confirm")
    }

    fn cancel_order(&self, id: &str) -> bool {
        self.desk().cancel(id)
    }

    fn ship_order(&self, id: &str) -> bool {
        self.desk().ship(id)
    }

    /// Nobody writes down when a parcel has arrived.
    fn complete_order(&self, _id: &str) -> bool {
        false
    }

    fn order(&self, id: &str) -> Option<TwinOrder> {
        self.desk().orders.iter().find(|order| order.id == id).cloned()
    }

    fn orders(&self) -> Vec<TwinOrder> {
        self.desk().orders.clone()
    }

    /// What the desk's own list says is left.
    fn shown(&self, listing: &str) -> i64 {
        self.desk().shown(listing)
    }

    /// Nobody can write here.
    fn stock_writes(&self) -> Vec<StockWrite> {
        Vec::new()
    }

    fn take_pushes(&self) -> Vec<Push> {
        std::mem::take(&mut self.desk().waiting)
    }

    /// Zalo's patience, the shortest of the three.
    fn push_patience(&self) -> Duration {
        Duration::from_secs(2)
    }

    /// Somebody corrects the desk's list.
    fn edit_stock(&self, listing: &str, value: i64) -> bool {
        self.desk().list.insert(listing.to_owned(), value);
        true
    }

    fn inject(&self, fault: Fault) {
        self.silent.door().faults.add(fault);
    }

    fn requests(&self) -> u64 {
        self.silent.door().answered()
    }
}
