//! The webhook endpoint: turns an HTTP request into the event the gateway would hand over, and answers what comes back.

use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{Response, StatusCode};
use axum::routing::{any, get};
use workflows::ReceiveWebhook;
use workflows::receive_webhook::BODY_BYTES_MAX;

/// The routes of the machine: webhooks, and a page that says it is alive.
pub fn router(receive: ReceiveWebhook) -> Router {
    Router::new()
        .route("/webhooks/{shop}/{connection}", any(webhook))
        .route("/health", get(health))
        .with_state(receive)
}

/// Answers on this listener until `stop` comes.
pub async fn serve(
    listener: tokio::net::TcpListener,
    receive: ReceiveWebhook,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(receive)).with_graceful_shutdown(stop).await
}

/// Alive, with what was accepted and refused so far.
async fn health(State(receive): State<ReceiveWebhook>) -> axum::Json<serde_json::Value> {
    axum::Json(serde_json::json!({"alive": true, "counters": receive.counters.reading()}))
}

async fn webhook(
    State(receive): State<ReceiveWebhook>,
    Path((shop, connection)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    // One byte more than the limit is enough for the function to see that it is too large.
    let body = to_bytes(body, BODY_BYTES_MAX + 1).await;
    let status = match body {
        Ok(body) => {
            let event = event(&parts, &shop, &connection, &body);
            u16::try_from(receive.handle(event).await.status_code).unwrap_or(500)
        }
        Err(_) => receive.refuse_too_large(&shop, &connection).await,
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Binary-safe: the body goes base64-encoded, as the gateway does for bodies that are not plain text.
fn event(
    parts: &axum::http::request::Parts,
    shop: &str,
    connection: &str,
    body: &[u8],
) -> ApiGatewayV2httpRequest {
    let mut event = ApiGatewayV2httpRequest::default();
    event.raw_path = Some(parts.uri.path().to_owned());
    event.headers = parts.headers.clone();
    event.path_parameters =
        [("shop", shop), ("connection", connection)].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    event.request_context.http.method = parts.method.clone();
    event.body = Some(workflows::receive_webhook::encode_body(body));
    event.is_base64_encoded = true;
    event
}
