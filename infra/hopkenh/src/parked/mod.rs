//! `hopkenh parked`: the list of what waits for a person, with the reason and what to do about it; each can be shown, tried
//! once more, or dropped with a reason.

mod discard;
mod masked;
mod replay;
mod show;
pub mod which;

use crate::demo::texts::Language;
use crate::place::{ChannelHosts, Place, Where};
use crate::terminal;
use crate::up::Problem;
use channels::channel::Clock;
use clap::Subcommand;
use commerce::catalogue::Shop;
use commerce::ids::ShopId;
use commerce::shortfall::ShortfallRule;
use futures::{StreamExt, TryStreamExt};
use lambda_kit::clock;
use lambda_kit::shops_file;
use std::path::{Path, PathBuf};
use table::parked_item::Parked;
use which::{Filter, must_say_which};
use workflows::catch_up::parked;
use workflows::parking::OPERATOR_SHOP;

/// How many shops are asked about side by side.
const SIDE_BY_SIDE: usize = 16;

/// What is asked for: the list, unless a verb says otherwise.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    /// What is to be done with some of it.
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// What the list holds.
    #[command(flatten)]
    pub list: List,
}

/// What the list holds.
#[derive(Debug, Clone, clap::Args)]
pub struct List {
    /// One file with all shops, as for `up --config`. Without it: the shops that were added with `shop add`.
    #[arg(long, conflicts_with = "stack")]
    pub config: Option<PathBuf>,
    /// Only this shop.
    #[arg(long)]
    pub shop: Option<String>,
    /// Which of the work.
    #[command(flatten)]
    pub filter: Filter,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the list.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// What can be done with parked work.
#[derive(Debug, Clone, Subcommand)]
pub enum Verb {
    /// The list, as without a verb.
    List(List),
    /// Show it whole: reasons, what to do, and the message without buyer data.
    Show(Which),
    /// Try it once more. Nothing counts twice.
    Replay {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Which hosts may stand for a channel. Without it: on one machine stand-ins there too, on AWS public hosts.
        #[arg(long, value_enum)]
        channel_hosts: Option<ChannelHosts>,
    },
    /// Take it off the list, for somebody has seen to it.
    Drop {
        /// Which.
        #[command(flatten)]
        which: Which,
        /// Why nothing more is to be done; it is kept.
        #[arg(long)]
        reason: String,
    },
}

/// Some work of one shop.
#[derive(Debug, Clone, clap::Args)]
pub struct Which {
    /// Whose; `operator` for work that names no shop.
    #[arg(long)]
    pub shop: String,
    /// Which of its work.
    #[command(flatten)]
    pub filter: Filter,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Does what is asked for and prints what came of it.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&answer(args, clock::system()).await?)
}

/// The whole answer.
pub async fn answer(args: &Args, clock: Clock) -> Result<String, Problem> {
    match &args.verb {
        None => report(&args.list, clock).await,
        Some(Verb::List(list)) => report(list, clock).await,
        Some(Verb::Show(which)) => {
            let (place, notes) = meant(which, &clock).await?;
            if notes.is_empty() {
                return Ok(text(&notes, which.lang));
            }
            show::text(&place, &notes, which.lang).await
        }
        Some(Verb::Replay { which, channel_hosts }) => {
            let (place, notes) = meant(which, &clock).await?;
            if notes.is_empty() {
                return Ok(text(&notes, which.lang));
            }
            let outside = channel_hosts.map_or(place.outside, Into::into);
            replay::all(&place, &notes, (outside, &clock), which.lang).await
        }
        Some(Verb::Drop { which, reason }) => {
            must_say_which(&which.filter)?;
            let (place, notes) = meant(which, &clock).await?;
            discard::all(&place, &notes, reason, clock(), which.lang).await
        }
    }
}

/// The work that is meant, oldest first.
async fn meant(which: &Which, clock: &Clock) -> Result<(Place, Vec<Parked>), Problem> {
    let place = which.place.open_existing().await?;
    let shop = ShopId::new(&which.shop)?;
    let is_known = shop.as_str() == OPERATOR_SHOP
        || place.table.registered().await?.iter().any(|entry| entry.shop == shop);
    if !is_known {
        return Err(place.no_such_shop(&shop).await?.into());
    }
    let notes = parked(&place.table, clock, &bare(shop)).await?;
    let notes = which.filter.of(notes, clock());
    Ok((place, notes))
}

/// Everything parked, oldest first; works beside a running `up`.
pub async fn report(args: &List, clock: Clock) -> Result<String, Problem> {
    let place = args.place.open_existing().await?;
    let mut shops = match &args.config {
        Some(config) => named(config)?,
        None => place.table.registered().await?.into_iter().map(|entry| entry.shop).collect(),
    };
    // Work that names no shop of ours lies under the operator.
    shops.push(ShopId::new(OPERATOR_SHOP)?);
    if let Some(only) = &args.shop {
        let only = ShopId::new(only)?;
        if !shops.contains(&only) {
            return Err(place.no_such_shop(&only).await?.into());
        }
        shops = vec![only];
    }
    let looks = shops.into_iter().map(async |id| {
        let shop = bare(id);
        parked(&place.table, &clock, &shop).await
    });
    let notes: Vec<Vec<Parked>> = futures::stream::iter(looks).buffered(SIDE_BY_SIDE).try_collect().await?;
    let mut notes = notes.concat();
    notes.sort_by_key(|note| note.at);
    let notes = args.filter.of(notes, clock());
    Ok(text(&notes, args.lang))
}

/// No secret is needed to read the list, so none is asked for.
fn named(config: &Path) -> Result<Vec<ShopId>, Problem> {
    let file = shops_file::parse(&std::fs::read_to_string(config)?)?;
    Ok(file.catalogue.shops.into_keys().collect())
}

/// A shop of which nothing but the name is asked.
fn bare(id: ShopId) -> Shop {
    let (locations, connections) = Default::default();
    let (name, shortfalls) = (id.to_string(), ShortfallRule::usual(id.as_str()));
    Shop { name, id, keep_orders_days: 0, report: Default::default(), shortfalls, locations, connections }
}

fn text(notes: &[Parked], language: Language) -> String {
    if notes.is_empty() {
        return language.say("Không có việc nào chờ xử lý.\n", "Nothing waits for a person.\n").to_owned();
    }
    let head = match language {
        Language::Vi => ["Lúc", "Cửa hàng", "Kết nối", "Việc", "Cần làm"],
        Language::En => ["When", "Shop", "Connection", "What", "What to do"],
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for note in notes {
        for reason in &note.reasons {
            let advice = match language {
                Language::Vi => reason.advice_vi(),
                Language::En => reason.advice_en(),
            };
            let place = [note.shop.to_string(), note.connection.to_string()];
            let mut row = vec![format!("{:.0}", note.at)];
            row.extend(place);
            row.extend([note.subject.clone(), advice]);
            rows.push(row);
        }
    }
    terminal::table(&rows)
}
