//! Everything the table holds of one shop, in the order of its keys.

use crate::demo::texts::Language;
use crate::place::Place;
use crate::up::Problem;
use commerce::ids::{ConnectionId, ShopId};
use indicatif::ProgressBar;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use table::attributes::Item;
use table::keys::{self, Key, Kind};
use table::operator::{from_json, key_of, to_json};

/// On AWS the scan rests this long after each page, so that the shops' own work is never slowed down.
const PAUSE: Duration = Duration::from_millis(200);

/// What must stand still while a book is read: everything but what listings show.
pub const RECORDED: [Kind; 9] = [
    Kind::Order,
    Kind::Stock,
    Kind::Document,
    Kind::HoldCode,
    Kind::Goods,
    Kind::Forwarding,
    Kind::CountWanted,
    Kind::Parked,
    Kind::Other,
];
/// How often the book is read again until two passes agree.
const TRIES_MAX: usize = 3;

/// A shop's items, each as one line of DynamoDB's JSON.
#[derive(Debug)]
pub struct Book {
    shop: ShopId,
    lines: BTreeMap<Key, String>,
}

impl Book {
    /// Reads all of it from the table, but for its logins.
    pub async fn read(place: &Place, shop: &ShopId) -> Result<Self, Problem> {
        let mut lines = BTreeMap::new();
        let (mut from, mut looked_at) = (None, 0);
        let bar = ProgressBar::new_spinner();
        loop {
            let page = place.table.page_of_shop(shop, from).await?;
            for item in &page.items {
                let key = key_of(item)?;
                // What is known of logins stays where the tokens lie: elsewhere a person grants them anew.
                if keys::kind(shop, &key) != Kind::Connection {
                    lines.insert(key, to_json(item)?.to_string());
                }
            }
            looked_at += page.looked_at;
            bar.set_message(format!("{looked_at} items looked at, {} found", lines.len()));
            bar.tick();
            from = page.next;
            if from.is_none() {
                bar.finish_and_clear();
                return Ok(Self { shop: shop.clone(), lines });
            }
            if place.stack.is_some() {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Reads all of it as it was at one moment: a pass takes a while, and an order recorded meanwhile could come in
    /// without its balance. What two passes agree on was so between them.
    pub async fn settled(place: &Place, shop: &ShopId, l: Language) -> Result<Self, Problem> {
        Self::agreed(async || Self::read(place, shop).await, l).await
    }

    /// Passes until two agree on everything recorded. The earlier of the two is the answer: what its listings have
    /// seen cannot be newer than its balances.
    pub async fn agreed(
        mut pass: impl AsyncFnMut() -> Result<Self, Problem>,
        l: Language,
    ) -> Result<Self, Problem> {
        let mut earlier = pass().await?;
        for _ in 0..TRIES_MAX {
            let later = pass().await?;
            let is_in = |one: &Self, other: &Self| one.not_in(other, &RECORDED).next().is_none();
            let stood_still = is_in(&earlier, &later) && is_in(&later, &earlier);
            if stood_still {
                return Ok(earlier);
            }
            earlier = later;
        }
        let (vi, en) = (
            "sổ đổi liên tục trong lúc đọc vì đơn đang đến: chạy lại khi vắng, hoặc tạm ngừng hay gỡ địa chỉ webhook ở các kênh trước; chưa xuất gì cả",
            "orders are coming in: the book changed each time it was read. Run this at a quiet hour, or pause or take the webhook addresses away at the channels first; nothing was exported",
        );
        Err(l.say(vi, en).into())
    }

    /// Reads it back from an export.
    pub fn from_lines(shop: &ShopId, text: &str) -> Result<Self, Problem> {
        let mut lines = BTreeMap::new();
        for (n, line) in text.lines().enumerate() {
            let bad = |why: String| format!("items.jsonl, line {}: {why}", n + 1);
            let json = serde_json::from_str(line).map_err(|_| bad("is no JSON".to_owned()))?;
            let item = from_json(&json).map_err(|e| bad(e.to_string()))?;
            let key = key_of(&item).map_err(|e| bad(e.to_string()))?;
            if keys::kind(shop, &key) == Kind::Other {
                return Err(bad(format!("{} is no item of shop {shop}", key.partition)).into());
            }
            lines.insert(key, to_json(&item)?.to_string());
        }
        Ok(Self { shop: shop.clone(), lines })
    }

    /// True when there is nothing of the shop.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The lines, one item each.
    pub fn lines(&self) -> String {
        let lines = self.lines.values();
        lines.flat_map(|line| [line.as_str(), "\n"]).collect()
    }

    /// The items of one kind, in the order of their keys.
    pub fn items(&self, kind: Kind) -> impl Iterator<Item = Result<(&Key, Item), Problem>> {
        let of_kind = self.lines.iter().filter(move |(key, _)| keys::kind(&self.shop, key) == kind);
        of_kind.map(|(key, line)| Ok((key, from_json(&serde_json::from_str(line)?)?)))
    }

    /// All items.
    pub fn all(&self) -> impl Iterator<Item = Result<Item, Problem>> {
        self.lines.values().map(|line| Ok(from_json(&serde_json::from_str(line)?)?))
    }

    /// The items of this book that the other does not hold just so, of those kinds.
    pub fn not_in<'b>(&'b self, other: &'b Book, kinds: &'b [Kind]) -> impl Iterator<Item = &'b Key> {
        let wanted = self.lines.iter().filter(|(key, _)| kinds.contains(&keys::kind(&self.shop, key)));
        wanted.filter(|(key, line)| other.lines.get(key) != Some(line)).map(|(key, _)| key)
    }

    /// Every account that has ever sold or shown something.
    pub fn connections(&self) -> BTreeSet<ConnectionId> {
        let of = |key: &Key| {
            let sold = keys::parse_order(&key.partition, &key.sort).map(|order| order.connection);
            sold.or_else(|| {
                keys::parse_listing(&key.partition, &key.sort).map(|(_, connection, _)| connection)
            })
        };
        self.lines.keys().filter_map(of).collect()
    }

    /// How many items there are of each kind.
    pub fn counts(&self) -> Counts {
        let count = |kind| self.lines.keys().filter(|key| keys::kind(&self.shop, key) == kind).count();
        vec![
            ("items", self.lines.len()),
            ("orders", count(Kind::Order)),
            ("balances", count(Kind::Stock)),
            ("counts", count(Kind::Document)),
            ("listings", count(Kind::Listing)),
            ("parked", count(Kind::Parked)),
        ]
    }
}

/// How many items of what.
pub type Counts = Vec<(&'static str, usize)>;
