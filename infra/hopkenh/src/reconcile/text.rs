//! What a comparison found, in words: a row for each connection, and a line for whatever somebody should know.

use crate::demo::texts::Language;
use crate::terminal;
use commerce::Timestamp;
use commerce::freshness::STALE_AFTER_MS;
use commerce::money::Money;
use commerce::reconcile::{Class, Decision, Finding, Found, Heal, Left, NotRead, Total, Why};
use workflows::reconcile::Findings;
use workflows::reconcile::findings::{Compared, ConnectionFindings, Done, DriftLine, Login, Mended, Proof};

/// The whole answer.
pub(super) fn text(findings: &Findings, l: Language) -> String {
    let Findings { shop, name, day, .. } = findings;
    let head = l.pick(
        format!("Đối soát {name} ({shop}), ngày {day}"),
        format!("{name} ({shop}) compared with its channels, business day {day}"),
    );
    let mut rows = vec![header(l)];
    rows.extend(findings.connections.iter().map(|found| row(found, l)));
    let mut lines: Vec<String> =
        findings.connections.iter().flat_map(|found| of_connection(found, l)).collect();
    let connections = findings.connections.iter();
    lines.extend(connections.filter_map(|found| stale(found, findings.made_at, l)));
    lines.extend(beside(findings, l));
    let end = match lines.is_empty() {
        true => l.say("Mọi thứ khớp.\n", "Everything agrees.\n").to_owned(),
        false => lines.iter().map(|line| format!("  ! {line}\n")).collect(),
    };
    format!("{head}\n\n{}\n{end}", terminal::table(&rows))
}

fn header(l: Language) -> Vec<String> {
    let names = match l {
        Language::Vi => [
            "kết nối",
            "đơn: kênh = sổ",
            "tiền: kênh = sổ",
            "đã lấy về",
            "còn lệch",
            "gian hàng",
            "khớp",
            "đang sửa",
            "để lại",
            "không đọc được",
        ],
        Language::En => [
            "connection",
            "orders: theirs = ours",
            "money: theirs = ours",
            "fetched",
            "left",
            "listings",
            "even",
            "mending",
            "left so",
            "not read",
        ],
    };
    names.map(str::to_owned).to_vec()
}

fn row(found: &ConnectionFindings, l: Language) -> Vec<String> {
    let lines = &found.drift.lines;
    let decided = |is_so: fn(&DriftLine) -> bool| lines.iter().filter(|line| is_so(line)).count().to_string();
    let unread = decided(|line| matches!(line.finding, Finding::NotRead(_)));
    let mut cells = vec![found.connection.to_string()];
    cells.extend(proof_cells(&found.proof, l));
    cells.push(found.drift.compared.to_string());
    cells.push(found.drift.even.to_string());
    cells.push(decided(|line| matches!(line.decision, Decision::Heal(_))));
    cells.push(decided(|line| matches!(line.decision, Decision::Leave(_))));
    cells.push(unread);
    cells
}

fn proof_cells(proof: &Proof, l: Language) -> [String; 4] {
    let dot = || "·".to_owned();
    match proof {
        Proof::Compared(compared) => {
            let left = compared.differences.iter().filter(|mended| matches!(mended.done, Done::Left { .. }));
            let equals = |theirs: String, ours: String| {
                let sign = if theirs == ours { "=" } else { "≠" };
                format!("{theirs} {sign} {ours}")
            };
            [
                equals(compared.theirs.orders.to_string(), compared.ours.orders.to_string()),
                equals(money(compared.theirs), money(compared.ours)),
                compared.fetched.to_string(),
                left.count().to_string(),
            ]
        }
        Proof::NoOrderList => [l.say("không có danh sách", "no list").to_owned(), dot(), dot(), dot()],
        Proof::Unreadable { .. } => [l.say("không đọc được", "not read").to_owned(), dot(), dot(), dot()],
    }
}

fn money(total: Total) -> String {
    total.money.map_or_else(|| "0".to_owned(), amount)
}

fn amount(Money { amount_minor, currency }: Money) -> String {
    format!("{amount_minor} {}", currency.code())
}

/// Whatever somebody should know about a connection.
fn of_connection(found: &ConnectionFindings, l: Language) -> Vec<String> {
    let name = &found.connection;
    let mut lines = Vec::new();
    match &found.proof {
        Proof::Compared(Compared { differences, .. }) => {
            lines.extend(differences.iter().map(|mended| format!("{name} {}", order(mended, l))));
        }
        Proof::Unreadable { reason } => lines.push(l.pick(
            format!("{name}: không đọc được danh sách đơn: {reason}"),
            format!("{name}: its list of orders could not be read: {reason}"),
        )),
        Proof::NoOrderList => {}
    }
    lines.extend(found.drift.lines.iter().map(|line| format!("{name} {}", listing(line, l))));
    match found.login {
        Login::EndsSoon { at } => lines.push(l.pick(
            format!("{name}: đăng nhập hết hạn lúc {at}; kết nối lại bằng `hopkenh connect`"),
            format!("{name}: its login ends at {at}; grant it anew with `hopkenh connect`"),
        )),
        Login::Lost { since } => lines.push(l.pick(
            format!("{name}: mất đăng nhập từ {since}; kết nối lại bằng `hopkenh connect`"),
            format!("{name}: its login is lost since {since}; grant it anew with `hopkenh connect`"),
        )),
        Login::Renewed { at } => lines.push(l.pick(
            format!("{name}: kênh từ chối đăng nhập trước hạn; đã tự đăng nhập lại lúc {at}"),
            format!("{name}: its login was refused before its end; renewed by itself at {at}"),
        )),
        Login::Good | Login::NotMeasured => {}
    }
    lines
}

/// The listing that waits longest for its number, where that is longer than a channel's usual slowness.
fn stale(found: &ConnectionFindings, now: Timestamp, l: Language) -> Option<String> {
    let stale = found.freshness.as_ref()?.oldest_stale.as_ref()?;
    let waited_ms = now.as_millisecond() - stale.since.as_millisecond();
    let (name, listing, since) = (&found.connection, &stale.listing, stale.since);
    let line = l.pick(
        format!("{name} {listing}: chờ hiện số mới từ {since}"),
        format!("{name} {listing} waits for its number since {since}"),
    );
    (waited_ms > STALE_AFTER_MS).then_some(line)
}

fn order(mended: &Mended, l: Language) -> String {
    let found = match &mended.found {
        Found::MissingHere => l.say("thiếu ở sổ", "was missing here").to_owned(),
        Found::MissingThere => l.say("không có trên kênh", "is not in the channel's list").to_owned(),
        Found::MoneyDiffers { theirs, ours } => {
            let (theirs, ours) = (amount(*theirs), amount(*ours));
            l.pick(format!("kênh ghi {theirs}, sổ ghi {ours}"), format!("is {theirs} there and {ours} here"))
        }
        Found::HourDiffers { theirs, ours } => l.pick(
            format!("kênh ghi {theirs}, sổ ghi {ours}"),
            format!("is of {theirs} there and {ours} here"),
        ),
    };
    let done = match &mended.done {
        Done::Recorded => l.say("đã lấy về và ghi sổ", "fetched and recorded").to_owned(),
        Done::Explained { why } => explained(*why, l).to_owned(),
        Done::Left { reason } => {
            l.pick(format!("vẫn lệch, cần người xem: {reason}"), format!("still differs: {reason}"))
        }
    };
    l.pick(
        format!("đơn {}: {found}; {done}", mended.order),
        format!("order {} {found}; {done}", mended.order),
    )
}

fn explained(why: Why, l: Language) -> &'static str {
    match why {
        Why::BeforeHorizon => l.say("quá cũ, để người xem", "older than orders are kept; a person is asked"),
        Why::ChangedSince => l.say("đổi sau khi đọc danh sách", "changed since the list was read"),
        Why::NotListed => l.say("đơn tại quầy, kênh không liệt kê", "a till's order, which no channel lists"),
    }
}

fn listing(line: &DriftLine, l: Language) -> String {
    let shows = line.channel_shows.map_or_else(|| "?".to_owned(), |units| units.to_string());
    let (believed, wanted) = (line.we_believed, line.rules_want);
    let numbers = l.pick(
        format!("{}: kênh hiện {shows}, sổ nghĩ {believed}, cần {wanted}", line.listing),
        format!("{} shows {shows}, believed {believed}, wanted {wanted}", line.listing),
    );
    format!("{numbers}: {}; {}", cause(&line.finding, l), decision(line.decision, l))
}

fn cause(finding: &Finding, l: Language) -> String {
    let words = match finding {
        Finding::Even => l.say("khớp", "even"),
        Finding::OnItsWay(_) => l.say("đang trên đường", "on its way"),
        Finding::Drift(Class::LostPush) => {
            l.say("kênh báo đã nhận nhưng không đổi", "the channel took our number and did nothing")
        }
        Finding::Drift(Class::ForeignEdit) => {
            l.say("có ai khác sửa trên kênh", "somebody else changed it at the channel")
        }
        Finding::Drift(Class::CampaignLock) => {
            l.say("chương trình khuyến mãi đang khóa số", "a campaign keeps the number")
        }
        Finding::Drift(Class::Count) => {
            l.say("vừa kiểm kho, kênh chưa được báo", "counted, and not told yet")
        }
        Finding::Drift(Class::OurBug) => {
            l.say("không rõ vì sao, có thể lỗi của chúng tôi", "nothing explains it; perhaps our own mistake")
        }
        Finding::NotRead(why) => return not_read(why, l),
    };
    words.to_owned()
}

fn not_read(why: &NotRead, l: Language) -> String {
    match why {
        NotRead::NoReadBack => l.say("kênh không cho đọc lại", "this channel cannot be read back").to_owned(),
        NotRead::Channel(what) => {
            l.pick(format!("kênh không trả lời: {what}"), format!("the channel did not answer: {what}"))
        }
        NotRead::LeftOut => {
            l.say("kênh không nhắc tới gian hàng này", "the channel's answer leaves it out").to_owned()
        }
        NotRead::BelowZero(units) => l.pick(
            format!("kênh trả lời vô lý: {units}"),
            format!("the channel's answer is nonsense: {units}"),
        ),
        NotRead::Unsteady(one, other) => l.pick(
            format!("kênh nói {one} rồi {other}, không tin được"),
            format!("the channel says {one} and then {other}: neither is believed"),
        ),
        NotRead::OrdersUnread(what) => l.pick(
            format!("chưa ghi hết đơn nên chưa kết luận: {what}"),
            format!("not judged, for its orders could not all be recorded: {what}"),
        ),
    }
}

fn decision(decision: Decision, l: Language) -> &'static str {
    match decision {
        Decision::Nothing => l.say("không đụng tới", "left alone"),
        Decision::Heal(Heal::Lower) => l.say("đang hạ", "being lowered"),
        Decision::Heal(Heal::Raise) => l.say("đang nâng", "being raised"),
        Decision::Leave(Left::BudgetSpent) => l.say(
            "để nguyên: hôm nay đã sửa đủ số lần, cần người xem",
            "left: mended often enough today, somebody has to look",
        ),
        Decision::Leave(Left::CauseUnknown) => l.say(
            "để nguyên: không nâng khi chưa rõ nguyên nhân",
            "left: nothing is raised without a known cause",
        ),
        Decision::Leave(Left::Locked) => {
            l.say("để nguyên đến khi hết khuyến mãi", "left until the campaign is over")
        }
    }
}

/// What belongs to no connection.
fn beside(findings: &Findings, l: Language) -> Vec<String> {
    let mut lines = Vec::new();
    for gap in &findings.ledger.gaps {
        lines.push(l.pick(
            format!(
                "sổ cái {} · {}: mất {} dòng từ số {}",
                gap.sku, gap.location, gap.missing, gap.first_missing
            ),
            format!(
                "ledger of {} · {}: {} lines are missing from number {} on",
                gap.sku, gap.location, gap.missing, gap.first_missing
            ),
        ));
    }
    for wrong in &findings.ledger.wrong_folds {
        lines.push(l.pick(
            format!(
                "sổ cái {} · {}: {} là {} nhưng cộng lại ra {}",
                wrong.sku, wrong.location, wrong.field, wrong.balance, wrong.ledger
            ),
            format!(
                "ledger of {} · {}: {} is {}, its lines come to {}",
                wrong.sku, wrong.location, wrong.field, wrong.balance, wrong.ledger
            ),
        ));
    }
    for line in &findings.stranded.lines {
        lines.push(l.pick(
            format!(
                "hết hàng ảo {} · {}: còn {} nhưng không kênh nào hiện, từ {}",
                line.sku, line.location, line.units, line.since
            ),
            format!(
                "stranded {} · {}: {} units, shown nowhere since {}",
                line.sku, line.location, line.units, line.since
            ),
        ));
    }
    for short in &findings.shortfalls {
        lines.push(l.pick(
            format!(
                "bán vượt tồn {} · {}: thiếu {}, {} xử lý",
                short.sku, short.location, short.units, short.owner
            ),
            format!(
                "short {} · {}: {} units, {} sees to it",
                short.sku, short.location, short.units, short.owner
            ),
        ));
    }
    for group in &findings.parked {
        lines.push(l.pick(
            format!(
                "chờ người xử lý: {} × {} ({}), lâu nhất từ {}",
                group.items, group.code, group.connection, group.oldest
            ),
            format!(
                "parked: {} × {} ({}), the oldest since {}",
                group.items, group.code, group.connection, group.oldest
            ),
        ));
    }
    lines.extend(findings.remarks.iter().map(|remark| match &remark.connection {
        Some(connection) => format!("{connection}: {}", remark.what),
        None => remark.what.clone(),
    }));
    lines
}
