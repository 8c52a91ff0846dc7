//! The stand-in of a till without an interface on a stage, with keys that fit.

use std::io;

use super::{TillTwin, TillTwinConfig};
use crate::stage::{Actor, BRANCH, Stage, ids};

/// Starts it and tells what opens it.
pub(crate) async fn on_stage(stage: &Stage) -> io::Result<Actor> {
    let listings = stage.listings(|n| stage.goods.get(n).map(|good| good.sku.clone()).unwrap_or_default());
    let ids = ids(&listings);
    let config = TillTwinConfig {
        webhook_secret: "twin-webhook-secret".to_owned(),
        webhook_url: stage.webhook_url.clone(),
        branches: vec![(BRANCH.to_owned(), "Qu\u{1ea7}y 1".to_owned())],
        branch_stock: stage.in_store(&ids),
        listings,
        latency: stage.latency,
        clock: stage.clock.clone(),
        port: stage.port,
    };
    let twin = TillTwin::start(config).await?;
    Ok(Actor {
        settings: Vec::new(),
        secrets: vec![("webhook_secret", "twin-webhook-secret".to_owned())],
        tokens: Vec::new(),
        listings: ids,
        branch: Some(BRANCH),
        twin,
    })
}
