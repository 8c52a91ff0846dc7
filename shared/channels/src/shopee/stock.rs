//! Stock on Shopee: what a listing shows, set whole and read back.

use super::facts::MODELS_MAX;
use super::wire::{
    Envelope, ITEM_BASE_INFO, ItemList, MODEL_LIST, ModelList, StockAnswer, StockInfo, UPDATE_STOCK,
};
use super::{errors, sign};
use crate::channel::{Session, StockOutcome, StockReading, StockSet};
use crate::error::{ChannelError, ErrorKind};
use crate::json::{self, FieldError};
use commerce::ids::ListingId;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// "Update stock failed, please check failure_list for detailed reason": the one refusal that still tells per
/// model.
const SEE_FAILURE_LIST: &str = "error_busi_update_stock_failed";

/// A listing's two numbers; model 0 stands for an item without variations.
fn parts(listing: &ListingId) -> Result<(u64, u64), ChannelError> {
    let numbers = listing.as_str().split_once(':');
    let read = numbers.and_then(|(item, model)| Some((item.parse().ok()?, model.parse().ok()?)));
    read.ok_or_else(|| ChannelError::refused(format!("listing {listing} is not item_id:model_id")))
}

/// Sets listings, one call for each item. After a call that failed for all, the rest is not sent.
pub(super) async fn set(session: &Session<'_>, sets: &[StockSet]) -> Result<Vec<StockOutcome>, ChannelError> {
    let mut outcomes = Vec::new();
    let mut items: BTreeMap<u64, Vec<(u64, &StockSet)>> = BTreeMap::new();
    for set in sets {
        match parts(&set.listing) {
            Ok((item, model)) => items.entry(item).or_default().push((model, set)),
            Err(error) => outcomes.push((set.listing.clone(), Err(error))),
        }
    }
    let mut stopped: Option<ChannelError> = None;
    for (item, models) in &items {
        for models in models.chunks(MODELS_MAX) {
            match &stopped {
                Some(error) => outcomes.extend(all_failed(models, &error.not_sent())),
                None => match set_item(session, *item, models).await {
                    Ok(done) => outcomes.extend(done),
                    Err(error) => {
                        outcomes.extend(all_failed(models, &error));
                        stopped = Some(error).filter(concerns_all);
                    }
                },
            }
        }
    }
    Ok(outcomes)
}

fn all_failed(models: &[(u64, &StockSet)], error: &ChannelError) -> Vec<StockOutcome> {
    models.iter().map(|(_, set)| (set.listing.clone(), Err(error.clone()))).collect()
}

/// A refusal of one item says nothing about the next; a dead token or a limit does.
fn concerns_all(error: &ChannelError) -> bool {
    !matches!(error.kind, ErrorKind::Refused | ErrorKind::NotFound | ErrorKind::Locked)
}

async fn set_item(
    session: &Session<'_>,
    item: u64,
    models: &[(u64, &StockSet)],
) -> Result<Vec<StockOutcome>, ChannelError> {
    let url = sign::signed_url(session, UPDATE_STOCK, &[])?;
    let body = stock_body(session, item, models).to_string();
    let request = session.http.request(Method::POST, &url).header("content-type", "application/json");
    let answer = session.http.send(request.body(body)).await?;
    let envelope = errors::envelope(&answer).map_err(ChannelError::after_write)?;
    read_outcomes(envelope, models)
}

/// `location_id` only where the shop has several warehouses: the shape must be the one the item has.
/// (open.shopee.com, v2.product.update_stock, 2026-11-21)
fn stock_body(session: &Session<'_>, item: u64, models: &[(u64, &StockSet)]) -> Value {
    let location = session.account("location_id").ok();
    let row = |(model, set): &(u64, &StockSet)| {
        let seller_stock = match location {
            Some(location) => json!([{ "location_id": location, "stock": set.quantity }]),
            None => json!([{ "stock": set.quantity }]),
        };
        json!({ "model_id": model, "seller_stock": seller_stock })
    };
    json!({ "item_id": item, "stock_list": models.iter().map(row).collect::<Vec<_>>() })
}

/// A call may succeed for some models only, and a failed call may tell its models' reasons.
pub(super) fn read_outcomes(
    envelope: Envelope,
    models: &[(u64, &StockSet)],
) -> Result<Vec<StockOutcome>, ChannelError> {
    let refused = errors::code(&envelope).map(str::to_owned);
    let failed = refused
        .as_deref()
        .map(|code| errors::from_code(code, envelope.message.given().unwrap_or_default()).after_write());
    if let Some(error) = failed.as_ref().filter(|_| refused.as_deref() != Some(SEE_FAILURE_LIST)) {
        return Err(error.clone());
    }
    let lists: StockAnswer = json::row("response", envelope.response).unwrap_or_default();
    let mut told: BTreeMap<i64, Result<(), ChannelError>> = BTreeMap::new();
    for row in lists.success_list.rows_or_none("response.success_list").unwrap_or_default() {
        told.insert(row.model_id.whole("success_list.model_id").unwrap_or(-1), Ok(()));
    }
    for row in lists.failure_list.rows_or_none("response.failure_list").unwrap_or_default() {
        let reason = errors::from_reason(row.failed_reason.given().unwrap_or("no reason given"));
        told.insert(row.model_id.whole("failure_list.model_id").unwrap_or(-1), Err(reason));
    }
    let silent = failed.unwrap_or_else(|| {
        ChannelError::unreadable("the answer names the model neither done nor failed").after_write()
    });
    let of = |model: u64| i64::try_from(model).ok().and_then(|model| told.get(&model).cloned());
    let outcome = |(model, set): &(u64, &StockSet)| {
        (set.listing.clone(), of(*model).unwrap_or_else(|| Err(silent.clone())))
    };
    Ok(models.iter().map(outcome).collect())
}

/// Reads what listings show: one call for each item with variations, one for up to fifty without.
pub(super) async fn read(
    session: &Session<'_>,
    listings: &[ListingId],
) -> Result<Vec<StockReading>, ChannelError> {
    let mut simple = Vec::new();
    let mut varied: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (item, model) in listings.iter().filter_map(|listing| parts(listing).ok()) {
        if model == 0 { simple.push(item) } else { varied.entry(item).or_default().push(model) }
    }
    let mut readings = Vec::new();
    for items in simple.chunks(MODELS_MAX) {
        readings.extend(read_simple(session, items).await?);
    }
    for (item, models) in varied {
        readings.extend(read_models(session, item, &models).await?);
    }
    Ok(readings)
}

async fn read_simple(session: &Session<'_>, items: &[u64]) -> Result<Vec<StockReading>, ChannelError> {
    let list = items.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    let as_of = (session.clock)();
    let Some(value) = get(session, ITEM_BASE_INFO, ("item_id_list", &list)).await? else {
        return Ok(Vec::new());
    };
    let answer: ItemList = json::row("response", value)?;
    let mut readings = Vec::new();
    for row in answer.item_list.rows_or_none("response.item_list")? {
        let item = row.item_id.whole("item_list.item_id")?;
        let quantity = shown(row.stock_info_v2)?;
        readings.push(StockReading {
            listing: listing(item, 0)?,
            branch: None,
            quantity,
            gross: None,
            as_of,
        });
    }
    Ok(readings)
}

async fn read_models(
    session: &Session<'_>,
    item: u64,
    wanted: &[u64],
) -> Result<Vec<StockReading>, ChannelError> {
    let as_of = (session.clock)();
    let id = item.to_string();
    let Some(value) = get(session, MODEL_LIST, ("item_id", &id)).await? else { return Ok(Vec::new()) };
    let answer: ModelList = json::row("response", value)?;
    let mut readings = Vec::new();
    for row in answer.model.rows_or_none("response.model")? {
        let model = row.model_id.whole("model.model_id")?;
        if wanted.iter().any(|w| i64::try_from(*w) == Ok(model)) {
            let quantity = shown(row.stock_info_v2)?;
            let listing = ListingId::new(format!("{item}:{model}"));
            let listing = listing.map_err(|e| FieldError::new("model.model_id", e.reason))?;
            readings.push(StockReading { listing, branch: None, quantity, gross: None, as_of });
        }
    }
    Ok(readings)
}

fn listing(item: i64, model: u64) -> Result<ListingId, FieldError> {
    ListingId::new(format!("{item}:{model}")).map_err(|e| FieldError::new("item_list.item_id", e.reason))
}

/// The answer's content; none where Shopee does not know the item.
async fn get(session: &Session<'_>, path: &str, query: (&str, &str)) -> Result<Option<Value>, ChannelError> {
    let url = sign::signed_url(session, path, &[query])?;
    let answer = session.http.send(session.http.request(Method::GET, &url)).await?;
    match errors::read(&answer) {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What buyers can take: the sum Shopee tells, or else the seller's own stock over all warehouses.
pub(super) fn shown(info: StockInfo) -> Result<i64, FieldError> {
    let total = &info.summary_info.total_available_stock;
    if total.given().is_some() {
        return total.whole("stock_info_v2.summary_info.total_available_stock");
    }
    let rows = info.seller_stock.rows("stock_info_v2.seller_stock")?;
    let stock = |row: &super::wire::SellerStock| row.stock.whole("stock_info_v2.seller_stock.stock");
    rows.iter().try_fold(0_i64, |sum, row| Ok(sum.saturating_add(stock(row)?)))
}
