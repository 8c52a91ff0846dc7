//! A busy day at the shop of the promises: counts in the morning, then orders on two channels.

use crate::book::NOW;
use crate::history::{Order, count, events, later, time};
use rand::Rng;
use rand::rngs::SmallRng;
use workflows::messages::RecordMessage;

/// The shops file of the shop of the promises.
pub const SHOP: &str = include_str!("shop.toml");

const WEB: [&str; 4] = ["ao-m", "ao-l", "bo-doi", "thung-24"];
const SHOPEE: [&str; 3] = ["ao-m", "ao-l", "tat"];

/// Counts that leave every store with plenty, so that the first store always serves.
pub fn plenty() -> Vec<RecordMessage> {
    let morning = later(time(NOW), -24 * 60);
    let stores = ["hn", "hcm"].into_iter();
    let all = stores.flat_map(|store| ["AO-M", "AO-L", "TAT"].map(|sku| (store, sku)));
    all.map(|(store, sku)| count("demo", "web", sku, store, 1_000_000, morning)).collect()
}

/// A day of orders on two channels, each with its events in the order in which they happened.
pub fn day(orders: usize, dice: &mut SmallRng) -> Vec<Vec<RecordMessage>> {
    (0..orders)
        .map(|n| {
            let placed = later(time(NOW), -20 * 60 + n as i64);
            let (connection, listings) = if n % 2 == 0 { ("web", &WEB[..]) } else { ("shopee", &SHOPEE[..]) };
            let order = Order::new("demo", connection, &format!("2611228{n:04}"), placed);
            events(&order, dice.random_range(0..100), listings, dice)
        })
        .collect()
}

/// Splits messages into batches of one to ten.
pub fn batches(messages: &[RecordMessage], dice: &mut SmallRng) -> Vec<Vec<RecordMessage>> {
    let mut rest = messages;
    let mut result = Vec::new();
    while !rest.is_empty() {
        let (batch, left) = rest.split_at(dice.random_range(1..=10).min(rest.len()));
        result.push(batch.to_vec());
        rest = left;
    }
    result
}
