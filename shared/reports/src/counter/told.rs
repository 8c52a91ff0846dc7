//! What was done, in one sentence, and what comes next.

use super::parts::{address, asking, name, units_of};
use super::screen::{Frame, Told};
use crate::plain::shown;
use maud::{Markup, html};

pub(super) fn told(frame: &Frame<'_>, told: &Told) -> (&'static str, Markup) {
    let l = frame.language;
    let body = html! {
        p.done role="status" { (shown(&told.sentence)) }
        @if !told.goods.is_empty() { (units_of(&told.goods)) }
        @if !told.next.is_empty() { p { (shown(&told.next)) } }
        @if let Some(number) = &told.paper {
            a.button href=(asking(frame, "paper", "number", number.as_str())) { (l.say("Xem phiếu", "See the paper")) }
        }
        @if let Some(sku) = &told.product {
            a.button href=(asking(frame, "product", "sku", sku.as_str())) { (l.say("Xem mã hàng", "See the product")) }
        }
        @for sku in &told.counts {
            a.button href=(asking(frame, "count", "sku", sku.as_str())) { (l.say("Đếm ngay", "Count now")) " " (name(sku.as_str())) }
        }
        a.button href=(address(frame, "")) { (l.say("Về quầy", "Back to the counter")) }
    };
    (l.say("Đã xong", "Done"), body)
}
