//! The stand-in of a Sapo website on a stage, with keys that fit.

use std::io;

use super::{SapoProduct, SapoTwin, SapoTwinConfig};
use crate::stage::{Actor, Stage, ids};

/// Starts it and tells what opens it.
pub(crate) async fn on_stage(stage: &Stage) -> io::Result<Actor> {
    let listings = stage.listings(|n| format!("{}:{}", 400 + n, 1_400 + n));
    let ids = ids(&listings);
    let config = SapoTwinConfig {
        calls_per_minute: 60_000,
        product: SapoProduct::Web,
        app_id: "twin-app".to_owned(),
        app_secret: "twin-app-secret".to_owned(),
        domain: "twin.mysapo.net".to_owned(),
        webhook_url: stage.webhook_url.clone(),
        location_id: 1,
        single_order_without_lines: false,
        listings,
        latency: stage.latency,
        clock: stage.clock.clone(),
        port: stage.port,
    };
    let twin = SapoTwin::start(config).await?;
    Ok(Actor {
        settings: vec![("app_id", "twin-app".to_owned())],
        secrets: vec![("app_secret", "twin-app-secret".to_owned())],
        tokens: vec![("access_token", twin.access_token())],
        listings: ids,
        branch: None,
        twin,
    })
}
