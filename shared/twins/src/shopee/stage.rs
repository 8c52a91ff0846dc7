//! The stand-in of Shopee on a stage, with keys that fit.

use std::io;

use super::{ShopeeTwin, ShopeeTwinConfig};
use crate::stage::{Actor, Stage, ids};

/// Starts it and tells what opens it.
pub(crate) async fn on_stage(stage: &Stage) -> io::Result<Actor> {
    let listings = stage.listings(|n| format!("{}:{}", 7_000 + n, if n % 2 == 0 { 0 } else { 90_000 + n }));
    let ids = ids(&listings);
    let config = ShopeeTwinConfig {
        partner_id: 2_001,
        partner_key: "twin-partner-key".to_owned(),
        shop_id: 137_637_267,
        access_token: "twin-access-token".to_owned(),
        callback_url: stage.webhook_url.clone(),
        listings,
        latency: stage.latency,
        clock: stage.clock.clone(),
        port: stage.port,
    };
    let twin = ShopeeTwin::start(config).await?;
    Ok(Actor {
        settings: vec![("partner_id", "2001".to_owned()), ("shop_id", "137637267".to_owned())],
        secrets: vec![("partner_key", "twin-partner-key".to_owned())],
        tokens: vec![("access_token", twin.access_token()), ("refresh_token", twin.refresh_token())],
        listings: ids,
        branch: None,
        twin,
    })
}
