//! The sample's stock: an oversell, two shortfalls, drift of every kind, and goods that are shown nowhere.

use super::{at, connection, listing, order, sku, store};
use crate::language::Said;
use crate::shop::{
    CameRight, CountCheck, CountLine, CountedBy, Drift, DriftCheck, DriftClass, DriftDone, LedgerCheck,
    NotHereLine, PickUps, Short, StockTotals, Stranded, StrandedCheck, Whose,
};
use commerce::ids::IdError;
use commerce::pick_up::Missing;

/// One order that went beyond.
pub(super) fn oversells() -> Result<Vec<Short>, IdError> {
    Ok(vec![pooled()?])
}

fn pooled() -> Result<Short, IdError> {
    Ok(Short {
        sku: sku("AO-LINEN-TRANG-M")?,
        product: "Áo linen cổ tàu, trắng, M".to_owned(),
        location: store("hn-cau-giay")?,
        units: 1,
        since: at(21, 16),
        order: Some(order("WEB-10482")?),
        whose: Whose::Channel { connection: connection("website")? },
        cause: Said::new(
            "Website bán chung kho; hai khách mua cách nhau 3 giây",
            "The website sells from the shared pool; two buyers within 3 seconds",
        ),
        owner: "Chị Hạnh".to_owned(),
        deadline: at(45, 16),
    })
}

/// The oversell, still open, and a till's sale past its deadline.
pub(super) fn shortfalls() -> Result<Vec<Short>, IdError> {
    let till = Short {
        sku: sku("QUAN-LINEN-BE-L")?,
        product: "Quần linen ống rộng, be, L".to_owned(),
        location: store("sg-quan-3")?,
        units: 2,
        since: at(5, 40),
        order: None,
        whose: Whose::Store,
        cause: Said::new(
            "Quầy bán 3 chiếc, phần dành cho quầy là 1",
            "The counter sold 3, its reserve was 1",
        ),
        owner: "Anh Dũng".to_owned(),
        deadline: at(29, 40),
    };
    Ok(vec![till, pooled()?])
}

/// Six listings with a wrong number, each for another reason.
pub(super) fn drift() -> Result<DriftCheck, IdError> {
    use DriftClass::{CampaignLock, Count, ForeignEdit, LostPush, OnItsWay, Unknown};
    use DriftDone::{LeftCauseUnknown, LeftLocked, Lowered, Raised, Waiting};
    let lines = [
        (
            "shopee-main 40128733:9914 AO-LINEN-TRANG-L",
            "Áo linen cổ tàu, trắng, L",
            [12, 9, 9],
            ForeignEdit,
            Lowered,
        ),
        ("tiktok-shop 172938475610 VAY-2DAY-DEN-S", "Váy linen hai dây, đen, S", [4, 6, 6], LostPush, Raised),
        (
            "shopee-main 40128733:9920 VAY-NAU-M",
            "Chân váy linen, nâu, M",
            [20, 5, 5],
            CampaignLock,
            LeftLocked,
        ),
        ("lazada 2740193:8831 VAY-2DAY-DEN-M", "Váy linen hai dây, đen, M", [7, 7, 4], Count, Lowered),
        ("tiki 88412007 KHAN-LINEN-THEU", "Khăn linen thêu tay", [0, 3, 3], Unknown, LeftCauseUnknown),
        ("website 1182 TUI-LINEN", "Túi linen", [15, 14, 14], OnItsWay, Waiting),
    ];
    let mut found = Vec::new();
    for (ids, product, [channel_shows, believed, rules_want], class, done) in lines {
        let [id, code, product_code] = ids.split(' ').collect::<Vec<_>>().try_into().unwrap_or([""; 3]);
        found.push(Drift {
            connection: connection(id)?,
            listing: listing(code)?,
            skus: vec![sku(product_code)?],
            product: product.to_owned(),
            channel_shows,
            we_believed: Some(believed),
            rules_want,
            class,
            done,
            since: (class == CampaignLock).then(|| at(-18, 0)),
        });
    }
    Ok(DriftCheck { compared: 1_284, unread: 0, lines: found, came_right: Some(came_right()?) })
}

/// Two listings that the report of the day before found wrong.
fn came_right() -> Result<Vec<CameRight>, IdError> {
    let one = |id: &str, code: &str, of: &str, product: &str, class, right_at| -> Result<_, IdError> {
        Ok(CameRight {
            connection: connection(id)?,
            listing: listing(code)?,
            skus: vec![sku(of)?],
            product: product.to_owned(),
            class,
            found_at: at(6, 0),
            right_at,
        })
    };
    Ok(vec![
        one(
            "tiki",
            "88412031",
            "AO-LINEN-XANH-S",
            "Áo linen cổ tàu, xanh, S",
            DriftClass::LostPush,
            at(6, 2),
        )?,
        one("shopee-main", "40128733:9931", "TUI-LINEN", "Túi linen", DriftClass::CampaignLock, at(24, 3))?,
    ])
}

/// A count in the store, and a till that lost a towel.
pub(super) fn counts() -> Result<CountCheck, IdError> {
    let line = |of: &str, product: &str, location: &str, by, hour, [counted, expected, sold]: [i64; 3]| {
        Ok(CountLine {
            sku: sku(of)?,
            product: product.to_owned(),
            location: store(location)?,
            by,
            at: at(hour, 40),
            counted,
            expected,
            sold: sold.unsigned_abs(),
        })
    };
    let till = CountedBy::Till { connection: connection("kiotviet-hn")? };
    let lines = vec![
        line("TUI-LINEN", "Túi linen", "sg-quan-3", CountedBy::Person, 8, [31, 34, 0])?,
        line("VAY-NAU-M", "Chân váy linen, nâu, M", "sg-quan-3", CountedBy::Person, 8, [12, 11, 0])?,
        line("KHAN-LINEN-THEU", "Khăn linen thêu tay", "hn-cau-giay", till, 20, [3, 4, 2])?,
    ];
    Ok(CountCheck { lines, same: 58, first: 2 })
}

/// A shop's worth of linen.
pub(super) fn totals() -> StockTotals {
    StockTotals { on_hand: 12_480, committed: 318, holds: 14, cover: 9_205 }
}

/// A ledger that adds up.
pub(super) fn ledger() -> LedgerCheck {
    LedgerCheck { balances: 642, gaps: Vec::new(), wrong_folds: Vec::new() }
}

/// One product that no channel shows.
pub(super) fn stranded() -> Result<StrandedCheck, IdError> {
    let line = Stranded {
        sku: sku("KHAN-LINEN-THEU")?,
        product: "Khăn linen thêu tay".to_owned(),
        location: store("hn-cau-giay")?,
        units: 3,
        since: at(19, 2),
    };
    Ok(StrandedCheck { after_minutes: 30, lines: vec![line] })
}

/// Nine buyers who come to the stores, one of them from the wrong one to the right one.
pub(super) fn pick_ups() -> Result<PickUps, IdError> {
    let line = |order: &str, hour, why, moved_to: Option<&str>| -> Result<NotHereLine, IdError> {
        Ok(NotHereLine {
            connection: connection("website")?,
            order: super::order(order)?,
            location: store("sg-quan-3")?,
            why,
            by: "Hùng".to_owned(),
            at: at(hour, 12),
            moved_to: moved_to.map(store).transpose()?,
        })
    };
    let not_here = vec![
        line("FB-2291", 10, Missing::NotFound, Some("hn-cau-giay"))?,
        line("FB-2304", 16, Missing::Damaged, None)?,
    ];
    Ok(PickUps {
        within_minutes: 120,
        asked: 9,
        judged: 8,
        ready_in_time: 6,
        not_here,
        collected: 5,
        no_shows: 2,
    })
}
