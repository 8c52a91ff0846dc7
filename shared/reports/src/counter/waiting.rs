//! What buyers come for and nobody here has said to be ready: the two things that can be said of it, and what should be counted.

use super::LINES_MAX;
use super::home::{hold_line, section};
use super::parts::{address, asking, hidden, moment, name};
use super::screen::{Frame, HoldLine, Home, MissedLine, NotHerePage};
use crate::language::Language;
use crate::pick_up_words;
use commerce::pick_up::Missing;
use maud::{Markup, html};

/// One form for all of them: each button says which order it is about.
pub(super) fn waiting(frame: &Frame<'_>, home: &Home) -> Markup {
    let Some((guard, lines)) = &home.waiting else { return html! {} };
    let l = frame.language;
    let list = html! {
        @for hold in lines.iter().take(LINES_MAX) {
            li {
                (hold_line(hold, l))
                p.bad { (waits(hold, l)) }
                button name="ready" value=(which(hold)) { (l.say("Sẵn sàng", "Ready")) }
                button.second name="not-here" value=(which(hold)) { (l.say("Không có hàng", "Not here")) }
            }
        }
    };
    let title = l.say("Chờ chuẩn bị hàng", "Pick-ups to prepare");
    if lines.is_empty() {
        return section(title, 0, l, &list);
    }
    html! {
        form method="post" action=(address(frame, "prepare")) {
            (hidden(guard))
            (section(title, lines.len(), l, &list))
        }
    }
}

/// The account and the order, as the form names them.
fn which(hold: &HoldLine) -> String {
    format!("{}/{}", hold.connection, hold.order)
}

fn waits(hold: &HoldLine, l: Language) -> String {
    let minutes = hold.waits_minutes.unwrap_or(0).max(0);
    let (hours, rest) = (minutes / 60, minutes % 60);
    match hours {
        0 => l.pick(format!("chờ {rest} phút"), format!("waiting for {rest} min")),
        _ => l.pick(format!("chờ {hours} giờ {rest} phút"), format!("waiting for {hours} h {rest} min")),
    }
}

/// Asked for before anything is written: it sends the goods to another store, or the buyer away.
pub(super) fn why(frame: &Frame<'_>, asked: &NotHerePage) -> (&'static str, Markup) {
    let l = frame.language;
    let body = html! {
        div.card { (hold_line(&asked.hold, l)) }
        p { (l.say(
            "Hàng sẽ được giữ ở chi nhánh khác có đủ; không nơi nào có thì ngừng giữ. Vì sao không có hàng?",
            "The goods will be set aside in another store that has them; where none has, the hold ends. Why are they not here?",
        )) }
        form method="post" action=(address(frame, "prepare")) {
            (hidden(&asked.guard))
            input type="hidden" name="not-here" value=(which(&asked.hold));
            @for why in Missing::ALL {
                button.second name="why" value=(why.code()) { (pick_up_words::why(why, l)) }
            }
        }
    };
    (l.say("Không có hàng", "Not here"), body)
}

/// What the book has and nobody found: only a count says how many there are.
pub(super) fn counts(frame: &Frame<'_>, lines: &[MissedLine]) -> Markup {
    let l = frame.language;
    if lines.is_empty() {
        return html! {};
    }
    section(
        l.say("Nên đếm lại", "To be counted"),
        lines.len(),
        l,
        &html! {
            @for line in lines.iter().take(LINES_MAX) {
                li {
                    a href=(asking(frame, "count", "sku", line.sku.as_str())) { (name(line.sku.as_str())) }
                    " " b { "× " (line.units) } " "
                    span.quiet { (l.say("không tìm thấy lúc", "not found at")) " " (moment(line.at)) }
                }
            }
        },
    )
}
