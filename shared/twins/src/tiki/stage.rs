//! The stand-in of Tiki on a stage, with keys that fit.

use std::io;

use super::{TikiTwin, TikiTwinConfig};
use crate::stage::{Actor, Stage, ids};

/// Starts it and tells what opens it.
pub(crate) async fn on_stage(stage: &Stage) -> io::Result<Actor> {
    let listings = stage.listings(|n| (500_000 + n).to_string());
    let ids = ids(&listings);
    let config = TikiTwinConfig {
        client_id: "twin-client".to_owned(),
        client_secret: "twin-client-secret".to_owned(),
        redirect_url: stage.redirect_url.clone(),
        seller_name: "C\u{1eed}a h\u{e0}ng M\u{1eab}u".to_owned(),
        warehouse_id: 159_368,
        fulfillment_type: "seller_delivery".to_owned(),
        has_queue: true,
        listings,
        latency: stage.latency,
        clock: stage.clock.clone(),
        port: stage.port,
    };
    let twin = TikiTwin::start(config).await?;
    Ok(Actor {
        settings: vec![
            ("client_id", "twin-client".to_owned()),
            ("warehouse_id", "159368".to_owned()),
            // Its queue has another name than the one that subscribing gives, so it is named here.
            ("queue_code", twin.queue_code().unwrap_or_default()),
        ],
        secrets: vec![("client_secret", "twin-client-secret".to_owned())],
        tokens: vec![("access_token", twin.access_token()), ("refresh_token", twin.refresh_token())],
        listings: ids,
        branch: None,
        twin,
    })
}
