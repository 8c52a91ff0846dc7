//! The stand-in of Haravan on a stage, with keys that fit.

use std::io;

use super::{HaravanStock, HaravanTwin, HaravanTwinConfig};
use crate::stage::{Actor, Stage, ids};

/// Starts it and tells what opens it.
pub(crate) async fn on_stage(stage: &Stage) -> io::Result<Actor> {
    let listings = stage.listings(|n| format!("{}:{}", 300 + n, 1_300 + n));
    let ids = ids(&listings);
    let config = HaravanTwinConfig {
        app_id: "twin-app".to_owned(),
        app_secret: "twin-app-secret".to_owned(),
        webhook_url: stage.webhook_url.clone(),
        verify_token: "twin-verify-token".to_owned(),
        org_id: "1000114691".to_owned(),
        location_id: 963_414,
        stock: HaravanStock::Available,
        listings,
        latency: stage.latency,
        clock: stage.clock.clone(),
        port: stage.port,
    };
    let twin = HaravanTwin::start(config).await?;
    Ok(Actor {
        settings: vec![
            ("app_id", "twin-app".to_owned()),
            ("location_id", "963414".to_owned()),
            ("org_id", "1000114691".to_owned()),
        ],
        secrets: vec![
            ("app_secret", "twin-app-secret".to_owned()),
            ("verify_token", "twin-verify-token".to_owned()),
        ],
        tokens: vec![("access_token", twin.access_token()), ("refresh_token", twin.refresh_token())],
        listings: ids,
        branch: None,
        twin,
    })
}
