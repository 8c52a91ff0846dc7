//! What is noted of a pass: how far the book is complete now, or since when it is not, and whether the channel still calls.

use super::{Listed, PassFailure, Passes, complete_until};
use crate::publish_stock::is_blind;
use channels::gateway::Account;
use commerce::Timestamp;
use commerce::list_lag::{Reading, SeenLag, see, waited_for};
use commerce::silence::{Silence, listen};
use lambda_kit::metrics::{self, Unit};
use table::TableError;
use table::pass_item::PassState;

impl Passes {
    /// Notes a pass that has read the list to its end; `lag_ms` was waited for it.
    pub(super) async fn note(
        &self,
        account: &Account<'_>,
        before: &PassState,
        (begun_at, lag_ms): (Timestamp, i64),
        listed: &Listed,
    ) -> Result<(), TableError> {
        let blocked_by = listed.blocked_by.clone();
        let seen_lag = seen_lag(account, before, listed, begun_at);
        let drained_until = complete_until(begun_at, waited_for(lag_ms, seen_lag));
        let drained_until = match &blocked_by {
            Some(_) => before.drained_until,
            None => before.drained_until.max(Some(drained_until)),
        };
        let (shop, connection) = (&account.shop.id, &account.connection.id);
        if let Some(why) = blocked_by.as_ref().filter(|_| before.blocked_by.is_none()) {
            tracing::warn!(%shop, %connection, why, "no listing of this connection can be drained");
        }
        let is_seen_again = blocked_by.is_none() && is_blind(before, begun_at);
        let silence = silence(account, before, listed);
        let state = PassState {
            drained_until,
            read_until: None,
            piece_ms: None,
            begun_at: Some(begun_at),
            blocked_by,
            failing_since: None,
            is_seen_again,
            silence,
            seen_lag,
        };
        match self.table.save_pass(shop, connection, &state).await {
            // A later pass has been noted meanwhile: it proves more than this one.
            Err(TableError::Lost(_)) => Ok(()),
            noted => noted,
        }
    }

    /// Notes how far a long reading has come, so that the next one goes on from there. False when another pass has read all
    /// of it meanwhile.
    pub(super) async fn note_progress(
        &self,
        account: &Account<'_>,
        before: &mut PassState,
        (read_until, piece_ms): (Timestamp, Option<i64>),
    ) -> Result<bool, TableError> {
        (before.read_until, before.piece_ms) = (Some(read_until), piece_ms);
        let (shop, connection) = (&account.shop.id, &account.connection.id);
        tracing::info!(%shop, %connection, %read_until, "a long list of orders is read piece by piece");
        match self.table.save_pass(shop, connection, before).await {
            Err(TableError::Lost(_)) => Ok(false),
            noted => noted.map(|()| true),
        }
    }

    /// Notes a pass that has not.
    pub(super) async fn note_failure(
        &self,
        account: &Account<'_>,
        before: PassState,
        begun_at: Timestamp,
        failure: &PassFailure,
    ) {
        let (shop, connection) = (&account.shop.id, &account.connection.id);
        tracing::warn!(%shop, %connection, %failure, "orders not read to the end; tried again");
        metrics::tell(&[("PassesFailed", Unit::Count, 1)]);
        if before.failing_since.is_none() {
            let state = PassState { failing_since: Some(begun_at), ..before };
            if let Err(error) = self.table.save_pass(shop, connection, &state).await {
                tracing::debug!(%error, "not noted");
            }
        }
    }
}

/// The first pass reads what happened before anybody could tell us, so it says nothing about the channel's calls.
fn silence(account: &Account<'_>, before: &PassState, listed: &Listed) -> Option<Silence> {
    before.drained_until?;
    let silence = listen(before.silence, &listed.listened);
    let orders_max = account.shop.report.alerts.untold_orders;
    let orders = |silence: Option<Silence>| silence.map_or(0, |silence| silence.orders);
    if orders(before.silence) < orders_max && orders(silence) >= orders_max {
        let (shop, connection) = (&account.shop.id, &account.connection.id);
        tracing::warn!(%shop, %connection, "this channel tells of no order any more; its list is read");
        metrics::tell(&[("NewsSilent", Unit::Count, 1)]);
    }
    silence
}

/// An order that the reading before should have had is told of at once: what was on sale meanwhile may be sold twice.
fn seen_lag(
    account: &Account<'_>,
    before: &PassState,
    listed: &Listed,
    begun_at: Timestamp,
) -> Option<SeenLag> {
    let reading = |(begun_at, complete_until)| Reading { begun_at, complete_until };
    let earlier = before.begun_at.zip(before.drained_until).map(reading);
    let seen = see(before.seen_lag, earlier, &listed.listened, begun_at);
    if let Some(SeenLag { ms: lag_ms, .. }) = seen.filter(|seen| before.seen_lag != Some(*seen)) {
        let (shop, connection) = (&account.shop.id, &account.connection.id);
        tracing::warn!(%shop, %connection, lag_ms, "this channel's list of orders is further behind than was thought (A3)");
        metrics::tell(&[("ListLagged", Unit::Count, 1)]);
    }
    seen
}
