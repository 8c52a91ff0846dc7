//! `hopkenh connect`: an account on a channel joins a shop: its keys, the grant in the browser, webhooks, and a look round
//! before the first order.

mod entry;
mod grant;
mod pre_flight;

pub use pre_flight::{Finding, Sight, Verdict, findings};

use crate::demo::texts::Language;
use crate::lone_account::find;
use crate::place::{ChannelHosts, Place, Where};
use crate::terminal;
use crate::up::Problem;
use channels::account::AccountReport;
use channels::error::ChannelError;
use channels::facts::{Facts, Verb};
use channels::gateway::{Account, Gateway};
use channels::secrets::Secrets;
use channels::walk;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ConnectionId, ShopId};
use lambda_kit::{clock, secret_store, way_out};
use std::net::SocketAddr;
use std::process::ExitCode;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The channel, such as `shopee`.
    pub channel: String,
    /// Whose account it is; the shop must be there (`hopkenh shop add`).
    #[arg(long)]
    pub shop: String,
    /// Our name of the account; without it, the channel's name.
    #[arg(long)]
    pub connection: Option<String>,
    /// For a new account: the stores that send its parcels, the preferred one first, such as `hn,hcm`. Without it: all.
    #[arg(long, value_delimiter = ',')]
    pub serves_from: Vec<String>,
    /// For a new account: a setting, such as `partner_id=2001`.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub settings: Vec<String>,
    /// A secret and where it comes from, such as `partner_key=env:PARTNER_KEY` or `partner_key=file:PATH#name`.
    #[arg(long = "secret", value_name = "NAME=SOURCE")]
    pub secrets: Vec<String>,
    /// For a new account: a store that this till counts, and the till's name of it, such as `hn=55`.
    #[arg(long, value_name = "STORE=BRANCH")]
    pub till: Vec<String>,
    /// For a new account: where its API answers; without it, the channel's own address.
    #[arg(long)]
    pub base_url: Option<String>,
    /// For a new account: the webhook address as it is registered at the channel. Without it, this deployment's own.
    #[arg(long)]
    pub webhook_url: Option<String>,
    /// Where the channel sends the browser back to; it must be registered at the channel. Without it, this deployment's own.
    #[arg(long)]
    pub redirect_url: Option<String>,
    /// On one machine: where the browser arrives when it comes back, while this command waits.
    #[arg(long, default_value = "127.0.0.1:8790")]
    pub listen: SocketAddr,
    /// How long to wait for the grant, in seconds.
    #[arg(long, default_value_t = 600)]
    pub wait_s: u64,
    /// Leave the grant as it is and only look round.
    #[arg(long)]
    pub no_grant: bool,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// Which hosts may stand for a channel. Without it: as the deployment allows.
    #[arg(long, value_enum)]
    pub channel_hosts: Option<ChannelHosts>,
    /// The language of what is said.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// The account as it is being connected.
struct Desk<'a> {
    args: &'a Args,
    place: Place,
    gateway: Gateway,
    shop: Shop,
    connection: Connection,
    facts: &'static Facts,
}

/// Connects and prints the report; exit code 1 when something must be mended first.
pub async fn run(args: &Args) -> Result<ExitCode, Problem> {
    let facts = find(&args.channel)?.facts();
    let place = args.place.open_existing().await?;
    let id = ConnectionId::new(args.connection.as_deref().unwrap_or(facts.channel))?;
    let shop = ShopId::new(&args.shop)?;
    let is_new = entry::put(args, &place, facts, &shop, &id).await?;
    let shop = place.shop(&shop).await?;
    let connection = shop.connections.get(&id).cloned().ok_or("the account is not in the shop's file")?;
    let outside = args.channel_hosts.map_or(place.outside, Into::into);
    let gateway = way_out::gateway(outside, clock::system())?;
    let desk = Desk { args, place, gateway, shop, connection, facts };
    desk.say_what_was_written(is_new)?;
    if facts.can(Verb::GrantLogin) && !args.no_grant {
        grant::get(&desk).await?;
    }
    desk.look_round().await
}

impl Desk<'_> {
    async fn secrets(&self) -> Result<Secrets, Problem> {
        let id = &self.connection.id;
        let stored = self.place.secrets.load(&self.shop.id, std::slice::from_ref(id)).await?;
        Ok(stored.get(id).map(secret_store::ready).unwrap_or_default())
    }

    fn say_what_was_written(&self, is_new: bool) -> Result<(), Problem> {
        let (id, shop, title) = (&self.connection.id, &self.shop.id, self.facts.title);
        let text = match is_new {
            true => self.args.lang.pick(
                format!("Đã ghi tài khoản {id} ({title}) vào cửa hàng {shop}.\n"),
                format!("Account {id} ({title}) is written into shop {shop}.\n"),
            ),
            false => self.args.lang.pick(
                format!("Tài khoản {id} ({title}) của cửa hàng {shop}.\n"),
                format!("Account {id} ({title}) of shop {shop}.\n"),
            ),
        };
        terminal::say(&text)
    }

    /// Webhooks first, so that the look round sees them.
    async fn look_round(&self) -> Result<ExitCode, Problem> {
        let secrets = self.secrets().await?;
        let account = Account { shop: &self.shop, connection: &self.connection, secrets: &secrets };
        let address = webhook_address(&self.place, &self.shop.id, &self.connection);
        let subscribed = match self.facts.can(Verb::SubscribeWebhooks) {
            true => Some(self.gateway.subscribe_webhooks(&account, &address).await),
            false => None,
        };
        // Looked at as it was registered, also where the shop's file leaves the address to this deployment.
        let registered = Connection { webhook_url: Some(address.clone()), ..self.connection.clone() };
        let report = self.inspect(&Account { connection: &registered, ..account }).await;
        let listings = match self.facts.can(Verb::ListListings) {
            true => Some(walk::all_listings(&self.gateway, &account).await),
            false => None,
        };
        let outside = self.args.channel_hosts.map_or(self.place.outside, Into::into);
        let mut complaints = channels::settings::check(&self.connection, &secrets);
        complaints.extend(channels::settings::check_address(&self.connection, outside));
        let sight = Sight {
            shop: &self.shop,
            connection: &self.connection,
            facts: self.facts,
            complaints,
            secrets: &secrets,
            now: clock::system()(),
            report,
            subscribed,
            listings,
            webhook_address: &address,
            flags: self.args.place.flags(),
            lang: self.args.lang,
        };
        let found = findings(&sight);
        terminal::say(&table(&found, self.args.lang))?;
        let must_stop = found.iter().any(|finding| finding.verdict == Verdict::Stop);
        Ok(if must_stop { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    async fn inspect(&self, account: &Account<'_>) -> Option<Result<AccountReport, ChannelError>> {
        if !self.facts.can(Verb::InspectAccount) {
            return None;
        }
        Some(self.gateway.inspect_account(account).await)
    }
}

/// The registered address, or where `up` listens unless it is told otherwise.
fn webhook_address(place: &Place, shop: &ShopId, connection: &Connection) -> String {
    place.webhook_address(shop, connection).replace("<listen>", "127.0.0.1:8787")
}

fn table(found: &[Finding], l: Language) -> String {
    let head = match l {
        Language::Vi => ["Kiểm tra", "Kết quả", "Chi tiết"],
        Language::En => ["Check", "Result", "What"],
    };
    let verdict = |verdict: Verdict| match verdict {
        Verdict::Fine => l.say("đạt", "ok"),
        Verdict::Look => l.say("xem lại", "look"),
        Verdict::Stop => l.say("PHẢI SỬA", "MEND"),
    };
    let row = |finding: &Finding| {
        vec![finding.check.to_owned(), verdict(finding.verdict).to_owned(), finding.text.clone()]
    };
    let head = head.map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(found.iter().map(row)).collect();
    let last = match found.iter().filter(|finding| finding.verdict == Verdict::Stop).count() {
        0 => l.say("\nSẵn sàng nhận đơn.\n", "\nReady for orders.\n").to_owned(),
        n => l.pick(
            format!("\nCòn {n} việc phải sửa, rồi chạy lại lệnh này.\n"),
            format!("\n{n} to mend; then run this again.\n"),
        ),
    };
    format!("\n{}{last}", terminal::table(&rows))
}
