//! `hopkenh channel probe`: each read verb of an account is called once, and what the channel answered is printed.

use crate::lone_account::LoneAccount;
use crate::place::{ChannelHosts, Where};
use crate::terminal;
use crate::up::Problem;
use channels::channel::Notice;
use channels::error::ChannelError;
use channels::facts::Verb;
use channels::gateway::{Account, Gateway};
use channels::paging::Window;
use commerce::ids::{ConnectionId, ListingId, OrderId, ShopId};
use jiff::SignedDuration;
use lambda_kit::{clock, way_out};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// How many orders and listings are asked for by name when the person names none.
const SAMPLE: usize = 3;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The channel, such as `lazada`; not needed with `--shop`.
    #[arg(required_unless_present = "shop")]
    pub channel: Option<String>,
    /// The account's keys: a TOML or JSON file of names and values, as in a shop's file.
    #[arg(long, required_unless_present = "shop", conflicts_with = "shop")]
    pub settings: Option<PathBuf>,
    /// A shop that was added, in place of a file.
    #[arg(long, requires = "connection")]
    pub shop: Option<String>,
    /// Its connection.
    #[arg(long)]
    pub connection: Option<String>,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// Another address of the API than the file says.
    #[arg(long)]
    pub base_url: Option<String>,
    /// Orders to look up; without it, those that the list names first.
    #[arg(long)]
    pub order: Vec<String>,
    /// Listings to read; without it, those that the list names first.
    #[arg(long)]
    pub listing: Vec<String>,
    /// How many hours back orders are listed.
    #[arg(long, default_value_t = 24)]
    pub hours: i64,
    /// Which hosts may stand for the channel.
    #[arg(long, value_enum, default_value_t = ChannelHosts::Any)]
    pub channel_hosts: ChannelHosts,
    /// Answer in JSON.
    #[arg(long)]
    pub json: bool,
}

/// What one verb answered.
#[derive(Debug)]
struct Answer {
    verb: Verb,
    result: Result<String, ChannelError>,
}

/// Probes, and prints the answers.
pub async fn run(args: &Args) -> Result<ExitCode, Problem> {
    let mut account = account(args).await?;
    if let Some(base_url) = &args.base_url {
        account.connection.base_url = Some(base_url.clone());
    }
    let gateway = way_out::gateway(args.channel_hosts.into(), clock::system())?;
    let answers = Probe { gateway, account, args }.all().await;
    terminal::say(&if args.json { as_json(&answers) } else { as_text(&answers) })?;
    let failed = answers.iter().any(|answer| answer.result.is_err());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn account(args: &Args) -> Result<LoneAccount, Problem> {
    if let (Some(channel), Some(settings)) = (&args.channel, &args.settings) {
        return LoneAccount::read(channel, settings, None);
    }
    let (shop, id) =
        (args.shop.as_deref().unwrap_or_default(), args.connection.as_deref().unwrap_or_default());
    let (shop, id) = (ShopId::new(shop)?, ConnectionId::new(id)?);
    let place = args.place.open_existing().await?;
    let shop = place.shop(&shop).await?;
    let connection = shop.connections.get(&id).cloned();
    let connection = connection.ok_or_else(|| format!("shop {}: has no connection {id}", shop.id))?;
    let stored = place.secrets.load(&shop.id, std::slice::from_ref(&id)).await?;
    let secrets = stored.get(&id).map(lambda_kit::secret_store::ready).unwrap_or_default();
    let facts = crate::lone_account::find(&connection.channel)?.facts();
    Ok(LoneAccount { shop, connection, secrets, facts })
}

struct Probe<'a> {
    gateway: Gateway,
    account: LoneAccount,
    args: &'a Args,
}

impl Probe<'_> {
    /// Every read verb that the channel claims, in an order in which one finds names for the next.
    async fn all(&self) -> Vec<Answer> {
        let mut answers = Vec::new();
        let (mut orders, mut listings) = (self.args.order.clone(), self.args.listing.clone());
        let claimed = |verb: Verb| self.account.facts.can(verb);
        if claimed(Verb::LogIn) {
            answers.push(Answer { verb: Verb::LogIn, result: self.log_in().await });
        }
        if claimed(Verb::InspectAccount) {
            answers.push(Answer { verb: Verb::InspectAccount, result: self.inspect().await });
        }
        if claimed(Verb::ListOrders) {
            answers.push(Answer { verb: Verb::ListOrders, result: self.list_orders(&mut orders).await });
        }
        if claimed(Verb::LookUpOrders) && !orders.is_empty() {
            answers.push(Answer { verb: Verb::LookUpOrders, result: self.look_up(&orders).await });
        }
        if claimed(Verb::PullEvents) {
            answers.push(Answer { verb: Verb::PullEvents, result: self.pull().await });
        }
        if claimed(Verb::ListListings) {
            answers
                .push(Answer { verb: Verb::ListListings, result: self.list_listings(&mut listings).await });
        }
        if claimed(Verb::ReadStock) && !listings.is_empty() {
            answers.push(Answer { verb: Verb::ReadStock, result: self.read_stock(&listings).await });
        }
        answers
    }

    fn account(&self) -> Account<'_> {
        let LoneAccount { shop, connection, secrets, .. } = &self.account;
        Account { shop, connection, secrets }
    }

    async fn log_in(&self) -> Result<String, ChannelError> {
        let LoneAccount { shop, connection, secrets, facts } = &self.account;
        let session = self.gateway.session(shop, connection, secrets);
        let channel = self.gateway.channel(facts.channel);
        let channel = channel.ok_or_else(|| ChannelError::misconfigured("no such channel"))?;
        let login = channel.log_in(&session).await?;
        Ok(format!("a login until {:.0}", login.expires_at))
    }

    async fn inspect(&self) -> Result<String, ChannelError> {
        let report = self.gateway.inspect_account(&self.account()).await?;
        let name = report.name.unwrap_or_else(|| "no name".to_owned());
        let stores = report.locations.map_or("not told".to_owned(), |all| all.len().to_string());
        Ok(format!("{name}; stores: {stores}; webhooks: {:?}", report.subscription))
    }

    async fn list_orders(&self, orders: &mut Vec<String>) -> Result<String, ChannelError> {
        let now = clock::system()();
        let hours = SignedDuration::from_hours(self.args.hours.clamp(1, 24 * 3_650));
        let window = Window { from: now.saturating_sub(hours).unwrap_or(now), to: now };
        let account = self.account();
        let notices = channels::walk::all_orders(&self.gateway, &account, self.account.facts, window).await?;
        let bad = notices.iter().filter(|notice| notice.is_err()).count();
        let ids: Vec<String> = notices
            .iter()
            .flatten()
            .filter_map(|notice| match notice {
                Notice::Order(order) => Some(order.id.to_string()),
                Notice::OrderChanged { order } => Some(order.to_string()),
                Notice::StockLevel { .. } | Notice::Nothing { .. } => None,
            })
            .collect();
        if orders.is_empty() {
            orders.extend(ids.iter().take(SAMPLE).cloned());
        }
        Ok(format!("{} orders of {} h, {bad} not readable{}", ids.len(), self.args.hours, first(&ids)))
    }

    async fn look_up(&self, orders: &[String]) -> Result<String, ChannelError> {
        let ids: Result<Vec<OrderId>, _> = orders.iter().map(|id| OrderId::new(id.as_str())).collect();
        let ids = ids.map_err(|e| ChannelError::refused(e.to_string()))?;
        let LoneAccount { shop, connection, secrets, .. } = &self.account;
        let found = self.gateway.look_up_orders(shop, connection, secrets, &ids).await;
        let mut told = Vec::new();
        for (id, order) in found {
            let order = order?;
            told.push(format!("{id}: {}, {} lines", order.status, order.lines.len()));
        }
        Ok(told.join("; "))
    }

    async fn pull(&self) -> Result<String, ChannelError> {
        let pulled = self.gateway.pull_events(&self.account(), None).await?;
        let more = if pulled.has_more { ", and more wait" } else { "" };
        Ok(format!("{} events wait{more}; none was taken", pulled.notices.len()))
    }

    async fn list_listings(&self, listings: &mut Vec<String>) -> Result<String, ChannelError> {
        let all = channels::walk::all_listings(&self.gateway, &self.account()).await?;
        let ids: Vec<String> = all.iter().flatten().map(|listing| listing.id.to_string()).collect();
        if listings.is_empty() {
            listings.extend(ids.iter().take(SAMPLE).cloned());
        }
        Ok(format!("{} listings, {} not readable{}", ids.len(), all.len() - ids.len(), first(&ids)))
    }

    async fn read_stock(&self, listings: &[String]) -> Result<String, ChannelError> {
        let ids: Result<Vec<ListingId>, _> = listings.iter().map(|id| ListingId::new(id.as_str())).collect();
        let ids = ids.map_err(|e| ChannelError::refused(e.to_string()))?;
        let LoneAccount { shop, connection, secrets, .. } = &self.account;
        let read = self.gateway.read_stock(shop, connection, secrets, &ids).await?;
        let told = read.iter().map(|row| format!("{}: {}", row.listing, row.quantity));
        Ok(told.collect::<Vec<_>>().join("; "))
    }
}

fn first(ids: &[String]) -> String {
    ids.first().map(|id| format!("; the first: {id}")).unwrap_or_default()
}

fn as_text(answers: &[Answer]) -> String {
    let row = |answer: &Answer| match &answer.result {
        Ok(told) => vec![answer.verb.title().to_owned(), "yes".to_owned(), told.clone()],
        Err(error) => vec![answer.verb.title().to_owned(), "NO".to_owned(), error.to_string()],
    };
    let head = ["Verb", "Answered", "What"].map(str::to_owned).to_vec();
    terminal::table(&std::iter::once(head).chain(answers.iter().map(row)).collect::<Vec<_>>())
}

fn as_json(answers: &[Answer]) -> String {
    let row = |answer: &Answer| {
        let (told, error) = match &answer.result {
            Ok(told) => (Some(told.clone()), None),
            Err(error) => (None, Some(error.to_string())),
        };
        json!({"verb": answer.verb.title(), "answered": error.is_none(), "told": told, "error": error})
    };
    format!("{:#}\n", json!(answers.iter().map(row).collect::<Vec<_>>()))
}
