//! Lists of changes read page by page, in a way that misses no order while orders change in between.
//!
//! A list that is counted by page number loses a row whenever a row of an earlier page changes and moves to the end.
//! So each page begins anew at the time of the last row seen; the number counts only where many rows share one time.

use crate::channel::{Notice, NoticeOrReason};
use crate::error::ChannelError;
use crate::paging::{Cursor, OrderPage, Page, Window};
use commerce::Timestamp;
use commerce::park::ParkReason;
use jiff::SignedDuration;

/// A place in a list of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// What changed before this time was seen already.
    pub(crate) from: Timestamp,
    /// The page from there, beginning with 1.
    pub(crate) page: u32,
}

impl Place {
    /// Where to go on.
    pub(crate) fn read(cursor: Option<&Cursor>, window: Window) -> Result<Self, ChannelError> {
        let Some(Cursor(text)) = cursor else { return Ok(Self { from: window.from, page: 1 }) };
        let parts = text.split_once(' ');
        let read = parts.and_then(|(from, page)| Some((from.parse().ok()?, page.parse().ok()?)));
        let (from, page) = read.ok_or_else(|| ChannelError::misconfigured("not a place of this list"))?;
        Ok(Self { from, page })
    }

    fn cursor(self) -> Cursor {
        Cursor(format!("{} {}", self.from, self.page))
    }

    /// The next place after a full page whose rows changed at these times. A channel that did not sort them, or a row
    /// without a readable time, leaves only counting.
    fn next(self, times: &[Option<Timestamp>]) -> Self {
        let sorted = times.iter().all(Option::is_some) && times.is_sorted();
        match times.last().copied().flatten() {
            Some(last) if sorted && last > self.from => Self { from: last, page: 1 },
            _ => Self { from: self.from, page: self.page.saturating_add(1) },
        }
    }
}

/// `at` a little earlier, so that a lower bound means "from then on" whether the channel counts it in or not.
pub(crate) fn just_before(at: Timestamp, step: SignedDuration) -> Timestamp {
    at.checked_sub(step).unwrap_or(at)
}

/// A page of what the rows say. Orders outside the window are left out, since channels do not say which ends of it they
/// count in; what cannot be read stays.
pub(crate) fn page(
    rows: Vec<Result<Notice, ParkReason>>,
    window: Window,
    place: Place,
    rows_max: usize,
) -> OrderPage {
    let times: Vec<Option<Timestamp>> = rows.iter().map(changed_at).collect();
    let next = (rows.len() >= rows_max).then(|| place.next(&times).cursor());
    let within = |row: &NoticeOrReason| changed_at(row).is_none_or(|at| window.from <= at && at < window.to);
    Page { rows: rows.into_iter().filter(within).collect(), next }
}

fn changed_at(row: &NoticeOrReason) -> Option<Timestamp> {
    match row {
        Ok(Notice::Order(order)) => Some(order.source_time),
        _ => None,
    }
}

/// The page number of a list that is only counted, such as products.
pub(crate) fn number(cursor: Option<&Cursor>) -> Result<u32, ChannelError> {
    let Some(Cursor(text)) = cursor else { return Ok(1) };
    text.parse().map_err(|_| ChannelError::misconfigured("not a place of this list"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_page_goes_on_from_the_last_time_seen() {
        let place = Place { from: at(10), page: 1 };
        let times = |seconds: &[i64]| seconds.iter().map(|s| Some(at(*s))).collect::<Vec<_>>();
        assert_eq!(place.next(&times(&[10, 12, 12])), Place { from: at(12), page: 1 });
        assert_eq!(place.next(&times(&[10, 10])), Place { from: at(10), page: 2 }, "all at one time: count");
        assert_eq!(place.next(&times(&[12, 11])), Place { from: at(10), page: 2 }, "not sorted: count");
        assert_eq!(place.next(&[Some(at(12)), None]), Place { from: at(10), page: 2 });
        let window = Window { from: at(0), to: at(99) };
        assert_eq!(Place::read(Some(&place.cursor()), window).unwrap(), place);
        assert_eq!(Place::read(None, window).unwrap(), Place { from: at(0), page: 1 });
        assert!(Place::read(Some(&Cursor("2".to_owned())), window).is_err());
    }
}
