//! The rules of the house: what an order does to stock, and what each channel may show.
//!
//! Nothing here touches a network, a table or a clock: `now` always comes in as a value. Read in this order:
//! [`ids`] and [`money`] (the words), [`status`] and [`order`] (what a channel tells us), [`catalogue`] (how a
//! listing maps to our SKUs), [`effect`] (what an order does to stock), [`stock`] (the balance it changes),
//! [`record`] (how one event is merged into what we know), [`plan`] (which store serves a line: [`allocate`]; how a batch
//! becomes one transaction, or several [`steps`]), [`hold`] (units set aside only where they are free: [`hold_terms`],
//! [`hold_end`], [`hold_word`]; [`pick_up`]: what the store says that a buyer comes to), [`level`] (a till's own count) and [`shown`] (what a listing shows), [`freshness`] (how soon it does), [`shortfall`] (more
//! promised than is there), [`report_rule`] (what a shop wants of its morning report), [`leave`] (what it is left at when the shop goes), [`mapping`] (which product of ours a listing
//! is). [`goods`]: what people write down about goods that come, go and come back. [`login`] stands by itself: when a channel's login is renewed; so do [`back_fill`] (a long list of orders read
//! piece by piece), [`what_if`] (what a shop's own sales would have come to under another share rule), [`reconcile`]
//! (what is missing or wrong, and what may be done about it) and [`settlement`] (what a channel says it paid for, against
//! our orders).

pub mod alert;
pub mod allocate;
pub mod back_fill;
pub mod catalogue;
pub mod cover;
pub mod effect;
pub mod forward;
pub mod freshness;
pub mod goods;
pub mod hold;
pub mod hold_end;
pub mod hold_terms;
pub mod hold_word;
pub mod ids;
pub mod leave;
pub mod level;
pub mod list_lag;
pub mod login;
pub mod mapping;
mod moments;
pub mod money;
pub mod near;
pub mod order;
pub mod park;
pub mod pick_up;
pub mod plan;
pub mod reconcile;
pub mod record;
pub mod removed;
pub mod report_reader;
pub mod report_rule;
pub mod settlement;
pub mod shortfall;
pub mod shown;
pub mod silence;
pub mod split;
pub mod status;
pub mod steps;
pub mod stock;
pub mod what_if;
pub mod zalo_reader;

pub use jiff::Timestamp;
