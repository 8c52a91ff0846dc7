//! The way out against a server that answers badly: where it does not go, and what it does not read.

use super::*;
use crate::error::{ErrorKind, Next};
use crate::registry;
use crate::testing::{self, Server};
use reqwest::Method;

fn public() -> Http {
    Http::public_only(Duration::from_secs(2)).unwrap()
}

async fn get(http: &Http, url: &str) -> Result<Answer, ChannelError> {
    http.send(http.request(Method::GET, url)).await
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let inside = Server::start(|_| (200, "the keys of the house".to_owned()));
    for status in ["301", "302", "303", "307", "308"] {
        let target = inside.url.clone();
        let head = format!("HTTP/1.1 {status} X\r\nlocation: {target}/\r\ncontent-length: 0\r\n\r\n");
        let server = testing::raw_server(head.into_bytes());
        let answer = get(&testing::http(), &server).await.unwrap();
        assert_eq!(answer.status.to_string(), status);
        assert_eq!(answer.status_error().unwrap().next, Next::Park);
    }
    assert!(inside.calls().is_empty());
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_limit() {
    let sized = |bytes: usize| Server::start(move |_| (200, "x".repeat(bytes)));
    let full = sized(RESPONSE_BYTES_MAX);
    assert_eq!(get(&testing::http(), &full.url).await.unwrap().body.len(), RESPONSE_BYTES_MAX);
    for bytes in [RESPONSE_BYTES_MAX + 1, 9 * 1024 * 1024] {
        let error = get(&testing::http(), &sized(bytes).url).await.unwrap_err();
        assert_eq!((error.kind, error.next), (ErrorKind::Unreadable, Next::Retry), "{bytes}");
    }
    // Without a length, as an endless answer would come.
    let mut endless = b"HTTP/1.1 200 X\r\nconnection: close\r\n\r\n".to_vec();
    endless.resize(9 * 1024 * 1024, b'x');
    let error = get(&testing::http(), &testing::raw_server(endless)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreadable);
}

#[tokio::test]
async fn a_refused_address_is_parked_and_not_called() {
    let server = Server::start(|_| (200, String::new()));
    let error = get(&public(), &server.url).await.unwrap_err();
    assert_eq!((error.kind, error.next), (ErrorKind::Misconfigured, Next::Park));
    assert_eq!(error.detail, "it is not called at this address: it must begin with https");
    let shopee = public().bound_to(registry::find("shopee").unwrap().facts());
    let error = get(&shopee, "https://evil.example/").await.unwrap_err();
    assert_eq!((error.kind, error.next), (ErrorKind::Misconfigured, Next::Park));
    assert_eq!(
        error.detail,
        "Shopee is not called at this address: \"evil.example\" is not a host of this channel"
    );
    assert!(server.calls().is_empty());
}

/// The name passes every look at its letters; only the look-up tells where it leads.
#[tokio::test]
async fn a_name_that_leads_inside_is_parked_at_look_up() {
    let http = public();
    let name_that_leads_inside = "https://localhost/";
    let request = Request(Ok(http.client.get(name_that_leads_inside)));
    let error = http.send(request).await.unwrap_err();
    assert_eq!((error.kind, error.next), (ErrorKind::Misconfigured, Next::Park), "{error}");
    assert!(error.detail.starts_with("not called: the name \"localhost\" leads to "), "{error}");
}

/// The second lock of the same door: the client itself sends nothing in the open.
#[tokio::test]
async fn the_public_client_speaks_https_alone() {
    let server = Server::start(|_| (200, String::new()));
    let http = public();
    let error = http.send(Request(Ok(http.client.get(&server.url)))).await.unwrap_err();
    assert_eq!(error.next, Next::Park, "{error}");
    assert!(server.calls().is_empty());
}

#[tokio::test]
async fn headers_and_body_arrive() {
    let server = Server::start(|_| (200, String::new()));
    let http = testing::http();
    let headers = HeaderMap::from_iter([("x-a".parse().unwrap(), "1".parse().unwrap())]);
    let request = http.request(Method::PUT, &server.url).header("x-b", "2").headers(headers).body("goods");
    http.send(request).await.unwrap();
    let call = &server.calls()[0];
    assert_eq!((call.method.as_str(), call.body.as_str()), ("PUT", "goods"));
    assert_eq!((call.headers["x-a"].as_str(), call.headers["x-b"].as_str()), ("1", "2"));
}
