//! Orders of other channels put into a website, each with our reference, and found again by it.

use super::facts::PAGE_MAX;
use super::wire::Order;
use super::{call, errors, orders, stock};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{ForwardLine, OrderToForward};
use crate::json::{self, List};
use commerce::ids::{ForwardReference, OrderId};
use commerce::money::Currency;
use reqwest::Method;
use serde_json::{Value, json};

/// Where our reference stands in an order.
const REFERENCE: &str = "_hopkenh_reference";

/// Puts an order in as paid, so that the website takes its units from stock.
///
/// The reference stands in a note that nobody sees, and in the name of a fee, which is what a website's search of
/// orders finds. The fee is what the buyer pays beside the goods: nothing, as a rule. (OrdersTableSearchQuery.php,
/// github.com/woocommerce/woocommerce, 2026-11-30)
pub(super) async fn put_in(session: &Session<'_>, order: &OrderToForward) -> Result<OrderId, ChannelError> {
    let currency = order.total.currency;
    let lines = order.lines.iter().map(|line| row(line, currency)).collect::<Result<Vec<_>, _>>()?;
    let goods = order.lines.iter().map(|l| l.unit_price_minor * i64::from(l.quantity)).sum::<i64>();
    let rest = order.total.amount_minor - goods;
    let body = json!({
        "status": "processing",
        "currency": currency.code(),
        "transaction_id": order.reference,
        // A name without a dash in front of it is shown to whoever opens the order.
        "meta_data": [
            { "key": REFERENCE, "value": order.reference },
            { "key": "hopkenh_order", "value": order.title },
        ],
        "line_items": lines,
        "fee_lines": [{
            "name": format!("Hopkenh {}", order.reference),
            "total": amount(rest, currency),
            "tax_status": "none",
        }],
    });
    let created: Order = call::write(session, Method::POST, "/orders", &body).await?;
    orders::order_id(&created).map_err(|error| ChannelError::from(error).after_write())
}

fn row(line: &ForwardLine, currency: Currency) -> Result<Value, ChannelError> {
    let (product, variation) = stock::parts(&line.listing)?;
    let total = amount(line.unit_price_minor * i64::from(line.quantity), currency);
    let mut row =
        json!({ "product_id": product, "quantity": line.quantity, "subtotal": total, "total": total });
    if variation != 0 {
        row["variation_id"] = variation.into();
    }
    Ok(row)
}

/// An amount as text, with the currency's decimals.
fn amount(minor: i64, currency: Currency) -> String {
    let decimals = currency.decimals();
    if decimals == 0 {
        return minor.to_string();
    }
    let digits = format!("{:0width$}", minor.unsigned_abs(), width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    format!("{}{whole}.{part}", if minor < 0 { "-" } else { "" })
}

/// Looks among the hundred newest orders, then asks the website's search. A search may be switched off by a plugin,
/// and the newest orders hold whatever was put in a moment ago.
pub(super) async fn find(session: &Session<'_>, reference: &str) -> Result<Option<OrderId>, ChannelError> {
    let size = PAGE_MAX.to_string();
    let newest = [("per_page", size.as_str()), ("orderby", "date"), ("order", "desc"), ("status", "any")];
    if let Some(found) = look(session, &newest, reference).await? {
        return Ok(Some(found));
    }
    let searched = [("per_page", size.as_str()), ("search", reference), ("status", "any")];
    look(session, &searched, reference).await
}

async fn look(
    session: &Session<'_>,
    query: &[(&str, &str)],
    reference: &str,
) -> Result<Option<OrderId>, ChannelError> {
    let rows: Vec<Value> = errors::read(&call::get(session, "/orders", query).await?)?;
    for row in rows {
        let order: Order = json::row("order", row)?;
        if !orders::is_draft(&order) && bears(&order, reference) {
            return Ok(Some(orders::order_id(&order)?));
        }
    }
    Ok(None)
}

/// Our reference, where the order carries one.
pub(super) fn reference(order: &Order) -> Option<ForwardReference> {
    let List::Rows(notes) = &order.meta_data else { return None };
    let ours = notes.iter().filter(|note| note.key.given() == Some(REFERENCE));
    ours.filter_map(|note| note.value.given()).find_map(|value| ForwardReference::new(value).ok())
}

fn bears(order: &Order, reference: &str) -> bool {
    let List::Rows(notes) = &order.meta_data else { return false };
    notes.iter().any(|note| note.key.given() == Some(REFERENCE) && note.value.given() == Some(reference))
}
