//! Listing by listing: the rule, what the channel shows by its last answer, and what is on its way to it.

use super::attempt::Scene;
use super::facts::Facts;
use super::layout::{WIDTH, cut, labelled, moment};
use super::rule;
use crate::demo::texts::Language;
use commerce::catalogue::{Connection, Listing, Sharing};
use commerce::cover::{Class, Gate, Listed, Pace};
use commerce::ids::OrderId;
use std::collections::BTreeMap;
use workflows::publish_stock::Manners;

/// All listings that were asked for.
pub(super) fn text(facts: &Facts, l: Language) -> String {
    let sellers = facts.sellers().into_iter().filter(|(connection, _)| facts.is_asked(&connection.id));
    let each: Vec<String> = sellers.map(|(connection, listing)| one(facts, connection, listing, l)).collect();
    let head = l.say("Gian hàng", "Listings");
    if each.is_empty() {
        return format!("{head}\n  {}\n", l.say("không gian hàng nào bán mã này", "no listing sells it"));
    }
    format!("{head}\n{}", each.concat())
}

fn one(facts: &Facts, connection: &Connection, listing: &Listing, l: Language) -> String {
    let mut name = format!("  {} · {} · {}", connection.id, connection.channel, listing.id);
    if listing.recipe.len() > 1 || listing.recipe.iter().any(|part| part.factor != 1) {
        let parts: Vec<String> = listing.recipe.iter().map(|p| format!("{} × {}", p.factor, p.sku)).collect();
        name.push_str(&format!(" = {}", parts.join(" + ")));
    }
    let mut text = format!("{}\n", cut(&name, WIDTH));
    text.push_str(&labelled(l.say("quy tắc", "rule"), &rule::text(facts, connection, listing, l)));
    let manners = Manners::of(connection);
    let manners = manners.map(|manners| manners.as_seen(facts.passes.get(&connection.id)));
    let class = manners.and_then(|manners| manners.class);
    if listing.publish && class.is_some() {
        let known = facts.listed.get(&connection.key(listing)).cloned().unwrap_or_default();
        let pace = manners.map_or(Pace { applied_within_ms: 0, list_lag_ms: 0 }, |manners| manners.pace);
        text.push_str(&labelled(l.say("đang hiện", "shows"), &shows(facts, &known, class, l)));
        text.push_str(&state(facts, (connection, listing), &known, pace, l));
    }
    text
}

fn shows(facts: &Facts, known: &Listed, class: Option<Class>, l: Language) -> String {
    let (Some(shown), Some(at)) = (known.shown, known.told_at) else {
        return l.say("kênh chưa trả lời lần nào", "the channel has never answered yet").to_owned();
    };
    let at = moment(at, facts.now);
    let mut text =
        l.pick(format!("{shown}, kênh trả lời lúc {at}"), format!("{shown} by its answer of {at}"));
    if class == Some(Class::Gross) {
        let gross = known.gross;
        text.push_str(&l.pick(format!(" (tổng số {gross})"), format!(" (gross number {gross})")));
    }
    text
}

fn state(
    facts: &Facts,
    (connection, listing): (&Connection, &Listing),
    known: &Listed,
    pace: Pace,
    l: Language,
) -> String {
    let mut text = String::new();
    let is_covered = connection.sharing == Sharing::Cover;
    if let Some(attempt) = &known.attempt {
        let scene =
            Scene { attempt, pace, is_covered, pass: facts.passes.get(&connection.id), now: facts.now };
        text.push_str(&labelled(l.say("đang gửi", "on its way"), &scene.text(l)));
    }
    if let Some(until) = known.locked_until.filter(|until| facts.now < *until) {
        let until = moment(until, facts.now);
        let why = l.pick(
            format!("để yên đến {until}: kênh không nhận, từ chối, hoặc đang khoá số cho chiến dịch; rồi hỏi lại"),
            format!("until {until}: its channel is down, refuses, or keeps the number for a campaign; then it is asked"),
        );
        text.push_str(&labelled(l.say("để yên", "left alone"), &why));
    }
    text.push_str(&gate(&known.gate, l));
    if is_covered && !known.is_adopted_on(&connection.ground(listing)) {
        text.push_str(&labelled(
            l.say("tiếp nhận", "adoption"),
            l.say(
                "chưa xong: đặt về 0, chờ ghi hết đơn, rồi mới chia hàng; cần có số đếm trước",
                "not done: it is set to 0 and drained before it gets units; a first count must be there",
            ),
        ));
    } else if known.doubt {
        text.push_str(&labelled(
            l.say("lệch tồn", "in doubt"),
            l.say(
                "số kênh hiện có thể khác sổ: hỏi lại kênh trước khi làm việc khác",
                "what it shows may differ from the book: the channel is asked before anything else",
            ),
        ));
    }
    text
}

/// Ships of a channel that keeps gross numbers.
fn gate(gate: &Gate, l: Language) -> String {
    let list = |orders: &BTreeMap<OrderId, i64>| {
        let each: Vec<String> = orders.iter().map(|(order, units)| format!("{order} ({units})")).collect();
        each.join(", ")
    };
    let mut text = String::new();
    if !gate.asked.is_empty() {
        let waiting = list(&gate.asked);
        text.push_str(&labelled(
            l.say("chờ giao", "ships"),
            &l.pick(
                format!("chờ hạ tổng số trước: {waiting}"),
                format!("waiting until the number is lowered for them: {waiting}"),
            ),
        ));
    }
    if !gate.open.is_empty() {
        let open = list(&gate.open);
        text.push_str(&labelled(
            l.say("được giao", "let through"),
            &l.pick(
                format!("được báo giao, chưa ghi nhận: {open}"),
                format!("may be reported shipped, not recorded yet: {open}"),
            ),
        ));
    }
    text
}
