//! What a paper does to stock: a pure function of it, so that the same paper written twice changes nothing.

use super::{Document, Goods, Paper, Return, Transfer};
use crate::ids::LocationId;
use crate::stock::{Effect, StockDelta, StockKey};

/// Where the units of a paper are. Each is in exactly one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// Set aside for a transfer that has not left.
    pub held: i64,
    /// In a van between two stores.
    pub in_transit: i64,
    /// Back from a buyer and not looked at.
    pub in_quarantine: i64,
    /// On hand by this paper: received, arrived, found, or back and sellable; less what left or was written off.
    pub on_hand: i64,
    /// Lost on the way.
    pub lost: i64,
    /// Thrown away after it came back.
    pub scrapped: i64,
}

/// The paper's effect on every balance it touches, but for what a later count had already.
pub fn effect(document: &Document) -> Effect {
    let mut result = raw_effect(&document.paper);
    for (key, delta) in &mut result {
        delta.on_hand -= document.left_out(key);
    }
    result.retain(|_, delta| !delta.is_zero());
    result
}

/// The paper's effect as if no balance had been counted since.
pub(super) fn raw_effect(paper: &Paper) -> Effect {
    let mut result = Effect::new();
    match paper {
        Paper::Receipt { location, goods } | Paper::Adjustment { location, goods, .. } => {
            add(&mut result, location, goods, |delta, units| delta.on_hand += units);
        }
        Paper::Transfer(transfer) => add_transfer(&mut result, transfer),
        Paper::Return(back) => add_return(&mut result, back),
    }
    result
}

fn add_transfer(result: &mut Effect, transfer: &Transfer) {
    match &transfer.sent {
        _ if transfer.is_cancelled => {}
        None => add(result, &transfer.from, &transfer.drafted, |delta, units| delta.holds += units),
        Some(sent) => {
            add(result, &transfer.from, sent, |delta, units| delta.on_hand -= units);
            add(result, &transfer.to, &transfer.on_the_way(), |delta, units| delta.in_transit += units);
            add(result, &transfer.to, &transfer.arrived, |delta, units| delta.on_hand += units);
        }
    }
}

fn add_return(result: &mut Effect, back: &Return) {
    for (location, here) in &back.stores {
        add(result, location, &here.in_quarantine(), |delta, units| delta.quarantine += units);
        add(result, location, &here.sellable, |delta, units| delta.on_hand += units);
    }
}

fn add(result: &mut Effect, location: &LocationId, goods: &Goods, put: impl Fn(&mut StockDelta, i64)) {
    for (sku, units) in goods {
        let key = StockKey { sku: sku.clone(), location: location.clone() };
        put(result.entry(key).or_default(), *units);
    }
}

/// Where all units of a paper are, by its own account.
pub fn whereabouts(paper: &Paper) -> Whereabouts {
    let sum = |goods: &Goods| goods.values().sum::<i64>();
    let mut found = Whereabouts::default();
    match paper {
        Paper::Receipt { goods, .. } | Paper::Adjustment { goods, .. } => found.on_hand = sum(goods),
        Paper::Transfer(transfer) => match &transfer.sent {
            None if transfer.is_cancelled => {}
            None => found.held = sum(&transfer.drafted),
            Some(sent) => {
                found.in_transit = sum(&transfer.on_the_way());
                found.lost = sum(&transfer.lost);
                found.on_hand = sum(&transfer.arrived) - sum(sent);
            }
        },
        Paper::Return(back) => {
            for here in back.stores.values() {
                found.in_quarantine += sum(&here.in_quarantine());
                found.on_hand += sum(&here.sellable);
                found.scrapped += sum(&here.scrapped);
            }
        }
    }
    found
}
