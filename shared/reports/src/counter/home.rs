//! The counter's first page: what is to be done in this store, and what can be done.

use super::LINES_MAX;
use super::parts::{address, asking, moment, name};
use super::screen::{Frame, GoodsKind, HoldLine, Home, PaperLine};
use super::waiting;
use crate::goods_words;
use crate::language::Language;
use commerce::goods::whereabouts;
use maud::{Markup, html};

/// The link was opened. The next tap is this page's own, so that the browser sends its cookie along.
pub(super) fn welcome(frame: &Frame<'_>) -> (&'static str, Markup) {
    let l = frame.language;
    let body = html! {
        p { (l.say("Bạn đang mở quầy của chi nhánh này.", "You are opening the counter of this store.")) }
        a.button href=(address(frame, "")) { (l.say("Vào quầy", "Go to the counter")) }
    };
    (l.say("Xin chào", "Welcome"), body)
}

pub(super) fn home(frame: &Frame<'_>, home: &Home) -> (&'static str, Markup) {
    let l = frame.language;
    let body = html! {
        nav { (ways(frame)) }
        (waiting::waiting(frame, home))
        (waiting::counts(frame, &home.counts))
        (section(l.say("Đang giữ cho khách", "Set aside for buyers"), home.holds.len(), l, &html! {
            @for hold in home.holds.iter().take(LINES_MAX) { li { (hold_line(hold, l)) } }
        }))
        (section(l.say("Hàng đang chuyển", "Transfers"), home.transfers.len(), l, &papers(frame, &home.transfers)))
        (section(l.say("Hàng trả chờ xem", "Returns to look at"), home.returns.len(), l, &papers(frame, &home.returns)))
    };
    (l.say("Việc hôm nay", "To do"), body)
}

/// The name of a form, as its title and as the way to it.
pub(super) fn title(kind: GoodsKind, l: Language) -> &'static str {
    match kind {
        GoodsKind::Receive => l.say("Nhập hàng", "Receive goods"),
        GoodsKind::Adjust => l.say("Điều chỉnh", "Adjust"),
        GoodsKind::Transfer => l.say("Chuyển hàng", "Send to a store"),
        GoodsKind::TakeBack => l.say("Nhận hàng trả", "Take back"),
    }
}

/// Where a till counts the goods, only what needs no paper of ours can be done here.
fn ways(frame: &Frame<'_>) -> Markup {
    let l = frame.language;
    let is_ours = !frame.shop.is_till_owned(frame.location);
    let may = |kind: &GoodsKind| is_ours && (frame.is_owner || *kind != GoodsKind::Adjust);
    html! {
        a.button href=(address(frame, "pick-up")) { (l.say("Khách đến lấy", "Pick-up")) }
        @for kind in GoodsKind::ALL.into_iter().filter(may) {
            a.button href=(address(frame, kind.path())) { (title(kind, l)) }
        }
        @if is_ours { a.button href=(address(frame, "count")) { (l.say("Đếm hàng", "Count")) } }
        a.button href=(address(frame, "product")) { (l.say("Tra mã hàng", "Look up")) }
        @if !is_ours { p.quiet { (l.say("Máy bán hàng giữ sổ kho của chi nhánh này.", "The till keeps this store's stock.")) } }
    }
}

pub(super) fn section(title: &str, lines: usize, l: Language, list: &Markup) -> Markup {
    html! {
        section {
            h2 { (title) " " span.count { (lines) } }
            @if lines == 0 { p.quiet { (l.say("Không có gì phải làm.", "Nothing to do.")) } } @else { ul { (list) } }
            @if lines > LINES_MAX {
                p.quiet { (l.pick(format!("Còn {} dòng nữa.", lines - LINES_MAX), format!("{} more.", lines - LINES_MAX))) }
            }
        }
    }
}

/// One order that waits for its buyer.
pub(super) fn hold_line(hold: &HoldLine, l: Language) -> Markup {
    html! {
        b { (name(hold.order.as_str())) } " " span.quiet { (name(hold.connection.as_str())) }
        @if let Some(purpose) = hold.purpose { " · " (goods_words::purpose(purpose, l)) }
        ul.goods { @for (listing, units) in &hold.goods { li { (name(listing.as_str())) " " b { "× " (units) } } } }
        @if let Some(until) = hold.until {
            span.quiet { (l.say("đến", "until")) " " (moment(until)) @if hold.is_over { " " (l.say("(đã hết hạn)", "(over)")) } }
        }
        @if let Some(ready) = &hold.ready {
            span.quiet { " · " (l.say("sẵn sàng lúc", "ready at")) " " (moment(ready.at)) " (" (name(ready.by.as_str())) ")" }
        }
    }
}

fn papers(frame: &Frame<'_>, papers: &[PaperLine]) -> Markup {
    html! {
        @for PaperLine { number, document } in papers.iter().take(LINES_MAX) {
            li {
                a href=(asking(frame, "paper", "number", number.as_str())) { (name(number.as_str())) }
                " " (goods_words::title(document, frame.language)) " "
                @let there = whereabouts(&document.paper);
                b { "× " (there.held + there.in_transit + there.in_quarantine) }
            }
        }
    }
}
