//! Who may sell how much: the units of one product at one store, dealt out to the listings that sell it.
//!
//! Shares follow demand: a listing's weight is one more than its part in the latest sales of the product. They depend on
//! what there is and on orders alone, never on how cover happens to lie at the moment: a move can lead to no other move.

use crate::removed::{Rule, is_removed};
use crate::stock::{ListingKey, Stock};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How a shop wants one listing to be supplied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShareRule {
    /// Listing units it gets before others get more than theirs.
    pub units_min: u32,
    /// Listing units it never goes beyond; none for no bound.
    pub units_max: Option<u32>,
    /// A fixed part of what there is, in per cent, instead of one that follows demand.
    pub percent: Option<u8>,
    /// Units set apart for it until a time, as for a flash sale: others do not get them, it gets no more.
    pub ring_fence: Option<RingFence>,
}

/// Units set apart for one listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RingFence {
    /// Listing units.
    pub units: u32,
    /// Until when.
    pub until: Timestamp,
}

/// One listing's claim on a balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Whose.
    pub listing: ListingKey,
    /// Base units per listing unit, at least 1.
    pub factor: i64,
    /// How strongly it sells, at least 1.
    pub weight: i64,
    /// What the shop wants for it.
    pub rule: ShareRule,
    /// False while its channel cannot be seen or written: it shrinks to nothing.
    pub is_seen: bool,
}

/// Units that could be promised to somebody: what is there, less what is sold, set aside, or kept for walk-in buyers.
pub fn own_units(stock: &Stock, walk_in_reserve: i64) -> i64 {
    stock.on_hand - stock.committed - stock.holds - walk_in_reserve
}

/// Deals `own` base units out; each listing's share in base units, whole listing units of it. Together the shares never
/// exceed `own`.
pub fn shares(own: i64, claims: &[Claim], now: Timestamp) -> BTreeMap<ListingKey, i64> {
    let mut left = own.max(0);
    let mut shares: BTreeMap<ListingKey, i64> =
        claims.iter().map(|claim| (claim.listing.clone(), 0)).collect();
    let seen: Vec<&Claim> = claims.iter().filter(|claim| claim.is_seen).collect();
    let is_fenced = |claim: &&&Claim| fence(claim, now).is_some();
    for claim in seen.iter().filter(is_fenced) {
        give(&mut shares, &mut left, claim, fence(claim, now).unwrap_or(0));
    }
    let open: Vec<&Claim> = seen.iter().filter(|claim| fence(claim, now).is_none()).copied().collect();
    for claim in &open {
        let percent = claim.rule.percent.map(|percent| own.max(0) * i64::from(percent) / 100 / claim.factor);
        let least = percent.unwrap_or(i64::from(claim.rule.units_min));
        give(&mut shares, &mut left, claim, least.min(most(claim)));
    }
    let following: Vec<&Claim> = open.into_iter().filter(|claim| claim.rule.percent.is_none()).collect();
    deal(&mut shares, left, &following);
    shares
}

fn fence(claim: &Claim, now: Timestamp) -> Option<i64> {
    claim.rule.ring_fence.as_ref().filter(|fence| now < fence.until).map(|fence| i64::from(fence.units))
}

fn most(claim: &Claim) -> i64 {
    claim.rule.units_max.map_or(i64::MAX, i64::from)
}

fn give(shares: &mut BTreeMap<ListingKey, i64>, left: &mut i64, claim: &Claim, units: i64) {
    let base = units.min(*left / claim.factor).max(0) * claim.factor;
    *left -= base;
    *shares.entry(claim.listing.clone()).or_default() += base;
}

/// The rest by weight: a first part at once, the last units one by one to whoever lacks most (Sainte-Laguë's rule).
fn deal(shares: &mut BTreeMap<ListingKey, i64>, mut left: i64, claims: &[&Claim]) {
    let weights: i64 = claims.iter().map(|claim| claim.weight).sum();
    let at_once = left;
    for claim in claims {
        let has = shares.get(&claim.listing).copied().unwrap_or(0) / claim.factor;
        let fair = at_once.saturating_mul(claim.weight) / weights.max(1) / claim.factor;
        let units = (fair - 1).min(most(claim) - has).max(0);
        give(shares, &mut left, claim, units);
    }
    while let Some(claim) = neediest(shares, left, claims) {
        give(shares, &mut left, claim, 1);
    }
}

/// Whose next unit is due first; ties go to the first by name.
fn neediest<'c>(shares: &BTreeMap<ListingKey, i64>, left: i64, claims: &[&'c Claim]) -> Option<&'c Claim> {
    let has = |claim: &Claim| shares.get(&claim.listing).copied().unwrap_or(0);
    let can = |claim: &&&Claim| claim.factor <= left && has(claim) / claim.factor < most(claim);
    claims.iter().filter(can).copied().min_by(|a, b| {
        // weight / (2 · share + 1), compared without fractions, in base units so that a box of 24 waits its turn.
        let need = |one: &Claim, other: &Claim| (2 * has(one) + one.factor).saturating_mul(other.weight);
        need(a, b).cmp(&need(b, a)).then_with(|| a.listing.cmp(&b.listing))
    })
}

/// What a listing may do with a balance, by its share and by how the cover lies now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its share, in base units.
    pub share: i64,
    /// True when another listing has less than half of its share and cannot find it free, or the balance is short.
    pub is_needed: bool,
    /// Base units it may still take: its own share, and beyond it only what others do not lack of theirs.
    pub spare: i64,
}

/// How a listing stands at a balance.
pub fn standing(
    stock: &Stock,
    walk_in_reserve: i64,
    claims: &[Claim],
    listing: &ListingKey,
    now: Timestamp,
) -> Standing {
    let own = own_units(stock, walk_in_reserve);
    let shares = shares(own, claims, now);
    let covered = |key: &ListingKey| stock.cover.get(key).copied().unwrap_or(0);
    let lacks = |claim: &Claim| {
        let share = shares.get(&claim.listing).copied().unwrap_or(0);
        claim.listing != *listing
            && covered(&claim.listing) * 2 < share
            && share - covered(&claim.listing) > stock.free - walk_in_reserve
    };
    let mut share = shares.get(listing).copied().unwrap_or(0);
    if is_removed(Rule::OrdersMoveCover) {
        // Only the simulation gets here: shares that change with every move.
        let turn = i64::try_from(stock.version % 3).unwrap_or(0);
        share = (own * turn / 3).max(0);
        return Standing { share, is_needed: true, spare: stock.free.max(0) };
    }
    let short = stock.free < walk_in_reserve.min(0) || stock.free < 0;
    let lack = |claim: &Claim| {
        let share = shares.get(&claim.listing).copied().unwrap_or(0);
        (share - covered(&claim.listing).max(0)).max(0)
    };
    let others = claims.iter().filter(|claim| claim.listing != *listing);
    let free = stock.free - walk_in_reserve;
    let spare = (share - covered(listing)).min(free).max(free - others.map(lack).sum::<i64>()).max(0);
    Standing { share, is_needed: short || claims.iter().any(lacks), spare }
}

/// Listing units of cover that should lie at one store: the share, unless so little is missing or too much that a call
/// to the channel is not worth it. `lumpy` is for channels where each change means a moment at 0.
pub fn wanted(share: i64, covered: i64, is_needed: bool, lumpy: bool) -> i64 {
    if covered > share {
        return if is_needed { share } else { covered };
    }
    let missing = share - covered;
    let is_little = if lumpy { covered * 2 > share } else { missing * 4 <= share };
    if covered > 0 && is_little { covered } else { share }
}
