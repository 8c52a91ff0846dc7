//! One signed call to TikTok Shop's Open API.

use super::sign;
use super::wire::BASE_URL;
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::Answer;
use crate::url;
use reqwest::Method;
use serde_json::Value;

/// A call about the one shop that the login opens.
pub(super) async fn of_shop(
    session: &Session<'_>,
    method: Method,
    path: &str,
    query: &[(&str, &str)],
    body: Option<&Value>,
) -> Result<Answer, ChannelError> {
    let cipher = [("shop_cipher", session.account("shop_cipher")?)];
    send(session, method, path, &[&cipher, query].concat(), body, session.access_token()?).await
}

/// A question about all shops that a token opens.
pub(super) async fn of_token(session: &Session<'_>, path: &str, token: &str) -> Result<Answer, ChannelError> {
    send(session, Method::GET, path, &[], None, token).await
}

/// The body is signed byte for byte as it is sent, so it is written once.
async fn send(
    session: &Session<'_>,
    method: Method,
    path: &str,
    query: &[(&str, &str)],
    body: Option<&Value>,
    token: &str,
) -> Result<Answer, ChannelError> {
    let time = (session.clock)().as_second().to_string();
    let who = [("app_key", session.account("app_key")?), ("timestamp", time.as_str())];
    let query = [&who, query].concat();
    let body = body.map(Value::to_string);
    let secret = session.secrets.get("app_secret")?;
    let sign = sign::signature(secret, path, &query, body.as_deref().unwrap_or_default())
        .ok_or_else(|| ChannelError::misconfigured("secret \"app_secret\" is empty"))?;
    let all = url::pairs(&[query.as_slice(), &[("sign", &sign)]].concat());
    let address = format!("{}{path}?{all}", session.base_url(BASE_URL));
    let mut request = session.http.request(method, &address);
    request = request.header("content-type", "application/json").header("x-tts-access-token", token);
    if let Some(body) = body {
        request = request.body(body);
    }
    session.http.send(request).await
}
