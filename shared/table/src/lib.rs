//! The shop's book: every order, every balance and every listing's state, in one DynamoDB table.
//!
//! Read [`keys`] first (all key text and the access patterns), then the items ([`order_item`], [`stock_item`],
//! [`listing_item`], [`connection_item`], [`goods_item`], [`heal_item`], [`hold_item`], [`parked_item`], [`shop_item`]), then [`store`] (reads) and
//! [`save`] (the one-transaction write).
//!
//! Invariant: a balance changes only inside one transaction with a once-only item (an order's revision or a
//! document). There is no bare update of a STOCK item anywhere, because a repeated call would count twice. A shop that
//! moves in brings its balances whole ([`operator`]), each written only where none lies.

pub mod alert_item;
pub mod attributes;
pub mod connection_item;
pub mod count_wanted_item;
pub mod due_item;
pub mod failure;
pub mod forward_item;
pub mod goods_item;
pub mod heal_item;
pub mod hold_item;
pub mod in_process;
pub mod keys;
pub mod listing_item;
pub mod load_forward;
pub mod newest;
pub mod operator;
pub mod order_item;
pub mod parked_item;
pub mod pass_item;
mod pick_ups;
pub mod save;
pub mod save_forward;
pub mod save_goods;
pub mod save_listed;
pub mod schema;
pub mod shop_item;
pub mod stock_item;
pub mod store;
pub mod units;

pub use failure::TableError;
pub use store::{DeskItems, Table};
