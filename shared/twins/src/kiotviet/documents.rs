//! KiotViet's paper desk: invoices (what the shop sold) and orders (what buyers booked).
//!
//! CHANNELS §10; `2.5 Đặt hàng` and `2.12 Hóa đơn` of KiotViet's public API documents via
//! `anhntservices-1808/kiotviet-public-api-docs`, read 2026-11-21. Dates carry no zone; that they are local
//! time is from memory.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Core;
use super::api::{Outcome, Refusal, invalid, not_found, numbers, page, reply_page};
use super::shop::{Document, Kind, Shop, Taken};
use super::webhooks::RETAILER_ID;
use crate::TwinLine;
use crate::server::{Bend, Call};
use crate::wire::{point_zero, read_time, viet_nam};

impl Document {
    pub(crate) fn is_booking(&self) -> bool {
        self.kind == Kind::Booking
    }

    /// The number printed on the paper.
    pub(crate) fn code(&self) -> String {
        format!("{}{:06}", if self.is_booking() { "DH" } else { "HD" }, self.id % 1_000_000)
    }
}

/// A date as KiotViet writes it: local, seven digits behind the second, no zone.
pub(crate) fn time(at: Timestamp) -> String {
    at.to_zoned(viet_nam()).strftime("%Y-%m-%dT%H:%M:%S%.7f").to_string()
}

/// Reads a date from a query.
pub(crate) fn time_param(call: &Call, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = call.param(name).filter(|text| !text.is_empty()) else { return Ok(None) };
    read_time(text, viet_nam()).map(Some).ok_or_else(|| invalid(name))
}

pub(crate) fn status_text(document: &Document) -> &'static str {
    match (document.is_booking(), document.status) {
        (true, 1) => "Phiếu tạm",
        (true, 3) | (false, 1) => "Hoàn thành",
        (_, 2 | 4) => "Đã hủy",
        _ => "Đang xử lý",
    }
}

/// `GET /invoices` or `GET /orders`.
pub(crate) fn list(core: &Core, call: &Call, bookings: bool) -> Outcome {
    let (start, size) = page(call)?;
    let modified_from = time_param(call, "lastModifiedFrom")?;
    let modified_to = time_param(call, "toDate")?;
    let bought_from = time_param(call, "fromPurchaseDate")?;
    let bought_to = time_param(call, "toPurchaseDate")?;
    let of_booking = call.param("orderId").and_then(|id| id.parse::<u64>().ok());
    let (branches, statuses) = (numbers(call, "branchIds"), numbers(call, "status"));
    let shop = core.shop();
    let mut found: Vec<&Document> = shop
        .documents
        .values()
        .filter(|paper| paper.is_booking() == bookings)
        .filter(|paper| of_booking.is_none() || paper.of_booking == of_booking)
        .filter(|paper| branches.is_empty() || branches.contains(&paper.branch))
        .filter(|paper| statuses.is_empty() || statuses.contains(&u64::from(paper.status)))
        .filter(|paper| {
            let (bought, modified) = (paper.facts.placed_at, paper.facts.updated_at);
            modified_from.is_none_or(|from| modified >= from)
                && modified_to.is_none_or(|to| modified <= to)
                && bought_from.is_none_or(|from| bought >= from)
                && bought_to.is_none_or(|to| bought <= to)
        })
        .collect();
    if call.param("orderBy").is_some_and(|field| field.eq_ignore_ascii_case("modifiedDate")) {
        found.sort_by_key(|paper| (paper.facts.updated_at, paper.id));
    }
    if call.param("orderDirection").is_some_and(|direction| direction.eq_ignore_ascii_case("desc")) {
        found.reverse();
    }
    let total = found.len();
    let rows = found.into_iter().skip(start).take(size).map(|paper| describe(&shop, paper)).collect();
    Ok(reply_page(total, size, rows))
}

/// `GET /invoices/{id}` or `GET /orders/{id}`.
pub(crate) fn one(core: &Core, id: &str, bookings: bool) -> Outcome {
    let shop = core.shop();
    let paper = id.parse().ok().and_then(|id: u64| shop.documents.get(&id));
    let paper = paper.filter(|paper| paper.is_booking() == bookings).ok_or_else(|| missing(bookings))?;
    let mut row = describe(&shop, paper);
    // Only the single invoice names its order.
    let booking = paper.of_booking.and_then(|booking| shop.documents.get(&booking));
    if let (Some(booking), Some(row)) = (booking, row.as_object_mut()) {
        row.insert("orderCode".to_owned(), booking.code().into());
    }
    Ok(row)
}

/// The same by the number printed on the paper.
pub(crate) fn by_code(core: &Core, code: &str, bookings: bool) -> Outcome {
    let shop = core.shop();
    let mut papers = shop.documents.values().filter(|paper| paper.is_booking() == bookings);
    let paper = papers.find(|paper| paper.code() == code).ok_or_else(|| missing(bookings))?;
    Ok(describe(&shop, paper))
}

/// `POST /invoices` or `POST /orders`: a sale made elsewhere is entered here. An invoice with `deliveryDetail`
/// is still in progress; one with `orderId` fulfils that booking.
pub(crate) fn create(core: &Core, call: &Call, kind: Kind, bend: &Bend) -> Outcome {
    let body = call.json().ok_or_else(|| invalid("body"))?;
    let details = if kind == Kind::Booking { "orderDetails" } else { "invoiceDetails" };
    let rows = body.get(details).and_then(Value::as_array).filter(|rows| !rows.is_empty());
    let rows = rows.ok_or_else(|| invalid(details))?;
    let branch = body.get("branchId").and_then(Value::as_u64);
    let mut shop = core.shop();
    let branch = branch.filter(|id| shop.branches.iter().any(|(known, _)| known == id));
    let branch = branch.ok_or_else(|| invalid("branchId"))?.to_string();
    let mut lines = Vec::new();
    let mut total_minor = -body.get("discount").and_then(Value::as_i64).unwrap_or_default();
    for row in rows {
        let (line, price) = read_line(&shop, row).ok_or_else(|| not_found("Hàng hóa"))?;
        if bend.refuses(&line.listing) {
            return Err(invalid(&line.listing));
        }
        total_minor += price * i64::from(line.quantity);
        lines.push(line);
    }
    let delivered = body.get("deliveryDetail").is_some_and(|delivery| !delivery.is_null());
    let kind = if delivered && kind == Kind::TillSale { Kind::DeliverySale } else { kind };
    if !bend.applies() {
        return Ok(json!({"id": 1, "code": "HD000000", "branchId": branch, "status": 1}));
    }
    let of_booking = body.get("orderId").and_then(Value::as_u64);
    if let Some(booking) = of_booking {
        shop.fulfil_booking(&booking.to_string());
    }
    let description = body.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
    let taken = Taken { of_booking, description, total_minor };
    let id: u64 = shop.take_in(kind, &branch, &lines, taken).parse().unwrap_or_default();
    Ok(shop.documents.get(&id).map(|paper| describe(&shop, paper)).unwrap_or_default())
}

/// `DELETE`: voids the paper; the units come back.
pub(crate) fn remove(core: &Core, id: &str, bookings: bool, bend: &Bend) -> Outcome {
    one(core, id, bookings)?;
    if bend.applies() && !core.shop().cancel(id) {
        return Err(invalid("status"));
    }
    Ok(json!({"message": "Xóa dữ liệu thành công"}))
}

/// Quantities are typed double; only whole positive ones make sense here. A line without a price has the product's.
fn read_line(shop: &Shop, row: &Value) -> Option<(TwinLine, i64)> {
    let by_id = row.get("productId").and_then(Value::as_u64).and_then(|id| shop.products.get(&id));
    let code = row.get("productCode").and_then(Value::as_str);
    let product =
        by_id.or_else(|| shop.products.values().find(|product| Some(product.code.as_str()) == code))?;
    let quantity = row.get("quantity")?.to_string();
    let whole = quantity.strip_suffix(".0").unwrap_or(&quantity);
    let price = row.get("price").and_then(Value::as_i64).unwrap_or(product.price_minor);
    Some((TwinLine { listing: product.id.to_string(), quantity: whole.parse().ok()? }, price))
}

fn missing(bookings: bool) -> Refusal {
    not_found(if bookings { "Đơn đặt hàng" } else { "Hóa đơn" })
}

/// The paper as REST gives it, in camelCase; quantities are typed double and amounts decimal.
fn describe(shop: &Shop, paper: &Document) -> Value {
    let details: Vec<Value> = paper
        .facts
        .lines
        .iter()
        .filter_map(|line| {
            let product = line.listing.parse().ok().and_then(|id: u64| shop.products.get(&id))?;
            Some(json!({
                "productId": product.id,
                "productCode": product.code,
                "productName": product.name,
                "quantity": point_zero(i64::from(line.quantity)),
                "price": point_zero(product.price_minor),
                "discount": point_zero(0),
                "note": "",
            }))
        })
        .collect();
    let delivery = paper.delivery.map(|status| json!({"status": status, "usingPriceCod": false}));
    let mut row = json!({
        "id": paper.id,
        "code": paper.code(),
        "purchaseDate": time(paper.facts.placed_at),
        "branchId": paper.branch,
        "branchName": shop.branch_name(paper.branch),
        "soldById": 1,
        "soldByName": "Thu ngân",
        "customerName": "Nguyễn Văn Thử",
        "total": point_zero(paper.facts.total_minor),
        "totalPayment": point_zero(paper.facts.total_minor),
        "status": paper.status,
        "statusValue": status_text(paper),
        "description": paper.description,
        "usingCod": false,
        "retailerId": RETAILER_ID,
        "createdDate": time(paper.facts.placed_at),
        "modifiedDate": time(paper.facts.updated_at),
        (if paper.is_booking() { "orderDetails" } else { "invoiceDetails" }): details,
    });
    if let (Some(delivery), Some(row)) = (delivery, row.as_object_mut()) {
        row.insert("invoiceDelivery".to_owned(), delivery);
    }
    row
}
