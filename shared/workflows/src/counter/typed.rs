//! What a person typed into a form, checked against the shop: goods, products, stores. Every bad row is named.

use super::request::Fields;
use commerce::catalogue::Shop;
use commerce::goods::{Goods, PRODUCTS_MAX};
use commerce::ids::Sku;
use commerce::near::near;
use commerce::order::UNITS_MAX;
use reports::Language;
use reports::counter::Row;

/// The rows of a form that hold anything.
pub(super) fn rows(form: &Fields, units: &str) -> Vec<Row> {
    let row = |n| Row { sku: form.numbered("sku", n).to_owned(), units: form.numbered(units, n).to_owned() };
    (0..PRODUCTS_MAX).map(row).filter(|row| !row.sku.is_empty() || !row.units.is_empty()).collect()
}

/// The goods of these rows, or a sentence for each bad one. The same product twice is their sum.
pub(super) fn goods(shop: &Shop, rows: &[Row], l: Language) -> Result<Goods, String> {
    let (mut goods, mut problems) = (Goods::new(), Vec::new());
    for row in rows {
        match (sku(shop, &row.sku, l), whole(&row.units, l)) {
            (Ok(sku), Ok(units)) => *goods.entry(sku).or_default() += units,
            (sku, units) => problems.extend([sku.err(), units.err()].into_iter().flatten()),
        }
    }
    if problems.is_empty() { Ok(goods) } else { Err(problems.join("; ")) }
}

/// The same for rows that a page had filled with products: what was set to none is left out.
pub(super) fn goods_meant(shop: &Shop, rows: &[Row], l: Language) -> Result<Goods, String> {
    let meant: Vec<Row> =
        rows.iter().filter(|row| !["", "0"].contains(&row.units.as_str())).cloned().collect();
    goods(shop, &meant, l)
}

/// A product that some listing of the shop is made of.
pub(super) fn sku(shop: &Shop, text: &str, l: Language) -> Result<Sku, String> {
    let known = shop.skus();
    if let Some(sku) = known.iter().find(|sku| sku.as_str() == text) {
        return Ok((*sku).clone());
    }
    // A phone's keyboard writes small letters where the code has capitals.
    let mut alike = known.iter().filter(|sku| sku.as_str().to_lowercase() == text.to_lowercase());
    if let (Some(sku), None) = (alike.next(), alike.next()) {
        return Ok((*sku).clone());
    }
    let near = near(text, known.iter().map(|sku| sku.as_str())).join(", ");
    Err(match near.as_str() {
        "" => l.pick(
            format!("mã {text:?}: cửa hàng không bán mã này"),
            format!("SKU {text:?}: no listing of the shop sells it"),
        ),
        near => l.pick(
            format!("mã {text:?}: cửa hàng không bán mã này; gần giống: {near}"),
            format!("SKU {text:?}: no listing of the shop sells it; near: {near}"),
        ),
    })
}

/// A whole number that a store can hold, so that no sum of a form runs over.
pub(super) fn whole(text: &str, l: Language) -> Result<i64, String> {
    let number = text.parse::<i64>().ok().filter(|number| (-UNITS_MAX..=UNITS_MAX).contains(number));
    number.ok_or_else(|| {
        l.pick(
            format!("{text:?}: phải là số nguyên, không dấu chấm, không quá lớn"),
            format!("{text:?}: must be a whole number, without points and not too large"),
        )
    })
}
