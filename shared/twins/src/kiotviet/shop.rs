//! What the KiotViet stand-in knows, and how invoices, bookings and stock takes move a branch's stock.
//!
//! CHANNELS §0.3 and §10, read 2026-11-21: the level is what is physically there, reserved units included; an
//! invoice takes units at once, a booking only reserves them, and below zero is possible.

use std::collections::BTreeMap;
use std::io;

use jiff::{SignedDuration, Timestamp};

use super::webhooks::{Hook, Signer};
use super::{KiotVietTwinConfig, webhooks};
use crate::{Push, StockWrite, TwinClock, TwinLine, TwinOrder, TwinOrderState};

/// Numbers of documents start here; invoices and bookings share one row.
const FIRST_DOCUMENT_ID: u64 = 5_000_001;
/// A login is good for a day (CHANNELS §10).
pub(crate) const LOGIN_SECONDS: i64 = 86_400;

/// What one branch has of one product.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Level {
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Product {
    pub(crate) id: u64,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) price_minor: i64,
    pub(crate) levels: BTreeMap<u64, Level>,
    pub(crate) created_at: Timestamp,
    pub(crate) modified_at: Timestamp,
}

/// What kind of paper is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An invoice that is done at once.
    TillSale,
    /// An invoice whose goods are brought to the buyer.
    DeliverySale,
    /// An order that only reserves.
    Booking,
}

/// An invoice or a booking.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) facts: TwinOrder,
    pub(crate) id: u64,
    pub(crate) kind: Kind,
    pub(crate) branch: u64,
    /// Invoice: 1 done, 2 void, 3 in progress. Booking: 1 draft, 3 done, 4 cancelled.
    pub(crate) status: u8,
    /// 1 not shipped, 2 on its way, 3 delivered, 4 on its way back, 6 cancelled.
    pub(crate) delivery: Option<u8>,
    pub(crate) description: String,
    /// Put in over the API.
    pub(crate) is_taken: bool,
    /// On an invoice: the booking that it was made of.
    pub(crate) of_booking: Option<u64>,
}

/// What a program says about a paper that it puts in.
pub(crate) struct Taken {
    pub(crate) of_booking: Option<u64>,
    pub(crate) description: String,
    pub(crate) total_minor: i64,
}

/// Logins given out, and until when each is good.
#[derive(Default)]
pub(crate) struct Logins {
    pub(crate) given: u64,
    pub(crate) good_until: BTreeMap<String, Timestamp>,
}

pub(crate) struct Shop {
    pub(crate) clock: TwinClock,
    pub(crate) branches: Vec<(u64, String)>,
    pub(crate) products: BTreeMap<u64, Product>,
    pub(crate) documents: BTreeMap<u64, Document>,
    pub(crate) writes: Vec<StockWrite>,
    pub(crate) logins: Logins,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) waiting: Vec<Push>,
    pub(crate) signer: Signer,
    pub(crate) sales_touch_dates: bool,
    /// The hour being counted and the reads in it.
    pub(crate) reads: (i64, u64),
}

impl Shop {
    pub(crate) fn new(config: &KiotVietTwinConfig) -> io::Result<Self> {
        let now = (config.clock)();
        let mut branches = Vec::new();
        for (id, name) in &config.branches {
            branches.push((number(id, "a branch id")?, name.clone()));
        }
        let mut products = BTreeMap::new();
        for listing in &config.listings {
            let id = number(&listing.id, "a KiotViet listing")?;
            let product = Product {
                id,
                code: listing.sku.clone(),
                name: listing.name.clone(),
                price_minor: listing.price_minor,
                levels: branches.iter().map(|(branch, _)| (*branch, Level::default())).collect(),
                created_at: now,
                modified_at: now,
            };
            products.insert(id, product);
        }
        let mut shop = Self {
            clock: config.clock.clone(),
            branches,
            products,
            documents: BTreeMap::new(),
            writes: Vec::new(),
            logins: Logins::default(),
            hooks: Hook::all(config),
            waiting: Vec::new(),
            signer: Signer::new(config),
            sales_touch_dates: true,
            reads: (0, 0),
        };
        for stock in &config.branch_stock {
            let branch = number(&stock.branch, "a branch id")?;
            let product = number(&stock.listing, "a KiotViet listing")?;
            let level = shop
                .level_mut(branch, product)
                .ok_or_else(|| invalid(format!("stock for unknown branch {branch} or product {product}")))?;
            level.on_hand = stock.on_hand;
        }
        Ok(shop)
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn branch_name(&self, branch: u64) -> &str {
        self.branches.iter().find(|(id, _)| *id == branch).map_or("", |(_, name)| name)
    }

    pub(crate) fn level(&self, branch: &str, product: &str) -> Option<Level> {
        let product: u64 = product.parse().ok()?;
        self.products.get(&product)?.levels.get(&branch.parse().ok()?).copied()
    }

    fn level_mut(&mut self, branch: u64, product: u64) -> Option<&mut Level> {
        self.products.get_mut(&product)?.levels.get_mut(&branch)
    }

    pub(crate) fn shown(&self, listing: &str) -> i64 {
        let product = listing.parse().ok().and_then(|id: u64| self.products.get(&id));
        product.map_or(0, |product| product.levels.values().map(|level| level.on_hand - level.reserved).sum())
    }

    /// The bookings, or the invoices.
    pub(crate) fn documents(&self, bookings: bool) -> Vec<TwinOrder> {
        let wanted = self.documents.values().filter(|paper| (paper.kind == Kind::Booking) == bookings);
        wanted.map(|paper| paper.facts.clone()).collect()
    }

    /// Writes an invoice or a booking. Never refused.
    pub(crate) fn record(&mut self, kind: Kind, branch: &str, lines: &[TwinLine]) -> String {
        self.write_down(kind, branch, lines, None)
    }

    /// Writes what a program puts in, with its own prices and words.
    pub(crate) fn take_in(&mut self, kind: Kind, branch: &str, lines: &[TwinLine], taken: Taken) -> String {
        self.write_down(kind, branch, lines, Some(taken))
    }

    fn write_down(&mut self, kind: Kind, branch: &str, lines: &[TwinLine], taken: Option<Taken>) -> String {
        let now = self.now();
        let id = self.documents.keys().next_back().map_or(FIRST_DOCUMENT_ID, |last| last + 1);
        let branch: u64 = branch.parse().unwrap_or_default();
        let (state, status, delivery) = match kind {
            Kind::TillSale => (TwinOrderState::Completed, 1, None),
            Kind::DeliverySale => (TwinOrderState::Paid, 3, Some(1)),
            Kind::Booking => (TwinOrderState::Paid, 1, None),
        };
        let facts = TwinOrder {
            id: id.to_string(),
            lines: lines.to_vec(),
            state,
            placed_at: now,
            updated_at: now,
            total_minor: taken.as_ref().map_or_else(|| self.total(lines), |taken| taken.total_minor),
            branch: Some(branch.to_string()),
        };
        let is_taken = taken.is_some();
        let of_booking = taken.as_ref().and_then(|taken| taken.of_booking);
        let description = taken.map(|taken| taken.description).unwrap_or_default();
        let document =
            Document { facts, id, kind, branch, status, delivery, description, is_taken, of_booking };
        self.move_stock(&document, 1);
        self.documents.insert(id, document);
        webhooks::document_changed(self, id);
        id.to_string()
    }

    pub(crate) fn cancel(&mut self, id: &str) -> bool {
        let Some(mut document) = self.find(id) else { return false };
        let open = match document.kind {
            Kind::TillSale => document.status == 1,
            Kind::DeliverySale => document.status == 3 && document.delivery == Some(1),
            Kind::Booking => document.status == 1,
        };
        if open {
            document.status = if document.kind == Kind::Booking { 4 } else { 2 };
            document.delivery = document.delivery.map(|_| 6);
            self.move_stock(&document, -1);
            self.save(document, TwinOrderState::Cancelled);
        }
        open
    }

    pub(crate) fn ship(&mut self, id: &str) -> bool {
        let Some(mut document) = self.find(id).filter(|paper| paper.delivery == Some(1)) else {
            return false;
        };
        document.delivery = Some(2);
        self.save(document, TwinOrderState::Shipped);
        true
    }

    /// The parcel turns round; its units are counted back in by a person, with another paper.
    pub(crate) fn send_back(&mut self, id: &str) -> bool {
        let Some(mut document) = self.find(id).filter(|paper| paper.delivery == Some(2)) else {
            return false;
        };
        document.delivery = Some(4);
        self.save(document, TwinOrderState::Shipped);
        true
    }

    pub(crate) fn complete(&mut self, id: &str) -> bool {
        let open = |paper: &Document| matches!(paper.delivery, Some(1 | 2));
        let Some(mut document) = self.find(id).filter(open) else { return false };
        document.delivery = Some(3);
        document.status = 1;
        self.save(document, TwinOrderState::Completed);
        true
    }

    /// The booking's goods leave with an invoice: what was reserved no longer is.
    pub(crate) fn fulfil_booking(&mut self, id: &str) {
        let open = |paper: &Document| paper.kind == Kind::Booking && paper.status == 1;
        let Some(mut document) = self.find(id).filter(open) else { return };
        document.status = 3;
        self.move_stock(&document, -1);
        self.save(document, TwinOrderState::Completed);
    }

    /// The store's people make an invoice of a booking (*xử lý đặt hàng*): its goods leave. None where it is not open.
    pub(crate) fn invoice_booking(&mut self, id: &str) -> Option<String> {
        let open = |paper: &Document| paper.kind == Kind::Booking && paper.status == 1;
        let booking = self.find(id).filter(open)?;
        self.fulfil_booking(id);
        let total_minor = booking.facts.total_minor;
        let taken = Taken { of_booking: Some(booking.id), description: String::new(), total_minor };
        let branch = booking.branch.to_string();
        Some(self.write_down(Kind::TillSale, &branch, &booking.facts.lines, Some(taken)))
    }

    /// A stock take by a person.
    pub(crate) fn count(&mut self, branch: &str, product: &str, value: i64) {
        if let (Ok(branch), Ok(product)) = (branch.parse(), product.parse()) {
            self.set_level(branch, product, value);
        }
    }

    /// A stock take through the API.
    pub(crate) fn write_stock(&mut self, branch: u64, product: u64, value: i64) {
        let at = self.now();
        self.set_level(branch, product, value);
        let (listing, branch) = (product.to_string(), Some(branch.to_string()));
        self.writes.push(StockWrite { at, listing, value, branch });
    }

    fn set_level(&mut self, branch: u64, product: u64, value: i64) {
        let now = self.now();
        let Some(level) = self.level_mut(branch, product) else { return };
        level.on_hand = value;
        if let Some(product) = self.products.get_mut(&product) {
            product.modified_at = now;
        }
        webhooks::stock_changed(self, branch, &[product]);
    }

    /// Takes (1) or gives back (-1) what a document holds, and tells the new levels in one message.
    fn move_stock(&mut self, document: &Document, sign: i64) {
        let now = self.now();
        let touch = self.sales_touch_dates;
        let mut moved = Vec::new();
        for line in &document.facts.lines {
            let Ok(product) = line.listing.parse::<u64>() else { continue };
            let units = sign * i64::from(line.quantity);
            let Some(level) = self.level_mut(document.branch, product) else { continue };
            if document.kind == Kind::Booking {
                level.reserved += units;
            } else {
                level.on_hand -= units;
            }
            if let Some(product) = self.products.get_mut(&product).filter(|_| touch) {
                product.modified_at = now;
            }
            if !moved.contains(&product) {
                moved.push(product);
            }
        }
        webhooks::stock_changed(self, document.branch, &moved);
    }

    fn find(&self, id: &str) -> Option<Document> {
        id.parse().ok().and_then(|id: u64| self.documents.get(&id)).cloned()
    }

    fn save(&mut self, mut document: Document, state: TwinOrderState) {
        let id = document.id;
        document.facts.state = state;
        document.facts.updated_at = self.now();
        self.documents.insert(id, document);
        webhooks::document_changed(self, id);
    }

    fn total(&self, lines: &[TwinLine]) -> i64 {
        let price = |line: &TwinLine| {
            let product = line.listing.parse().ok().and_then(|id: u64| self.products.get(&id));
            product.map_or(0, |product| product.price_minor * i64::from(line.quantity))
        };
        lines.iter().map(price).sum()
    }

    /// Gives out a login.
    pub(crate) fn log_in(&mut self, token: String) {
        let now = self.now();
        let until = now.checked_add(SignedDuration::from_secs(LOGIN_SECONDS)).unwrap_or(now);
        self.logins.given += 1;
        self.logins.good_until.insert(token, until);
    }
}

fn number(text: &str, what: &str) -> io::Result<u64> {
    text.parse().map_err(|_| invalid(format!("{what} is a number, not `{text}`")))
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, problem)
}
