//! The `hopkenh` command, as a library so that tests walk through the same doors.

pub mod bench;
pub mod channel;
pub mod connect;
mod csv;
pub mod dead_letters;
pub mod demo;
pub mod explain;
pub mod holds;
pub mod listings;
pub mod login;
pub mod lone_account;
pub mod parked;
pub mod place;
pub mod plan;
pub mod presence;
pub mod reconcile;
pub mod report;
pub mod secret;
pub mod shop;
pub mod shortfalls;
pub mod simulate;
pub mod stock;
pub mod terminal;
pub mod till;
pub mod twins;
pub mod up;
pub mod webhook;
