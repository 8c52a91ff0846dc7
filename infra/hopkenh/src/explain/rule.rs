//! The rule that supplies one listing, in words, with its weight and its share at each store as they are now.

use super::facts::Facts;
use super::layout::moment;
use crate::demo::texts::Language;
use commerce::catalogue::{Connection, Listing, Sharing};
use commerce::cover::{Dealt, RingFence, ShareRule};
use commerce::ids::LocationId;
use commerce::shown::quantity_to_show;
use commerce::stock::StockKey;

/// One store's dealing out, as far as it concerns the listing.
struct Part {
    store: LocationId,
    dealt: Dealt,
    /// The weights of everybody who sells the product there.
    weights: i64,
    covered: i64,
}

/// How many units the listing gets, and why.
pub(super) fn text(facts: &Facts, connection: &Connection, listing: &Listing, l: Language) -> String {
    if listing.paused {
        return l
            .say("cửa hàng đang tạm dừng: không bán", "the shop is paused: nothing is on sale")
            .to_owned();
    }
    if !listing.publish {
        return l
            .say("chỉ đọc, không đăng số: không được chia hàng", "only read, never told a number: no share")
            .to_owned();
    }
    if connection.sharing == Sharing::Pool {
        return pool(facts, connection, listing, l);
    }
    let parts = parts(facts, connection, listing);
    let Some(first) = parts.first() else {
        return l
            .say("không chi nhánh nào giao cho kết nối này", "no store serves this connection")
            .to_owned();
    };
    let mut text = supply(facts, first, l);
    if listing.buffer > 0 {
        text.push_str(
            &l.pick(format!(", giữ lại {}", listing.buffer), format!(", {} kept back", listing.buffer)),
        );
    }
    let each: Vec<String> = parts.iter().map(|part| share(part, l)).collect();
    text.push_str(&l.pick(
        format!("; phần được chia lúc này: {}", each.join(", ")),
        format!("; share now: {}", each.join(", ")),
    ));
    if facts.blind().contains(&connection.id) {
        text.push_str(l.say(
            "; không thấy đơn của kênh này quá lâu, nên chưa chia hàng",
            "; its channel's orders have not been seen for too long, so it gets nothing until they are",
        ));
    }
    text
}

fn pool(facts: &Facts, connection: &Connection, listing: &Listing, l: Language) -> String {
    let free = |sku: &commerce::ids::Sku, location: &LocationId| {
        let key = StockKey { sku: sku.clone(), location: location.clone() };
        facts.stock.get(&key).map_or(0, |stock| stock.free)
    };
    let wanted = quantity_to_show(listing, &connection.serves_from, free);
    let buffer = listing.buffer;
    l.pick(
        format!(
            "kho chung: mọi số còn bán được trừ {buffer}, lúc này {wanted}; KHÔNG cam kết chống bán vượt tồn"
        ),
        format!(
            "shared pool: all that is free less {buffer}, now {wanted}; never sold twice is NOT promised here"
        ),
    )
}

fn parts(facts: &Facts, connection: &Connection, listing: &Listing) -> Vec<Part> {
    let key = connection.key(listing);
    let part = |store: &LocationId| {
        let dealt = facts.dealt(store);
        let weights = dealt.iter().map(|dealt| dealt.claim.weight).sum();
        let own = dealt.into_iter().find(|dealt| dealt.claim.listing == key)?;
        let covered = facts.balance(store).and_then(|stock| stock.cover.get(&key)).copied().unwrap_or(0);
        Some(Part { store: store.clone(), dealt: own, weights, covered })
    };
    connection.serves_from.iter().filter_map(part).collect()
}

/// The shop's rule; where it names none, the share follows demand.
fn supply(facts: &Facts, part: &Part, l: Language) -> String {
    let rule = &part.dealt.claim.rule;
    if let Some(RingFence { units, until }) = rule.ring_fence.as_ref().filter(|fence| facts.now < fence.until)
    {
        let until = moment(*until, facts.now);
        return l.pick(
            format!("dành riêng {units} đơn vị đến {until}, không hơn"),
            format!("{units} units set apart until {until}, no more"),
        );
    }
    if let Some(percent) = rule.percent {
        return bounds(
            rule,
            l.pick(format!("cố định {percent}%"), format!("a fixed {percent}% of what there is")),
            l,
        );
    }
    let (weight, weights, sales) = (part.dealt.claim.weight, part.weights, part.dealt.claim.weight - 1);
    let text = l.pick(
        format!("chia theo sức bán: trọng số {weight} trên {weights} ({sales} lần bán gần đây)"),
        format!("share by demand: weight {weight} of {weights} ({sales} of the latest sales)"),
    );
    bounds(rule, text, l)
}

fn bounds(rule: &ShareRule, mut text: String, l: Language) -> String {
    if rule.units_min > 0 {
        let least = rule.units_min;
        text.push_str(&l.pick(format!(", ít nhất {least}"), format!(", at least {least}")));
    }
    if let Some(most) = rule.units_max {
        text.push_str(&l.pick(format!(", nhiều nhất {most}"), format!(", at most {most}")));
    }
    text
}

/// Listing units: what it should have at the store, and what it has.
fn share(part: &Part, l: Language) -> String {
    let (factor, store) = (part.dealt.claim.factor, &part.store);
    let (share, covered) = (part.dealt.standing.share / factor, part.covered.div_euclid(factor));
    l.pick(format!("{store} {share} (đang có {covered})"), format!("{store} {share} (has {covered})"))
}
