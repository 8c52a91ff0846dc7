//! Telling each channel the number its listings are left at: noted before it is sent, as with publishing.

use super::wait::count_down;
use crate::demo::texts::Language;
use crate::place::Place;
use crate::terminal;
use crate::up::Problem;
use channels::channel::{Clock, StockSet};
use channels::error::ChannelError;
use channels::gateway::Gateway;
use commerce::catalogue::{Connection, Shop};
use commerce::cover::{Attempt, Kind};
use commerce::ids::{ConnectionId, ListingId};
use commerce::leave::{Counter, safe_values};
use commerce::stock::{ListingKey, Stock, StockKey};
use lambda_kit::secret_store::{SecretValues, ready};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use table::listing_item::{ListingState, SeenVersions};

/// How long one call may take before its attempt counts as given up.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// How many listings are noted and sent in one go.
const PART_LISTINGS_MAX: usize = 20;
/// How often the numbers are worked out again because something was sold meanwhile.
const ROUNDS_MAX: usize = 5;

/// Which numbers to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) enum Mode {
    /// What is free, each unit offered once.
    Safe(Counter),
    /// Nothing.
    Zero,
}

/// What is needed to tell the channels.
pub(in crate::shop) struct Leave<'a> {
    pub(in crate::shop) place: &'a Place,
    pub(in crate::shop) shop: &'a Shop,
    pub(in crate::shop) secrets: BTreeMap<ConnectionId, SecretValues>,
    pub(in crate::shop) gateway: Gateway,
    pub(in crate::shop) clock: Clock,
    pub(in crate::shop) mode: Mode,
    pub(in crate::shop) lang: Language,
}

/// What became of one listing.
pub(in crate::shop) struct Row {
    before: Option<u32>,
    left_at: u32,
    trouble: Option<String>,
}

/// What became of all.
#[derive(Default)]
pub(in crate::shop) struct Left(BTreeMap<ListingKey, Row>);

pub(in crate::shop) type States = BTreeMap<ListingKey, ListingState>;

impl Leave<'_> {
    /// Tells the channels, and works the numbers out again until nothing was sold meanwhile and nobody else wrote.
    pub(in crate::shop) async fn all(&self) -> Result<Left, Problem> {
        let mut left = Left::default();
        for round in 0..=ROUNDS_MAX {
            let states = self.settled_states().await?;
            let values = self.values().await?;
            let open: BTreeMap<&ListingKey, u32> = values
                .iter()
                .filter(|(key, value)| !self.stays_covered(key) && !is_left_at(states.get(*key), **value))
                .map(|(key, value)| (key, *value))
                .collect();
            for (key, value) in &values {
                let shown = states.get(key).and_then(|state| state.listed.shown);
                let before = shown.map(|units| u32::try_from(units.max(0)).unwrap_or(u32::MAX));
                let row = Row { before, left_at: *value, trouble: None };
                left.0.entry(key.clone()).or_insert(row).left_at = *value;
            }
            if open.is_empty() {
                return Ok(left);
            }
            if round == ROUNDS_MAX {
                let (vi, en) = ("vẫn đang đổi: đơn còn đến", "is still changing: orders are coming in");
                open.keys().for_each(|key| left.trouble(key, self.lang.say(vi, en).to_owned()));
                return Ok(left);
            }
            self.tell(&open, &states, &mut left).await;
            if !left.is_done() {
                return Ok(left);
            }
        }
        Ok(left)
    }

    /// A covered listing is left as it is: the units it shows are covered for it already, and whatever is written blindly
    /// now could offer a unit that was sold a moment ago.
    fn stays_covered(&self, key: &ListingKey) -> bool {
        let connection = self.shop.connections.get(&key.connection);
        let listing = connection.and_then(|c| Some((c, c.listings.get(&key.listing)?)));
        matches!(self.mode, Mode::Safe(_)) && listing.is_some_and(|(c, l)| c.is_covered(l))
    }

    /// What the listings show once no call of somebody else is on its way any more: it would come after ours.
    async fn settled_states(&self) -> Result<States, Problem> {
        let found = states(self.place, self.shop).await?;
        let until_ms = settled_at_ms(self.shop, &found);
        if until_ms <= (self.clock)().as_millisecond() {
            return Ok(found);
        }
        count_down(until_ms, &self.clock, self.lang).await;
        states(self.place, self.shop).await
    }

    async fn values(&self) -> Result<BTreeMap<ListingKey, u32>, Problem> {
        let balances = self.place.table.load_stock(&self.shop.id, &balances(self.shop)).await?;
        Ok(match self.mode {
            Mode::Safe(counter) => safe_values(self.shop, &balances, counter),
            Mode::Zero => zeros(self.shop, &balances),
        })
    }

    async fn tell(&self, open: &BTreeMap<&ListingKey, u32>, states: &States, left: &mut Left) {
        let bar = terminal::bar(open.len());
        for connection in self.shop.connections.values() {
            let of_connection: Vec<StockSet> = open
                .iter()
                .filter(|(key, _)| key.connection == connection.id)
                .map(|(key, quantity)| StockSet::blind(key.listing.clone(), *quantity))
                .collect();
            for part in of_connection.chunks(PART_LISTINGS_MAX) {
                self.tell_part(connection, part, states, left).await;
                bar.inc(part.len() as u64);
            }
        }
        bar.finish_and_clear();
    }

    async fn tell_part(&self, connection: &Connection, sets: &[StockSet], states: &States, left: &mut Left) {
        let key =
            |listing: &ListingId| ListingKey { connection: connection.id.clone(), listing: listing.clone() };
        let Some(secrets) = self.secrets.get(&connection.id) else {
            let (vi, en) =
                ("không còn khóa của kết nối này ở đây", "no secrets of this account are stored here");
            for set in sets {
                left.trouble(&key(&set.listing), self.lang.say(vi, en).to_owned());
            }
            return;
        };
        let mut begun = BTreeMap::new();
        for set in sets {
            match self.begin(connection, set, states.get(&key(&set.listing))).await {
                Ok(state) => drop(begun.insert(set.listing.clone(), (set.clone(), state))),
                Err(why) => left.trouble(&key(&set.listing), why),
            }
        }
        let sets: Vec<StockSet> = begun.values().map(|(set, _)| set.clone()).collect();
        if sets.is_empty() {
            return;
        }
        let outcomes = self.gateway.set_stock(self.shop, connection, &ready(secrets), &sets).await;
        for (listing, outcome) in outcomes {
            let Some((set, state)) = begun.remove(&listing) else { continue };
            if let Err(why) = self.finish(connection, &set, state, outcome).await {
                left.trouble(&key(&listing), why);
            }
        }
        for listing in begun.keys() {
            left.trouble(&key(listing), "the answer left this listing out".to_owned());
        }
    }

    /// Notes the attempt before anything is sent.
    async fn begin(
        &self,
        connection: &Connection,
        set: &StockSet,
        old: Option<&ListingState>,
    ) -> Result<ListingState, String> {
        let deadline = (self.clock)() + CALL_TIMEOUT;
        let mut state = old.cloned().unwrap_or_default();
        state.listed.number += 1;
        let kind = if set.quantity == 0 { Kind::Zero } else { Kind::Set };
        let attempt = Attempt::of_pool(state.listed.number, i64::from(set.quantity), deadline);
        state.listed.attempt = Some(Attempt { kind, ..attempt });
        self.save(connection, set, &state, old.map(|old| old.listed.number)).await?;
        Ok(state)
    }

    /// Notes the answer. A listing that was left has seen no balance: should the shop come back, it is told anew.
    async fn finish(
        &self,
        connection: &Connection,
        set: &StockSet,
        state: ListingState,
        outcome: Result<(), ChannelError>,
    ) -> Result<(), String> {
        let expected = Some(state.listed.number);
        let now = (self.clock)();
        let mut settled = state;
        match &outcome {
            Ok(()) => {
                settled.seen = SeenVersions::new();
                settled.listed.attempt = None;
                settled.listed.shown = Some(i64::from(set.quantity));
                settled.listed.told_at = Some(now);
                // Should the shop come back, the listing is adopted anew.
                settled.listed.ground = None;
            }
            Err(error) if error.is_ambiguous() => {
                settled.listed.attempt.iter_mut().for_each(|attempt| attempt.deadline = now);
            }
            Err(_) => settled.listed.attempt = None,
        }
        self.save(connection, set, &settled, expected).await?;
        outcome.map_err(|error| error.to_string())
    }

    async fn save(
        &self,
        connection: &Connection,
        set: &StockSet,
        state: &ListingState,
        expected: Option<u64>,
    ) -> Result<(), String> {
        let table = &self.place.table;
        let saved = table.save_listing(&self.shop.id, &connection.id, &set.listing, state, expected).await;
        saved.map_err(|error| error.to_string())
    }
}

/// True when the channel has acknowledged this number as the one it is left at.
fn is_left_at(state: Option<&ListingState>, value: u32) -> bool {
    let is_it = |s: &ListingState| s.listed.attempt.is_none() && s.listed.shown == Some(i64::from(value));
    state.is_some_and(|state| is_it(state) && state.seen.is_empty())
}

fn zeros(shop: &Shop, balances: &BTreeMap<StockKey, Stock>) -> BTreeMap<ListingKey, u32> {
    let left = safe_values(shop, balances, Counter::KeepsItsUnits);
    left.into_keys().map(|key| (key, 0)).collect()
}

fn balances(shop: &Shop) -> Vec<StockKey> {
    let mut keys = BTreeSet::new();
    for connection in shop.connections.values() {
        for part in connection.listings.values().flat_map(|listing| &listing.recipe) {
            // Every store, also one that does not serve this connection: what is short there counts, too.
            let all = shop.locations.iter();
            keys.extend(all.map(|l| StockKey { sku: part.sku.clone(), location: l.id.clone() }));
        }
    }
    keys.into_iter().collect()
}

pub(in crate::shop) async fn states(place: &Place, shop: &Shop) -> Result<States, Problem> {
    let mut states = States::new();
    for connection in shop.connections.values() {
        let ids: Vec<ListingId> = connection.listings.keys().cloned().collect();
        let found = place.table.load_listings(&shop.id, &connection.id, &ids).await?;
        let key = |listing| ListingKey { connection: connection.id.clone(), listing };
        states.extend(found.into_iter().map(|(listing, state)| (key(listing), state)));
    }
    Ok(states)
}

/// When the last call on its way can no longer be applied, in milliseconds since 1970.
fn settled_at_ms(shop: &Shop, states: &States) -> i64 {
    let settled = states.iter().filter_map(|(key, state)| {
        let channel = &shop.connections.get(&key.connection)?.channel;
        let within_ms =
            channels::registry::find(channel).map_or(60_000, |c| i64::from(c.facts().applied_within_ms));
        Some(state.listed.attempt.as_ref()?.deadline.as_millisecond() + within_ms)
    });
    settled.max().unwrap_or(0)
}

impl Left {
    /// True when every listing was told.
    pub(in crate::shop) fn is_done(&self) -> bool {
        self.0.values().all(|row| row.trouble.is_none())
    }

    fn trouble(&mut self, key: &ListingKey, why: String) {
        if let Some(row) = self.0.get_mut(key) {
            row.trouble = Some(why);
        }
    }

    /// Connection, listing, shown before, left at.
    pub(in crate::shop) fn text(&self, l: Language) -> String {
        let head = match l {
            Language::Vi => ["Kết nối", "Gian hàng", "Đang hiện", "Để lại", ""],
            Language::En => ["Connection", "Listing", "Shown before", "Left at", ""],
        };
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for (key, row) in &self.0 {
            let before = row.before.map_or_else(|| "·".to_owned(), |units| units.to_string());
            let (left_at, trouble) = match &row.trouble {
                None => (row.left_at.to_string(), String::new()),
                Some(why) => ("·".to_owned(), why.clone()),
            };
            rows.push(vec![key.connection.to_string(), key.listing.to_string(), before, left_at, trouble]);
        }
        terminal::table(&rows)
    }
}
