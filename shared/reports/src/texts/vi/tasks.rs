//! What is to be done, in Vietnamese: the thing itself, and how.

use super::{TEXTS, n};
use crate::plain::{called_shortly, shown};
use crate::reader::Reader;
use crate::shop::{ConnectionDay, Difference, Proof, Settlement, ShopReport, Short};
use crate::to_do::Task;
use commerce::Timestamp;

/// The thing itself, and how it is done.
type Pair = (String, String);

fn pair(what: String, how: &str) -> Pair {
    (what, how.to_owned())
}

pub(super) fn task(task: &Task<'_>, report: &ShopReport, reader: &Reader) -> Pair {
    match task {
        Task::Shortfalls(open) => shortfalls(open, report, reader),
        Task::Oversold(settled) => pair(
            format!("Bán vượt tồn {} sản phẩm trong ngày", n(units(settled))),
            "Xem do đâu để lần sau không lặp lại.",
        ),
        Task::OrdersDiffer { day, orders, first } => orders_differ(day, *orders, *first, reader),
        Task::ListUnreadable(day) => pair(
            format!("{}: chưa đọc được danh sách đơn", shown(&day.name)),
            "Lần đọc sau sẽ thử lại; nếu vẫn lỗi, kiểm tra đăng nhập của kênh.",
        ),
        Task::Settlement(file) => settlement(file, reader),
        Task::LoginLost(day, since) => login_lost(day, *since, reader),
        Task::LoginEnds(day, at) => login_ends(day, *at, reader),
        Task::WebhooksOff(day, since) => webhooks_off(day, *since, reader),
        Task::DriftLeft(left) => pair(
            format!("{} mã hiện sai số, chưa tự chữa", n(*left)),
            "Xem phần lệch tồn rồi quyết định số đúng.",
        ),
        Task::Ledger { gaps, wrong_folds } => pair(
            format!("Sổ cái: {}", (TEXTS.ledger_wrong)(*gaps, *wrong_folds)),
            "Gọi người vận hành Hợp Kênh.",
        ),
        Task::Stranded(lines) => {
            pair(format!("{} mã còn hàng nhưng không kênh nào hiện", n(*lines)), "Bật bán lại trên kênh.")
        }
        Task::Parked(group) => {
            (format!("{} ({} mục)", reader.said(&group.what), n(group.items)), reader.said(&group.advice))
        }
        Task::Alert(alert) => (reader.said(&alert.what), reader.said(&alert.to_do)),
    }
}

fn units(shorts: &[&Short]) -> u64 {
    shorts.iter().map(|short| short.units).sum()
}

fn shortfalls(open: &[&Short], report: &ShopReport, reader: &Reader) -> Pair {
    let what = format!("Thiếu {} sản phẩm để giao", n(units(open)));
    let Some(first) = open.first() else { return (what, String::new()) };
    let (product, place) =
        (called_shortly(first.sku.as_str(), &first.product), shown(report.location_name(&first.location)));
    let (owner, deadline) = (shown(&first.owner), reader.moment(first.deadline));
    (what, format!("{product} ở {place}: {owner} lo, hạn {deadline}. Tìm hàng, hoặc báo khách và huỷ đơn."))
}

fn orders_differ(day: &ConnectionDay, orders: u64, first: Option<&Difference>, reader: &Reader) -> Pair {
    let what = if orders > 0 {
        format!("lệch {} đơn với sàn", n(orders))
    } else {
        "lệch tiền với sàn".to_owned()
    };
    let how = first.map_or_else(
        || "Mở phần đối soát đơn hàng.".to_owned(),
        |difference| {
            let (order, words) =
                (shown(difference.order.as_str()), (TEXTS.done_words)(&difference.done, reader));
            format!("Đơn {}: {}", order, words)
        },
    );
    (format!("{}: {what}", shown(&day.name)), how)
}

fn settlement(file: &Settlement, reader: &Reader) -> Pair {
    let name = shown(&file.file);
    match &file.proof {
        Proof::Unreadable { reason } => pair(
            format!("Tệp quyết toán {name}: không đọc được ({})", reader.said(reason)),
            "Sửa theo đó rồi đưa lại tệp: hopkenh settlement.",
        ),
        _ => pair(format!("Tệp quyết toán {name} không khớp"), "Mở phần đối soát đơn hàng."),
    }
}

fn login_lost(day: &ConnectionDay, since: Timestamp, reader: &Reader) -> Pair {
    let what = format!("{}: mất đăng nhập từ {}", shown(&day.name), reader.moment(since));
    pair(what, "Đăng nhập lại; đến lúc đó số trên kênh này không đổi được.")
}

fn login_ends(day: &ConnectionDay, at: Timestamp, reader: &Reader) -> Pair {
    pair(
        format!("{}: đăng nhập hết hạn {}", shown(&day.name), reader.moment(at)),
        "Đăng nhập lại trước lúc đó.",
    )
}

fn webhooks_off(day: &ConnectionDay, since: Timestamp, reader: &Reader) -> Pair {
    let what = format!("{}: webhook bị tắt từ {}", shown(&day.name), reader.moment(since));
    pair(what, "Bật lại trên kênh. Đơn vẫn được đọc từ danh sách, nhưng chậm hơn.")
}
