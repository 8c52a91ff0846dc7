//! Forms for goods that came in, were found or are gone, go to another store or came back, and for a count.

use super::parts::{address, hidden, moment, name};
use super::screen::{CountForm, Frame, GoodsForm, GoodsKind, Row};
use super::{PROPOSED_MAX, ROWS, home};
use crate::language::Language;
use commerce::goods::Reason;
use commerce::order::UNITS_MAX;
use maud::{Markup, html};

pub(super) fn goods(frame: &Frame<'_>, form: &GoodsForm) -> (&'static str, Markup) {
    let l = frame.language;
    let empty = Row::default();
    let rows = form.rows.iter().chain(std::iter::repeat(&empty)).take(ROWS.max(form.rows.len())).enumerate();
    let body = html! {
        form method="post" action=(address(frame, form.kind.path())) {
            (hidden(&form.guard))
            (choices(frame, form))
            div.rows {
                span { (l.say("Mã hàng", "SKU")) } span { (l.say("Số lượng", "Units")) }
                @for (n, row) in rows { (row_of(n, row, form.kind == GoodsKind::Adjust)) }
            }
            (proposed(frame))
            label { (l.say("Ghi chú (không ghi tên khách)", "Note (no buyer's name)"))
                input name="why" maxlength="200" autocomplete="off" value=(form.chosen("why"));
            }
            button { (l.say("Ghi vào sổ", "Write it down")) }
        }
    };
    (home::title(form.kind, l), body)
}

/// Units may be fewer where goods were found or are gone; elsewhere at least one.
fn row_of(n: usize, row: &Row, may_be_fewer: bool) -> Markup {
    let least = if may_be_fewer { -UNITS_MAX } else { 1 };
    html! {
        input name=(format!("sku.{n}")) list="skus" autocomplete="off" autocapitalize="characters" value=(row.sku);
        input name=(format!("units.{n}")) type="number" inputmode=(if may_be_fewer { "text" } else { "numeric" })
            min=(least) step="1" value=(row.units);
    }
}

fn choices(frame: &Frame<'_>, form: &GoodsForm) -> Markup {
    let l = frame.language;
    match form.kind {
        GoodsKind::Receive => html! {},
        GoodsKind::Adjust => html! {
            p.quiet { (l.say("Thêm: số dương. Bớt: số âm, như -2.", "More: a plain number. Fewer: with a minus, such as -2.")) }
            label { (l.say("Lý do", "Reason"))
                select name="reason" required {
                    @for (code, reason) in REASONS { option value=(code) selected[form.chosen("reason") == code] { (reason_words(reason, l)) } }
                }
            }
        },
        GoodsKind::Transfer => html! {
            label { (l.say("Đến chi nhánh", "To store"))
                select name="to" required {
                    @for store in frame.shop.locations.iter().filter(|store| store.id != *frame.location) {
                        option value=(store.id) selected[form.chosen("to") == store.id.as_str()] { (name(&store.name)) }
                    }
                }
            }
            label { (l.say("Hàng", "The goods"))
                select name="how" required {
                    option value="send" selected[form.chosen("how") == "send"] { (l.say("đi ngay bây giờ", "leave now")) }
                    option value="draft" selected[form.chosen("how") == "draft"] { (l.say("giữ lại, đi sau", "are set aside and leave later")) }
                }
            }
        },
        GoodsKind::TakeBack => html! {
            p.quiet { (l.say("Có đơn thì ghi đơn; hàng không có đơn thì để trống.", "Name the order; leave it empty for goods without one.")) }
            label { (l.say("Đơn bán ở", "Sold at"))
                select name="connection" {
                    option value="" { "—" }
                    @for id in frame.shop.connections.keys() { option value=(id) selected[form.chosen("connection") == id.as_str()] { (id) } }
                }
            }
            label { (l.say("Số đơn", "Order number"))
                input name="order" autocomplete="off" maxlength="200" value=(form.chosen("order"));
            }
        },
    }
}

/// Why goods were found or are gone, by the word that forms carry.
pub const REASONS: [(&str, Reason); 5] = [
    ("damaged", Reason::Damaged),
    ("lost", Reason::Lost),
    ("found", Reason::Found),
    ("own-use", Reason::OwnUse),
    ("mistake", Reason::Mistake),
];

fn reason_words(reason: Reason, l: Language) -> &'static str {
    match reason {
        Reason::Damaged => l.say("hỏng, hết hạn", "damaged or out of date"),
        Reason::Lost => l.say("mất, không rõ", "lost"),
        Reason::Found => l.say("thừa, tìm thấy", "found"),
        Reason::OwnUse => l.say("dùng trong cửa hàng, biếu", "own use or given away"),
        Reason::Mistake => l.say("sổ ghi sai", "the book was wrong"),
    }
}

/// The shop's products, proposed by the browser while somebody types.
pub(super) fn proposed(frame: &Frame<'_>) -> Markup {
    html! {
        datalist id="skus" { @for sku in frame.shop.skus().into_iter().take(PROPOSED_MAX) { option value=(sku) { @if let Some(called) = frame.shop.report.names.get(sku) { (crate::plain::shown(called)) } } } }
    }
}

/// A count is true as of when its page was opened: what leaves meanwhile is taken off once more, so it is never too many.
pub(super) fn count(frame: &Frame<'_>, form: &CountForm) -> (&'static str, Markup) {
    let (l, at) = (frame.language, moment(form.began));
    let body = html! {
        p { (l.pick(
            format!("Hãy đếm ngay: số đếm tính từ {at}. Nếu có hàng bán ra trong lúc đếm, hãy mở lại trang này."),
            format!("Count now: the count is as of {at}. If goods leave while you count, open this page again."),
        )) }
        form method="post" action=(address(frame, "count")) {
            (hidden(&form.guard))
            label { (l.say("Mã hàng", "SKU"))
                input name="sku" list="skus" autocomplete="off" autocapitalize="characters" required value=(form.row.sku);
            }
            label { (l.say("Đếm được", "Units there"))
                input name="units" type="number" inputmode="numeric" min="0" step="1" required value=(form.row.units);
            }
            (proposed(frame))
            button { (l.say("Ghi số đếm", "Write the count")) }
        }
    };
    (l.say("Đếm hàng", "Count"), body)
}
