//! `hopkenh shop export`: everything that is a shop's, in a folder that a person can open and another deployment can take in.

pub mod book;
pub mod check;
pub mod folder;
mod tables;
pub mod texts;

use crate::demo::texts::Language;
use crate::place::{Place, Where};
use crate::terminal;
use crate::up::Problem;
use book::Book;
use check::Ledger;
use commerce::ids::ShopId;
use folder::Folder;
use std::path::PathBuf;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Which shop.
    pub shop: String,
    /// The folder to write; it must be new or empty.
    #[arg(long)]
    pub to: PathBuf,
    /// Where the shop lies.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer and of the tables' heads.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Writes the folder and says what is in it.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&report(args).await?)
}

/// Writes the folder; the answer says what is in it and whether the ledger explains every balance.
pub async fn report(args: &Args) -> Result<String, Problem> {
    let id = ShopId::new(&args.shop)?;
    let place = args.place.open_existing().await?;
    let text = place.shop_text(&id).await?;
    let book = Book::settled(&place, &id, args.lang).await?;
    if text.is_none() && book.is_empty() {
        return Err(place.no_such_shop(&id).await?.into());
    }
    let mut folder = Folder::begin(&args.to)?;
    if let Some(text) = &text {
        folder.write("shop.toml", text)?;
    }
    // The book first, then the ledger: a line too many explains nothing wrong, a missing one would.
    let ledger = copy_ledger(&place, &id, &mut folder).await?;
    folder.write("items.jsonl", book.lines().as_bytes())?;
    for (name, rows) in tables::all(&book, args.lang)? {
        folder.write(name, crate::csv::text(&rows).as_bytes())?;
    }
    let differences = ledger.differences(&book, args.lang)?;
    folder.write("README.txt", texts::readme(&id, text.is_some()).as_bytes())?;
    let counts = book.counts();
    folder.finish(&id, &counts)?;
    Ok(texts::done(&args.to, &counts, &differences, args.lang))
}

/// The ledger as it lies in the archive, file by file.
async fn copy_ledger(place: &Place, shop: &ShopId, folder: &mut Folder) -> Result<Ledger, Problem> {
    let prefix = ledger_prefix(shop);
    let names = place.archive.list(&prefix).await?;
    let bar = terminal::bar(names.len());
    let mut ledger = Ledger::default();
    for name in names {
        let content = place.archive.get(&name).await?.ok_or_else(|| format!("{name}: is gone"))?;
        ledger.read(&name, &content)?;
        folder.write(&format!("ledger/{}", name.strip_prefix(&prefix).unwrap_or(&name)), &content)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(ledger)
}

/// How the names of a shop's ledger objects begin.
pub fn ledger_prefix(shop: &ShopId) -> String {
    format!("ledger/{shop}/")
}
