//! The stand-in of a website on WooCommerce on a stage, with keys that fit.

use std::io;

use super::{WooCommerceTwin, WooCommerceTwinConfig};
use crate::stage::{Actor, Stage, ids};

/// Starts it and tells what opens it.
pub(crate) async fn on_stage(stage: &Stage) -> io::Result<Actor> {
    let listings = stage.listings(|n| format!("{}:{}", 100 + n, if n % 3 == 0 { 500 + n } else { 0 }));
    let ids = ids(&listings);
    let config = WooCommerceTwinConfig {
        consumer_key: "ck_twin".to_owned(),
        consumer_secret: "cs_twin".to_owned(),
        webhook_secret: "twin-webhook-secret".to_owned(),
        delivery_url: stage.webhook_url.clone(),
        webhook_id: 1,
        listings,
        latency: stage.latency,
        clock: stage.clock.clone(),
        port: stage.port,
    };
    let twin = WooCommerceTwin::start(config).await?;
    Ok(Actor {
        settings: Vec::new(),
        secrets: vec![
            ("consumer_key", "ck_twin".to_owned()),
            ("consumer_secret", "cs_twin".to_owned()),
            ("webhook_secret", "twin-webhook-secret".to_owned()),
        ],
        tokens: Vec::new(),
        listings: ids,
        branch: None,
        twin,
    })
}
