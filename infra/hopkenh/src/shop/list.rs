//! `hopkenh shop list`: every shop with what waits for a person there, the worst first.

use crate::demo::texts::Language;
use crate::place::{Place, Where};
use crate::terminal;
use crate::up::Problem;
use commerce::Timestamp;
use commerce::ids::ShopId;
use futures::{StreamExt, TryStreamExt};
use lambda_kit::clock;
use std::cmp::Reverse;
use table::keys::{self, OPERATOR};
use table::shop_item::Registered;

/// Parked work of this month and this many months before it is counted.
const MONTHS_BACK: u16 = 1;
/// How many shops are asked about side by side.
const SIDE_BY_SIDE: usize = 16;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// Read each shop's listings too, and count those whose last update was never answered.
    #[arg(long)]
    pub listings: bool,
    /// The language of the list.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// How one shop is.
struct Row {
    shop: ShopId,
    name: String,
    waiting: usize,
    oldest: Option<Timestamp>,
    is_due: bool,
    unanswered: Option<usize>,
}

/// Prints the list.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&report(args, clock::system()()).await?)
}

/// The list as it is now.
pub async fn report(args: &Args, now: Timestamp) -> Result<String, Problem> {
    let place = args.place.open_existing().await?;
    let entries = place.table.registered().await?;
    let looks = entries.iter().map(|entry| look(&place, entry, now, args.listings));
    let mut rows: Vec<Row> = futures::stream::iter(looks).buffered(SIDE_BY_SIDE).try_collect().await?;
    let operators = operator(&place, now).await?;
    rows.extend(operators.filter(|row| row.waiting > 0));
    // Fewer waiting, younger and seen-to shops come later; names settle the rest.
    rows.sort_by_key(|row| {
        let (none, due, unanswered) = (row.oldest.is_none(), Reverse(row.is_due), Reverse(row.unanswered));
        (Reverse(row.waiting), none, row.oldest, due, unanswered, row.shop.clone())
    });
    Ok(text(&rows, entries.len(), args))
}

async fn look(place: &Place, entry: &Registered, now: Timestamp, listings: bool) -> Result<Row, Problem> {
    let (waiting, oldest) = parked(place, &entry.shop, now).await?;
    let unanswered = if listings { Some(unanswered(place, &entry.shop, now).await?) } else { None };
    let (shop, name) = (entry.shop.clone(), entry.name.clone());
    Ok(Row { shop, name, waiting, oldest, is_due: !entry.is_acted_on(), unanswered })
}

/// Work that names no shop lies under the operator.
async fn operator(place: &Place, now: Timestamp) -> Result<std::option::IntoIter<Row>, Problem> {
    let shop = ShopId::new(OPERATOR)?;
    let (waiting, oldest) = parked(place, &shop, now).await?;
    let row = Row { shop, name: String::new(), waiting, oldest, is_due: false, unanswered: None };
    Ok(Some(row).into_iter())
}

async fn parked(place: &Place, shop: &ShopId, now: Timestamp) -> Result<(usize, Option<Timestamp>), Problem> {
    let mut times = Vec::new();
    for month in keys::parked_months(shop, now, MONTHS_BACK) {
        times.extend(place.table.parked_in(shop, month).await?.into_iter().map(|note| note.at));
    }
    Ok((times.len(), times.into_iter().min()))
}

async fn unanswered(place: &Place, shop: &ShopId, now: Timestamp) -> Result<usize, Problem> {
    let shop = place.shop(shop).await?;
    let mut count = 0;
    for connection in shop.connections.values() {
        let ids: Vec<_> = connection.listings.keys().cloned().collect();
        let states = place.table.load_listings(&shop.id, &connection.id, &ids).await?;
        let late = states.values().filter_map(|state| state.listed.attempt.as_ref());
        count += late.filter(|attempt| attempt.deadline < now).count();
    }
    Ok(count)
}

fn text(rows: &[Row], shops: usize, args: &Args) -> String {
    let l = args.lang;
    if rows.is_empty() {
        let next = format!("`hopkenh shop add FILE{}`", args.place.flags());
        return l.pick(
            format!("Chưa có cửa hàng nào. Thêm cửa hàng: {next}\n"),
            format!("No shop yet. Add one: {next}\n"),
        );
    }
    let mut head = vec![
        l.say("Cửa hàng", "Shop").to_owned(),
        l.say("Tên", "Name").to_owned(),
        l.say("Chờ xử lý", "Parked").to_owned(),
        l.say("Lâu nhất từ", "Oldest").to_owned(),
        l.say("Tệp", "File").to_owned(),
    ];
    if args.listings {
        head.push(l.say("Chưa trả lời", "Unanswered").to_owned());
    }
    let mut table = vec![head];
    table.extend(rows.iter().map(|row| cells(row, args)));
    format!("{}\n{}", terminal::table(&table), totals(rows, shops, l))
}

fn cells(row: &Row, args: &Args) -> Vec<String> {
    let l = args.lang;
    let is_shop = row.shop.as_str() != OPERATOR;
    let file = match (is_shop, row.is_due) {
        (false, _) => "·",
        (true, true) => l.say("chưa áp dụng", "not acted on yet"),
        (true, false) => l.say("đã áp dụng", "acted on"),
    };
    let oldest = row.oldest.map_or("·".to_owned(), |at| format!("{at:.0}"));
    let mut cells = vec![row.shop.to_string(), row.name.clone(), row.waiting.to_string(), oldest];
    cells.push(file.to_owned());
    if args.listings {
        cells.push(row.unanswered.map_or("·".to_owned(), |count| count.to_string()));
    }
    cells
}

fn totals(rows: &[Row], shops: usize, l: Language) -> String {
    let parked: usize = rows.iter().map(|row| row.waiting).sum();
    let (with, due) =
        (rows.iter().filter(|row| row.waiting > 0).count(), rows.iter().filter(|row| row.is_due).count());
    l.pick(
        format!("Cửa hàng: {shops}   có việc chờ: {with}   việc chờ: {parked}   tệp chưa áp dụng: {due}\n"),
        format!("Shops: {shops}   with parked work: {with}   parked: {parked}   files not acted on: {due}\n"),
    )
}
