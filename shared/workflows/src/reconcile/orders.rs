//! The proof that no order is missing (P3): a channel's own list of a business day against ours, what differs recorded by
//! the usual code, and a second look that says what is the same now.

use super::findings::{Compared, Done, Mended, Proof, Remark};
use super::{Reconcile, Trouble};
use crate::messages::{Record, RecordMessage, to_text};
use crate::publish_stock::Manners;
use channels::channel::Notice;
use channels::gateway::Account;
use channels::paging::Window;
use channels::walk::all_orders;
use commerce::Timestamp;
use commerce::effect::OrderState;
use commerce::ids::OrderId;
use commerce::order::ChannelOrder;
use commerce::plan::OrderKey;
use commerce::reconcile::{Comparison, Day, Difference, Side, ToDo, Told, compare};
use jiff::SignedDuration;
use lambda_kit::batch::{Message, Outcome};
use std::collections::{BTreeMap, BTreeSet};

/// A list reads orders that change while it is read.
const OPEN_END: SignedDuration = SignedDuration::from_mins(10);
/// How many orders are recorded in one go.
const RECORD_MAX: usize = 10;

/// What a channel's list told.
#[derive(Default)]
struct Listed {
    orders: BTreeMap<OrderId, ChannelOrder>,
    named: BTreeSet<OrderId>,
    remarks: Vec<String>,
}

/// One connection's day, while it is being compared.
struct Scales<'a> {
    account: &'a Account<'a>,
    day: &'a Day,
    /// Orders of ours that the ledger tells of.
    known: &'a BTreeSet<OrderId>,
    listed_at: Timestamp,
    horizon: Timestamp,
}

impl Reconcile {
    /// Compares one connection's day, and records what is missing. `known` are orders of ours that may be of that day.
    pub(super) async fn prove(
        &self,
        account: &Account<'_>,
        day: &Day,
        known: &BTreeSet<OrderId>,
        remarks: &mut Vec<Remark>,
        states: &mut BTreeMap<OrderKey, OrderState>,
    ) -> Result<Proof, Trouble> {
        let listed_at = (self.passes.clock)();
        let kept = SignedDuration::from_hours(i64::from(account.shop.keep_orders_days) * 24);
        let horizon = listed_at.checked_sub(kept).unwrap_or(Timestamp::MIN);
        let scales = Scales { account, day, known, listed_at, horizon };
        let lists = Manners::of(account.connection).is_some_and(|manners| manners.lists_orders);
        if !lists {
            self.ours(&scales, &Listed::default(), states).await?;
            return Ok(Proof::NoOrderList);
        }
        let mut listed = match self.list(&scales).await {
            Ok(listed) => listed,
            Err(reason) => {
                self.ours(&scales, &Listed::default(), states).await?;
                return Ok(Proof::Unreadable { reason });
            }
        };
        remarks.extend(std::mem::take(&mut listed.remarks).into_iter().map(|what| {
            let connection = Some(account.connection.id.clone());
            Remark { connection, what }
        }));
        let mut ours = self.ours(&scales, &listed, states).await?;
        if let Err(reason) = self.look_up_named(&scales, &mut listed, &ours).await {
            return Ok(Proof::Unreadable { reason });
        }
        let first = self.weigh(&scales, &listed, &ours);
        let (fetched, troubles) = self.mend(&scales, &mut listed, &first).await;
        if fetched > 0 {
            ours = self.ours(&scales, &listed, states).await?;
        }
        let second = self.weigh(&scales, &listed, &ours);
        Ok(Proof::Compared(compared(&first, second, fetched, &troubles)))
    }

    /// Everything that changed since the day began: whatever was placed on it is among it.
    async fn list(&self, scales: &Scales<'_>) -> Result<Listed, String> {
        let Scales { account, day, listed_at, .. } = *scales;
        let channel = self.passes.gateway.channel(&account.connection.channel);
        let Some(channel) = channel else { return Err("its channel is unknown".to_owned()) };
        let window = Window { from: day.from, to: listed_at.checked_add(OPEN_END).unwrap_or(listed_at) };
        let notices = all_orders(&self.passes.gateway, account, channel.facts(), window).await;
        let mut listed = Listed::default();
        for notice in notices.map_err(|error| error.to_string())? {
            match notice {
                Ok(Notice::Order(order)) => listed.take(*order),
                Ok(Notice::OrderChanged { order }) => drop(listed.named.insert(order)),
                Ok(Notice::StockLevel { .. } | Notice::Nothing { .. }) => {}
                Err(reason) => listed.remarks.push(reason.advice_en()),
            }
        }
        Ok(listed)
    }

    /// What our book holds of everything that either side names; `states` keeps it whole.
    async fn ours(
        &self,
        scales: &Scales<'_>,
        listed: &Listed,
        states: &mut BTreeMap<OrderKey, OrderState>,
    ) -> Result<Side, Trouble> {
        let Account { shop, connection, .. } = *scales.account;
        let ids: BTreeSet<&OrderId> =
            listed.orders.keys().chain(&listed.named).chain(scales.known.iter()).collect();
        let key = |order: &OrderId| OrderKey {
            shop: shop.id.clone(),
            connection: connection.id.clone(),
            order: order.clone(),
        };
        let keys: Vec<OrderKey> = ids.into_iter().map(key).collect();
        let found = self.passes.table.load_orders(&keys, true).await?;
        states.extend(found.into_iter().map(|(key, (state, _))| (key, state)));
        let told = keys.into_iter().filter_map(|key| {
            let told = Told::from(states.get(&key)?);
            Some((key.order, told))
        });
        Ok(told.collect())
    }

    /// A list that only names orders says neither hour nor money: those that may be of the day are asked for.
    async fn look_up_named(
        &self,
        scales: &Scales<'_>,
        listed: &mut Listed,
        ours: &Side,
    ) -> Result<(), String> {
        let may_count = |id: &&OrderId| ours.get(*id).is_none_or(|told| scales.day.holds(told.created_at));
        let asked: Vec<OrderId> = listed.named.iter().filter(may_count).cloned().collect();
        for (id, found) in self.look_up(scales, &asked).await {
            match found {
                Ok(order) => listed.take(order),
                Err(why) => return Err(format!("order {id} is in the list and cannot be had: {why}")),
            }
        }
        Ok(())
    }

    async fn look_up(
        &self,
        scales: &Scales<'_>,
        ids: &[OrderId],
    ) -> Vec<(OrderId, Result<ChannelOrder, String>)> {
        if ids.is_empty() {
            return Vec::new();
        }
        let Account { shop, connection, secrets } = *scales.account;
        let found = self.passes.gateway.look_up_orders(shop, connection, secrets, ids).await;
        found.into_iter().map(|(id, found)| (id, found.map_err(|error| error.to_string()))).collect()
    }

    fn weigh(&self, scales: &Scales<'_>, listed: &Listed, ours: &Side) -> Comparison {
        let theirs: Side = listed.orders.iter().map(|(id, order)| (id.clone(), Told::from(order))).collect();
        compare(scales.day, &theirs, ours, scales.listed_at, scales.horizon)
    }

    /// Records what the channel has, and asks it for what it did not list. Gives how many orders were recorded, and why the
    /// others were not.
    async fn mend(
        &self,
        scales: &Scales<'_>,
        listed: &mut Listed,
        first: &Comparison,
    ) -> (u64, BTreeMap<OrderId, String>) {
        let mut troubles = BTreeMap::new();
        let wanting = |wish: ToDo| {
            let of = first.differences.iter().filter(move |difference| difference.to_do == wish);
            of.map(|difference| difference.order.clone())
        };
        let again: Vec<OrderId> = wanting(ToDo::LookUpAgain).collect();
        let mut to_record: Vec<OrderId> = wanting(ToDo::Fetch).collect();
        for (id, found) in self.look_up(scales, &again).await {
            match found {
                Ok(order) => {
                    listed.take(order);
                    to_record.push(id);
                }
                Err(why) => drop(troubles.insert(id, why)),
            }
        }
        let orders: Vec<ChannelOrder> =
            to_record.iter().filter_map(|id| listed.orders.get(id)).cloned().collect();
        for part in orders.chunks(RECORD_MAX) {
            troubles.extend(self.record(scales, part).await);
        }
        (u64::try_from(orders.len()).unwrap_or(u64::MAX), troubles)
    }

    /// By the code that records every order, in this very call; so that a second look can tell what came of it.
    async fn record(&self, scales: &Scales<'_>, orders: &[ChannelOrder]) -> Vec<(OrderId, String)> {
        let message = |order: &ChannelOrder| {
            let record = RecordMessage {
                shop: scales.account.shop.id.clone(),
                connection: scales.account.connection.id.clone(),
                record: Record::Listed(Box::new(order.clone())),
                shops_file: None,
            };
            Message::of_no_queue(order.id.to_string(), to_text(&record))
        };
        let messages: Vec<Message> = orders.iter().map(message).collect();
        let outcomes = self.passes.record.handle(&messages).await;
        let failed = orders.iter().zip(outcomes).filter_map(|(order, outcome)| match outcome {
            Outcome::Done => None,
            Outcome::Again { why, .. } => Some((order.id.clone(), why)),
        });
        failed.collect()
    }
}

impl Listed {
    /// An order that is listed twice counts once, as it stood last.
    fn take(&mut self, order: ChannelOrder) {
        let is_older = self.orders.get(&order.id).is_some_and(|known| known.source_time > order.source_time);
        if !is_older {
            self.orders.insert(order.id.clone(), order);
        }
    }
}

/// What the second look says of each difference that the first one found.
fn compared(
    first: &Comparison,
    second: Comparison,
    fetched: u64,
    troubles: &BTreeMap<OrderId, String>,
) -> Compared {
    let still: BTreeMap<&OrderId, &Difference> =
        second.differences.iter().map(|difference| (&difference.order, difference)).collect();
    let before: BTreeSet<&OrderId> = first.differences.iter().map(|difference| &difference.order).collect();
    let fresh = second.differences.iter().filter(|difference| !before.contains(&difference.order));
    let mended = |difference: &Difference| Mended {
        hour: difference.hour,
        order: difference.order.clone(),
        found: difference.found.clone(),
        done: done(still.get(&difference.order).copied(), troubles.get(&difference.order)),
    };
    let differences = first.differences.iter().chain(fresh).map(mended).collect();
    Compared {
        theirs: second.theirs,
        ours_found: first.ours,
        ours: second.ours,
        same: second.same,
        hours: second.hours,
        fetched,
        differences,
    }
}

fn done(still: Option<&Difference>, trouble: Option<&String>) -> Done {
    match still.map(|difference| difference.to_do) {
        None => Done::Recorded,
        Some(ToDo::Explain(why)) => Done::Explained { why },
        Some(_) => Done::Left {
            reason: trouble
                .cloned()
                .unwrap_or_else(|| "recorded as the channel tells it, and still differs".to_owned()),
        },
    }
}
