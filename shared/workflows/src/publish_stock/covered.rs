//! Brings covered listings up to date: load, decide, save, call, note the answer, and round again until nothing is left
//! to do now.
//!
//! A quantity is decided when it is sent and never carried in a message, so a late or doubled message can only repeat
//! what is right now. What waits for a pass over the channel's orders is not waited for here: the pass comes back to it.

use super::desk::{Asked, CALL_MS, Desk};
use super::stale::tell_stale;
use super::{Happened, NotShown, PublishStock, Results, SHORT_WAIT, Sales};
use crate::messages::PassMessage;
use channels::channel::{How, StockOutcome, StockReading, StockSet};
use channels::error::{ChannelError, ErrorKind, Next};
use channels::secrets::Secrets;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Listing, Shop};
use commerce::cover::{Attempt, Call, Kind, Step, Told, Write};
use commerce::ids::ListingId;
use commerce::removed::{Rule, is_removed};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use table::TableError;

/// How many steps a listing may take in one go: raise after settle after drain and so on.
const ROUNDS_MAX: usize = 8;
/// How often an answer is planned anew when the balances move under it.
const ANSWER_ROUNDS_MAX: u32 = 12;
/// A call is only made while it can end well within its attempt's deadline, in milliseconds.
const CALL_TAKES_MS: i64 = 30_000;

/// One account and the listings of it that are looked at together.
pub(super) struct Work<'a> {
    pub(super) shop: &'a Shop,
    pub(super) connection: &'a Connection,
    pub(super) secrets: &'a Secrets,
    pub(super) sales: &'a Sales,
    /// Listings that a person wants tried at once.
    pub(super) again: &'a BTreeSet<ListingId>,
    /// Listings that were seen to show another number than they should.
    pub(super) doubted: &'a BTreeSet<ListingId>,
    /// When what led here happened, as far as messages say so.
    pub(super) happened: &'a Happened,
}

/// A listing whose attempt is written and whose call is to be made.
struct Begun<'a> {
    listing: &'a Listing,
    write: Write,
}

impl PublishStock {
    /// Sees to covered listings, as far as can be done now.
    pub(super) async fn cover(&self, work: &Work<'_>, listings: &[&Listing]) -> Results {
        let mut results = Results::new();
        let mut active: Vec<&Listing> = listings.to_vec();
        let mut asked = Asked { again: work.again.clone(), doubted: work.doubted.clone() };
        for _ in 0..ROUNDS_MAX {
            if active.is_empty() {
                return results;
            }
            active = match self.round(work, &active, &mut asked, &mut results).await {
                Ok(active) => active,
                Err(error) => {
                    let failed = |l: &&Listing| (l.id.clone(), Err(NotShown::Later(error.to_string())));
                    results.extend(active.iter().map(failed));
                    return results;
                }
            };
        }
        let unsteady = |l: &&Listing| (l.id.clone(), Err(NotShown::Wait(Duration::from_secs(1))));
        results.extend(active.iter().map(unsteady));
        results
    }

    /// One step of each listing. Gives those that are to be looked at again at once.
    async fn round<'l>(
        &self,
        work: &Work<'_>,
        listings: &[&'l Listing],
        asked: &mut Asked,
        results: &mut Results,
    ) -> Result<Vec<&'l Listing>, TableError> {
        let mut desk =
            Desk::load(&self.table, &self.clock, work.shop, work.connection, listings, work.sales).await?;
        desk.hear(work.happened);
        listings.iter().for_each(|listing| asked.put_to(&mut desk, listing));
        let unread = self.read_gross(work, &mut desk, listings).await;
        let (mut again, mut begun, mut pass_wanted) = (Vec::new(), Vec::new(), None);
        for listing in listings {
            if !desk.is_counted(listing) {
                tracing::info!(connection = %work.connection.id, listing = %listing.id, "not published before a first count");
                results.insert(listing.id.clone(), Ok(()));
                continue;
            }
            if let Some(error) = unread.get(&listing.id) {
                results.insert(listing.id.clone(), Err(NotShown::Channel(error.clone(), None)));
                continue;
            }
            let (write, result) = match desk.next(listing) {
                Step::Write(write) => (Some(*write), None),
                Step::Rest => (None, Some(Ok(()))),
                Step::AwaitPass(since) => {
                    pass_wanted = pass_wanted.max(Some(since));
                    (None, Some(Ok(())))
                }
                Step::Wait(until) => (None, Some(self.wait(&desk, until))),
            };
            let write = write.or_else(|| desk.has_news(listing).then(|| desk.news(listing)));
            if let Some(result) = result {
                results.insert(listing.id.clone(), result);
            }
            let Some(write) = write else { continue };
            let saved = desk.save(&self.table, listing, &write).await;
            // Noted once, and not before: who was quicker knows of neither, and what the channel answers settles both.
            if saved.is_ok() {
                asked.is_noted(listing);
            }
            match saved {
                Ok(()) if write.call != Call::None => {
                    desk.take_in(listing, &write);
                    begun.push(Begun { listing, write });
                }
                Ok(()) => again.push(*listing),
                Err(TableError::Lost(_)) => again.push(*listing),
                Err(error) if error.is_passing() => {
                    crate::jitter::pause(1).await;
                    again.push(*listing);
                }
                Err(error) => return Err(error),
            }
        }
        self.ask_for_pass(work, &desk, pass_wanted).await;
        again.extend(self.call(work, &mut desk, begun, results).await);
        Ok(again)
    }

    /// A gross number is written on top of the one that is there now: whether a channel lowers it by itself when a parcel
    /// leaves is documented nowhere. Gives the listings whose number could not be read.
    async fn read_gross(
        &self,
        work: &Work<'_>,
        desk: &mut Desk<'_>,
        listings: &[&Listing],
    ) -> BTreeMap<ListingId, ChannelError> {
        let is_gross = |listing: &&&Listing| match desk.next(listing) {
            Step::Write(write) if write.call == Call::Send => {
                write.listed.attempt.as_ref().is_some_and(|attempt| attempt.kind == Kind::Gross)
            }
            _ => false,
        };
        let about_to_write: Vec<&Listing> = listings.iter().filter(is_gross).copied().collect();
        if about_to_write.is_empty() {
            return BTreeMap::new();
        }
        let ids: Vec<ListingId> = about_to_write.iter().map(|listing| listing.id.clone()).collect();
        let mut unread = BTreeMap::new();
        match self.gateway.read_stock(work.shop, work.connection, work.secrets, &ids).await {
            Err(error) => unread.extend(ids.into_iter().map(|id| (id, error.clone()))),
            Ok(readings) => {
                for listing in about_to_write {
                    match sum(&readings, &listing.id).and_then(|(_, gross)| gross) {
                        Some(gross) => desk.set_gross(listing, gross),
                        None => drop(unread.insert(
                            listing.id.clone(),
                            ChannelError::not_found("the channel tells no number of this listing"),
                        )),
                    }
                }
            }
        }
        unread
    }

    fn wait(&self, desk: &Desk<'_>, until: Timestamp) -> Result<(), NotShown> {
        let ms = until.as_millisecond() - desk.now().as_millisecond();
        let wait = Duration::from_millis(u64::try_from(ms.max(1)).unwrap_or(1));
        // A longer wait is noted as due with the state: somebody looks again then, and no other listing is held up.
        if wait > SHORT_WAIT || is_removed(Rule::LevelTriggered) { Ok(()) } else { Err(NotShown::Wait(wait)) }
    }

    /// Asks for a pass that begins late enough to prove the drain. Should the message be lost, the schedule's own pass
    /// proves it a little later.
    async fn ask_for_pass(&self, work: &Work<'_>, desk: &Desk<'_>, since: Option<Timestamp>) {
        let Some(since) = since else { return };
        let late_enough_ms =
            since.as_millisecond() + desk.pace().list_lag_ms + crate::passes::CLOCKS_APART_MS + 1;
        let wait_ms = (late_enough_ms - desk.now().as_millisecond()).max(0);
        let (shop, connection) = (work.shop.id.clone(), work.connection.id.clone());
        let message = PassMessage { shop, connection, until: Some(since) };
        let seconds = u16::try_from(wait_ms.div_euclid(1_000) + 1).unwrap_or(900).min(900);
        if let Err(error) = self.passes.send(vec![message.outgoing(seconds)]).await {
            tracing::warn!(%error, connection = %work.connection.id, "pass not asked for; the schedule's comes");
        }
    }

    /// Makes the calls: lowers before zeros before raises, then reads. Notes each answer.
    async fn call<'l>(
        &self,
        work: &Work<'_>,
        desk: &mut Desk<'_>,
        begun: Vec<Begun<'l>>,
        results: &mut Results,
    ) -> Vec<&'l Listing> {
        let (mut sends, reads): (Vec<Begun<'l>>, Vec<Begun<'l>>) =
            begun.into_iter().partition(|begun| begun.write.call == Call::Send);
        sends.sort_by_key(|begun| begun.write.listed.attempt.as_ref().map(urgency));
        let mut again = Vec::new();
        for (begun, told) in self.send(work, sends).await {
            again.extend(self.note(work, desk, begun, told, results).await);
        }
        for (begun, told) in self.read(work, reads).await {
            again.extend(self.note(work, desk, begun, told, results).await);
        }
        tell_stale(work, desk.stale());
        again
    }

    async fn send<'l>(
        &self,
        work: &Work<'_>,
        sends: Vec<Begun<'l>>,
    ) -> Vec<(Begun<'l>, Result<Told, ChannelError>)> {
        let mut answers: Vec<(Begun<'l>, Result<Told, ChannelError>)> = Vec::new();
        let (in_time, late): (Vec<Begun<'l>>, Vec<Begun<'l>>) =
            sends.into_iter().partition(|begun| self.has_time(begun));
        answers.extend(late.into_iter().map(|begun| (begun, Ok(Told::NotSent))));
        if in_time.is_empty() {
            return answers;
        }
        let sets: Vec<StockSet> = in_time.iter().filter_map(stock_set).collect();
        let outcomes = self.gateway.set_stock(work.shop, work.connection, work.secrets, &sets).await;
        let mut outcomes: BTreeMap<ListingId, StockOutcome> =
            outcomes.into_iter().map(|outcome| (outcome.0.clone(), outcome)).collect();
        for begun in in_time {
            let outcome = outcomes.remove(&begun.listing.id).map(|(_, outcome)| outcome);
            let left_out = || Err(ChannelError::timed_out("the answer left this listing out"));
            let told = outcome.unwrap_or_else(left_out).map(|()| Told::Applied);
            answers.push((begun, told));
        }
        answers
    }

    /// A worker that was held up sends nothing any more: its attempt may be given up before the call ends.
    fn has_time(&self, begun: &Begun<'_>) -> bool {
        let deadline = begun.write.listed.attempt.as_ref().map(|attempt| attempt.deadline);
        deadline.is_some_and(|deadline| {
            (self.clock)().as_millisecond() + CALL_TAKES_MS <= deadline.as_millisecond()
        })
    }

    async fn read<'l>(
        &self,
        work: &Work<'_>,
        reads: Vec<Begun<'l>>,
    ) -> Vec<(Begun<'l>, Result<Told, ChannelError>)> {
        if reads.is_empty() {
            return Vec::new();
        }
        let ids: Vec<ListingId> = reads.iter().map(|begun| begun.listing.id.clone()).collect();
        let answer = self.gateway.read_stock(work.shop, work.connection, work.secrets, &ids).await;
        let of = |listing: &Listing| match &answer {
            Err(error) => Err(error.clone()),
            Ok(readings) => match sum(readings, &listing.id) {
                Some((units, gross)) => Ok(Told::Shown { units, gross }),
                None => Err(ChannelError::not_found("the channel does not know this listing")),
            },
        };
        reads
            .into_iter()
            .map(|begun| {
                let told = of(begun.listing);
                (begun, told)
            })
            .collect()
    }

    /// Writes down what an answer means: by what was read before the call, for the write checks all that it is made from.
    /// Where balances have moved, they are read and it is planned anew; an attempt that somebody else has taken over is
    /// left to them.
    async fn note<'l>(
        &self,
        work: &Work<'_>,
        desk: &mut Desk<'_>,
        begun: Begun<'l>,
        told: Result<Told, ChannelError>,
        results: &mut Results,
    ) -> Option<&'l Listing> {
        let number = begun.write.listed.number;
        let meaning = told.as_ref().map_or_else(meaning_of, |told| *told);
        for round in 1..=ANSWER_ROUNDS_MAX {
            let noted = match round {
                1 => self.note_by(desk, begun.listing, number, meaning).await,
                _ => self.note_anew(work, begun.listing, number, meaning).await,
            };
            match noted {
                Ok(()) => break,
                Err(error) if error.is_passing() && round < ANSWER_ROUNDS_MAX => {
                    if !matches!(error, TableError::Lost(_)) {
                        crate::jitter::pause(round).await;
                    }
                }
                // The attempt stays: after its deadline the channel is asked.
                Err(error) => {
                    results.insert(begun.listing.id.clone(), Err(NotShown::Later(error.to_string())));
                    return None;
                }
            }
        }
        match told {
            Ok(_) => Some(begun.listing),
            Err(error) if error.kind == ErrorKind::Changed => Some(begun.listing),
            // When it is looked at again is noted with its state; a message that waited for it would hold up the others.
            Err(_) if meaning == Told::Locked => {
                results.insert(begun.listing.id.clone(), Ok(()));
                None
            }
            Err(error) => {
                results.insert(begun.listing.id.clone(), Err(NotShown::Channel(error, None)));
                None
            }
        }
    }

    async fn note_anew(
        &self,
        work: &Work<'_>,
        listing: &Listing,
        number: u64,
        told: Told,
    ) -> Result<(), TableError> {
        let mut desk =
            Desk::load(&self.table, &self.clock, work.shop, work.connection, &[listing], work.sales).await?;
        self.note_by(&mut desk, listing, number, told).await
    }

    async fn note_by(
        &self,
        desk: &mut Desk<'_>,
        listing: &Listing,
        number: u64,
        told: Told,
    ) -> Result<(), TableError> {
        desk.look_at_clock(&self.clock);
        match desk.answered(listing, number, told) {
            Some(write) => {
                desk.remember_stale(listing, &write.listed, told);
                desk.save(&self.table, listing, &write).await
            }
            None => Ok(()),
        }
    }
}

/// What a failed call means for its attempt.
fn meaning_of(error: &ChannelError) -> Told {
    match error.kind {
        _ if error.is_ambiguous() => Told::Doubtful,
        ErrorKind::Changed => Told::Changed,
        ErrorKind::Locked => Told::Locked,
        _ if error.next == Next::Park => Told::Refused,
        _ => Told::NotApplied,
    }
}

/// Lowers first, then zeros, then raises: what is shown too high is mended before anything else.
fn urgency(attempt: &Attempt) -> u8 {
    match attempt.kind {
        _ if attempt.reserved > 0 => 2,
        Kind::Zero => 1,
        _ => 0,
    }
}

fn stock_set(begun: &Begun<'_>) -> Option<StockSet> {
    let attempt = begun.write.listed.attempt.as_ref()?;
    let units = |value: i64| u32::try_from(value.max(0)).unwrap_or(u32::MAX);
    let (quantity, how) = match attempt.kind {
        Kind::Compare => (units(attempt.value), How::IfShown(units(attempt.base))),
        Kind::Add => (0, How::By(attempt.value)),
        Kind::Gross => (units(attempt.value), How::Gross),
        Kind::Set | Kind::Zero | Kind::Read => (units(attempt.value), How::Blind),
    };
    Some(StockSet { listing: begun.listing.id.clone(), quantity, how })
}

/// A channel may tell a listing store by store.
pub(crate) fn sum(readings: &[StockReading], listing: &ListingId) -> Option<(i64, Option<i64>)> {
    let of: Vec<&StockReading> = readings.iter().filter(|reading| reading.listing == *listing).collect();
    if of.is_empty() {
        return None;
    }
    let units = of.iter().map(|reading| reading.quantity).sum();
    let gross = of.iter().map(|reading| reading.gross).sum();
    Some((units, gross))
}

/// How long an attempt lasts leaves room for its call.
const _: () = assert!(CALL_TAKES_MS < CALL_MS);
