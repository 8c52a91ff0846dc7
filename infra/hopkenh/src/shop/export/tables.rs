//! The tables for people: balances, orders, listings and what waits for a person.

use super::book::Book;
use crate::demo::texts::Language;
use crate::up::Problem;
use commerce::Timestamp;
use commerce::catalogue::Component;
use commerce::effect::{Line, OrderState};
use commerce::money::Currency;
use commerce::order::OrderKind;
use table::attributes::get_text;
use table::keys::{self, Key, Kind, PARTITION};
use table::{listing_item, order_item, parked_item, stock_item};

type Rows = Vec<Vec<String>>;

/// Every table with the name of its file.
pub(super) fn all(book: &Book, l: Language) -> Result<Vec<(&'static str, Rows)>, Problem> {
    Ok(vec![
        ("stock.csv", stock(book, l)?),
        ("orders.csv", orders(book, l)?),
        ("listings.csv", listings(book, l)?),
        ("parked.csv", parked(book, l)?),
    ])
}

fn head(l: Language, names: &[(&'static str, &'static str)]) -> Vec<String> {
    names.iter().map(|(vi, en)| l.say(vi, en).to_owned()).collect()
}

fn stock(book: &Book, l: Language) -> Result<Rows, Problem> {
    let names = [
        ("Mã hàng", "SKU"),
        ("Kho", "Location"),
        ("Tồn", "On hand"),
        ("Đã bán", "Committed"),
        ("Giữ chỗ", "Held"),
        ("Còn", "Free"),
        ("Kiểm đếm lúc", "Counted at"),
        ("Số lần đổi", "Changes"),
    ];
    let mut rows = vec![head(l, &names)];
    for entry in book.items(Kind::Stock) {
        let (key, item) = entry?;
        let Some((_, sku, location)) = keys::parse_stock(&key.partition, &key.sort) else { continue };
        let s = stock_item::from_item(&item)?;
        let numbers = [s.on_hand, s.committed, s.holds, s.free].map(|n| n.to_string());
        let mut row = vec![sku.to_string(), location.to_string()];
        row.extend(numbers);
        row.extend([s.baseline.map(time).unwrap_or_default(), s.version.to_string()]);
        rows.push(row);
    }
    Ok(rows)
}

fn orders(book: &Book, l: Language) -> Result<Rows, Problem> {
    let names = [
        ("Kết nối", "Connection"),
        ("Đơn", "Order"),
        ("Loại", "Kind"),
        ("Trạng thái", "Status"),
        ("Giờ của kênh", "Source time"),
        ("Đặt lúc", "Created"),
        ("Dòng", "Line"),
        ("Gian hàng", "Listing"),
        ("Mã hàng", "SKU"),
        ("Kho", "Location"),
        ("Số lượng", "Units"),
        ("Đã hủy", "Cancelled"),
        ("Đã xuất", "Out"),
        ("Đơn giá", "Unit price"),
        ("Tổng đơn", "Order total"),
        ("Tiền tệ", "Currency"),
    ];
    let mut rows = vec![head(l, &names)];
    for entry in book.items(Kind::Order) {
        let (key, item) = entry?;
        let (order, _) = order_item::from_item(&item)?;
        rows.extend(order.lines.iter().map(|line| order_row(key, &order, line)));
    }
    Ok(rows)
}

fn order_row(key: &Key, order: &OrderState, line: &Line) -> Vec<String> {
    let name = keys::parse_order(&key.partition, &key.sort);
    let (connection, id) = name.map_or_else(
        || (String::new(), key.partition.clone()),
        |k| (k.connection.to_string(), k.order.to_string()),
    );
    let kind = match order.kind {
        OrderKind::Channel => "channel",
        OrderKind::TillOrder => "till order",
        OrderKind::TillSale => "till sale",
    };
    let currency = order.total.currency;
    let decided = line.decision.as_ref();
    vec![
        connection,
        id,
        kind.to_owned(),
        order.status.code(),
        time(order.source_time),
        time(order.created_at),
        line.id.to_string(),
        line.listing.to_string(),
        decided.map(|d| recipe(&d.recipe)).unwrap_or_default(),
        decided.map(|d| d.location.to_string()).unwrap_or_default(),
        line.quantity.to_string(),
        line.cancelled.to_string(),
        line.out.to_string(),
        amount(line.unit_price_minor, currency),
        amount(order.total.amount_minor, currency),
        currency.code().to_owned(),
    ]
}

/// `AO-M`, or `AO-M x 2 + AO-L` for a set.
fn recipe(parts: &[Component]) -> String {
    let part = |part: &Component| match part.factor {
        1 => part.sku.to_string(),
        factor => format!("{} x {factor}", part.sku),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(" + ")
}

fn listings(book: &Book, l: Language) -> Result<Rows, Problem> {
    let names = [
        ("Kết nối", "Connection"),
        ("Gian hàng", "Listing"),
        ("Đang hiện", "Shown"),
        ("Kênh nhận lúc", "Acknowledged"),
        ("Đang gửi", "Being sent"),
    ];
    let mut rows = vec![head(l, &names)];
    for entry in book.items(Kind::Listing) {
        let (key, item) = entry?;
        let Some((_, connection, listing)) = keys::parse_listing(&key.partition, &key.sort) else { continue };
        let state = listing_item::from_item(&item)?;
        rows.push(vec![
            connection.to_string(),
            listing.to_string(),
            state.listed.shown.map(|units| units.to_string()).unwrap_or_default(),
            state.listed.told_at.map(time).unwrap_or_default(),
            state.listed.attempt.map(|attempt| attempt.value.to_string()).unwrap_or_default(),
        ]);
    }
    Ok(rows)
}

fn parked(book: &Book, l: Language) -> Result<Rows, Problem> {
    let names = [
        ("Lúc", "When"),
        ("Kết nối", "Connection"),
        ("Việc", "What"),
        ("Lý do", "Reason"),
        ("Cần làm", "What to do"),
    ];
    let mut rows = vec![head(l, &names)];
    for entry in book.items(Kind::Parked) {
        let (_, item) = entry?;
        let shop = get_text(&item, PARTITION)?.split('#').next().unwrap_or_default().to_owned();
        let note = parked_item::from_item(&commerce::ids::ShopId::new(shop)?, &item)?;
        for reason in &note.reasons {
            let advice = l.pick(reason.advice_vi(), reason.advice_en());
            let place = [note.connection.to_string(), note.subject.clone(), reason.code().to_owned()];
            let mut row = vec![time(note.at)];
            row.extend(place);
            row.push(advice);
            rows.push(row);
        }
    }
    Ok(rows)
}

fn time(at: Timestamp) -> String {
    format!("{at:.0}")
}

/// An amount as people write it: `398000` for đồng, `12.30` for dollars.
fn amount(minor: i64, currency: Currency) -> String {
    let decimals = currency.decimals();
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let sign = if minor < 0 { "-" } else { "" };
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(amount(398_000, Currency::VND), "398000");
        let dollars = Currency::new("USD").unwrap();
        assert_eq!(amount(1_230, dollars), "12.30");
        assert_eq!(amount(-5, dollars), "-0.05");
    }
}
