//! What the tests of all channels share: a shop, a connection, secrets, a request.

use crate::channel::{Clock, Door, WebhookRequest};
use crate::http::Http;
use crate::secrets::Secrets;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Location, Shop, TillLink};
use commerce::ids::{ConnectionId, LocationId, ShopId};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) fn connection(channel: &str, account: &[(&str, &str)]) -> Connection {
    Connection {
        id: ConnectionId::new("main").unwrap(),
        channel: channel.to_owned(),
        base_url: None,
        webhook_url: None,
        serves_from: Vec::new(),
        account: account.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        sharing: Default::default(),
        rule: Default::default(),
        listings: Default::default(),
    }
}

/// A shop with one store, which the till `main` calls 55.
pub(crate) fn shop() -> Shop {
    let till = TillLink { connection: ConnectionId::new("main").unwrap(), branch: "55".to_owned() };
    Shop {
        id: ShopId::new("lan").unwrap(),
        name: "Lan".to_owned(),
        keep_orders_days: 60,
        report: Default::default(),
        shortfalls: commerce::shortfall::ShortfallRule::usual("demo"),
        locations: vec![Location {
            id: LocationId::new("hn").unwrap(),
            name: "Hà Nội".to_owned(),
            till: Some(till),
            walk_in_reserve: 0,
            orders_to: None,
        }],
        connections: Default::default(),
    }
}

pub(crate) fn secrets(values: &[(&str, &str)]) -> Secrets {
    Secrets::new(values.iter().map(|(k, v)| ((*k).to_owned(), SecretString::from((*v).to_owned()))))
}

pub(crate) fn request(headers: &[(&str, &str)], body: &[u8]) -> WebhookRequest {
    WebhookRequest {
        method: "POST".to_owned(),
        query: Vec::new(),
        headers: headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        body: body.to_vec(),
    }
}

pub(crate) fn door<'a>(shop: &'a Shop, connection: &'a Connection, secrets: &'a Secrets) -> Door<'a> {
    Door { shop, connection, secrets }
}

/// A clock that stands at 2026-11-22T03:00:00Z.
pub(crate) fn clock() -> Clock {
    let now: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
    Arc::new(move || now)
}

/// Bodies that no reader may crash on.
pub(crate) fn hostile_bodies() -> Vec<Vec<u8>> {
    let deep = |open: &str| open.repeat(100_000).into_bytes();
    vec![
        b"".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"\"order\"".to_vec(),
        b"not json".to_vec(),
        b"{\"id\":".to_vec(),
        vec![0xff, 0xfe, b'{', b'}'],
        b"{\"id\":\"\xff\"}".to_vec(),
        deep("["),
        deep("{\"id\":"),
        deep("{\"data\":"),
        b"{\"id\":1e308,\"code\":1e308,\"data\":{\"ordersn\":1e308},\"Notifications\":1e308}".to_vec(),
        b"{\"id\":1e999}".to_vec(),
        b"{\"id\":[],\"code\":{},\"status\":7,\"line_items\":{},\"Notifications\":{},\"data\":[]}".to_vec(),
        format!("{{\"id\":{0},\"code\":3,\"data\":{{\"ordersn\":\"{0}\"}}}}", "9".repeat(5_000)).into_bytes(),
    ]
}

/// A call that the stand-in server received.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Call {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    /// A value of the query, as it was sent.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let pairs = self.target.split_once('?')?.1.split('&');
        pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

type Handler = dyn Fn(&Call) -> (u16, String) + Send + Sync;

/// A small HTTP server on a port of its own; it lives as long as the test.
pub(crate) struct Server {
    pub(crate) url: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Server {
    pub(crate) fn start(handler: impl Fn(&Call) -> (u16, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let handler: Arc<Handler> = Arc::new(handler);
        let seen = calls.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (handler, seen) = (handler.clone(), seen.clone());
                std::thread::spawn(move || answer(stream, &*handler, &seen));
            }
        });
        Self { url, calls }
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

fn answer(stream: TcpStream, handler: &Handler, seen: &Mutex<Vec<Call>>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return };
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let call = Call { method, target, headers, body: String::from_utf8(body).unwrap() };
    seen.lock().unwrap().push(call.clone());
    let (status, body) = handler(&call);
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let _ = reader.get_mut().write_all((head + &body).as_bytes());
}

/// A server that answers every call with these bytes; its address.
pub(crate) fn raw_server(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&answer);
        }
    });
    url
}

/// A way out with a short time limit.
pub(crate) fn http() -> Http {
    Http::new(Duration::from_secs(2)).unwrap()
}
