//! `hopkenh twins`: stand-ins of the channels on this machine, to try a shop out without any account.
//!
//! Each listens at a port of its own and sends its webhooks to a running `hopkenh up`. A small page at the first port
//! shows what they sell, and lets a buyer buy: `curl -X POST 'http://127.0.0.1:9100/shopee/buy?sku=AO-M'`.

mod counter;
mod keys;

use crate::terminal;
use crate::up::Problem;
use ::twins::stage::{self, Actor, CHANNELS, Good, Stage};
use ::twins::{Courier, plain_client};
use lambda_kit::clock;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How often the stand-ins' news is collected.
const ROUND: Duration = Duration::from_millis(200);

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Which channels; without it, all.
    #[arg(long, value_delimiter = ',')]
    pub channels: Vec<String>,
    /// The shop whose accounts they are.
    #[arg(long, default_value = "demo")]
    pub shop: String,
    /// Where `hopkenh up` takes webhooks.
    #[arg(long, default_value = "http://127.0.0.1:8787")]
    pub hooks: String,
    /// Where the browser goes after a grant: where `hopkenh connect` waits.
    #[arg(long, default_value = "http://127.0.0.1:8790/logins/callback")]
    pub redirect_url: String,
    /// The port of the page; the stand-ins take the ports after it.
    #[arg(long, default_value_t = 9100)]
    pub port: u16,
    /// How long each answer takes, in milliseconds.
    #[arg(long, default_value_t = 0)]
    pub latency_ms: u64,
    /// The folder for files with the stand-ins' keys.
    #[arg(long, default_value = "data/twins")]
    pub data: PathBuf,
}

/// What every stand-in sells.
fn goods() -> Vec<Good> {
    let good = |sku: &str, name: &str, price_minor: i64| Good {
        sku: sku.to_owned(),
        name: name.to_owned(),
        price_minor,
        shown: 20,
        in_store: 20,
    };
    vec![
        good("AO-M", "Áo thun M", 199_000),
        good("AO-L", "Áo thun L", 199_000),
        good("NON-LUOI", "Nón lưỡi trai", 79_000),
    ]
}

/// The stand-ins by channel.
pub(crate) type Cast = Arc<Vec<(String, Actor)>>;

/// Runs until interrupted.
pub async fn run(args: &Args) -> Result<(), Problem> {
    let cast: Cast = Arc::new(cast(args).await?);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", args.port)).await;
    let listener = listener.map_err(|e| format!("cannot listen on port {}: {e}", args.port))?;
    terminal::say(&keys::how_to_connect(args, &cast)?)?;
    let courier = Courier::new(plain_client()?);
    tokio::spawn(carry(cast.clone(), courier));
    let page = counter::router(cast, goods());
    let stop = async {
        let _either_way_we_stop = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, page).with_graceful_shutdown(stop).await?;
    Ok(())
}

async fn cast(args: &Args) -> Result<Vec<(String, Actor)>, Problem> {
    let asked: Vec<String> = match args.channels.as_slice() {
        [] => CHANNELS.iter().map(|name| (*name).to_owned()).collect(),
        [all] if all == "all" => CHANNELS.iter().map(|name| (*name).to_owned()).collect(),
        some => some.to_vec(),
    };
    let mut cast = Vec::new();
    for (n, channel) in asked.into_iter().enumerate() {
        let port = args.port.saturating_add(1).saturating_add(u16::try_from(n).unwrap_or(u16::MAX));
        let hooks = args.hooks.trim_end_matches('/');
        let stage = Stage {
            goods: goods(),
            webhook_url: format!("{hooks}/webhooks/{}/{channel}", args.shop),
            orders_url: format!("{hooks}/orders/{}/{channel}", args.shop),
            redirect_url: args.redirect_url.clone(),
            latency: Duration::from_millis(args.latency_ms),
            clock: clock::system(),
            port,
        };
        let actor =
            stage::start(&channel, &stage).await.map_err(|e| format!("{channel}: port {port}: {e}"))?;
        let known = || format!("there is no stand-in of {channel:?}; there are: {}", CHANNELS.join(", "));
        cast.push((channel.clone(), actor.ok_or_else(known)?));
    }
    Ok(cast)
}

/// Takes what the stand-ins have to say to where it goes, round after round. What is not answered is the stand-in's own
/// affair: it sends again as its channel does.
async fn carry(cast: Cast, courier: Courier) {
    loop {
        for (channel, actor) in cast.iter() {
            for push in actor.twin.take_pushes() {
                if let Err(error) = courier.deliver(&*actor.twin, &push).await {
                    tracing::warn!(channel, %error, "a push was not answered");
                }
            }
        }
        tokio::time::sleep(ROUND).await;
    }
}
