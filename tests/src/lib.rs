//! Helpers of the tests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]
pub mod auditor;
pub mod book;
pub mod crash_stage;
pub mod day;
pub mod engines;
pub mod fake_channels;
pub mod fake_server;
pub mod granting;
pub mod history;
pub mod house;
pub mod listener;
pub mod mail_server;
pub mod points;
pub mod seed;
pub mod shelf;
pub mod signers;
pub mod stock_story;
pub mod story;
