//! The log line of a listing that does not show what it should: ids and numbers, and an error where a person must look.

use super::findings::DriftLine;
use channels::gateway::Account;
use commerce::reconcile::Decision;

/// A person must look at what is left; the log holds ids and numbers alone.
pub(super) fn tell(account: &Account<'_>, line: &DriftLine) {
    let (shop, connection, listing) = (&account.shop.id, &account.connection.id, &line.listing);
    let DriftLine { channel_shows, we_believed, rules_want, finding, decision, .. } = line;
    match decision {
        Decision::Leave(_) => tracing::error!(
            %shop, %connection, %listing, channel_shows, we_believed, rules_want, ?finding, ?decision,
            "a listing shows a wrong number and is left"
        ),
        Decision::Heal(_) | Decision::Nothing => tracing::warn!(
            %shop, %connection, %listing, channel_shows, we_believed, rules_want, ?finding, ?decision,
            "a listing does not show what it should"
        ),
    }
}
