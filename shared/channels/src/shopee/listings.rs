//! What a shop has on sale at Shopee: its items and their variations, with what promotions have reserved.

use super::list::is_true;
use super::wire::{
    BaseInfo, ITEM_BASE_INFO, ITEM_LIST, ItemList, ItemNumbers, MODEL_LIST, Model, ModelList, StockInfo,
};
use super::{call, stock};
use crate::channel::Session;
use crate::error::{ChannelError, ErrorKind};
use crate::json::{self, FieldError, Loose};
use crate::listings::{ChannelListing, ListingPage};
use crate::paging::{Cursor, Page};
use commerce::ids::ListingId;
use commerce::park::ParkReason;

/// Items on one page of ours. Each item with variations costs a call of its own, so a page is at most twelve calls.
const ITEMS_PER_PAGE: &str = "10";

type Row = Result<ChannelListing, ParkReason>;

/// One page: the numbers of some items, what they are, and the variations of each that has some.
pub(super) async fn list(
    session: &Session<'_>,
    cursor: Option<&Cursor>,
) -> Result<ListingPage, ChannelError> {
    let offset = cursor.map_or("0", |cursor| cursor.0.as_str());
    let query = [
        ("offset", offset),
        ("page_size", ITEMS_PER_PAGE),
        ("item_status", "NORMAL"),
        ("item_status", "UNLIST"),
        ("item_status", "BANNED"),
    ];
    let page: ItemNumbers = json::row("response", call::get(session, ITEM_LIST, &query).await?)?;
    let next = match is_true(&page.has_next_page) {
        true => Some(Cursor(page.next_offset.whole("response.next_offset")?.to_string())),
        false => None,
    };
    let mut rows = Vec::new();
    let mut numbers = Vec::new();
    for item in page.item.rows_or_none("response.item")? {
        match item.item_id.whole("item.item_id") {
            Ok(number) => numbers.push(number.to_string()),
            Err(error) => rows.push(Err(error.into())),
        }
    }
    if !numbers.is_empty() {
        rows.extend(describe(session, &numbers.join(",")).await?);
    }
    Ok(Page { rows, next })
}

async fn describe(session: &Session<'_>, numbers: &str) -> Result<Vec<Row>, ChannelError> {
    let found = or_none(call::get(session, ITEM_BASE_INFO, &[("item_id_list", numbers)]).await)?;
    let Some(value) = found else { return Ok(Vec::new()) };
    let answer: ItemList = json::row("response", value)?;
    let mut rows = Vec::new();
    for item in answer.item_list.rows_or_none("response.item_list")? {
        if is_true(&item.has_model) {
            rows.extend(variations(session, &item).await?);
        } else {
            rows.push(simple(item).map_err(ParkReason::from));
        }
    }
    Ok(rows)
}

/// An item that vanished between two calls is no failure.
fn or_none<T>(answer: Result<T, ChannelError>) -> Result<Option<T>, ChannelError> {
    match answer {
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        answer => answer.map(Some),
    }
}

fn simple(item: BaseInfo) -> Result<ChannelListing, FieldError> {
    let number = item.item_id.whole("item_list.item_id")?;
    let locked = locked(&item.stock_info_v2)?;
    Ok(ChannelListing {
        id: listing_id(number, 0)?,
        sku: text(&item.item_sku),
        barcode: barcode(&item.gtin_code),
        title: text(&item.item_name).unwrap_or_default(),
        shown: stock::shown(item.stock_info_v2).ok(),
        locked,
        is_active: item.item_status.given() == Some("NORMAL"),
    })
}

async fn variations(session: &Session<'_>, item: &BaseInfo) -> Result<Vec<Row>, ChannelError> {
    let number = match item.item_id.whole("item_list.item_id") {
        Ok(number) => number,
        Err(error) => return Ok(vec![Err(error.into())]),
    };
    let query = [("item_id", number.to_string())];
    let query = [(query[0].0, query[0].1.as_str())];
    let Some(value) = or_none(call::get(session, MODEL_LIST, &query).await)? else { return Ok(Vec::new()) };
    let answer: ModelList = json::row("response", value)?;
    let models = answer.model.rows_or_none("response.model")?;
    Ok(models.into_iter().map(|model| variation(item, number, model).map_err(ParkReason::from)).collect())
}

fn variation(item: &BaseInfo, number: i64, model: Model) -> Result<ChannelListing, FieldError> {
    let locked = locked(&model.stock_info_v2)?;
    let names = [text(&item.item_name), text(&model.model_name)];
    let is_sold = model.model_status.given().is_none_or(|status| status == "MODEL_NORMAL");
    Ok(ChannelListing {
        id: listing_id(number, model.model_id.whole("model.model_id")?)?,
        sku: text(&model.model_sku).or_else(|| text(&item.item_sku)),
        barcode: barcode(&model.gtin_code),
        title: names.into_iter().flatten().collect::<Vec<_>>().join(" / "),
        shown: stock::shown(model.stock_info_v2).ok(),
        locked,
        is_active: is_sold && item.item_status.given() == Some("NORMAL"),
    })
}

fn listing_id(item: i64, model: i64) -> Result<ListingId, FieldError> {
    ListingId::new(format!("{item}:{model}")).map_err(|e| FieldError::new("item_id", e.reason))
}

fn text(value: &Loose) -> Option<String> {
    value.given().map(str::to_owned)
}

/// `00` stands for "has none". (v2.product.get_item_base_info, 2026-11-30)
fn barcode(value: &Loose) -> Option<String> {
    text(value).filter(|code| code != "00" && code != "-")
}

/// Units reserved for promotions: stock cannot be set below them.
fn locked(info: &StockInfo) -> Result<u32, FieldError> {
    let reserved = &info.summary_info.total_reserved_stock;
    match reserved.given() {
        Some(_) => reserved.units("stock_info_v2.summary_info.total_reserved_stock"),
        None => Ok(0),
    }
}
