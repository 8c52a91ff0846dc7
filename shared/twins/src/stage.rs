//! Any stand-in by its channel's name, set up with the same goods, and the keys that open it: for the demo, for trying a
//! shop out, for training.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::{BranchStock, Twin, TwinClock, TwinListing};

/// A product that every stand-in sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Good {
    /// The shop's own product code.
    pub sku: String,
    /// What the buyer reads.
    pub name: String,
    /// Price of one unit, in whole minor units.
    pub price_minor: i64,
    /// Units a marketplace or website shows at the start.
    pub shown: i64,
    /// Units that lie in the store of a till, in its branch [`BRANCH`].
    pub in_store: i64,
}

/// How a stand-in is set up.
#[derive(Clone)]
pub struct Stage {
    /// What it sells.
    pub goods: Vec<Good>,
    /// Where its webhooks go.
    pub webhook_url: String,
    /// Where chat orders are held: `…/orders/<shop>/<connection>`.
    pub orders_url: String,
    /// Where the browser goes after a grant.
    pub redirect_url: String,
    /// How long every answer takes.
    pub latency: Duration,
    /// The time.
    pub clock: TwinClock,
    /// The loopback port; 0 takes any free one.
    pub port: u16,
}

/// A stand-in on its stage.
pub struct Actor {
    /// The stand-in.
    pub twin: Arc<dyn Twin>,
    /// The account's settings that fit it, as a shop's file names them.
    pub settings: Vec<(&'static str, String)>,
    /// The secrets that a person types.
    pub secrets: Vec<(&'static str, String)>,
    /// The tokens that a grant would give.
    pub tokens: Vec<(&'static str, String)>,
    /// Its listing of each good, in the order of [`Stage::goods`].
    pub listings: Vec<String>,
    /// The branch of its store, where it is a till.
    pub branch: Option<&'static str>,
}

/// The one branch of a till's stand-in.
pub const BRANCH: &str = "1";

/// The channels that have a stand-in and a connector, in the order of the channel table.
pub const CHANNELS: &[&str] = &[
    "shopee",
    "tiktok",
    "lazada",
    "tiki",
    "woocommerce",
    "shopify",
    "haravan",
    "sapo",
    "kiotviet",
    "till",
    "social",
];

/// Starts the stand-in of that channel; none where there is no such stand-in.
pub async fn start(channel: &str, stage: &Stage) -> io::Result<Option<Actor>> {
    Ok(Some(match channel {
        "shopee" => crate::shopee::on_stage(stage).await?,
        "tiktok" => crate::tiktok::on_stage(stage).await?,
        "lazada" => crate::lazada::on_stage(stage).await?,
        "tiki" => crate::tiki::on_stage(stage).await?,
        "woocommerce" => crate::woocommerce::on_stage(stage).await?,
        "shopify" => crate::shopify::on_stage(stage).await?,
        "haravan" => crate::haravan::on_stage(stage).await?,
        "sapo" => crate::sapo::on_stage(stage).await?,
        "kiotviet" => crate::kiotviet::on_stage(stage).await?,
        "till" => crate::till::on_stage(stage).await?,
        "social" => crate::social::on_stage(stage).await?,
        _ => return Ok(None),
    }))
}

impl Stage {
    /// What lies in the one branch of a till.
    pub(crate) fn in_store(&self, ids: &[String]) -> Vec<BranchStock> {
        let stock = |(good, id): (&Good, &String)| BranchStock {
            branch: BRANCH.to_owned(),
            listing: id.clone(),
            on_hand: good.in_store,
        };
        self.goods.iter().zip(ids).map(stock).collect()
    }

    /// The goods as listings whose ids the channel writes this way, given the number of the good.
    pub(crate) fn listings(&self, id: impl Fn(usize) -> String) -> Vec<TwinListing> {
        let listing = |(n, good): (usize, &Good)| TwinListing {
            id: id(n),
            sku: good.sku.clone(),
            name: good.name.clone(),
            price_minor: good.price_minor,
            stock: good.shown,
        };
        self.goods.iter().enumerate().map(listing).collect()
    }
}

/// The ids of these listings.
pub(crate) fn ids(listings: &[TwinListing]) -> Vec<String> {
    listings.iter().map(|listing| listing.id.clone()).collect()
}
