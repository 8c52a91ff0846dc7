//! Shopify's orders in our words, whichever of its two spellings they came in.

use super::call::{self, ask};
use super::forward;
use super::status::{self, Parcel, Standing};
use super::wire::{GraphFulfillment, GraphLine, GraphOrder, PageInfo};
use crate::channel::{LookedUp, Session};
use crate::error::ChannelError;
use crate::json::{self, FieldError, List, Loose};
use crate::moment::{self, Zone};
use commerce::Timestamp;
use commerce::ids::{ForwardReference, LineId, ListingId, OrderId};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelLine, ChannelOrder, OrderKind};
use serde_json::{Value, json};

/// Parcels of one order that are asked for.
const PARCELS_MAX: usize = 10;
/// Pages of lines of one order; Shopify allows 500 lines.
const LINE_PAGES_MAX: usize = 20;

/// No buyer data among it. Lines and parcels are cut so that the whole costs less than 1,000 points.
/// (shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits, 2026-11-30)
const ORDER: &str = "query Order($id: ID!, $after: String) { order(id: $id) { \
    id currencyCode displayFinancialStatus displayFulfillmentStatus cancelledAt createdAt updatedAt \
    paymentGatewayNames tags currentTotalPriceSet { shopMoney { amount } } \
    fulfillments(first: 10) { status displayStatus \
    fulfillmentLineItems(first: 20) { nodes { quantity lineItem { id } } pageInfo { hasNextPage endCursor } } } \
    lineItems(first: 100, after: $after) { nodes { id quantity currentQuantity unfulfilledQuantity requiresShipping \
    variant { id } originalUnitPriceSet { shopMoney { amount } } } pageInfo { hasNextPage endCursor } } } }";

/// What both spellings say of an order.
pub(super) struct Told {
    pub(super) id: String,
    pub(super) currency: String,
    pub(super) standing: Standing,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) total: Loose,
    /// Our mark, where we put the order in.
    pub(super) reference: Option<ForwardReference>,
    pub(super) lines: Vec<ToldLine>,
    /// False where parcels were too many to be told.
    pub(super) all_parcels: bool,
}

/// What both say of a line.
pub(super) struct ToldLine {
    pub(super) id: String,
    pub(super) variant: Option<String>,
    pub(super) is_goods: bool,
    pub(super) quantity: u32,
    /// Units that still belong to the order: less what was edited out or refunded.
    pub(super) current: u32,
    /// Units still to be sent.
    pub(super) unsent: u32,
    pub(super) unit_price: Loose,
}

/// Asks for one order after the other, each whole.
pub(super) async fn look_up(session: &Session<'_>, ids: &[OrderId]) -> Result<Vec<LookedUp>, ChannelError> {
    let mut found = Vec::new();
    for id in ids {
        match look_up_one(session, id).await {
            Err(error) if !is_own(&error) => return Err(error),
            order => found.push((id.clone(), order)),
        }
    }
    Ok(found)
}

fn is_own(error: &ChannelError) -> bool {
    use crate::error::ErrorKind::{NotFound, Refused, Unreadable};
    matches!(error.kind, NotFound | Refused | Unreadable)
}

async fn look_up_one(session: &Session<'_>, id: &OrderId) -> Result<ChannelOrder, ChannelError> {
    let gid = call::order_gid(id)?;
    let read_at = (session.clock)();
    let mut order = page(session, &gid, Value::Null).await?;
    let mut lines = std::mem::take(&mut order.line_items.nodes).rows("lineItems")?;
    let mut info = std::mem::take(&mut order.line_items.page_info);
    for _ in 1..LINE_PAGES_MAX {
        if !info.has_next_page {
            break;
        }
        let next = page(session, &gid, json!(end(&info)?)).await?;
        lines.extend(next.line_items.nodes.rows("lineItems")?);
        info = next.line_items.page_info;
    }
    if info.has_next_page {
        return Err(ChannelError::unreadable("the order has more lines than Shopify allows"));
    }
    let cod = session.account("cod_gateways").ok();
    Ok(build(from_graph(order, lines, cod)?, Some(read_at))?)
}

async fn page(session: &Session<'_>, gid: &str, after: Value) -> Result<GraphOrder, ChannelError> {
    let mut data = ask(session, ORDER, json!({ "id": gid, "after": after })).await?;
    match data.get_mut("order").map(Value::take) {
        Some(order @ Value::Object(_)) => Ok(json::row("order", order)?),
        Some(Value::Null) => Err(ChannelError::not_found("Shopify knows no such order, or may not show it")),
        _ => Err(ChannelError::unreadable("order: is missing")),
    }
}

fn end(info: &PageInfo) -> Result<&str, FieldError> {
    info.end_cursor.text("pageInfo.endCursor")
}

/// An order of the GraphQL API.
pub(super) fn from_graph(
    order: GraphOrder,
    lines: Vec<GraphLine>,
    cod: Option<&str>,
) -> Result<Told, FieldError> {
    let parcels = order.fulfillments.rows_or_none("fulfillments")?;
    let cut = |parcel: &GraphFulfillment| parcel.fulfillment_line_items.page_info.has_next_page;
    let all_parcels = parcels.len() < PARCELS_MAX && !parcels.iter().any(cut);
    let lines: Vec<ToldLine> = lines.into_iter().map(graph_line).collect::<Result<_, _>>()?;
    let names = texts(order.payment_gateway_names, "paymentGatewayNames")?;
    let tags = texts(order.tags, "tags")?;
    let fulfillment = order.display_fulfillment_status.given().map(str::to_ascii_lowercase);
    let standing = Standing {
        is_cancelled: order.cancelled_at.given().is_some(),
        financial: order.display_financial_status.text("displayFinancialStatus")?.to_ascii_lowercase(),
        fulfillment: match fulfillment.as_deref() {
            Some("unfulfilled") => None,
            Some("partially_fulfilled") => Some("partial".to_owned()),
            _ => fulfillment,
        },
        is_cash_on_delivery: status::is_cash_on_delivery(cod, &[names.as_slice(), &tags].concat()),
        parcels: parcels.into_iter().map(graph_parcel).collect::<Result<_, _>>()?,
        units_left: lines.iter().map(|line| u64::from(line.current)).sum(),
    };
    Ok(Told {
        id: call::number("id", order.id.text("id")?)?.to_owned(),
        currency: order.currency_code.text("currencyCode")?.to_owned(),
        standing,
        created_at: moment::date("createdAt", &order.created_at, Zone::Utc)?,
        updated_at: moment::date("updatedAt", &order.updated_at, Zone::Utc)?,
        total: order.current_total_price_set.shop_money.amount,
        reference: forward::reference(&tags),
        lines,
        all_parcels,
    })
}

fn graph_line(line: GraphLine) -> Result<ToldLine, FieldError> {
    let quantity = line.quantity.units("lineItems.quantity")?;
    let variant = match &line.variant {
        Some(variant) => {
            Some(call::number("lineItems.variant.id", variant.id.text("lineItems.variant.id")?)?)
        }
        None => None,
    };
    Ok(ToldLine {
        id: call::number("lineItems.id", line.id.text("lineItems.id")?)?.to_owned(),
        variant: variant.map(str::to_owned),
        is_goods: line.requires_shipping.given() != Some("false"),
        quantity,
        current: count_or(&line.current_quantity, "lineItems.currentQuantity", quantity)?,
        unsent: count_or(&line.unfulfilled_quantity, "lineItems.unfulfilledQuantity", 0)?,
        unit_price: line.original_unit_price_set.shop_money.amount,
    })
}

fn graph_parcel(parcel: GraphFulfillment) -> Result<Parcel, FieldError> {
    let mut told = Parcel {
        status: parcel.status.given().unwrap_or_default().to_ascii_lowercase(),
        carrier_status: parcel.display_status.given().unwrap_or_default().to_ascii_lowercase(),
        ..Parcel::default()
    };
    for row in parcel.fulfillment_line_items.nodes.rows_or_none("fulfillmentLineItems")? {
        let line = row.line_item.id.text("fulfillmentLineItems.lineItem.id")?;
        let line = call::number("fulfillmentLineItems.lineItem.id", line)?.to_owned();
        let units = row.quantity.units("fulfillmentLineItems.quantity")?;
        let sum = told.units.entry(line).or_default();
        *sum = sum.saturating_add(units);
    }
    Ok(told)
}

/// A count, or what holds where it is not told.
pub(super) fn count_or(value: &Loose, field: &str, otherwise: u32) -> Result<u32, FieldError> {
    if value.given().is_none() { Ok(otherwise) } else { value.units(field) }
}

/// The texts of a list; what is no text is left out.
pub(super) fn texts(list: List<Loose>, field: &str) -> Result<Vec<String>, FieldError> {
    Ok(list.rows_or_none(field)?.iter().filter_map(Loose::given).map(str::to_owned).collect())
}

/// The order in our words.
pub(super) fn build(told: Told, read_at: Option<Timestamp>) -> Result<ChannelOrder, FieldError> {
    let currency = Currency::new(&told.currency)
        .map_err(|_| FieldError::new("currency", "must be three capital letters"))?;
    let (status, departure) = status::of(&told.standing);
    let lines = told.lines.iter().filter(|line| line.variant.is_some() || line.is_goods);
    let lines = lines.map(|line| build_line(line, &told, currency)).collect::<Result<_, _>>()?;
    Ok(ChannelOrder {
        id: OrderId::new(&told.id).map_err(|e| FieldError::new("id", e.reason))?,
        kind: OrderKind::Channel,
        status,
        departure,
        source_time: told.updated_at,
        created_at: told.created_at,
        read_at,
        location: None,
        hold: None,
        reference: told.reference,
        lines,
        total: Money::from_minor(told.total.money("total", currency)?, currency),
    })
}

/// A line without a variant is a product that was typed in by hand, or is gone: it keeps a name of its own, so that a
/// person sees it. One that is neither a variant nor to be shipped (a tip, a fee) is no goods and was left out.
fn build_line(line: &ToldLine, told: &Told, currency: Currency) -> Result<ChannelLine, FieldError> {
    let listing = line.variant.clone().unwrap_or_else(|| format!("custom:{}", line.id));
    Ok(ChannelLine {
        id: LineId::new(&line.id).map_err(|e| FieldError::new("line_items.id", e.reason))?,
        listing: ListingId::new(listing).map_err(|e| FieldError::new("line_items.variant_id", e.reason))?,
        quantity: line.quantity,
        cancelled: cancelled(line, told),
        unit_price_minor: line.unit_price.money("line_items.price", currency)?,
    })
}

/// Units taken out before anything left: of those that no longer belong to the order, the ones that were neither in
/// a parcel nor are still to be sent. What came back after it was sent is no cancel.
fn cancelled(line: &ToldLine, told: &Told) -> u32 {
    let removed = line.quantity.saturating_sub(line.current);
    if removed == 0 || !told.all_parcels {
        return 0;
    }
    let gone = told.standing.parcels.iter().filter(|parcel| parcel.has_left());
    let sent = gone.filter_map(|parcel| parcel.units.get(&line.id)).fold(0_u32, |a, b| a.saturating_add(*b));
    removed.min(line.quantity.saturating_sub(sent).saturating_sub(line.unsent))
}
