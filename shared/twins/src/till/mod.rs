//! A stand-in for a till without an interface: it sells whatever the buyer holds in the hand, sends its documents
//! signed, and can write its day as a file.
//!
//! `shared/channels/src/till/README.md` is the page it is written from.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::server::{Backend, Server};
use crate::silent::Silent;
use crate::{
    BranchStock, Fault, Push, SoldOut, StockWrite, Twin, TwinClock, TwinLine, TwinListing, TwinOrder, lock,
};

mod shop;
mod stage;
#[cfg(test)]
mod tests;

use shop::Shop;

pub(crate) use stage::on_stage;

/// What a till twin is started with.
#[derive(Clone)]
pub struct TillTwinConfig {
    /// The secret that seals its messages.
    pub webhook_secret: String,
    /// Where they go.
    pub webhook_url: String,
    /// Id and name of each branch; the first is the main one.
    pub branches: Vec<(String, String)>,
    /// What the shop sells, by the till's own codes.
    pub listings: Vec<TwinListing>,
    /// What is where; a pair that is not named has none.
    pub branch_stock: Vec<BranchStock>,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

/// A running stand-in for one shop's tills. Nothing can be asked of it: its address answers "not found".
pub struct TillTwin {
    silent: Arc<Silent>,
    server: Server,
    shop: Mutex<Shop>,
}

impl TillTwin {
    /// Starts the twin on the loopback address; it stops when it is dropped.
    pub async fn start(config: TillTwinConfig) -> io::Result<Arc<Self>> {
        let silent = Arc::new(Silent::new(config.latency));
        let server = Server::start(silent.clone(), config.port).await?;
        Ok(Arc::new(Self { silent, server, shop: Mutex::new(Shop::new(config)) }))
    }

    /// A sale at a branch. It is never refused; stock may go below zero. Pushes the sale and the levels that are left.
    pub fn sell(&self, branch: &str, lines: &[TwinLine]) -> String {
        self.shop().sell(branch, lines)
    }

    /// A stock take: the branch counted, and this is what is there. Pushes the level.
    pub fn set_on_hand(&self, branch: &str, product: &str, value: i64) {
        self.shop().count(branch, product, value);
    }

    /// Units in a branch.
    pub fn on_hand(&self, branch: &str, product: &str) -> i64 {
        self.shop().on_hand(branch, product)
    }

    /// Everything it has recorded so far as a CSV file, in the order in which it happened.
    pub fn file(&self) -> String {
        self.shop().file()
    }

    fn shop(&self) -> MutexGuard<'_, Shop> {
        lock(&self.shop)
    }
}

impl Twin for TillTwin {
    fn channel(&self) -> &'static str {
        "till"
    }

    fn base_url(&self) -> String {
        self.server.base_url()
    }

    /// A sale at the first branch; never sold out.
    fn place_order(&self, lines: &[TwinLine]) -> Result<String, SoldOut> {
        let mut shop = self.shop();
        let branch = shop.first_branch();
        Ok(shop.sell(&branch, lines))
    }

    /// Voids a sale; the goods lie on the shelf again, and the next level says so.
    fn cancel_order(&self, id: &str) -> bool {
        self.shop().void(id)
    }

    /// Nothing is sent by parcel.
    fn ship_order(&self, _id: &str) -> bool {
        false
    }

    /// A sale is complete from the start.
    fn complete_order(&self, _id: &str) -> bool {
        false
    }

    fn order(&self, id: &str) -> Option<TwinOrder> {
        self.shop().order(id)
    }

    fn orders(&self) -> Vec<TwinOrder> {
        self.shop().orders()
    }

    /// On hand over all branches.
    fn shown(&self, listing: &str) -> i64 {
        self.shop().shown(listing)
    }

    /// Nobody can write here.
    fn stock_writes(&self) -> Vec<StockWrite> {
        Vec::new()
    }

    fn take_pushes(&self) -> Vec<Push> {
        self.shop().take_pushes()
    }

    /// The buyer brings it back: a document of its own, and a level.
    fn return_order(&self, id: &str) -> bool {
        self.shop().take_back(id)
    }

    /// The main branch is counted. Tells of it, as every count does.
    fn edit_stock(&self, listing: &str, value: i64) -> bool {
        let mut shop = self.shop();
        let branch = shop.first_branch();
        shop.count(&branch, listing, value);
        true
    }

    fn inject(&self, fault: Fault) {
        self.silent.door().faults.add(fault);
    }

    fn requests(&self) -> u64 {
        self.silent.door().answered()
    }
}
