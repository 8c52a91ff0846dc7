//! A long list of orders read piece by piece, so that a busy shop's first days are read to their end whatever happens in
//! between.
//!
//! Pure. The whole span is tried first, because most shops have few orders in it. Where the list turns out long, half of
//! the span is, and so on; what was read is a place to go on from. It proves nothing by itself: an order that changes
//! while pieces are read leaves its piece and is in the last one, which has no end. So only the end of the last piece says
//! that the book is complete.

use crate::moments::ms_between;
use jiff::Timestamp;

/// How a long list is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pieces {
    /// A list with more rows is read in pieces: so many are read and recorded well within a call's time.
    pub rows_max: usize,
    /// No piece is shorter, in milliseconds: what a channel has in so short a time is read as one, however much it is.
    pub shortest_ms: i64,
}

impl Default for Pieces {
    fn default() -> Self {
        Self { rows_max: 400, shortest_ms: 10 * 60_000 }
    }
}

impl Pieces {
    /// True for a piece so short that the next one may be longer.
    pub fn has_few(&self, rows: usize) -> bool {
        rows.saturating_mul(4) < self.rows_max
    }
}

/// The span that is still to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    from: Timestamp,
    /// What changed before is in the channel's list by now.
    listed_until: Timestamp,
    end: Timestamp,
    /// How long the next piece is, in milliseconds; none for all of it.
    piece_ms: Option<i64>,
}

impl Span {
    /// All of it. `listed_until` is the moment up to which the channel's list is certainly not behind any more: a piece
    /// that ends later is the last one.
    pub fn new(from: Timestamp, listed_until: Timestamp, end: Timestamp) -> Self {
        Self { from, listed_until, end, piece_ms: None }
    }

    /// The rest of a span that was read in pieces of that length, in milliseconds.
    pub fn resumed(self, piece_ms: Option<i64>) -> Self {
        Self { piece_ms, ..self }
    }

    /// How long the next piece is, in milliseconds; none for all of it.
    pub fn piece_ms(&self) -> Option<i64> {
        self.piece_ms
    }

    /// The piece to read next: from when until when.
    pub fn piece(&self) -> (Timestamp, Timestamp) {
        let cut = self.piece_ms.and_then(|ms| later(self.from, ms)).filter(|to| *to <= self.listed_until);
        (self.from, cut.unwrap_or(self.end))
    }

    /// The piece has too many orders to be read as one. False where it cannot be cut any more.
    pub fn halve(&mut self, pieces: &Pieces) -> bool {
        let (from, to) = self.piece();
        let half_ms = ms_between(from, to.min(self.listed_until)).max(0) / 2;
        let cut = half_ms >= pieces.shortest_ms;
        if cut {
            self.piece_ms = Some(half_ms);
        }
        cut
    }

    /// The piece is read; `had_few` orders for a piece, and the next one may be longer. Gives where the next one begins; none
    /// where that was all.
    pub fn go_on(&mut self, had_few: bool) -> Option<Timestamp> {
        let (from, to) = self.piece();
        if to == self.end {
            return None;
        }
        self.piece_ms = Some(ms_between(from, to).max(0).saturating_mul(if had_few { 2 } else { 1 }));
        self.from = to;
        Some(to)
    }
}

fn later(time: Timestamp, ms: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(time.as_millisecond().saturating_add(ms)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR_MS: i64 = 3_600_000;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn span(hours: i64) -> Span {
        Span::new(at(0), at(hours * HOUR_MS), at(hours * HOUR_MS + 600_000))
    }

    #[test]
    fn a_quiet_shop_is_read_as_one() {
        let mut all = span(360);
        assert_eq!(all.piece(), (at(0), at(360 * HOUR_MS + 600_000)));
        assert_eq!(all.go_on(true), None);
    }

    #[test]
    fn a_busy_shop_is_read_in_pieces_that_grow_again() {
        let mut all = span(8);
        assert!(all.halve(&Pieces::default()) && all.halve(&Pieces::default()));
        assert_eq!(all.piece(), (at(0), at(2 * HOUR_MS)));
        assert_eq!(all.go_on(false), Some(at(2 * HOUR_MS)));
        assert_eq!(all.piece(), (at(2 * HOUR_MS), at(4 * HOUR_MS)));
        assert_eq!(all.go_on(true), Some(at(4 * HOUR_MS)));
        assert!(all.halve(&Pieces::default()));
        assert_eq!(all.piece(), (at(4 * HOUR_MS), at(6 * HOUR_MS)));
        assert_eq!(all.go_on(true), Some(at(6 * HOUR_MS)));
        // The rest is shorter than the piece would be, so it is read with its open end.
        assert_eq!(all.piece(), (at(6 * HOUR_MS), at(8 * HOUR_MS + 600_000)));
        assert_eq!(all.go_on(true), None);
    }

    #[test]
    fn ten_minutes_are_not_cut() {
        let mut short = Span::new(at(0), at(HOUR_MS / 4), at(HOUR_MS));
        assert!(!short.halve(&Pieces::default()));
        assert_eq!(short.piece(), (at(0), at(HOUR_MS)));
    }

    proptest! {
        /// Whatever is found too long on the way: no moment is left out, none is read twice, and no piece but the last
        /// ends later than the list is certain.
        #[test]
        fn pieces_are_the_whole_span(
            hours in 0_i64..2_000,
            ahead_ms in 1_i64..700_000,
            answers in proptest::collection::vec(any::<bool>(), 0..400),
        ) {
            let sure = at(hours * HOUR_MS);
            let end = at(hours * HOUR_MS + ahead_ms);
            let mut span = Span::new(at(0), sure, end);
            let (mut read_until, mut answers) = (at(0), answers.into_iter());
            loop {
                while answers.next() == Some(true) && span.halve(&Pieces::default()) {}
                let (from, to) = span.piece();
                prop_assert_eq!(from, read_until);
                prop_assert!(from < to || from == to && to == end);
                prop_assert!(to == end || to <= sure);
                read_until = to;
                if span.go_on(answers.next() == Some(true)).is_none() {
                    break;
                }
            }
            prop_assert_eq!(read_until, end);
        }
    }
}
