//! Log lines: one JSON object each on AWS, plain text on one machine; ids only, never bodies, tokens or buyer data.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// The environment variable that sets how much is logged (`info` when absent).
pub const LOG_LEVEL: &str = "LOG_LEVEL";

fn filter(default: &str) -> EnvFilter {
    let wanted = std::env::var(LOG_LEVEL).unwrap_or_else(|_| default.to_owned());
    // The SDK and the HTTP client may print headers at debug; ours are the only lines below `warn`.
    let text = format!("warn,{}", ours(&wanted));
    EnvFilter::try_new(text).unwrap_or_else(|_| EnvFilter::new("warn"))
}

fn ours(level: &str) -> String {
    let level = level.trim().to_ascii_lowercase();
    let known = ["trace", "debug", "info", "warn", "error", "off"];
    let level = if known.contains(&level.as_str()) { level } else { "info".to_owned() };
    let crates = [
        "channels",
        "table",
        "lambda_kit",
        "workflows",
        "one_machine",
        "hopkenh",
        "receive_webhook",
        "sweep_due",
        "look_up_orders",
        "record_orders",
        "announce_stock",
        "publish_stock",
        "fetch_orders",
    ];
    crates.map(|name| format!("{name}={level}")).join(",")
}

/// JSON lines for CloudWatch.
pub fn start_json() {
    let builder = tracing_subscriber::fmt().json().with_env_filter(filter("info"));
    // A second call (in tests) finds a subscriber set already.
    let _already = builder.with_current_span(false).without_time().try_init();
}

/// Plain lines for a person at a terminal, on standard error.
pub fn start_plain(default_level: &str) {
    let builder = tracing_subscriber::fmt().with_env_filter(filter(default_level));
    let colours = std::io::stderr().is_terminal();
    let _already = builder.with_target(false).with_ansi(colours).with_writer(std::io::stderr).try_init();
}
