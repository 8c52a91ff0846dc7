//! The book keeps its promises under storms, faults and long orders.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod alerts;
mod back_fill;
mod changed_files;
mod crashes;
mod direct;
mod fairness;
mod faults;
mod fetching;
mod forward;
mod forward_world;
mod freshness;
mod goods;
mod granted;
mod hands;
mod hold_codes;
mod hold_world;
mod holds;
mod holds_end;
mod isolation;
mod letters;
mod login_world;
mod logins;
mod long_orders;
mod mornings;
mod mornings_after;
mod notices;
mod pick_up_alerts;
mod pick_ups;
mod reconciling;
mod reviewed;
mod same_mornings;
mod shares;
mod shortfalls;
mod sizes;
mod stories;
mod storms;
mod strangers;
