//! One question or order to Shopify: a GraphQL document with its values, and the answer's data.

use super::wire::PageInfo;
use super::{errors, sign};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::http::Answer;
use crate::json::FieldError;
use crate::paging::Cursor;
use commerce::ids::{ListingId, OrderId};
use reqwest::Method;
use serde_json::{Value, json};

/// The version that is asked for unless the account setting `api_version` names another.
pub(super) const API_VERSION: &str = "2026-07";
/// From this version on stock is set with `changeFromQuantity` and `@idempotent`.
/// (shopify.dev, InventoryQuantityInput, 2026-11-30)
pub(super) const KEYED_SINCE: &str = "2026-04";

/// The API's version as set; it becomes a part of the address.
pub(super) fn api_version<'s>(session: &'s Session<'_>) -> Result<&'s str, ChannelError> {
    let version = session.account("api_version").unwrap_or(API_VERSION);
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if version.chars().all(fits) {
        return Ok(version);
    }
    Err(ChannelError::misconfigured("account setting \"api_version\" must look like 2026-07"))
}

/// Sends a document; the answer as it came.
pub(super) async fn send(
    session: &Session<'_>,
    document: &str,
    variables: Value,
) -> Result<Answer, ChannelError> {
    let own = format!("https://{}", sign::own_domain(session)?);
    let url = format!("{}/admin/api/{}/graphql.json", session.base_url(&own), api_version(session)?);
    let body = json!({ "query": document, "variables": variables }).to_string();
    let request = session.http.request(Method::POST, &url);
    let request = request.header("content-type", "application/json").header("accept", "application/json");
    let request = request.header("x-shopify-access-token", session.access_token()?);
    session.http.send(request.body(body)).await
}

/// Asks; the answer's `data`.
pub(super) async fn ask(
    session: &Session<'_>,
    document: &str,
    variables: Value,
) -> Result<Value, ChannelError> {
    errors::read(&send(session, document, variables).await?)
}

/// Tells Shopify to do something; what breaks in the answer may have been done.
pub(super) async fn tell(
    session: &Session<'_>,
    document: &str,
    variables: Value,
) -> Result<Value, ChannelError> {
    let answer = send(session, document, variables).await?;
    errors::read(&answer).map_err(ChannelError::after_write)
}

/// `gid://shopify/Order/1`, Shopify's name of an object in GraphQL.
pub(super) fn gid(kind: &str, number: &str) -> String {
    format!("gid://shopify/{kind}/{number}")
}

/// The number at the end of a gid; webhooks and people use it alone.
pub(super) fn number<'g>(field: &str, gid: &'g str) -> Result<&'g str, FieldError> {
    let number = gid.rsplit('/').next().and_then(|last| last.split('?').next()).unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    if is_number { Ok(number) } else { Err(FieldError::new(field, "is not a gid with a number")) }
}

/// An order's number in GraphQL's spelling; what is no number is no order of Shopify's.
pub(super) fn order_gid(id: &OrderId) -> Result<String, ChannelError> {
    let number: u64 =
        id.as_str().parse().map_err(|_| ChannelError::not_found("not a Shopify order number"))?;
    Ok(gid("Order", &number.to_string()))
}

/// A listing's variant in GraphQL's spelling.
pub(super) fn variant_gid(listing: &ListingId) -> Result<String, ChannelError> {
    let wrong = |_| ChannelError::refused(format!("listing {listing} is not a variant's number"));
    let number: u64 = listing.as_str().parse().map_err(wrong)?;
    Ok(gid("ProductVariant", &number.to_string()))
}

/// The store whose stock we keep.
pub(super) fn location_gid(session: &Session<'_>) -> Result<String, ChannelError> {
    let setting = session.account("location_id")?;
    let wrong = |_| ChannelError::misconfigured("account setting \"location_id\" must be a number");
    let number: u64 = setting.rsplit('/').next().unwrap_or_default().parse().map_err(wrong)?;
    Ok(gid("Location", &number.to_string()))
}

/// Where the next page of a list begins.
pub(super) fn next(info: &PageInfo) -> Result<Option<Cursor>, FieldError> {
    if !info.has_next_page {
        return Ok(None);
    }
    info.end_cursor.text("pageInfo.endCursor").map(|place| Some(Cursor(place.to_owned())))
}
