//! Single steps of orders on their way: what must not happen, one by one.

use super::*;

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
