//! The reading itself: what a connection's list tells, page by page and piece by piece, each order recorded at once.

use super::{Listed, OVERLAP_MS, PassFailure, Passes, minus};
use crate::messages::{Record, RecordMessage, to_text};
use crate::parking::park;
use crate::record_orders::Listened;
use crate::refused_login::{is_refusal, look_into};
use channels::channel::{Notice, Notices};
use channels::error::ChannelError;
use channels::facts::Facts;
use channels::gateway::Account;
use channels::paging::Window;
use channels::walk::orders_unless_many;
use commerce::Timestamp;
use commerce::back_fill::Span;
use commerce::catalogue::Connection;
use commerce::ids::{ListingId, OrderId};
use commerce::order::ChannelOrder;
use commerce::park::ParkReason;
use commerce::removed::{Rule, is_removed};
use lambda_kit::batch::{Message, Outcome};
use std::collections::BTreeSet;
use std::time::Duration;
use table::TableError;
use table::pass_item::PassState;
use tokio::time::Instant;

/// An order that changes while it is listed is in no window that ends now: ours ends that much later, in milliseconds.
const OPEN_END_MS: i64 = 600_000;
/// How far the first pass of a connection goes back, in days, unless its account setting `first_pass_days` says otherwise.
const FIRST_PASS_DAYS: i64 = 15;
/// How many orders are recorded in one go.
const RECORD_MAX: usize = 10;
/// No further piece of a long list is begun after this long; the next pass goes on from there.
const TIME_MAX: Duration = Duration::from_secs(30);

impl Passes {
    /// Everything that has changed since the last pass, recorded; as far as the time goes.
    pub(super) async fn read(
        &self,
        account: &Account<'_>,
        facts: &Facts,
        before: &mut PassState,
        (begun_at, drained_until): (Timestamp, Timestamp),
    ) -> Result<Listed, PassFailure> {
        let until = Instant::now() + TIME_MAX;
        let end = minus(begun_at, -OPEN_END_MS);
        let span = Span::new(from(account, before, begun_at), minus(drained_until, OVERLAP_MS), end);
        let mut span = span.resumed(before.piece_ms);
        // What an earlier piece of the same reading told keeps the proof back to its end; the next one begins anew.
        let blocked_by = before.blocked_by.clone().filter(|_| before.read_until.is_some());
        let mut listed = Listed { blocked_by, ..Listed::default() };
        loop {
            let orders = self.read_piece(account, facts, &mut span, &mut listed).await?;
            let Some(read_until) = span.go_on(self.pieces.has_few(orders)) else {
                listed.is_whole = true;
                return Ok(listed);
            };
            before.blocked_by = listed.blocked_by.clone();
            let is_ours = self.note_progress(account, before, (read_until, span.piece_ms())).await?;
            listed.is_whole = is_removed(Rule::PieceIsNoProof);
            if !is_ours || Instant::now() >= until || listed.is_whole {
                return Ok(listed);
            }
        }
    }

    /// The next piece, cut until it is short enough; how many orders it has.
    async fn read_piece(
        &self,
        account: &Account<'_>,
        facts: &Facts,
        span: &mut Span,
        listed: &mut Listed,
    ) -> Result<usize, PassFailure> {
        // Of a list that cannot end before the present, a part is as long as all.
        let has_end = facts.list.is_some_and(|list| list.has_end);
        let mut rows_max = if has_end { self.pieces.rows_max } else { usize::MAX };
        let notices = loop {
            let (from, to) = span.piece();
            match orders_unless_many(&self.gateway, account, facts, Window { from, to }, rows_max).await {
                Ok(Some(notices)) => break notices,
                Ok(None) if span.halve(&self.pieces) => {}
                Ok(None) => rows_max = usize::MAX,
                Err(error) => return Err(self.refused(account, error).await),
            }
        };
        let (orders, mut blocked_by) = self.whole_orders(account, notices).await?;
        for orders in orders.chunks(RECORD_MAX) {
            listed.listened.extend(self.record_all(account, orders).await?);
        }
        if let Some(order) = orders.iter().find(|order| has_stranger(account.connection, order)) {
            blocked_by = Some(format!("order {}: a product that is not in the shop's file", order.id));
        }
        listed.orders += orders.len();
        listed.blocked_by = listed.blocked_by.take().or(blocked_by);
        Ok(orders.len())
    }

    /// What was listed, as whole orders, and why the rest keeps the proof back.
    async fn whole_orders(
        &self,
        account: &Account<'_>,
        notices: Notices,
    ) -> Result<(Vec<ChannelOrder>, Option<String>), PassFailure> {
        let (mut orders, mut named, mut blocked_by) = (Vec::new(), BTreeSet::new(), None);
        for notice in notices {
            match notice {
                Ok(Notice::Order(order)) => orders.push(*order),
                Ok(Notice::OrderChanged { order }) => drop(named.insert(order)),
                Ok(Notice::StockLevel { .. } | Notice::Nothing { .. }) => {}
                Err(reason) => {
                    blocked_by = Some(reason.advice_en());
                    self.keep_for_a_person(account, reason).await?;
                }
            }
        }
        let named: Vec<OrderId> = named.into_iter().collect();
        let Account { shop, connection, secrets } = *account;
        if !named.is_empty() {
            for (_, found) in self.gateway.look_up_orders(shop, connection, secrets, &named).await {
                match found {
                    Ok(order) => orders.push(order),
                    Err(error) => return Err(self.refused(account, error).await),
                }
            }
        }
        Ok((orders, blocked_by))
    }

    /// A login that was refused is renewed; the next pass has the new one.
    async fn refused(&self, account: &Account<'_>, error: ChannelError) -> PassFailure {
        let Account { shop, connection, secrets } = *account;
        if is_refusal(self.gateway.channel(&connection.channel).as_ref(), &error) {
            look_into(&self.shops, &self.table, (&shop.id, &connection.id), secrets, 1).await;
        }
        error.into()
    }

    async fn keep_for_a_person(&self, account: &Account<'_>, reason: ParkReason) -> Result<(), TableError> {
        let note = table::parked_item::Parked {
            shop: account.shop.id.clone(),
            connection: account.connection.id.clone(),
            subject: "order list".to_owned(),
            reasons: vec![reason],
            at: day_of((self.clock)()),
            body: String::new(),
        };
        park(&self.table, &note).await
    }

    /// Records orders in this very call: what is only queued proves nothing.
    async fn record_all(
        &self,
        account: &Account<'_>,
        orders: &[ChannelOrder],
    ) -> Result<Listened, PassFailure> {
        let message = |(n, order): (usize, &ChannelOrder)| {
            let record = RecordMessage {
                shop: account.shop.id.clone(),
                connection: account.connection.id.clone(),
                record: Record::Listed(Box::new(order.clone())),
                shops_file: None,
            };
            Message::of_no_queue(n.to_string(), to_text(&record))
        };
        let messages: Vec<Message> = orders.iter().enumerate().map(message).collect();
        let (outcomes, listened) = self.record.handle_and_listen(&messages).await;
        for outcome in outcomes {
            if let Outcome::Again { why, .. } = outcome {
                return Err(PassFailure::NotRecorded(why));
            }
        }
        Ok(listened)
    }
}

/// Where the list begins: where the last complete pass left off, or a long reading came to, or some days ago at first.
fn from(account: &Account<'_>, before: &PassState, now: Timestamp) -> Timestamp {
    let days = account.connection.number("first_pass_days").unwrap_or(FIRST_PASS_DAYS).clamp(1, 60);
    match before.drained_until.max(before.read_until) {
        Some(until) => minus(until, OVERLAP_MS),
        None => minus(now, days * 86_400_000),
    }
}

/// An order with a product that nobody can tell may hold units of any listing.
fn has_stranger(connection: &Connection, order: &ChannelOrder) -> bool {
    let is_ignored = connection.account.get("unknown_products").is_some_and(|way| way == "ignore");
    let is_stranger = |id: &ListingId| !connection.listings.contains_key(id);
    !is_ignored && order.status.is_open() && order.lines.iter().any(|line| is_stranger(&line.listing))
}

/// One note a day is enough for a list that stays unreadable.
fn day_of(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second().div_euclid(86_400) * 86_400).unwrap_or(time)
}
