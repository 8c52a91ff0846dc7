//! What each listing of a connection shows, against what we believe and what the rules want (P6); and what may be mended is
//! put in doubt.
//!
//! A number that was read says nothing as long as orders from before it may be missing here. So whatever looks wrong is
//! looked at twice: between the two, all orders up to the first reading are recorded. Only what stood still meanwhile is
//! judged. Nothing is written here but the day's budget: `publish-stock` asks the channel, drains, settles and tells it.

use super::drift_log::tell;
use super::findings::{DriftFindings, DriftLine, Freshness};
use super::freshness::freshness;
use super::{Reconcile, Trouble};
use crate::look_again::doubt;
use crate::passes::CLOCKS_APART_MS;
use crate::publish_stock::{Desk, Manners, Sales, Standing, is_counted_since, moved_at, sum};
use crate::what_to_show::balances;
use channels::facts::Verb;
use channels::gateway::Account;
use commerce::Timestamp;
use commerce::catalogue::Listing;
use commerce::ids::{ListingId, Sku};
use commerce::reconcile::{Day, Decision, Finding, HEALS_PER_DAY, NotRead, Sight, classify, decide};
use commerce::shown::quantity_to_show;
use commerce::stock::{Stock, StockKey};
use jiff::civil::Date;
use lambda_kit::shops::Shops;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use table::TableError;

/// How many listings are looked at together.
const PART_LISTINGS_MAX: usize = 20;
/// How often a budget is looked at again that somebody else is spending at the same time.
const SPEND_ROUNDS_MAX: usize = 8;

/// What a channel said that a listing shows.
pub(super) type Shown = Result<i64, NotRead>;

/// One look at a listing: where it stood, then what its channel said.
struct Look<'a> {
    listing: &'a Listing,
    standing: Standing,
    shown: Shown,
    /// When its channel was asked.
    read_at: Timestamp,
}

/// A listing with what its looks mean.
struct Judged<'a> {
    listing: &'a Listing,
    standing: Standing,
    shown: Shown,
    finding: Finding,
}

/// What a connection's listings show, and what that means.
#[derive(Default)]
pub(super) struct Numbers {
    pub(super) findings: DriftFindings,
    /// What each listing shows, for whoever looks for goods that nobody sees.
    pub(super) shown: BTreeMap<ListingId, Shown>,
    /// Listings that show what they should.
    pub(super) even: BTreeSet<ListingId>,
    /// When each listing's channel was told last.
    pub(super) told_at: BTreeMap<ListingId, Timestamp>,
    /// How fresh they are; none where nobody measures.
    pub(super) freshness: Option<Freshness>,
}

impl Reconcile {
    /// Reads all published listings of a connection back, judges them, and has mended what may be mended today.
    pub(super) async fn compare_numbers(
        &self,
        shops: &Shops,
        account: &Account<'_>,
        day: &Day,
        today: Date,
    ) -> Result<Numbers, Trouble> {
        let listings: Vec<&Listing> = account.connection.listings.values().filter(|l| l.publish).collect();
        let first = self.look(account, &listings).await?;
        let looks = first.iter().map(|look| (look.listing, &look.standing, look.read_at));
        let freshness = freshness(looks, day.date, today);
        let mut numbers = Numbers { freshness, ..Numbers::default() };
        for look in &first {
            numbers.shown.insert(look.listing.id.clone(), look.shown.clone());
            if let Some(told_at) = look.standing.listed.told_at {
                numbers.told_at.insert(look.listing.id.clone(), told_at);
            }
        }
        let judged = self.judge(shops, account, first).await?;
        let even = judged.iter().filter(|judged| matches!(judged.finding, Finding::Even));
        numbers.even = even.map(|judged| judged.listing.id.clone()).collect();
        numbers.findings = self.mend_numbers(account, judged, today).await?;
        Ok(numbers)
    }

    async fn look<'l>(
        &self,
        account: &Account<'_>,
        listings: &[&'l Listing],
    ) -> Result<Vec<Look<'l>>, Trouble> {
        let mut looks = Vec::new();
        for part in listings.chunks(PART_LISTINGS_MAX) {
            let mut standings = self.stand(account, part).await?;
            let read_at = (self.passes.clock)();
            let mut shown = self.read_back(account, part).await;
            for listing in part {
                let standing = standings.remove(&listing.id);
                let shown = shown.remove(&listing.id).unwrap_or(Err(NotRead::LeftOut));
                looks.extend(standing.map(|standing| Look { listing, standing, shown, read_at }));
            }
        }
        Ok(looks)
    }

    /// Where listings stand by our book, covered ones and those of the shared pool.
    async fn stand(
        &self,
        account: &Account<'_>,
        listings: &[&Listing],
    ) -> Result<BTreeMap<ListingId, Standing>, TableError> {
        let Account { shop, connection, .. } = *account;
        let (covered, pooled): (Vec<&Listing>, Vec<&Listing>) =
            listings.iter().partition(|listing| connection.is_covered(listing));
        let mut standings = BTreeMap::new();
        let can_write = Manners::of(connection).is_some_and(|manners| manners.class.is_some());
        if !covered.is_empty() && can_write {
            let (table, clock) = (&self.passes.table, &self.passes.clock);
            let desk = Desk::load(table, clock, shop, connection, &covered, &Sales::new()).await?;
            standings.extend(covered.iter().map(|listing| (listing.id.clone(), desk.standing(listing))));
        }
        if !pooled.is_empty() {
            standings.extend(self.stand_in_pool(account, &pooled).await?);
        }
        Ok(standings)
    }

    async fn stand_in_pool(
        &self,
        account: &Account<'_>,
        listings: &[&Listing],
    ) -> Result<BTreeMap<ListingId, Standing>, TableError> {
        let Account { shop, connection, .. } = *account;
        let ids: Vec<ListingId> = listings.iter().map(|listing| listing.id.clone()).collect();
        let keys: BTreeSet<StockKey> =
            listings.iter().flat_map(|listing| balances(connection, listing)).collect();
        let keys: Vec<StockKey> = keys.into_iter().collect();
        let states = self.passes.table.load_listings(&shop.id, &connection.id, &ids).await?;
        let stock = self.passes.table.load_stock(&shop.id, &keys).await?;
        let standing = |listing: &&Listing| {
            let listed = states.get(&listing.id).map(|state| state.listed.clone()).unwrap_or_default();
            let free = |sku: &Sku, store: &commerce::ids::LocationId| {
                let key = StockKey { sku: sku.clone(), location: store.clone() };
                stock.get(&key).map_or(0, |stock| stock.free)
            };
            let of: Vec<&Stock> =
                balances(connection, listing).iter().filter_map(|key| stock.get(key)).collect();
            let standing = Standing {
                believed: listed.shown.unwrap_or(0),
                wanted: i64::from(quantity_to_show(listing, &connection.serves_from, free)),
                is_ours: listed.shown.is_some() && of.iter().any(|stock| stock.baseline.is_some()),
                is_counted: of.iter().any(|stock| stock.baseline.is_some()),
                is_to_be_read: false,
                given_back: 0,
                was_counted_since: of.iter().any(|stock| is_counted_since(stock, listed.told_at)),
                moved_at: moved_at(of.iter().copied(), |_| true),
                listed,
            };
            (listing.id.clone(), standing)
        };
        Ok(listings.iter().map(standing).collect())
    }

    async fn read_back(&self, account: &Account<'_>, listings: &[&Listing]) -> BTreeMap<ListingId, Shown> {
        let Account { shop, connection, secrets } = *account;
        let ids: Vec<ListingId> = listings.iter().map(|listing| listing.id.clone()).collect();
        let all = |why: NotRead| ids.iter().map(|id| (id.clone(), Err(why.clone()))).collect();
        let channel = self.passes.gateway.channel(&connection.channel);
        if !channel.is_some_and(|channel| channel.facts().can(Verb::ReadStock)) {
            return all(NotRead::NoReadBack);
        }
        match self.passes.gateway.read_stock(shop, connection, secrets, &ids).await {
            Err(error) => all(NotRead::Channel(error.to_string())),
            Ok(readings) => {
                let of = |id: &ListingId| sum(&readings, id).map(|(units, _)| (id.clone(), Ok(units)));
                ids.iter().filter_map(of).collect()
            }
        }
    }

    /// Judges at once what is even or on its way; whatever else is looked at once more.
    async fn judge<'l>(
        &self,
        shops: &Shops,
        account: &Account<'_>,
        looks: Vec<Look<'l>>,
    ) -> Result<Vec<Judged<'l>>, Trouble> {
        let (mut judged, mut suspects) = (Vec::new(), Vec::new());
        for look in looks {
            match self.classify(account, &look.standing, look.shown.clone(), look.listing) {
                Finding::Drift(_) => suspects.push(look),
                finding => judged.push(look.judged(finding)),
            }
        }
        let Some(last) = suspects.iter().map(|look| look.read_at).max() else { return Ok(judged) };
        if let Err(why) = self.record_until(shops, account, last).await {
            let unread = || Finding::NotRead(NotRead::OrdersUnread(why.clone()));
            judged.extend(suspects.into_iter().map(|look| look.judged(unread())));
            return Ok(judged);
        }
        let listings: Vec<&Listing> = suspects.iter().map(|look| look.listing).collect();
        let again = self.look(account, &listings).await?;
        let mut again: BTreeMap<ListingId, Look<'_>> =
            again.into_iter().map(|look| (look.listing.id.clone(), look)).collect();
        for first in suspects {
            let Some(second) = again.remove(&first.listing.id) else { continue };
            let shown = steady(&first, &second);
            let moved = has_moved(&first.standing, &second.standing);
            let sight =
                Sight { learned_since: moved, ..self.sight(account, &second.standing, shown, first.listing) };
            let finding = classify(&sight);
            judged.push(second.judged(finding));
        }
        Ok(judged)
    }

    fn classify(
        &self,
        account: &Account<'_>,
        standing: &Standing,
        shown: Shown,
        listing: &Listing,
    ) -> Finding {
        classify(&self.sight(account, standing, shown, listing))
    }

    fn sight<'s>(
        &self,
        account: &Account<'_>,
        standing: &'s Standing,
        shown: Shown,
        listing: &Listing,
    ) -> Sight<'s> {
        Sight {
            listed: &standing.listed,
            is_pooled: !account.connection.is_covered(listing),
            is_ours: standing.is_ours,
            shown,
            believed: standing.believed,
            wanted: standing.wanted,
            learned_since: false,
            gave_back: standing.is_to_be_read,
            counted_since: standing.was_counted_since,
        }
    }

    /// Waits until the channel's list must know everything from before a moment, and records it.
    async fn record_until(
        &self,
        shops: &Shops,
        account: &Account<'_>,
        until: Timestamp,
    ) -> Result<(), String> {
        let Account { shop, connection, .. } = *account;
        let manners = Manners::of(connection).filter(|manners| manners.lists_orders);
        // Where no orders can be listed, what was told is all that anybody will ever know.
        let Some(manners) = manners else { return Ok(()) };
        let late_ms = until.as_millisecond() + manners.pace.list_lag_ms + CLOCKS_APART_MS + 1;
        let wait_ms = late_ms - (self.passes.clock)().as_millisecond();
        (self.pause)(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))).await;
        let passed = self.passes.pass(shops, &shop.id, &connection.id).await.map_err(|e| e.to_string())?;
        match passed.is_complete {
            true => Ok(()),
            false => Err("an order holds a product that nobody can tell".to_owned()),
        }
    }

    /// Decides upon each listing, spends the day's budget, and puts in doubt what may be mended.
    async fn mend_numbers(
        &self,
        account: &Account<'_>,
        judged: Vec<Judged<'_>>,
        today: Date,
    ) -> Result<DriftFindings, Trouble> {
        let (mut findings, mut doubted) = (DriftFindings::default(), Vec::new());
        for judged in judged {
            let is_read = !matches!(judged.finding, Finding::NotRead(_));
            findings.compared += u64::from(is_read);
            match judged.finding {
                Finding::Even => findings.even += 1,
                Finding::OnItsWay(_) => findings.on_its_way += 1,
                Finding::Drift(_) | Finding::NotRead(_) => {
                    let line = self.decide(account, judged, today).await?;
                    if matches!(line.decision, Decision::Heal(_)) {
                        doubted.push(line.listing.clone());
                    }
                    tell(account, &line);
                    findings.lines.push(line);
                }
            }
        }
        let now_ms = (self.passes.clock)().as_millisecond();
        let notes = doubt(account.shop, account.connection, doubted, &format!("drift-{now_ms}"));
        self.passes.publish.send(notes).await?;
        Ok(findings)
    }

    async fn decide(
        &self,
        account: &Account<'_>,
        judged: Judged<'_>,
        today: Date,
    ) -> Result<DriftLine, Trouble> {
        let Judged { listing, standing, shown, finding } = judged;
        let skus: BTreeSet<Sku> = listing.recipe.iter().map(|part| part.sku.clone()).collect();
        let skus: Vec<Sku> = skus.into_iter().collect();
        let channel_shows = shown.ok();
        let weigh = |spent: u32| {
            let shown = channel_shows.unwrap_or(0);
            decide(&finding, shown, standing.believed, standing.wanted, spent)
        };
        let mut decision = weigh(HEALS_PER_DAY);
        for _ in 0..SPEND_ROUNDS_MAX {
            let spent = self.passes.table.heals(&account.shop.id, &skus, today).await?;
            let now = weigh(spent.values().copied().max().unwrap_or(0));
            // Another connection may be at the same product, and has just spent some of its budget: then once more.
            if !matches!(now, Decision::Heal(_)) || self.spend(account, &skus, &spent, today).await? {
                decision = now;
                break;
            }
        }
        Ok(DriftLine {
            listing: listing.id.clone(),
            skus,
            channel_shows,
            we_believed: standing.believed,
            rules_want: standing.wanted,
            finding,
            decision,
        })
    }

    /// Before the listing is mended, so that a death in between mends it once less rather than once more.
    async fn spend(
        &self,
        account: &Account<'_>,
        skus: &[Sku],
        spent: &BTreeMap<Sku, u32>,
        today: Date,
    ) -> Result<bool, TableError> {
        let now = (self.passes.clock)();
        for sku in skus {
            let before = spent.get(sku).copied().unwrap_or(0);
            match self.passes.table.note_heal((&account.shop.id, sku), today, before, now).await {
                Ok(()) => {}
                Err(TableError::Lost(_)) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

impl<'a> Look<'a> {
    fn judged(self, finding: Finding) -> Judged<'a> {
        let Look { listing, standing, shown, .. } = self;
        Judged { listing, standing, shown, finding }
    }
}

/// A channel that says two numbers while nothing happens is believed in neither.
fn steady(first: &Look<'_>, second: &Look<'_>) -> Shown {
    match (&first.shown, &second.shown) {
        (Ok(one), Ok(other)) if one != other && !has_moved(&first.standing, &second.standing) => {
            Err(NotRead::Unsteady(*one, *other))
        }
        (_, shown) => shown.clone(),
    }
}

/// Something was learned or written between two looks, so that they cannot be compared.
fn has_moved(first: &Standing, second: &Standing) -> bool {
    let of = |standing: &Standing| {
        (standing.listed.number, standing.believed, standing.wanted, standing.given_back)
    };
    of(first) != of(second)
}
