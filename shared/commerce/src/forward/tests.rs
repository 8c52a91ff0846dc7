//! Orders on their way, played through: lost calls, late answers, crashes, edits and cancels, in thousands of random days.

mod steps;

use super::*;
use crate::catalogue::{Component, Connection, Listing, OrdersTo};
use crate::effect::{Decision, Line, OrderState, Restores, effect};
use crate::ids::{LineId, LocationId, Sku};
use crate::money::{Currency, Money};
use crate::order::{Departure, OrderKind};
use jiff::SignedDuration;
use proptest::prelude::*;
use std::collections::BTreeMap;

const SETTLES_AFTER: SignedDuration = SignedDuration::from_secs(180);
/// A call that is applied late is applied within this, in seconds (A6).
const LATE_S: i64 = 60;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_316_400 + second).unwrap()
}

fn store() -> LocationId {
    LocationId::new("hn").unwrap()
}

fn line(id: &str, sku: &str, units: u32, cancelled: u32) -> Line {
    Line {
        id: LineId::new(id).unwrap(),
        listing: ListingId::new(id).unwrap(),
        quantity: units,
        cancelled,
        unit_price_minor: 90_000,
        out: 0,
        counted: 0,
        decision: Some(Decision {
            location: store(),
            recipe: vec![Component { sku: Sku::new(sku).unwrap(), factor: 2 }],
            in_cover: false,
            till_owned: false,
            not_counted: Vec::new(),
        }),
    }
}

fn order(status: Status, lines: Vec<Line>) -> OrderState {
    OrderState {
        kind: OrderKind::Channel,
        status,
        departure: Departure::Stayed,
        source_time: at(0),
        created_at: at(0),
        read_at: None,
        digest: String::new(),
        total: Money::from_minor(200_000, Currency::VND),
        lines,
        hold: None,
        unheard: false,
        echo_of: None,
        applied: Default::default(),
    }
}

/// A till that sells `AO` by the piece and `QUAN` in threes.
fn till() -> Connection {
    let listing = |id: &str, sku: &str, factor| {
        let id = ListingId::new(id).unwrap();
        let recipe = vec![Component { sku: Sku::new(sku).unwrap(), factor }];
        (id.clone(), Listing { id, recipe, buffer: 0, publish: false, rule: None, paused: false })
    };
    Connection {
        id: ConnectionId::new("till").unwrap(),
        channel: "kiotviet".to_owned(),
        base_url: None,
        webhook_url: None,
        serves_from: vec![store()],
        account: BTreeMap::new(),
        sharing: Default::default(),
        rule: Default::default(),
        listings: [listing("1", "AO", 1), listing("2", "QUAN", 3)].into(),
    }
}

#[test]
fn a_store_is_asked_for_its_own_products_and_told_what_the_buyer_pays() {
    let order_of = |lines| order(Status::Confirmed, lines);
    let asked = |order: &OrderState| wanted(order, &store(), &till());
    let two_packs = asked(&order_of(vec![line("a", "AO", 3, 1)])).unwrap();
    let (listing, quantity, unit_price_minor) = (ListingId::new("1").unwrap(), 4, 45_000);
    assert_eq!(two_packs.lines, vec![PutLine { listing, quantity, unit_price_minor }]);
    assert_eq!(two_packs.total_minor, 200_000);
    let unknown = asked(&order_of(vec![line("b", "QUAN", 1, 0)])).unwrap_err();
    assert_eq!(unknown.listing.as_str(), "b", "two are no whole pack of three");
    assert_eq!(asked(&order(Status::Cancelled, vec![line("a", "AO", 1, 0)])), Ok(Wanted::default()));
}

#[test]
fn an_echo_takes_nothing_from_stock_and_what_comes_back_on_sale_is_covered() {
    let connection = ConnectionId::new("web").unwrap();
    let mut echo = order(Status::Confirmed, vec![line("a", "AO", 1, 0)]);
    echo.lines[0].decision.as_mut().unwrap().in_cover = true;
    let order = OrderId::new("1").unwrap();
    echo.echo_of = Some(crate::effect::Origin { connection: connection.clone(), order, location: store() });
    assert!(effect(&connection, &echo, Restores::Yes).is_empty());
    echo.status = Status::Shipped;
    echo.lines[0].out = 1;
    assert!(effect(&connection, &echo, Restores::Yes).is_empty());
    (echo.status, echo.lines[0].out) = (Status::Cancelled, 0);
    let back = effect(&connection, &echo, Restores::Yes).into_values().next().unwrap();
    assert_eq!((back.cover.values().sum::<i64>(), back.given_back.values().sum::<i64>()), (2, 2));
    assert_eq!((back.on_hand, back.committed, back.holds), (0, 0, 0));
    assert!(effect(&connection, &echo, Restores::No).is_empty());
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// Answered.
    Heard,
    /// Applied, and nobody hears of it.
    Unheard,
    /// Applied later, and nobody hears of it.
    Late,
    /// Lost on its way, and nobody hears of it.
    Lost,
    /// The target is down.
    Down,
    /// We die before the call is made.
    Dies,
}

/// A thing that happens.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// Somebody looks at the order, and a call that comes of it has this fate.
    Look(Fate),
    /// The buyer asks for so many units.
    Edit(u32),
    /// The buyer calls the order off.
    CallOff,
    /// So many seconds pass.
    Pass(i64),
    /// The target's word of its orders is recorded.
    Hear,
    /// The store's people send it.
    Ship,
}

/// An order as the target has it.
#[derive(Debug, Clone)]
struct There {
    reference: ForwardReference,
    units: u32,
    status: Status,
}

/// The target, the book, and the order.
struct Day {
    now_s: i64,
    order: OrderState,
    kept: Option<Forwarding>,
    there: Vec<There>,
    /// Calls that are applied later: when, and what.
    late: Vec<(i64, Call)>,
    /// The target's orders as they are recorded.
    recorded: BTreeMap<usize, Status>,
    told: Vec<Told>,
    drawn: u128,
}

#[derive(Debug, Clone)]
enum Call {
    Put(ForwardReference, u32),
    CallOff(usize),
}

impl Day {
    fn new() -> Self {
        let order = order(Status::Confirmed, vec![line("a", "AO", 1, 0)]);
        Self {
            now_s: 0,
            order,
            kept: None,
            there: Vec::new(),
            late: Vec::new(),
            recorded: BTreeMap::new(),
            told: Vec::new(),
            drawn: 0,
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Look(fate) => self.look(fate),
            Event::Edit(units) if self.order.status == Status::Confirmed => {
                let line = &mut self.order.lines[0];
                (line.quantity, line.cancelled) =
                    (line.quantity.max(units), line.quantity.max(units) - units);
            }
            Event::CallOff if self.order.status == Status::Confirmed => {
                self.order.status = Status::Cancelled;
            }
            Event::Edit(_) | Event::CallOff => {}
            Event::Pass(seconds) => {
                self.now_s += seconds;
                let (due, late) = self.late.drain(..).partition(|(at_s, _)| *at_s <= self.now_s);
                self.late = late;
                let due: Vec<(i64, Call)> = due;
                due.into_iter().for_each(|(_, call)| self.apply(&call));
            }
            Event::Hear => {
                self.recorded = self.there.iter().map(|one| one.status.clone()).enumerate().collect();
            }
            Event::Ship => {
                let open = self.there.iter_mut().filter(|one| one.status == Status::Confirmed);
                open.for_each(|one| one.status = Status::Shipped);
            }
        }
        let live = self.there.iter().filter(|one| one.status != Status::Cancelled).count();
        assert!(live <= 1, "the store has it twice: {:?}", self.there);
    }

    fn apply(&mut self, call: &Call) {
        match call {
            Call::Put(reference, units) => {
                let status = Status::Confirmed;
                self.there.push(There { reference: reference.clone(), units: *units, status });
            }
            Call::CallOff(place) if self.there[*place].status == Status::Confirmed => {
                self.there[*place].status = Status::Cancelled;
            }
            Call::CallOff(_) => {}
        }
    }

    /// Makes a call; true when it was answered.
    fn call(&mut self, call: &Call, fate: Fate) -> bool {
        match fate {
            Fate::Heard | Fate::Unheard => self.apply(call),
            Fate::Late => self.late.push((self.now_s + LATE_S, call.clone())),
            Fate::Lost | Fate::Down | Fate::Dies => {}
        }
        matches!(fate, Fate::Heard)
    }

    fn act(&mut self) -> Act {
        self.drawn += 1;
        let (rule, fresh) = (rule(), ForwardReference::of(self.drawn));
        let (till, wanted) = (till(), wanted(&self.order, &store(), &till()));
        let there = self.kept.as_ref().and_then(Forwarding::there);
        let status = there.and_then(|there| self.recorded.get(&there.as_str().parse::<usize>().ok()?));
        let echo = status.map(|status| order(status.clone(), Vec::new()));
        next(&Scene {
            order: &self.order,
            target: &till,
            wanted: wanted.as_ref(),
            others: Told::Delivered,
            tells: true,
            rule: Some(&rule),
            forwarding: self.kept.as_ref(),
            echo: echo.as_ref(),
            settles_after: SETTLES_AFTER,
            waits_for_till: false,
            takes: &[Told::Ready, Told::Shipped],
            now: at(self.now_s),
            fresh: &fresh,
        })
    }

    /// One look as `forward-orders` takes it: every state is written before anything is sent.
    fn look(&mut self, fate: Fate) {
        let now = at(self.now_s);
        match self.act() {
            Act::Nothing | Act::Wait(_) => {}
            Act::Note(next) | Act::Ask(next, _) | Act::GiveUp(next) => self.kept = Some(next),
            Act::Put(next) => {
                let units = next.lines.iter().map(|line| line.quantity).sum();
                let call = Call::Put(next.reference.clone(), units);
                self.kept = Some(next.clone());
                if self.call(&call, fate) {
                    let order = OrderId::new((self.there.len() - 1).to_string()).unwrap();
                    self.kept = Some(next.at(Stage::There { order }, now));
                } else if matches!(fate, Fate::Down) {
                    self.kept = Some(next.failed(Stage::Waiting, now));
                }
            }
            Act::Find(next) => {
                let found = self.there.iter().position(|one| one.reference == next.reference);
                self.kept = match (fate, found) {
                    (Fate::Heard, Some(place)) => {
                        let order = OrderId::new(place.to_string()).unwrap();
                        Some(next.at(Stage::There { order }, now))
                    }
                    (Fate::Heard, None) => Some(next.at(Stage::Waiting, now)),
                    _ => Some(next.failed(Stage::Sending, now)),
                };
            }
            Act::CallOff(next, there) => {
                self.kept = Some(next.clone());
                let call = Call::CallOff(there.as_str().parse().unwrap());
                if !self.call(&call, fate) && matches!(fate, Fate::Down) {
                    self.kept = Some(next.failed(next.stage.clone(), now));
                }
            }
            Act::Count(..) => unreachable!("no till counts here"),
            Act::Tell(next, told) => {
                if matches!(fate, Fate::Heard) {
                    assert!(self.told.last().is_none_or(|before| *before < told), "news went back");
                    self.told.push(told);
                    self.kept = Some(Forwarding { told, failures: 0, ..next });
                } else {
                    self.kept = Some(next.failed(next.stage.clone(), now));
                }
            }
        }
    }

    /// Nothing fails any more: in the end the store has what the buyer wants.
    fn come_to_rest(&mut self) {
        for _ in 0..60 {
            self.happen(Event::Pass(SETTLES_AFTER.as_secs() + LATE_S + 1_800));
            self.happen(Event::Hear);
            self.happen(Event::Look(Fate::Heard));
        }
        let wants = match self.order.status {
            Status::Cancelled => 0,
            _ => 2 * (self.order.lines[0].quantity - self.order.lines[0].cancelled),
        };
        let live: Vec<&There> = self.there.iter().filter(|one| one.status != Status::Cancelled).collect();
        match live.as_slice() {
            [] => assert_eq!(wants, 0, "the store never got it: {:?}", self.kept),
            [one] if one.status == Status::Shipped => {}
            [one] => assert_eq!(one.units, wants, "{:?}", self.kept),
            more => panic!("{more:?}"),
        }
        let shipped = live.iter().any(|one| one.status == Status::Shipped);
        let knows = self.order.status != Status::Confirmed || self.told.last() == Some(&Told::Shipped);
        assert!(!shipped || knows, "the channel was never told: {:?}", self.kept);
    }
}

fn rule() -> OrdersTo {
    OrdersTo { connection: ConnectionId::new("till").unwrap(), branch: None }
}

fn event() -> impl Strategy<Value = Event> {
    let fate = prop_oneof![
        4 => Just(Fate::Heard),
        1 => Just(Fate::Unheard),
        1 => Just(Fate::Late),
        1 => Just(Fate::Lost),
        1 => Just(Fate::Down),
        1 => Just(Fate::Dies),
    ];
    prop_oneof![
        6 => fate.prop_map(Event::Look),
        1 => (1_u32..4).prop_map(Event::Edit),
        1 => Just(Event::CallOff),
        4 => prop_oneof![Just(1_i64), Just(30), Just(70), Just(200), Just(4_000)].prop_map(Event::Pass),
        3 => Just(Event::Hear),
        1 => Just(Event::Ship),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn a_store_never_has_an_order_twice_and_in_the_end_has_what_the_buyer_wants(
        events in proptest::collection::vec(event(), 1..40)
    ) {
        let mut day = Day::new();
        events.into_iter().for_each(|event| day.happen(event));
        day.come_to_rest();
    }
}
