//! The messages KiotViet sends: the level that is left, and the paper that caused it; and when it falls silent.
//!
//! CHANNELS §10; `2.11 Webhook` of KiotViet's public API documents via
//! `anhntservices-1808/kiotviet-public-api-docs`, read 2026-11-21.

use serde_json::{Value, json};

use super::documents::{status_text, time};
use super::shop::{Document, Kind, Shop};
use super::{KiotVietTwinConfig, SignatureForm};
use crate::Push;
use crate::signing::{from_base64, hmac_hex, id_of};

/// The shop's number, written behind every action.
pub(crate) const RETAILER_ID: u64 = 1001;
/// The documents count attempts without saying when they end; the twin gives up after this many.
const ATTEMPTS_MAX: u64 = 10;
/// Answers after which KiotViet sends nothing more to that address.
const STOPPING: [u16; 5] = [400, 401, 403, 404, 405];
const TYPES: [&str; 3] = ["stock.update", "order.update", "invoice.update"];

/// One registered webhook.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    pub(crate) id: u64,
    pub(crate) kind: String,
    pub(crate) url: String,
    pub(crate) secret: String,
    pub(crate) is_active: bool,
}

/// What is needed to write and sign a message.
pub(crate) struct Signer {
    form: SignatureForm,
    sent: u64,
}

impl Hook {
    pub(crate) fn all(config: &KiotVietTwinConfig) -> Vec<Self> {
        let hook = |(id, kind): (u64, &str)| Self {
            id,
            kind: kind.to_owned(),
            url: config.webhook_url.clone(),
            secret: config.webhook_secret.clone(),
            is_active: true,
        };
        (1..).zip(TYPES).map(hook).collect()
    }

    pub(crate) fn describe(&self) -> Value {
        json!({
            "id": self.id,
            "type": self.kind,
            "url": self.url,
            "isActive": self.is_active,
            "retailerId": RETAILER_ID,
            "description": "hopkenh",
        })
    }
}

impl Signer {
    pub(crate) fn new(config: &KiotVietTwinConfig) -> Self {
        Self { form: config.signature_form, sent: 0 }
    }

    fn sign(&self, secret: &str, body: &[u8]) -> String {
        let decoded = || from_base64(secret).unwrap_or_else(|| secret.as_bytes().to_vec());
        let key = match self.form {
            SignatureForm::Hex | SignatureForm::PrefixedHex => secret.as_bytes().to_vec(),
            SignatureForm::HexDecodedKey | SignatureForm::PrefixedHexDecodedKey => decoded(),
        };
        let seal = hmac_hex(&key, &[body]);
        match self.form {
            SignatureForm::Hex | SignatureForm::HexDecodedKey => seal,
            SignatureForm::PrefixedHex | SignatureForm::PrefixedHexDecodedKey => format!("sha256={seal}"),
        }
    }
}

/// Tells the levels that these products now have in a branch.
pub(crate) fn stock_changed(shop: &mut Shop, branch: u64, products: &[u64]) {
    let branch_name = shop.branch_name(branch).to_owned();
    let rows: Vec<Value> = products
        .iter()
        .filter_map(|id| shop.products.get(id))
        .filter_map(|product| {
            let level = product.levels.get(&branch)?;
            Some(json!({
                "ProductId": product.id,
                "ProductCode": product.code,
                "ProductName": product.name,
                "BranchId": branch,
                "BranchName": branch_name,
                "Cost": 0,
                "OnHand": level.on_hand,
                "Reserved": level.reserved,
            }))
        })
        .collect();
    if !rows.is_empty() {
        queue(shop, "stock.update", &Value::from(rows));
    }
}

/// Tells an invoice or a booking as it now is.
pub(crate) fn document_changed(shop: &mut Shop, id: u64) {
    let Some(document) = shop.documents.get(&id) else { return };
    let row = describe(shop, document);
    let kind = if document.kind == Kind::Booking { "order.update" } else { "invoice.update" };
    queue(shop, kind, &json!([row]));
}

fn describe(shop: &Shop, document: &Document) -> Value {
    let details: Vec<Value> = document
        .facts
        .lines
        .iter()
        .filter_map(|line| {
            let product = line.listing.parse().ok().and_then(|id: u64| shop.products.get(&id))?;
            Some(json!({
                "ProductId": product.id,
                "ProductCode": product.code,
                "ProductName": product.name,
                "Quantity": line.quantity,
                "Price": product.price_minor,
                "Discount": 0,
                "DiscountRatio": 0,
            }))
        })
        .collect();
    let is_booking = document.kind == Kind::Booking;
    let delivery = document.delivery.map(|status| json!({"Status": status, "UsingPriceCod": false}));
    json!({
        "Id": document.id,
        "Code": document.code(),
        "PurchaseDate": time(document.facts.placed_at),
        "BranchId": document.branch,
        "BranchName": shop.branch_name(document.branch),
        "SoldById": 1,
        "SoldByName": "Thu ngân",
        "CustomerName": "Nguyễn Văn Thử",
        "Total": document.facts.total_minor,
        "TotalPayment": document.facts.total_minor,
        "Status": document.status,
        "StatusValue": status_text(document),
        "Description": document.description,
        "UsingCod": false,
        "ModifiedDate": time(document.facts.updated_at),
        "InvoiceDelivery": delivery,
        (if is_booking { "OrderDetails" } else { "InvoiceDetails" }): details,
    })
}

fn queue(shop: &mut Shop, kind: &str, rows: &Value) {
    let Some(hook) = shop.hooks.iter().find(|hook| hook.kind == kind && hook.is_active).cloned() else {
        return;
    };
    shop.signer.sent += 1;
    let envelope = json!({
        "Id": id_of(&format!("kiotviet push {}", shop.signer.sent)),
        "Attempt": 1,
        "Notifications": [{"Action": format!("{kind}.{RETAILER_ID}"), "Data": rows}],
    });
    let push = seal(shop, &hook, &envelope);
    shop.waiting.push(push);
}

fn seal(shop: &Shop, hook: &Hook, envelope: &Value) -> Push {
    let body = envelope.to_string().into_bytes();
    Push {
        method: "POST".to_owned(),
        url: hook.url.clone(),
        headers: vec![
            ("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned()),
            ("X-Hub-Signature".to_owned(), shop.signer.sign(&hook.secret, &body)),
        ],
        body,
    }
}

/// A 2xx is fine; the five stopping answers silence the address; anything else is tried again, with the same
/// id and the next attempt number.
pub(crate) fn answered(shop: &mut Shop, push: &Push, status: u16) {
    if (200..300).contains(&status) {
        return;
    }
    if STOPPING.contains(&status) {
        for hook in shop.hooks.iter_mut().filter(|hook| hook.url == push.url) {
            hook.is_active = false;
        }
        shop.waiting.retain(|waiting| waiting.url != push.url);
        return;
    }
    if let Some(again) = next_attempt(shop, push) {
        shop.waiting.push(again);
    }
}

fn next_attempt(shop: &Shop, push: &Push) -> Option<Push> {
    let mut envelope: Value = serde_json::from_slice(&push.body).ok()?;
    let attempt = envelope.get("Attempt")?.as_u64()?;
    let action = envelope.pointer("/Notifications/0/Action")?.as_str()?.to_owned();
    let hook = shop.hooks.iter().find(|hook| hook.is_active && action.starts_with(&hook.kind))?;
    if attempt >= ATTEMPTS_MAX {
        return None;
    }
    *envelope.get_mut("Attempt")? = Value::from(attempt + 1);
    Some(seal(shop, hook, &envelope))
}
