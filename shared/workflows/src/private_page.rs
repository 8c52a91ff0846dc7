//! A page that keeps to itself: it loads nothing, is shown in no frame, is kept nowhere, and tells no other site where it lies.

use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;
use http::HeaderValue;

/// The answer with that page; `policy` says what the page itself may load and send.
pub(crate) fn private_page(status: u16, html: String, policy: &'static str) -> ApiGatewayV2httpResponse {
    let headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("content-security-policy", policy),
    ];
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = i64::from(status);
    for (name, value) in headers {
        response.headers.insert(name, HeaderValue::from_static(value));
    }
    response.body = Some(Body::Text(html));
    response
}
