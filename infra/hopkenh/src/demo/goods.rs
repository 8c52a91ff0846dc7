//! What the shop of the demo sells, and how much of it lies in each store when the day begins.

use super::cast::Store;
use std::collections::BTreeMap;
use twins::stage::Good;

/// Units of each product at each store: by product and store.
pub type Opening = BTreeMap<(String, String), i64>;

/// A product of the demo: name, units at Hà Nội, units at TP.HCM, price, and how much buyers want it.
pub struct Product {
    /// Our code.
    pub sku: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Units at Hà Nội when the day begins.
    pub hn: i64,
    /// Units at TP.HCM when the day begins. The counter, where there is one, begins with half as many.
    pub hcm: i64,
    /// Price in đồng.
    pub price: i64,
    /// How often it is asked for, against the others.
    pub demand: u32,
}

/// The shop's products: a few that sell out, some that do not. Stock is for 300 orders and scales with the day.
pub const PRODUCTS: [Product; 10] = [
    Product { sku: "AO-DO-M", name: "Áo thun đỏ M", hn: 26, hcm: 18, price: 119_000, demand: 12 },
    Product { sku: "AO-DO-L", name: "Áo thun đỏ L", hn: 24, hcm: 17, price: 119_000, demand: 11 },
    Product { sku: "AO-XANH-M", name: "Áo thun xanh M", hn: 20, hcm: 14, price: 119_000, demand: 10 },
    Product { sku: "QUAN-JEAN-30", name: "Quần jean 30", hn: 20, hcm: 15, price: 349_000, demand: 9 },
    Product { sku: "VAY-HOA-S", name: "Váy hoa S", hn: 19, hcm: 14, price: 259_000, demand: 9 },
    Product { sku: "NON-LUOI", name: "Nón lưỡi trai", hn: 19, hcm: 12, price: 79_000, demand: 8 },
    Product { sku: "TUI-VAI", name: "Túi vải", hn: 60, hcm: 50, price: 59_000, demand: 7 },
    Product { sku: "VO-CO-CAO", name: "Vớ cổ cao", hn: 140, hcm: 120, price: 25_000, demand: 8 },
    Product { sku: "DAY-NIT", name: "Dây nịt", hn: 45, hcm: 40, price: 149_000, demand: 4 },
    Product { sku: "KHAN-LUA", name: "Khăn lụa", hn: 50, hcm: 40, price: 189_000, demand: 4 },
];

/// Listings made of other products: a set of a shirt and a cap, and a pack of six socks.
pub const SETS: [(&str, &[(&str, u32)]); 2] =
    [("SET-AO-NON", &[("AO-DO-M", 1), ("NON-LUOI", 1)]), ("VO-6", &[("VO-CO-CAO", 6)])];

/// Opening stock by product and store, scaled so that a day of any length has its stock-outs.
pub fn opening(stores: &[Store], orders: u32) -> Opening {
    let scale = |units: i64| (units * i64::from(orders) / 300).max(2);
    let at = |product: &Product, store: Store| match store {
        Store::HaNoi => product.hn,
        Store::HoChiMinh => product.hcm,
        Store::Counter => product.hcm / 2,
    };
    let place = |product: &Product, store: Store| (product.sku.to_owned(), store.id().to_owned());
    let products = PRODUCTS.iter().flat_map(|product| stores.iter().map(move |store| (product, *store)));
    products.map(|(product, store)| (place(product, store), scale(at(product, store)))).collect()
}

/// What a listing is made of: products and how many of each.
pub type Parts = Vec<(&'static str, u32)>;

/// Every listing a selling channel shows: single products first, then sets.
pub fn offered() -> Vec<(&'static str, Parts)> {
    let singles = PRODUCTS.iter().map(|product| (product.sku, vec![(product.sku, 1)]));
    singles.chain(SETS.iter().map(|(sku, parts)| (*sku, parts.to_vec()))).collect()
}

/// The same as goods of a stand-in, with what these stores can serve together and what lies in the store of a till.
pub fn goods(opening: &Opening, serves_from: &[Store], till: Option<Store>) -> Vec<Good> {
    let good = |(sku, parts): (&'static str, Parts)| Good {
        sku: sku.to_owned(),
        name: product(sku).map_or(sku, |product| product.name).to_owned(),
        price_minor: price(&parts),
        shown: serves_from.iter().map(|store| buildable(opening, &parts, *store)).sum(),
        in_store: till.map_or(0, |store| buildable(opening, &parts, store)),
    };
    // A till knows no sets.
    let sold = if till.is_some() { PRODUCTS.len() } else { PRODUCTS.len() + SETS.len() };
    offered().into_iter().take(sold).map(good).collect()
}

/// Something that a till sells and that the shop's file does not know.
pub fn stranger() -> Good {
    let (sku, name) = ("QUA-TANG".to_owned(), "Quà tặng".to_owned());
    Good { sku, name, price_minor: 15_000, shown: 0, in_store: 5 }
}

fn buildable(opening: &Opening, parts: &[(&str, u32)], store: Store) -> i64 {
    let units = |sku: &str| opening.get(&(sku.to_owned(), store.id().to_owned())).copied().unwrap_or(0);
    parts.iter().map(|(sku, factor)| units(sku) / i64::from(*factor)).min().unwrap_or(0)
}

fn price(parts: &[(&str, u32)]) -> i64 {
    parts.iter().map(|(sku, units)| product(sku).map_or(0, |p| p.price) * i64::from(*units)).sum()
}

fn product(sku: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.sku == sku)
}
