//! A buyer's code and the order it stands for; it lies there as long as something can be asked for with it.
//!
//! `cn` connection · `o` order. The key says the shop and the code.

use crate::attributes::{Item, check_shape, get_text, new_item, text};
use crate::failure::TableError;
use crate::keys;
use commerce::hold_terms::HoldCode;
use commerce::ids::{ConnectionId, IdError, OrderId, ShopId};
use commerce::plan::OrderKey;

/// Writes it.
pub fn to_item(order: &OrderKey, code: HoldCode) -> Item {
    let mut item = new_item(&keys::hold_code(&order.shop, code));
    item.insert("cn".to_owned(), text(order.connection.as_str()));
    item.insert("o".to_owned(), text(order.order.as_str()));
    item
}

/// Reads whose it is.
pub fn from_item(shop: &ShopId, item: &Item) -> Result<OrderKey, TableError> {
    check_shape(item)?;
    let bad = |name: &'static str| move |error: IdError| TableError::corrupt(name, error.to_string());
    Ok(OrderKey {
        shop: shop.clone(),
        connection: ConnectionId::new(get_text(item, "cn")?).map_err(bad("cn"))?,
        order: OrderId::new(get_text(item, "o")?).map_err(bad("o"))?,
    })
}
