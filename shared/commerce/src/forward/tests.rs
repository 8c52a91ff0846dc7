//! Orders on their way, played through: lost calls, late answers, crashes, edits and cancels, in thousands of random days.

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

#[test]
fn who_looks_too_early_would_put_it_in_twice() {
    let mut day = Day::new();
    day.happen(Event::Look(Fate::Late));
    assert!(matches!(day.act(), Act::Wait(_)), "the call may still be applied");
    day.happen(Event::Pass(SETTLES_AFTER.as_secs()));
    assert!(matches!(day.act(), Act::Find(_)));
    day.happen(Event::Look(Fate::Heard));
    assert_eq!((day.there.len(), day.kept.as_ref().and_then(Forwarding::there).is_some()), (1, true));
}

#[test]
fn a_store_that_calls_an_order_off_is_asked_once_and_a_person_may_put_it_in_anew() {
    let mut day = Day::new();
    day.happen(Event::Look(Fate::Heard));
    day.there[0].status = Status::Cancelled;
    day.happen(Event::Hear);
    assert!(matches!(day.act(), Act::Ask(_, Question::CalledOffByStore)));
    day.happen(Event::Look(Fate::Heard));
    assert_eq!(day.act(), Act::Nothing, "once");
    day.kept = day.kept.map(|kept| kept.again(true, at(day.now_s)));
    day.happen(Event::Look(Fate::Heard));
    assert_eq!(day.there.iter().filter(|one| one.status == Status::Confirmed).count(), 1);
    assert_ne!(day.there[0].reference, day.there[1].reference);
}

#[test]
fn what_a_till_has_counted_is_promised_to_nobody_and_changes_no_cover() {
    let connection = ConnectionId::new("shopee").unwrap();
    let listing = |delta: &crate::stock::StockDelta| {
        (delta.cover.values().sum::<i64>(), delta.given_back.values().sum::<i64>())
    };
    let of = |status: Status, cancelled: u32, out: u32, counted: u32| {
        let mut order = order(status, vec![line("a", "AO", 3, cancelled)]);
        (order.lines[0].out, order.lines[0].counted) = (out, counted);
        let decision = order.lines[0].decision.as_mut().unwrap();
        (decision.in_cover, decision.till_owned) = (true, true);
        effect(&connection, &order, Restores::Yes).into_values().next().unwrap_or_default()
    };
    for (status, cancelled, out) in [
        (Status::Confirmed, 0, 0),
        (Status::Confirmed, 1, 0),
        (Status::Shipped, 1, 2),
        (Status::Cancelled, 0, 0),
        (Status::Cancelled, 0, 3),
    ] {
        let before = of(status.clone(), cancelled, out, 0);
        for counted in 0..=3 {
            let after = of(status.clone(), cancelled, out, counted);
            assert_eq!(listing(&after), listing(&before), "{status} {cancelled} {out} {counted}");
            let promised = (before.committed - 2 * i64::from(counted)).max(0);
            assert_eq!(after.committed, promised, "{status} {cancelled} {out} {counted}");
            assert_eq!(after.on_hand, 0, "only the till's own sale moves its shelf");
        }
    }
}

#[test]
fn an_order_that_nobody_understands_stays_with_the_store() {
    let mut day = Day::new();
    day.happen(Event::Look(Fate::Heard));
    day.happen(Event::Hear);
    day.order.status = Status::Unknown("INVOICE_PENDING".to_owned());
    assert_eq!(day.act(), Act::Nothing);
    day.order.status = Status::Cancelled;
    assert!(matches!(day.act(), Act::CallOff(..)));
}

#[test]
fn another_name_for_the_same_goods_changes_nothing_there() {
    let mut day = Day::new();
    day.happen(Event::Look(Fate::Heard));
    day.happen(Event::Hear);
    let mut renamed = till();
    let listing = renamed.listings.remove(&ListingId::new("1").unwrap()).unwrap();
    renamed.listings.insert(
        ListingId::new("0").unwrap(),
        Listing { id: ListingId::new("0").unwrap(), ..listing.clone() },
    );
    renamed.listings.insert(ListingId::new("1").unwrap(), listing);
    let fresh = ForwardReference::of(99);
    let (rule, wanted) = (rule(), wanted(&day.order, &store(), &renamed).unwrap());
    assert_eq!(wanted.lines[0].listing.as_str(), "0");
    let echo = order(Status::Confirmed, Vec::new());
    let scene = |echo| Scene {
        order: &day.order,
        target: &renamed,
        wanted: Ok(&wanted),
        others: Told::Delivered,
        tells: true,
        rule: Some(&rule),
        forwarding: day.kept.as_ref(),
        echo: Some(echo),
        settles_after: SETTLES_AFTER,
        waits_for_till: false,
        takes: &[Told::Ready],
        now: at(day.now_s),
        fresh: &fresh,
    };
    assert_eq!(next(&scene(&echo)), Act::Nothing);
    // The other store of the order has not packed its part, so nothing is told of the whole.
    let packed = order(Status::ReadyToShip, Vec::new());
    assert!(matches!(next(&scene(&packed)), Act::Tell(_, Told::Ready)));
    assert_eq!(next(&Scene { others: Told::Nothing, ..scene(&packed) }), Act::Nothing);
    assert_eq!(next(&Scene { tells: false, ..scene(&packed) }), Act::Nothing);
}

#[test]
fn where_the_file_names_another_account_what_waits_goes_there() {
    let mut day = Day::new();
    day.happen(Event::Look(Fate::Down));
    let elsewhere = OrdersTo { connection: ConnectionId::new("web").unwrap(), branch: None };
    let (till, fresh) = (till(), ForwardReference::of(99));
    let wanted = wanted(&day.order, &store(), &till);
    let scene = Scene {
        order: &day.order,
        target: &till,
        wanted: wanted.as_ref(),
        others: Told::Delivered,
        tells: true,
        rule: Some(&elsewhere),
        forwarding: day.kept.as_ref(),
        echo: None,
        settles_after: SETTLES_AFTER,
        waits_for_till: false,
        takes: &[],
        now: at(day.now_s + 4_000),
        fresh: &fresh,
    };
    let Act::Note(over) = next(&scene) else { panic!("it waits on") };
    assert_eq!(over.stage, Stage::CalledOff { order: None });
    let Act::Put(put) = next(&Scene { forwarding: Some(&over), ..scene }) else {
        panic!("it is put nowhere")
    };
    assert_eq!((put.target, put.reference), (elsewhere.connection.clone(), fresh.clone()));
}

#[test]
fn what_was_given_up_is_looked_for_before_it_is_put_in_again() {
    let mut day = Day::new();
    day.happen(Event::Look(Fate::Unheard));
    let given_up = day.kept.take().unwrap();
    let since = given_up.since;
    day.kept = Some(given_up.at(Stage::GaveUp { order: None }, since).again(false, at(day.now_s + 4_000)));
    day.happen(Event::Pass(4_000));
    assert!(matches!(day.act(), Act::Find(_)));
    day.happen(Event::Look(Fate::Heard));
    assert_eq!(day.there.len(), 1);
}
