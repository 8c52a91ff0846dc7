//! `hopkenh reconcile`: compares a shop with its channels now, mends what may be mended, and prints what was found.
//!
//! It is the work that the schedule does every night, by the same code. On one machine the command also does what it asks of
//! others: the notes it sends are worked on at once, beside a running machine or without one.

#[cfg(test)]
mod tests;
mod text;

use crate::demo::texts::Language;
use crate::place::{ChannelHosts, Place, Where};
use crate::terminal;
use crate::up::Problem;
use commerce::catalogue::Shop;
use commerce::ids::ShopId;
use jiff::civil::Date;
use lambda_kit::aws::AwsAccess;
use lambda_kit::batch::Message;
use lambda_kit::queues::Queue;
use lambda_kit::shops::Shops;
use lambda_kit::{clock, way_out};
use one_machine::aside::Aside;
use std::path::PathBuf;
use std::sync::Arc;
use workflows::reconcile::{Whole, real_pause};
use workflows::{Passes, PublishStock, Reconcile, RecordOrders};

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The shop to compare.
    #[arg(long)]
    pub shop: String,
    /// The business day whose orders are counted, as `yyyy-mm-dd`. Without it: the last one that is over.
    #[arg(long)]
    pub day: Option<Date>,
    /// Where the shop lies.
    #[command(flatten)]
    pub place: Where,
    /// Which hosts may stand for a channel. Without it: on one machine stand-ins there too, on AWS public hosts.
    #[arg(long, value_enum)]
    pub channel_hosts: Option<ChannelHosts>,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
    /// Write everything that was found to this file as JSON.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// Compares and prints.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&report(args).await?)
}

/// The whole answer.
pub async fn report(args: &Args) -> Result<String, Problem> {
    let place = args.place.open_existing().await?;
    let findings = compare(args, &place).await?.whole.findings;
    if let Some(path) = &args.json {
        let content = serde_json::to_string_pretty(&findings)?;
        std::fs::write(path, content).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(text::text(&findings, args.lang))
}

/// A shop that was compared, with what compared it.
pub(crate) struct Compared {
    /// The same work as on the schedule.
    pub(crate) reconcile: Reconcile,
    /// The shop with its secrets.
    pub(crate) shops: Shops,
    /// The shop.
    pub(crate) shop: Arc<Shop>,
    /// What was found and read.
    pub(crate) whole: Whole,
}

/// Compares, and does at once what that asks of others.
pub(crate) async fn compare(args: &Args, place: &Place) -> Result<Compared, Problem> {
    let id = ShopId::new(&args.shop)?;
    let aside = Aside::open().await?;
    let reconcile = reconcile(args, place, &aside)?;
    let shops = reconcile.passes.shops.load_one(&id, None).await;
    if let Some(why) = shops.out_of_reach(&id) {
        return Err(format!("shop {id}: {why}").into());
    }
    let Some(shop) = shops.catalogue().shops.get(&id) else {
        return Err(place.no_such_shop(&id).await?.into());
    };
    let shop = shop.clone();
    let whole = reconcile.compare_whole(&shops, &shop, args.day).await?;
    work_off(&reconcile, &aside).await?;
    Ok(Compared { reconcile, shops, shop, whole })
}

/// The same work as on the schedule. On AWS its notes go into the stack's queues, else into queues of the command's own.
fn reconcile(args: &Args, place: &Place, aside: &Aside) -> Result<Reconcile, Problem> {
    let (mut lookups, mut publish) = (aside.lookups.clone(), aside.publish.clone());
    if let Some(stack) = &place.stack {
        let sqs = AwsAccess::from_environment()?.sqs();
        lookups = Queue::new(sqs.clone(), &stack.lookups_queue_url);
        publish = Queue::new(sqs, &stack.publish_queue_url);
    }
    let outside = args.channel_hosts.map_or(place.outside, Into::into);
    let (shops, table, clock) = (place.source(), place.table.clone(), clock::system());
    let archive = place.archive.clone();
    let record = RecordOrders {
        shops: shops.clone(),
        table: table.clone(),
        lookups,
        archive: archive.clone(),
        clock: clock.clone(),
    };
    let gateway = Arc::new(way_out::gateway(outside, clock.clone())?);
    let passes = Passes { shops, gateway, table, record, publish, clock, pieces: Default::default() };
    let webhook_base_url = place.stack.as_ref().map(|stack| stack.webhook_base_url.clone());
    let (queue, mail, pause) = (aside.reconcile.clone(), place.mail.clone(), real_pause());
    Ok(Reconcile { passes, archive, queue, webhook_base_url, mail, pause })
}

/// What was asked of `publish-stock` on one machine, done at once. What waits for a later reading of orders is noted as due,
/// and a running machine sees to it.
async fn work_off(reconcile: &Reconcile, aside: &Aside) -> Result<(), Problem> {
    let Passes { shops, gateway, table, clock, .. } = reconcile.passes.clone();
    let publish = PublishStock { shops, gateway, table, passes: aside.passes.clone(), clock };
    for (n, body) in aside.published()?.into_iter().enumerate() {
        for outcome in publish.handle(&[Message::of_no_queue(n.to_string(), body)]).await {
            tracing::debug!(?outcome, "a note was worked on");
        }
    }
    Ok(())
}
