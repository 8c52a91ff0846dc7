//! Checks of the wrappers around a channel that does as the test says; time is the test's own.

use super::{Chunked, Logged, LoggedIn, Paced, Retried, TimeLimited, Tries, lock};
use crate::channel::{
    Channel, Door, How, Login, LookedUp, Notices, Session, StockOutcome, StockReading, StockSet, Verdict,
    WebhookRequest,
};
use crate::error::{ChannelError, ErrorKind};
use crate::facts::{Facts, Pace, Verb, WriteClass};
use crate::gateway::{Gateway, Limits};
use crate::secrets::Secrets;
use crate::testing::{self, Server};
use async_trait::async_trait;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ListingId, OrderId, ShopId};
use commerce::money::{Currency, Money};
use commerce::order::{ChannelOrder, Departure, OrderKind};
use commerce::status::Status;
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

static FACTS: Facts = Facts {
    channel: "fake",
    verbs: &Verb::ALL,
    orders_per_look_up_max: 4,
    listings_per_write_max: 2,
    pace: Pace { calls_per_minute: 60, burst: 3 },
    ..crate::kiotviet::FACTS
};

static MUTE: Facts = Facts { verbs: &[], ..FACTS };

static COMPARES: Facts = Facts { write_class: WriteClass::CompareAndSet, ..FACTS };

/// A call as the fake channel saw it: the verb, the names in it, the login it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    verb: Verb,
    names: Vec<String>,
    token: String,
}

type Answer = Result<(), ChannelError>;
type Script = Box<dyn Fn(&Seen, usize, &str) -> Answer + Send + Sync>;

/// Answers each name of a call as the script says, given the call, its number and the name.
struct Fake {
    facts: &'static Facts,
    script: Script,
    seen: Mutex<Vec<Seen>>,
    delay: Duration,
}

impl Fake {
    fn new(script: impl Fn(&Seen, usize, &str) -> Answer + Send + Sync + 'static) -> Arc<Self> {
        Self::with(&FACTS, Duration::ZERO, script)
    }

    fn with(
        facts: &'static Facts,
        delay: Duration,
        script: impl Fn(&Seen, usize, &str) -> Answer + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { facts, script: Box::new(script), seen: Mutex::default(), delay })
    }

    async fn answer(&self, session: &Session<'_>, verb: Verb, names: Vec<String>) -> Vec<Answer> {
        let token = session.token.as_ref().map(|t| t.expose_secret().to_owned()).unwrap_or_default();
        let seen = Seen { verb, names, token };
        let number = {
            let mut all = lock(&self.seen);
            all.push(seen.clone());
            all.len()
        };
        tokio::time::sleep(self.delay).await;
        seen.names.iter().map(|name| (self.script)(&seen, number, name)).collect()
    }

    fn names(&self) -> Vec<Vec<String>> {
        lock(&self.seen).iter().map(|seen| seen.names.clone()).collect()
    }

    fn count(&self, verb: Verb) -> usize {
        lock(&self.seen).iter().filter(|seen| seen.verb == verb).count()
    }
}

#[async_trait]
impl Channel for Fake {
    fn facts(&self) -> &'static Facts {
        self.facts
    }
    fn call_group<'l>(&self, _verb: Verb, listing: &'l ListingId) -> &'l str {
        listing.as_str().split(':').next().unwrap()
    }
    fn verify_webhook(&self, _: &Door<'_>, _: &WebhookRequest) -> Verdict {
        Verdict::HarmlessUnsigned
    }
    fn read_webhook(&self, _: &Door<'_>, _: &WebhookRequest) -> Notices {
        Vec::new()
    }
    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        let names = ids.iter().map(ToString::to_string).collect();
        let answers = self.answer(session, Verb::LookUpOrders, names).await;
        Ok(ids.iter().zip(answers).map(|(id, answer)| (id.clone(), answer.map(|()| order(id)))).collect())
    }
    async fn set_stock(
        &self,
        session: &Session<'_>,
        sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError> {
        let name = |set: &StockSet| match set.how {
            How::IfShown(shown) => format!("{}={} if {shown}", set.listing, set.quantity),
            _ => format!("{}={}", set.listing, set.quantity),
        };
        let names = sets.iter().map(name).collect();
        let answers = self.answer(session, Verb::SetStock, names).await;
        Ok(sets.iter().map(|set| set.listing.clone()).zip(answers).collect())
    }
    async fn read_stock(
        &self,
        session: &Session<'_>,
        listings: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        let names = listings.iter().map(ToString::to_string).collect();
        let answers: Result<Vec<()>, _> =
            self.answer(session, Verb::ReadStock, names).await.into_iter().collect();
        answers.map(|_| Vec::new())
    }
    async fn log_in(&self, session: &Session<'_>) -> Result<Login, ChannelError> {
        let answer = self.answer(session, Verb::LogIn, vec!["login".to_owned()]).await.remove(0);
        let token = SecretString::from(format!("T{}", self.count(Verb::LogIn)));
        answer.map(|()| Login { token, expires_at: "2026-11-23T03:00:00Z".parse().unwrap() })
    }
}

fn order(id: &OrderId) -> ChannelOrder {
    let now = "2026-11-22T03:00:00Z".parse().unwrap();
    ChannelOrder {
        id: id.clone(),
        kind: OrderKind::Channel,
        status: Status::Confirmed,
        departure: Departure::Stayed,
        source_time: now,
        created_at: now,
        read_at: Some(now),
        location: None,
        hold: None,
        reference: None,
        lines: Vec::new(),
        total: Money::from_minor(1, Currency::VND),
    }
}

struct World {
    shop: Shop,
    connection: Connection,
    secrets: Secrets,
    http: crate::http::Http,
    clock: crate::channel::Clock,
}

impl World {
    fn new() -> Self {
        let connection = testing::connection("fake", &[]);
        let secrets = testing::secrets(&[]);
        Self { shop: testing::shop(), connection, secrets, http: testing::http(), clock: testing::clock() }
    }

    fn session(&self) -> Session<'_> {
        let Self { shop, connection, secrets, http, clock } = self;
        Session { shop, connection, secrets, http, clock, token: None }
    }
}

fn ids(names: &[&str]) -> Vec<OrderId> {
    names.iter().map(|name| OrderId::new(*name).unwrap()).collect()
}

fn listings(names: &[&str]) -> Vec<ListingId> {
    names.iter().map(|name| ListingId::new(*name).unwrap()).collect()
}

fn set(listing: &str, quantity: u32) -> StockSet {
    StockSet::blind(ListingId::new(listing).unwrap(), quantity)
}

fn kinds<K, T>(answers: &[(K, Result<T, ChannelError>)]) -> Vec<Option<ErrorKind>> {
    answers.iter().map(|(_, result)| result.as_ref().err().map(|e| e.kind)).collect()
}

#[tokio::test]
async fn an_order_that_spoils_its_call_is_found_and_the_others_answered() {
    let spoilt = |seen: &Seen, _, _: &str| match seen.names.iter().any(|name| name == "bad") {
        true => Err(ChannelError::refused("error_param")),
        false => Ok(()),
    };
    let fake = Fake::new(spoilt);
    let world = World::new();
    let asked = ids(&["a", "b", "bad", "c", "d", "a"]);
    let found = Chunked::new(fake.clone()).look_up_orders(&world.session(), &asked).await.unwrap();
    let failed: Vec<&str> = found.iter().filter(|(_, r)| r.is_err()).map(|(id, _)| id.as_str()).collect();
    assert_eq!((found.len(), failed), (5, vec!["bad"]));
    assert!(fake.names().iter().all(|names| names.len() <= 4));
}

#[tokio::test]
async fn a_shut_account_ends_the_work_and_says_what_was_not_sent() {
    let fake =
        Fake::new(|_, number, _| if number == 2 { Err(ChannelError::timed_out("late")) } else { Ok(()) });
    let world = World::new();
    let sets = [set("1:1", 5), set("2:1", 6), set("3:1", 7)];
    let done = Chunked::new(fake.clone()).set_stock(&world.session(), &sets).await.unwrap();
    assert_eq!(kinds(&done), [None, Some(ErrorKind::TimedOut), Some(ErrorKind::Unavailable)]);
    assert!(!done[2].1.as_ref().unwrap_err().is_ambiguous(), "it was never sent");
    assert_eq!(fake.names().len(), 2);
}

#[tokio::test]
async fn writes_are_cut_by_item_and_size_and_the_last_quantity_wins() {
    let fake = Fake::new(|_, _, _| Ok(()));
    let world = World::new();
    let sets = [set("1:1", 5), set("2:1", 6), set("1:2", 7), set("1:3", 8), set("1:1", 9)];
    let done = Chunked::new(fake.clone()).set_stock(&world.session(), &sets).await.unwrap();
    assert_eq!(done.len(), 4);
    assert_eq!(fake.names(), [vec!["1:1=9", "1:2=7"], vec!["1:3=8"], vec!["2:1=6"]]);
}

#[tokio::test]
async fn the_way_of_writing_is_kept_and_ways_do_not_share_a_call() {
    let fake = Fake::with(&COMPARES, Duration::ZERO, |_, _, _| Ok(()));
    let world = World::new();
    let if_shown = |listing, quantity| StockSet { how: How::IfShown(4), ..set(listing, quantity) };
    let by = StockSet { how: How::By(1), ..set("1:4", 9) };
    let sets = [if_shown("1:1", 5), set("1:2", 6), if_shown("1:3", 7), by];
    let done = Chunked::new(fake.clone()).set_stock(&world.session(), &sets).await.unwrap();
    assert_eq!(done.len(), 4);
    let refused: Vec<_> =
        done.iter().filter_map(|(id, r)| Some((id.as_str(), r.as_ref().err()?.kind))).collect();
    assert_eq!(refused, [("1:4", ErrorKind::Unsupported)]);
    assert_eq!(fake.names(), [vec!["1:2=6"], vec!["1:1=5 if 4", "1:3=7 if 4"]]);
}

#[tokio::test(start_paused = true)]
async fn what_has_changed_or_is_locked_ends_nothing_and_is_not_tried_again() {
    let refuse = |_: &Seen, _, name: &str| match name {
        "1:1=5" => Err(ChannelError::changed("stale")),
        "2:1=6" => Err(ChannelError::locked("campaign")),
        _ => Ok(()),
    };
    let fake = Fake::new(refuse);
    let world = World::new();
    let sets = [set("1:1", 5), set("2:1", 6), set("3:1", 7)];
    let tries = Tries { tries: 3, wait_max: Duration::from_secs(3_600) };
    let channel = Chunked::new(Arc::new(Retried::new(fake.clone(), tries)));
    let done = channel.set_stock(&world.session(), &sets).await.unwrap();
    assert_eq!(kinds(&done), [Some(ErrorKind::Changed), Some(ErrorKind::Locked), None]);
    assert_eq!(fake.names().len(), 3, "each was sent once");
    assert!(done.iter().all(|(_, r)| r.as_ref().err().is_none_or(|e| !e.is_ambiguous() && !e.persistent)));
    let fake = Fake::new(|_, _, _| Err(ChannelError::changed("stale")));
    let read = Retried::new(fake.clone(), tries).read_stock(&world.session(), &listings(&["1:1"])).await;
    assert_eq!((read.unwrap_err().kind, fake.names().len()), (ErrorKind::Changed, 1));
}

#[tokio::test]
async fn what_a_channel_cannot_do_is_refused_before_any_call() {
    let fake = Fake::with(&MUTE, Duration::ZERO, |_, _, _| Ok(()));
    let world = World::new();
    let (chunked, session) = (Chunked::new(fake.clone()), world.session());
    let kinds = [
        chunked.look_up_orders(&session, &ids(&["a"])).await.unwrap_err().kind,
        chunked.set_stock(&session, &[set("1:1", 1)]).await.unwrap_err().kind,
        chunked.read_stock(&session, &listings(&["1:1"])).await.unwrap_err().kind,
        chunked.log_in(&session).await.err().unwrap().kind,
    ];
    assert_eq!(kinds, [ErrorKind::Unsupported; 4]);
    assert!(fake.names().is_empty());
}

/// Only the second login is good.
fn second_login_only(seen: &Seen, _: usize, _: &str) -> Answer {
    match (seen.verb, seen.token.as_str()) {
        (Verb::LogIn, _) | (_, "T2") => Ok(()),
        _ => Err(ChannelError::login_expired("HTTP 401")),
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_dead_logins_are_renewed_once() {
    let fake = Fake::with(&FACTS, Duration::from_millis(10), second_login_only);
    let world = Arc::new(World::new());
    let channel = Arc::new(LoggedIn::new(fake.clone()));
    let calls: Vec<_> = (0..1_000)
        .map(|number| {
            let (channel, world) = (channel.clone(), world.clone());
            tokio::spawn(async move {
                if number % 2 == 0 {
                    let found = channel.look_up_orders(&world.session(), &ids(&["a"])).await.unwrap();
                    found[0].1.is_ok()
                } else {
                    channel.read_stock(&world.session(), &listings(&["1:1"])).await.is_ok()
                }
            })
        })
        .collect();
    for call in calls {
        assert!(call.await.unwrap());
    }
    assert_eq!(fake.count(Verb::LogIn), 2, "one login, one renewal");
}

#[tokio::test]
async fn a_dead_login_is_renewed_once_and_only_for_those_it_failed() {
    let fake = Fake::new(|seen, _, name| match seen.verb {
        Verb::LogIn => Ok(()),
        _ if name.starts_with("ok") => Ok(()),
        _ => Err(ChannelError::login_expired("HTTP 401")),
    });
    let world = World::new();
    let sets = [set("ok", 1), set("never", 2)];
    let done = LoggedIn::new(fake.clone()).set_stock(&world.session(), &sets).await.unwrap();
    assert_eq!(kinds(&done), [None, Some(ErrorKind::LoginExpired)]);
    let expected: [&[&str]; 4] = [&["login"], &["ok=1", "never=2"], &["login"], &["never=2"]];
    assert_eq!(fake.names(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_login_that_fails_is_not_hammered() {
    let fake = Fake::new(|_, _, _| Err(ChannelError::misconfigured("invalid_client")));
    let world = World::new();
    let channel = LoggedIn::new(fake.clone());
    for _ in 0..100 {
        let error = channel.look_up_orders(&world.session(), &ids(&["a"])).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Misconfigured);
    }
    assert_eq!(fake.names().len(), 1);
    tokio::time::advance(Duration::from_secs(6)).await;
    let _ = channel.look_up_orders(&world.session(), &ids(&["a"])).await;
    assert_eq!(fake.names().len(), 2);
}

fn retried(fake: &Arc<Fake>) -> Retried {
    Retried::new(fake.clone(), Tries { tries: 3, wait_max: Duration::from_secs(2) })
}

#[tokio::test(start_paused = true)]
async fn only_what_failed_is_read_again() {
    let fake = Fake::new(|_, number, name| match (name, number) {
        ("b", 1) => Err(ChannelError::timed_out("late")),
        ("c", _) => Err(ChannelError::not_found("gone")),
        _ => Ok(()),
    });
    let world = World::new();
    let found = retried(&fake).look_up_orders(&world.session(), &ids(&["a", "b", "c"])).await.unwrap();
    assert_eq!(fake.names(), [vec!["a", "b", "c"], vec!["b"]]);
    assert_eq!(kinds(&found), [None, Some(ErrorKind::NotFound), None]);
}

#[tokio::test(start_paused = true)]
async fn tries_come_to_an_end_and_say_so() {
    let fake = Fake::new(|_, _, _| Err(ChannelError::unavailable("HTTP 503")));
    let world = World::new();
    let error = retried(&fake).read_stock(&world.session(), &listings(&["1:1"])).await.unwrap_err();
    assert_eq!((fake.names().len(), error.persistent), (3, true));
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_asks_us_to_wait_is_obeyed() {
    let ask = |seconds| {
        move |_: &Seen, number, _: &str| {
            let wait = Some(Duration::from_secs(seconds));
            if number == 1 { Err(ChannelError::rate_limited(wait, "429")) } else { Ok(()) }
        }
    };
    let world = World::new();
    let start = Instant::now();
    let short = Fake::new(ask(2));
    assert_eq!(kinds(&retried(&short).set_stock(&world.session(), &[set("1:1", 1)]).await.unwrap()), [None]);
    assert!(start.elapsed() >= Duration::from_secs(2));
    let long = Fake::new(ask(60));
    let done = retried(&long).set_stock(&world.session(), &[set("1:1", 1)]).await.unwrap();
    assert!(done[0].1.as_ref().unwrap_err().persistent);
    assert_eq!(long.names().len(), 1, "too long to wait here");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_may_have_been_applied_is_never_sent_again() {
    for error in [
        ChannelError::timed_out("late"),
        ChannelError::unavailable("HTTP 502").after_write(),
        ChannelError::unreadable("half an answer").after_write(),
        ChannelError::refused("no"),
        ChannelError::login_expired("401"),
    ] {
        let fake = Fake::new(move |_, _, _| Err(error.clone()));
        let world = World::new();
        let _ = retried(&fake).set_stock(&world.session(), &[set("1:1", 1)]).await;
        assert_eq!(fake.names().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn each_account_keeps_its_own_pace() {
    let fake = Fake::new(|_, _, _| Ok(()));
    let channel = Paced::new(fake.clone(), Duration::from_secs(2));
    let mut world = World::new();
    let start = Instant::now();
    for _ in 0..5 {
        channel.read_stock(&world.session(), &[]).await.unwrap();
    }
    assert_eq!(start.elapsed().as_secs(), 2, "three at once, then one a second");
    let many = (0..10)
        .map(|_| channel.reserve(super::account(&world.session()), channel.facts().pace, Instant::now()));
    let refused: Vec<ChannelError> = many.filter_map(Result::err).collect();
    assert_eq!((refused.len(), refused[0].kind), (8, ErrorKind::RateLimited));
    world.shop.id = ShopId::new("minh").unwrap();
    let start = Instant::now();
    channel.read_stock(&world.session(), &[]).await.unwrap();
    assert!(start.elapsed().is_zero(), "shops are strangers");
}

#[tokio::test(start_paused = true)]
async fn a_call_without_end_is_given_up() {
    let fake = Fake::with(&FACTS, Duration::from_secs(3_600), |_, _, _| Ok(()));
    let world = World::new();
    let channel = TimeLimited::new(fake, Duration::from_secs(8));
    let error = channel.set_stock(&world.session(), &[set("1:1", 1)]).await.unwrap_err();
    assert!(error.is_ambiguous());
}

/// Collects every field of every line.
struct Lines(Arc<Mutex<String>>);

impl tracing::field::Visit for Lines {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        lock(&self.0).push_str(&format!("{}={value:?} ", field.name()));
    }
}

impl tracing::Subscriber for Lines {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("channels")
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Lines(self.0.clone()));
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn a_line_tells_whose_call_it_was_and_no_secret() {
    let text = Arc::new(Mutex::new(String::new()));
    let _guard = tracing::subscriber::set_default(Lines(text.clone()));
    let fake = Fake::new(|_, _, _| Err(ChannelError::refused("error_param")));
    let world = World::new();
    let session = Session { token: Some(SecretString::from("canary".to_owned())), ..world.session() };
    let channel = Logged::new(fake);
    let _ = channel.look_up_orders(&session, &ids(&["a"])).await;
    let _ = channel.read_stock(&session, &listings(&["1:1"])).await;
    let fake = Fake::new(|_, _, name| match name {
        "1:1=5" => Err(ChannelError::changed("stale")),
        _ => Err(ChannelError::locked("campaign")),
    });
    let sets = [set("1:1", 5), set("1:2", 6), set("1:3", 7)];
    let _ = Logged::new(fake).set_stock(&session, &sets).await;
    let text = lock(&text).clone();
    for part in [
        "shop.id=\"lan\"",
        "connection.id=\"main\"",
        "channel.name=\"fake\"",
        "error_param",
        "failed=1",
        "failed=3 error.kinds=[Changed, Locked]",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("canary"));
}

fn gateway(channels: Vec<Arc<dyn Channel>>) -> Gateway {
    Gateway::with_channels(channels, testing::http(), testing::clock(), Limits::default())
}

#[tokio::test]
async fn the_gateway_answers_for_everything_asked() {
    let fake = Fake::new(second_login_only);
    let (gateway, mut world) = (gateway(vec![fake.clone()]), World::new());
    let found =
        gateway.look_up_orders(&world.shop, &world.connection, &world.secrets, &ids(&["a", "b"])).await;
    assert_eq!(kinds(&found), [None, None]);
    assert_eq!(fake.count(Verb::LogIn), 2);
    world.connection.channel = "sendo".to_owned();
    let found =
        gateway.look_up_orders(&world.shop, &world.connection, &world.secrets, &ids(&["a", "b"])).await;
    assert_eq!(kinds(&found), [Some(ErrorKind::Misconfigured); 2]);
    let sets = [set("1:1", 1)];
    let done = gateway.set_stock(&world.shop, &world.connection, &world.secrets, &sets).await;
    assert_eq!(kinds(&done), [Some(ErrorKind::Misconfigured)]);
}

#[tokio::test]
async fn a_real_channel_works_through_all_wrappers() {
    let server =
        Server::start(|call| match (call.path(), call.headers.get("authorization").map(String::as_str)) {
            ("/connect/token", _) => (200, r#"{"access_token":"T1","expires_in":86400}"#.to_owned()),
            (path, Some("Bearer T1")) => {
                let product = path.rsplit('/').next().unwrap();
                let body =
                    format!(r#"{{"id":{product},"inventories":[{{"branchId":55,"onHand":{product}}}]}}"#);
                (200, body)
            }
            _ => (401, String::new()),
        });
    let mut world = World::new();
    world.connection = testing::connection("kiotviet", &[("retailer", "lanshop")]);
    world.connection.base_url = Some(server.url.clone());
    world.secrets = testing::secrets(&[("client_id", "id"), ("client_secret", "secret")]);
    let gateway = Gateway::new(testing::http(), testing::clock(), Limits::default());
    assert!(gateway.channel("shopee").is_some());
    let asked = listings(&["1", "2", "3"]);
    let found = gateway.read_stock(&world.shop, &world.connection, &world.secrets, &asked).await.unwrap();
    let quantities: Vec<i64> = found.iter().map(|reading| reading.quantity).collect();
    assert_eq!(quantities, [1, 2, 3]);
    assert_eq!(server.calls().len(), 4, "one login, then a call for each product");
    let done = gateway.set_stock(&world.shop, &world.connection, &world.secrets, &[set("1", 1)]).await;
    assert_eq!(kinds(&done), [Some(ErrorKind::Unsupported)]);
}
