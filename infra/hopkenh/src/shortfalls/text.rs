//! The list in words: one paragraph for each shortfall, the worst first.

use super::{Found, Shortfall};
use crate::demo::texts::Language;
use crate::explain::harm::{owner, todo};
use crate::explain::layout::{folded, moment};
use crate::explain::movements::in_words;
use commerce::Timestamp;
use commerce::stock::Cause;
use std::cmp::Reverse;
use workflows::shortfalls::kind;

/// The whole answer.
pub(super) fn text(found: &Found, flags: &str, now: Timestamp, l: Language) -> String {
    let mut sorted: Vec<&Shortfall> = found.shortfalls.iter().collect();
    // What is overdue, then what somebody has bought, then how much, then how long.
    sorted.sort_by_key(|one| {
        let since = one.opened.as_ref().map(|opened| opened.at);
        (Reverse(one.is_overdue(now)), Reverse(one.sold()), Reverse(one.short()), since)
    });
    let mut text = head(&sorted, now, l);
    for (shop, why) in &found.troubles {
        let what = l.pick(format!("{shop}: không xem được: {why}"), format!("{shop}: not looked at: {why}"));
        text.push_str(&folded("  ! ", &what));
    }
    for shortfall in sorted {
        text.push_str(&paragraph(shortfall, flags, now, l));
    }
    text
}

fn head(sorted: &[&Shortfall], now: Timestamp, l: Language) -> String {
    let overdue = sorted.iter().filter(|one| one.is_overdue(now)).count();
    match sorted.len() {
        0 => l.say("Không thiếu hàng ở đâu.\n", "No shortfall.\n").to_owned(),
        many => {
            let word = if many == 1 { "shortfall" } else { "shortfalls" };
            l.pick(
                format!("{many} chỗ thiếu hàng, {overdue} quá hạn (giờ UTC)\n"),
                format!("{many} {word}, {overdue} overdue (times are UTC)\n"),
            )
        }
    }
}

fn paragraph(one: &Shortfall, flags: &str, now: Timestamp, l: Language) -> String {
    let (sku, store, shop) = (&one.balance.sku, &one.balance.location, &one.shop);
    let (short, sold) = (one.short(), one.sold());
    let what = l.pick(
        format!(
            "{shop} · {sku} · {store}: thiếu {short} đơn vị (bán vượt tồn {sold}), {}.",
            since(one, now, l)
        ),
        format!(
            "{shop} · {sku} · {store}: {short} units short ({sold} sold or held), {}.",
            since(one, now, l)
        ),
    );
    let rest = [owner(one, now, l), todo(one, flags, now, l)];
    let rest: String = rest.iter().map(|part| folded("      ", part)).collect();
    format!("\n{}{rest}", folded("  ! ", &what))
}

/// Since when, and by what.
fn since(one: &Shortfall, now: Timestamp, l: Language) -> String {
    let Some(opened) = &one.opened else {
        return l.say("sổ cái chưa cho biết từ khi nào", "the ledger does not tell since when").to_owned();
    };
    let at = moment(opened.at, now);
    match &opened.cause {
        None => l.pick(format!("từ trước {at}"), format!("since before {at}")),
        Some(Cause::Cover { listing, .. }) => {
            let name = format!("{} {}", listing.connection, listing.listing);
            l.pick(
                format!("từ {at}: {name} hiện nhiều hơn số đã giữ cho nó"),
                format!("since {at}: {name} was found to show more than is covered"),
            )
        }
        Some(cause) => {
            let why = in_words(cause, kind(&one.orders, cause), l);
            l.pick(format!("từ {at} vì {why}"), format!("since {at} by {why}"))
        }
    }
}
