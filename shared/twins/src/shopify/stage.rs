//! The stand-in of a website on Shopify on a stage, with keys that fit.

use std::io;

use super::{ShopifyTwin, ShopifyTwinConfig};
use crate::stage::{Actor, Stage, ids};

/// What a merchant has granted: everything that Hộp Kênh asks for.
const SCOPES: [&str; 5] = [
    "write_orders",
    "read_products",
    "write_inventory",
    "read_locations",
    "write_merchant_managed_fulfillment_orders",
];

/// Starts it and tells what opens it.
pub(crate) async fn on_stage(stage: &Stage) -> io::Result<Actor> {
    let listings = stage.listings(|n| (40_000 + n).to_string());
    let ids = ids(&listings);
    let config = ShopifyTwinConfig {
        shop: "twin".to_owned(),
        name: "C\u{1eed}a h\u{e0}ng M\u{1eab}u".to_owned(),
        client_id: "twin-client".to_owned(),
        client_secret: "twin-client-secret".to_owned(),
        scopes: SCOPES.map(str::to_owned).to_vec(),
        redirect_urls: vec![stage.redirect_url.clone()],
        location_id: 24_826_418,
        delivery_url: stage.webhook_url.clone(),
        listings,
        latency: stage.latency,
        clock: stage.clock.clone(),
        port: stage.port,
    };
    let twin = ShopifyTwin::start(config).await?;
    Ok(Actor {
        settings: vec![
            ("shop", "twin".to_owned()),
            ("client_id", "twin-client".to_owned()),
            ("location_id", "24826418".to_owned()),
        ],
        secrets: vec![("client_secret", "twin-client-secret".to_owned())],
        tokens: vec![("access_token", twin.access_token())],
        listings: ids,
        branch: None,
        twin,
    })
}
