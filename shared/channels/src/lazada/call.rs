//! Calls to Lazada: questions carry their parameters in the address, writes in a form.

use super::{errors, sign, wire};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::Answer;
use crate::url;
use reqwest::Method;

/// Asks; the parameters stand in the address. (PyPI lazop-sdk 1.0.3, 2026-11-21)
pub(super) async fn get(
    session: &Session<'_>,
    path: &str,
    parameters: &[(&str, &str)],
) -> Result<Answer, ChannelError> {
    let query = pairs(session, path, parameters, Some(session.access_token()?))?;
    let url = format!("{}{path}?{query}", sign::base_url(session));
    session.http.send(session.http.request(Method::GET, &url)).await
}

/// Asks and reads the answer as far as it is Lazada that speaks and agrees.
pub(super) async fn read(
    session: &Session<'_>,
    path: &str,
    parameters: &[(&str, &str)],
) -> Result<wire::Envelope, ChannelError> {
    errors::read(&get(session, path, parameters).await?)
}

/// Writes; the parameters stand in the body.
pub(super) async fn post(
    session: &Session<'_>,
    path: &str,
    parameters: &[(&str, &str)],
) -> Result<Answer, ChannelError> {
    let form = pairs(session, path, parameters, Some(session.access_token()?))?;
    send_form(session, &format!("{}{path}", sign::base_url(session)), form).await
}

/// Asks for a login, which is signed like every call but has no token.
pub(super) async fn post_for_login(
    session: &Session<'_>,
    path: &str,
    parameters: &[(&str, &str)],
) -> Result<Answer, ChannelError> {
    let form = pairs(session, path, parameters, None)?;
    send_form(session, &format!("{}/rest{path}", sign::auth_url(session)), form).await
}

async fn send_form(session: &Session<'_>, url: &str, form: String) -> Result<Answer, ChannelError> {
    let request = session.http.request(Method::POST, url);
    let request = request.header("content-type", "application/x-www-form-urlencoded;charset=utf-8");
    session.http.send(request.body(form)).await
}

fn pairs(
    session: &Session<'_>,
    path: &str,
    parameters: &[(&str, &str)],
    token: Option<&str>,
) -> Result<String, ChannelError> {
    let signed = sign::signed(session, path, parameters, token)?;
    let pairs: Vec<(&str, &str)> = signed.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    Ok(url::pairs(&pairs))
}
