//! The stand-in of the desk where orders are taken in chats on a stage, with keys that fit.

use std::io;

use super::{SocialTwin, SocialTwinConfig};
use crate::stage::{Actor, Stage, ids};

/// Starts it and tells what opens it.
pub(crate) async fn on_stage(stage: &Stage) -> io::Result<Actor> {
    let listings = stage.listings(|n| stage.goods.get(n).map(|good| good.sku.clone()).unwrap_or_default());
    let ids = ids(&listings);
    let config = SocialTwinConfig {
        webhook_secret: "twin-webhook-secret".to_owned(),
        meta_app_secret: "twin-meta-secret".to_owned(),
        meta_verify_token: "twin-meta-word".to_owned(),
        zalo_app_id: "360846524940903967".to_owned(),
        zalo_oa_secret: "twin-zalo-secret".to_owned(),
        webhook_url: stage.webhook_url.clone(),
        orders_url: stage.orders_url.clone(),
        listings,
        latency: stage.latency,
        clock: stage.clock.clone(),
        port: stage.port,
    };
    let twin = SocialTwin::start(config).await?;
    Ok(Actor {
        settings: vec![("zalo_app_id", "360846524940903967".to_owned())],
        secrets: vec![
            ("webhook_secret", "twin-webhook-secret".to_owned()),
            ("meta_app_secret", "twin-meta-secret".to_owned()),
            ("meta_verify_token", "twin-meta-word".to_owned()),
            ("zalo_oa_secret", "twin-zalo-secret".to_owned()),
        ],
        tokens: Vec::new(),
        listings: ids,
        branch: None,
        twin,
    })
}
