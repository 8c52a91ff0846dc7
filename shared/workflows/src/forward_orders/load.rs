//! What must be known before an order's next step: the order, its store's rule, how far it is, and the target's own word.

use super::{Trouble, takes};
use crate::look_again;
use crate::messages::ForwardMessage;
use channels::channel::Clock;
use channels::facts::{Facts, Verb};
use channels::forward::{ForwardLine, OrderToForward};
use channels::gateway::Account;
use commerce::Timestamp;
use commerce::catalogue::{Connection, OrdersTo, Shop};
use commerce::effect::{OrderState, Restores};
use commerce::forward::{
    Forwarding, PutLine, Scene, Stage, Told, Unforwardable, Wanted, waits_for_till, wanted,
};
use commerce::ids::{ForwardReference, ListingId, LocationId};
use commerce::money::Money;
use commerce::plan::OrderKey;
use commerce::status::Status;
use jiff::SignedDuration;
use lambda_kit::queues::Outgoing;
use lambda_kit::shops::Shops;
use std::collections::{BTreeMap, BTreeSet};
use table::Table;
use table::load_forward::Kept;

/// The account setting that says that the shop itself brings parcels to buyers, so that it tells when they have them.
const TELL_DELIVERED: &str = "tell_delivered";

/// Reads for one message.
pub(super) struct Load<'a> {
    pub(super) table: &'a Table,
    pub(super) shops: &'a Shops,
    pub(super) forward: &'a ForwardMessage,
}

/// What a message is about: the order that was bought, and the one that changed.
pub(super) struct News {
    pub(super) origin: OrderKey,
    changed: OrderKey,
    state: OrderState,
    revision: String,
}

/// Everything about one order and one store.
pub(super) struct Matter<'a> {
    pub(super) key: OrderKey,
    pub(super) location: LocationId,
    pub(super) shop: &'a Shop,
    source: &'a Connection,
    shops: &'a Shops,
    pub(super) target: &'a Connection,
    pub(super) forwarding: Option<Forwarding>,
    /// The number of its state.
    pub(super) state: Option<u64>,
    pub(super) settles_after: SignedDuration,
    pub(super) order: OrderState,
    echo: Option<OrderState>,
    wanted: Result<Wanted, Unforwardable>,
    waits_for_till: bool,
    pub(super) restores: Restores,
    pub(super) revision: String,
    rule: Option<&'a OrdersTo>,
    others: Told,
    tells: bool,
    takes: Vec<Told>,
}

impl<'a> Load<'a> {
    fn shop(&self) -> Option<&'a Shop> {
        self.shops.catalogue().shops.get(&self.forward.shop).map(|shop| &**shop)
    }

    /// Where a store's orders go; none for what the account itself sells, for that is there already.
    fn rule(&self, key: &OrderKey, location: &LocationId) -> Option<&'a OrdersTo> {
        let rule = self.shop()?.location(location)?.orders_to.as_ref()?;
        (rule.connection != key.connection).then_some(rule)
    }

    async fn order(&self, key: &OrderKey) -> Result<Option<(OrderState, String)>, Trouble> {
        Ok(self.table.load_orders(std::slice::from_ref(key), true).await?.remove(key))
    }

    /// The order of the message, and the one it repeats where it does; none where the book has no such order.
    pub(super) async fn news(&self) -> Result<Option<News>, Trouble> {
        let changed = self.forward.order_key();
        let Some((state, revision)) = self.order(&changed).await? else { return Ok(None) };
        let origin = match &state.echo_of {
            Some(origin) => OrderKey {
                shop: changed.shop.clone(),
                connection: origin.connection.clone(),
                order: origin.order.clone(),
            },
            None => changed.clone(),
        };
        Ok(Some(News { origin, changed, state, revision }))
    }

    /// An order that was put in took its units from what a website shows, and nobody sold them there: its listings are read
    /// back, so that their cover becomes what they show.
    pub(super) fn listings_that_fell(&self, news: &News) -> Vec<Outgoing> {
        let shop = self.shop().filter(|_| news.state.echo_of.is_some());
        let Some((shop, connection)) =
            shop.and_then(|shop| Some((shop, shop.connections.get(&news.changed.connection)?)))
        else {
            return Vec::new();
        };
        let sold: BTreeSet<&ListingId> = news.state.lines.iter().map(|line| &line.listing).collect();
        let covered = sold.into_iter().filter(|id| {
            connection
                .listings
                .get(*id)
                .is_some_and(|listing| listing.publish && connection.is_covered(listing))
        });
        look_again::doubt(shop, connection, covered.cloned().collect(), &format!("echo-{}", news.revision))
    }

    /// The stores that serve the order, and those where it is on its way.
    pub(super) async fn stores(&self, news: &News) -> Result<BTreeSet<LocationId>, Trouble> {
        let Some((order, _)) = self.order(&news.origin).await? else { return Ok(BTreeSet::new()) };
        let decided = order.lines.iter().filter_map(|line| Some(&line.decision.as_ref()?.location));
        let goes = |store: &&LocationId| self.rule(&news.origin, store).is_some();
        let mut stores: BTreeSet<LocationId> = decided.filter(goes).cloned().collect();
        stores.extend(self.table.forwardings(&news.origin).await?.into_keys());
        Ok(stores)
    }

    /// How far the stores are that serve the rest of the order; one whose orders go nowhere tells nothing.
    async fn others(
        &self,
        order: &OrderState,
        location: &LocationId,
        all: &BTreeMap<LocationId, Kept>,
    ) -> Result<Told, Trouble> {
        let mut least = Told::Delivered;
        for other in serving(order).filter(|other| *other != location) {
            let told = match all.get(other).and_then(|(kept, _)| Some((&kept.target, kept.there()?))) {
                Some((target, there)) => {
                    let (shop, connection) = (self.forward.shop.clone(), target.clone());
                    let echo = self.order(&OrderKey { shop, connection, order: there.clone() }).await?;
                    echo.map(|(echo, _)| Told::of(&echo.status)).unwrap_or_default()
                }
                None => Told::Nothing,
            };
            least = least.min(told);
        }
        Ok(least)
    }

    /// Everything about the order at one store; none where nothing is to be put anywhere.
    pub(super) async fn matter(
        &self,
        key: &OrderKey,
        location: &LocationId,
    ) -> Result<Option<Matter<'a>>, Trouble> {
        let Some(shop) = self.shop() else { return Ok(None) };
        let Some((order, revision)) = self.order(key).await? else { return Ok(None) };
        let mut all = self.table.forwardings(key).await?;
        let (others, tells) = (self.others(&order, location, &all).await?, tells(&order, location));
        let kept = all.remove(location);
        let rule = self.rule(key, location);
        // What is called off, or was never there, is put in where the shop's file says by now.
        let is_over = |kept: &&Kept| matches!(kept.0.stage, Stage::CalledOff { .. });
        let bound = kept.as_ref().filter(|kept| !is_over(kept)).map(|(kept, _)| &kept.target);
        let target = bound.or(rule.map(|rule| &rule.connection));
        let accounts = target.and_then(|target| shop.connections.get(target));
        let Some((target, source)) = accounts.zip(shop.connections.get(&key.connection)) else {
            return Ok(None);
        };
        let (Some(facts), Some(source_facts)) = (facts(target), facts(source)) else { return Ok(None) };
        let echo = match kept.as_ref().and_then(|(kept, _)| kept.there()) {
            Some(there) => {
                let (shop, connection) = (key.shop.clone(), target.id.clone());
                self.order(&OrderKey { shop, connection, order: there.clone() }).await?
            }
            None => None,
        };
        let wanted = wanted(&order, location, target);
        let (forwarding, state) = kept.unzip();
        let tells_delivered = source.account.get(TELL_DELIVERED).is_some_and(|value| value.trim() == "true");
        Ok(Some(Matter {
            key: key.clone(),
            location: location.clone(),
            shop,
            source,
            shops: self.shops,
            target,
            forwarding,
            state,
            settles_after: settles_after(facts, target),
            waits_for_till: facts.can(Verb::TellSales) && waits_for_till(&order, location),
            restores: source_facts.restores_on_cancel,
            revision,
            order,
            echo: echo.map(|(echo, _)| echo),
            wanted,
            rule,
            others,
            tells,
            takes: takes(source_facts.carries, tells_delivered),
        }))
    }
}

/// The stores that serve what is not called off of an order.
fn serving(order: &OrderState) -> impl Iterator<Item = &LocationId> {
    let open = order.lines.iter().filter(|line| line.quantity > line.cancelled);
    open.filter_map(|line| Some(&line.decision.as_ref()?.location))
}

/// News is about the whole order, so one store of it tells: the first by name.
fn tells(order: &OrderState, location: &LocationId) -> bool {
    serving(order).min().is_none_or(|first| first == location)
}

fn facts(connection: &Connection) -> Option<&'static Facts> {
    channels::registry::find(&connection.channel).map(|channel| channel.facts())
}

/// After this long a call is answered, is applied or never will be, and is seen in the target's list.
fn settles_after(facts: &Facts, target: &Connection) -> SignedDuration {
    let lag_ms = target.number("list_lag_ms").unwrap_or(i64::from(facts.order_list_lag_ms));
    let ms = crate::publish_stock::CALL_MS + i64::from(facts.applied_within_ms) + lag_ms;
    SignedDuration::from_millis(ms)
}

impl Matter<'_> {
    /// What the next step follows from.
    pub(super) fn scene<'s>(&'s self, fresh: &'s ForwardReference, now: Timestamp) -> Scene<'s> {
        Scene {
            order: &self.order,
            target: self.target,
            wanted: self.wanted.as_ref(),
            others: self.others,
            tells: self.tells,
            rule: self.rule,
            forwarding: self.forwarding.as_ref(),
            echo: self.echo.as_ref(),
            settles_after: self.settles_after,
            waits_for_till: self.waits_for_till,
            takes: &self.takes,
            now,
            fresh,
        }
    }

    /// The account that takes the order.
    pub(super) fn at_target(&self) -> Account<'_> {
        self.account(self.target)
    }

    /// The account where it was bought.
    pub(super) fn at_source(&self) -> Account<'_> {
        self.account(self.source)
    }

    fn account<'s>(&'s self, connection: &'s Connection) -> Account<'s> {
        let secrets = self.shops.secrets(&self.shop.id, &connection.id);
        Account { shop: self.shop, connection, secrets }
    }

    /// What a person who has seen to what was in the way sets going again; none where nothing was given up.
    pub(super) fn again(&self, now: Timestamp) -> Option<Forwarding> {
        let is_off = self.echo.as_ref().is_some_and(|echo| echo.status == Status::Cancelled);
        let before = self.forwarding.as_ref()?;
        Some(before.again(is_off, now)).filter(|again| again != before)
    }

    /// The listing of the order that the target has no product for.
    pub(super) fn unknown(&self) -> Option<&ListingId> {
        self.wanted.as_ref().err().map(|unknown| &unknown.listing)
    }

    /// Our word to the target.
    pub(super) fn to_put(&self, forwarding: &Forwarding) -> OrderToForward {
        let line = |line: &PutLine| ForwardLine {
            listing: line.listing.clone(),
            quantity: line.quantity,
            unit_price_minor: line.unit_price_minor,
        };
        OrderToForward {
            reference: forwarding.reference.to_string(),
            title: format!("{} {}", self.key.connection, self.key.order),
            branch: forwarding.branch.clone().or_else(|| self.branch_of_till()),
            lines: forwarding.lines.iter().map(line).collect(),
            total: Money::from_minor(forwarding.total_minor, self.order.total.currency),
        }
    }

    /// The store's name in the till that counts its goods, where that is the target.
    fn branch_of_till(&self) -> Option<String> {
        let till = self.shop.location(&self.location)?.till.as_ref()?;
        (till.connection == self.target.id).then(|| till.branch.clone())
    }
}

/// True while an answer may still be waited for: a call that begins later than this might outlive its time.
pub(super) fn may_still_send(clock: &Clock, since: Timestamp) -> bool {
    clock().duration_since(since) < SignedDuration::from_secs(10)
}
