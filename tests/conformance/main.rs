//! What every channel must be able to do, checked for each channel of the registry against its stand-in.
//!
//! A line in `channels::registry` enrols a channel here; a bench in `benches.rs` says how to set its
//! stand-in up. A check is never skipped: what a channel cannot do must be refused as "unsupported", and where a
//! channel differs for a good reason, the difference stands in [`DIFFERENCES`] until it is gone.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a suite fails and speaks as tests do"
)]

mod bad_days;
mod benches;
mod claims;
mod exchange;
#[path = "../src/fake_server.rs"]
#[allow(dead_code, unreachable_pub, reason = "other tests use the rest of it, from outside")]
mod fake_server;
mod fuzz;
mod lists;
mod logins;
mod orders;
mod stock;
mod ways;
mod webhooks;

use benches::{Bench, bench};
use channels::channel::{Door, How, Notice, Session, StockReading, StockSet, Verdict, WebhookRequest};
use channels::error::{ChannelError, ErrorKind, Next};
use channels::facts::{STOCK_WRITE, Verb, WriteClass};
use channels::gateway::{Account, Gateway, Limits};
use channels::http::Http;
use channels::login::LoginKind;
use channels::registry;
use commerce::ids::{ListingId, OrderId};
use commerce::order::ChannelOrder;
use commerce::status::Status;
use fake_server::meddler;
use futures::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use twins::{Fault, FaultKind, Push, TwinLine};

type Outcome = Result<(), String>;
type Check = fn(Bench) -> BoxFuture<'static, Outcome>;

/// Differences that are right as they are: channel, check, how exactly it fails, why that is right. A row that no
/// longer applies fails the suite.
const DIFFERENCES: &[(&str, &str, &str, &str)] = &[
    (
        "shopee",
        "another shop's key is refused",
        "the signature alone does not tell",
        "one key of the app signs for all its shops: what tells them apart is the shop's number inside the body",
    ),
    (
        "shopify",
        "another shop's key is refused",
        "the signature alone does not tell",
        "one key of the app signs for all its shops: what tells them apart is the shop's name in a header",
    ),
    (
        "shopify",
        "one refused among good ones",
        "41001: Err(ChannelError { kind: Unavailable, next: Retry, detail: \"not set, because another listing of the \
         call was refused\", persistent: false })",
        "the mutation sets all rows or none: the good ones are told to be not set, and are sent again without the bad",
    ),
    (
        "tiktok",
        "another shop's key is refused",
        "the signature alone does not tell",
        "one key of the app signs for all its shops: what tells them apart is the shop's number inside the body",
    ),
    (
        "lazada",
        "another shop's key is refused",
        "the signature alone does not tell",
        "one secret of the app signs for all its sellers: the seller's number inside the body tells them apart",
    ),
];

macro_rules! checks {
    ($($name:literal => $check:path $(, needs $verb:ident)? $(, written as $class:ident)?;)+) => {
        vec![$(Promise {
            name: $name,
            needs: None$(.or(Some(Verb::$verb)))?,
            class: None$(.or(Some(WriteClass::$class)))?,
            check: |bench| Box::pin($check(bench)),
        }),+]
    };
}

/// What every channel must keep, or, where it needs a verb or a write class that the channel does not claim, must refuse.
struct Promise {
    name: &'static str,
    needs: Option<Verb>,
    class: Option<WriteClass>,
    check: Check,
}

/// Every check by its promise.
fn all_checks() -> Vec<Promise> {
    checks! {
        "every claim has its source and day" => claims::claims_have_sources;
        "what it says of itself agrees" => claims::claims_agree;
        "what it cannot do is refused" => claims::unsupported_is_said;
        "a signed push is accepted" => webhooks::signed_is_accepted, needs ReadWebhook;
        "unsigned and forged are refused" => webhooks::forged_is_refused, needs ReadWebhook;
        "a changed body is refused" => webhooks::tampered_is_refused, needs ReadWebhook;
        "another encoding of the body is refused" => webhooks::reencoded_is_refused, needs ReadWebhook;
        "another shop's key is refused" => webhooks::other_shops_key_is_refused, needs ReadWebhook;
        "old and new secret in a rotation" => webhooks::rotation_accepts_both, needs ReadWebhook;
        "a push becomes exactly one order" => webhooks::push_becomes_one_order, needs ReadWebhook;
        "quantities and money sum up" => orders::sums_agree;
        "an unknown status stays unknown" => orders::unknown_status_stays;
        "a cancel is a cancel" => orders::cancel_is_seen;
        "a shipped order is out, a return frees none" => orders::shipped_is_out;
        "times keep their zone" => orders::zones_are_kept;
        "the same order read twice is equal" => orders::reads_are_equal;
        "an unknown order is not found" => orders::unknown_order_is_not_found, needs LookUpOrders;
        "look-ups are split at the limit" => orders::look_ups_are_split, needs LookUpOrders;
        "what is set is read back" => stock::set_is_read, needs SetStock;
        "what is there is read" => stock::what_is_there_is_read, needs ReadStock;
        "setting twice is harmless" => stock::set_twice_is_harmless, needs SetStock;
        "stock writes are split at the limit" => stock::writes_are_split, needs SetStock;
        "one refused among good ones" => stock::outcomes_align, needs SetStock;
        "said but not done is found out" => stock::said_but_not_done, needs SetStock;
        "a foreign edit is read" => stock::foreign_edits_are_read, needs ReadStock;
        "what a campaign locks is not undercut" => stock::campaigns_are_not_undercut, needs SetStock;
        "open orders are left out" => stock::open_orders_are_left_out, needs SetStock;
        "set only while still shown" => ways::compared, needs SetStock, written as CompareAndSet;
        "a difference is added, never below zero" => ways::added, needs SetStock, written as Delta;
        "the gross number is set as it is" => ways::gross, needs SetStock, written as Gross;
        "orders are listed to the end" => lists::orders_to_the_end, needs ListOrders;
        "spans of time are kept" => lists::spans_are_kept, needs ListOrders;
        "changed orders are listed" => lists::changes_are_listed, needs ListOrders;
        "events wait until they are taken" => lists::events_until_taken, needs PullEvents;
        "listings are listed to the end" => lists::listings_to_the_end, needs ListListings;
        "an order goes in once" => exchange::forwarded_once, needs ForwardOrder;
        "an order in doubt is found again" => exchange::forwarded_in_doubt, needs ForwardOrder;
        "news of an order arrives" => exchange::news_arrives, needs CarryStatus;
        "news of an ended order is refused" => exchange::late_news_is_refused, needs CarryStatus;
        "a grant becomes a login" => logins::grant_becomes_login, needs GrantLogin;
        "a made-up grant is refused" => logins::foreign_grant_is_refused, needs GrantLogin;
        "a login is renewed" => logins::login_is_renewed, needs RenewLogin;
        "the account tells about itself" => logins::account_is_inspected, needs InspectAccount;
        "subscribing twice is once" => logins::subscribed_once, needs SubscribeWebhooks;
        "429 without a wait" => bad_days::too_many_without_wait, needs LookUpOrders;
        "429 with a wait" => bad_days::too_many_with_wait, needs LookUpOrders;
        "5xx on a read" => bad_days::broken_read, needs LookUpOrders;
        "5xx on a write" => bad_days::broken_write, needs SetStock;
        "no answer in time" => bad_days::no_answer, needs LookUpOrders;
        "a web page for an answer" => bad_days::web_page, needs LookUpOrders;
        "half an answer" => bad_days::half_an_answer, needs LookUpOrders;
        "the channel is not there" => bad_days::nobody_there, needs LookUpOrders;
        "a login that has run out" => bad_days::login_runs_out, needs LookUpOrders;
        "amounts are whole dong" => orders::amounts_are_whole;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_channel_passes_every_check() {
    let checks = all_checks();
    let mut rows = Vec::new();
    let mut wrong = Vec::new();
    let mut unused: BTreeMap<(&str, &str), &str> =
        DIFFERENCES.iter().map(|(c, n, how, _)| ((*c, *n), *how)).collect();
    let mut names: Vec<&'static str> =
        registry::all().iter().map(|channel| channel.facts().channel).collect();
    // `ONLY=tiki` looks at one channel, while it is being built.
    if let Ok(only) = std::env::var("ONLY") {
        names.retain(|name| *name == only);
        unused.retain(|(channel, _), _| *channel == only);
    }
    for Promise { name, needs, class, check } in &checks {
        let mut row = Vec::new();
        for channel in &names {
            let Some(bench) = bench(channel).await else {
                panic!("channel {channel:?} is in the registry and has no bench: add one to benches.rs");
            };
            let no_verb = needs.filter(|verb| !bench.can(*verb));
            let no_class = class.filter(|class| !bench.can_be_written_as(*class));
            let outcome = match (no_verb, no_class, class) {
                (Some(verb), _, _) => claims::refuses(&bench, verb).await,
                (None, Some(class), _) => ways::refuses(&bench, class).await,
                (None, None, Some(class)) => check(bench.written_as(*class)).await,
                (None, None, None) => check(bench).await,
            };
            let differs = unused.remove(&(*channel, *name));
            row.push(match (&outcome, differs) {
                (Ok(()), None) if no_verb.is_some() || no_class.is_some() => "cannot",
                (Ok(()), None) => "yes",
                (Err(why), Some(how)) if why == how => "differs",
                (Ok(()), Some(_)) => {
                    wrong.push(format!(
                        "{channel}: {name}: listed as a difference, but it passes: remove the row"
                    ));
                    "STALE"
                }
                (Err(why), _) => {
                    wrong.push(format!("{channel}: {name}: {why}"));
                    "NO"
                }
            });
        }
        rows.push((*name, row));
    }
    wrong.extend(unused.keys().map(|row| format!("{row:?} is listed as a difference of nothing we know")));
    print_table(&names, &rows);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn print_table(names: &[&str], rows: &[(&str, Vec<&str>)]) {
    let header: String = names.iter().map(|name| format!(" {name:<12}")).collect();
    println!("\n{:<42}{header}", "check");
    for (name, row) in rows {
        println!("{name:<42}{}", row.iter().map(|cell| format!(" {cell:<12}")).collect::<String>());
    }
    for (channel, check, _, why) in DIFFERENCES {
        println!("differs: {channel}, {check}: {why}");
    }
}

// ---------------------------------------------------------------------------------------------------- helpers

fn ensure(so: bool, otherwise: impl Into<String>) -> Outcome {
    if so { Ok(()) } else { Err(otherwise.into()) }
}

/// The time of this machine, as the twins and the connectors see it.
fn system_clock() -> channels::channel::Clock {
    #[allow(clippy::disallowed_methods, reason = "a test stands at the door")]
    std::sync::Arc::new(commerce::Timestamp::now)
}

/// A port nobody listens at.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A way out that soon gives up, though not so soon that a busy machine looks like a silent channel.
fn http() -> Http {
    Http::new(Duration::from_millis(1_500)).unwrap()
}

impl Bench {
    fn facts(&self) -> &'static channels::facts::Facts {
        self.channel.facts()
    }

    fn can(&self, verb: Verb) -> bool {
        self.facts().can(verb)
    }

    fn door(&self) -> Door<'_> {
        Door { shop: &self.shop, connection: &self.connection, secrets: &self.secrets }
    }

    fn account(&self) -> Account<'_> {
        Account { shop: &self.shop, connection: &self.connection, secrets: &self.secrets }
    }

    fn session<'a>(&'a self, http: &'a Http, clock: &'a channels::channel::Clock) -> Session<'a> {
        let (shop, connection, secrets) = (&self.shop, &self.connection, &self.secrets);
        Session { shop, connection, secrets, http, clock, token: None }
    }

    fn gateway(&self) -> Gateway {
        let limits =
            Limits { call_timeout: Duration::from_secs(4), tries: 2, wait_max: Duration::from_millis(800) };
        Gateway::new(http(), system_clock(), limits)
    }

    fn listing(&self, n: usize) -> ListingId {
        ListingId::new(self.listings[n].clone()).unwrap()
    }

    /// A buyer takes one of the first listing and two of the second.
    fn order(&self) -> String {
        let line = |n: usize, quantity: u32| TwinLine { listing: self.listings[n].clone(), quantity };
        self.twin.place_order(&[line(0, 1), line(1, 2)]).unwrap()
    }

    fn our_id(&self, id: &str) -> OrderId {
        OrderId::new((self.our_id)(id)).unwrap()
    }

    /// The push that concerns the order itself.
    fn order_push(&self, id: &str) -> Push {
        let about = |push: &Push| {
            let notices = self.channel.read_webhook(&self.door(), &request(push));
            let ours = self.our_id(id);
            notices.iter().flatten().any(|notice| match notice {
                Notice::Order(order) => order.id == ours,
                Notice::OrderChanged { order } => *order == ours,
                _ => false,
            })
        };
        self.twin.take_pushes().into_iter().find(about).unwrap()
    }

    fn verdict(&self, push: &Push) -> Verdict {
        self.channel.verify_webhook(&self.door(), &request(push))
    }

    /// The order as it stands: asked for, or, where the channel answers no questions, as it was told last.
    async fn look_up(&self, id: &str) -> Result<ChannelOrder, ChannelError> {
        if !self.can(Verb::LookUpOrders) {
            return self.told(id).ok_or_else(|| ChannelError::not_found("never told"));
        }
        let (gateway, ids) = (self.gateway(), [self.our_id(id)]);
        let mut found = gateway.look_up_orders(&self.shop, &self.connection, &self.secrets, &ids).await;
        if found.len() != 1 {
            return Err(ChannelError::unreadable("one id must be answered once"));
        }
        found.remove(0).1
    }

    /// The order as the last push told it; the pushes stay for the next look.
    fn told(&self, id: &str) -> Option<ChannelOrder> {
        let mut pushes = self.pushes.lock().unwrap();
        pushes.extend(self.twin.take_pushes());
        let ours = self.our_id(id);
        let read = |push: &Push| self.channel.read_webhook(&self.door(), &request(push));
        let orders = pushes.iter().flat_map(read).filter_map(|notice| match notice {
            Ok(Notice::Order(order)) if order.id == ours => Some(*order),
            _ => None,
        });
        orders.last()
    }

    /// One bare call: the answer of the connector itself, without any wrapper around it.
    async fn bare_read(&self, id: &str) -> Result<(), ChannelError> {
        let clock = system_clock();
        let http = http();
        let mut session = Session {
            shop: &self.shop,
            connection: &self.connection,
            secrets: &self.secrets,
            http: &http,
            clock: &clock,
            token: None,
        };
        if self.can(Verb::LogIn) {
            session.token = Some(self.channel.log_in(&session).await?.token);
        }
        let found = self.channel.look_up_orders(&session, &[self.our_id(id)]).await?;
        found.into_iter().next().unwrap().1.map(|_| ())
    }

    fn fault(&self, path: &str, kind: FaultKind) {
        self.twin.inject(Fault { path_contains: path.to_owned(), kind, times: 1 });
    }
}

fn request(push: &Push) -> WebhookRequest {
    WebhookRequest {
        method: push.method.clone(),
        query: Vec::new(),
        headers: push.headers.clone(),
        body: push.body.clone(),
    }
}

fn refused(verdict: Verdict, what: &str) -> Outcome {
    ensure(matches!(verdict, Verdict::Refused { .. }), format!("{what}: {verdict:?}"))
}

fn signed(verdict: Verdict, what: &str) -> Outcome {
    ensure(matches!(verdict, Verdict::Signed { .. }), format!("{what}: {verdict:?}"))
}

/// The failure is of this kind and says this about what comes next.
fn failed(result: &Result<(), ChannelError>, kind: ErrorKind, next: impl Fn(Next) -> bool) -> Outcome {
    match result {
        Err(error) => ensure(error.kind == kind && next(error.next), format!("{error:?}, expected {kind:?}")),
        Ok(()) => Err(format!("succeeded, expected {kind:?}")),
    }
}

fn is_unsupported<T>(result: &Result<T, ChannelError>, verb: Verb) -> Outcome {
    let unsupported =
        result.as_ref().err().is_some_and(|e| e.kind == ErrorKind::Unsupported && e.next == Next::Park);
    ensure(unsupported, format!("{verb:?} is not claimed and must be refused as unsupported"))
}
