//! A buyer stands at the counter with a code: what it stands for, and whether the goods are handed over or let go.

use super::home::hold_line;
use super::parts::{address, hidden};
use super::screen::{Frame, Guard, PickUp};
use maud::{Markup, html};

/// The code is asked for in the body of a form: it stands in no address and in no log.
pub(super) fn ask(frame: &Frame<'_>, guard: &Guard) -> (&'static str, Markup) {
    let l = frame.language;
    let body = html! {
        form method="post" action=(address(frame, "pick-up")) {
            (hidden(guard))
            label { (l.say("Mã 6 số của khách", "The buyer's six digits"))
                input.code name="code" inputmode="numeric" autocomplete="off" maxlength="6" required autofocus;
            }
            button { (l.say("Xem hàng", "Show the goods")) }
        }
    };
    (l.say("Khách đến lấy", "Pick-up"), body)
}

pub(super) fn show(frame: &Frame<'_>, pick_up: &PickUp) -> (&'static str, Markup) {
    let l = frame.language;
    let body = html! {
        div.card { (hold_line(&pick_up.hold, l)) }
        form method="post" action=(address(frame, "pick-up")) {
            (hidden(&pick_up.guard))
            input type="hidden" name="code" value=(pick_up.code);
            input type="hidden" name="connection" value=(pick_up.hold.connection);
            input type="hidden" name="order" value=(pick_up.hold.order);
            button name="word" value="collect" { (l.say("Đã giao cho khách", "Handed over")) }
            button.second name="word" value="release" { (l.say("Khách không lấy", "Not wanted: let go")) }
        }
    };
    (l.say("Khách đến lấy", "Pick-up"), body)
}
