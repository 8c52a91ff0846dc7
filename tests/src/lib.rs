//! Helpers of the tests.
pub mod fake_server;
pub mod house;
pub mod signers;
