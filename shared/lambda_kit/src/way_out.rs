//! The gate to the channels as every function opens it.

use channels::channel::Clock;
use channels::error::ChannelError;
use channels::gateway::{Gateway, Limits};
use channels::http::Http;

/// All channels behind one bounded HTTP client.
pub fn gateway(clock: Clock) -> Result<Gateway, ChannelError> {
    let limits = Limits::default();
    Ok(Gateway::new(Http::new(limits.call_timeout)?, clock, limits))
}
