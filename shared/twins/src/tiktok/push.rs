//! The messages TikTok Shop sends: signed, thin, and sent again when they were not received well.
//!
//! CHANNELS §3.1; pages "Webhooks overview", "(1) Order status change", "(11)", "(12)" and "(27)" of
//! partner.tiktokshop.com, read 2026-11-21.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::TikTokTwinConfig;
use super::shop::{Shop, Sku};
use crate::Push;
use crate::signing::hmac_hex;

/// A failed push is sent again after these times; then it is lost.
const RETRY_AFTER_SECONDS: [i64; 4] = [120, 1_800, 10_800, 43_200];
/// Notification ids are texts of digits; this is where ours begin.
const FIRST_ID: u64 = 7_380_066_284_010_030_890;

const ORDER_STATUS: (u64, &str) = (1, "ORDER_STATUS_CHANGE");
const CANCELLATION: (u64, &str) = (11, "CANCELLATION_STATUS_CHANGE");
const RETURN: (u64, &str) = (12, "RETURN_STATUS_CHANGE");
const INVENTORY: (u64, &str) = (27, "INVENTORY_STATUS_CHANGE");

/// What waits to be sent, or to be sent again.
pub(crate) struct Outbox {
    app_key: String,
    app_secret: String,
    shop_id: String,
    address: String,
    sent: u64,
    waiting: Vec<Push>,
    again: Vec<(Timestamp, Push)>,
    failures: HashMap<Vec<u8>, usize>,
}

impl Outbox {
    pub(crate) fn new(config: &TikTokTwinConfig) -> Self {
        Self {
            app_key: config.app_key.clone(),
            app_secret: config.app_secret.clone(),
            shop_id: config.shop_id.clone(),
            address: config.webhook_url.clone(),
            sent: 0,
            waiting: Vec::new(),
            again: Vec::new(),
            failures: HashMap::new(),
        }
    }

    fn queue(&mut self, kind: u64, address: Option<&str>, data: &Value, at: Timestamp) {
        self.sent += 1;
        let envelope = json!({
            "type": kind,
            "tts_notification_id": (FIRST_ID + self.sent).to_string(),
            "shop_id": self.shop_id,
            "timestamp": at.as_second(),
            "data": data,
        });
        let body = envelope.to_string().into_bytes();
        let seal = hmac_hex(self.app_secret.as_bytes(), &[self.app_key.as_bytes(), &body]);
        self.waiting.push(Push {
            method: "POST".to_owned(),
            url: address.unwrap_or(&self.address).to_owned(),
            headers: vec![
                ("Content-Type".to_owned(), "application/json".to_owned()),
                ("Authorization".to_owned(), seal),
            ],
            body,
        });
    }

    /// New pushes and those whose time to be sent again has come.
    fn take(&mut self, now: Timestamp) -> Vec<Push> {
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.again).into_iter().partition(|(due, _)| *due <= now);
        self.again = later;
        let mut taken: Vec<Push> = due.into_iter().map(|(_, push)| push).collect();
        taken.append(&mut self.waiting);
        taken
    }

    /// Only 200 counts.
    fn answered(&mut self, push: &Push, status: u16, now: Timestamp) {
        if status == 200 {
            self.failures.remove(&push.body);
            self.again.retain(|(_, waiting)| waiting.body != push.body);
            return;
        }
        if self.again.iter().any(|(_, waiting)| waiting.body == push.body) {
            return;
        }
        let failures = self.failures.entry(push.body.clone()).or_insert(0);
        let wait = RETRY_AFTER_SECONDS.get(*failures).copied();
        *failures += 1;
        if let Some(due) = wait.and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds)).ok()) {
            self.again.push((due, push.clone()));
        }
    }
}

impl Shop {
    /// Queues a push to the address of its type, or to the app's own.
    fn tell(&mut self, (kind, name): (u64, &str), data: &Value) {
        let now = self.now();
        let address = self.webhooks.get(name).map(|webhook| webhook.address.as_str());
        self.outbox.queue(kind, address, data, now);
    }

    /// An order has a new status, `CANCEL` where the API writes `CANCELLED`. Nothing about items or the buyer.
    pub(crate) fn tell_status(&mut self, order_id: &str, status: &str, is_on_hold: bool) {
        let data = json!({
            "order_id": order_id,
            "order_status": status,
            "is_on_hold_order": is_on_hold,
            "update_time": self.now().as_second(),
        });
        self.tell(ORDER_STATUS, &data);
    }

    pub(crate) fn tell_cancellation(&mut self, order_id: &str, role: &str) {
        let data = json!({
            "order_id": order_id,
            "cancellations_role": role,
            "cancel_status": "CANCELLATION_REQUEST_COMPLETE",
            "cancel_id": format!("4035{order_id}"),
            "create_time": self.now().as_second(),
        });
        self.tell(CANCELLATION, &data);
    }

    pub(crate) fn tell_return(&mut self, order_id: &str) {
        let now = self.now().as_second();
        let data = json!({
            "order_id": order_id,
            "return_role": "BUYER",
            "return_type": "RETURN_AND_REFUND",
            "return_status": "RETURN_OR_REFUND_REQUEST_PENDING",
            "return_id": format!("4036{order_id}"),
            "create_time": now,
            "update_time": now,
        });
        self.tell(RETURN, &data);
    }

    /// An alert, not a level: the last unit is gone.
    pub(crate) fn tell_out_of_stock(&mut self, sku: &Sku) {
        let data = json!({
            "product_id": sku.product_id,
            "sku_id": sku.sku_id,
            "trigger_reason": {"alert_type": "REALTIME", "low_stock_threshold": 0},
            "current_inventory_status": "OUT_OF_STOCK",
            "inventory_distribution": {
                "total_quantity": sku.available + sku.committed,
                "available_quantity": sku.available,
                "creator_reserved_quantity": 0,
                "campaign_reserved_quantity": sku.locked,
                "committed_quantity": sku.committed,
            },
            "update_time": self.now().as_second(),
        });
        self.tell(INVENTORY, &data);
    }

    pub(crate) fn take_pushes(&mut self) -> Vec<Push> {
        let now = self.now();
        self.outbox.take(now)
    }

    pub(crate) fn push_answered(&mut self, push: &Push, status: u16) {
        let now = self.now();
        self.outbox.answered(push, status, now);
    }
}
