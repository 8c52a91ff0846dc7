//! The sample's stock: an oversell, two shortfalls, drift of every kind, and goods that are shown nowhere.

use super::{at, connection, listing, order, sku, store};
use crate::language::Said;
use crate::shop::{
    Drift, DriftCheck, DriftClass, DriftDone, LedgerCheck, Short, StockTotals, Stranded, StrandedCheck, Whose,
};
use commerce::ids::IdError;

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
        ("shopee-main", "40128733:9914", "Áo linen cổ tàu, trắng, L", [12, 9, 9], ForeignEdit, Lowered),
        ("tiktok-shop", "172938475610", "Váy linen hai dây, đen, S", [4, 6, 6], LostPush, Raised),
        ("shopee-main", "40128733:9920", "Chân váy linen, nâu, M", [20, 5, 5], CampaignLock, LeftLocked),
        ("lazada", "2740193:8831", "Váy linen hai dây, đen, M", [7, 7, 4], Count, Lowered),
        ("tiki", "88412007", "Khăn linen thêu tay", [0, 3, 3], Unknown, LeftCauseUnknown),
        ("website", "1182", "Túi linen", [15, 14, 14], OnItsWay, Waiting),
    ];
    let mut found = Vec::new();
    for (id, code, product, [channel_shows, believed, rules_want], class, done) in lines {
        found.push(Drift {
            connection: connection(id)?,
            listing: listing(code)?,
            product: product.to_owned(),
            channel_shows,
            we_believed: Some(believed),
            rules_want,
            class,
            done,
        });
    }
    Ok(DriftCheck { compared: 1_284, unread: 0, lines: found })
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
