//! What every channel must be able to do, checked for each channel of the registry against its stand-in.
//!
//! A line in `channels::registry` enrols a channel here; a bench in `conformance/benches.rs` says how to set its
//! stand-in up. A check is never skipped: what a channel cannot do must be refused as "unsupported", and where a
//! channel differs for a good reason, the difference stands in [`DIFFERENCES`] until it is gone.

mod bad_days;
mod benches;
mod claims;
mod orders;
mod stock;
mod webhooks;

use benches::{Bench, bench};
use channels::channel::{Door, Notice, Session, StockSet, Verdict, WebhookRequest};
use channels::error::{ChannelError, ErrorKind, Next};
use channels::facts::Verb;
use channels::gateway::{Gateway, Limits};
use channels::http::Http;
use channels::login::LoginKind;
use channels::registry;
use commerce::ids::{ListingId, OrderId};
use commerce::order::ChannelOrder;
use commerce::status::Status;
use futures::future::BoxFuture;
use hopkenh_tests::fake_server::meddler;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use twins::{Fault, FaultKind, Push, TwinLine};

type Outcome = Result<(), String>;
type Check = fn(Bench) -> BoxFuture<'static, Outcome>;

/// Differences that are right as they are: channel, check, how exactly it fails, why that is right. A row that no
/// longer applies fails the suite.
const DIFFERENCES: [(&str, &str, &str, &str); 1] = [(
    "shopee",
    "another shop's key is refused",
    "the signature alone does not tell",
    "one key of the app signs for all its shops: what tells them apart is the shop's number inside the body",
)];

macro_rules! checks {
    ($($name:literal => $check:path),+ $(,)?) => {
        [$(($name, (|bench| Box::pin($check(bench))) as Check)),+]
    };
}

/// Every check by its promise.
fn all_checks() -> Vec<(&'static str, Check)> {
    checks![
        "every claim has its source and day" => claims::claims_have_sources,
        "what it cannot do is refused" => claims::unsupported_is_said,
        "a signed push is accepted" => webhooks::signed_is_accepted,
        "unsigned and forged are refused" => webhooks::forged_is_refused,
        "a changed body is refused" => webhooks::tampered_is_refused,
        "another encoding of the body is refused" => webhooks::reencoded_is_refused,
        "another shop's key is refused" => webhooks::other_shops_key_is_refused,
        "old and new secret in a rotation" => webhooks::rotation_accepts_both,
        "a push becomes exactly one order" => webhooks::push_becomes_one_order,
        "quantities and money sum up" => orders::sums_agree,
        "an unknown status stays unknown" => orders::unknown_status_stays,
        "a cancel is a cancel" => orders::cancel_is_seen,
        "the same order read twice is equal" => orders::reads_are_equal,
        "an unknown order is not found" => orders::unknown_order_is_not_found,
        "look-ups are split at the limit" => orders::look_ups_are_split,
        "what is set is read back" => stock::set_is_read,
        "setting twice is harmless" => stock::set_twice_is_harmless,
        "stock writes are split at the limit" => stock::writes_are_split,
        "one refused among good ones" => stock::outcomes_align,
        "429 without a wait" => bad_days::too_many_without_wait,
        "429 with a wait" => bad_days::too_many_with_wait,
        "5xx on a read" => bad_days::broken_read,
        "5xx on a write" => bad_days::broken_write,
        "no answer in time" => bad_days::no_answer,
        "a web page for an answer" => bad_days::web_page,
        "half an answer" => bad_days::half_an_answer,
        "the channel is not there" => bad_days::nobody_there,
        "a login that has run out" => bad_days::login_runs_out,
        "amounts are whole dong" => orders::amounts_are_whole,
    ]
    .to_vec()
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
    for (name, check) in &checks {
        let mut row = Vec::new();
        for channel in &names {
            let Some(bench) = bench(channel).await else {
                panic!(
                    "channel {channel:?} is in the registry and has no bench: add one to conformance/benches.rs"
                );
            };
            let outcome = check(bench).await;
            let differs = unused.remove(&(*channel, *name));
            row.push(match (&outcome, differs) {
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

/// A way out that waits less than a second.
fn http() -> Http {
    Http::new(Duration::from_millis(700)).unwrap()
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

    fn gateway(&self) -> Gateway {
        let limits =
            Limits { call_timeout: Duration::from_secs(2), tries: 2, wait_max: Duration::from_millis(800) };
        Gateway::new(http(), lambda_kit::clock::system(), limits)
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

    async fn look_up(&self, id: &str) -> Result<ChannelOrder, ChannelError> {
        let (gateway, ids) = (self.gateway(), [self.our_id(id)]);
        let mut found = gateway.look_up_orders(&self.shop, &self.connection, &self.secrets, &ids).await;
        if found.len() != 1 {
            return Err(ChannelError::unreadable("one id must be answered once"));
        }
        found.remove(0).1
    }

    /// One bare call: the answer of the connector itself, without any wrapper around it.
    async fn bare_read(&self, id: &str) -> Result<(), ChannelError> {
        let clock = lambda_kit::clock::system();
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

    async fn bare_write(&self, quantity: u32) -> Result<(), ChannelError> {
        let clock = lambda_kit::clock::system();
        let http = http();
        let (shop, connection, secrets) = (&self.shop, &self.connection, &self.secrets);
        let session = Session { shop, connection, secrets, http: &http, clock: &clock, token: None };
        let set = StockSet { listing: self.listing(0), quantity };
        let outcomes = self.channel.set_stock(&session, &[set]).await?;
        outcomes.into_iter().next().unwrap().1
    }

    fn fault(&self, path: &str, kind: FaultKind) {
        self.twin.inject(Fault { path_contains: path.to_owned(), kind, times: 1 });
    }

    fn sets(&self, quantities: &[u32]) -> Vec<StockSet> {
        let set = |(n, quantity): (usize, &u32)| StockSet { listing: self.listing(n), quantity: *quantity };
        quantities.iter().enumerate().map(set).collect()
    }

    async fn set(&self, sets: &[StockSet]) -> BTreeMap<ListingId, Result<(), ChannelError>> {
        let outcomes = self.gateway().set_stock(&self.shop, &self.connection, &self.secrets, sets).await;
        assert_eq!(outcomes.len(), sets.len(), "every listing is answered once");
        outcomes.into_iter().collect()
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

/// For checks of a verb: where the channel does not claim it, it must say so instead.
async fn without_set_stock(bench: &Bench) -> Option<Outcome> {
    if bench.can(Verb::SetStock) {
        return None;
    }
    let result = bench.bare_write(1).await;
    Some(
        is_unsupported(&result, Verb::SetStock)
            .and_then(|()| ensure(bench.twin.stock_writes().is_empty(), "it was told all the same")),
    )
}
