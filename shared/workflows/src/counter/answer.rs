//! What goes back to the phone: a page with headers that keep it to itself, and the cookies of the session.

use super::Desk;
use super::request::{LANGUAGE_COOKIE, Request, SESSION_COOKIE};
use super::words;
use crate::private_page::private_page;
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use reports::counter::{POLICY, Screen, page, turned_away as draw_turned_away};

/// How long a chosen language is kept, in seconds: a year.
const LANGUAGE_SECONDS: u64 = 365 * 24 * 60 * 60;

/// A page with its status.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) screen: Screen,
    /// Why something was not written.
    pub(super) notice: Option<String>,
}

impl Reply {
    pub(super) fn page(screen: Screen) -> Self {
        Self { status: 200, screen, notice: None }
    }

    /// Something was not written, and why; what was typed stands in the page again.
    pub(super) fn refused(screen: Screen, why: String) -> Self {
        Self { status: 409, screen, notice: Some(why) }
    }
}

/// Who is not served, in one sentence without detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Away {
    /// No link, no session, one of another shop, changed, or over.
    NotLetIn,
    /// A form that was not drawn for this session.
    NotYourForm,
    NoSuchPage,
    TooLarge,
    /// Something of ours did not answer.
    NotNow,
}

impl Away {
    pub(super) fn counted_as(self) -> &'static str {
        match self {
            Away::NotLetIn => "counter_not_let_in",
            Away::NotYourForm => "counter_not_your_form",
            Away::NoSuchPage => "counter_no_such_page",
            Away::TooLarge => "counter_too_large",
            Away::NotNow => "counter_not_now",
        }
    }

    fn status(self) -> u16 {
        match self {
            Away::NotLetIn | Away::NotYourForm => 403,
            Away::NoSuchPage => 404,
            Away::TooLarge => 413,
            Away::NotNow => 503,
        }
    }
}

/// The answer to who is not served.
pub(super) fn turned_away(away: Away) -> ApiGatewayV2httpResponse {
    let [vi, en] = words::away(away);
    private_page(away.status(), draw_turned_away(vi, en), POLICY)
}

/// The page, with the session of who has just come in and the language that was chosen.
pub(super) fn answer(
    desk: &Desk,
    request: &Request,
    reply: &Reply,
    session: Option<String>,
) -> ApiGatewayV2httpResponse {
    let html = page(&desk.frame(), &reply.screen, reply.notice.as_deref());
    let mut response = private_page(reply.status, html, POLICY);
    let cookie = |name: &str, value: &str, seconds: u64| {
        let secure = if request.is_secure { "; Secure" } else { "" };
        let path = format!("/counter/{}", desk.shop.id);
        format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
    };
    if let Some(session) = session {
        let left_ms = desk.ticket.until_ms.saturating_sub(desk.now.as_millisecond());
        let seconds = u64::try_from(left_ms / 1_000).unwrap_or(0);
        response.cookies.push(cookie(SESSION_COOKIE, &session, seconds));
    }
    if let Some(language) = request.asked_language() {
        response.cookies.push(cookie(LANGUAGE_COOKIE, language.code(), LANGUAGE_SECONDS));
    }
    response
}
