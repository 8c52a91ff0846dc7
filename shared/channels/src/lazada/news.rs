//! News carried back to Lazada: an order is packed and ready, or cannot be served.

use super::orders::{self, listing_of};
use super::wire::{CANCEL, CANCEL_REASONS, CancelAnswer, Item, Outcome, PACK, ParcelRow, READY_TO_SHIP};
use super::{call, errors};
use crate::channel::Session;
use crate::error::{ChannelError, ErrorKind};
use crate::forward::{NewsKind, OrderNews};
use crate::http::Answer;
use crate::json::{self, Loose};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Tells Lazada. Where an order stands is asked first, so that news told twice finds nothing left to do.
/// (open.lazada.com, Fulfillment of orders and Order cancellation, 2026-11-30)
pub(super) async fn carry(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    match news.kind {
        NewsKind::ReadyToShip => ready(session, news, &concerned(session, news).await?).await,
        NewsKind::Cancelled => cancel(session, news, &concerned(session, news).await?).await,
        NewsKind::Accepted | NewsKind::Shipped | NewsKind::Delivered => {
            Err(ChannelError::unsupported("carry this news back"))
        }
    }
}

/// The items that the news is about.
async fn concerned(session: &Session<'_>, news: &OrderNews) -> Result<Vec<Item>, ChannelError> {
    let mut found = orders::items(session, std::slice::from_ref(&news.order)).await?;
    let order = found.pop().ok_or_else(|| ChannelError::not_found("Lazada does not know the order"))?;
    let mut items = order.order_items.rows("order_items")?;
    if !news.lines.is_empty() {
        items.retain(|item| {
            listing_of(item).is_ok_and(|listing| news.lines.iter().any(|line| line.as_str() == listing))
        });
    }
    Ok(items)
}

fn word(item: &Item) -> &str {
    item.status.given().unwrap_or_default()
}

/// Packs what is not yet packed, and makes ready what is packed. Items that were cancelled are left out.
async fn ready(session: &Session<'_>, news: &OrderNews, items: &[Item]) -> Result<(), ChannelError> {
    let early = items.iter().find(|item| word(item) == "unpaid");
    if early.is_some() {
        return Err(ChannelError::refused("the order is not paid yet"));
    }
    if !items.is_empty() && items.iter().all(|item| word(item) == "canceled") {
        return Err(ChannelError::refused("the order is cancelled"));
    }
    let to_pack: Vec<&Item> =
        items.iter().filter(|i| matches!(word(i), "pending" | "repacked" | "topack")).collect();
    let packed = items.iter().filter(|item| word(item) == "packed");
    let mut packages: BTreeSet<String> =
        packed.filter_map(|item| item.package_id.given()).map(str::to_owned).collect();
    if !to_pack.is_empty() {
        packages.extend(pack(session, news, &to_pack).await?);
    }
    if packages.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = packages.iter().map(|id| json!({ "package_id": id })).collect();
    let body = json!({ "packages": rows }).to_string();
    let answer = call::post(session, READY_TO_SHIP, &[("readyToShipReq", &body)]).await?;
    all_done(outcome(&answer)?.data.packages.rows_or_none("result.data.packages")?).map(drop)
}

/// Packs items and tells their packages. `dropship` and `TFS` are what a shop of the country itself writes.
async fn pack(
    session: &Session<'_>,
    news: &OrderNews,
    items: &[&Item],
) -> Result<BTreeSet<String>, ChannelError> {
    let body = json!({
        "pack_order_list": [{ "order_id": number(news.order.as_str())?, "order_item_list": numbers(items)? }],
        "delivery_type": "dropship",
        "shipping_allocate_type": "TFS",
    });
    let answer = call::post(session, PACK, &[("packReq", &body.to_string())]).await?;
    let orders = outcome(&answer)?.data.pack_order_list.rows("result.data.pack_order_list")?;
    let mut rows = Vec::new();
    for order in orders {
        rows.extend(order.order_item_list.rows_or_none("result.data.pack_order_list.order_item_list")?);
    }
    all_done(rows)
}

/// Cancels what is not yet shipped, item by item as Lazada does it.
async fn cancel(session: &Session<'_>, news: &OrderNews, items: &[Item]) -> Result<(), ChannelError> {
    let open: Vec<&Item> = items.iter().filter(|item| word(item) != "canceled").collect();
    if open.is_empty() {
        return Ok(());
    }
    let ids = json!(numbers(&open)?).to_string();
    let parameters = [("order_id", news.order.as_str()), ("order_item_id_list", ids.as_str())];
    let reason = match news.reason.as_deref().or(session.account("cancel_reason_id").ok()) {
        Some(reason) => reason.to_owned(),
        None => offered_reason(session, &parameters).await?,
    };
    let all = [&parameters[..], &[("reason_id", reason.as_str())]].concat();
    let answer = call::get(session, CANCEL, &all).await?;
    let envelope = errors::read(&answer).map_err(ChannelError::after_write)?;
    allowed(&json::row("data", envelope.data).unwrap_or_default())
}

/// A reason that Lazada offers for these items, where nobody gave one. Those that make it show 0 come last: our number
/// must not be overwritten by the way.
async fn offered_reason(session: &Session<'_>, parameters: &[(&str, &str)]) -> Result<String, ChannelError> {
    let envelope = call::read(session, CANCEL_REASONS, parameters).await?;
    let answer: CancelAnswer = json::row("data", envelope.data)?;
    allowed(&answer)?;
    let offered = answer.reason_options.rows_or_none("data.reason_options")?;
    let shows_zero = |name: &Loose| {
        let name = name.given().unwrap_or_default().to_ascii_lowercase();
        name.contains("stock") || name.contains("pric")
    };
    let best = offered.iter().min_by_key(|reason| shows_zero(&reason.reason_name));
    let id = best.and_then(|reason| reason.reason_id.given());
    id.map(str::to_owned)
        .ok_or_else(|| ChannelError::refused("Lazada offers no reason to cancel these items"))
}

fn allowed(answer: &CancelAnswer) -> Result<(), ChannelError> {
    match answer.tip_type.given() {
        Some("error") => Err(ChannelError::refused(answer.tip_content.given().unwrap_or("not cancelled"))),
        _ => Ok(()),
    }
}

fn outcome(answer: &Answer) -> Result<Outcome, ChannelError> {
    let envelope = errors::read(answer).map_err(ChannelError::after_write)?;
    let outcome: Outcome =
        json::row("result", envelope.result).map_err(|e| ChannelError::from(e).after_write())?;
    if outcome.success.given() == Some("true") {
        return Ok(outcome);
    }
    let code = outcome.error_code.given().unwrap_or("not done");
    Err(errors::from_code(code, "", outcome.error_msg.given().unwrap_or_default()).after_write())
}

/// The packages of rows that were done, or the first failure: a success as a whole says nothing of its rows.
fn all_done(rows: Vec<ParcelRow>) -> Result<BTreeSet<String>, ChannelError> {
    for row in &rows {
        let code = row.item_err_code.text("item_err_code")?;
        if code != "0" {
            let error = errors::of_one(code, row.msg.given().unwrap_or_default());
            let may_pass = row.retry.given() == Some("true") && error.kind == ErrorKind::Refused;
            return Err(if may_pass { ChannelError::unavailable(error.detail) } else { error });
        }
    }
    Ok(rows.iter().filter_map(|row| row.package_id.given()).map(str::to_owned).collect())
}

/// Lazada's numbers are numbers in JSON.
fn number(text: &str) -> Result<u64, ChannelError> {
    text.parse().map_err(|_| ChannelError::not_found("the order has no Lazada order number"))
}

fn numbers(items: &[&Item]) -> Result<Vec<u64>, ChannelError> {
    items.iter().map(|item| number(item.order_item_id.text("order_items.order_item_id")?)).collect()
}
