//! The gate to the channels as every function opens it.

use crate::settings::{CHANNEL_HOSTS, MissingSetting, Setting};
use channels::channel::Clock;
use channels::error::ChannelError;
use channels::gateway::{Gateway, Limits};
use channels::http::Http;
use channels::outside::Outside;

/// Why the gate could not be opened at start.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// A setting is missing.
    #[error(transparent)]
    Missing(#[from] MissingSetting),
    /// A setting holds something else than it may.
    #[error("setting {} is {got:?}: {}", .setting.name, .setting.meaning)]
    Value {
        /// Which.
        setting: Setting,
        /// What it holds.
        got: String,
    },
    /// The HTTP client could not be built.
    #[error(transparent)]
    Http(#[from] ChannelError),
}

/// All channels behind one bounded HTTP client that reaches these hosts.
pub fn gateway(outside: Outside, clock: Clock) -> Result<Gateway, ChannelError> {
    let limits = Limits::default();
    Ok(Gateway::new(Http::toward(outside, limits.call_timeout)?, clock, limits))
}

/// The same, toward the hosts that the environment allows.
pub fn gateway_from_environment(clock: Clock) -> Result<Gateway, GateError> {
    let text = CHANNEL_HOSTS.required()?;
    match outside(&text) {
        Some(outside) => Ok(gateway(outside, clock)?),
        None => Err(GateError::Value { setting: CHANNEL_HOSTS, got: text }),
    }
}

/// `public`: each channel's own hosts. `this-machine-too`: those, and stand-ins here. `any`: stand-ins anywhere.
pub fn outside(text: &str) -> Option<Outside> {
    match text.trim() {
        "public" => Some(Outside::Public),
        "this-machine-too" => Some(Outside::ThisMachineToo),
        "any" => Some(Outside::Any),
        _ => None,
    }
}
