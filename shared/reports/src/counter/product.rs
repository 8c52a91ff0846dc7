//! One product's numbers, store by store, as the book has them now.

use super::forms::proposed;
use super::parts::{address, name};
use super::screen::{Frame, ProductPage};
use maud::{Markup, html};

pub(super) fn product(frame: &Frame<'_>, page: &ProductPage) -> (&'static str, Markup) {
    let l = frame.language;
    let body = html! {
        form method="get" action=(address(frame, "product")) {
            label { (l.say("Mã hàng", "SKU"))
                input name="sku" list="skus" autocomplete="off" autocapitalize="characters" required value=(page.asked);
            }
            (proposed(frame))
            button { (l.say("Xem", "Show")) }
        }
        @for line in &page.lines {
            @let stock = &line.stock;
            section.card {
                h2 { (name(frame.called(&line.location))) }
                dl {
                    (number(l.say("Tồn kho", "On hand"), stock.on_hand))
                    (number(l.say("Đã bán chưa giao", "Committed"), stock.committed))
                    (number(l.say("Đã giữ", "Holds"), stock.holds))
                    (number(l.say("Đang bày bán trên kênh", "Cover"), stock.cover.values().sum()))
                    (number(l.say("Còn trống", "Free"), stock.free))
                    (number(l.say("Đang chuyển đến", "In transit"), stock.in_transit))
                    (number(l.say("Hàng trả chờ xem", "Quarantine"), stock.quarantine))
                }
            }
        }
        @if page.lines.is_empty() && !page.asked.is_empty() {
            p.quiet { (l.say("Sổ chưa có số nào của mã này.", "The book has no number of it yet.")) }
        }
    };
    (l.say("Tra mã hàng", "Look up"), body)
}

fn number(label: &str, units: i64) -> Markup {
    html! { div { dt { (label) } dd.bad[units < 0] { (units) } } }
}
