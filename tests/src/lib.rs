//! Helpers of the tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]
pub mod fake_server;
pub mod house;
pub mod signers;
pub mod fake_channels;
pub mod auditor;
pub mod book;
pub mod day;
pub mod history;
pub mod seed;
pub mod story;
pub mod engines;
