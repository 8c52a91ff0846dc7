//! Makes a failing day's story as short as it can be: leaves out one thing after the other as long as it still fails.

use super::fault::Fault;
use super::play::{Outcome, play};
use super::world::{Cuts, Wish};
use channels::http::Http;

/// Fewer orders are tried in this order.
const ORDERS: [usize; 5] = [2, 4, 8, 14, 20];

/// The shortest failing day that can be found from this one, with its story.
pub(super) fn shortest(wish: &Wish, http: &Http) -> Result<(Wish, Outcome), String> {
    let mut best = wish.clone();
    for change in changes() {
        let mut tried = best.clone();
        change(&mut tried.cuts);
        if play(&tried, http, false)?.wrong.is_some() {
            best = tried;
        }
    }
    for orders in ORDERS {
        let mut tried = best.clone();
        tried.cuts.orders = Some(orders);
        if play(&tried, http, false)?.wrong.is_some() {
            best = tried;
            break;
        }
    }
    let outcome = play(&best, http, true)?;
    Ok((best, outcome))
}

type Change = Box<dyn Fn(&mut Cuts)>;

/// Everything that can be left out of a day.
fn changes() -> Vec<Change> {
    let mut changes: Vec<Change> = vec![
        Box::new(|cuts| cuts.no_skew = true),
        Box::new(|cuts| cuts.no_till = true),
        Box::new(|cuts| cuts.no_chat = true),
        Box::new(|cuts| cuts.no_goods = true),
        Box::new(|cuts| cuts.no_cancels = true),
        Box::new(|cuts| cuts.no_parcels = true),
    ];
    for fault in Fault::ALL.iter().copied() {
        changes.push(Box::new(move |cuts| {
            cuts.faults.insert(fault);
        }));
    }
    changes
}

/// What was left out, in words.
pub(super) fn left_out(cuts: &Cuts) -> String {
    let faults: Vec<&str> =
        Fault::ALL.iter().filter(|fault| !cuts.faults.contains(fault)).map(|fault| fault.title()).collect();
    let mut words = vec![format!("faults left: {}", faults.join(", "))];
    if let Some(orders) = cuts.orders {
        words.push(format!("buyers stop after {orders} orders"));
    }
    let flags = [
        (cuts.no_till, "no till"),
        (cuts.no_chat, "nobody asks in a chat"),
        (cuts.no_goods, "nobody moves goods"),
        (cuts.no_cancels, "no cancels"),
        (cuts.no_parcels, "no parcels leave"),
        (cuts.no_skew, "clocks are right"),
    ];
    words.extend(flags.into_iter().filter(|(is_cut, _)| *is_cut).map(|(_, word)| word.to_owned()));
    words.join("; ")
}
