//! How far each connection's orders are recorded, and what waits for a person.

use super::facts::Facts;
use super::layout::{WIDTH, cut, folded, moment};
use crate::demo::texts::Language;
use crate::terminal;
use commerce::catalogue::Connection;
use commerce::ids::ConnectionId;
use std::collections::BTreeSet;
use table::pass_item::PassState;
use workflows::publish_stock::Manners;

/// How many parked notes are shown.
const NOTES_MAX: usize = 5;

/// Each connection that sells the product, with its last complete pass.
pub(super) fn recorded(facts: &Facts, l: Language) -> String {
    let selling: BTreeSet<&ConnectionId> =
        facts.sellers().iter().map(|(connection, _)| &connection.id).collect();
    let connections = facts.shop.connections.values();
    let asked = connections.filter(|c| selling.contains(&c.id) && facts.is_asked(&c.id));
    let rows: Vec<Vec<String>> = asked.map(|connection| row(facts, connection, l)).collect();
    if rows.is_empty() {
        return String::new();
    }
    let head = match l {
        Language::Vi => ["Kết nối", "Đơn đã ghi đến", "Lượt đọc trọn", "Ghi chú"],
        Language::En => ["Connection", "Orders recorded up to", "Last complete pass", "Remark"],
    };
    let table = terminal::table(&[vec![head.map(str::to_owned).to_vec()], rows].concat());
    let title = l.say("Đối soát đơn\n", "How far orders are recorded\n");
    title.to_owned() + &table.lines().map(|line| cut(line, WIDTH) + "\n").collect::<String>()
}

fn row(facts: &Facts, connection: &Connection, l: Language) -> Vec<String> {
    let pass = facts.passes.get(&connection.id).cloned().unwrap_or_default();
    let at = |time: Option<_>| time.map_or("·".to_owned(), |at| moment(at, facts.now));
    let cells = [at(pass.drained_until), at(pass.begun_at), remark(facts, connection, &pass, l)];
    [vec![cut(connection.id.as_str(), 20)], cells.to_vec()].concat()
}

fn remark(facts: &Facts, connection: &Connection, pass: &PassState, l: Language) -> String {
    if let Some(why) = &pass.blocked_by {
        return l.pick(format!("bị chặn bởi {why}"), format!("blocked by {why}"));
    }
    if let Some(since) = pass.failing_since {
        let since = moment(since, facts.now);
        return l.pick(format!("không đọc trọn được từ {since}"), format!("no complete pass since {since}"));
    }
    if !Manners::of(connection).is_some_and(|manners| manners.lists_orders) {
        return l.say("kênh không cho liệt kê đơn", "its orders cannot be listed").to_owned();
    }
    if facts.blind().contains(&connection.id) {
        return l.say("quá lâu rồi", "too long ago").to_owned();
    }
    if pass.drained_until.is_none() {
        l.say("chưa đọc lần nào", "none yet").to_owned()
    } else {
        String::new()
    }
}

/// Parked notes that name the product's listings, the latest ones.
pub(super) fn parked(facts: &Facts, l: Language) -> String {
    let asked: Vec<_> = facts.parked.iter().filter(|note| facts.is_asked(&note.connection)).collect();
    if asked.is_empty() {
        return String::new();
    }
    let mut text = l.say("Chờ người xử lý\n", "Waits for a person\n").to_owned();
    for note in asked.iter().rev().take(NOTES_MAX) {
        for reason in &note.reasons {
            let advice = l.pick(reason.advice_vi(), reason.advice_en());
            let at = moment(note.at, facts.now);
            text.push_str(&folded("  ", &format!("{at} {} {}: {advice}", note.connection, note.subject)));
        }
    }
    if asked.len() > NOTES_MAX {
        let (more, shop, flags) = (asked.len() - NOTES_MAX, &facts.shop.id, &facts.flags);
        text.push_str(&l.pick(
            format!("  … và {more} việc nữa: hopkenh parked --shop {shop}{flags} --lang vi\n"),
            format!("  … and {more} more: hopkenh parked --shop {shop}{flags}\n"),
        ));
    }
    text
}
