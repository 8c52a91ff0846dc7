//! Where HTTP arrives: turns a request into the event the gateway would hand over, and answers what comes back.

use aws_lambda_events::encodings::Body as EventBody;
use aws_lambda_events::event::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::routing::{any, get, post};
use workflows::receive_webhook::BODY_BYTES_MAX;
use workflows::{Counter, FinishLogin, ReceiveWebhook, TakeOrders};

/// Where a channel sends the browser after a grant.
pub const LOGINS_CALLBACK: &str = "/logins/callback";

/// Who answers at the machine's doors.
#[derive(Clone)]
pub struct Doors {
    /// Webhooks.
    pub receive: ReceiveWebhook,
    /// Orders that are answered at once.
    pub take: TakeOrders,
    /// Browsers that come back after a grant; none where secrets cannot be written.
    pub finish: Option<FinishLogin>,
    /// A store's people on their phones; none where secrets cannot be written.
    pub counter: Option<Counter>,
}

/// The routes of the machine: webhooks, orders, browsers that come back from a channel, the stores' counters, and a page that
/// says it is alive.
pub fn router(doors: Doors) -> Router {
    let logins = doors.finish.clone().map(logins_router).unwrap_or_default();
    let counters = doors.counter.clone().map(counters_router).unwrap_or_default();
    Router::new()
        .route("/webhooks/{shop}/{connection}", any(webhook))
        .route("/orders/{shop}/{connection}", post(order))
        .route("/health", get(health))
        .with_state(doors)
        .merge(logins)
        .merge(counters)
}

/// The pages of the stores' counters.
fn counters_router(counter: Counter) -> Router {
    Router::new()
        .route("/counter/{shop}", get(counter_home))
        .route("/counter/{shop}/{page}", get(counter_page).post(counter_page))
        .with_state(counter)
}

async fn counter_home(
    State(counter): State<Counter>,
    Path(shop): Path<String>,
    request: Request,
) -> Response<Body> {
    serve_counter(&counter, [("shop", &shop)].as_slice(), request).await
}

async fn counter_page(
    State(counter): State<Counter>,
    Path((shop, page)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    serve_counter(&counter, [("shop", &shop), ("page", &page)].as_slice(), request).await
}

async fn serve_counter(
    counter: &Counter,
    parameters: &[(&str, &String)],
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    match to_bytes(body, BODY_BYTES_MAX + 1).await {
        Ok(body) => respond(counter.handle(event_of(&parts, parameters, &body)).await),
        Err(_) => empty(413),
    }
}

/// The one route at which a person's browser comes back from a channel.
pub fn logins_router(finish: FinishLogin) -> Router {
    Router::new().route(LOGINS_CALLBACK, get(callback)).with_state(finish)
}

async fn callback(State(finish): State<FinishLogin>, request: Request) -> Response<Body> {
    let (parts, _) = request.into_parts();
    respond(finish.handle(event(&parts, "", "", &[])).await)
}

/// Answers on this listener until `stop` comes.
pub async fn serve(
    listener: tokio::net::TcpListener,
    doors: Doors,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(doors)).with_graceful_shutdown(stop).await
}

/// Alive, with what was accepted and refused so far.
async fn health(State(doors): State<Doors>) -> axum::Json<serde_json::Value> {
    let mut counters = doors.receive.counters.reading();
    counters.extend(doors.take.counters.reading());
    counters.extend(doors.counter.iter().flat_map(|counter| counter.counters.reading()));
    axum::Json(serde_json::json!({"alive": true, "counters": counters}))
}

async fn webhook(
    State(doors): State<Doors>,
    Path((shop, connection)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    // One byte more than the limit is enough for the function to see that it is too large.
    match to_bytes(body, BODY_BYTES_MAX + 1).await {
        Ok(body) => respond(doors.receive.handle(event(&parts, &shop, &connection, &body)).await),
        Err(_) => empty(doors.receive.refuse_too_large(&shop, &connection).await),
    }
}

async fn order(
    State(doors): State<Doors>,
    Path((shop, connection)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    match to_bytes(body, BODY_BYTES_MAX + 1).await {
        Ok(body) => respond(doors.take.handle(event(&parts, &shop, &connection, &body)).await),
        Err(_) => empty(413),
    }
}

/// The function's answer, as the gateway would send it on.
fn respond(answer: ApiGatewayV2httpResponse) -> Response<Body> {
    let mut response = empty(u16::try_from(answer.status_code).unwrap_or(500));
    *response.headers_mut() = answer.headers;
    let cookies = answer.cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok());
    response.headers_mut().extend(cookies.map(|cookie| (SET_COOKIE, cookie)));
    if let Some(EventBody::Text(text)) = answer.body {
        *response.body_mut() = Body::from(text);
    }
    response
}

fn empty(status: u16) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// Binary-safe: the body goes base64-encoded, as the gateway does for bodies that are not plain text.
fn event(
    parts: &axum::http::request::Parts,
    shop: &str,
    connection: &str,
    body: &[u8],
) -> ApiGatewayV2httpRequest {
    event_of(parts, &[("shop", &shop.to_owned()), ("connection", &connection.to_owned())], body)
}

/// The same for any names in the route. The gateway hands cookies over beside the headers.
fn event_of(
    parts: &axum::http::request::Parts,
    parameters: &[(&str, &String)],
    body: &[u8],
) -> ApiGatewayV2httpRequest {
    let mut event = ApiGatewayV2httpRequest::default();
    event.raw_path = Some(parts.uri.path().to_owned());
    event.raw_query_string = parts.uri.query().map(str::to_owned);
    event.headers = parts.headers.clone();
    event.path_parameters = parameters.iter().map(|(k, v)| ((*k).to_owned(), (*v).clone())).collect();
    let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    event.cookies = Some(cookies.flat_map(|text| text.split("; ")).map(str::to_owned).collect());
    event.headers.remove(COOKIE);
    event.request_context.http.method = parts.method.clone();
    event.body = Some(workflows::receive_webhook::encode_body(body));
    event.is_base64_encoded = true;
    event
}
