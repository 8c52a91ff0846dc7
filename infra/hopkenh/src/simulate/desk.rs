//! The desk of a simulated day: it asks for units that buyers in chats want, and says the same again when it hears nothing.

use super::chat::SECRET;
use super::control;
use super::dice::Dice;
use super::fault::Fault;
use super::sim::{Sim, lock};
use super::truth::{TwinLine, TwinOrder, time};
use channels::channel::WebhookRequest;
use commerce::catalogue::Shop;
use commerce::goods::Writer;
use commerce::hold_terms::{HoldCode, Purpose};
use commerce::hold_word::HoldWord;
use commerce::ids::OrderId;
use commerce::order::Departure;
use commerce::status::Status;
use serde_json::{Value, json};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use workflows::TakeOrders;
use workflows::hold_codes::Draw;
use workflows::settle_holds::{SettleHolds, Settled};
use workflows::take_orders::Said;

/// The time that a call has, as its function has.
const TIME: Duration = Duration::from_secs(10);
/// How long the desk waits for an answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// A promise is over for whom it was made this much before its end: clocks of the house may be ahead, in milliseconds.
const BEFORE_END_MS: i64 = 2_500;

/// The desk, and the function it asks.
pub(super) struct Desk {
    pub(super) sim: Arc<Sim>,
    take: TakeOrders,
    /// What the person at the counter uses.
    settle: SettleHolds,
    shop: Arc<Shop>,
    /// Orders written down so far.
    pub(super) slips: AtomicUsize,
    /// Buyers whose story is not over yet.
    pub(super) waiting: AtomicUsize,
}

/// An order as the desk has written it down.
pub(super) struct Slip {
    pub(super) id: OrderId,
    pub(super) line: TwinLine,
    pub(super) purpose: Purpose,
    /// The store where the buyer comes.
    pub(super) store: Option<usize>,
    /// The time of the latest word on it; the next one is later.
    pub(super) at_ms: i64,
    /// Where the truth has it, once units were held.
    pub(super) place: Option<usize>,
    /// What the buyer shows at the counter.
    pub(super) code: Option<HoldCode>,
}

/// What a desk says about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Hold { until_ms: i64 },
    Confirm,
    Cancel,
    Ship,
}

impl Word {
    fn action(self) -> &'static str {
        match self {
            Word::Hold { .. } => "hold",
            Word::Confirm => "confirm",
            Word::Cancel => "cancel",
            Word::Ship => "ship",
        }
    }

    /// True for what the house may refuse.
    fn is_wish(self) -> bool {
        matches!(self, Word::Hold { .. } | Word::Confirm)
    }
}

/// Draws codes as the house does, and now and then one that another buyer has.
pub(super) fn draw(sim: &Arc<Sim>) -> Draw {
    let (sim, dice) = (sim.clone(), Mutex::new(Dice::new(sim.world.wish.seed, "codes")));
    Arc::new(move || {
        let mut dice = lock(&dice);
        let known = if dice.chance(300) { lock(&sim.book).codes() } else { Vec::new() };
        if let Some(code) = dice.pick(&known) {
            lock(&sim.weather).count(Fault::CodeInUse);
            return *code;
        }
        HoldCode::from_number(u32::try_from(dice.between(0, i64::from(HoldCode::COUNT) - 1)).unwrap_or(0))
    })
}

impl Desk {
    /// A desk that asks this function, and a counter with this one.
    pub(super) fn new(sim: Arc<Sim>, take: TakeOrders, settle: SettleHolds, shop: Arc<Shop>) -> Self {
        Self { sim, take, settle, shop, slips: AtomicUsize::new(0), waiting: AtomicUsize::new(0) }
    }

    /// Says it until it is heard; true when the house says that it is so.
    pub(super) async fn say(&self, slip: &mut Slip, word: Word) -> bool {
        slip.at_ms = (slip.at_ms + 1).max(self.sim.now_ms());
        let request = self.request(slip, word);
        let mut in_doubt = false;
        let said = loop {
            match self.call(&request).await {
                Some(said) if said.status != 503 => break said,
                _ => {}
            }
            in_doubt = true;
            lock(&self.sim.weather).count(Fault::DeskSaysAgain);
            self.sim.pause(1_000, 15_000).await;
        };
        self.sim.note(|| format!("desk: {} {}: {} {}", word.action(), slip.id, said.status, said.body));
        if said.status == 200 {
            self.heard(slip, word, &said.body);
            return true;
        }
        if said.status != 409 && !(in_doubt && said.status == 422) || !word.is_wish() {
            self.sim.fail(&format!(
                "{} {} was answered {} {}",
                word.action(),
                slip.id,
                said.status,
                said.body
            ));
        }
        lock(&self.sim.weather).count(Fault::HoldRefused);
        if in_doubt {
            // An earlier try may still be on its way, and may find its units after all.
            lock(&self.sim.weather).count(Fault::HoldCalledOff);
            Box::pin(self.call_off(slip)).await;
        }
        false
    }

    /// Nobody wants it any more.
    pub(super) async fn call_off(&self, slip: &mut Slip) {
        let place = *slip.place.get_or_insert_with(|| self.write_down(&slip.id, &slip.line, slip.at_ms));
        self.sim.change(|truth| truth.orders[place].status = Status::Cancelled);
        self.say(slip, Word::Cancel).await;
    }

    /// One call, which may be lost on either way, and go on when nobody waits for it any more.
    async fn call(&self, request: &WebhookRequest) -> Option<Said> {
        if lock(&self.sim.weather).strikes(Fault::DeskCallLost) {
            tokio::time::sleep(PATIENCE).await;
            return None;
        }
        self.sim.pause(20, 250).await;
        let (take, request) = (self.take.clone(), request.clone());
        let (shop, account) = (self.shop.id.clone(), self.account());
        let work = async move { take.take(shop.as_str(), &account, &request).await };
        let called = tokio::spawn(control::run(work, TIME));
        let said = match tokio::time::timeout(PATIENCE, called).await {
            Ok(ended) => ended.ok().and_then(Result::ok),
            Err(_) => {
                lock(&self.sim.weather).count(Fault::DeskCallLate);
                None
            }
        };
        if lock(&self.sim.weather).strikes(Fault::DeskAnswerLost) {
            tokio::time::sleep(PATIENCE).await;
            return None;
        }
        self.sim.pause(20, 250).await;
        said
    }

    fn account(&self) -> String {
        self.sim.world.chat.map(|place| self.sim.world.connections[place].id.to_string()).unwrap_or_default()
    }

    fn request(&self, slip: &Slip, word: Word) -> WebhookRequest {
        let world = &self.sim.world;
        let listing = &world.listings[slip.line.listing].id;
        let line = json!({"line": "1", "listing": listing, "quantity": slip.line.quantity, "price": 111_000});
        let mut body = json!({
            "reference": slip.id, "source": "facebook", "action": word.action(), "at": time(slip.at_ms),
            "lines": [line], "currency": "VND", "total": 111_000 * i64::from(slip.line.quantity),
        });
        if let Word::Hold { until_ms } = word {
            body["purpose"] = json!(slip.purpose);
            body["hold_until"] = json!(time(until_ms));
            if let Some(store) = slip.store {
                body["location"] = json!(world.locations[store]);
            }
        }
        let push = twins::sealed(SECRET, time(self.sim.now_ms()), "", body.to_string().into_bytes());
        WebhookRequest { method: push.method, query: Vec::new(), headers: push.headers, body: push.body }
    }

    /// What the house has said holds from now on.
    fn heard(&self, slip: &mut Slip, word: Word, body: &Value) {
        match word {
            Word::Hold { until_ms } => self.is_held(slip, until_ms, body),
            Word::Confirm => {
                // Who comes late to the store has a new code.
                slip.code = code(body);
                self.go_on(slip, Status::Confirmed, None);
            }
            Word::Cancel | Word::Ship => {}
        }
    }

    fn is_held(&self, slip: &mut Slip, until_ms: i64, body: &Value) {
        let line = &body["lines"][0];
        let store = slip.store.map(|store| self.sim.world.locations[store].as_str());
        let is_there = line["available"].as_u64() >= Some(u64::from(slip.line.quantity));
        let is_right =
            body["held"] == true && is_there && store.is_none_or(|store| line["location"] == store);
        slip.code = code(body);
        if !is_right || slip.code.is_some() != slip.purpose.is_in_store() {
            self.sim.fail(&format!("{} was asked for and the answer is {body}", slip.id));
        }
        lock(&self.sim.weather).count(Fault::HoldTaken);
        self.go_on(slip, Status::Pending, Some(until_ms));
        self.end_in_time(slip.place, until_ms);
    }

    /// The order stands there now; from now on its units are promised.
    fn go_on(&self, slip: &mut Slip, status: Status, held_until_ms: Option<i64>) {
        let place = *slip.place.get_or_insert_with(|| self.write_down(&slip.id, &slip.line, slip.at_ms));
        let was_over = self.sim.change(|truth| {
            let order = &mut truth.orders[place];
            let was_over = order.status == Status::Cancelled && order.held_until_ms.is_some();
            (order.status, order.held_until_ms) = (status, held_until_ms);
            was_over
        });
        if was_over {
            lock(&self.sim.weather).count(Fault::HoldRenewed);
        }
    }

    /// Writes an order down that holds nothing yet.
    fn write_down(&self, id: &OrderId, line: &TwinLine, at_ms: i64) -> usize {
        self.sim.change(|truth| {
            truth.add(TwinOrder {
                connection: self.sim.world.chat,
                id: id.clone(),
                lines: vec![line.clone()],
                status: Status::Cancelled,
                departure: Departure::Stayed,
                created_ms: at_ms,
                source_ms: at_ms,
                location: None,
                listed: Vec::new(),
                wants_to_ship: false,
                left_from: Vec::new(),
                held_until_ms: None,
            })
        })
    }

    /// A hold whose time is over is nobody's any more, unless something else was said meanwhile.
    fn end_in_time(&self, place: Option<usize>, until_ms: i64) {
        let (sim, Some(place)) = (self.sim.clone(), place) else { return };
        let wait_ms = until_ms - BEFORE_END_MS - sim.now_ms();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))).await;
            let ended = sim.change(|truth| {
                let order = &mut truth.orders[place];
                let ends = order.status == Status::Pending && order.held_until_ms == Some(until_ms);
                if ends {
                    order.status = Status::Cancelled;
                }
                ends.then(|| order.id.clone())
            });
            if let Some(order) = ended {
                sim.note(|| format!("the time of {order} is over"));
                lock(&sim.weather).count(Fault::HoldEnded);
            }
        });
    }

    /// Somebody at the counter types a code, again and again until it is clear what has become of it; true when it is so.
    pub(super) async fn settle(&self, slip: &Slip, code: HoldCode, word: HoldWord) -> bool {
        let Ok(by) = Writer::new("Lan") else { return false };
        let mut tries = 0;
        loop {
            tries += 1;
            let settled = control::run(self.settle.settle(&self.shop, code, word, &by), TIME).await;
            self.sim.note(|| format!("counter: {word:?} {}: {}", slip.id, outcome(&settled)));
            match settled {
                Ok(Ok(Settled::Done(key, _))) => {
                    if key.order != slip.id {
                        self.sim.fail(&format!("the code of {} opened {}", slip.id, key.order));
                    }
                    return true;
                }
                Ok(Ok(Settled::NoSuchCode)) => {
                    let is_done = self.is_settled(slip, word);
                    if is_done && tries == 1 {
                        self.sim.fail(&format!("{} was settled and nobody was told", slip.id));
                    }
                    return is_done;
                }
                Ok(Ok(Settled::IsSold(_) | Settled::NoConnection(_))) => return false,
                Ok(Ok(Settled::Busy(_)) | Err(_)) | Err(_) => self.sim.pause(1_000, 8_000).await,
            }
        }
    }

    /// Who sees that a code is not known any more looks at the order.
    fn is_settled(&self, slip: &Slip, word: HoldWord) -> bool {
        let Some(chat) = self.sim.world.chat else { return false };
        let key = (self.sim.world.connections[chat].id.clone(), slip.id.clone());
        let book = lock(&self.sim.book);
        book.orders.get(&key).is_some_and(|state| match word {
            HoldWord::Collected => state.status.is_out(),
            HoldWord::Released => state.status == Status::Cancelled && state.ended_at().is_none(),
        })
    }
}

/// The code in an answer.
fn code(body: &Value) -> Option<HoldCode> {
    body["code"].as_str().and_then(|code| HoldCode::new(code).ok())
}

fn outcome<E, T>(settled: &Result<Result<Settled, E>, T>) -> &'static str {
    match settled {
        Ok(Ok(Settled::Done(..))) => "done",
        Ok(Ok(Settled::NoSuchCode)) => "no such code",
        Ok(Ok(Settled::IsSold(_))) => "is sold",
        Ok(Ok(_)) => "not now",
        Ok(Err(_)) | Err(_) => "went wrong",
    }
}
