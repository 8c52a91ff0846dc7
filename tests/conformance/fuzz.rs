//! Whatever arrives at the front door: no message makes a reader fall over, and none that was changed is believed.
//!
//! An in-process fuzzer: it takes what each channel's stand-in really sends, the sample events and a corpus of nasty
//! bodies, changes them at random, and hands them to the signature check and the reader. `FUZZ_SECONDS` says how long
//! (2 by default), `SEED` replays a run. A message that was found to do harm goes into `corpus/` and stays.

use super::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

/// One message may keep a reader busy this long, in a build without optimisation.
const SLOW: Duration = Duration::from_millis(1_500);
/// The largest message that is made, in bytes.
const BYTES_MAX: usize = 256 * 1024;

/// Random numbers that a seed repeats (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Words that readers stumble over.
const NASTY: [&[u8]; 22] = [
    b"1e308",
    b"-1e308",
    b"1e400",
    b"9007199254740993",
    b"18446744073709551616",
    b"99999999999999999999999999999999999999",
    b"-0",
    b"0.1",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"\"\"",
    b"\"\\u0000\"",
    b"\"\\ud800\"",
    b"\xff\xfe",
    b"\xc3\x28",
    b"\xf0\x9f\x92",
    b"2026-13-45T25:61:61Z",
    b"0000-00-00T00:00:00",
    b"\"'; DROP TABLE orders; --\"",
    b"\r\nX-Other: 1",
];

/// Bodies that hurt without any change: too deep, too long, no text, no JSON.
fn hostile_bodies() -> Vec<Vec<u8>> {
    let deep = |open: &str| open.repeat(100_000).into_bytes();
    let mut all = vec![
        Vec::new(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        vec![0xff; 4_096],
        vec![0; 4_096],
        deep("["),
        deep("{\"data\":"),
        deep("{\"a\":["),
        format!("{{\"id\":{}}}", "9".repeat(100_000)).into_bytes(),
        format!("{{\"line_items\":[{}]}}", vec!["{}"; 20_000].join(",")).into_bytes(),
        format!("{{\"{}\":1}}", "k".repeat(100_000)).into_bytes(),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for file in std::fs::read_dir(folder).unwrap().flatten() {
        all.push(std::fs::read(file.path()).unwrap());
    }
    all
}

/// A body with one to four changes.
fn changed(dice: &mut Dice, body: &[u8]) -> Vec<u8> {
    let mut body = body.to_vec();
    for _ in 0..=dice.below(4) {
        change(dice, &mut body);
        body.truncate(BYTES_MAX);
    }
    body
}

fn change(dice: &mut Dice, body: &mut Vec<u8>) {
    let at = dice.below(body.len() + 1);
    let end = (at + dice.below(24)).min(body.len());
    match dice.below(9) {
        0 if !body.is_empty() => {
            let at = at.min(body.len() - 1);
            body[at] ^= 1 << dice.below(8);
        }
        1 => drop(body.drain(at..end)),
        2 => drop(body.splice(at..at, dice.one::<&[u8]>(&NASTY).to_vec())),
        3 => body.truncate(at),
        4 => {
            let piece = body[at..end].to_vec();
            let again = 1 + dice.below(200);
            drop(body.splice(at..at, piece.repeat(again)));
        }
        5 => drop(body.splice(at..end, dice.one::<&[u8]>(&NASTY).to_vec())),
        6 => change_number(dice, body),
        7 => change_text(dice, body),
        _ => drop(body.splice(at..at, [u8::try_from(dice.below(256)).unwrap()])),
    }
}

/// Another number in the place of one that stands there.
fn change_number(dice: &mut Dice, body: &mut Vec<u8>) {
    let starts: Vec<usize> = (1..body.len())
        .filter(|at| body[*at].is_ascii_digit() && !body[at - 1].is_ascii_alphanumeric())
        .collect();
    if starts.is_empty() {
        return;
    }
    let at = *dice.one(&starts);
    let end = (at..body.len()).find(|end| !body[*end].is_ascii_digit()).unwrap_or(body.len());
    let number = *dice.one(&[&b"-1"[..], b"1e308", b"9007199254740993", b"1.5", b"null", b"\"7\"", b"{}"]);
    body.splice(at..end, number.to_vec());
}

/// Something else in the place of a text.
fn change_text(dice: &mut Dice, body: &mut Vec<u8>) {
    let quotes: Vec<usize> = (0..body.len()).filter(|at| body[*at] == b'"').collect();
    if quotes.len() < 2 {
        return;
    }
    let first = dice.below(quotes.len() - 1);
    body.splice(quotes[first]..=quotes[first + 1], dice.one::<&[u8]>(&NASTY).to_vec());
}

/// What the stand-in sends in the course of an order.
fn real_messages(bench: &Bench) -> Vec<Push> {
    let id = bench.order();
    let other = bench.order();
    bench.twin.ship_order(&id);
    bench.twin.cancel_order(&other);
    bench.twin.take_pushes()
}

/// Hands one message over; what went wrong, if anything.
fn hand_in(bench: &Bench, message: &WebhookRequest, must_be_refused: bool) -> Outcome {
    let begun = Instant::now();
    let both = catch_unwind(AssertUnwindSafe(|| {
        let verdict = bench.channel.verify_webhook(&bench.door(), message);
        let challenge = bench.channel.answer_challenge(&bench.door(), message);
        // Read whatever the verdict: a key that leaked must not bring the reader down.
        let notices = bench.channel.read_webhook(&bench.door(), message);
        (verdict, challenge, notices)
    }));
    let Ok((verdict, challenge, notices)) = both else { return Err("a panic".to_owned()) };
    ensure(begun.elapsed() < SLOW, format!("took {} ms", begun.elapsed().as_millis()))?;
    ensure(challenge.is_none() || message.method == "GET", "a POST was answered as a question")?;
    let orders = notices.iter().flatten().filter_map(|notice| match notice {
        Notice::Order(order) => Some(order),
        _ => None,
    });
    for order in orders {
        order.check().ok();
        ensure(!order.id.as_str().is_empty(), "an order without a number")?;
    }
    ensure(!must_be_refused || !matches!(verdict, Verdict::Signed { .. }), "a changed message was believed")
}

fn shown(message: &WebhookRequest) -> String {
    let body: String = String::from_utf8_lossy(&message.body).chars().take(600).collect();
    format!("{:?}\n{body}", message.headers)
}

/// Changed messages, until the time is over; how many there were.
fn storm(bench: &Bench, seed: u64, time: Duration) -> Result<usize, String> {
    let mut dice = Dice(seed);
    let real = real_messages(bench);
    let mut bodies: Vec<Vec<u8>> = hostile_bodies();
    bodies.extend(real.iter().map(|push| push.body.clone()));
    let mut done = 0;
    for body in &bodies {
        let headers = real.first().map(|push| push.headers.clone()).unwrap_or_default();
        let message =
            WebhookRequest { method: "POST".to_owned(), query: Vec::new(), headers, body: body.clone() };
        hand_in(bench, &message, false).map_err(|why| format!("{why}: {}", shown(&message)))?;
        done += 1;
    }
    let begun = Instant::now();
    while begun.elapsed() < time {
        let body = dice.one(&bodies).clone();
        let mut message = WebhookRequest {
            method: (*dice.one(&["POST", "POST", "POST", "GET", "PUT", ""])).to_owned(),
            query: Vec::new(),
            headers: real.get(dice.below(real.len())).map(|push| push.headers.clone()).unwrap_or_default(),
            body: changed(&mut dice, &body),
        };
        if dice.below(3) == 0 {
            change_headers(&mut dice, &mut message);
        }
        let is_real = real.iter().any(|push| push.body == message.body);
        hand_in(bench, &message, !is_real).map_err(|why| format!("{why}: {}", shown(&message)))?;
        done += 1;
    }
    Ok(done)
}

fn change_headers(dice: &mut Dice, message: &mut WebhookRequest) {
    if message.headers.is_empty() {
        message.headers.push(("authorization".to_owned(), "x".to_owned()));
    }
    let at = dice.below(message.headers.len());
    let (name, value) = message.headers[at].clone();
    let nasty = String::from_utf8_lossy(dice.one::<&[u8]>(&NASTY)).into_owned();
    match dice.below(5) {
        0 => message.headers.push((name, value)),
        1 => message.headers[at].1 = nasty,
        2 => message.headers[at].1 = String::from_utf8_lossy(&changed(dice, value.as_bytes())).into_owned(),
        3 => drop(message.headers.remove(at)),
        _ => message.headers[at].1 = value.repeat(1 + dice.below(5_000)),
    }
    message.query.push((nasty_word(dice), nasty_word(dice)));
    message.query.push(("hub.mode".to_owned(), "subscribe".to_owned()));
}

fn nasty_word(dice: &mut Dice) -> String {
    String::from_utf8_lossy(dice.one::<&[u8]>(&NASTY)).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_message_does_harm() {
    let number = |name: &str, otherwise: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let seconds = number("FUZZ_SECONDS", 2);
    #[allow(clippy::disallowed_methods, reason = "a random run begins somewhere, and prints where")]
    let seed = number("SEED", commerce::Timestamp::now().as_nanosecond().unsigned_abs() as u64);
    println!("SEED={seed} FUZZ_SECONDS={seconds}");
    // A panic that is caught need not be told twice.
    std::panic::set_hook(Box::new(|_| {}));
    let mut wrong = Vec::new();
    for channel in registry::all() {
        let name = channel.facts().channel;
        let bench = bench(name).await.unwrap();
        match storm(&bench, seed, Duration::from_secs(seconds)) {
            Ok(done) => println!("{name:<12} {done:>8} messages, no harm"),
            Err(why) => wrong.push(format!("{name}: {why}")),
        }
    }
    drop(std::panic::take_hook());
    assert!(wrong.is_empty(), "SEED={seed}\n{}", wrong.join("\n\n"));
}
