//! What is said in the store about a hold, by whoever has its code: the goods were handed over, or nobody wants them.

use crate::effect::OrderState;
use crate::goods::Writer;
use crate::ids::OrderId;
use crate::order::{ChannelLine, ChannelOrder, Departure};
use crate::pick_up::SaidBy;
use crate::plan::OrderChange;
use crate::split::base_id;
use crate::status::Status;
use jiff::{SignedDuration, Timestamp};

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldWord {
    /// The buyer took the goods along.
    Collected,
    /// The buyer does not want them: they are free again.
    Released,
}

/// Why it is not written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldRefusal {
    /// Nothing is set aside any more.
    NotOpen,
    /// It is sold: only the desk can call a sale off.
    IsSold,
}

/// The word as the desk would say it of the whole order, later than all that was said of it before. Pure.
pub fn word_on(
    id: &OrderId,
    state: &OrderState,
    word: HoldWord,
    now: Timestamp,
) -> Result<ChannelOrder, HoldRefusal> {
    if !state.status.is_open() {
        return Err(HoldRefusal::NotOpen);
    }
    let (status, departure) = match word {
        HoldWord::Collected => (Status::Shipped, Departure::Left),
        HoldWord::Released if state.status != Status::Pending => return Err(HoldRefusal::IsSold),
        HoldWord::Released => (Status::Cancelled, Departure::Stayed),
    };
    let next = state.source_time.checked_add(SignedDuration::from_millis(1)).unwrap_or(state.source_time);
    Ok(ChannelOrder {
        id: id.clone(),
        kind: state.kind,
        status,
        departure,
        source_time: now.max(next),
        created_at: state.created_at,
        read_at: None,
        location: None,
        hold: None,
        reference: None,
        lines: lines(state),
        total: state.total,
    })
}

/// The word with who said it, in the order and in the ledger.
pub fn signed(mut change: OrderChange, by: &Writer) -> OrderChange {
    let said = SaidBy { by: by.clone(), at: change.state.source_time };
    if let Some(at_store) = change.state.hold.as_mut().and_then(|held| held.at_store.as_mut()) {
        at_store.settled = Some(said);
    }
    change.by = Some(by.clone());
    change
}

/// The lines as they were told: pieces of one line together.
fn lines(state: &OrderState) -> Vec<ChannelLine> {
    let mut lines: Vec<ChannelLine> = Vec::new();
    for piece in &state.lines {
        match lines.iter_mut().find(|line| line.id.as_str() == base_id(&piece.id)) {
            Some(line) => {
                line.quantity += piece.quantity;
                line.cancelled += piece.cancelled;
            }
            None => lines.push(ChannelLine {
                id: piece.id.clone(),
                listing: piece.listing.clone(),
                quantity: piece.quantity,
                cancelled: piece.cancelled,
                unit_price_minor: piece.unit_price_minor,
            }),
        }
    }
    lines
}
