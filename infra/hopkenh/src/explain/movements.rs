//! The last ledger lines of a product, each with its cause and time in plain words.

use super::facts::Facts;
use super::layout::{WIDTH, cut, folded, moment_ms};
use crate::demo::texts::Language;
use crate::terminal;
use commerce::goods::read_written;
use commerce::level::counted_by;
use commerce::order::OrderKind;
use commerce::stock::{Cause, Movement, StockDelta};
use workflows::announce_stock::LedgerLine;
use workflows::shortfalls::kind;

/// The longest name of a store in a row.
const STORE_MAX: usize = 10;
/// The longest cause in a row.
const CAUSE_MAX: usize = 38;

/// The movements, the latest one last.
pub(super) fn text(facts: &Facts, l: Language) -> String {
    let lines = facts.lines.iter().flat_map(|line| {
        let last = line.movements.len().saturating_sub(1);
        line.movements.iter().enumerate().map(move |(n, movement)| (line, movement, n == last))
    });
    let wanted: Vec<_> = lines.filter(|(_, movement, _)| is_asked(facts, movement)).collect();
    let first = wanted.len().saturating_sub(facts.last);
    let rows: Vec<Vec<String>> = wanted[first..].iter().map(|found| row(facts, *found, l)).collect();
    let mut text = l.pick(
        format!("{} biến động gần nhất (sổ cái)\n", rows.len()),
        format!("The last {} movements (ledger)\n", rows.len()),
    );
    if let Some(trouble) = &facts.archive_trouble {
        let why = l.pick(
            format!("chỉ có biến động mới nhất của mỗi chi nhánh; không đọc được kho lưu sổ cái: {trouble}"),
            format!("only each store's latest change; the ledger's archive could not be read: {trouble}"),
        );
        text.push_str(&folded("  ! ", &why));
    }
    if rows.is_empty() {
        return text + l.say("  chưa có\n", "  none\n");
    }
    let head = match l {
        Language::Vi => ["Lúc", "Chi nhánh", "Vì", "Thay đổi", "Còn bán được"],
        Language::En => ["When", "Store", "Cause", "Change", "Free after"],
    };
    let table = terminal::table(&[vec![head.map(str::to_owned).to_vec()], rows].concat());
    text.extend(table.lines().map(|line| cut(line, WIDTH) + "\n"));
    text
}

fn is_asked(facts: &Facts, movement: &Movement) -> bool {
    match &movement.cause {
        Cause::Order { connection, .. } => facts.is_asked(connection),
        Cause::Cover { listing, .. } => facts.is_asked(&listing.connection),
        Cause::Document { .. } => true,
    }
}

fn row(facts: &Facts, (line, movement, is_last): (&LedgerLine, &Movement, bool), l: Language) -> Vec<String> {
    // The balance is known after the whole change, not between its movements.
    let free = if is_last { line.free.to_string() } else { "·".to_owned() };
    vec![
        moment_ms(movement.at_ms, facts.now),
        cut(line.location.as_str(), STORE_MAX),
        cut(&cause(facts, movement, l), CAUSE_MAX),
        change(&movement.delta, l),
        free,
    ]
}

fn cause(facts: &Facts, movement: &Movement, l: Language) -> String {
    in_words(&movement.cause, kind(&facts.orders, &movement.cause), l)
}

/// Why a balance changed.
pub(crate) fn in_words(cause: &Cause, kind: Option<OrderKind>, l: Language) -> String {
    match cause {
        Cause::Order { connection, order, .. } if kind == Some(OrderKind::TillSale) => l.pick(
            format!("bán tại quầy {order} ({connection})"),
            format!("till sale {order} ({connection})"),
        ),
        Cause::Order { connection, order, by: Some(by) } => l.pick(
            format!("đơn {order} ({connection}), {by} ghi"),
            format!("order {order} ({connection}), by {by}"),
        ),
        Cause::Order { connection, order, by: None } => {
            l.pick(format!("đơn {order} ({connection})"), format!("order {order} ({connection})"))
        }
        Cause::Cover { listing, .. } => l.pick(
            format!("chia hàng cho {} {}", listing.connection, listing.listing),
            format!("cover moved for {} {}", listing.connection, listing.listing),
        ),
        Cause::Document { document } => document_words(document, l),
    }
}

/// A count is told by who counted, a word about goods by what was done, any other document by its own number.
fn document_words(document: &str, l: Language) -> String {
    if let Some((word, by, number)) = read_written(document) {
        return l.pick(
            format!("{} {number} ({by})", word_in_vietnamese(word)),
            format!("{word} {number} ({by})"),
        );
    }
    match counted_by(document) {
        Some("count") => l.say("đếm kho", "stock count").to_owned(),
        Some(source) => l.pick(format!("số đếm của {source}"), format!("count by {source}")),
        None => l.pick(format!("chứng từ {document}"), format!("document {document}")),
    }
}

fn word_in_vietnamese(word: &str) -> &str {
    match word {
        "receive" => "nhập hàng",
        "adjust" => "điều chỉnh",
        "draft" => "giữ để chuyển",
        "send" | "depart" => "chuyển đi",
        "cancel" => "bỏ phiếu chuyển",
        "arrive" => "hàng đến",
        "lose" => "mất dọc đường",
        "take-back" => "nhận lại",
        "inspect" => "đã xem hàng trả",
        other => other,
    }
}

/// What changed: `on hand −2, committed −2`.
fn change(delta: &StockDelta, l: Language) -> String {
    let cover: i64 = delta.cover.values().sum();
    let back: i64 = delta.given_back.values().sum();
    let parts = [
        (l.say("tồn", "on hand"), delta.on_hand),
        (l.say("đã bán", "committed"), delta.committed),
        (l.say("đã giữ", "held"), delta.holds),
        (l.say("đang bán", "cover"), cover),
        (l.say("kênh trả lại", "given back"), back),
        (l.say("đang chuyển đến", "in transit"), delta.in_transit),
        (l.say("chờ xem", "quarantine"), delta.quarantine),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(_, units)| *units != 0).map(|(name, units)| signed(name, *units)).collect();
    if parts.is_empty() { l.say("không đổi", "nothing").to_owned() } else { parts.join(", ") }
}

fn signed(name: &str, units: i64) -> String {
    let sign = if units < 0 { '−' } else { '+' };
    format!("{name} {sign}{}", units.unsigned_abs())
}
