//! The sample's supply: what runs out, what to buy and to move, and what the day cost.

use super::{sku, store};
use crate::language::Said;
use crate::shop::{Cost, CostLine, DaysOfCover, LowStock, Move, MoveInputs, Reorder, ReorderInputs};
use commerce::ids::{IdError, LocationId};
use jiff::civil::date;
use std::collections::BTreeMap;

const WINDOW_DAYS: u32 = 14;

/// What the sample's stores are called.
pub(super) fn location_names() -> Result<BTreeMap<LocationId, String>, IdError> {
    Ok(BTreeMap::from([
        (store("hn-cau-giay")?, "Hà Nội – Cầu Giấy".to_owned()),
        (store("sg-quan-3")?, "Sài Gòn – Quận 3".to_owned()),
    ]))
}

/// Four products that will not last a week.
pub(super) fn low_stock() -> Result<LowStock, IdError> {
    let products = [
        ("AO-LINEN-TRANG-M", "Áo linen cổ tàu, trắng, M", 4, 61),
        ("VAY-2DAY-DEN-M", "Váy linen hai dây, đen, M", 11, 48),
        ("QUAN-LINEN-BE-L", "Quần linen ống rộng, be, L", 9, 27),
        ("TUI-LINEN", "Túi linen", 14, 31),
    ];
    let mut lines = Vec::new();
    for (code, product, units, sold) in products {
        lines.push(DaysOfCover::new(sku(code)?, product, units, sold, WINDOW_DAYS));
    }
    Ok(LowStock { window_days: WINDOW_DAYS, below_days: 7, lines })
}

/// Two products to buy.
pub(super) fn reorders() -> Result<Vec<Reorder>, IdError> {
    let inputs = |sold, units_now, on_the_way| ReorderInputs {
        sold,
        window_days: WINDOW_DAYS,
        lead_days: 5,
        target_days: 21,
        units_now,
        on_the_way,
    };
    Ok(vec![
        Reorder::new(sku("AO-LINEN-TRANG-M")?, "Áo linen cổ tàu, trắng, M", inputs(61, 4, 40)),
        Reorder::new(sku("VAY-2DAY-DEN-M")?, "Váy linen hai dây, đen, M", inputs(48, 11, 0)),
    ])
}

/// One product to move.
pub(super) fn moves() -> Result<Vec<Move>, IdError> {
    let inputs = MoveInputs {
        window_days: WINDOW_DAYS,
        target_days: 10,
        from_units: 26,
        from_sold: 9,
        to_units: 1,
        to_sold: 18,
    };
    let (from, to) = (store("hn-cau-giay")?, store("sg-quan-3")?);
    Ok(vec![Move::new(sku("QUAN-LINEN-BE-L")?, "Quần linen ống rộng, be, L", from, to, inputs)])
}

/// What so many orders use; the prices are made up like everything here.
pub(super) fn cost(orders: u64) -> Cost {
    let line = |what: &str, units, price_nano_usd_per_million| CostLine {
        what: Said::new(what, what),
        how: None,
        units,
        price_nano_usd_per_million,
    };
    Cost {
        prices_of: date(2026, 11, 20),
        price_list: "AWS ap-southeast-1".to_owned(),
        orders,
        lines: vec![
            line("DynamoDB: write units", orders * 7, 712_500_000),
            line("DynamoDB: read units", orders * 9, 142_500_000),
            line("SQS: requests", orders * 6, 400_000_000),
            line("Lambda: MB-seconds", orders * 70, 16_300_000),
            line("Lambda: requests", orders * 4, 200_000_000),
        ],
        left_out: None,
        is_billed: true,
    }
}

/// A part of what so many orders use, as a ledger lets it be counted, on a machine of one's own.
pub(super) fn counted_cost(orders: u64) -> Cost {
    let formula = format!("2 × ({} + {orders} + {} + 12) + {}", orders * 3, orders * 2, orders * 2);
    let line = CostLine {
        what: Said::new("DynamoDB: write units", "DynamoDB: write units"),
        how: Some(Said::new(formula.clone(), formula)),
        units: 2 * (orders * 6 + 12) + orders * 2,
        price_nano_usd_per_million: 712_500_000,
    };
    let left_out = Said::new("các lần đọc, hàng đợi, Lambda", "reads, queues, Lambda");
    Cost { lines: vec![line], left_out: Some(left_out), is_billed: false, ..cost(orders) }
}
