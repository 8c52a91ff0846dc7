//! The stand-in of TikTok Shop on a stage, with keys that fit.

use std::io;

use super::{TikTokTwin, TikTokTwinConfig};
use crate::stage::{Actor, Stage, ids};

/// Starts it and tells what opens it.
pub(crate) async fn on_stage(stage: &Stage) -> io::Result<Actor> {
    let listings =
        stage.listings(|n| format!("{}:{}", 1_729_000_000_000_000_001 + n, 1_730_000_000_000_000_001 + n));
    let ids = ids(&listings);
    let config = TikTokTwinConfig {
        app_key: "29a39d".to_owned(),
        app_secret: "twin-app-secret".to_owned(),
        service_id: "7431458374265161478".to_owned(),
        shop_id: "7495540735365777507".to_owned(),
        shop_cipher: "ROW_cipher".to_owned(),
        warehouse_id: "7272949914115966726".to_owned(),
        access_token: "twin-access-token".to_owned(),
        webhook_url: stage.webhook_url.clone(),
        redirect_url: stage.redirect_url.clone(),
        seller_ships: false,
        listings,
        latency: stage.latency,
        clock: stage.clock.clone(),
        port: stage.port,
    };
    let twin = TikTokTwin::start(config).await?;
    Ok(Actor {
        settings: vec![
            ("app_key", "29a39d".to_owned()),
            ("service_id", "7431458374265161478".to_owned()),
            ("warehouse_id", "7272949914115966726".to_owned()),
        ],
        secrets: vec![("app_secret", "twin-app-secret".to_owned())],
        tokens: vec![
            ("access_token", twin.access_token()),
            ("refresh_token", twin.refresh_token()),
            ("account.shop_cipher", "ROW_cipher".to_owned()),
            ("account.shop_id", "7495540735365777507".to_owned()),
        ],
        listings: ids,
        branch: None,
        twin,
    })
}
