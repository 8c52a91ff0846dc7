//! `hopkenh parked`: the list of what waits for a person, with the reason and what to do about it.

use crate::demo::texts::Language;
use crate::place::Where;
use crate::terminal;
use crate::up::Problem;
use channels::channel::Clock;
use commerce::catalogue::Shop;
use commerce::ids::ShopId;
use commerce::shortfall::ShortfallRule;
use futures::{StreamExt, TryStreamExt};
use lambda_kit::clock;
use lambda_kit::shops_file;
use std::path::{Path, PathBuf};
use table::parked_item::Parked;
use workflows::catch_up::parked;
use workflows::parking::OPERATOR_SHOP;

/// How many shops are asked about side by side.
const SIDE_BY_SIDE: usize = 16;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// One file with all shops, as for `up --config`. Without it: the shops that were added with `shop add`.
    #[arg(long, conflicts_with = "stack")]
    pub config: Option<PathBuf>,
    /// Only this shop.
    #[arg(long)]
    pub shop: Option<String>,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the list.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Prints the list.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&report(args, clock::system()).await?)
}

/// Everything parked, oldest first; works beside a running `up`.
pub async fn report(args: &Args, clock: Clock) -> Result<String, Problem> {
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
