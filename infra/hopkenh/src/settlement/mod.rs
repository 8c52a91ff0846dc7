//! `hopkenh settlement`: settlement files of a channel held against the book; the next morning report tells of them.

mod text;

use crate::demo::texts::Language;
use crate::place::Where;
use crate::terminal;
use crate::up::Problem;
use channels::channel::Clock;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ConnectionId, ShopId};
use commerce::settlement::{DaySpan, FILE_BYTES_MAX, Named};
use jiff::civil::Date;
use lambda_kit::clock;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use workflows::Settlements;
use workflows::settlements::{HandedOver, Kept};

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The shop.
    #[arg(long)]
    pub shop: String,
    /// Its account on the channel that made the files.
    #[arg(long)]
    pub connection: String,
    /// The files, as CSV.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The column of order numbers, where it is not known by itself.
    #[arg(long, value_name = "NAME")]
    pub order_column: Option<String>,
    /// The column of what the buyer pays for the order, where it is not known by itself.
    #[arg(long, value_name = "NAME")]
    pub amount_column: Option<String>,
    /// The first day the files cover, as `yyyy-mm-dd`. Without it: as the files say.
    #[arg(long, requires = "to")]
    pub from: Option<Date>,
    /// The last day the files cover.
    #[arg(long, requires = "from")]
    pub to: Option<Date>,
    /// Write everything that was found to this file as JSON.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Where the shop lies.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Compares, prints, and ends with a failure where a file differs or cannot be read.
pub async fn run(args: &Args) -> Result<ExitCode, Problem> {
    let (answer, agrees) = report(args, clock::system()).await?;
    terminal::say(&answer)?;
    Ok(if agrees { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The whole answer, and whether every file agrees.
pub async fn report(args: &Args, clock: Clock) -> Result<(String, bool), Problem> {
    let days = days(args)?;
    let place = args.place.open_existing().await?;
    let shop = place.shop(&ShopId::new(&args.shop)?).await?;
    let connection = connection(&shop, &args.connection)?;
    let files: Vec<(String, Vec<u8>)> = args.files.iter().map(|path| file(path)).collect::<Result<_, _>>()?;
    let settlements = Settlements { table: place.table.clone(), archive: place.archive.clone(), clock };
    let named = Named { order: args.order_column.clone(), amount: args.amount_column.clone() };
    let mut kept: Vec<Kept> = Vec::new();
    for (file, bytes) in &files {
        let handed = HandedOver { shop: &shop, connection, file, bytes, named: named.clone(), days };
        kept.push(settlements.compare(&handed).await?);
    }
    if let Some(path) = &args.json {
        let content = serde_json::to_string_pretty(&kept)?;
        std::fs::write(path, content).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok((text::text(&shop, connection, &kept, args.lang), kept.iter().all(Kept::agrees)))
}

fn days(args: &Args) -> Result<Option<DaySpan>, Problem> {
    match args.from.zip(args.to) {
        None => Ok(None),
        Some((from, to)) => match DaySpan::new(from, to) {
            Some(days) => Ok(Some(days)),
            None => Err(format!("--to {to}: must not come before --from {from}").into()),
        },
    }
}

fn connection<'s>(shop: &'s Shop, id: &str) -> Result<&'s Connection, Problem> {
    shop.connections.get(&ConnectionId::new(id)?).ok_or_else(|| {
        let known: Vec<&str> = shop.connections.keys().map(ConnectionId::as_str).collect();
        format!("connection {id}: shop {} has none of this name; it has: {}", shop.id, known.join(", "))
            .into()
    })
}

/// A file's name without folders, and what stands in it; of one that is too large no more than shows that it is.
fn file(path: &Path) -> Result<(String, Vec<u8>), Problem> {
    let failed = |e: std::io::Error| format!("{}: {}", path.display(), e.kind());
    let mut bytes = Vec::new();
    let open = std::fs::File::open(path).map_err(failed)?;
    open.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok((name, bytes))
}
