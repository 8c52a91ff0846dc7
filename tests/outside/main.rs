//! What a stranger sees from outside: HTTP, processes, sample events, channels against their twins, house rules.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail and speak as tests do"
)]

mod bad_input;
mod channel_table;
mod dead_letters;
mod forward;
mod granted;
mod house_rules;
mod moving;
mod operator;
mod people;
mod real_payloads;
mod restart;
mod reviewed;
mod sample_channels;
mod sample_events;
mod sample_shapes;
mod up_process;
