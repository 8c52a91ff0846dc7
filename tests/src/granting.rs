//! A channel whose login a person grants, with tokens that run out: for tests of renewing them. Beside it an account on it.

use async_trait::async_trait;
use channels::channel::{
    Channel, Clock, Door, LookedUp, Notices, Session, StockOutcome, StockReading, StockSet, Verdict,
    WebhookRequest,
};
use channels::error::ChannelError;
use channels::facts::{Facts, Pace, Verb};
use channels::gateway::{Gateway, Limits};
use channels::http::Http;
use channels::login::{Grant, LinkAsk, LoginKind, Tokens};
use commerce::Timestamp;
use commerce::ids::{ListingId, OrderId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use std::time::Duration;

/// Access tokens live four hours, as Shopee's do.
pub const ACCESS_LIVES: Duration = Duration::from_secs(4 * 3_600);
/// Refresh tokens live thirty days.
pub const REFRESH_LIVES: Duration = Duration::from_secs(30 * 24 * 3_600);
/// An access token that was replaced is good for five more minutes.
pub const OLD_LIVES: Duration = Duration::from_secs(5 * 60);
/// The name under which the shop's file knows it.
pub const CHANNEL: &str = "granting";

static FACTS: LazyLock<Facts> = LazyLock::new(|| Facts {
    channel: CHANNEL,
    title: "Granting",
    verbs: &[Verb::LookUpOrders, Verb::SetStock, Verb::GrantLogin, Verb::RenewLogin],
    orders_per_look_up_max: 50,
    listings_per_write_max: 50,
    pace: Pace { calls_per_minute: 60_000_000, burst: 100_000 },
    login: LoginKind::Granted {
        access_lives_s: Some(4 * 3_600),
        refresh_lives_s: Some(30 * 24 * 3_600),
        refresh_is_single_use: true,
    },
    ..*channels::registry::find("woocommerce").expect("a channel to begin from").facts()
});

/// What the channel does with a renewal instead of answering it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The call never arrives, and the caller waits for ever.
    NeverArrives,
    /// New tokens are made, and the answer never comes back.
    NeverAnswers,
    /// New tokens are made, and the answer is lost: the caller is told so in time.
    LosesAnswer,
    /// It is down: nothing happens.
    IsDown,
}

/// How it treats refresh tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// Each works for as long as it lives.
    Reusable,
    /// Each works once.
    SingleUse,
    /// Each works once, but the same question is answered again with the same tokens.
    SingleUseRepeated,
}

#[derive(Default)]
struct Inside {
    number: u64,
    access: BTreeMap<String, Timestamp>,
    refresh: BTreeMap<String, Timestamp>,
    /// Which token was answered with which others.
    answered: BTreeMap<String, u64>,
    codes: BTreeSet<String>,
    mishaps: VecDeque<Mishap>,
    renewals: usize,
    asked: usize,
}

/// The channel.
pub struct Granting {
    clock: Clock,
    refresh: Refresh,
    inside: Mutex<Inside>,
}

impl Granting {
    /// A channel without any login.
    pub fn new(refresh: Refresh, clock: Clock) -> Arc<Self> {
        Arc::new(Self { clock, refresh, inside: Mutex::default() })
    }

    /// The gateway to it alone.
    pub fn gateway(self: &Arc<Self>) -> Arc<Gateway> {
        let http = Http::new(Duration::from_secs(2)).expect("a way out");
        let limits = Limits { tries: 1, ..Limits::default() };
        Arc::new(Gateway::with_channels(vec![self.clone()], http, self.clock.clone(), limits))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("no panic before")
    }

    /// Lets the next renewals go wrong.
    pub fn meets(&self, mishaps: &[Mishap]) {
        self.inside().mishaps.extend(mishaps);
    }

    /// Grants a login without a browser.
    pub fn grant(&self) -> Tokens {
        self.issue()
    }

    /// A code as a browser brings it back.
    pub fn code(&self, code: &str) {
        self.inside().codes.insert(code.to_owned());
    }

    /// Refuses every token there is, as when the shop's owner takes the grant back.
    pub fn forget_all(&self) {
        let mut inside = self.inside();
        inside.access.clear();
        inside.refresh.clear();
        inside.answered.clear();
    }

    /// Refuses the access tokens there are.
    pub fn forget_access(&self) {
        self.inside().access.clear();
    }

    /// How many pairs of tokens were made for refresh tokens.
    pub fn renewals(&self) -> usize {
        self.inside().renewals
    }

    /// How many renewals were asked for.
    pub fn asked(&self) -> usize {
        self.inside().asked
    }

    /// True when this token opens the API now.
    pub fn accepts(&self, access: &str) -> bool {
        self.inside().access.get(access).is_some_and(|ends_at| (self.clock)() < *ends_at)
    }

    fn issue(&self) -> Tokens {
        let now = (self.clock)();
        let mut inside = self.inside();
        inside.number += 1;
        let number = inside.number;
        for ends_at in inside.access.values_mut() {
            *ends_at = (*ends_at).min(now + OLD_LIVES);
        }
        inside.access.insert(format!("access-{number}"), now + ACCESS_LIVES);
        inside.refresh.insert(format!("refresh-{number}"), now + REFRESH_LIVES);
        self.tokens(number, now)
    }

    fn tokens(&self, number: u64, now: Timestamp) -> Tokens {
        Tokens {
            access: format!("access-{number}").into(),
            access_expires_at: Some(now + ACCESS_LIVES),
            refresh: Some(format!("refresh-{number}").into()),
            refresh_expires_at: Some(now + REFRESH_LIVES),
            account: BTreeMap::from([("account_number".to_owned(), "7".to_owned())]),
        }
    }

    /// What the channel does with a refresh token, whether or not the answer arrives.
    fn renew(&self, token: &str) -> Result<Tokens, ChannelError> {
        let now = (self.clock)();
        let answered = self.inside().answered.get(token).copied();
        if let Some(number) = answered.filter(|_| self.refresh == Refresh::SingleUseRepeated) {
            return Ok(self.tokens(number, now));
        }
        let is_good = self.inside().refresh.get(token).is_some_and(|ends_at| now < *ends_at);
        if !is_good {
            return Err(ChannelError::login_expired("invalid refresh_token"));
        }
        let tokens = self.issue();
        let mut inside = self.inside();
        inside.renewals += 1;
        let number = inside.number;
        inside.answered.insert(token.to_owned(), number);
        if self.refresh != Refresh::Reusable {
            inside.refresh.remove(token);
        }
        Ok(tokens)
    }

    fn require(&self, session: &Session<'_>) -> Result<(), ChannelError> {
        if self.accepts(session.access_token()?) {
            return Ok(());
        }
        Err(ChannelError::login_expired("HTTP 401"))
    }
}

#[async_trait]
impl Channel for Granting {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn verify_webhook(&self, _: &Door<'_>, _: &WebhookRequest) -> Verdict {
        Verdict::Refused { why: "sends none" }
    }

    fn read_webhook(&self, _: &Door<'_>, _: &WebhookRequest) -> Notices {
        Vec::new()
    }

    /// With a good login every order is one that is not there, which is an answer.
    async fn look_up_orders(
        &self,
        session: &Session<'_>,
        ids: &[OrderId],
    ) -> Result<Vec<LookedUp>, ChannelError> {
        tokio::task::yield_now().await;
        self.require(session)?;
        Ok(ids.iter().map(|id| (id.clone(), Err(ChannelError::not_found("no such order")))).collect())
    }

    async fn set_stock(
        &self,
        session: &Session<'_>,
        sets: &[StockSet],
    ) -> Result<Vec<StockOutcome>, ChannelError> {
        self.require(session)?;
        Ok(sets.iter().map(|set| (set.listing.clone(), Ok(()))).collect())
    }

    async fn read_stock(&self, _: &Session<'_>, _: &[ListingId]) -> Result<Vec<StockReading>, ChannelError> {
        Err(ChannelError::unsupported("read stock"))
    }

    fn grant_link(&self, _: &Session<'_>, ask: &LinkAsk<'_>) -> Result<String, ChannelError> {
        Ok(format!("https://granting.example/?state={}&to={}", ask.state, ask.redirect_url))
    }

    async fn redeem_grant(&self, _: &Session<'_>, grant: &Grant<'_>) -> Result<Tokens, ChannelError> {
        let code = grant.value("code")?;
        if self.inside().codes.remove(code) {
            return Ok(self.issue());
        }
        Err(ChannelError::refused("invalid code"))
    }

    async fn renew_login(&self, session: &Session<'_>) -> Result<Tokens, ChannelError> {
        self.inside().asked += 1;
        let token = session.secrets.get("refresh_token")?;
        tokio::time::sleep(Duration::from_millis(5)).await;
        let mishap = self.inside().mishaps.pop_front();
        match mishap {
            None => self.renew(token),
            Some(Mishap::IsDown) => Err(ChannelError::unavailable("HTTP 503")),
            Some(Mishap::NeverArrives) => std::future::pending().await,
            Some(Mishap::NeverAnswers) => {
                self.renew(token)?;
                std::future::pending().await
            }
            Some(Mishap::LosesAnswer) => {
                self.renew(token)?;
                Err(ChannelError::timed_out("no answer in 6000 ms"))
            }
        }
    }
}
