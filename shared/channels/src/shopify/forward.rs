//! An order of another channel, put into a Shopify shop and found there again.

use super::call::{self, ask, tell};
use super::errors;
use super::wire::{Named, Nodes, UserError};
use crate::channel::Session;
use crate::error::ChannelError;
use crate::forward::{ForwardLine, OrderToForward};
use crate::json::{self, FieldError, List, Loose};
use commerce::ids::{ForwardReference, OrderId};
use commerce::money::{Currency, Money};
use serde::Deserialize;
use serde_json::{Value, json};

const PUT: &str = "mutation Forward($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) { \
    orderCreate(order: $order, options: $options) { order { id } userErrors { code field message } } }";

const FIND: &str = "query Find($query: String!) { orders(first: 10, query: $query, sortKey: CREATED_AT) { \
    nodes { id sourceIdentifier tags } } }";

/// Shopify's longest tag. (shopify.dev, OrderCreateOrderInput.tags, 2026-11-30)
const TAG_CHARS_MAX: usize = 40;

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Put {
    order: Option<Named>,
    user_errors: List<UserError>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Candidate {
    id: Loose,
    source_identifier: Loose,
    tags: List<Loose>,
}

/// Puts it in as paid elsewhere, with our reference as the sale's own number and as a tag. Stock is taken whatever the
/// product's policy says, because the units are sold; so the effect is seen in the level.
/// (shopify.dev, OrderCreateOptionsInput.inventoryBehaviour: "BYPASS" unless told, 2026-11-30)
///
/// Shopify chooses the store by its own rules: an order put in names none.
pub(super) async fn put(session: &Session<'_>, order: &OrderToForward) -> Result<OrderId, ChannelError> {
    let currency = order.total.currency;
    let lines: Vec<Value> = order.lines.iter().map(|l| line(l, currency)).collect::<Result<_, _>>()?;
    let variables = json!({
        "order": {
            "currency": currency.code(),
            "lineItems": lines,
            "financialStatus": "PAID",
            "sourceIdentifier": order.reference,
            "tags": tags(&order.reference),
            "note": order.title,
        },
        "options": { "inventoryBehaviour": "DECREMENT_IGNORING_POLICY", "sendReceipt": false },
    });
    let data = tell(session, PUT, variables).await?;
    let unreadable = |error: FieldError| ChannelError::from(error).after_write();
    let answer = data.get("orderCreate").cloned().unwrap_or_default();
    let answer: Put = json::row("orderCreate", answer).map_err(unreadable)?;
    errors::first(answer.user_errors.rows_or_none("userErrors").map_err(unreadable)?)?;
    order_id(&answer.order.unwrap_or_default().id).map_err(unreadable)
}

fn line(line: &ForwardLine, currency: Currency) -> Result<Value, ChannelError> {
    let money = Money::from_minor(line.unit_price_minor, currency);
    let price = json!({ "shopMoney": { "amount": amount(money), "currencyCode": currency.code() } });
    let variant = call::variant_gid(&line.listing)?;
    Ok(json!({ "variantId": variant, "quantity": line.quantity, "priceSet": price }))
}

/// The amount as a decimal text, without any float arithmetic.
fn amount(money: Money) -> String {
    let decimals = money.currency.decimals();
    let digits = format!("{:0>width$}", money.amount_minor.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let sign = if money.amount_minor < 0 { "-" } else { "" };
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Our name, so that people can filter for such orders, and the reference where it fits into a tag.
fn tags(reference: &str) -> Vec<&str> {
    let fits = reference.chars().count() <= TAG_CHARS_MAX && !reference.contains(',');
    if fits { vec!["hopkenh", reference] } else { vec!["hopkenh"] }
}

/// Our reference among an order's tags.
pub(super) fn reference(tags: &[String]) -> Option<ForwardReference> {
    tags.iter().find_map(|tag| ForwardReference::new(tag).ok())
}

fn order_id(id: &Loose) -> Result<OrderId, FieldError> {
    let number = call::number("order.id", id.text("order.id")?)?;
    OrderId::new(number).map_err(|e| FieldError::new("order.id", e.reason))
}

/// Looks for our reference. Shopify's search also finds what only resembles it, so each find is compared.
pub(super) async fn find(session: &Session<'_>, reference: &str) -> Result<Option<OrderId>, ChannelError> {
    let quoted = format!("\"{}\"", reference.replace('\\', "\\\\").replace('"', "\\\""));
    let query = format!("source_identifier:{quoted} OR tag:{quoted}");
    let data = ask(session, FIND, json!({ "query": query })).await?;
    let page: Nodes<Candidate> = json::row("orders", data.get("orders").cloned().unwrap_or_default())?;
    for found in page.nodes.rows("orders.nodes")? {
        let tags = found.tags.rows_or_none("orders.nodes.tags")?;
        let is_tagged = tags.iter().any(|tag| tag.given() == Some(reference));
        if found.source_identifier.given() == Some(reference) || is_tagged {
            return Ok(Some(order_id(&found.id)?));
        }
    }
    Ok(None)
}
