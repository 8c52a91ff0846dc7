//! What a stranger sees from outside: HTTP, processes, sample events, channels against their twins, house rules.

mod bad_input;
mod house_rules;
mod real_payloads;
mod restart;
mod sample_events;
mod up_process;
