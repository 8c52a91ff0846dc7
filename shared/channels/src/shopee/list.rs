//! What Shopee keeps for us to ask for: the numbers of orders that changed, and pushes that never arrived.

use super::facts::LIST_PAGE_MAX;
use super::wire::{CONFIRM_LOST, LOST_PUSHES, LostPush, LostPushes, ORDER_LIST, OrderNumbers, Push};
use super::{call, errors, orders};
use crate::channel::{Door, Notice, NoticeOrReason, Session};
use crate::error::ChannelError;
use crate::json::{self, FieldError, Loose};
use crate::paging::{Cursor, OrderPage, Page, Pulled, Window};
use commerce::park::ParkReason;
use serde_json::{Value, json};

/// One page of order numbers, by the time of their last change. Both ends of Shopee's span belong to it, so ours
/// ends with the last whole second within it. (v2.order.get_order_list, 2026-11-30)
pub(super) async fn orders(
    session: &Session<'_>,
    window: Window,
    cursor: Option<&Cursor>,
) -> Result<OrderPage, ChannelError> {
    let from = window.from.as_second();
    let whole = window.to.subsec_nanosecond() == 0;
    let to = (window.to.as_second() - i64::from(whole)).max(from + 1);
    let (from, to, size) = (from.to_string(), to.to_string(), LIST_PAGE_MAX.to_string());
    let query = [
        ("time_range_field", "update_time"),
        ("time_from", from.as_str()),
        ("time_to", to.as_str()),
        ("page_size", size.as_str()),
        ("cursor", cursor.map_or("", |cursor| cursor.0.as_str())),
        ("request_order_status_pending", "true"),
    ];
    let page: OrderNumbers = json::row("response", call::get(session, ORDER_LIST, &query).await?)?;
    let more = is_true(&page.more);
    let next = page.next_cursor.given().filter(|_| more).map(|next| Cursor(next.to_owned()));
    if more && next.is_none() {
        return Err(FieldError::new("response.next_cursor", "is missing although there is more").into());
    }
    let rows = page.order_list.rows_or_none("response.order_list")?;
    Ok(Page { rows: rows.into_iter().map(read_number).collect(), next })
}

fn read_number(row: Value) -> NoticeOrReason {
    let number: Loose = json::row("order_list.order_sn", row.get("order_sn").cloned().unwrap_or_default())?;
    let order = orders::order_id("order_list.order_sn", number.text("order_list.order_sn")?)?;
    Ok(Notice::OrderChanged { order })
}

pub(super) fn is_true(value: &Loose) -> bool {
    value.given() == Some("true")
}

/// The oldest pushes that never arrived. The receipt of the last pull is confirmed first.
///
/// The store belongs to the app: it also holds what other shops of the app have missed, and to confirm a page
/// forgets theirs. So a page that names another shop gives no receipt; it comes again, and ends after three days.
/// (v2.push.get_lost_push_message, 2026-11-30)
pub(super) async fn events(session: &Session<'_>, taken: Option<&Cursor>) -> Result<Pulled, ChannelError> {
    if let Some(taken) = taken {
        confirm(session, taken).await?;
    }
    let page: LostPushes = json::row("response", call::get_public(session, LOST_PUSHES).await?)?;
    let lost = page.push_message_list.rows_or_none("response.push_message_list")?;
    let ours = session.account("shop_id").ok().map(str::trim);
    let of_others = |push: &LostPush| push.shop_id.given().is_some_and(|theirs| ours != Some(theirs));
    let is_shared = lost.iter().any(of_others);
    let is_empty = lost.is_empty();
    let notices = lost.into_iter().filter(|push| !of_others(push)).map(|push| read(session, push)).collect();
    if is_empty || is_shared {
        return Ok(Pulled { notices, receipt: None, has_more: false });
    }
    let last = page.last_message_id.whole("response.last_message_id")?;
    Ok(Pulled { notices, receipt: Some(Cursor(last.to_string())), has_more: is_true(&page.has_next_page) })
}

async fn confirm(session: &Session<'_>, taken: &Cursor) -> Result<(), ChannelError> {
    let wrong = |_| ChannelError::refused("the receipt is not one of Shopee's message numbers");
    let last: u64 = taken.0.parse().map_err(wrong)?;
    let body = json!({ "last_message_id": last });
    let answer = call::post_public(session, CONFIRM_LOST, &body).await?;
    errors::read(&answer).map(|_| ())
}

/// `data` is called a text and shown as an object: both are read.
fn read(session: &Session<'_>, lost: LostPush) -> NoticeOrReason {
    let push: Push = match lost.data {
        Value::String(text) => json::read(text.as_bytes())?,
        other => json::row("data", other)?,
    };
    let Session { shop, connection, secrets, .. } = session;
    orders::read_notice(&Door { shop, connection, secrets }, push).map_err(named)
}

fn named(reason: ParkReason) -> ParkReason {
    match reason {
        ParkReason::Unreadable { detail } => {
            ParkReason::Unreadable { detail: format!("a lost push: {detail}") }
        }
        other => other,
    }
}
