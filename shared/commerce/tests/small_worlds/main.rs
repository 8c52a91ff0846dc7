//! Small worlds, looked at whole: not a sample of what may happen to a small shop, but everything that may.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::needless_range_loop,
    reason = "helpers of tests fail as tests do, and say how much they have tried"
)]

mod arrivals;
mod machine;
mod protocol;
mod search;
mod steps;
mod tellings;
mod world;
