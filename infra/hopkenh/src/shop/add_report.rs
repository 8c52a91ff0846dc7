//! What `hopkenh shop add` says: what is another than before, where channels send, and what to do next.

use super::add::Args;
use super::add_secrets::{Merged, Note};
use crate::demo::texts::Language;
use crate::place::Place;
use crate::presence;
use crate::terminal;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::ConnectionId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was written.
pub(super) struct Change {
    /// The shop was not on the list.
    pub(super) is_new_shop: bool,
    /// Its file, or its place on the list, is another than before.
    pub(super) has_new_file: bool,
    /// The shop as it was; none when it is new or could not be read any more.
    pub(super) before: Option<Arc<Shop>>,
    /// The file before said that the channels are told nothing.
    pub(super) was_paused: bool,
    /// The file says so now.
    pub(super) is_paused: bool,
    /// How many counts the file begins from.
    pub(super) counts: usize,
}

/// All there is to tell.
pub(super) struct Outcome<'a> {
    pub(super) place: &'a Place,
    pub(super) shop: &'a Shop,
    pub(super) change: Change,
    pub(super) secrets: &'a BTreeMap<ConnectionId, Merged>,
    /// What became of listings that were set to 0.
    pub(super) told: String,
    /// What to know of listings that were taken out and not set to 0.
    pub(super) still_shown: Vec<String>,
}

/// The whole answer.
pub(super) fn text(outcome: &Outcome<'_>, args: &Args) -> String {
    let l = args.lang;
    let mut text = format!("{}\n\n", headline(outcome, l));
    text.push_str(&terminal::table(&connections(outcome, l)));
    text.push_str(&outcome.told);
    let notes = notes(outcome, args);
    if !notes.is_empty() {
        text.push_str(&format!("\n{}\n", notes.join("\n")));
    }
    text.push_str(l.say(
        "\nĐịa chỉ webhook cần đăng ký tại từng kênh:\n",
        "\nRegister these webhook addresses at the channels:\n",
    ));
    text.push_str(&terminal::table(&addresses(outcome)));
    text.push_str(&format!("\n{}\n", next(outcome, args)));
    text
}

fn headline(outcome: &Outcome<'_>, l: Language) -> String {
    let (id, name, counts) = (&outcome.shop.id, &outcome.shop.name, outcome.change.counts);
    let secrets_changed = outcome.secrets.values().any(|merged| merged.is_changed);
    match (outcome.change.is_new_shop, outcome.change.has_new_file, secrets_changed) {
        (true, ..) => l.pick(
            format!("Đã thêm cửa hàng {id} ({name}). Số đếm ban đầu: {counts}."),
            format!("Shop {id} ({name}) is added. Counts to begin from: {counts}."),
        ),
        (false, true, _) => l.pick(
            format!("Đã đổi cửa hàng {id} ({name}). Số đếm trong tệp: {counts}."),
            format!("Shop {id} ({name}) is changed. Counts in its file: {counts}."),
        ),
        (false, false, true) => l.pick(
            format!("Cửa hàng {id} ({name}): tệp như cũ, khóa đã đổi."),
            format!("Shop {id} ({name}): the file is as before, secrets have changed."),
        ),
        (false, false, false) => l.pick(
            format!("Cửa hàng {id} ({name}): không có gì thay đổi."),
            format!("Shop {id} ({name}): nothing has changed."),
        ),
    }
}

/// Per account: listings there are, and how they differ from before.
fn connections(outcome: &Outcome<'_>, l: Language) -> Vec<Vec<String>> {
    let head = match l {
        Language::Vi => ["Kết nối", "Kênh", "Sản phẩm", "Thêm", "Bớt", "Đổi", ""],
        Language::En => ["Connection", "Channel", "Listings", "Added", "Removed", "Changed", ""],
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let before = outcome.change.before.as_ref();
    for now in outcome.shop.connections.values() {
        let then = before.and_then(|shop| shop.connections.get(&now.id));
        let remark = match then {
            None => l.say("mới", "new"),
            Some(then) if is_other_account(then, now) => l.say("đổi cài đặt", "settings changed"),
            Some(_) => "",
        };
        rows.push(row(now, then, Some(now), remark));
    }
    for then in gone(outcome) {
        rows.push(row(then, Some(then), None, l.say("đã bỏ", "removed")));
    }
    rows
}

fn row(named: &Connection, then: Option<&Connection>, now: Option<&Connection>, remark: &str) -> Vec<String> {
    let none = BTreeMap::new();
    let listings = |connection: Option<&'_ Connection>| connection.map(|c| c.listings.clone());
    let (then, now) = (listings(then).unwrap_or(none.clone()), listings(now).unwrap_or(none));
    let added = now.keys().filter(|id| !then.contains_key(*id)).count();
    let removed = then.keys().filter(|id| !now.contains_key(*id)).count();
    let changed = now.iter().filter(|(id, listing)| then.get(*id).is_some_and(|t| t != *listing)).count();
    let mut cells = vec![named.id.to_string(), named.channel.clone()];
    cells.extend([now.len(), added, removed, changed].map(|count| count.to_string()));
    cells.push(remark.to_owned());
    cells
}

fn is_other_account(then: &Connection, now: &Connection) -> bool {
    let bare = |connection: &Connection| Connection { listings: BTreeMap::new(), ..connection.clone() };
    bare(then) != bare(now)
}

fn gone<'a>(outcome: &'a Outcome<'_>) -> impl Iterator<Item = &'a Connection> {
    let before = outcome.change.before.iter().flat_map(|shop| shop.connections.values());
    before.filter(|connection| !outcome.shop.connections.contains_key(&connection.id))
}

fn notes(outcome: &Outcome<'_>, args: &Args) -> Vec<String> {
    let (l, shop, flags) = (args.lang, &outcome.shop.id, args.place.flags());
    let mut lines = outcome.still_shown.clone();
    lines.extend(unread(outcome, args));
    match (outcome.change.was_paused, outcome.change.is_paused) {
        (_, true) => lines.push(l.pick(
            format!("Cửa hàng đang tạm ngừng: kênh không được báo tồn cho đến `hopkenh shop resume {shop}{flags}`."),
            format!("The shop is paused: channels are told nothing until `hopkenh shop resume {shop}{flags}`."),
        )),
        (true, false) => lines.push(
            l.say(
                "Trước đó cửa hàng tạm ngừng; tệp này cho báo tồn trở lại.",
                "The shop was paused; with this file the channels are told again.",
            )
            .to_owned(),
        ),
        (false, false) => {}
    }
    for (connection, merged) in outcome.secrets {
        let mut by_note: BTreeMap<Note, Vec<&str>> = BTreeMap::new();
        for (name, note) in &merged.notes {
            by_note.entry(*note).or_default().push(name);
        }
        let said = by_note
            .iter()
            .map(|(note, names)| format!("{connection}: {}: {}", said(*note, l), names.join(", ")));
        lines.extend(said);
    }
    for connection in gone(outcome) {
        let id = &connection.id;
        let command = format!("`hopkenh secret forget --shop {shop} --connection {id}{flags}`");
        lines.push(l.pick(
            format!(
                "{id}: thông báo còn đến sẽ chờ người xử lý; khóa vẫn được giữ cho đến khi chạy {command}"
            ),
            format!(
                "{id}: what still comes from it waits for a person; its secrets stay stored until {command}"
            ),
        ));
    }
    lines
}

/// The last `up` on this folder read one file and nothing that was added.
fn unread(outcome: &Outcome<'_>, args: &Args) -> Option<String> {
    let config = presence::config(outcome.place)?;
    let (config, flags, l) = (config.display(), args.place.flags(), args.lang);
    Some(l.pick(
        format!("Lần trước ở đây chạy `hopkenh up --config {config}`, vốn chỉ đọc tệp đó: từ nay chạy `hopkenh up{flags}` không có --config."),
        format!("The last `up` here ran with --config {config} and read that file alone: from now on run `hopkenh up{flags}` without --config."),
    ))
}

fn said(note: Note, l: Language) -> &'static str {
    match note {
        Note::New => l.say("khóa đã lưu", "secrets stored"),
        Note::Replaced => l.say(
            "khóa có giá trị mới (giá trị trước giữ ở <tên>_old, cả hai đều được chấp nhận)",
            "secrets with a new value (the one before is kept as <name>_old, and either is accepted)",
        ),
        Note::ReplacedBoth => l.say("khóa có giá trị mới", "secrets with a new value"),
        Note::NotAtHand => l.say(
            "khóa không có sẵn lúc này (giữ giá trị đã lưu)",
            "secrets not at hand now (the stored ones are kept)",
        ),
        Note::FromBeforeRotation => l.say(
            "khóa có sẵn là giá trị cũ, đã thay (giữ giá trị đang dùng)",
            "secrets at hand are the old ones of a change (those in force are kept)",
        ),
    }
}

fn addresses(outcome: &Outcome<'_>) -> Vec<Vec<String>> {
    let address = |c: &Connection| outcome.place.webhook_address(&outcome.shop.id, c);
    let row = |c: &Connection| vec![c.id.to_string(), c.channel.clone(), address(c)];
    outcome.shop.connections.values().map(row).collect()
}

fn next(outcome: &Outcome<'_>, args: &Args) -> String {
    let (l, flags) = (args.lang, args.place.flags());
    match &outcome.place.stack {
        Some(_) => l
            .say(
                "Tiếp theo: trong vòng một phút cửa hàng được áp dụng; khóa mới có hiệu lực trong 5 phút.",
                "Next: within a minute the shop is acted on; changed secrets are known within 5 minutes.",
            )
            .to_owned(),
        None => l.pick(
            format!(
                "Tiếp theo: `hopkenh up{flags}`. Nếu đang chạy, nó tự nhận trong vài giây (khóa mới: 5 phút)."
            ),
            format!(
                "Next: `hopkenh up{flags}`. If it runs already, it follows in seconds (secrets: 5 minutes)."
            ),
        ),
    }
}
