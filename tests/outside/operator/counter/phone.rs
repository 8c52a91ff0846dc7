//! A phone at the counter: keeps cookies as a browser does, reads the hidden fields of a form, and sends it.

use hopkenh_tests::house::House;
use std::collections::BTreeMap;

/// The hidden fields of a page's form.
pub(super) type Form = Vec<(String, String)>;

pub(super) struct Phone {
    base: String,
    client: reqwest::Client,
    pub(super) cookies: BTreeMap<String, String>,
    /// The last cookie that was set, whole.
    pub(super) set_cookie: Option<String>,
    /// Added to each request.
    pub(super) header: Option<(&'static str, &'static str)>,
}

impl Phone {
    pub(super) fn new(house: &House) -> Self {
        Self {
            base: format!("http://{}", house.address),
            client: twins::plain_client().unwrap(),
            cookies: BTreeMap::new(),
            set_cookie: None,
            header: None,
        }
    }

    pub(super) async fn get(&mut self, path: &str) -> (u16, String) {
        let request = self.client.get(format!("{}{path}", self.base));
        self.ask(request).await
    }

    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let pair = |(name, value): &(&str, &str)| {
            format!("{}={}", channels::url::encode(name), channels::url::encode(value))
        };
        let body = fields.iter().map(pair).collect::<Vec<_>>().join("&");
        let request = self.client.post(format!("{}{path}", self.base)).body(body);
        self.ask(request.header("content-type", "application/x-www-form-urlencoded")).await
    }

    /// The hidden fields of the first form on a page.
    pub(super) async fn form(&mut self, path: &str) -> Form {
        let (status, page) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {page}");
        hidden(&page)
    }

    /// A form with what was typed into it.
    pub(super) async fn send(&mut self, path: &str, form: &Form, typed: &[(&str, &str)]) -> (u16, String) {
        let fields = form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<(&str, &str)> = typed.iter().copied().chain(fields).collect();
        self.post(path, &fields).await
    }

    async fn ask(&mut self, request: reqwest::RequestBuilder) -> (u16, String) {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header("cookie", cookies.join("; "));
        if let Some((name, value)) = self.header {
            request = request.header(name, value);
        }
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap().to_owned();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
            self.set_cookie = Some(cookie);
        }
        assert_eq!(answer.headers()["cache-control"], "no-store");
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

/// The hidden fields up to the end of the first form.
pub(super) fn hidden(page: &str) -> Form {
    let form = page.split_once("<form method=\"post\"").map_or("", |(_, form)| form);
    let form = form.split("</form>").next().unwrap();
    let value = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        Some(rest.split('"').next().unwrap().to_owned())
    };
    let tags = form.split("<input ").skip(1).filter(|tag| tag.contains("type=\"hidden\""));
    tags.filter_map(|tag| Some((value(tag, "name")?, value(tag, "value")?))).collect()
}

/// The form on the page whose hidden `word` is this one.
pub(super) fn form_saying(page: &str, word: &str) -> Form {
    let forms = page
        .split("<form method=\"post\"")
        .skip(1)
        .map(|form| hidden(&format!("<form method=\"post\"{form}")));
    let says = |form: &Form| form.iter().any(|(name, value)| name == "word" && value == word);
    forms.into_iter().find(says).unwrap_or_else(|| panic!("no form says {word}: {page}"))
}
