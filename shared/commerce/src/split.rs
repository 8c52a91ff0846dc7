//! An order line whose units come from several stores: it is kept as pieces, each decided by itself, and told as one line.

use crate::effect::{Decision, Line};
use crate::ids::LineId;

/// Stands between a line's name and the number of its piece; no channel uses it in a name.
const MARK: char = '¦';

/// The channel's name of the line that a piece belongs to.
pub fn base_id(id: &LineId) -> &str {
    id.as_str().split_once(MARK).map_or(id.as_str(), |(base, _)| base)
}

/// True when the piece belongs to that line of the channel.
pub(crate) fn is_of(piece: &Line, line: &LineId) -> bool {
    base_id(&piece.id) == base_id(line)
}

/// One of `pieces` pieces of a line, with the units that are decided for it. The first carries the line's own name, and
/// units that were called off before anything was decided. Which of several pieces are out is for [`spread_out`] to say.
pub(crate) fn piece_of(line: &Line, number: usize, pieces: usize, units: u32, decision: Decision) -> Line {
    let mut piece = Line { decision: Some(decision), ..line.clone() };
    if pieces < 2 {
        return piece;
    }
    if number > 0 {
        let name = LineId::new(format!("{}{MARK}{}", line.id, number + 1));
        piece.id = name.unwrap_or_else(|_| line.id.clone());
        piece.cancelled = 0;
    }
    piece.quantity = units + piece.cancelled;
    piece.out = 0;
    piece
}

/// What an event tells of a line, spread over the pieces we keep of it, with what was decided for each.
pub(crate) fn spread_over(told: &Line, known: &[&Line]) -> Vec<Line> {
    if known.len() < 2 {
        let mut line = told.clone();
        if let Some(known) = known.first() {
            line.out = line.out.max(known.out);
            line.counted = known.counted;
            line.decision.clone_from(&known.decision);
        }
        return vec![line];
    }
    let mut pieces: Vec<Line> = known.iter().map(|known| (*known).clone()).collect();
    spread_quantity(&mut pieces, told.quantity);
    spread_cancelled(&mut pieces, told.cancelled);
    spread_out(pieces.iter_mut().collect(), told.out);
    pieces
}

/// Called off stays where it was called off: whoever packs goes by it. More is taken from the last pieces first and, only
/// where everything left is out, from the first; fewer is given back to the first.
fn spread_cancelled(pieces: &mut [Line], cancelled: u32) {
    let sum: u32 = pieces.iter().map(|piece| piece.cancelled).sum();
    let mut fewer = sum.saturating_sub(cancelled);
    for piece in pieces.iter_mut() {
        let here = fewer.min(piece.cancelled);
        piece.cancelled -= here;
        fewer -= here;
    }
    let mut more = cancelled.saturating_sub(sum);
    for piece in pieces.iter_mut().rev() {
        let here = more.min(piece.quantity.saturating_sub(piece.out + piece.cancelled));
        piece.cancelled += here;
        more -= here;
    }
    if let Some(first) = pieces.first_mut() {
        first.cancelled = (first.cancelled + more).min(first.quantity);
    }
}

/// More units are the first piece's. There are never fewer: what a line asked for once it keeps, and calls off.
fn spread_quantity(pieces: &mut [Line], quantity: u32) {
    let sum: u32 = pieces.iter().map(|piece| piece.quantity).sum();
    if let Some(first) = pieces.first_mut() {
        first.quantity += quantity.saturating_sub(sum);
    }
}

/// Units that a line asked for before and that were called off since, as an event tells that comes late. True when there are any.
pub(crate) fn spread_called_off(pieces: &mut [&mut Line], quantity: u32) -> bool {
    let sum: u32 = pieces.iter().map(|piece| piece.quantity).sum();
    let more = quantity.saturating_sub(sum);
    let Some(first) = pieces.first_mut().filter(|_| more > 0) else { return false };
    first.quantity += more;
    first.cancelled += more;
    true
}

/// Units that went out, spread over a line's pieces: what is out stays out, more is the first pieces' as far as it was not
/// called off. True when anything changed.
pub(crate) fn spread_out(mut pieces: Vec<&mut Line>, out: u32) -> bool {
    let known: u32 = pieces.iter().map(|piece| piece.out).sum();
    let mut more = out.saturating_sub(known);
    let changed = more > 0;
    for keeps_cancelled in [true, false] {
        for piece in &mut pieces {
            let stays = if keeps_cancelled { piece.cancelled } else { 0 };
            let here = more.min(piece.quantity.saturating_sub(piece.out + stays));
            piece.out += here;
            more -= here;
        }
    }
    if let Some(last) = pieces.last_mut() {
        last.out += more;
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ListingId, LocationId};

    fn line(id: &str, quantity: u32, cancelled: u32, out: u32) -> Line {
        let (id, listing) = (LineId::new(id).unwrap(), ListingId::new("1").unwrap());
        Line { id, listing, quantity, cancelled, unit_price_minor: 1, out, counted: 0, decision: None }
    }

    fn decision(store: &str) -> Decision {
        let location = LocationId::new(store).unwrap();
        Decision { location, recipe: Vec::new(), in_cover: true, till_owned: false, not_counted: Vec::new() }
    }

    fn told(pieces: &[Line]) -> Vec<(&str, u32, u32, u32)> {
        pieces.iter().map(|p| (p.id.as_str(), p.quantity, p.cancelled, p.out)).collect()
    }

    #[test]
    fn a_line_from_two_stores_stays_one_line_to_the_channel() {
        let whole = line("7", 5, 0, 0);
        let pieces: Vec<Line> = [(3, "hn"), (2, "hcm")]
            .iter()
            .enumerate()
            .map(|(n, (units, store))| piece_of(&whole, n, 2, *units, decision(store)))
            .collect();
        assert_eq!(told(&pieces), [("7", 3, 0, 0), ("7¦2", 2, 0, 0)]);
        let known: Vec<&Line> = pieces.iter().collect();
        let less = spread_over(&line("7", 5, 3, 0), &known);
        assert_eq!(told(&less), [("7", 3, 1, 0), ("7¦2", 2, 2, 0)]);
        let out = spread_over(&line("7", 5, 0, 4), &known);
        assert_eq!(told(&out), [("7", 3, 0, 3), ("7¦2", 2, 0, 1)]);
        let more = spread_over(&line("7", 6, 0, 0), &known);
        assert_eq!(told(&more), [("7", 4, 0, 0), ("7¦2", 2, 0, 0)]);
        let mut late = pieces.clone();
        assert!(spread_called_off(&mut late.iter_mut().collect::<Vec<_>>(), 6));
        assert_eq!(told(&late), [("7", 4, 1, 0), ("7¦2", 2, 0, 0)]);
        assert!(!spread_called_off(&mut late.iter_mut().collect::<Vec<_>>(), 6), "told again");
        assert!(more.iter().all(|piece| piece.decision.is_some()));
    }

    #[test]
    fn what_was_called_off_before_the_stores_were_chosen_changes_no_store_when_the_parcel_leaves() {
        let whole = line("7", 3, 1, 0);
        let pieces = [piece_of(&whole, 0, 2, 1, decision("hn")), piece_of(&whole, 1, 2, 1, decision("dn"))];
        assert_eq!(told(&pieces), [("7", 2, 1, 0), ("7¦2", 1, 0, 0)]);
        let known: Vec<&Line> = pieces.iter().collect();
        assert_eq!(told(&spread_over(&line("7", 3, 1, 0), &known)), told(&pieces));
        assert_eq!(told(&spread_over(&line("7", 3, 1, 2), &known)), [("7", 2, 1, 1), ("7¦2", 1, 0, 1)]);
        assert_eq!(told(&spread_over(&line("7", 3, 2, 1), &known)), [("7", 2, 1, 1), ("7¦2", 1, 1, 0)]);
        assert_eq!(told(&spread_over(&line("7", 3, 0, 0), &known)), [("7", 2, 0, 0), ("7¦2", 1, 0, 0)]);
        // Called off on the road: all of it is out, and stays where it went out from.
        assert_eq!(told(&spread_over(&line("7", 3, 3, 3), &known)), [("7", 2, 2, 2), ("7¦2", 1, 1, 1)]);
    }
}
