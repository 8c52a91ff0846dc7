//! One shop compared as a whole: its ledger, each of its connections by itself, and what that means for its goods.
//!
//! A connection that fails or takes too long is a line of the findings; it holds up no other.

use super::archive::Read;
use super::around::{Shelves, find_short, find_stranded};
use super::findings::{ConnectionFindings, DriftFindings, Findings, Proof, Remark};
use super::marks::Marks;
use super::numbers::Numbers;
use super::{Reconcile, Recorded, Trouble};
use crate::announce_stock::LedgerLine;
use channels::gateway::Account;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Shop};
use commerce::effect::OrderState;
use commerce::ids::{ConnectionId, ListingId, OrderId};
use commerce::plan::OrderKey;
use commerce::reconcile::{Day, Decision, SHOP_ZONE, shop_zone};
use commerce::silence::Subscribed;
use commerce::stock::{Cause, ListingKey, Stock, StockKey};
use futures::future::join_all;
use jiff::SignedDuration;
use jiff::civil::Date;
use lambda_kit::metrics::{self, Unit};
use lambda_kit::shops::Shops;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What one connection has: a channel that answers late is told of, and waited for no longer.
const CONNECTION_TIME_MAX: Duration = Duration::from_secs(300);
/// The ledger is read from so long before a day: an order is never recorded before it is placed.
const BEFORE_DAY: SignedDuration = SignedDuration::from_hours(1);

/// What a comparison found, with what it read on its way: whoever tells of the day reads none of it twice.
#[derive(Debug, Clone)]
pub struct Whole {
    /// What was found.
    pub findings: Findings,
    /// Ledger lines, all of the day's among them, in no certain order; one may stand there twice.
    pub lines: Vec<LedgerLine>,
    /// Those lines that were archived on the day: from the last look before it began until the last look before it was over.
    /// None where nobody had looked so early.
    pub recorded: Option<Recorded>,
    /// Listings that show what they should, and when their channel was told last.
    pub even: BTreeMap<ListingKey, Option<Timestamp>>,
    /// The balances, read after those lines.
    pub stock: BTreeMap<StockKey, Stock>,
    /// Our orders that moved stock on that day or that a channel listed for it, as they stand now.
    pub orders: BTreeMap<OrderKey, OrderState>,
}

/// Orders by connection.
type Orders = BTreeMap<ConnectionId, BTreeSet<OrderId>>;

impl Reconcile {
    /// Compares a shop with its channels and its ledger, mends what may be mended, and keeps what was found. `date` is the
    /// business day whose orders are counted; none for the last one that is over.
    pub async fn compare_all(
        &self,
        shops: &Shops,
        shop: &Shop,
        date: Option<Date>,
    ) -> Result<Findings, Trouble> {
        Ok(self.compare_whole(shops, shop, date).await?.findings)
    }

    /// The same, with what was read on the way.
    pub async fn compare_whole(
        &self,
        shops: &Shops,
        shop: &Shop,
        date: Option<Date>,
    ) -> Result<Whole, Trouble> {
        let now = (self.passes.clock)();
        let no_day = || Trouble::Shop("that is no day of the calendar".to_owned());
        let zone = shop_zone();
        let day = date.map_or_else(|| Day::over_before(now, &zone), |date| Day::of(date, &zone));
        let day = day.ok_or_else(no_day)?;
        let moved = self.look_at_moved(shop).await?;
        let checkpoint = self.load_checkpoint(&shop.id).await?;
        let marks = self.load_marks(&shop.id).await?;
        let from = marks.before(day.from.checked_sub(BEFORE_DAY).unwrap_or(day.from)).unwrap_or_default();
        let read = self.read_ledger_after(&shop.id, from.min(checkpoint.last.as_str())).await?;
        let mut remarks: Vec<Remark> = read.unreadable.iter().map(|name| unreadable(name)).collect();
        let orders = orders_of(&read.lines);
        let today = now.to_zoned(zone).date();
        let looked = shop.connections.values().map(|connection| {
            self.compare_connection(shops, shop, connection, &day, orders.get(&connection.id), today)
        });
        let (mut connections, mut shelves, mut states) = (Vec::new(), Shelves::new(), BTreeMap::new());
        for (found, numbers, said, ours) in join_all(looked).await {
            states.extend(ours);
            shelves.insert(found.connection.clone(), numbers);
            connections.push(found);
            remarks.extend(said);
        }
        let (ledger, stock) = self.fold_ledger(shop, checkpoint, &read).await?;
        let findings = Findings {
            shop: shop.id.clone(),
            name: shop.name.clone(),
            day: day.date,
            time_zone: SHOP_ZONE.to_owned(),
            made_at: now,
            connections,
            ledger,
            stranded: find_stranded(shop, &stock, &shelves, (self.passes.clock)()),
            shortfalls: find_short(shop, &stock),
            parked: self.find_parked(shop).await?,
            remarks,
            moved,
        };
        self.keep(&findings).await?;
        measure(&findings);
        let (recorded, even) = (recorded_on(&marks, &read, &day), even(&shelves));
        Ok(Whole { findings, lines: read.lines, recorded, even, stock, orders: states })
    }

    /// One connection by itself: whatever becomes of it, there is a line for it.
    async fn compare_connection(
        &self,
        shops: &Shops,
        shop: &Shop,
        connection: &Connection,
        day: &Day,
        known: Option<&BTreeSet<OrderId>>,
        today: Date,
    ) -> (ConnectionFindings, Numbers, Vec<Remark>, BTreeMap<OrderKey, OrderState>) {
        let account = Account { shop, connection, secrets: shops.secrets(&shop.id, &connection.id) };
        let (none, mut remarks) = (BTreeSet::new(), Vec::new());
        let mut say = |what: String| {
            tracing::warn!(shop = %shop.id, connection = %connection.id, what, "not compared to the end");
            remarks.push(Remark { connection: Some(connection.id.clone()), what });
        };
        let (mut said, mut ours) = (Vec::new(), BTreeMap::new());
        let proving = self.prove(&account, day, known.unwrap_or(&none), &mut said, &mut ours);
        let proof = within_time(proving).await.unwrap_or_else(|reason| Proof::Unreadable { reason });
        let numbers = within_time(self.compare_numbers(shops, &account, day, today)).await;
        let mut numbers = numbers.unwrap_or_else(|why| {
            say(format!("its listings were not read to the end: {why}"));
            Numbers::default()
        });
        let login = self.find_login(shop, connection, Some(day)).await;
        let login = login.unwrap_or_else(|trouble| {
            say(format!("its login could not be looked at: {trouble}"));
            super::findings::Login::NotMeasured
        });
        let webhooks = within_time(async { Ok(self.see_to_webhooks(&account).await) }).await;
        let webhooks = webhooks.unwrap_or_else(|why| {
            say(format!("its webhooks could not be looked at: {why}"));
            Subscribed::NotLooked
        });
        remarks.extend(said);
        let found = ConnectionFindings {
            connection: connection.id.clone(),
            channel: connection.channel.clone(),
            is_covered: connection.sharing == commerce::catalogue::Sharing::Cover,
            proof,
            unheard: unheard(&ours, day),
            drift: std::mem::take::<DriftFindings>(&mut numbers.findings),
            login,
            webhooks,
            freshness: numbers.freshness.take(),
        };
        (found, numbers, remarks, ours)
    }

    /// By shop and day; a later comparison of the same day replaces an earlier one.
    async fn keep(&self, findings: &Findings) -> Result<(), Trouble> {
        let name = format!("reconcile/{}/{}.json", findings.shop, findings.day);
        let content = serde_json::to_vec(findings).map_err(|error| Trouble::Shop(error.to_string()))?;
        Ok(self.archive.put(&name, content).await?)
    }
}

fn recorded_on(marks: &Marks, read: &Read, day: &Day) -> Option<Recorded> {
    Some(read.between(marks.before(day.from)?, marks.before(day.to)?))
}

fn even(shelves: &Shelves) -> BTreeMap<ListingKey, Option<Timestamp>> {
    let of = |(connection, numbers): (&ConnectionId, &Numbers)| {
        let key =
            |listing: &ListingId| ListingKey { connection: connection.clone(), listing: listing.clone() };
        let told = |listing: &ListingId| (key(listing), numbers.told_at.get(listing).copied());
        numbers.even.iter().map(told).collect::<Vec<_>>()
    };
    shelves.iter().flat_map(of).collect()
}

/// Orders placed on that day of which no news has come.
fn unheard(ours: &BTreeMap<OrderKey, OrderState>, day: &Day) -> Vec<OrderId> {
    let is_so = |state: &OrderState| state.unheard && day.holds(state.created_at);
    ours.iter().filter(|(_, state)| is_so(state)).map(|(key, _)| key.order.clone()).collect()
}

async fn within_time<T>(work: impl Future<Output = Result<T, Trouble>>) -> Result<T, String> {
    match tokio::time::timeout(CONNECTION_TIME_MAX, work).await {
        Ok(done) => done.map_err(|trouble| trouble.to_string()),
        Err(_) => Err(format!("it took longer than {} seconds", CONNECTION_TIME_MAX.as_secs())),
    }
}

fn unreadable(name: &str) -> Remark {
    Remark { connection: None, what: format!("{name} cannot be read as a ledger") }
}

/// The orders that ledger lines tell of.
fn orders_of(lines: &[LedgerLine]) -> Orders {
    let mut orders = Orders::new();
    for movement in lines.iter().flat_map(|line| &line.movements) {
        if let Cause::Order { connection, order, .. } = &movement.cause
            && let Ok(order) = OrderId::new(order.clone())
        {
            orders.entry(connection.clone()).or_default().insert(order);
        }
    }
    orders
}

/// What alarms watch.
fn measure(findings: &Findings) {
    let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    let healed = findings.decided(|decision| matches!(decision, Decision::Heal(_)));
    let left = findings.decided(|decision| matches!(decision, Decision::Leave(_)));
    let ledger = findings.ledger.gaps.len() + findings.ledger.wrong_folds.len();
    metrics::tell(&[
        ("ShopsReconciled", Unit::Count, 1),
        ("OrdersLeft", Unit::Count, count(findings.orders_left())),
        ("ListsUnread", Unit::Count, count(findings.lists_unread())),
        ("DriftHealed", Unit::Count, count(healed)),
        ("DriftLeft", Unit::Count, count(left)),
        ("ListingsUnread", Unit::Count, count(findings.listings_unread())),
        ("Oversold", Unit::Count, count(findings.shortfalls.len())),
        ("LedgerWrong", Unit::Count, count(ledger)),
        ("Stranded", Unit::Count, count(findings.stranded.lines.len())),
    ]);
}
