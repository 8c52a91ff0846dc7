//! What we tell Shopee about its orders: a parcel is ready to be fetched, or an order cannot be served.

use super::wire::{CANCEL_ORDER, PickupAddress, SHIP_ORDER, SHIPPING_PARAMETER, ShippingParameter, TimeSlot};
use super::{call, orders};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{NewsKind, OrderNews};
use crate::json::{self, List, Loose};
use serde_json::{Map, Value, json};

/// The reason that says what our news says; it wants the items named.
const OUT_OF_STOCK: &str = "OUT_OF_STOCK";

/// Carries the two kinds of news that Shopee takes from a seller. That a parcel left, its carrier tells.
pub(super) async fn carry(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    if !matches!(news.kind, NewsKind::ReadyToShip | NewsKind::Cancelled) {
        return Err(ChannelError::unsupported("carry this news back"));
    }
    if !news.lines.is_empty() {
        return Err(ChannelError::refused("Shopee is told about whole orders only"));
    }
    if news.kind == NewsKind::Cancelled { cancel(session, news).await } else { arrange(session, news).await }
}

/// Asks what the shipment needs, then arranges it. A second time is refused by Shopee
/// (`logistics.package_already_shipped`). (v2.logistics.ship_order, 2026-11-30)
async fn arrange(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    let query = [("order_sn", news.order.as_str())];
    let needed = call::get(session, SHIPPING_PARAMETER, &query).await?;
    let (way, fields) = shipment(session, news, json::row("response", needed)?)?;
    let body = json!({ "order_sn": news.order.as_str(), way: fields });
    call::post(session, SHIP_ORDER, &body).await.map(|_| ())
}

/// The first way that is offered: fetched by the carrier, brought to it, or the shop's own carrier. The account
/// setting `ship_by` names another.
fn shipment(
    session: &Session<'_>,
    news: &OrderNews,
    needed: ShippingParameter,
) -> Result<(&'static str, Value), ChannelError> {
    let wanted = session.account("ship_by").ok();
    let may = |way: &str| wanted.is_none_or(|wanted| wanted == way);
    let info = &needed.info_needed;
    if let Some(fields) = info.pickup.as_ref().filter(|_| may("pickup")) {
        let places = needed.pickup.map(|pickup| pickup.address_list).unwrap_or_default();
        return Ok(("pickup", pickup(session, news, fields, places)?));
    }
    if let Some(fields) = info.dropoff.as_ref().filter(|_| may("dropoff")) {
        return Ok(("dropoff", fill(session, news, fields)?));
    }
    if info.non_integrated.is_some() && may("non_integrated") {
        let number = news.tracking_number.as_ref();
        return Ok(("non_integrated", number.map_or(json!({}), |n| json!({ "tracking_number": n }))));
    }
    Err(ChannelError::refused("Shopee offers no way to ship that we may choose"))
}

/// The place to fetch from: the one of the account setting `pickup_address_id`, or the one Shopee marks for it.
fn pickup(
    session: &Session<'_>,
    news: &OrderNews,
    fields: &[String],
    places: List<PickupAddress>,
) -> Result<Value, ChannelError> {
    let places = places.rows_or_none("response.pickup.address_list")?;
    let chosen = session.account("pickup_address_id").ok();
    let is_chosen = |place: &&PickupAddress| place.address_id.given() == chosen;
    let place = match chosen {
        Some(_) => places.iter().find(is_chosen),
        None => places.iter().find(|place| has(&place.address_flag, "pickup_address")).or(places.first()),
    };
    let Some(place) = place.filter(|_| fields.iter().any(|field| field == "address_id")) else {
        return fill(session, news, fields);
    };
    let mut filled = json!({ "address_id": place.address_id.whole("address_list.address_id")? });
    if let Some(slot) = slot(&place.time_slot_list) {
        filled["pickup_time_id"] = slot.into();
    }
    Ok(filled)
}

/// The time Shopee recommends, or the first; some carriers have none to choose from.
fn slot(slots: &List<TimeSlot>) -> Option<String> {
    let List::Rows(slots) = slots else { return None };
    let slot = slots.iter().find(|slot| has(&slot.flags, "recommended")).or(slots.first())?;
    slot.pickup_time_id.given().map(str::to_owned)
}

fn has(flags: &List<Loose>, wanted: &str) -> bool {
    matches!(flags, List::Rows(flags) if flags.iter().any(|flag| flag.given() == Some(wanted)))
}

/// Fields that only the shop can know come from account settings of the same name.
fn fill(session: &Session<'_>, news: &OrderNews, fields: &[String]) -> Result<Value, ChannelError> {
    let mut filled = Map::new();
    for field in fields {
        let (name, value) = match (field.as_str(), &news.tracking_number) {
            ("tracking_no" | "tracking_number", Some(number)) => ("tracking_number", json!(number)),
            ("branch_id", _) => ("branch_id", json!(session.account("branch_id")?.parse::<u64>().ok())),
            (name @ ("sender_real_name" | "slug"), _) => (name, json!(session.account(name)?)),
            (other, _) => return Err(ChannelError::refused(format!("shipping it needs {other:.40}"))),
        };
        filled.insert(name.to_owned(), value);
    }
    Ok(Value::Object(filled))
}

/// Cancels the whole order. Without a reason it is that the shop has run out, and then Shopee wants every item
/// named, so the order is read first. (v2.order.cancel_order, 2026-11-30)
async fn cancel(session: &Session<'_>, news: &OrderNews) -> Result<(), ChannelError> {
    let reason = news.reason.as_deref().unwrap_or(OUT_OF_STOCK);
    let mut body = json!({ "order_sn": news.order.as_str(), "cancel_reason": reason });
    if reason == OUT_OF_STOCK {
        body["item_list"] = items(session, news).await?;
    }
    call::post(session, CANCEL_ORDER, &body).await.map(|_| ())
}

async fn items(session: &Session<'_>, news: &OrderNews) -> Result<Value, ChannelError> {
    let found = orders::look_up(session, std::slice::from_ref(&news.order)).await?;
    let unknown = || ChannelError::not_found("Shopee does not know the order");
    let order = found.into_iter().next().ok_or_else(unknown)?.1?;
    let number = |text: &str| text.parse::<u64>().ok();
    let names = order.lines.iter().filter_map(|line| line.listing.as_str().split_once(':'));
    Ok(names.map(|(item, model)| json!({ "item_id": number(item), "model_id": number(model) })).collect())
}
