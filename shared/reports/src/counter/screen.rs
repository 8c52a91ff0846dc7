//! What the counter's pages are drawn from: plain data, filled by whoever has read the book.

use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::goods::{Document, Goods, Reference, Writer};
use commerce::hold_terms::{HoldCode, Purpose};
use commerce::ids::{ConnectionId, DocumentNumber, ListingId, LocationId, OrderId, Sku};
use commerce::pick_up::SaidBy;
use commerce::stock::Stock;

use crate::language::Language;

/// Who looks, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The shop.
    pub shop: &'a Shop,
    /// The store in which the person stands.
    pub location: &'a LocationId,
    /// The person.
    pub by: &'a Writer,
    /// True for who may also write goods off.
    pub is_owner: bool,
    /// The language of the page.
    pub language: Language,
}

impl Frame<'_> {
    /// What people call a store.
    pub fn called<'s>(&'s self, location: &'s LocationId) -> &'s str {
        self.shop.location(location).map_or(location.as_str(), |found| found.name.as_str())
    }
}

/// What a form carries so that it is known as this person's own, and counts once however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Which word this will be.
    pub reference: Reference,
    /// Proof that the page was drawn for this session.
    pub token: String,
}

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub enum Screen {
    /// The link was opened.
    Welcome,
    /// What is to be done.
    Home(Home),
    /// The buyer says a code.
    AskCode(Guard),
    /// What the code stands for.
    PickUp(PickUp),
    /// Why goods are not here.
    NotHere(NotHerePage),
    /// Goods are typed in.
    Goods(GoodsForm),
    /// A product was counted.
    Count(CountForm),
    /// One paper, with what can be said about it here.
    Paper(PaperPage),
    /// One product's numbers.
    Product(ProductPage),
    /// Something was done.
    Told(Told),
}

/// What is to be done in this store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Home {
    /// What buyers come for and nobody here has said to be ready, the longest waiting on top, with their form's guard.
    pub waiting: Option<(Guard, Vec<HoldLine>)>,
    /// Products that were not found here and that nobody has counted since.
    pub counts: Vec<MissedLine>,
    /// Units set aside here, what ends first on top.
    pub holds: Vec<HoldLine>,
    /// Transfers from here and to here that are not finished.
    pub transfers: Vec<PaperLine>,
    /// Goods that came back here and that nobody has looked at.
    pub returns: Vec<PaperLine>,
}

/// Units set aside for an order. Never its code: that is for the buyer to say.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldLine {
    /// The order.
    pub order: OrderId,
    /// Where it was taken.
    pub connection: ConnectionId,
    /// Why.
    pub purpose: Option<Purpose>,
    /// What.
    pub goods: Vec<(ListingId, u32)>,
    /// Until when; none where it waits for the desk, or is sold.
    pub until: Option<Timestamp>,
    /// True when that time is over.
    pub is_over: bool,
    /// So many minutes its buyer has waited for somebody to say that it is ready; none where nobody waits for that.
    pub waits_minutes: Option<i64>,
    /// Who has said so, and when.
    pub ready: Option<SaidBy>,
}

/// A product that was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedLine {
    /// The product.
    pub sku: Sku,
    /// Base units that were looked for.
    pub units: i64,
    /// When.
    pub at: Timestamp,
}

/// Goods that are not here: why is asked for before anything is written.
#[derive(Debug, Clone, PartialEq)]
pub struct NotHerePage {
    /// The form's.
    pub guard: Guard,
    /// What is set aside.
    pub hold: HoldLine,
}

/// A paper that is not finished.
#[derive(Debug, Clone, PartialEq)]
pub struct PaperLine {
    /// Its number.
    pub number: DocumentNumber,
    /// The paper.
    pub document: Document,
}

/// What a buyer's code stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct PickUp {
    /// The form's.
    pub guard: Guard,
    /// The code that was said.
    pub code: HoldCode,
    /// What is set aside.
    pub hold: HoldLine,
}

/// What kind of goods are typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoodsKind {
    /// They came in.
    Receive,
    /// They were found or are gone.
    Adjust,
    /// They go to another store.
    Transfer,
    /// They came back from a buyer.
    TakeBack,
}

impl GoodsKind {
    /// All of them.
    pub const ALL: [GoodsKind; 4] =
        [GoodsKind::Receive, GoodsKind::Adjust, GoodsKind::Transfer, GoodsKind::TakeBack];

    /// The page's name in addresses.
    pub fn path(self) -> &'static str {
        match self {
            GoodsKind::Receive => "receive",
            GoodsKind::Adjust => "adjust",
            GoodsKind::Transfer => "transfer",
            GoodsKind::TakeBack => "take-back",
        }
    }
}

/// One row of a form as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The product's code.
    pub sku: String,
    /// The units.
    pub units: String,
}

/// A form for goods, with what was typed already.
#[derive(Debug, Clone, PartialEq)]
pub struct GoodsForm {
    /// The form's.
    pub guard: Guard,
    /// What kind of goods.
    pub kind: GoodsKind,
    /// The rows.
    pub rows: Vec<Row>,
    /// A choice by the name of its field: `to`, `how`, `reason`, `connection`, `order`, `why`.
    pub chosen: Vec<(String, String)>,
}

impl GoodsForm {
    /// What was typed into a field.
    pub fn chosen(&self, field: &str) -> &str {
        self.chosen.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value.as_str())
    }
}

/// A form for one product that was counted.
#[derive(Debug, Clone, PartialEq)]
pub struct CountForm {
    /// The form's; its reference says when the counting began.
    pub guard: Guard,
    /// When the counting began.
    pub began: Timestamp,
    /// What was typed already.
    pub row: Row,
}

/// A paper and what can be said about it in this store.
#[derive(Debug, Clone, PartialEq)]
pub struct PaperPage {
    /// The form's.
    pub guard: Guard,
    /// Its number.
    pub number: DocumentNumber,
    /// The paper.
    pub document: Document,
}

/// One product's numbers in every store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProductPage {
    /// What was asked for; empty before anybody asked.
    pub asked: String,
    /// A line for each store.
    pub lines: Vec<ProductLine>,
}

/// One product in one store.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductLine {
    /// The store.
    pub location: LocationId,
    /// The numbers.
    pub stock: Stock,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// In one sentence.
    pub sentence: String,
    /// The goods it was about.
    pub goods: Goods,
    /// What comes next, in one sentence.
    pub next: String,
    /// The paper to look at, where there is one.
    pub paper: Option<DocumentNumber>,
    /// The product to look at, where there is one.
    pub product: Option<Sku>,
    /// Products that should be counted now.
    pub counts: Vec<Sku>,
}
