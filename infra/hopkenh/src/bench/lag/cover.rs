//! Our way: the product's own rules decide every step of the sale; here they only meet its clock and its channels.
//!
//! Who gets how many, when a listing may be raised, what a write costs and what must be waited for is `commerce::cover`'s,
//! as in the function that publishes. A learned order is recorded at once; a pass over a channel's orders takes its time.

use super::world::{LISTINGS, Rule, UNITS, World, Write as Sent};
use commerce::Timestamp;
use commerce::catalogue::{Component, Connection, Listing, Location, Sharing, Shop};
use commerce::cover::{
    Attempt, Call, Class, Kind, Listed, Pace, Phase, Step, Supply, Told, View, Write, answered, next,
};
use commerce::effect::Restores;
use commerce::ids::{ConnectionId, IdError, ListingId, LocationId, ShopId, Sku};
use commerce::shortfall::ShortfallRule;
use commerce::stock::{ListingKey, Stock, StockDelta, StockKey};
use std::collections::{BTreeMap, BTreeSet};

/// A channel's order list is behind by at most this (as Shopee's and TikTok Shop's are taken to be).
pub const LIST_LAG_MS: u64 = 10_000;
/// From the start of a poll pass until its orders are recorded.
pub const PASS_MS: u64 = 2_000;
/// How long a call has until it is given up; here every call is answered before.
const CALL_MS: i64 = 60_000;
/// A look at all listings may free units that another one waits for: then all are looked at once more, so often at most.
const ROUNDS_MAX: usize = 6;

/// The book of one product on three listings.
pub struct Covers {
    shop: Shop,
    classes: [Class; LISTINGS],
    stock: BTreeMap<StockKey, Stock>,
    listed: BTreeMap<ListingKey, Listed>,
    drained_until: [Option<Timestamp>; LISTINGS],
    /// What each listing's pass is to prove, while one is under way.
    awaited: [Option<Timestamp>; LISTINGS],
}

impl Covers {
    /// Listings of these classes, each on a channel of its own, taken over and at 0.
    pub fn new(classes: [Class; LISTINGS]) -> Result<Self, IdError> {
        let (sku, store) = (Sku::new("SKU-1")?, LocationId::new("hn")?);
        let shop = shop(&sku, &store)?;
        let adopted = |connection: &Connection| {
            let of = |listing| {
                let ground = Some(connection.ground(listing));
                (connection.key(listing), Listed { ground, ..Listed::default() })
            };
            connection.listings.values().map(of).collect::<Vec<_>>()
        };
        let listed = shop.connections.values().flat_map(adopted).collect();
        let counted = Stock { on_hand: UNITS, free: UNITS, ..Stock::default() };
        Ok(Self {
            shop,
            classes,
            stock: [(StockKey { sku, location: store }, counted)].into(),
            listed,
            drained_until: [None; LISTINGS],
            awaited: [None; LISTINGS],
        })
    }

    fn place(&self, n: usize) -> Option<(&Connection, &Listing, ListingKey)> {
        let connection = self.shop.connections.values().nth(n)?;
        let listing = connection.listings.values().next()?;
        Some((connection, listing, connection.key(listing)))
    }

    fn with_view<T>(&self, n: usize, now: Timestamp, decide: impl FnOnce(&View<'_>) -> T) -> Option<T> {
        let (connection, listing, key) = self.place(n)?;
        let blind = BTreeSet::new();
        let supply =
            Supply { shop: &self.shop, stock: &self.stock, listed: &self.listed, blind: &blind, now };
        let scene = supply.scene(connection, listing, self.classes[n] == Class::Blind);
        Some(decide(&View {
            listed: self.listed.get(&key)?,
            class: self.classes[n],
            restores: Restores::Yes,
            pace: Pace { applied_within_ms: 0, list_lag_ms: i64::try_from(LIST_LAG_MS).unwrap_or(0) },
            ground: &scene.ground,
            places: &scene.places,
            left_over: &scene.left_over,
            drained_until: self.drained_until[n],
            may_raise: scene.may_raise,
            call_ms: CALL_MS,
            now,
        }))
    }

    /// Books a change of the one balance.
    fn book(&mut self, delta: &StockDelta) {
        self.stock.values_mut().for_each(|stock| stock.apply(delta, Vec::new()));
    }

    /// Saves what a write says; true where units changed hands.
    fn save(&mut self, n: usize, write: &Write) -> bool {
        let Some((_, _, key)) = self.place(n) else { return false };
        let units: i64 = write.cover.iter().map(|change| change.delta).sum();
        self.book(&StockDelta { cover: [(key.clone(), units)].into(), ..StockDelta::default() });
        self.listed.insert(key, write.listed.clone());
        units != 0
    }

    /// Looks at all listings until none has anything more to do.
    fn look_at_all(&mut self, world: &mut World) {
        for _ in 0..ROUNDS_MAX {
            let moved: Vec<bool> = (0..LISTINGS).map(|n| self.look(n, world)).collect();
            if !moved.contains(&true) {
                break;
            }
        }
    }

    /// Does what is to be done about a listing now; true where units changed hands.
    fn look(&mut self, n: usize, world: &mut World) -> bool {
        match self.with_view(n, world.now(), next) {
            Some(Step::Write(write)) => {
                let moved = self.save(n, &write);
                match write.call {
                    Call::None => return self.look(n, world) || moved,
                    Call::Read => world.send(n, Sent::Read),
                    Call::Send => world.send(n, sent(write.listed.attempt.as_ref())),
                }
                moved
            }
            Some(Step::AwaitPass(until)) => {
                if self.awaited[n].replace(until) != Some(until) {
                    world.ring_after(LIST_LAG_MS + PASS_MS, n);
                }
                false
            }
            Some(Step::Rest | Step::Wait(_)) | None => false,
        }
    }
}

fn shop(sku: &Sku, store: &LocationId) -> Result<Shop, IdError> {
    let connection = |n: usize| -> Result<(ConnectionId, Connection), IdError> {
        let (id, listing) = (ConnectionId::new(format!("channel-{n}"))?, ListingId::new("1")?);
        let sold = Listing {
            id: listing.clone(),
            recipe: vec![Component { sku: sku.clone(), factor: 1 }],
            buffer: 0,
            publish: true,
            rule: None,
            paused: false,
        };
        let connection = Connection {
            id: id.clone(),
            channel: "made-up".to_owned(),
            base_url: None,
            webhook_url: None,
            serves_from: vec![store.clone()],
            account: BTreeMap::new(),
            sharing: Sharing::Cover,
            rule: Default::default(),
            listings: [(listing, sold)].into(),
        };
        Ok((id, connection))
    };
    Ok(Shop {
        id: ShopId::new("lag")?,
        name: "Lag".to_owned(),
        keep_orders_days: 60,
        report: Default::default(),
        shortfalls: ShortfallRule::usual("Lag"),
        locations: vec![Location {
            id: store.clone(),
            name: "Hà Nội".to_owned(),
            till: None,
            walk_in_reserve: 0,
            orders_to: None,
        }],
        connections: (0..LISTINGS).map(connection).collect::<Result<_, _>>()?,
    })
}

/// What the attempt sends; these classes know only whole numbers.
fn sent(attempt: Option<&Attempt>) -> Sent {
    match attempt {
        Some(attempt) if attempt.kind == Kind::Compare => {
            Sent::SetIf { shown: attempt.base, value: attempt.value }
        }
        Some(attempt) => Sent::Set(attempt.value),
        None => Sent::Read,
    }
}

impl Rule for Covers {
    fn open(&mut self, world: &mut World) -> [i64; LISTINGS] {
        let want =
            |n| self.with_view(n, world.now(), |view| view.places.iter().map(|place| place.want).sum());
        let wanted: [i64; LISTINGS] = std::array::from_fn(|n| want(n).unwrap_or(0));
        for (n, units) in wanted.iter().enumerate() {
            if let Some((_, _, key)) = self.place(n) {
                self.book(&StockDelta { cover: [(key, *units)].into(), ..StockDelta::default() });
            }
        }
        wanted
    }

    fn learned(&mut self, n: usize, sold_ms: i64, world: &mut World) {
        let Some((_, _, key)) = self.place(n) else { return };
        self.listed.entry(key.clone()).or_default().remember_sales(&[sold_ms]);
        self.book(&StockDelta { committed: 1, cover: [(key, -1)].into(), ..StockDelta::default() });
        self.look_at_all(world);
    }

    fn answered(&mut self, n: usize, done: bool, shown: i64, world: &mut World) {
        let Some((_, _, key)) = self.place(n) else { return };
        let Some(attempt) = self.listed.get(&key).and_then(|listed| listed.attempt.clone()) else { return };
        let told = match (attempt.phase, done) {
            (Phase::Reading, _) => Told::Shown { units: shown, gross: None },
            (_, true) => Told::Applied,
            (_, false) => Told::Changed,
        };
        let write = self.with_view(n, world.now(), |view| answered(view, attempt.id, told)).flatten();
        if let Some(write) = write {
            self.save(n, &write);
        }
        self.look_at_all(world);
    }

    /// The pass is over and all its orders are recorded.
    fn due(&mut self, n: usize, world: &mut World) {
        self.drained_until[n] = self.awaited[n].take();
        self.look_at_all(world);
    }
}
