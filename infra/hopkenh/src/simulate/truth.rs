//! What is really true in the simulated day: goods in the stores, what each channel shows, and every order's real state.

use super::world::World;
use channels::facts::WriteClass;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, IdError, LineId, ListingId, OrderId};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, Departure, OrderKind};
use commerce::status::Status;
use std::collections::{BTreeMap, BTreeSet};

/// A listing as its channel keeps it.
#[derive(Debug, Clone, Default)]
pub(super) struct TwinListing {
    /// What buyers see, where the channel keeps that number.
    pub(super) shown: i64,
    /// The gross number, where the channel subtracts its own open orders from it.
    pub(super) gross: i64,
    /// A campaign keeps so many on sale: a write below it is refused.
    pub(super) locked: i64,
    /// Whether the house has set it since the day began.
    pub(super) written: bool,
}

/// One line of an order, in listing units.
#[derive(Debug, Clone)]
pub(super) struct TwinLine {
    /// The listing; for a till sale, the product.
    pub(super) listing: usize,
    pub(super) quantity: u32,
    pub(super) cancelled: u32,
}

/// An order as its channel keeps it.
pub(super) struct TwinOrder {
    /// The account; none for the till.
    pub(super) connection: Option<usize>,
    pub(super) id: OrderId,
    pub(super) lines: Vec<TwinLine>,
    pub(super) status: Status,
    pub(super) departure: Departure,
    pub(super) created_ms: i64,
    /// The channel's own time of the latest change.
    pub(super) source_ms: i64,
    /// The store of a till's sale.
    pub(super) location: Option<usize>,
    /// Every state with the time from which the channel's list shows it.
    pub(super) listed: Vec<(i64, ChannelOrder)>,
    /// Somebody wants to send the parcel.
    pub(super) wants_to_ship: bool,
    /// What has left with it: product, store and base units. A parcel may be packed in two stores.
    pub(super) left_from: Vec<(usize, usize, i64)>,
    /// Until when its units are held; none for what no desk has asked for, and for what is sold.
    pub(super) held_until_ms: Option<i64>,
}

/// A unit that broke or was stolen, which a count told of at that time.
pub(super) struct Lost {
    pub(super) sku: usize,
    pub(super) store: usize,
    pub(super) at_ms: i64,
}

/// Everything true.
pub(super) struct Truth {
    /// Units by product and store.
    pub(super) on_hand: Vec<Vec<i64>>,
    pub(super) listings: Vec<TwinListing>,
    pub(super) orders: Vec<TwinOrder>,
    by_id: BTreeMap<String, usize>,
    /// Units that facts took, by product and store: till sales.
    pub(super) taken: Vec<Vec<i64>>,
    /// Units in somebody's hand, on their way to a buyer in the store.
    pub(super) in_hand: Vec<Vec<i64>>,
    /// Units that a count found missing.
    pub(super) lost: Vec<Lost>,
    /// Units between two stores, by product and where they go.
    pub(super) vans: Vec<Vec<i64>>,
    /// Units that came back and nobody has looked at, by product and store.
    pub(super) waiting: Vec<Vec<i64>>,
    /// Units that broke and are on no paper yet, by product.
    pub(super) untold: Vec<i64>,
    /// Orders of which a product was brought back.
    pub(super) brought_back: BTreeSet<(usize, usize)>,
    /// Where somebody has counted since the day began.
    pub(super) counted: Vec<Vec<bool>>,
    /// Buyers who found nothing, by product.
    pub(super) turned_away: Vec<u64>,
    /// When the last of them came, by product.
    pub(super) turned_away_ms: Vec<Option<i64>>,
}

impl TwinLine {
    fn left(&self) -> i64 {
        i64::from(self.quantity) - i64::from(self.cancelled)
    }
}

impl TwinOrder {
    /// True for what was bought on a channel's own page, and neither at a till nor in a chat.
    pub(super) fn is_of_channel(&self, world: &World) -> bool {
        self.connection.is_some() && self.connection != world.chat
    }

    /// Units of a listing that its buyer still waits for.
    pub(super) fn open_units(&self, listing: usize) -> i64 {
        if self.connection.is_none() || !self.status.is_open() {
            return 0;
        }
        self.lines.iter().filter(|line| line.listing == listing).map(TwinLine::left).sum()
    }

    /// Base units of a product in it, cancelled ones left out.
    pub(super) fn base_units(&self, world: &World, sku: usize) -> i64 {
        self.lines.iter().map(|line| line.left() * factor(world, line.listing, sku)).sum()
    }

    fn channel(&self, world: &World) -> Option<&'static str> {
        self.connection.map(|connection| world.connections[connection].facts.channel)
    }

    /// Where it stands in its channel's own words: not every channel has one for each step.
    pub(super) fn word(&self, world: &World) -> Status {
        match (self.channel(world), &self.status) {
            (Some("woocommerce" | "shopify"), Status::ReadyToShip) => Status::Confirmed,
            (Some("woocommerce"), Status::Shipped | Status::Delivered) => Status::Completed,
            (_, status) => status.clone(),
        }
    }

    /// The order as the channel tells it now.
    pub(super) fn told(&self, world: &World, read_at: Option<Timestamp>) -> Result<ChannelOrder, IdError> {
        let has_website = self.channel(world) == Some("woocommerce");
        let mut lines = Vec::new();
        for (place, line) in self.lines.iter().enumerate() {
            let listing = match self.connection {
                Some(_) => world.listings[line.listing].id.clone(),
                None => ListingId::new(world.skus[line.listing].as_str())?,
            };
            lines.push(ChannelLine {
                id: LineId::new(format!("{}", place + 1))?,
                listing,
                quantity: if has_website { line.quantity - line.cancelled } else { line.quantity },
                cancelled: if has_website { 0 } else { line.cancelled },
                unit_price_minor: 111_000,
            });
        }
        let units: i64 = self.lines.iter().map(|line| i64::from(line.quantity)).sum();
        let kind = if self.connection.is_some() { OrderKind::Channel } else { OrderKind::TillSale };
        Ok(ChannelOrder {
            id: self.id.clone(),
            kind,
            status: self.word(world),
            departure: if has_website { website_departure(self) } else { self.departure },
            source_time: time(self.source_ms),
            created_at: time(self.created_ms),
            read_at,
            location: self
                .location
                .filter(|_| self.connection.is_none())
                .map(|store| world.locations[store].clone()),
            hold: None,
            reference: None,
            lines,
            total: Money { amount_minor: 111_000 * units, currency: Currency::VND },
        })
    }
}

/// A website does not say what a word of a plugin means for the goods.
fn website_departure(order: &TwinOrder) -> Departure {
    if matches!(order.status, Status::Unknown(_)) { Departure::Unknown } else { order.departure }
}

/// That many milliseconds since 1970.
pub(super) fn time(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

impl Truth {
    /// The truth before anything happens.
    pub(super) fn new(world: &World) -> Self {
        Self {
            on_hand: world.on_hand.clone(),
            listings: vec![TwinListing::default(); world.listings.len()],
            orders: Vec::new(),
            by_id: BTreeMap::new(),
            taken: vec![vec![0; world.locations.len()]; world.skus.len()],
            in_hand: vec![vec![0; world.locations.len()]; world.skus.len()],
            lost: Vec::new(),
            vans: vec![vec![0; world.locations.len()]; world.skus.len()],
            waiting: vec![vec![0; world.locations.len()]; world.skus.len()],
            untold: vec![0; world.skus.len()],
            brought_back: BTreeSet::new(),
            counted: vec![vec![false; world.locations.len()]; world.skus.len()],
            turned_away: vec![0; world.skus.len()],
            turned_away_ms: vec![None; world.skus.len()],
        }
    }

    /// Takes a new order in and tells its place.
    pub(super) fn add(&mut self, order: TwinOrder) -> usize {
        self.by_id.insert(order.id.to_string(), self.orders.len());
        self.orders.push(order);
        self.orders.len() - 1
    }

    /// The place of an order.
    pub(super) fn find(&self, id: &OrderId) -> Option<usize> {
        self.by_id.get(id.as_str()).copied()
    }

    /// Units of a listing in the channel's own open orders.
    pub(super) fn open_units(&self, listing: usize) -> i64 {
        self.orders.iter().map(|order| order.open_units(listing)).sum()
    }

    /// Units a buyer can take of a listing now.
    pub(super) fn on_sale(&self, world: &World, listing: usize) -> i64 {
        let twin = &self.listings[listing];
        match world.connections[world.listings[listing].connection].class {
            WriteClass::Gross => (twin.gross - self.open_units(listing)).max(0),
            _ => twin.shown.max(0),
        }
    }

    /// Base units of a product that all listings show.
    pub(super) fn shown_of(&self, world: &World, sku: usize) -> i64 {
        let each = (0..world.listings.len()).map(|listing| {
            let factor = factor(world, listing, sku);
            if factor == 0 { 0 } else { factor * self.on_sale(world, listing) }
        });
        each.sum()
    }

    /// Base units of a product in open orders.
    pub(super) fn open_of(&self, world: &World, sku: usize) -> i64 {
        let each = (0..world.listings.len()).map(|listing| {
            let factor = factor(world, listing, sku);
            if factor == 0 { 0 } else { factor * self.open_units(listing) }
        });
        each.sum()
    }

    /// Base units of a product that are held for buyers in chats.
    pub(super) fn held_of(&self, world: &World, sku: usize) -> i64 {
        let held = self.orders.iter().filter(|order| order.held_until_ms.is_some() && order.status.is_open());
        held.map(|order| order.base_units(world, sku)).sum()
    }

    /// Units that lie in a store and that nobody has in hand.
    pub(super) fn on_shelf(&self, sku: usize, store: usize) -> i64 {
        self.on_hand[sku][store] - self.in_hand[sku][store]
    }

    /// Base units of a product in all stores.
    pub(super) fn on_hand_of(&self, sku: usize) -> i64 {
        self.on_hand[sku].iter().sum()
    }

    /// Units of a product that are missing and that no count in the book has told of yet; `baseline_ms` tells for a store as
    /// of when its balance was counted last.
    pub(super) fn unknown_losses(&self, sku: usize, baseline_ms: impl Fn(usize) -> i64) -> i64 {
        let lost = self.lost.iter().filter(|lost| lost.sku == sku && baseline_ms(lost.store) < lost.at_ms);
        i64::try_from(lost.count()).unwrap_or(0)
    }

    /// Base units of a product that till sales took and the book does not know of; `knows` tells which it does.
    pub(super) fn unknown_till_sales(
        &self,
        sku: usize,
        knows: impl Fn(&ConnectionId, &OrderId) -> bool,
        till: &ConnectionId,
    ) -> i64 {
        let sales = self.orders.iter().filter(|order| order.connection.is_none() && !knows(till, &order.id));
        let units = sales.flat_map(|sale| &sale.lines).filter(|line| line.listing == sku).map(TwinLine::left);
        units.sum()
    }
}

/// Base units of the product in one unit of the listing.
pub(super) fn factor(world: &World, listing: usize, sku: usize) -> i64 {
    world.listings[listing].recipe.iter().filter(|(part, _)| *part == sku).map(|(_, factor)| factor).sum()
}
