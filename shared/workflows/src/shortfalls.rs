//! What is promised at a store and not there: since when, by what, who sees to it until when, and which order hurts least.

use crate::announce_stock::LedgerLine;
use crate::ledger_lines::{last_lines, with_latest};
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::effect::OrderState;
use commerce::ids::{LocationId, OrderId, ShopId, Sku};
use commerce::order::OrderKind;
use commerce::plan::OrderKey;
use commerce::shortfall::{Opened, ShortfallRule, opened};
use commerce::stock::{Cause, Stock, StockKey};
use futures::{StreamExt, TryStreamExt};
use lambda_kit::objects::Objects;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use table::{Table, TableError};

/// The most orders that are looked at.
const ORDERS_MAX: usize = 100;
/// How many products are looked at side by side.
const SIDE_BY_SIDE: usize = 16;
/// How many of a product's latest ledger lines are read to find since when it has been short.
const LINES: usize = 400;

/// A balance of which more is promised than is there.
#[derive(Debug, Clone)]
pub struct Shortfall {
    /// Whose.
    pub shop: ShopId,
    /// Which.
    pub balance: StockKey,
    /// As it is now.
    pub stock: Stock,
    /// Since when and why, as far as the ledger was read.
    pub opened: Option<Opened>,
    /// Who sees to it, and how soon.
    pub rule: ShortfallRule,
    /// The orders of its latest movements.
    pub orders: BTreeMap<OrderKey, OrderState>,
}

/// Every shortfall of the products that the shop's file names. Since when and why is told as far as the archive can be
/// read; without it, of the latest change alone.
pub async fn of_shop(table: &Table, archive: &Objects, shop: &Shop) -> Result<Vec<Shortfall>, TableError> {
    let listings = shop.connections.values().flat_map(|connection| connection.listings.values());
    let skus: BTreeSet<&Sku> = listings.flat_map(|listing| &listing.recipe).map(|part| &part.sku).collect();
    let looks = skus.into_iter().map(async |sku| {
        let stock = table.stock_of_sku(&shop.id, sku).await?.into_iter().collect();
        of_product(table, archive, shop, sku, &stock).await
    });
    let found: Vec<Vec<Shortfall>> =
        futures::stream::iter(looks).buffered(SIDE_BY_SIDE).try_collect().await?;
    Ok(found.concat())
}

/// The same among balances that were read already.
pub async fn among(
    table: &Table,
    archive: &Objects,
    shop: &Shop,
    stock: &BTreeMap<StockKey, Stock>,
) -> Result<Vec<Shortfall>, TableError> {
    let short: BTreeSet<&Sku> =
        stock.iter().filter(|(_, stock)| stock.free < 0).map(|(key, _)| &key.sku).collect();
    let mut found = Vec::new();
    for sku in short {
        let own = stock.iter().filter(|(key, _)| key.sku == *sku);
        let own = own.map(|(key, stock)| (key.clone(), stock.clone())).collect();
        found.extend(of_product(table, archive, shop, sku, &own).await?);
    }
    Ok(found)
}

async fn of_product(
    table: &Table,
    archive: &Objects,
    shop: &Shop,
    sku: &Sku,
    stock: &BTreeMap<StockKey, Stock>,
) -> Result<Vec<Shortfall>, TableError> {
    let short: BTreeSet<&LocationId> =
        stock.iter().filter(|(_, stock)| stock.free < 0).map(|(key, _)| &key.location).collect();
    if short.is_empty() {
        return Ok(Vec::new());
    }
    let archived = last_lines(archive, &shop.id, sku, LINES).await.unwrap_or_default();
    let lines = with_latest(archived, &shop.id, sku, stock);
    let wanted = orders_to_look_at(&shop.id, &lines, |store| short.contains(store));
    let orders = table.load_orders(&wanted, false).await?;
    let orders: BTreeMap<OrderKey, OrderState> =
        orders.into_iter().map(|(key, (state, _))| (key, state)).collect();
    let found = stock.iter().map(|(key, stock)| Shortfall::find(shop, key.clone(), stock, &lines, &orders));
    Ok(found.flatten().collect())
}

/// The orders of the latest movements, newest first, where a store is short; none where nothing is.
pub fn orders_to_look_at(
    shop: &ShopId,
    lines: &[LedgerLine],
    is_short: impl Fn(&LocationId) -> bool,
) -> Vec<OrderKey> {
    let (mut seen, mut keys) = (BTreeSet::new(), Vec::new());
    for line in lines.iter().rev().filter(|line| is_short(&line.location)) {
        for movement in &line.movements {
            let Cause::Order { connection, order, .. } = &movement.cause else { continue };
            let Ok(order) = OrderId::new(order) else { continue };
            if seen.insert((connection.clone(), order.clone())) {
                keys.push(OrderKey { shop: shop.clone(), connection: connection.clone(), order });
            }
        }
    }
    keys.truncate(ORDERS_MAX);
    keys
}

/// What kind of order a cause is, where that is known.
pub fn kind(orders: &BTreeMap<OrderKey, OrderState>, cause: &Cause) -> Option<OrderKind> {
    let Cause::Order { connection, order, .. } = cause else { return None };
    let known = orders.iter().find(|(key, _)| key.connection == *connection && key.order.as_str() == order);
    known.map(|(_, state)| state.kind)
}

impl Shortfall {
    /// The shortfall of a balance; none where nothing is short. `lines` are the product's latest, oldest first.
    pub fn find(
        shop: &Shop,
        balance: StockKey,
        stock: &Stock,
        lines: &[LedgerLine],
        orders: &BTreeMap<OrderKey, OrderState>,
    ) -> Option<Self> {
        if stock.free >= 0 {
            return None;
        }
        let own = lines.iter().filter(|line| line.location == balance.location);
        let opened = opened(own.map(|line| (line.movements.as_slice(), line.free)));
        let (shop, rule) = (shop.id.clone(), shop.shortfalls.clone());
        Some(Self { shop, balance, stock: stock.clone(), opened, rule, orders: orders.clone() })
    }

    /// Units that are promised and not there.
    pub fn short(&self) -> i64 {
        (-self.stock.free).max(0)
    }

    /// Those of them that somebody has bought or had set aside.
    pub fn sold(&self) -> i64 {
        (self.stock.committed + self.stock.holds - self.stock.on_hand).max(0)
    }

    /// Until when it is to be settled; none where nobody knows since when it has been there.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.opened.as_ref().map(|opened| self.rule.deadline(opened.at))
    }

    /// True when it should have been settled by now.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= now)
    }

    /// The open order of the smallest value that holds units there, nothing of it shipped; of equal ones the newest.
    pub fn least_harm(&self) -> Option<(&OrderKey, &OrderState)> {
        let can_go = |order: &OrderState| {
            let is_unshipped = order.status.is_open() && order.lines.iter().all(|line| line.out == 0);
            is_unshipped && order.kind != OrderKind::TillSale && self.units(order) > 0
        };
        let orders = self.orders.iter().filter(|(_, order)| can_go(order));
        orders.min_by_key(|(_, order)| (order.total.amount_minor, Reverse(order.created_at)))
    }

    /// Units of the product that an order holds at the store.
    pub fn units(&self, order: &OrderState) -> i64 {
        order.applied.get(&self.balance).map_or(0, |delta| delta.committed + delta.holds)
    }
}
