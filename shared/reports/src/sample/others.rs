//! Other samples: a quiet day, a day on which nothing was measured, the days before, and an operator's shops.

use super::{DAY, at, busy_day, day, stock, supply, vnd};
use crate::history::DayLine;
use crate::operator::{OperatorPage, ShopLine};
use crate::shop::{CountCheck, DriftCheck, LowStock, PickUps, ShopReport, StrandedCheck};
use crate::summary::Light;
use commerce::ids::{IdError, ShopId};
use jiff::ToSpan;
use std::collections::BTreeMap;

/// A day on which everything was looked at and nothing is to be done.
pub fn quiet_day() -> Result<ShopReport, IdError> {
    let connections = vec![
        day::calm("shopee-main", "shopee", "Shopee – Gốm Bát Tràng", 412, 189_000)?,
        day::calm("website", "woocommerce", "Website", 38, 240_000)?,
    ];
    Ok(ShopReport {
        shop: ShopId::new("gom-bat-trang")?,
        name: "Gốm Bát Tràng Nhà Lý".to_owned(),
        connections,
        settlements: Some(Vec::new()),
        oversells: Some(Vec::new()),
        shortfalls: Some(Vec::new()),
        drift: Some(DriftCheck { compared: 310, unread: 0, lines: Vec::new(), came_right: Some(Vec::new()) }),
        counts: Some(CountCheck { same: 12, ..CountCheck::default() }),
        pick_ups: Some(PickUps { within_minutes: 120, ..PickUps::default() }),
        stock: Some(stock::totals()),
        ledger: Some(stock::ledger()),
        stranded: Some(StrandedCheck { after_minutes: 30, lines: Vec::new() }),
        parked: Some(Vec::new()),
        low_stock: Some(LowStock { window_days: 14, below_days: 7, lines: Vec::new() }),
        reorders: Some(Vec::new()),
        moves: Some(Vec::new()),
        cost: Some(supply::counted_cost(450)),
        alerts: Some(Vec::new()),
        history: Some(history()),
        ..empty_day()?
    })
}

/// A day on which nothing was measured: every part says so.
pub fn empty_day() -> Result<ShopReport, IdError> {
    Ok(ShopReport {
        shop: ShopId::new("tiem-moi")?,
        name: "Tiệm mới".to_owned(),
        day: DAY,
        time_zone: "Asia/Ho_Chi_Minh".to_owned(),
        made_at: at(30, 0),
        location_names: BTreeMap::new(),
        product_names: BTreeMap::new(),
        connections: Vec::new(),
        settlements: None,
        oversells: None,
        shortfalls: None,
        drift: None,
        counts: None,
        pick_ups: None,
        stock: None,
        ledger: None,
        stranded: None,
        parked: None,
        low_stock: None,
        reorders: None,
        moves: None,
        cost: None,
        alerts: None,
        remarks: Vec::new(),
        history: None,
    })
}

/// The thirteen days before.
pub(super) fn history() -> Vec<DayLine> {
    let orders: [u64; 13] = [352, 298, 276, 281, 305, 344, 428, 391, 287, 0, 295, 318, 402];
    let mut lines = Vec::new();
    for (place, count) in orders.into_iter().enumerate() {
        let before = i64::try_from(orders.len() - place).unwrap_or(0);
        let (light, known) = match place {
            3 | 7 => (Light::Yellow, true),
            9 => (Light::Yellow, false),
            6 => (Light::Red, true),
            _ => (Light::Green, true),
        };
        let measured = |number: u64| known.then_some(number);
        lines.push(DayLine {
            day: DAY.saturating_sub(before.days()),
            light,
            orders: measured(count),
            orders_unexplained: measured(0),
            revenue: measured(count).map(|orders| vnd(i64::try_from(orders).unwrap_or(0) * 271_000)),
            oversold_units: measured(u64::from(place == 6)),
            drift_left: measured(u64::from(place == 3)),
            parked: measured(u64::from(place == 7)),
        });
    }
    lines
}

/// Seven shops in all conditions.
pub fn operator_page() -> Result<OperatorPage, IdError> {
    let link = |shop: &str| Some(format!("{shop}/2026-11-29.html"));
    let busy = ShopLine::of(&busy_day()?, link("moc-lan"));
    let quiet = ShopLine::of(&quiet_day()?, link("gom-bat-trang"));
    let like = |shop: &str, name: &str| -> Result<ShopLine, IdError> {
        Ok(ShopLine { shop: ShopId::new(shop)?, name: name.to_owned(), link: link(shop), ..quiet.clone() })
    };
    let red = Some(Light::Red);
    let yellow = Some(Light::Yellow);
    let missing = ShopLine {
        light: red,
        orders: Some(1_872),
        orders_unexplained: Some(14),
        oldest_stale_ms: Some(5_400_000),
        ..like("the-gioi-do-choi", "Thế Giới Đồ Chơi")?
    };
    let blind = ShopLine {
        light: red,
        orders: Some(96),
        logins_lost: Some(1),
        drift_left: Some(31),
        ..like("ca-phe-rang-moc", "Cà Phê Rang Mộc")?
    };
    let waiting =
        ShopLine {
            light: yellow, orders: Some(233), parked: Some(6), ..like("my-pham-la", "Mỹ Phẩm Lá")?
        };
    let unmeasured = ShopLine {
        light: yellow,
        drift_left: None,
        oldest_stale_ms: None,
        ..like("sach-cu", "Sách Cũ Phố Huế")?
    };
    let silent = ShopLine::without_report(ShopId::new("tiem-moi")?, "Tiệm mới");
    Ok(OperatorPage {
        made_at: at(30, 5),
        time_zone: "Asia/Ho_Chi_Minh".to_owned(),
        shops: vec![quiet.clone(), silent, waiting, busy, unmeasured, missing, blind],
    })
}
