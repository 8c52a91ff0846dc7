//! The simulation itself: a seed is one day and always the same, and the auditor sees what it must see.

use super::auditor;
use super::book::Book;
use super::names::order_id;
use super::play::play;
use super::push;
use super::sim::BEGIN_MS;
use super::truth::{Truth, TwinLine, TwinOrder};
use super::world::{Cuts, Wish, World};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::channel::{Door, Notice, Notices, Verdict, WebhookRequest};
use channels::facts::WriteClass;
use channels::http::Http;
use commerce::ids::OrderId;
use commerce::order::{ChannelOrder, Departure};
use commerce::removed::Rule;
use commerce::status::Status;
use std::time::Duration;

fn http() -> Http {
    Http::new(Duration::from_secs(5)).unwrap()
}

fn pool(seed: u64) -> Wish {
    Wish { seed, shared_pool: true, ..Wish::default() }
}

#[test]
fn a_seed_is_always_the_same_day() {
    let (first, again) = (play(&pool(2), &http(), true).unwrap(), play(&pool(2), &http(), true).unwrap());
    assert_eq!(first.wrong, None, "{}", first.lines.join("\n"));
    assert_eq!(first.number, again.number);
    assert!(first.orders >= 30 && first.turned_away > 0);
    assert_ne!(first.number, play(&pool(1), &http(), true).unwrap().number);
}

/// Days on which something was wrong once, each for a reason of its own; shops have changed since, the rules may not.
const ONCE_WRONG: [(u64, &str); 19] = [
    (78, "a parcel from two stores had left, and the auditor looked for it in one of them"),
    (94, "a parcel called off on the road took units along that had been cancelled before"),
    (96, "news of an arrival came before news of the departure, and a count in between"),
    (100, "the same with several parcels"),
    (104, "a read-back inside a ship gate was believed although orders had come since"),
    (121, "orders from before the shop came were all given to one store"),
    (129, "a listing of another store was raised before all were taken over"),
    (
        148,
        "a unit called off before the stores were chosen was looked for in the other store when the parcel left",
    ),
    (154, "a parcel that arrived before anybody heard that it had left"),
    (170, "a settle inside a ship gate gave back what came on sale again"),
    (214, "a blind listing was raised while one of another store still showed all"),
    (233, "sales beyond cover all went to the store that seemed to have most"),
    (
        324,
        "a locked listing that a person sent again stayed locked because somebody else wrote at that moment",
    ),
    (417, "a parcel took units of both stores along although one of them had been cancelled"),
    (
        675,
        "units of a raise filled a hole below a gross number, and one was sold before the raise was known to have arrived",
    ),
    (730, "an order that changed while it was listed was in no window, and its sale was not known"),
    (780, "sales beyond the cover of two listings went to one store"),
    (5_087, "units lacking after sales beyond cover were laid to another store when the listing was settled"),
    (6_175, "the same, for a listing that sells two pieces at once"),
];

#[test]
fn what_was_wrong_once_stays_right() {
    for (seed, why) in ONCE_WRONG {
        // Nobody moved goods on those days.
        let cuts = Cuts { no_goods: true, ..Cuts::default() };
        let wish = Wish { seed, cuts, ..Wish::default() };
        if let Some(wrong) = play(&wish, &http(), false).unwrap().wrong {
            let story = play(&wish, &http(), true).unwrap().lines;
            let last = story.len().saturating_sub(400);
            panic!("{}\nseed {seed}: {wrong}; once it was wrong because {why}", story[last..].join("\n"));
        }
    }
}

#[test]
fn units_that_are_not_reserved_first_are_soon_sold_twice() {
    let wish = |seed| Wish { shared_pool: false, removed: Some(Rule::ReserveFirst), ..pool(seed) };
    let wrong = (1..=10).find_map(|seed| play(&wish(seed), &http(), false).unwrap().wrong);
    assert!(wrong.is_some());
}

#[test]
fn every_world_has_several_classes_products_and_stores() {
    for seed in 0..200 {
        let world = World::new(&pool(seed)).unwrap();
        let mut classes: Vec<WriteClass> = Vec::new();
        for connection in &world.connections {
            if !classes.contains(&connection.class) {
                classes.push(connection.class);
            }
        }
        assert!(classes.len() >= 3 && world.skus.len() >= 2 && world.locations.len() >= 2, "seed {seed}");
        assert!(world.shops().is_ok());
    }
}

/// A day with a desk, and a buyer for whom it has had one unit too many held.
fn held_beyond_what_is_there() -> (World, Truth) {
    let world =
        (1..).find_map(|seed| World::new(&pool(seed)).ok().filter(|world| world.chat.is_some())).unwrap();
    let mut truth = Truth::new(&world);
    let listing = world.listings.iter().position(|listing| Some(listing.connection) == world.chat).unwrap();
    let (_, factor) = world.listings[listing].recipe[0];
    let units = u32::try_from(truth.on_hand_of(0) / factor + 1).unwrap();
    truth.add(TwinOrder {
        connection: world.chat,
        id: OrderId::new("ask000").unwrap(),
        lines: vec![TwinLine { listing, quantity: units, cancelled: 0 }],
        status: Status::Pending,
        departure: Departure::Stayed,
        created_ms: 0,
        source_ms: 0,
        location: None,
        listed: Vec::new(),
        wants_to_ship: false,
        left_from: Vec::new(),
        held_until_ms: Some(60_000),
    });
    (world, truth)
}

#[test]
fn units_that_are_held_are_promised_until_their_time_is_over() {
    let (mut world, mut truth) = held_beyond_what_is_there();
    world.wish.shared_pool = false;
    assert_eq!(truth.held_of(&world, 0), truth.open_of(&world, 0));
    assert!(auditor::check(&world, &truth, &mut Book::new(false)).is_err());
    truth.orders[0].status = Status::Cancelled;
    assert_eq!((truth.held_of(&world, 0), truth.open_of(&world, 0)), (0, 0));
    assert_eq!(auditor::check(&world, &truth, &mut Book::new(false)), Ok(()));
}

#[test]
fn most_shops_have_a_desk_and_what_is_asked_for_there_is_on_no_page() {
    let worlds: Vec<World> = (0..100).map(|seed| World::new(&pool(seed)).unwrap()).collect();
    let desks = worlds.iter().filter(|world| world.chat.is_some()).count();
    assert!((40..80).contains(&desks), "{desks}");
    for world in worlds {
        let asked = world.listings.iter().skip(world.pages());
        assert!(asked.clone().all(|listing| Some(listing.connection) == world.chat));
        assert_eq!(asked.count(), if world.chat.is_some() { world.skus.len() } else { 0 });
    }
}

/// An order of two units of an account's first listing, one of them perhaps called off.
fn order_of(
    world: &World,
    connection: usize,
    cancelled: u32,
    status: &Status,
    departure: Departure,
) -> TwinOrder {
    let listing = world.listings.iter().position(|listing| listing.connection == connection).unwrap();
    TwinOrder {
        connection: Some(connection),
        id: order_id(world, connection, 7).unwrap(),
        lines: vec![TwinLine { listing, quantity: 2, cancelled }],
        status: status.clone(),
        departure,
        created_ms: BEGIN_MS,
        source_ms: BEGIN_MS + 61_000,
        location: None,
        listed: Vec::new(),
        wants_to_ship: false,
        left_from: Vec::new(),
        held_until_ms: None,
    }
}

/// What the real channel reads in a simulated webhook.
fn read(world: &World, connection: usize, told: &ChannelOrder) -> Option<Notices> {
    let plan = &world.connections[connection];
    let event = push::of(world, plan, told)?;
    let shops = world.shops().unwrap();
    let (shop, connection) = shops.connection(&world.shop, &plan.id).unwrap();
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    let request = WebhookRequest {
        method: "POST".to_owned(),
        query: Vec::new(),
        headers: event.headers.iter().map(header).collect(),
        body: STANDARD.decode(event.body.unwrap()).unwrap(),
    };
    let door = Door { shop, connection, secrets: shops.secrets(&shop.id, &connection.id) };
    let channel = channels::registry::find(&connection.channel).unwrap();
    let verdict = channel.verify_webhook(&door, &request);
    assert!(matches!(verdict, Verdict::Signed { .. }), "{}: {verdict:?}", connection.channel);
    Some(channel.read_webhook(&door, &request))
}

#[test]
fn a_simulated_webhook_says_to_the_real_reader_what_the_channels_list_says() {
    let standings = [
        (Status::Confirmed, Departure::Stayed),
        (Status::ReadyToShip, Departure::Stayed),
        (Status::Shipped, Departure::Left),
        (Status::Delivered, Departure::Left),
        (Status::Cancelled, Departure::Stayed),
        (Status::Cancelled, Departure::Left),
        (Status::Unknown("being_looked_into".to_owned()), Departure::Stayed),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for world in (0..20).map(|seed| World::new(&pool(seed)).unwrap()) {
        for (connection, plan) in world.connections.iter().enumerate() {
            for (status, departure) in &standings {
                let cancelled = u32::from(*status != Status::Cancelled);
                let told =
                    order_of(&world, connection, cancelled, status, *departure).told(&world, None).unwrap();
                let Some(notices) = read(&world, connection, &told) else { continue };
                let changed = Notice::OrderChanged { order: told.id.clone() };
                assert!(
                    notices == [Ok(Notice::Order(Box::new(told.clone())))] || notices == [Ok(changed)],
                    "{told:?} was read as {notices:?}"
                );
                seen.insert((plan.facts.channel, matches!(notices[0], Ok(Notice::Order(_)))));
            }
        }
    }
    let whole = [("lazada", false), ("shopee", false), ("shopify", true), ("woocommerce", true)];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), whole);
}

#[test]
fn some_days_have_no_webhooks_for_a_while_and_some_of_them_are_fair_otherwise() {
    let worlds: Vec<World> = (0..300).map(|seed| World::new(&pool(seed)).unwrap()).collect();
    let dark = worlds.iter().filter(|world| world.special.blackout.is_some()).count();
    let fair = worlds.iter().filter(|world| world.special.is_fair() && world.storm == 0).count();
    assert!((60..120).contains(&dark) && (20..60).contains(&fair), "{dark} dark, {fair} fair");
}
