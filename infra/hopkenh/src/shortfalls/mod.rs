//! `hopkenh shortfalls`: everything that is promised and not there, with who sees to it until when, worst first.

mod text;

use crate::demo::texts::Language;
use crate::place::{Place, Where};
use crate::terminal;
use crate::up::Problem;
use commerce::Timestamp;
use commerce::ids::ShopId;
use lambda_kit::clock;

pub use workflows::shortfalls::{Shortfall, of_shop};

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only this shop. Without it: all of them.
    #[arg(long)]
    pub shop: Option<String>,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the list.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// What was found, and shops that could not be looked at, with why.
#[derive(Debug, Default)]
struct Found {
    shortfalls: Vec<Shortfall>,
    troubles: Vec<(ShopId, String)>,
}

/// Prints the list.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&report(args, clock::system()()).await?)
}

/// The whole list; works beside a running `up`. A shop whose file cannot be read hides no other's shortfalls.
pub async fn report(args: &Args, now: Timestamp) -> Result<String, Problem> {
    let place = args.place.open_existing().await?;
    let mut found = Found::default();
    match &args.shop {
        Some(only) => found.shortfalls = of_named(&place, &ShopId::new(only)?).await?,
        None => {
            for entry in place.table.registered().await? {
                match of_named(&place, &entry.shop).await {
                    Ok(shortfalls) => found.shortfalls.extend(shortfalls),
                    Err(why) => found.troubles.push((entry.shop, why.to_string())),
                }
            }
        }
    }
    Ok(text::text(&found, &args.place.flags(), now, args.lang))
}

async fn of_named(place: &Place, id: &ShopId) -> Result<Vec<Shortfall>, Problem> {
    Ok(of_shop(&place.table, &place.archive, &place.shop(id).await?).await?)
}
