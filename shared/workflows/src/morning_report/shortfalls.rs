//! What is short, as the report tells it: since when, by what, whose minute it was, who sees to it and until when.

use super::oversells::order;
use crate::shortfalls::{Shortfall, kind};
use commerce::Timestamp;
use commerce::catalogue::{Sharing, Shop};
use commerce::goods::read_written;
use commerce::level::counted_by;
use commerce::order::OrderKind;
use commerce::stock::Cause;
use reports::language::Said;
use reports::shop::{Short, Whose};

/// The open shortfalls. One of which the ledger does not tell since when counts from its latest change.
pub(super) fn shorts(shop: &Shop, found: &[Shortfall], now: Timestamp) -> Vec<Short> {
    found.iter().map(|shortfall| short(shop, shortfall, now)).collect()
}

fn short(shop: &Shop, shortfall: &Shortfall, now: Timestamp) -> Short {
    let opened = shortfall.opened.as_ref();
    let cause = opened.and_then(|opened| opened.cause.as_ref());
    let kind = cause.and_then(|cause| kind(&shortfall.orders, cause));
    let since = opened.map(|opened| opened.at).or_else(|| latest(shortfall)).unwrap_or(now);
    Short {
        sku: shortfall.balance.sku.clone(),
        product: shortfall.balance.sku.to_string(),
        location: shortfall.balance.location.clone(),
        units: shortfall.short().unsigned_abs(),
        since,
        order: order(cause),
        whose: whose(shop, cause, kind),
        cause: said(shop, cause, kind),
        owner: shortfall.rule.owner.clone(),
        deadline: shortfall.rule.deadline(since),
    }
}

fn latest(shortfall: &Shortfall) -> Option<Timestamp> {
    let movement = shortfall.stock.movements.last()?;
    Timestamp::from_millisecond(movement.at_ms).ok()
}

/// Whose minute it was. Where a connection shares without cover, the shop has chosen that nobody promises anything.
pub(super) fn whose(shop: &Shop, cause: Option<&Cause>, kind: Option<OrderKind>) -> Whose {
    match (cause, kind) {
        (Some(Cause::Order { .. }), Some(OrderKind::TillSale | OrderKind::TillOrder)) => Whose::Store,
        (Some(Cause::Order { connection, .. }), _) => match is_pooled(shop, connection) {
            true => Whose::Unknown,
            false => Whose::Channel { connection: connection.clone() },
        },
        (Some(Cause::Cover { listing, .. }), _) => Whose::Channel { connection: listing.connection.clone() },
        (Some(Cause::Document { .. }), _) => Whose::Person,
        (None, _) => Whose::Unknown,
    }
}

fn is_pooled(shop: &Shop, connection: &commerce::ids::ConnectionId) -> bool {
    shop.connections.get(connection).is_some_and(|connection| connection.sharing == Sharing::Pool)
}

/// How it came about, in a sentence.
pub(super) fn said(shop: &Shop, cause: Option<&Cause>, kind: Option<OrderKind>) -> Said {
    match cause {
        Some(Cause::Order { connection, order, .. }) => match kind {
            Some(OrderKind::TillSale | OrderKind::TillOrder) => Said::new(
                format!("Bán tại quầy, số {order}: hàng đã trao tay khách"),
                format!("Sold at the till, number {order}: the goods were in the buyer's hand"),
            ),
            _ if is_pooled(shop, connection) => Said::new(
                format!("Đơn {order} bán từ kho chung, nơi không cam kết chống bán vượt"),
                format!("Order {order} was sold from the shared pool, where nothing is promised"),
            ),
            _ => Said::new(
                format!("Đơn {order} bán nhiều hơn số đã chia cho gian hàng"),
                format!("Order {order} took more than was covered for its listing"),
            ),
        },
        Some(Cause::Cover { listing, .. }) => Said::new(
            format!("Gian hàng {} hiện nhiều hơn số đã chia cho nó", listing.listing),
            format!("Listing {} was found to show more than was covered for it", listing.listing),
        ),
        Some(Cause::Document { document }) if counted_by(document).is_some() => Said::new(
            "Đếm kho thấy ít hơn số đã hứa".to_owned(),
            "A count found fewer than were promised".to_owned(),
        ),
        Some(Cause::Document { document }) => {
            let paper = read_written(document).map(|(_, by, number)| format!("{number} ({by})"));
            let paper = paper.unwrap_or_else(|| document.clone());
            Said::new(
                format!("Chứng từ {paper} lấy hàng đã hứa"),
                format!("Document {paper} took what was promised"),
            )
        }
        None => Said::new("Sổ cái không cho biết vì sao", "The ledger does not tell why"),
    }
}
