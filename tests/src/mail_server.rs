//! A small mail server that takes letters and writes them down, with every word that was said to it.
//!
//! Threads and sockets only; it speaks as much of SMTP (RFC 5321, RFC 4954) as a sender needs.

use base64::Engine;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A letter as it came in.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// Who sent it.
    pub from: String,
    /// Who gets it.
    pub to: Vec<String>,
    /// What was shown as user and password, parted by a blank; empty for none.
    pub login: String,
    /// The letter with its head, as it was sent.
    pub content: String,
}

/// A mail server on a loopback port of its own; it listens as long as the process lives.
#[derive(Clone)]
pub struct MailServer {
    /// `smtp://127.0.0.1:PORT`
    pub url: String,
    taken: Arc<Mutex<Vec<Taken>>>,
    /// What it says once a letter is there.
    answer: Arc<Mutex<&'static str>>,
}

impl MailServer {
    /// Starts it; it takes every letter.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let server = Self { url, taken: Arc::default(), answer: Arc::new(Mutex::new("250 taken")) };
        let own = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = own.clone();
                std::thread::spawn(move || server.talk(stream));
            }
        });
        server
    }

    /// From now on letters are answered so.
    pub fn answer_with(&self, answer: &'static str) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// The letters that were sent, those that were refused too.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn talk(&self, stream: TcpStream) -> Option<()> {
        stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
        let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
        let mut say = {
            let mut stream = stream;
            move |text: &str| write!(stream, "{text}\r\n").ok()
        };
        say("220 stand-in")?;
        let mut letter = Taken::default();
        while let Some(Ok(line)) = lines.next() {
            let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match word.as_str() {
                "EHLO" => say("250-stand-in\r\n250 AUTH PLAIN")?,
                "AUTH" => {
                    letter.login = login(&line);
                    say("235 welcome")?;
                }
                "MAIL" => {
                    letter.from = address(&line);
                    say("250 yes")?;
                }
                "RCPT" => {
                    letter.to.push(address(&line));
                    say("250 yes")?;
                }
                "DATA" => {
                    say("354 go on")?;
                    let body = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".");
                    letter.content = body.collect::<Vec<_>>().join("\n");
                    self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(letter.clone());
                    let answer = *self.answer.lock().unwrap_or_else(PoisonError::into_inner);
                    say(answer)?;
                }
                "QUIT" => return say("221 bye"),
                _ => say("250 yes")?,
            }
        }
        Some(())
    }
}

impl Taken {
    /// The letter with its coded parts read: those in base64, and lines that were broken.
    pub fn plain(&self) -> String {
        let decode = |block: &str| {
            let bytes = base64::engine::general_purpose::STANDARD.decode(block.replace('\n', "")).ok()?;
            String::from_utf8(bytes).ok()
        };
        let parts = self.content.split("\n\n").map(|part| {
            let (block, next) = part.split_once("\n--").unwrap_or((part, ""));
            // A line that ends in "=" is broken there, but in base64 it is the end.
            let read = decode(block).unwrap_or_else(|| block.replace("=\n", ""));
            format!("{read}\n--{next}")
        });
        parts.collect::<Vec<_>>().join("\n\n")
    }
}

fn address(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or("", |(address, _)| address).to_owned()
}

fn login(line: &str) -> String {
    let coded = line.rsplit(' ').next().unwrap_or_default();
    let bytes = base64::engine::general_purpose::STANDARD.decode(coded).unwrap_or_default();
    String::from_utf8_lossy(&bytes).trim_matches('\0').replace('\0', " ")
}
