//! Whole lists, page by page: spans cut to what a channel allows, and an end in sight whatever the channel answers.

use crate::channel::Notices;
use crate::error::ChannelError;
use crate::facts::Facts;
use crate::gateway::{Account, Gateway};
use crate::listings::ChannelListing;
use crate::paging::{Cursor, Window};
use commerce::Timestamp;
use commerce::park::ParkReason;
use jiff::SignedDuration;
use std::collections::BTreeSet;

/// The most pages of one list. More than any shop fills in a span, fewer than a list without an end.
pub const PAGES_MAX: usize = 2_000;

/// The window in pieces that the channel lists at once, oldest first.
pub fn pieces(window: Window, facts: &Facts) -> Vec<Window> {
    let most = facts.list.and_then(|list| list.window_max_s).map(|s| SignedDuration::from_secs(i64::from(s)));
    let Some(most) = most else { return vec![window] };
    let mut pieces = Vec::new();
    let mut from = window.from;
    while from < window.to {
        let to = from.checked_add(most).unwrap_or(Timestamp::MAX).min(window.to);
        pieces.push(Window { from, to });
        from = to;
    }
    pieces
}

/// Every order that changed within the window, as the channel tells of it. A failure ends it: a list is whole or
/// it is none.
pub async fn all_orders(
    gateway: &Gateway,
    account: &Account<'_>,
    facts: &Facts,
    window: Window,
) -> Result<Notices, ChannelError> {
    let all = orders_unless_many(gateway, account, facts, window, usize::MAX).await?;
    Ok(all.unwrap_or_default())
}

/// The same, unless it turns out to have more than `rows_max` rows: none then, and the list is left where it is.
pub async fn orders_unless_many(
    gateway: &Gateway,
    account: &Account<'_>,
    facts: &Facts,
    window: Window,
    rows_max: usize,
) -> Result<Option<Notices>, ChannelError> {
    let mut notices = Notices::new();
    for piece in pieces(window, facts) {
        let mut end = End::default();
        let mut cursor: Option<Cursor> = None;
        loop {
            let page = gateway.list_orders(account, piece, cursor.as_ref()).await?;
            notices.extend(page.rows);
            if notices.len() > rows_max {
                return Ok(None);
            }
            cursor = end.next(page.next)?;
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok(Some(notices))
}

/// Everything on sale at the account, and what cannot be read of it.
pub async fn all_listings(
    gateway: &Gateway,
    account: &Account<'_>,
) -> Result<Vec<Result<ChannelListing, ParkReason>>, ChannelError> {
    let mut listings = Vec::new();
    let mut end = End::default();
    let mut cursor: Option<Cursor> = None;
    loop {
        let page = gateway.list_listings(account, cursor.as_ref()).await?;
        listings.extend(page.rows);
        cursor = end.next(page.next)?;
        if cursor.is_none() {
            return Ok(listings);
        }
    }
}

/// Sees that pages end.
#[derive(Default)]
struct End {
    seen: BTreeSet<Cursor>,
}

impl End {
    fn next(&mut self, next: Option<Cursor>) -> Result<Option<Cursor>, ChannelError> {
        let Some(cursor) = next else { return Ok(None) };
        if self.seen.len() >= PAGES_MAX {
            return Err(ChannelError::unreadable(format!("the list has more than {PAGES_MAX} pages")));
        }
        if !self.seen.insert(cursor.clone()) {
            return Err(ChannelError::unreadable("the list leads back to a page that was read already"));
        }
        Ok(Some(cursor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::ListFacts;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_span_is_cut_to_what_the_channel_lists_at_once() {
        let list = ListFacts { has_end: true, window_max_s: Some(10), page_rows_max: 1, rows_max: None };
        let facts = Facts { list: Some(list), ..crate::shopee::FACTS };
        let cut = |from, to| {
            let pieces = pieces(Window { from: at(from), to: at(to) }, &facts);
            pieces.iter().map(|w| (w.from.as_second(), w.to.as_second())).collect::<Vec<_>>()
        };
        assert_eq!(cut(0, 25), [(0, 10), (10, 20), (20, 25)]);
        assert_eq!(cut(0, 10), [(0, 10)]);
        assert_eq!(cut(5, 5), []);
    }

    #[test]
    fn a_list_that_leads_in_a_circle_ends() {
        let mut end = End::default();
        let place = |n: usize| Some(Cursor(n.to_string()));
        assert!(end.next(place(1)).is_ok() && end.next(place(2)).is_ok());
        assert!(end.next(place(1)).is_err());
        let mut end = End::default();
        let first_wrong = (0..).find(|n| end.next(place(*n)).is_err());
        assert_eq!(first_wrong, Some(PAGES_MAX));
    }
}
