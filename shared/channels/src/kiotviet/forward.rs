//! Orders of other channels put into the till of a branch, each with our reference, and found again by it.

use super::orders::Kind;
use super::wire::Document;
use super::{errors, list, login};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{ForwardLine, OrderToForward};
use crate::json::{self, FieldError};
use commerce::ids::OrderId;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

/// How far back an order is looked for, and how many pages are read for it.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(7 * 24);
const PAGES_MAX: usize = 10;

/// Puts it in as an order (đặt hàng), which reserves the units in the branch until the shop's people invoice it. Only
/// an order takes a description, and that is where our reference stands. (KiotViet public API, orders 2.5.3,
/// 2026-11-30)
pub(super) async fn put_in(session: &Session<'_>, order: &OrderToForward) -> Result<OrderId, ChannelError> {
    let branch = match &order.branch {
        Some(branch) => branch.as_str(),
        None => session.account("branch_id")?,
    };
    let wrong = |_| ChannelError::misconfigured("a branch of KiotViet is a number");
    let branch: u64 = branch.trim().parse().map_err(wrong)?;
    let lines = order.lines.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let goods = order.lines.iter().map(|l| l.unit_price_minor * i64::from(l.quantity)).sum::<i64>();
    let body = json!({
        "branchId": branch,
        "description": format!("{} · Hopkenh {}", order.title, order.reference),
        // What the buyer pays beside the goods has no field that takes it; what was let off does.
        "discount": (goods - order.total.amount_minor).max(0),
        "totalPayment": 0,
        "makeInvoice": false,
        "orderDetails": lines,
    });
    let created: Document = login::write(session, Method::POST, "/orders", &body).await?;
    id_of(&created).map_err(|error| ChannelError::from(error).after_write())
}

fn row(line: &ForwardLine) -> Result<Value, ChannelError> {
    let wrong = |_| ChannelError::refused(format!("listing {} is not a product number", line.listing));
    let product: u64 = line.listing.as_str().parse().map_err(wrong)?;
    Ok(json!({ "productId": product, "quantity": line.quantity, "price": line.unit_price_minor }))
}

fn id_of(document: &Document) -> Result<OrderId, FieldError> {
    Kind::Order.order_id(document.id.whole("id")?)
}

/// Reads the orders of the last seven days, newest first, for one whose description holds the reference as a word.
/// KiotViet has no search; more than a thousand orders in that time are not read, and then a person must look.
pub(super) async fn find(session: &Session<'_>, reference: &str) -> Result<Option<OrderId>, ChannelError> {
    let now = (session.clock)();
    let since = list::local(now.checked_sub(LOOK_BACK).unwrap_or(now));
    let query =
        [("lastModifiedFrom", since.as_str()), ("orderBy", "modifiedDate"), ("orderDirection", "Desc")];
    let mut start = 0;
    for _ in 0..PAGES_MAX {
        let (rows, is_last) = list::page_of(session, "/orders", &query, &start.to_string()).await?;
        start += rows.len();
        for row in rows {
            let document: Document = json::row("data", row)?;
            let text = document.description.given().unwrap_or_default();
            if text.split_whitespace().any(|word| word == reference) {
                return Ok(Some(id_of(&document)?));
            }
        }
        if is_last {
            return Ok(None);
        }
    }
    Err(ChannelError::refused(
        "more than a thousand orders in seven days: the order must be looked for by hand",
    ))
}

/// The invoices that the shop's people made of an order. The list takes the order's number, and each invoice by itself names
/// the order's code, which is compared: a list that took no notice of the number would count strangers' sales.
/// (KiotViet public API, invoices 2.12.1 `orderId` and 2.12.2 `orderCode`, 2026-12-01)
pub(super) async fn sales_of(session: &Session<'_>, order: &OrderId) -> Result<Vec<OrderId>, ChannelError> {
    let unknown = || ChannelError::not_found("not an id of an order: order:N");
    let number: u64 =
        order.as_str().strip_prefix("order:").and_then(|n| n.parse().ok()).ok_or_else(unknown)?;
    let booked: Document = errors::read(&login::get(session, &format!("/orders/{number}"), &[]).await?)?;
    let code = booked.code.text("code")?;
    let number = number.to_string();
    let (rows, is_last) = list::page_of(session, "/invoices", &[("orderId", &number)], "0").await?;
    if !is_last {
        return Err(ChannelError::refused("more than a hundred invoices are said to come of one order"));
    }
    let mut sales = Vec::new();
    for row in rows {
        let listed: Document = json::row("data", row)?;
        let id = listed.id.whole("data.id")?;
        let sale: Document = errors::read(&login::get(session, &format!("/invoices/{id}"), &[]).await?)?;
        if sale.order_code.given() == Some(code) {
            sales.push(Kind::Invoice.order_id(id)?);
        }
    }
    Ok(sales)
}
