//! One HTTP request as the counter reads it: which page, what was typed, which cookies came along.

use super::answer::Away;
use crate::receive_webhook::read_request;
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use channels::url::read_pairs;
use reports::Language;
use reports::counter::GoodsKind;

/// The largest form, in bytes.
const FORM_BYTES_MAX: usize = 64 * 1024;
/// The cookie with the session.
pub(super) const SESSION_COOKIE: &str = "hopkenh_counter";
/// The cookie with the language, once somebody has chosen one.
pub(super) const LANGUAGE_COOKIE: &str = "hopkenh_counter_lang";
/// The part of a link's address that carries its ticket.
pub const LINK_FIELD: &str = "t";

/// A page of the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    Home,
    PickUp,
    Prepare,
    Goods(GoodsKind),
    Count,
    Paper,
    Product,
    Unknown,
}

impl Page {
    fn read(text: &str) -> Self {
        let kind = GoodsKind::ALL.into_iter().find(|kind| kind.path() == text);
        match text {
            "" => Page::Home,
            "pick-up" => Page::PickUp,
            "prepare" => Page::Prepare,
            "count" => Page::Count,
            "paper" => Page::Paper,
            "product" => Page::Product,
            _ => kind.map_or(Page::Unknown, Page::Goods),
        }
    }

    /// Its name for the log: never what was typed.
    pub(super) fn name(self) -> &'static str {
        match self {
            Page::Home => "home",
            Page::PickUp => "pick-up",
            Page::Prepare => "prepare",
            Page::Goods(kind) => kind.path(),
            Page::Count => "count",
            Page::Paper => "paper",
            Page::Product => "product",
            Page::Unknown => "unknown",
        }
    }
}

/// Names with values, of which the first of a name counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The value of a field; empty where there is none.
    pub(super) fn get(&self, field: &str) -> &str {
        self.0.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value.trim())
    }

    /// The value of a numbered field.
    pub(super) fn numbered(&self, field: &str, n: usize) -> &str {
        self.get(&format!("{field}.{n}"))
    }
}

/// What was asked.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) shop: String,
    pub(super) page: Page,
    pub(super) is_post: bool,
    /// True where the browser came by TLS, so that its cookies never go another way.
    pub(super) is_secure: bool,
    pub(super) query: Fields,
    pub(super) form: Fields,
    cookies: Fields,
}

impl Request {
    /// Reads it; what is no form of ours is refused before anything is looked up.
    pub(super) fn read(event: &ApiGatewayV2httpRequest) -> Result<Self, Away> {
        let parameter = |name: &str| event.path_parameters.get(name).cloned().unwrap_or_default();
        let request = read_request(event).map_err(|_| Away::NotYourForm)?;
        if request.body.len() > FORM_BYTES_MAX {
            return Err(Away::TooLarge);
        }
        let form = String::from_utf8(request.body).map_err(|_| Away::NotYourForm)?;
        let header = |name: &str| request.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        Ok(Self {
            shop: parameter("shop"),
            page: Page::read(&parameter("page")),
            is_post: request.method == "POST",
            is_secure: header("x-forwarded-proto") == Some("https"),
            query: Fields(request.query),
            form: Fields(read_pairs(&form)),
            cookies: Fields(cookies(event, header("cookie"))),
        })
    }

    /// The session that the browser sent along.
    pub(super) fn session(&self) -> &str {
        self.cookies.get(SESSION_COOKIE)
    }

    /// The language that was asked for in the address; none where none was.
    pub(super) fn asked_language(&self) -> Option<Language> {
        language(self.query.get("lang"))
    }

    /// The language of the answer.
    pub(super) fn language(&self) -> Language {
        let kept = || language(self.cookies.get(LANGUAGE_COOKIE));
        self.asked_language().or_else(kept).unwrap_or_default()
    }
}

fn language(code: &str) -> Option<Language> {
    Language::ALL.into_iter().find(|language| language.code() == code)
}

/// The gateway hands cookies over beside the headers; others leave them among these.
fn cookies(event: &ApiGatewayV2httpRequest, header: Option<&str>) -> Vec<(String, String)> {
    let given = event.cookies.iter().flatten().map(String::as_str);
    let all = given.chain(header).flat_map(|text| text.split(';'));
    all.filter_map(|pair| pair.trim().split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}
