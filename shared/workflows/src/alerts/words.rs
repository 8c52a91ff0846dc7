//! What a shop reads about something that is wrong: what happened, since when, what it costs, what to do.

use crate::morning_report::parked as named_reason;
use commerce::Timestamp;
use commerce::alert::{Alert, Crossings, Trouble};
use commerce::catalogue::Shop;
use commerce::ids::{ConnectionId, LocationId, OrderId, Sku};
use commerce::park::ParkReason;
use commerce::reconcile::shop_zone;
use commerce::silence::Subscribed;
use reports::language::{Language, Said};
use reports::shop::{Alert as Line, Topic};

/// The longest message, in letters; Telegram takes 4,096.
const LETTERS_MAX: usize = 3_500;

/// One message for everything that has changed, with a letter's subject.
pub(super) fn message(shop: &Shop, changed: &Crossings, language: Language) -> (String, String) {
    let begun = latest(&changed.begun).map(|alert| begun(&line(shop, alert), language));
    let over = latest(&changed.over).map(|alert| over(&line(shop, alert), language));
    let lines: Vec<String> = begun.chain(over).collect();
    let mut text = shop.name.clone();
    for (place, line) in lines.iter().enumerate() {
        if text.chars().count() + line.chars().count() > LETTERS_MAX {
            text.push_str(&format!("\n… +{}", lines.len() - place));
            break;
        }
        text.push_str(line);
    }
    (subject(&shop.name, changed, language), text)
}

/// Without those that are told again by another one of them.
fn latest(alerts: &[Alert]) -> impl Iterator<Item = &Alert> {
    let is_last = |alert: &&Alert| !alerts.iter().any(|other| alert.trouble.is_told_again_by(&other.trouble));
    alerts.iter().filter(is_last)
}

/// Red while something has begun, green where things are only over.
fn subject(shop: &str, changed: &Crossings, language: Language) -> String {
    let mark = if changed.begun.is_empty() { "🟢" } else { "🔴" };
    let (begun, over) = (latest(&changed.begun).count(), latest(&changed.over).count());
    match language {
        Language::Vi => format!("{mark} {shop}: {begun} việc mới, {over} việc đã hết"),
        Language::En => format!("{mark} {shop}: {begun} new, {over} over"),
    }
}

fn begun(line: &Line, language: Language) -> String {
    let (what, since) = (named(line, language), moment(line.since));
    let (costs, to_do) = (line.costs.in_language(language), line.to_do.in_language(language));
    match language {
        Language::Vi => format!("\n🔴 {what} Từ {since}. Cái giá: {costs} Việc cần làm: {to_do}"),
        Language::En => format!("\n🔴 {what} Since {since}. The price: {costs} To do: {to_do}"),
    }
}

fn over(line: &Line, language: Language) -> String {
    let (what, since) = (named(line, language), moment(line.since));
    match language {
        Language::Vi => format!("\n🟢 Đã hết (từ {since}): {what}"),
        Language::En => format!("\n🟢 Over (since {since}): {what}"),
    }
}

fn named(line: &Line, language: Language) -> String {
    let what = line.what.in_language(language);
    line.connection.as_ref().map_or_else(|| what.to_owned(), |connection| format!("{connection}: {what}"))
}

/// The same as a line of the morning report.
pub(crate) fn line(shop: &Shop, Alert { trouble, since }: &Alert) -> Line {
    let (topic, connection, [what, costs, to_do]) = match trouble {
        Trouble::NewsSilent { connection, orders, webhooks } => {
            (Topic::Webhooks, Some(connection), silent(*orders, *webhooks))
        }
        Trouble::OrdersUnread { connection } => (Topic::Orders, Some(connection), unread()),
        Trouble::OrdersLate { connection, lag_ms } => (Topic::Orders, Some(connection), late(*lag_ms)),
        Trouble::LoginLost { connection } => (Topic::Login, Some(connection), lost()),
        Trouble::LoginEnds { connection, at } => (Topic::Login, Some(connection), ends(*at)),
        Trouble::Shortfall { sku, location, units } => {
            (Topic::Shortfall, None, short(&place(shop, sku, location), *units))
        }
        Trouble::Parked { connection, code, reason, items } => {
            (Topic::Parked, Some(connection), parked(code, reason.as_ref(), *items))
        }
        Trouble::PickUpWaits { connection, order, location, minutes, .. } => {
            (Topic::PickUps, Some(connection), waits(order, called(shop, location), *minutes))
        }
    };
    let connection: Option<ConnectionId> = connection.cloned();
    Line { topic, connection, what, since: *since, ended: None, costs, to_do }
}

/// What happened, what it costs, what to do.
type Told = [Said; 3];

fn silent(orders: u32, webhooks: Subscribed) -> Told {
    [
        Said::new(
            format!("Sàn không báo đơn nữa; {orders} đơn được lấy từ danh sách đơn, không mất đơn nào."),
            format!("The channel tells of no order; {orders} were taken from its list, none is lost."),
        ),
        Said::new("mỗi đơn biết chậm tới một phút.", "each order is known up to a minute late."),
        wake(webhooks),
    ]
}

/// What to do about a channel that calls nobody.
fn wake(webhooks: Subscribed) -> Said {
    match webhooks {
        Subscribed::Repaired { at } => {
            let at = moment(at);
            Said::new(
                format!("không cần làm gì: webhook đã bị tắt và được tự bật lại lúc {at}."),
                format!("nothing: its webhook was off and was switched on again by itself at {at}."),
            )
        }
        Subscribed::Active => Said::new(
            "sàn nói webhook vẫn bật: xem trang trạng thái của sàn và địa chỉ webhook (hopkenh connect).",
            "the channel says that its webhook is on: look at its status page and at the address (hopkenh connect).",
        ),
        Subscribed::NotLooked | Subscribed::Off => Said::new(
            "bật lại webhook trong trang quản trị của sàn, hoặc chạy lại hopkenh connect.",
            "switch its webhook on again in the channel's own pages, or run hopkenh connect again.",
        ),
    }
}

fn unread() -> Told {
    [
        Said::new("Không đọc được danh sách đơn.", "Its list of orders cannot be read."),
        Said::new(
            "đơn mà sàn không báo thì chưa biết; gian hàng này chỉ giữ số đã chia.",
            "orders that nobody tells of are not known yet; this channel keeps what it was given and gets no more.",
        ),
        Said::new(
            "xem đăng nhập (hopkenh login list) và trang trạng thái của sàn.",
            "look at its login (hopkenh login list) and at the channel's status page.",
        ),
    ]
}

fn late(lag_ms: i64) -> Told {
    let seconds = lag_ms / 1_000;
    [
        Said::new(
            "Đơn vào danh sách của sàn chậm hơn mức đã tính.",
            "Orders come into its list later than was thought.",
        ),
        Said::new(
            format!(
                "món bán lúc đó có thể bị bán hai lần (giả định A3); từ nay chờ {seconds} giây, nên số mới lên sàn chậm hơn."
            ),
            format!(
                "what was sold meanwhile may be sold twice (assumption A3); from now on {seconds} seconds are waited, so new numbers come later."
            ),
        ),
        Said::new(
            "không cần làm gì; nếu lặp lại mỗi tuần, đặt list_lag_ms của kết nối này.",
            "nothing; if it comes every week, set the connection's list_lag_ms.",
        ),
    ]
}

fn lost() -> Told {
    [
        Said::new("Sàn không nhận đăng nhập nữa.", "Its login is taken no more."),
        Said::new(
            "không đọc được đơn, không đổi được số trên sàn.",
            "its orders are not read and its numbers are not changed.",
        ),
        grant(),
    ]
}

fn ends(at: Timestamp) -> Told {
    let at = moment(at);
    [
        Said::new(
            format!("Đăng nhập hết hạn lúc {at} và không tự gia hạn được."),
            format!("Its login ends at {at} and cannot be renewed without a person."),
        ),
        Said::new("sau đó không đọc được đơn.", "after that no order is read."),
        grant(),
    ]
}

fn grant() -> Said {
    Said::new("chủ cửa hàng đăng nhập lại (hopkenh connect).", "the owner grants it anew (hopkenh connect).")
}

/// The product by code and name, and the store as people call it.
fn place(shop: &Shop, sku: &Sku, location: &LocationId) -> String {
    format!("{} / {}", named_shortly(shop, sku), called(shop, location))
}

/// The store as people call it.
fn called<'s>(shop: &'s Shop, location: &'s LocationId) -> &'s str {
    shop.location(location).map_or(location.as_str(), |store| &store.name)
}

/// Code and name, the name shortened for a chat.
fn named_shortly(shop: &Shop, sku: &Sku) -> String {
    let name = shop.report.names.get(sku).map(String::as_str).unwrap_or_default();
    reports::called_shortly(sku.as_str(), name)
}

fn short(what: &str, units: u64) -> Told {
    [
        Said::new(
            format!("{what}: thiếu {units} so với đơn đã nhận."),
            format!("{what}: {units} fewer are there than were sold."),
        ),
        Said::new(
            format!("{units} đơn vị chưa có hàng để giao."),
            format!("{units} units cannot be delivered yet."),
        ),
        Said::new(
            "chuyển hàng từ kho khác, hoặc chọn đơn để huỷ (hopkenh shortfalls).",
            "bring goods from another store, or choose an order to call off (hopkenh shortfalls).",
        ),
    ]
}

fn waits(order: &OrderId, store: &str, minutes: u32) -> Told {
    [
        Said::new(
            format!("Đơn {order}: sau {minutes} phút {store} chưa báo hàng sẵn sàng cho khách đến lấy."),
            format!("Order {order}: after {minutes} minutes {store} has not said that its pick-up is ready."),
        ),
        Said::new("khách có thể đến mà chưa có hàng.", "the buyer may come and find nothing."),
        Said::new(
            "tìm hàng rồi bấm “Sẵn sàng” hoặc “Không có hàng” ở trang quầy (hopkenh holds).",
            "find the goods, then say “Ready” or “Not here” on the counter's page (hopkenh holds).",
        ),
    ]
}

fn parked(code: &str, reason: Option<&ParkReason>, items: u64) -> Told {
    let what = reason.map_or_else(|| Said::new(code, code), named_reason);
    let advice = reason.map_or_else(|| Said::new("", ""), Said::advice);
    [
        Said::new(
            format!("{items} việc chờ người xử lý: {}.", what.vi),
            match items {
                1 => format!("A piece of work waits for a person: {}.", what.en),
                _ => format!("{items} pieces of work wait for a person: {}.", what.en),
            },
        ),
        Said::new("những việc đó chưa được tính.", "they are not counted yet."),
        Said::new(
            format!("{} (hopkenh parked list)", advice.vi).trim().to_owned(),
            format!("{} (hopkenh parked list)", advice.en).trim().to_owned(),
        ),
    ]
}

/// Hour and day on the shop's wall.
fn moment(at: Timestamp) -> String {
    at.to_zoned(shop_zone()).strftime("%H:%M %d/%m").to_string()
}
