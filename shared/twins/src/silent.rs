//! The front door of senders that cannot be called: there is nothing behind it.

use std::time::Duration;

use serde_json::json;

use crate::server::{Answer, Backend, Bend, Call, Door};

/// Answers everything with "not found".
pub(crate) struct Silent {
    door: Door,
}

impl Silent {
    pub(crate) fn new(latency: Duration) -> Self {
        Self { door: Door::new(latency) }
    }
}

impl Backend for Silent {
    fn door(&self) -> &Door {
        &self.door
    }

    fn answer(&self, _call: &Call, _bend: &Bend) -> Answer {
        nothing(404)
    }

    fn too_many(&self, _retry_after_seconds: Option<u64>) -> Answer {
        nothing(429)
    }

    fn server_error(&self, status: u16) -> Answer {
        nothing(status)
    }
}

fn nothing(status: u16) -> Answer {
    Answer::json(status, &json!({"error": "nothing is here"}))
}
