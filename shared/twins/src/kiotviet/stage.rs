//! The stand-in of a KiotViet till on a stage, with keys that fit.

use std::io;

use super::{KiotVietTwin, KiotVietTwinConfig, SignatureForm};
use crate::stage::{Actor, BRANCH, Stage, ids};

/// Starts it and tells what opens it.
pub(crate) async fn on_stage(stage: &Stage) -> io::Result<Actor> {
    let listings = stage.listings(|n| (1_001 + n).to_string());
    let ids = ids(&listings);
    let config = KiotVietTwinConfig {
        client_id: "twin-client".to_owned(),
        client_secret: "twin-client-secret".to_owned(),
        retailer: "twin".to_owned(),
        webhook_secret: "dHdpbi13ZWJob29rLXNlY3JldA==".to_owned(),
        webhook_url: stage.webhook_url.clone(),
        branches: vec![(BRANCH.to_owned(), "Chi nh\u{e1}nh 1".to_owned())],
        branch_stock: stage.in_store(&ids),
        listings,
        signature_form: SignatureForm::PrefixedHex,
        latency: stage.latency,
        clock: stage.clock.clone(),
        port: stage.port,
    };
    let twin = KiotVietTwin::start(config).await?;
    Ok(Actor {
        settings: vec![("retailer", "twin".to_owned())],
        secrets: vec![
            ("client_id", "twin-client".to_owned()),
            ("client_secret", "twin-client-secret".to_owned()),
            ("webhook_secret", "dHdpbi13ZWJob29rLXNlY3JldA==".to_owned()),
        ],
        tokens: Vec::new(),
        listings: ids,
        branch: Some(BRANCH),
        twin,
    })
}
