//! `hopkenh stock count`: put counted stock into the book, one product or a whole list; each count applies once.

mod rows;
mod sheet;

use crate::demo::texts::Language;
use crate::place::{Place, Where};
use crate::terminal;
use crate::up::Problem;
use clap::Subcommand;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::ids::ShopId;
use commerce::stock::{Stock, StockKey};
use futures::StreamExt;
use lambda_kit::batch::Outcome;
use lambda_kit::clock;
use rows::Counted;
use sheet::Entry;
use std::collections::BTreeMap;
use std::path::PathBuf;
use workflows::record_levels::RecordLevels;

/// How many counts are written side by side.
const SIDE_BY_SIDE: usize = 8;

/// What can be done with stock.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Put counts into the book; the listings follow.
    Count(Args),
}

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Whose stock.
    #[arg(long)]
    pub shop: String,
    /// Which product was counted.
    #[arg(long, required_unless_present = "csv", conflicts_with = "csv")]
    pub sku: Option<String>,
    /// Where.
    #[arg(long, required_unless_present = "csv", conflicts_with = "csv")]
    pub location: Option<String>,
    /// How many were there.
    #[arg(long, required_unless_present = "csv", conflicts_with = "csv", allow_hyphen_values = true)]
    pub on_hand: Option<String>,
    /// When that was true, such as `2026-11-21T17:00:00Z`. Without it: now.
    #[arg(long)]
    pub as_of: Option<Timestamp>,
    /// Many counts: a file with the columns sku,location,on_hand and, if you like, as_of.
    #[arg(long)]
    pub csv: Option<PathBuf>,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Does it.
pub async fn run(verb: &Verb) -> Result<(), Problem> {
    let Verb::Count(args) = verb;
    terminal::say(&report(args, clock::system()()).await?)
}

/// Applies the counts and says what each balance was and is.
pub async fn report(args: &Args, now: Timestamp) -> Result<String, Problem> {
    let as_of = args.as_of.unwrap_or(now);
    let place = args.place.open_existing().await?;
    let shop = place.shop(&ShopId::new(&args.shop)?).await?;
    let entries = entries(args).map_err(|problems| problems.join("\n"))?;
    let desk = rows::Desk { shop: &shop, now, as_of, language: args.lang };
    let counted = desk.check(&entries).map_err(|problems| problems.join("\n"))?;
    let before = balances(&place, &shop, &counted).await?;
    let failed = apply(&place, &shop, &counted).await;
    let after = balances(&place, &shop, &counted).await?;
    let text = text(&counted, &before, &after, &failed, args.lang);
    if failed.iter().all(Option::is_none) {
        return Ok(text);
    }
    Err(format!("{text}\n{}", args.lang.pick(
        format!("Có dòng chưa ghi được. Chạy lại với --as-of {as_of}: dòng đã ghi không bị tính hai lần."),
        format!("Not every row was written. Run it again with --as-of {as_of}: rows that were do not count twice."),
    ))
    .into())
}

fn entries(args: &Args) -> Result<Vec<Entry>, Vec<String>> {
    let Some(path) = &args.csv else {
        let field = |value: &Option<String>| value.clone().unwrap_or_default();
        let (sku, location, on_hand) = (field(&args.sku), field(&args.location), field(&args.on_hand));
        return Ok(vec![Entry { line: None, sku, location, on_hand, as_of: String::new() }]);
    };
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|e| vec![format!("counts file {}: {}", path.display(), e.kind())])?;
    sheet::read(&text, args.lang)
}

type Balances = BTreeMap<StockKey, Stock>;

async fn balances(place: &Place, shop: &Shop, counted: &[Counted]) -> Result<Balances, Problem> {
    let keys: Vec<StockKey> = counted.iter().map(Counted::balance).collect();
    Ok(place.table.load_stock(&shop.id, &keys).await?)
}

/// Writes each count; the answers say why a row could not be written now.
async fn apply(place: &Place, shop: &Shop, counted: &[Counted]) -> Vec<Option<String>> {
    let bar = terminal::bar(counted.len());
    let writes = counted.iter().map(async |count| {
        let levels = RecordLevels { table: &place.table };
        let outcome = levels.record(&shop.id, &count.sku, &count.level).await;
        bar.inc(1);
        match outcome {
            Outcome::Done => None,
            Outcome::Again { why, .. } => Some(why),
        }
    });
    let failed = futures::stream::iter(writes).buffered(SIDE_BY_SIDE).collect().await;
    bar.finish_and_clear();
    failed
}

fn text(
    counted: &[Counted],
    before: &Balances,
    after: &Balances,
    failed: &[Option<String>],
    l: Language,
) -> String {
    let head = match l {
        Language::Vi => ["Mã hàng", "Chi nhánh", "Trước", "Sau", ""],
        Language::En => ["SKU", "Location", "Before", "After", ""],
    };
    let mut table = vec![head.map(str::to_owned).to_vec()];
    for (count, failed) in counted.iter().zip(failed) {
        let key = count.balance();
        let on_hand = |at: &Balances| at.get(&key).map_or("·".to_owned(), |stock| stock.on_hand.to_string());
        let remark = match failed {
            Some(why) => l.pick(format!("chưa ghi được: {why}"), format!("not written: {why}")),
            None => remark(count, before.get(&key), l),
        };
        let place = [count.sku.to_string(), count.level.location.to_string()];
        table.push([place.to_vec(), vec![on_hand(before), format!("→ {}", on_hand(after)), remark]].concat());
    }
    terminal::table(&table)
}

/// Why a balance is as before, where the book had a count of that time or a later one already.
fn remark(count: &Counted, before: Option<&Stock>, l: Language) -> String {
    let baseline = before.and_then(|stock| stock.baseline);
    match baseline.filter(|baseline| baseline.as_millisecond() >= count.level.as_of.as_millisecond()) {
        Some(at) => l.pick(
            format!("không đổi: đã có số đếm lúc {at:.0}"),
            format!("not applied: a count of {at:.0} is in already"),
        ),
        None => String::new(),
    }
}
