//! Plays a table of events that a shop manager can read, and checks after each row what the book says.
//!
//! Left of the arrow stands what happens; right of it every balance that changed, as `store product`, and what a
//! person is told. A balance that is not named must stay as it was. A row without a time belongs to the one above.

use crate::book::{Book, NOW};
use crate::day::SHOP;
use crate::history::{Goods, Order, count, time};
use commerce::Timestamp;
use commerce::ids::LocationId;
use commerce::order::{Departure, OrderKind};
use commerce::status::Status;
use std::collections::BTreeMap;
use workflows::messages::{Record, RecordMessage};

const HEADER: [&str; 11] = [
    "time",
    "event",
    "where",
    "order",
    "goods",
    "qty",
    "→ stock",
    "on hand",
    "committed",
    "free",
    "a person sees",
];

/// One event with all its rows.
struct Scene<'t> {
    row: &'t str,
    cells: Vec<&'t str>,
    goods: Vec<(&'t str, &'t str)>,
    stock: Vec<(&'t str, [i64; 3])>,
}

fn cells(row: &str) -> Vec<&str> {
    let mut cells: Vec<&str> = row.split('|').map(str::trim).collect();
    assert!(cells.len() <= HEADER.len(), "too many columns: {row}");
    cells.resize(HEADER.len(), "");
    cells
}

fn scenes(table: &str) -> Vec<Scene<'_>> {
    let mut rows = table.lines().filter(|row| !row.trim().is_empty());
    assert_eq!(cells(rows.next().expect("a header")), HEADER);
    let mut scenes: Vec<Scene<'_>> = Vec::new();
    for row in rows {
        let cells = cells(row);
        if !cells[0].is_empty() {
            let cells = cells.clone();
            scenes.push(Scene { row, cells, goods: Vec::new(), stock: Vec::new() });
        }
        let scene = scenes.last_mut().expect("the first row has a time");
        if !cells[4].is_empty() {
            scene.goods.push((cells[4], cells[5]));
        }
        if !cells[6].is_empty() {
            let number =
                |n: usize| cells[n].parse().unwrap_or_else(|_| panic!("{} is no number: {row}", cells[n]));
            scene.stock.push((cells[6], [number(7), number(8), number(9)]));
        }
    }
    scenes
}

/// What is remembered from row to row.
struct Stage {
    book: Book,
    orders: BTreeMap<String, (Order, Vec<Goods>)>,
    last: Vec<RecordMessage>,
    shop: String,
    stock: BTreeMap<String, [i64; 3]>,
    parked: usize,
}

/// Plays a story on the shop of the promises.
pub async fn play(table: &str) {
    let mut stage = Stage {
        book: Book::open(SHOP).await,
        orders: BTreeMap::new(),
        last: Vec::new(),
        shop: SHOP.to_owned(),
        stock: BTreeMap::new(),
        parked: 0,
    };
    for scene in scenes(table) {
        stage.act(&scene).await;
        stage.check(&scene).await;
    }
}

impl Stage {
    async fn act(&mut self, scene: &Scene<'_>) {
        let [when, event, place] = [scene.cells[0], scene.cells[1], scene.cells[2]];
        match event {
            "count" => {
                let (sku, units) = scene.goods[0];
                self.last =
                    vec![count("demo", "till", sku, place, units.parse().expect("units"), moment(when))];
            }
            "product mapped" => {
                let (listing, sku) = scene.goods[0];
                let listing = format!("{{ id = \"{listing}\", sku = \"{sku}\" }},\n  # mapped later");
                self.shop = self.shop.replace("# mapped later", &listing);
                self.book.change_shops_file(&self.shop);
                return;
            }
            "the same again" => {}
            told => self.last = vec![self.tell(scene, told, moment(when))],
        }
        self.book.deliver_until_done(&self.last).await;
    }

    fn tell(&mut self, scene: &Scene<'_>, told: &str, when: Timestamp) -> RecordMessage {
        let (place, id) = (scene.cells[2], scene.cells[3]);
        let (told, read) =
            told.split_once(", read ").map_or((told, None), |(told, at)| (told, Some(moment(at))));
        let name = format!("{place} {id}");
        let new = || (Order::new("demo", place, id, when), Vec::new());
        let (order, goods) = self.orders.entry(name).or_insert_with(new);
        if !scene.goods.is_empty() {
            *goods = scene.goods.iter().map(|line| line_of(*line)).collect();
        }
        if told == "sold at the till" {
            order.kind = OrderKind::TillSale;
            order.location = Some(LocationId::new("quay").expect("location"));
        }
        let (status, departure) = status(told);
        let mut message = order.tells(status, departure, when, goods);
        if let Record::Order(order) = &mut message.record {
            order.read_at = read;
        }
        message
    }

    async fn check(&mut self, scene: &Scene<'_>) {
        self.stock.extend(scene.stock.iter().map(|(name, numbers)| ((*name).to_owned(), *numbers)));
        let stock = self.book.stock("demo").await;
        self.book.audit_ledger("demo", &stock).await;
        let found = stock
            .iter()
            .map(|(key, s)| (format!("{} {}", key.location, key.sku), [s.on_hand, s.committed, s.free]));
        assert_eq!(
            found.collect::<BTreeMap<_, _>>(),
            self.stock,
            "stock (on hand, committed, free) after\n{}",
            scene.row
        );
        let parked = self.book.parked("demo").await;
        let reasons =
            parked[self.parked..].iter().flat_map(|note| note.reasons.iter().map(|reason| reason.code()));
        let mut told: Vec<&str> = reasons.collect();
        told.extend(self.book.take_lookups().await.iter().map(|_| "asked again"));
        assert_eq!(
            told.join(", ").replace('_', " "),
            scene.cells[10],
            "what a person sees after\n{}",
            scene.row
        );
        self.parked = parked.len();
    }
}

/// `09:05` of the day on which all tests play, or another day's `2022-01-05 09:05`.
fn moment(text: &str) -> Timestamp {
    let (day, clock) = text.split_once(' ').unwrap_or((&NOW[..10], text));
    time(&format!("{day}T{clock}:00Z"))
}

/// `3`, or `3-1` for three ordered of which one was called off.
fn line_of((listing, quantity): (&str, &str)) -> Goods {
    let (ordered, off) = quantity.split_once('-').unwrap_or((quantity, "0"));
    // A few short names per test run may stay in memory.
    let listing: &'static str = Box::leak(listing.to_owned().into_boxed_str());
    (listing, ordered.parse().expect("units"), off.parse().expect("units"))
}

fn status(told: &str) -> (Status, Departure) {
    use Departure::{Left, Stayed, Unknown};
    match told {
        "placed" => (Status::Pending, Stayed),
        "paid" => (Status::Confirmed, Stayed),
        "packed" => (Status::ReadyToShip, Stayed),
        "shipped" => (Status::Shipped, Left),
        "delivered" => (Status::Delivered, Left),
        "completed" | "sold at the till" => (Status::Completed, Left),
        "returned" => (Status::Returned, Left),
        "cancelled, still here" => (Status::Cancelled, Stayed),
        "cancelled on the road" => (Status::Cancelled, Left),
        "cancelled, nobody knows" => (Status::Cancelled, Unknown),
        other => match other.strip_prefix("says ") {
            Some(word) => (Status::Unknown(word.to_owned()), Unknown),
            None => panic!("no such event: {other}"),
        },
    }
}
