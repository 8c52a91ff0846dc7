//! The messages Shopee sends: signed, thin, sent again when they were not received well, and kept when lost.
//!
//! CHANNELS §1.1 (push guide of open.shopee.com via `Erlangga-Aditya/Tugas_Akhir`, live VN capture via
//! `phongvan381989/MVCPlayWithMe`), read 2026-11-21.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::ShopeeTwinConfig;
use super::shop::{Model, Shop};
use crate::Push;
use crate::signing::{hmac_hex, id_of};

/// A failed push is sent again after these times; then it is lost.
const RETRY_AFTER_SECONDS: [i64; 3] = [300, 1_800, 10_800];
/// Lost pushes are kept this long.
const LOST_KEPT: SignedDuration = SignedDuration::from_hours(72);
/// A page of lost pushes.
const LOST_PAGE: usize = 100;

/// Answers of this span count, once there are more than so many of them.
const COUNTED: SignedDuration = SignedDuration::from_hours(6);
const COUNTED_MIN: usize = 600;
/// Below these percentages of good answers Shopee warns, and then sends nothing more.
const WARNED_BELOW: usize = 70;
const SUSPENDED_BELOW: usize = 30;

const ORDER_STATUS: u64 = 3;
const TRACKING_NUMBER: u64 = 4;
const RESERVED_STOCK_CHANGE: u64 = 8;

/// What waits to be sent, to be sent again, or to be asked for.
pub(crate) struct Outbox {
    partner_key: String,
    callback_url: String,
    shop_id: u64,
    sent: u64,
    waiting: Vec<Push>,
    again: Vec<(Timestamp, Push)>,
    failures: HashMap<Vec<u8>, usize>,
    lost: Vec<(u64, Timestamp, Value)>,
    lost_so_far: u64,
    on: BTreeSet<u64>,
    answers: Vec<(Timestamp, bool)>,
    suspended_at: Option<Timestamp>,
}

impl Outbox {
    pub(crate) fn new(config: &ShopeeTwinConfig) -> Self {
        Self {
            partner_key: config.partner_key.clone(),
            callback_url: config.callback_url.clone(),
            shop_id: config.shop_id,
            sent: 0,
            waiting: Vec::new(),
            again: Vec::new(),
            failures: HashMap::new(),
            lost: Vec::new(),
            lost_so_far: 0,
            on: BTreeSet::from([ORDER_STATUS, TRACKING_NUMBER, RESERVED_STOCK_CHANGE]),
            answers: Vec::new(),
            suspended_at: None,
        }
    }

    /// An order has a new status. Nothing about items, prices or the buyer.
    pub(crate) fn status(&mut self, order_sn: &str, status: &str, at: Timestamp) {
        let data = json!({
            "completed_scenario": "",
            "items": [],
            "ordersn": order_sn,
            "status": status,
            "update_time": at.as_second(),
        });
        self.queue(ORDER_STATUS, &data, at);
    }

    /// The parcel has a tracking number.
    pub(crate) fn tracking(&mut self, order_sn: &str, at: Timestamp) {
        let data = json!({
            "ordersn": order_sn,
            "forder_id": format!("F{order_sn}"),
            "package_number": package_number(order_sn),
            "tracking_no": format!("SPXVN{order_sn}"),
        });
        self.queue(TRACKING_NUMBER, &data, at);
    }

    /// Promotion units were taken or given back.
    pub(crate) fn reserved(&mut self, model: &Model, old: i64, taken: bool, order_sn: &str, at: Timestamp) {
        let data = json!({
            "action": if taken { "place_order" } else { "cancel_order" },
            "item_id": model.item_id,
            "variation_id": model.model_id,
            "ordersn": order_sn,
            "promotion_id": 300,
            "promotion_type": "product_promotion",
            "update_time": at.as_second(),
            "changed_values": [{"name": "reserved_stock", "old": old, "new": model.reserved}],
        });
        self.queue(RESERVED_STOCK_CHANGE, &data, at);
    }

    fn queue(&mut self, code: u64, data: &Value, at: Timestamp) {
        // What is missed while it is suspended is not sent later, and not kept either.
        if self.is_suspended() || !self.on.contains(&code) {
            return;
        }
        self.sent += 1;
        let envelope = json!({
            "msg_id": id_of(&format!("shopee push {} {}", self.shop_id, self.sent)),
            "data": data,
            "shop_id": self.shop_id,
            "code": code,
            "timestamp": at.as_second(),
        });
        let body = envelope.to_string().into_bytes();
        let parts: [&[u8]; 3] = [self.callback_url.as_bytes(), b"|", &body];
        let seal = hmac_hex(self.partner_key.as_bytes(), &parts);
        self.waiting.push(Push {
            method: "POST".to_owned(),
            url: self.callback_url.clone(),
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

    /// Only a 2xx with an empty body counts; `200 {"ok":true}` is a failure.
    fn answered(&mut self, push: &Push, status: u16, body_length: usize, now: Timestamp) {
        let is_good = (200..300).contains(&status) && body_length == 0;
        self.count(is_good, now);
        if is_good {
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
        match wait.and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds)).ok()) {
            Some(due) => self.again.push((due, push.clone())),
            None => self.lose(push, now),
        }
    }

    /// More than 600 answers in six hours: below 30 percent good ones nothing is sent any more.
    fn count(&mut self, is_good: bool, now: Timestamp) {
        self.answers.push((now, is_good));
        self.answers.retain(|(at, _)| now.duration_since(*at) <= COUNTED);
        if self.good_percent().is_some_and(|percent| percent < SUSPENDED_BELOW) {
            self.suspended_at = Some(now);
            self.waiting.clear();
            self.again.clear();
        }
    }

    fn good_percent(&self) -> Option<usize> {
        let good = self.answers.iter().filter(|(_, is_good)| *is_good).count();
        (self.answers.len() > COUNTED_MIN).then(|| good * 100 / self.answers.len())
    }

    pub(crate) fn is_suspended(&self) -> bool {
        self.suspended_at.is_some()
    }

    /// Where order pushes go, while they do.
    pub(crate) fn address(&self) -> Option<String> {
        let is_sent = self.on.contains(&ORDER_STATUS) && !self.is_suspended();
        Some(self.callback_url.clone()).filter(|url| is_sent && !url.is_empty())
    }

    pub(crate) fn describe(&self) -> Value {
        let is_warned = self.good_percent().is_some_and(|percent| percent < WARNED_BELOW);
        let status = match (self.is_suspended(), is_warned) {
            (true, _) => "Suspended",
            (false, true) => "Warning",
            (false, false) => "Normal",
        };
        let off: Vec<u64> = (1..=13).filter(|code| !self.on.contains(code)).collect();
        json!({
            "callback_url": self.callback_url,
            "live_push_status": status,
            "suspended_time": self.suspended_at.map(Timestamp::as_second),
            "blocked_shop_id": [],
            "push_config_on_list": self.on,
            "push_config_off_list": off,
        })
    }

    /// A new address or other pushes; switching any on begins anew.
    pub(crate) fn configure(&mut self, url: Option<&str>, on: &[u64], off: &[u64]) {
        if let Some(url) = url {
            url.clone_into(&mut self.callback_url);
        }
        self.on.extend(on);
        self.on.retain(|code| !off.contains(code));
        if !on.is_empty() {
            self.suspended_at = None;
            self.answers.clear();
        }
    }

    fn lose_all(&mut self, now: Timestamp) {
        let again: Vec<Push> = self.again.drain(..).map(|(_, push)| push).collect();
        let waiting = std::mem::take(&mut self.waiting);
        for push in again.iter().chain(&waiting) {
            self.lose(push, now);
        }
    }

    fn lose(&mut self, push: &Push, now: Timestamp) {
        self.failures.remove(&push.body);
        self.lost_so_far += 1;
        let envelope = serde_json::from_slice(&push.body).unwrap_or(Value::Null);
        self.lost.push((self.lost_so_far, now, envelope));
    }

    /// The oldest lost pushes of the last three days. The documents call `data` a text, their sample shows an
    /// object; the twin writes each in turn so that nobody relies on one.
    pub(crate) fn lost_messages(&mut self, now: Timestamp) -> Value {
        self.lost.retain(|(_, at, _)| now.duration_since(*at) <= LOST_KEPT);
        let page: Vec<_> = self.lost.iter().take(LOST_PAGE).collect();
        let messages: Vec<Value> = page
            .iter()
            .map(|(id, _, envelope)| {
                let data = if id % 2 == 0 { Value::from(envelope.to_string()) } else { envelope.clone() };
                json!({
                    "shop_id": self.shop_id,
                    "code": envelope.get("code"),
                    "timestamp": envelope.get("timestamp"),
                    "data": data,
                })
            })
            .collect();
        json!({
            "push_message_list": messages,
            "has_next_page": self.lost.len() > LOST_PAGE,
            "last_message_id": page.last().map_or(0, |(id, _, _)| *id),
        })
    }

    /// Everything up to this message has been dealt with.
    pub(crate) fn confirm_lost(&mut self, last_message_id: u64) {
        self.lost.retain(|(id, _, _)| *id > last_message_id);
    }
}

impl Shop {
    pub(crate) fn lose_pushes(&mut self) {
        let now = self.now();
        self.outbox.lose_all(now);
    }

    pub(crate) fn take_pushes(&mut self) -> Vec<Push> {
        let now = self.now();
        self.outbox.take(now)
    }

    pub(crate) fn push_answered(&mut self, push: &Push, status: u16, body_length: usize) {
        let now = self.now();
        self.outbox.answered(push, status, body_length, now);
    }
}

/// The parcel number of an order.
pub(crate) fn package_number(order_sn: &str) -> String {
    format!("OFG{order_sn}")
}
