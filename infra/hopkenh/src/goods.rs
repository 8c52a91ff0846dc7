//! `hopkenh goods`: what came in, went to another store, came back or was written off, as the shop's people say it.

mod ask;
mod tell;

use crate::demo::texts::Language;
use crate::place::Where;
use crate::terminal;
use crate::up::Problem;
use channels::channel::Clock;
use clap::Subcommand;
use commerce::Timestamp;
use commerce::goods::{Said, Word};
use commerce::ids::{DocumentNumber, ShopId};
use lambda_kit::clock;
use std::path::PathBuf;
use workflows::write_goods::{WriteGoods, Written};

/// What can be said about goods.
#[derive(Debug, Clone, Subcommand)]
pub enum Verb {
    /// Goods came in.
    Receive(Received),
    /// Units were found, broken, lost or used.
    Adjust(Adjusted),
    /// Set goods aside that shall go to another store; only where they are free.
    Draft(Between),
    /// Goods have left for another store without having been set aside.
    Send(Between),
    /// Call a transfer off before it leaves.
    Cancel(About),
    /// A transfer left: all that was set aside, or the goods named.
    Depart(About),
    /// A transfer arrived: all that is on the way, or the goods named.
    Arrive(About),
    /// What is on the way will not arrive: all of it, or the goods named.
    Lose(About),
    /// Goods came back from a buyer, to any store; they wait in quarantine until somebody looks at them.
    TakeBack(CameBack),
    /// Somebody looked at what came back.
    Inspect(Inspected),
    /// List the transfers and returns that are not finished.
    List(Whose),
    /// Show one paper, with who said what.
    Show(Numbered),
}

/// Which shop a word is about, and in which language it is answered.
#[derive(Debug, Clone, clap::Args)]
pub struct Whose {
    /// The shop.
    #[arg(long)]
    pub shop: String,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Who says it, when and why.
#[derive(Debug, Clone, clap::Args)]
pub struct Speaker {
    /// Whose goods.
    #[command(flatten)]
    pub whose: Whose,
    /// Who says it.
    #[arg(long, default_value = "operator")]
    pub by: String,
    /// Why, in your own words.
    #[arg(long, default_value = "")]
    pub why: String,
    /// When it happened, such as `2026-11-21T17:00:00Z`. Without it: now.
    #[arg(long)]
    pub at: Option<Timestamp>,
    /// Tells this word from one of the same content: the same reference counts once.
    #[arg(long = "ref")]
    pub reference: Option<String>,
}

/// Which goods: `SKU=UNITS` one after the other, or a file.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Named {
    /// Products with their units, such as `AO-M=20 AO-L=5`.
    #[arg(value_name = "SKU=UNITS")]
    pub goods: Vec<String>,
    /// Or a file with the columns sku,units.
    #[arg(long, conflicts_with = "goods")]
    pub csv: Option<PathBuf>,
}

/// Goods that came in.
#[derive(Debug, Clone, clap::Args)]
pub struct Received {
    /// Who says so.
    #[command(flatten)]
    pub speaker: Speaker,
    /// Where.
    #[arg(long)]
    pub location: String,
    /// The number of the paper. Without it: one is made.
    #[arg(long)]
    pub number: Option<String>,
    /// What.
    #[command(flatten)]
    pub named: Named,
}

/// Units found or gone.
#[derive(Debug, Clone, clap::Args)]
pub struct Adjusted {
    /// Who says so.
    #[command(flatten)]
    pub speaker: Speaker,
    /// Where.
    #[arg(long)]
    pub location: String,
    /// Why: `damaged`, `lost`, `found`, `own-use` or `mistake`.
    #[arg(long, value_enum)]
    pub reason: ask::Reason,
    /// The number of the paper. Without it: one is made.
    #[arg(long)]
    pub number: Option<String>,
    /// More or fewer units, such as `AO-M=-2`.
    #[command(flatten)]
    pub named: Named,
}

/// Goods that go from one store to another.
#[derive(Debug, Clone, clap::Args)]
pub struct Between {
    /// Who says so.
    #[command(flatten)]
    pub speaker: Speaker,
    /// Where they lie.
    #[arg(long)]
    pub from: String,
    /// Where they go.
    #[arg(long)]
    pub to: String,
    /// The number of the paper. Without it: one is made.
    #[arg(long)]
    pub number: Option<String>,
    /// What.
    #[command(flatten)]
    pub named: Named,
}

/// A word about a transfer that is there.
#[derive(Debug, Clone, clap::Args)]
pub struct About {
    /// Who says so.
    #[command(flatten)]
    pub speaker: Speaker,
    /// The number of the paper.
    pub number: String,
    /// Which of the goods; without any, all of them.
    #[command(flatten)]
    pub named: Named,
}

/// Goods that came back.
#[derive(Debug, Clone, clap::Args)]
pub struct CameBack {
    /// Who says so.
    #[command(flatten)]
    pub speaker: Speaker,
    /// The store that took them.
    #[arg(long)]
    pub location: String,
    /// The order they were sold in, as `CONNECTION/ORDER`. Without it: goods without a receipt.
    #[arg(long)]
    pub order: Option<String>,
    /// The number of the paper, for goods without an order. Without it: one is made.
    #[arg(long, conflicts_with = "order")]
    pub number: Option<String>,
    /// What.
    #[command(flatten)]
    pub named: Named,
}

/// What became of goods that came back.
#[derive(Debug, Clone, clap::Args)]
pub struct Inspected {
    /// Who says so.
    #[command(flatten)]
    pub speaker: Speaker,
    /// The number of the paper.
    pub number: String,
    /// The store in which they lie.
    #[arg(long)]
    pub location: String,
    /// What can be sold again, such as `AO-M=1`.
    #[arg(long, num_args = 1..)]
    pub sellable: Vec<String>,
    /// What is thrown away.
    #[arg(long, num_args = 1..)]
    pub scrapped: Vec<String>,
}

/// One paper.
#[derive(Debug, Clone, clap::Args)]
pub struct Numbered {
    /// Whose.
    #[command(flatten)]
    pub whose: Whose,
    /// Its number.
    pub number: String,
}

/// Does it.
pub async fn run(verb: &Verb) -> Result<(), Problem> {
    terminal::say(&report(verb, clock::system()).await?)
}

/// Does it and says what came of it; works beside a running `up`.
pub async fn report(verb: &Verb, clock: Clock) -> Result<String, Problem> {
    match verb {
        Verb::List(whose) => list(whose).await,
        Verb::Show(which) => show(which).await,
        said => {
            let desk = ask::Desk::open(speaker(said), clock()).await?;
            let mut text = String::new();
            for (number, word) in desk.words(said)? {
                match write(&desk, number, word, clock.clone()).await {
                    Ok(told) => text.push_str(&told),
                    // What was written before it is written.
                    Err(problem) => return Err(format!("{text}{problem}").into()),
                }
            }
            Ok(text)
        }
    }
}

fn speaker(verb: &Verb) -> Option<&Speaker> {
    match verb {
        Verb::Receive(args) => Some(&args.speaker),
        Verb::Adjust(args) => Some(&args.speaker),
        Verb::Draft(args) | Verb::Send(args) => Some(&args.speaker),
        Verb::Cancel(args) | Verb::Depart(args) | Verb::Arrive(args) | Verb::Lose(args) => {
            Some(&args.speaker)
        }
        Verb::TakeBack(args) => Some(&args.speaker),
        Verb::Inspect(args) => Some(&args.speaker),
        Verb::List(_) | Verb::Show(_) => None,
    }
}

async fn write(
    desk: &ask::Desk<'_>,
    number: DocumentNumber,
    word: Word,
    clock: Clock,
) -> Result<String, Problem> {
    let said: Said = desk.said(&number, word)?;
    let goods = WriteGoods { table: desk.place.table.clone(), clock };
    let written = goods.write(&desk.shop, &number, &said).await?;
    let teller = tell::Teller { whose: &desk.speaker.whose, number: &number };
    match written {
        Written::Done(document) => Ok(teller.done(&document)),
        Written::Known(document) => Ok(teller.known(&document)),
        Written::Refused(refusal) => Err(teller.refused(&refusal).into()),
        Written::Busy(why) => Err(teller.busy(&said, &why).into()),
    }
}

async fn list(whose: &Whose) -> Result<String, Problem> {
    let place = whose.place.open_existing().await?;
    let shop = place.shop(&ShopId::new(&whose.shop)?).await?;
    Ok(tell::list(&place.table.open_goods(&shop.id).await?, whose.lang))
}

async fn show(which: &Numbered) -> Result<String, Problem> {
    let place = which.whose.place.open_existing().await?;
    let shop = place.shop(&ShopId::new(&which.whose.shop)?).await?;
    let number = DocumentNumber::new(&which.number)?;
    let teller = tell::Teller { whose: &which.whose, number: &number };
    let found = place.table.load_goods(&shop.id, &number).await?;
    let Some((document, _)) = found else {
        return Err(teller.refused(&commerce::goods::Refusal::NoSuchDocument).into());
    };
    Ok(teller.whole(&document))
}
