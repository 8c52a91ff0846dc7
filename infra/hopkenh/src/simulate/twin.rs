//! The channels of a simulated day, in the process itself: each with its real facts, its own stock and its own bad moments.

use super::assumption::Assumption;
use super::control::{after_effect, before_effect};
use super::fault::Fault;
use super::sim::{Sim, lock};
use super::truth::{Truth, time};
use super::world::World;
use async_trait::async_trait;
use channels::channel::{
    Channel, Door, How, LookedUp, Notice, Notices, Session, StockOutcome, StockReading, StockSet, Verdict,
    WebhookRequest,
};
use channels::error::ChannelError;
use channels::facts::{Facts, WriteClass};
use channels::paging::{Cursor, OrderPage, Page, Pulled, Window};
use commerce::ids::{ListingId, OrderId};
use commerce::removed::{Rule, is_removed};
use std::sync::Arc;
use std::time::Duration;

/// Longer than any call may take, so that the house gives the call up.
const NO_ANSWER: Duration = Duration::from_secs(7);
/// The most rows of a page.
const PAGE_ROWS: usize = 20;

/// A channel of the day.
pub(super) struct Twin {
    pub(super) sim: Arc<Sim>,
    pub(super) facts: &'static Facts,
}

/// How a call to a channel goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    Well,
    NeverApplied,
    AnswerLost,
    AppliedLate,
    BreaksDown { applied: bool },
}

impl Twin {
    fn connection(&self, session: &Session<'_>) -> Result<usize, ChannelError> {
        let unknown = || ChannelError::misconfigured("no such account in this day");
        self.sim.world.connection(&session.connection.id).ok_or_else(unknown)
    }

    /// The way to the channel: a moment, and perhaps a refusal before anything is looked at.
    async fn arrive(&self, connection: usize, what: &str) -> Result<(), ChannelError> {
        before_effect(&self.sim, what).await;
        let slow = lock(&self.sim.weather).strikes(Fault::SlowAnswer);
        if slow {
            self.sim.pause(1_000, 2_800).await
        } else {
            self.sim.pause(20, 250).await
        }
        let mut weather = lock(&self.sim.weather);
        if weather.strikes(Fault::TokenDeath) {
            let until_ms = self.sim.now_ms() + weather.how(Fault::TokenDeath, 2_000, 60_000);
            lock(&self.sim.dead_tokens).insert(connection, until_ms);
        }
        let dead_until_ms = lock(&self.sim.dead_tokens).get(&connection).copied();
        if weather.allows(Fault::TokenDeath) && dead_until_ms.is_some_and(|until| self.sim.now_ms() < until) {
            self.sim.note(|| format!("{} refuses the login", self.facts.channel));
            return Err(ChannelError::login_expired("the token has ended"));
        }
        if weather.strikes(Fault::TooManyCalls) {
            self.sim.note(|| format!("{} answers 429 to {what}", self.facts.channel));
            return Err(ChannelError::rate_limited(None, "429"));
        }
        Ok(())
    }

    /// The way back from a read.
    async fn answer_read<T>(&self, what: &str, answer: T) -> Result<T, ChannelError> {
        after_effect(&self.sim, what).await;
        let fault = lock(&self.sim.weather).first(&[Fault::ServerError, Fault::CallAnswerLost]);
        match fault {
            Some(Fault::ServerError) => return Err(ChannelError::unavailable("502")),
            Some(_) => tokio::time::sleep(NO_ANSWER).await,
            None => {}
        }
        self.sim.pause(20, 250).await;
        Ok(answer)
    }

    fn goes(&self) -> Goes {
        let faults =
            [Fault::CallNeverApplied, Fault::CallAnswerLost, Fault::CallAppliedLate, Fault::ServerError];
        let mut weather = lock(&self.sim.weather);
        match weather.first(&faults) {
            Some(Fault::CallNeverApplied) => Goes::NeverApplied,
            Some(Fault::CallAnswerLost) => Goes::AnswerLost,
            Some(Fault::CallAppliedLate) => Goes::AppliedLate,
            Some(_) => Goes::BreaksDown { applied: weather.how(Fault::ServerError, 0, 1) == 1 },
            None => Goes::Well,
        }
    }

    /// The way back from a write.
    async fn answer_write<T>(&self, goes: Goes, answer: T) -> Result<T, ChannelError> {
        after_effect(&self.sim, "set stock").await;
        match goes {
            Goes::BreaksDown { .. } => return Err(ChannelError::unavailable("502").after_write()),
            Goes::AnswerLost => tokio::time::sleep(NO_ANSWER).await,
            _ => self.sim.pause(20, 400).await,
        }
        Ok(answer)
    }

    /// The call is on its way for a while yet; nobody waits for it any more.
    fn apply_late(&self, connection: usize, sets: &[StockSet]) {
        let within_ms = i64::from(self.facts.applied_within_ms);
        let is_broken = self.sim.world.wish.broken == Some(Assumption::A6);
        let span = if is_broken { (within_ms * 2, within_ms * 8) } else { (0, within_ms - 500) };
        let wait_ms = lock(&self.sim.weather).how(Fault::CallAppliedLate, span.0, span.1);
        let (sim, sets) = (self.sim.clone(), sets.to_vec());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))).await;
            sim.note(|| "late call arrives".to_owned());
            apply_all(&sim, connection, &sets);
        });
    }
}

/// Applies a call's writes one after the other; some may be refused by themselves.
fn apply_all(sim: &Sim, connection: usize, sets: &[StockSet]) -> Vec<StockOutcome> {
    let mut outcomes = Vec::new();
    for set in sets {
        let outcome = if sets.len() > 1 && lock(&sim.weather).strikes(Fault::PartialFailure) {
            Err(ChannelError::rate_limited(None, "this item: try later"))
        } else {
            sim.change(|truth| apply(&sim.world, truth, connection, set))
        };
        if outcome.as_ref().is_err_and(|error| error.detail.contains("campaign")) {
            lock(&sim.weather).count(Fault::CampaignLock);
        }
        let channel = sim.world.connections[connection].facts.channel;
        sim.note(|| {
            let said = outcome.as_ref().err().map_or_else(|| "done".to_owned(), ToString::to_string);
            format!("{channel}: set {} to {} {:?}: {said}", set.listing, set.quantity, set.how)
        });
        outcomes.push((set.listing.clone(), outcome));
    }
    outcomes
}

/// Applies one write as this channel understands it.
fn apply(world: &World, truth: &mut Truth, connection: usize, set: &StockSet) -> Result<(), ChannelError> {
    let unknown = || ChannelError::not_found("no such listing");
    let place = world.listing(connection, &set.listing).ok_or_else(unknown)?;
    let is_gross = world.connections[connection].class == WriteClass::Gross;
    let (open, quantity) = (truth.open_units(place), i64::from(set.quantity));
    let twin = &mut truth.listings[place];
    let next = match set.how {
        How::Blind | How::Gross => quantity,
        How::IfShown(expected) if twin.shown != i64::from(expected) => {
            return Err(ChannelError::changed(format!("{} is shown", twin.shown)));
        }
        How::IfShown(_) => quantity,
        How::By(units) if twin.shown + units < 0 && is_removed(Rule::DeltaRefused) => 0,
        How::By(units) if twin.shown + units < 0 => {
            return Err(ChannelError::changed("would fall below zero"));
        }
        How::By(units) => twin.shown + units,
    };
    if next < twin.locked {
        // Some channels say why, some only that they do not want it.
        let why = "a campaign has locked the stock";
        return Err(if place % 2 == 0 { ChannelError::locked(why) } else { ChannelError::refused(why) });
    }
    twin.written = true;
    match (is_gross, set.how) {
        // Written as what buyers should see, the connector adds the open orders it has just read.
        (true, How::Blind) => twin.gross = next + open,
        (true, _) => twin.gross = next,
        (false, _) => twin.shown = next,
    }
    Ok(())
}

#[async_trait]
impl Channel for Twin {
    fn facts(&self) -> &'static Facts {
        self.facts
    }

    fn verify_webhook(&self, _: &Door<'_>, _: &WebhookRequest) -> Verdict {
        Verdict::Refused { why: "the front door asks the real channel" }
    }

    fn read_webhook(&self, _: &Door<'_>, _: &WebhookRequest) -> Notices {
        Vec::new()
    }

    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        self.arrive(self.connection(session)?, "look up orders").await?;
        let read_at = (session.clock)();
        let found = {
            let truth = self.sim.truth();
            let one = |id: &OrderId| {
                let place = truth.find(id).ok_or_else(|| ChannelError::not_found("no such order"))?;
                let told = truth.orders[place].told(&self.sim.world, Some(read_at));
                told.map_err(|e| ChannelError::unreadable(e.to_string()))
            };
            ids.iter().map(|id| (id.clone(), one(id))).collect::<Vec<_>>()
        };
        self.answer_read("look up orders", found).await
    }

    async fn set_stock(
        &self,
        session: &Session<'_>,
        sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError> {
        let connection = self.connection(session)?;
        self.arrive(connection, "set stock").await?;
        let goes = self.goes();
        if goes != Goes::Well {
            self.sim.note(|| format!("{}: set stock goes wrong: {goes:?} {sets:?}", self.facts.channel));
        }
        match goes {
            Goes::AppliedLate => self.apply_late(connection, sets),
            Goes::NeverApplied => {}
            Goes::BreaksDown { applied: false } => {
                return Err(ChannelError::unavailable("502").after_write());
            }
            Goes::Well | Goes::AnswerLost | Goes::BreaksDown { applied: true } => {
                let outcomes = apply_all(&self.sim, connection, sets);
                return self.answer_write(goes, outcomes).await;
            }
        }
        tokio::time::sleep(NO_ANSWER).await;
        // Reached only when nobody gave the call up before.
        Err(ChannelError::timed_out("no answer"))
    }

    async fn read_stock(
        &self,
        session: &Session<'_>,
        listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        let connection = self.connection(session)?;
        let as_of = (session.clock)();
        self.arrive(connection, "read stock").await?;
        let is_broken = self.sim.world.wish.broken == Some(Assumption::A2);
        let readings = {
            let truth = self.sim.truth();
            let read = |listing: &ListingId| {
                let place = self.sim.world.listing(connection, listing)?;
                let is_gross = self.sim.world.connections[connection].class == WriteClass::Gross;
                let shown = truth.on_sale(&self.sim.world, place);
                Some(StockReading {
                    listing: listing.clone(),
                    branch: None,
                    // A read-back that is not true says less than buyers see.
                    quantity: if is_broken { shown / 2 } else { shown },
                    gross: is_gross.then_some(truth.listings[place].gross),
                    as_of,
                })
            };
            listings.iter().filter_map(read).collect::<Vec<_>>()
        };
        self.sim.note(|| {
            let read = readings.iter().map(|r| format!(" {}={}/{:?}", r.listing, r.quantity, r.gross));
            format!("{}: read{}", self.facts.channel, read.collect::<String>())
        });
        self.answer_read("read stock", readings).await
    }

    async fn list_orders(
        &self,
        session: &Session<'_>,
        window: Window,
        cursor: Option<&Cursor>,
    ) -> Result<OrderPage, ChannelError> {
        let connection = self.connection(session)?;
        self.arrive(connection, "list orders").await?;
        let page = self.page(connection, window, cursor, time(self.sim.now_ms()));
        self.sim.note(|| format!("{}: lists {} orders", self.facts.channel, page.rows.len()));
        self.answer_read("list orders", page).await
    }

    async fn pull_events(
        &self,
        session: &Session<'_>,
        taken: Option<&Cursor>,
    ) -> Result<Pulled, ChannelError> {
        let connection = self.connection(session)?;
        self.arrive(connection, "pull events").await?;
        let pulled = {
            let mut events = lock(&self.sim.events);
            let waiting = events.of(connection);
            if let Some(taken) = taken.and_then(|cursor| cursor.0.parse::<u64>().ok()) {
                waiting.retain(|(number, _)| *number > taken);
            }
            let rows = &waiting[..waiting.len().min(PAGE_ROWS)];
            let notices =
                rows.iter().map(|(_, order)| Ok(Notice::OrderChanged { order: order.clone() })).collect();
            let receipt = rows.last().map(|(number, _)| Cursor(number.to_string()));
            Pulled { notices, receipt, has_more: waiting.len() > PAGE_ROWS }
        };
        self.answer_read("pull events", pulled).await
    }
}

impl Twin {
    /// A page of the list as the channel shows it now, which may be a while behind the truth.
    fn page(
        &self,
        connection: usize,
        window: Window,
        cursor: Option<&Cursor>,
        now: commerce::Timestamp,
    ) -> OrderPage {
        let truth = self.sim.truth();
        let own = truth.orders.iter().filter(|order| order.connection == Some(connection));
        let listed = own.filter_map(|order| {
            let visible =
                order.listed.iter().rev().find(|(visible_ms, _)| *visible_ms <= now.as_millisecond());
            visible.map(|(_, told)| told)
        });
        let in_window = listed.filter(|told| told.source_time >= window.from && told.source_time < window.to);
        let mut rows: Vec<(String, &commerce::order::ChannelOrder)> = in_window
            .map(|told| (format!("{:020}#{}", told.source_time.as_millisecond(), told.id), told))
            .collect();
        rows.sort_by(|left, right| left.0.cmp(&right.0));
        rows.retain(|(place, _)| cursor.is_none_or(|cursor| *place > cursor.0));
        let more = rows.len() > PAGE_ROWS;
        rows.truncate(PAGE_ROWS);
        let next = rows.last().filter(|_| more).map(|(place, _)| Cursor(place.clone()));
        // Some lists only name orders.
        let is_thin = self.facts.channel == "shopee";
        let row = |told: &commerce::order::ChannelOrder| match is_thin {
            true => Ok(Notice::OrderChanged { order: told.id.clone() }),
            false => Ok(Notice::Order(Box::new(commerce::order::ChannelOrder {
                read_at: Some(now),
                ..told.clone()
            }))),
        };
        Page { rows: rows.into_iter().map(|(_, told)| row(told)).collect(), next }
    }
}
