//! The pieces that every page of the counter is put together from: the sheet, hidden fields, names of others.

use super::screen::{Frame, Guard};
use crate::language::Language;
use crate::plain::shown;
use commerce::Timestamp;
use commerce::goods::Goods;
use jiff::tz::{Offset, TimeZone};
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");
/// Nothing from outside may load, nothing may run, and forms go back to where the page came from.
pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A whole page that needs nothing but itself.
pub(super) fn sheet(
    frame: &Frame<'_>,
    title: &str,
    is_home: bool,
    notice: Option<&str>,
    body: &Markup,
) -> String {
    let l = frame.language;
    let content = html! {
        header {
            @if !is_home { a.back href=(address(frame, "")) { "‹ " (l.say("Quầy", "Counter")) } }
            p.where { (name(&frame.shop.name)) " · " (name(frame.called(frame.location))) }
            h1 { (title) }
        }
        @if let Some(notice) = notice { p.notice role="alert" { (shown(notice)) } }
        (body)
        footer {
            p { (name(frame.by.as_str())) " · " (if frame.is_owner { l.say("chủ cửa hàng", "owner") } else { l.say("nhân viên", "staff") }) }
            p { a href=(format!("{}?lang={}", address(frame, ""), other(l).code())) { (l.say("English", "Tiếng Việt")) } }
        }
    };
    bare(l, title, &content)
}

/// A page for who is not let in: one sentence in both languages, and nothing about anybody.
pub fn turned_away(vi: &str, en: &str) -> String {
    let body = html! {
        p.notice role="alert" { (vi) }
        p.notice lang="en" { (en) }
    };
    bare(Language::Vi, "Hợp Kênh", &body)
}

fn bare(language: Language, title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { (shown(title)) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    };
    page.into_string()
}

fn other(language: Language) -> Language {
    match language {
        Language::Vi => Language::En,
        Language::En => Language::Vi,
    }
}

/// Where a page of this shop's counter lies.
pub(super) fn address(frame: &Frame<'_>, page: &str) -> String {
    match page {
        "" => format!("/counter/{}", frame.shop.id),
        page => format!("/counter/{}/{page}", frame.shop.id),
    }
}

/// The same, with one value behind it.
pub(super) fn asking(frame: &Frame<'_>, page: &str, field: &str, value: &str) -> String {
    format!("{}?{field}={}", address(frame, page), encode(value))
}

/// Everything but plain letters and digits goes as percent signs.
fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let letter = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(letter).collect()
}

/// What makes a form this person's own and its word countable once.
pub(super) fn hidden(guard: &Guard) -> Markup {
    html! {
        input type="hidden" name="ref" value=(guard.reference.as_str());
        input type="hidden" name="token" value=(guard.token);
    }
}

/// A text of others: escaped, stripped of marks that turn the writing, and kept from turning its neighbours.
pub(super) fn name(text: &str) -> Markup {
    html! { bdi { (shown(text)) } }
}

/// Hours and date of a moment in Việt Nam.
pub(super) fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(Offset::constant(7))).strftime("%H:%M %d/%m").to_string()
}

/// A list of products with their units.
pub(super) fn units_of(goods: &Goods) -> Markup {
    html! {
        ul.goods {
            @for (sku, units) in goods { li { (name(sku.as_str())) " " b { "× " (units) } } }
        }
    }
}
