//! What each function does, one file each, always in the same order: load → decide → save → tell.
//!
//! [`receive_webhook`] → [`look_up_orders`] → [`record_orders`] → [`announce_stock`] → [`publish_stock`], and every minute
//! [`fetch_orders`], [`sweep_due`] and [`renew_logins`]. Beside them stand those that answer while somebody waits:
//! [`forward_orders`] puts orders into the till or website of the store that serves them, and carries back what the store does.
//! [`take_orders`] holds units for a chat order, [`finish_login`] takes a person's browser back from a channel, and [`counter`]
//! serves a store's people on their phones. The messages they send each other are in [`messages`]; deciding is done by `commerce`, never here.

mod alerts;
pub mod announce_stock;
pub mod catch_up;
pub mod change_secrets;
pub mod counter;
pub mod counters;
pub mod due_work;
mod echoes;
pub mod end_holds;
mod every_shop;
pub mod fetch_orders;
pub mod finish_login;
pub mod forward_orders;
mod free_units;
pub mod hold_codes;
pub mod jitter;
pub mod keep_tokens;
pub mod ledger_lines;
pub mod login_news;
pub mod login_page;
pub mod logins;
pub mod look_again;
pub mod look_up_orders;
mod lost_write;
pub mod messages;
pub mod morning_report;
mod news;
pub mod parking;
pub mod passes;
pub mod prepare_holds;
pub mod prices;
mod private_page;
pub mod publish_stock;
mod readers;
pub mod receive_webhook;
pub mod reconcile;
pub mod record_levels;
pub mod record_orders;
pub mod refused_login;
pub mod renew_logins;
pub mod settle_holds;
pub mod settlements;
pub mod ship_gate;
pub mod shortfalls;
pub mod sweep_due;
pub mod take_orders;
mod telegram;
pub mod what_to_show;
pub mod write_goods;

pub use announce_stock::AnnounceStock;
pub use counter::Counter;
pub use due_work::DueWork;
pub use fetch_orders::FetchOrders;
pub use finish_login::FinishLogin;
pub use forward_orders::ForwardOrders;
pub use look_up_orders::LookUpOrders;
pub use morning_report::MorningReport;
pub use passes::Passes;
pub use publish_stock::PublishStock;
pub use receive_webhook::ReceiveWebhook;
pub use reconcile::Reconcile;
pub use record_orders::RecordOrders;
pub use renew_logins::RenewLogins;
pub use settlements::Settlements;
pub use ship_gate::ShipGate;
pub use sweep_due::SweepDue;
pub use take_orders::TakeOrders;
