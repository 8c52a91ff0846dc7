//! A small server that stands in for a channel and writes down every word it is told.
//!
//! Threads and sockets only, so that it shares nothing with the product or with the twins.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Call {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Header names in small letters.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Call {
    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A value of the query, as it was sent.
    pub fn query(&self, name: &str) -> Option<&str> {
        let pairs = self.target.split_once('?')?.1.split('&');
        pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What the server answers.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A JSON answer with status 200.
    pub fn json(value: &serde_json::Value) -> Self {
        Self::text(200, &value.to_string())
    }

    /// Any text with any status.
    pub fn text(status: u16, body: &str) -> Self {
        let kind = ("content-type".to_owned(), "application/json".to_owned());
        Self { status, headers: vec![kind], body: body.as_bytes().to_vec() }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

type Handler = dyn Fn(&Call) -> Reply + Send + Sync;

/// A server on a loopback port of its own; it listens as long as the process lives.
#[derive(Clone)]
pub struct FakeServer {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    calls: Arc<Mutex<Vec<Call>>>,
    handler: Arc<Mutex<Arc<Handler>>>,
}

impl FakeServer {
    /// Starts it.
    pub fn start(handler: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            calls: Arc::default(),
            handler: Arc::new(Mutex::new(Arc::new(handler))),
        };
        let listening = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = listening.clone();
                std::thread::spawn(move || server.serve(stream));
            }
        });
        server
    }

    /// From now on it answers otherwise.
    pub fn answer_with(&self, handler: impl Fn(&Call) -> Reply + Send + Sync + 'static) {
        *self.handler.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(handler);
    }

    /// Everything it was asked so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The requests to one path, oldest first.
    pub fn calls_to(&self, path: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.path() == path).collect()
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        let Some(call) = read_call(&mut reader) else { return };
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call.clone());
        let handler = self.handler.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let reply = handler(&call);
        let mut head =
            format!("HTTP/1.1 {} Answer\r\ncontent-length: {}\r\n", reply.status, reply.body.len());
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("connection: close\r\n\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend(reply.body);
        // Who hangs up early wants no answer.
        let _ = reader.get_mut().write_all(&bytes);
    }
}

fn read_call(reader: &mut BufReader<TcpStream>) -> Option<Call> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Call { method, target, headers, body })
}

/// A server between us and another one that changes words in the answers: `from` becomes `to`.
pub fn meddler(behind: &str, from: &str, to: &str) -> FakeServer {
    let address: SocketAddr = behind.trim_start_matches("http://").parse().unwrap();
    let (from, to) = (from.to_owned(), to.to_owned());
    FakeServer::start(move |call| {
        let (status, text) = pass_on(address, call);
        Reply::text(status, &text.replace(&from, &to))
    })
}

fn pass_on(address: SocketAddr, call: &Call) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut head = format!("{} {} HTTP/1.1\r\n", call.method, call.target);
    for (name, value) in call.headers.iter().filter(|(name, _)| *name != "connection") {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&call.body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let text = String::from_utf8(answer).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.split_whitespace().nth(1).unwrap().parse().unwrap(), body.to_owned())
}
