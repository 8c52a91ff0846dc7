//! The stand-in of Lazada on a stage, with keys that fit.

use std::io;

use super::{LazadaTwin, LazadaTwinConfig};
use crate::stage::{Actor, Stage, ids};

/// Starts it and tells what opens it.
pub(crate) async fn on_stage(stage: &Stage) -> io::Result<Actor> {
    let listings = stage.listings(|n| format!("{}:{}", 8_000 + n, 18_000 + n));
    let ids = ids(&listings);
    let config = LazadaTwinConfig {
        app_key: "123456".to_owned(),
        app_secret: "twin-app-secret".to_owned(),
        seller_id: "1234567".to_owned(),
        access_token: "twin-access-token".to_owned(),
        redirect_url: stage.redirect_url.clone(),
        push_url: stage.webhook_url.clone(),
        listings,
        latency: stage.latency,
        clock: stage.clock.clone(),
        port: stage.port,
    };
    let twin = LazadaTwin::start(config).await?;
    Ok(Actor {
        settings: vec![("app_key", "123456".to_owned())],
        secrets: vec![("app_secret", "twin-app-secret".to_owned())],
        tokens: vec![("access_token", twin.access_token()), ("refresh_token", twin.refresh_token())],
        listings: ids,
        branch: None,
        twin,
    })
}
