//! `hopkenh report`: a shop's morning report on demand, by the same comparison and the same code as the one made at night.

mod text;

use crate::demo::texts::Language;
use crate::place::{ChannelHosts, Where};
use crate::reconcile::{self, Compared, compare};
use crate::terminal;
use crate::up::Problem;
use commerce::report_reader::Way;
use jiff::civil::Date;
use lambda_kit::private_folder;
use reports::shop::ShopReport;
use std::path::{Path, PathBuf};
use workflows::morning_report::{MorningReport, Told, files};

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The shop.
    #[arg(long)]
    pub shop: String,
    /// The business day, as `yyyy-mm-dd`. Without it: the last one that is over.
    #[arg(long)]
    pub day: Option<Date>,
    /// Write the pages and tables into this folder as well.
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Tell the shop's people, unless they were told of this day before. What could not be told at night is tried anew.
    #[arg(long)]
    pub send: bool,
    /// Where the shop lies.
    #[command(flatten)]
    pub place: Where,
    /// Which hosts may stand for a channel. Without it: on one machine stand-ins there too, on AWS public hosts.
    #[arg(long, value_enum)]
    pub channel_hosts: Option<ChannelHosts>,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::Vi)]
    pub lang: Language,
}

/// Makes it and says in a line what it comes to.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&report(args).await?)
}

/// The whole answer. The report of the day lies in object storage then, in place of an earlier one.
pub async fn report(args: &Args) -> Result<String, Problem> {
    let place = args.place.open_existing().await?;
    let Compared { reconcile, shops, shop, whole } = compare(&comparing(args), &place).await?;
    let morning = MorningReport::beside(&reconcile);
    let report = morning.publish(&shops, &shop, &whole, false).await?;
    if let Some(folder) = &args.out {
        write(folder, &report)?;
    }
    let told = match args.send {
        true => Some(morning.tell_again(&shops, &shop, &report).await?),
        false => None,
    };
    Ok(text::text(&report, &place.archive, args.out.as_deref(), told, args.lang))
}

fn comparing(args: &Args) -> reconcile::Args {
    reconcile::Args {
        shop: args.shop.clone(),
        day: args.day,
        place: args.place.clone(),
        channel_hosts: args.channel_hosts,
        lang: args.lang,
        json: None,
    }
}

/// The pages say what a shop earns, so the folder is its owner's alone.
fn write(folder: &Path, report: &ShopReport) -> Result<(), Problem> {
    let failed = |path: &Path, e: std::io::Error| format!("{}: {e}", path.display());
    private_folder::make(folder).map_err(|e| failed(folder, e))?;
    for (name, content) in files(report)? {
        let path = folder.join(name);
        std::fs::write(&path, content).map_err(|e| failed(&path, e))?;
    }
    Ok(())
}

/// What became of the messages, where any were asked for.
type Asked = Option<Vec<(Way, Told)>>;
