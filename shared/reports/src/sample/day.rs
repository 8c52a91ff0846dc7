//! The sample's connections, with their orders by the hour, what differed, and what was said about them.

use super::{at, connection, listing, order, vnd};
use crate::language::Said;
use crate::shop::{
    Alert, Compared, ConnectionDay, Difference, Done, Found, Freshness, Hour, Login, ParkedGroup, Proof,
    Remark, Sales, Settlement, Sharing, Stale, Topic, Total, Webhooks,
};
use commerce::ids::IdError;

/// How busy each hour is, beside the others.
const BUSY: [u64; 24] =
    [6, 3, 1, 0, 0, 1, 3, 8, 14, 18, 20, 22, 26, 19, 15, 14, 16, 18, 21, 30, 38, 42, 28, 13];

/// The orders of a day spread over its hours; they add up to the day.
pub(super) fn hours(orders: u64, each: i64, list: bool, lacking_at: Option<usize>) -> Vec<Hour> {
    let all: u64 = BUSY.iter().sum();
    let mut before = 0;
    let mut hours = Vec::new();
    for (hour, busy) in BUSY.iter().enumerate() {
        let here = orders * (before + busy) / all - orders * before / all;
        before += busy;
        let theirs = here + u64::from(lacking_at == Some(hour));
        let from = at(i64::try_from(hour).unwrap_or(0), 0);
        hours.push(Hour { from, theirs: list.then(|| total(theirs, each)), ours: total(here, each) });
    }
    hours
}

fn total(orders: u64, each: i64) -> Total {
    let amount = i64::try_from(orders).unwrap_or(i64::MAX).saturating_mul(each);
    Total { orders, money: Some(vnd(amount)) }
}

/// A connection on a day without trouble.
pub(super) fn calm(
    id: &str,
    channel: &str,
    name: &str,
    orders: u64,
    each: i64,
) -> Result<ConnectionDay, IdError> {
    let same = total(orders, each);
    Ok(ConnectionDay {
        connection: connection(id)?,
        channel: channel.to_owned(),
        name: name.to_owned(),
        sharing: Sharing::Cover,
        proof: Proof::Compared(Compared {
            theirs: same,
            ours_found: same,
            ours: same,
            same: orders,
            differences: Vec::new(),
        }),
        sales: Some(sales(orders, each, orders / 40, orders / 60)),
        hours: Some(hours(orders, each, true, None)),
        freshness: Some(Freshness {
            changes: orders * 3,
            p50_ms: Some(420),
            p99_ms: Some(1_650),
            oldest_stale: None,
        }),
        login: Login::Good,
        webhooks: Webhooks::Healthy,
    })
}

fn sales(orders: u64, each: i64, cancels: u64, returns: u64) -> Sales {
    let amount = |orders: u64| vnd(i64::try_from(orders).unwrap_or(i64::MAX).saturating_mul(each));
    Sales {
        orders,
        revenue: amount(orders - cancels),
        cancels,
        cancelled: amount(cancels),
        returns,
        returned: amount(returns),
    }
}

/// Six connections: late orders, money that differs, an explained order, a list that failed, a till without a list.
pub(super) fn connections() -> Result<Vec<ConnectionDay>, IdError> {
    Ok(vec![shopee()?, tiktok()?, lazada()?, tiki()?, website()?, till()?])
}

fn shopee() -> Result<ConnectionDay, IdError> {
    let mut day = calm("shopee-main", "shopee", "Shopee – Mộc Lan Official", 186, 289_000)?;
    let mut differences = Vec::new();
    for number in 1..=9 {
        differences.push(Difference {
            hour: Some(at(14 + number / 5, 0)),
            order: order(&format!("261129K7Q4M{number:02}"))?,
            found: Found::MissingHere,
            done: Done::Recorded,
        });
    }
    let orders = differences.iter().map(|difference: &Difference| difference.order.clone()).take(9).collect();
    day.proof = Proof::Compared(Compared {
        theirs: total(186, 289_000),
        ours_found: total(177, 289_000),
        ours: total(186, 289_000),
        same: 186,
        differences,
    });
    day.webhooks = Webhooks::Losing { missed: 9, orders };
    Ok(day)
}

fn tiktok() -> Result<ConnectionDay, IdError> {
    let mut day = calm("tiktok-shop", "tiktok_shop", "TikTok Shop", 121, 245_000)?;
    let advice = Said::new(
        "Sàn trừ mã giảm giá sau khi đặt; so lại tiền trên TikTok rồi xác nhận.",
        "The channel took a voucher off after the sale; compare the amount on TikTok and confirm.",
    );
    let theirs = Total { orders: 121, money: Some(vnd(29_600_000)) };
    day.proof = Proof::Compared(Compared {
        theirs,
        ours_found: total(121, 245_000),
        ours: total(121, 245_000),
        same: 120,
        differences: vec![Difference {
            hour: Some(at(20, 0)),
            order: order("580213447190217344")?,
            found: Found::MoneyDiffers { theirs: vnd(200_000), ours: vnd(245_000) },
            done: Done::Parked { advice },
        }],
    });
    day.login = Login::EndsSoon { at: at(24 * 4 + 9, 30) };
    Ok(day)
}

fn lazada() -> Result<ConnectionDay, IdError> {
    let mut day = calm("lazada", "lazada", "Lazada", 49, 310_000)?;
    let why = Said::new(
        "Đặt lúc 23:59:58, Lazada tính sang ngày 30/11.",
        "Placed at 23:59:58; Lazada counts it for 30/11.",
    );
    day.proof = Proof::Compared(Compared {
        theirs: total(48, 310_000),
        ours_found: total(49, 310_000),
        ours: total(49, 310_000),
        same: 48,
        differences: vec![Difference {
            hour: Some(at(23, 0)),
            order: order("348812907716")?,
            found: Found::MissingThere,
            done: Done::Explained { why },
        }],
    });
    day.freshness = Some(Freshness {
        changes: 140,
        p50_ms: Some(900),
        p99_ms: Some(48_000),
        oldest_stale: Some(Stale {
            listing: listing("2740193:8831")?,
            product: "Váy linen hai dây, đen, M".to_owned(),
            since: at(28, 41),
        }),
    });
    Ok(day)
}

fn tiki() -> Result<ConnectionDay, IdError> {
    let mut day = calm("tiki", "tiki", "Tiki", 22, 335_000)?;
    day.proof = Proof::Unreadable {
        reason: Said::new("Tiki trả lời 503 suốt từ 23:10", "Tiki answered 503 from 23:10 on"),
    };
    day.hours = Some(hours(22, 335_000, false, None));
    day.webhooks = Webhooks::NotOffered;
    Ok(day)
}

fn website() -> Result<ConnectionDay, IdError> {
    let mut day = calm("website", "woocommerce", "Website moclan", 35, 320_000)?;
    day.sharing = Sharing::Pool;
    day.webhooks = Webhooks::Repaired { at: at(3, 12), missed: 0, orders: Vec::new() };
    Ok(day)
}

fn till() -> Result<ConnectionDay, IdError> {
    let mut day = calm("kiotviet", "kiotviet", "KiotViet – quầy", 57, 260_000)?;
    day.proof = Proof::NoOrderList;
    day.hours = Some(hours(57, 260_000, false, None));
    day.freshness = None;
    day.login = Login::NotMeasured;
    Ok(day)
}

/// A file that agrees, and one that cannot be read.
pub(super) fn settlements() -> Result<Vec<Settlement>, IdError> {
    let same = total(1_204, 289_000);
    let compared =
        Compared { theirs: same, ours_found: same, ours: same, same: 1_204, differences: Vec::new() };
    let reason = Said::new("tệp XLS đổi tên thành .csv", "an XLS file renamed to .csv");
    Ok(vec![
        Settlement {
            connection: connection("shopee-main")?,
            file: "shopee-tuan-47.csv".to_owned(),
            proof: Proof::Compared(compared),
        },
        Settlement {
            connection: connection("lazada")?,
            file: "lazada-ky-2-thang-11.csv".to_owned(),
            proof: Proof::Unreadable { reason },
        },
    ])
}

/// Two reasons to park.
pub(super) fn parked() -> Result<Vec<ParkedGroup>, IdError> {
    Ok(vec![
        ParkedGroup {
            code: "unknown_sku".to_owned(),
            connection: Some(connection("tiktok-shop")?),
            what: Said::new("Mã trên sàn chưa nối với sản phẩm nào", "A listing that is no product of ours"),
            advice: Said::new(
                "Khai báo sản phẩm cho mã 1729384756102938475; đơn sẽ tự áp dụng.",
                "Map listing 1729384756102938475 to a SKU; the orders then apply by themselves.",
            ),
            items: 3,
            subjects: ["577012345678901234", "577012345678901777", "577012345678902001"]
                .map(str::to_owned)
                .to_vec(),
            oldest: at(11, 24),
        },
        ParkedGroup {
            code: "cancel_without_proof".to_owned(),
            connection: Some(connection("shopee-main")?),
            what: Said::new(
                "Đơn huỷ, chưa rõ hàng còn trong kho",
                "Cancelled, and nobody knows where the goods are",
            ),
            advice: Said::new("Kiểm tra kệ hàng rồi xác nhận.", "Check the shelf and confirm."),
            items: 1,
            subjects: vec!["2611290F3K9A2B".to_owned()],
            oldest: at(17, 5),
        },
    ])
}

/// One alert that is over, one that lasts.
pub(super) fn alerts() -> Result<Vec<Alert>, IdError> {
    Ok(vec![
        Alert {
            topic: Topic::Orders,
            connection: Some(connection("tiki")?),
            what: Said::new("Không đọc được danh sách đơn của Tiki", "The order list of Tiki cannot be read"),
            since: at(23, 10),
            ended: None,
            costs: Said::new(
                "Chưa biết có sót đơn Tiki từ 23:10 hay không; hàng trên Tiki tự giảm dần.",
                "Whether Tiki orders are missing since 23:10 is not known; stock shown on Tiki shrinks by itself.",
            ),
            to_do: Said::new(
                "Đợi Tiki; nếu quá 12 giờ, tạm tắt gian hàng.",
                "Wait for Tiki; after 12 hours, pause the store.",
            ),
        },
        Alert {
            topic: Topic::Webhooks,
            connection: Some(connection("shopee-main")?),
            what: Said::new("Shopee không báo đơn trong 52 phút", "Shopee told no order for 52 minutes"),
            since: at(14, 8),
            ended: Some(at(15, 0)),
            costs: Said::new(
                "9 đơn vào sổ chậm, lâu nhất 58 giây.",
                "9 orders were recorded late, by 58 seconds at most.",
            ),
            to_do: Said::new("Không cần làm gì.", "Nothing."),
        },
    ])
}

/// What a channel answered that was not so.
pub(super) fn remarks() -> Result<Vec<Remark>, IdError> {
    Ok(vec![Remark {
        connection: Some(connection("lazada")?),
        at: at(21, 47),
        what: Said::new(
            "Lazada trả lời đã nhận số 4 nhưng đọc lại vẫn là 7; đã gửi lại và đọc lại thành 4.",
            "Lazada answered that it took 4, and still showed 7; it was sent again and then showed 4.",
        ),
    }])
}
