//! One paper about goods: where its goods are, who said what, and what can be said about it in this store.

use super::parts::{address, hidden, moment, name};
use super::screen::{Frame, PaperPage};
use crate::goods_words;
use commerce::Timestamp;
use commerce::goods::{Goods, Paper, Return, Spoken, Transfer};
use maud::{Markup, html};

pub(super) fn paper(frame: &Frame<'_>, page: &PaperPage) -> (&'static str, Markup) {
    let l = frame.language;
    let document = &page.document;
    let body = html! {
        p { b { (name(page.number.as_str())) } " " (goods_words::title(document, l)) }
        @match &document.paper {
            Paper::Receipt { goods, .. } | Paper::Adjustment { goods, .. } => { (super::parts::units_of(goods)) }
            Paper::Transfer(transfer) => { (transfer_forms(frame, page, transfer)) }
            Paper::Return(back) => { (return_form(frame, page, back)) }
        }
        section {
            h2 { (l.say("Ai đã ghi gì", "Who wrote what")) }
            ul { @for spoken in &document.words { li { (word_line(frame, spoken)) } } }
        }
    };
    (l.say("Phiếu", "Paper"), body)
}

fn word_line(frame: &Frame<'_>, spoken: &Spoken) -> Markup {
    let at = Timestamp::from_millisecond(spoken.at_ms).map_or("?".to_owned(), moment);
    html! {
        (at) " · " (name(spoken.by.as_str())) " · " (goods_words::word(&spoken.word, frame.language))
        @if !spoken.why.is_empty() { " · " (name(&spoken.why)) }
    }
}

/// Who has the goods says that they leave; who gets them says that they are there.
fn transfer_forms(frame: &Frame<'_>, page: &PaperPage, transfer: &Transfer) -> Markup {
    let l = frame.language;
    let (on_the_way, is_mine) = (transfer.on_the_way(), transfer.from == *frame.location);
    let waits = transfer.sent.is_none() && !transfer.is_cancelled;
    html! {
        @if waits && is_mine {
            (form(frame, page, "depart", l.say("Hàng đã đi", "It has left"), &transfer.drafted))
            (form(frame, page, "cancel", l.say("Bỏ phiếu chuyển", "Call it off"), &Goods::new()))
        } @else if waits {
            p.quiet { (l.say("Chi nhánh kia chưa gửi hàng đi.", "The other store has not sent it yet.")) }
            (super::parts::units_of(&transfer.drafted))
        }
        @if !on_the_way.is_empty() && transfer.to == *frame.location {
            (form(frame, page, "arrive", l.say("Hàng đã đến", "It has arrived"), &on_the_way))
        } @else if !on_the_way.is_empty() {
            p.quiet { (l.say("Đang trên đường.", "On the way.")) }
            (super::parts::units_of(&on_the_way))
        }
        @if !on_the_way.is_empty() && frame.is_owner {
            details { summary { (l.say("Hàng bị mất trên đường", "Lost on the way")) }
                (form(frame, page, "lose", l.say("Ghi là mất", "Write it off as lost"), &on_the_way))
            }
        }
    }
}

/// Every product with its units, which a person may lower; the product's code goes along with each.
fn form(frame: &Frame<'_>, page: &PaperPage, word: &str, label: &str, goods: &Goods) -> Markup {
    html! {
        form method="post" action=(address(frame, "paper")) {
            (head(page, word))
            @if !goods.is_empty() { div.rows {
                @for (n, (sku, units)) in goods.iter().enumerate() {
                    label for=(format!("{word}{n}")) { (name(sku.as_str())) }
                    span {
                        input type="hidden" name=(format!("sku.{n}")) value=(sku);
                        input id=(format!("{word}{n}")) name=(format!("units.{n}")) type="number" inputmode="numeric" min="0" max=(units) step="1" value=(units);
                    }
                }
            } }
            button.second[word != "depart" && word != "arrive"] { (label) }
        }
    }
}

/// Which paper, what is said of it, and how many words it had when this page was drawn.
fn head(page: &PaperPage, word: &str) -> Markup {
    html! {
        (hidden(&page.guard))
        input type="hidden" name="number" value=(page.number);
        input type="hidden" name="word" value=(word);
        input type="hidden" name="seen" value=(page.document.words.len());
    }
}

fn return_form(frame: &Frame<'_>, page: &PaperPage, back: &Return) -> Markup {
    let l = frame.language;
    let waiting = back.stores.get(frame.location).map(commerce::goods::CameBack::in_quarantine);
    let Some(waiting) = waiting.filter(|waiting| !waiting.is_empty()) else {
        return html! { p.quiet { (l.say("Ở chi nhánh này không còn gì phải xem.", "Nothing is left to look at in this store.")) } };
    };
    html! {
        form method="post" action=(address(frame, "paper")) {
            (head(page, "inspect"))
            div.rows.three {
                span { (l.say("Mã hàng (chờ xem)", "SKU (to look at)")) }
                span { (l.say("Bán được", "Sellable")) } span { (l.say("Bỏ", "Scrapped")) }
                @for (n, (sku, units)) in waiting.iter().enumerate() {
                    span { (name(sku.as_str())) " × " (units) input type="hidden" name=(format!("sku.{n}")) value=(sku); }
                    @for (field, label) in [("units", l.say("Bán được", "Sellable")), ("scrapped", l.say("Bỏ", "Scrapped"))] {
                        input name=(format!("{field}.{n}")) aria-label=(label) type="number" inputmode="numeric" min="0" max=(units) step="1" value="0";
                    }
                }
            }
            button { (l.say("Đã xem hàng", "It was looked at")) }
        }
    }
}
