//! The front door: check the signature over the raw bytes, put the news on a queue, answer as the channel wants.
//!
//! There is no table on this path: a marketplace that is answered late stops talking to us.

use crate::counters::Counters;
use crate::news::News;
use aws_lambda_events::event::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::channel::{Clock, Door, Notices, Verdict, WebhookRequest};
use channels::facts::WebhookFacts;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ConnectionId, ShopId};
use commerce::park::ParkReason;
use hmac::{Hmac, KeyInit, Mac};
use lambda_kit::metrics::{self, Unit};
use lambda_kit::queues::Queue;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::{OutOfReach, Shops};
use sha2::Sha256;

/// The largest body read, in bytes: a fat order of several hundred lines. Larger ones are refused and counted.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// What this function needs.
#[derive(Clone)]
pub struct ReceiveWebhook {
    /// Shops and their secrets.
    pub shops: ShopSource,
    /// Where thin pushes go.
    pub lookups: Queue,
    /// Where whole orders go.
    pub orders: Queue,
    /// The time.
    pub clock: Clock,
    /// What was accepted and refused.
    pub counters: Counters,
}

impl ReceiveWebhook {
    /// Handles one HTTP request as the gateway hands it over.
    pub async fn handle(&self, event: ApiGatewayV2httpRequest) -> ApiGatewayV2httpResponse {
        let parameter = |name: &str| event.path_parameters.get(name).cloned().unwrap_or_default();
        let (shop, connection) = (parameter("shop"), parameter("connection"));
        let status = match read_request(&event) {
            Ok(request) if request.method == "GET" => {
                if let Some(text) = self.challenge(&shop, &connection, &request).await {
                    self.counters.add("webhook_challenge");
                    return answer(200, Some(text));
                }
                self.receive(&shop, &connection, &request).await
            }
            Ok(request) => self.receive(&shop, &connection, &request).await,
            Err(problem) => {
                self.counters.add(problem);
                tracing::warn!(shop, connection, problem, "webhook refused");
                self.tolerated(&shop, &connection, 400).await
            }
        };
        answer(status, None)
    }

    /// The answer to a channel that asks by `GET` whether this address is ours; none when it asks no such thing.
    async fn challenge(&self, shop: &str, connection: &str, request: &WebhookRequest) -> Option<String> {
        let shops = self.load(shop, connection).await;
        let (shop, connection) = find(&shops, shop, connection)?;
        let channel = channels::registry::find(&connection.channel)?;
        let door = Door { shop, connection, secrets: shops.secrets(&shop.id, &connection.id) };
        channel.answer_challenge(&door, request)
    }

    /// The answer to a body so large that it was not even read.
    pub async fn refuse_too_large(&self, shop: &str, connection: &str) -> u16 {
        self.counters.add("webhook_too_large");
        self.tolerated(shop, connection, 413).await
    }

    /// Verify, read, enqueue; the number is the HTTP status to answer, always with an empty body.
    pub async fn receive(&self, shop: &str, connection: &str, request: &WebhookRequest) -> u16 {
        if request.body.len() > BODY_BYTES_MAX {
            tracing::warn!(shop, connection, "webhook body over the limit");
            return self.refuse_too_large(shop, connection).await;
        }
        let shops = self.load(shop, connection).await;
        if let Some(why) = out_of_reach(&shops, shop) {
            // The channel keeps the message and tries again; nothing was promised.
            self.counters.add("webhook_shop_out_of_reach");
            tracing::error!(shop, connection, %why, "webhook not taken");
            return NOT_NOW;
        }
        let Some((shop, connection)) = find(&shops, shop, connection) else {
            // Unknown names get the same answer as a forged signature, after as much work once they have been looked for.
            check_against_nothing(&request.body);
            self.counters.add("webhook_unknown_connection");
            metrics::tell(&[("WebhooksRefused", Unit::Count, 1)]);
            return REFUSED;
        };
        let Some(channel) = channels::registry::find(&connection.channel) else { return REFUSED };
        let facts = channel.facts().webhook;
        let door = Door { shop, connection, secrets: shops.secrets(&shop.id, &connection.id) };
        match channel.verify_webhook(&door, request) {
            Verdict::Signed { form } => {
                tracing::debug!(shop = %shop.id, connection = %connection.id, form, "webhook signed");
                self.enqueue(&door, facts, request, channel.read_webhook(&door, request)).await
            }
            Verdict::HarmlessUnsigned => {
                self.counters.add("webhook_ping");
                200
            }
            Verdict::Refused { why } => {
                self.counters.add("webhook_refused");
                metrics::tell(&[("WebhooksRefused", Unit::Count, 1)]);
                tracing::warn!(shop = %shop.id, connection = %connection.id, why, "webhook refused");
                facts.refused_status
            }
        }
    }

    /// The shop of that name; nothing for a text that is no name.
    async fn load(&self, shop: &str, connection: &str) -> Shops {
        match (ShopId::new(shop), ConnectionId::new(connection)) {
            (Ok(shop), Ok(connection)) => self.shops.load_one(&shop, Some(&connection)).await,
            _ => Shops::default(),
        }
    }

    /// The status a known channel tolerates in place of `status`.
    async fn tolerated(&self, shop: &str, connection: &str, status: u16) -> u16 {
        let shops = self.load(shop, connection).await;
        let channel = find(&shops, shop, connection).and_then(|(_, c)| channels::registry::find(&c.channel));
        channel.map_or(status, |channel| tolerate(channel.facts().webhook, status))
    }

    async fn enqueue(
        &self,
        door: &Door<'_>,
        facts: WebhookFacts,
        request: &WebhookRequest,
        notices: Notices,
    ) -> u16 {
        let unreadable = notices.iter().any(Result::is_err);
        let news = self.sort(door, request, notices);
        match news.pass_on(&self.orders, &self.lookups).await {
            Ok(()) => {
                metrics::tell(&[("WebhooksTaken", Unit::Count, 1)]);
                if unreadable { facts.unreadable_status } else { 200 }
            }
            Err(error) => {
                // The channel keeps the message and tries again; nothing was promised.
                self.counters.add("webhook_not_queued");
                tracing::error!(shop = %door.shop.id, connection = %door.connection.id, %error, "not queued");
                NOT_NOW
            }
        }
    }

    /// One note for a person per webhook, however many of its parts are bad: the body is kept once.
    fn sort(&self, door: &Door<'_>, request: &WebhookRequest, notices: Notices) -> News {
        let notices = if notices.len() > NOTICES_MAX { vec![Err(too_many(notices.len()))] } else { notices };
        let mut news = News::sort(door, notices, (self.clock)());
        self.counters.add_many("webhook_nothing", news.of_no_concern);
        self.counters.add_many("webhook_notices", news.told + news.unusable.len());
        if let Some(reason) = summary(std::mem::take(&mut news.unusable)) {
            self.counters.add("webhook_unreadable");
            news.keep_for_a_person(door, reason, &request.body);
        }
        news
    }
}

/// What goes back through the gateway: an empty body, but for a challenge that wants its own text back.
fn answer(status: u16, text: Option<String>) -> ApiGatewayV2httpResponse {
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = i64::from(status);
    if let Some(text) = text {
        response.headers.insert("content-type", http::HeaderValue::from_static("text/plain; charset=utf-8"));
        response.body = Some(aws_lambda_events::encodings::Body::Text(text));
    }
    response
}

/// The most parts one webhook may have.
const NOTICES_MAX: usize = 1_000;

fn too_many(parts: usize) -> ParkReason {
    ParkReason::Unreadable { detail: format!("{parts} parts in one webhook; at most {NOTICES_MAX} are read") }
}

/// The reason of a single bad part, or one reason for all of them that quotes the first.
fn summary(reasons: Vec<ParkReason>) -> Option<ParkReason> {
    let count = reasons.len();
    let first = reasons.into_iter().next()?;
    if count == 1 {
        return Some(first);
    }
    Some(ParkReason::Unreadable {
        detail: format!("{count} parts of the webhook; the first: {}", first.advice_en()),
    })
}

/// The answer to what we do not know or do not believe, where the channel does not ask for another.
pub(crate) const REFUSED: u16 = 401;

/// The answer that makes every channel try again later.
pub(crate) const NOT_NOW: u16 = 503;

pub(crate) fn find<'s>(shops: &'s Shops, shop: &str, connection: &str) -> Option<(&'s Shop, &'s Connection)> {
    shops.connection(&ShopId::new(shop).ok()?, &ConnectionId::new(connection).ok()?)
}

pub(crate) fn out_of_reach<'s>(shops: &'s Shops, shop: &str) -> Option<&'s OutOfReach> {
    shops.out_of_reach(&ShopId::new(shop).ok()?)
}

/// KiotViet stops for good after any 4xx, so it never gets one, not even for a body we cannot take.
fn tolerate(facts: WebhookFacts, status: u16) -> u16 {
    if facts.refused_status == 200 { 200 } else { status }
}

/// The bytes the channel signed: the gateway may have encoded them.
pub(crate) fn read_request(event: &ApiGatewayV2httpRequest) -> Result<WebhookRequest, &'static str> {
    let text = event.body.as_deref().unwrap_or("");
    let body = if event.is_base64_encoded {
        STANDARD.decode(text).map_err(|_| "webhook_bad_encoding")?
    } else {
        text.as_bytes().to_vec()
    };
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    Ok(WebhookRequest {
        method: event.request_context.http.method.to_string(),
        query: read_query(event),
        headers: event.headers.iter().filter_map(header).collect(),
        body,
    })
}

/// The query's names and values. They are read from the raw text: the gateway joins what was given twice by commas.
fn read_query(event: &ApiGatewayV2httpRequest) -> Vec<(String, String)> {
    channels::url::read_pairs(event.raw_query_string.as_deref().unwrap_or_default())
}

/// A body as the gateway hands over what is not plain text.
pub fn encode_body(body: &[u8]) -> String {
    STANDARD.encode(body)
}

/// As much work as a real signature check, with a result nobody uses.
pub(crate) fn check_against_nothing(body: &[u8]) {
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(b"no such connection") {
        mac.update(&body[..body.len().min(BODY_BYTES_MAX)]);
        std::hint::black_box(mac.finalize().into_bytes());
    }
}
