//! Everything one simulated day shares: its time, its truth, its queues, its book as the auditor sees it, and its story.

use super::book::Book;
use super::dice::Dice;
use super::fault::{Fault, Weather};
use super::front_door::FrontDoor;
use super::queue::VirtualQueue;
use super::story::Story;
use super::truth::{Truth, time};
use super::world::World;
use super::{auditor, hooks};
use commerce::Timestamp;
use commerce::ids::OrderId;
use one_machine::table_engine::TableEngine;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// When every simulated day begins, in milliseconds since 1970: 2026-11-22T03:00:00Z.
pub(super) const BEGIN_MS: i64 = 1_795_316_400_000;

/// One simulated day.
pub(super) struct Sim {
    pub(super) world: World,
    pub(super) weather: Mutex<Weather>,
    pub(super) queues: Mutex<BTreeMap<&'static str, VirtualQueue>>,
    pub(super) book: Mutex<Book>,
    pub(super) engine: TableEngine,
    /// How often the house has asked the table for something.
    pub(super) table_calls: AtomicU64,
    /// Wakes when the table has changed.
    pub(super) changed: Notify,
    /// Wakes when a promise was found broken.
    pub(super) stopped: Notify,
    truth: Mutex<Truth>,
    /// Until when an account's token is dead.
    pub(super) dead_tokens: Mutex<BTreeMap<usize, i64>>,
    /// Events that wait at a channel until they are pulled.
    pub(super) events: Mutex<Events>,
    /// Who fetches goods for a buyer, or counts them, keeps others from counting meanwhile.
    pub(super) shelf: tokio::sync::Mutex<()>,
    /// Where webhooks arrive.
    pub(super) front_door: FrontDoor,
    /// When each account's latest webhook arrives.
    pub(super) last_news: Mutex<BTreeMap<usize, i64>>,
    story: Mutex<Story>,
    wrong: Mutex<Option<String>>,
    delays: Mutex<Dice>,
    begun: Instant,
}

/// Events that wait at the channels, numbered as they came.
#[derive(Default)]
pub(super) struct Events {
    last: u64,
    waiting: BTreeMap<usize, Vec<(u64, OrderId)>>,
}

impl Events {
    /// An account's order has changed.
    pub(super) fn add(&mut self, connection: usize, order: OrderId) {
        self.last += 1;
        self.waiting.entry(connection).or_default().push((self.last, order));
    }

    /// What waits at an account.
    pub(super) fn of(&mut self, connection: usize) -> &mut Vec<(u64, OrderId)> {
        self.waiting.entry(connection).or_default()
    }
}

/// A panic elsewhere does not make our small tables wrong: each change to them is one step.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sim {
    /// A day in that world, with an empty table.
    pub(super) fn new(world: World, engine: TableEngine, keeps_lines: bool) -> Arc<Self> {
        let seed = world.wish.seed;
        let weather = Weather::new(seed, world.storm, world.wish.cuts.faults.clone());
        let queues = super::hub::QUEUES.iter().map(|name| (*name, VirtualQueue::new(name))).collect();
        let sim = Arc::new(Self {
            truth: Mutex::new(Truth::new(&world)),
            book: Mutex::new(Book::new(keeps_lines)),
            weather: Mutex::new(weather),
            queues: Mutex::new(queues),
            story: Mutex::new(Story::new(keeps_lines)),
            delays: Mutex::new(Dice::new(seed, "delays")),
            dead_tokens: Mutex::default(),
            events: Mutex::default(),
            front_door: FrontDoor::default(),
            last_news: Mutex::default(),
            shelf: tokio::sync::Mutex::default(),
            wrong: Mutex::default(),
            table_calls: AtomicU64::new(0),
            changed: Notify::new(),
            stopped: Notify::new(),
            begun: Instant::now(),
            engine,
            world,
        });
        let watcher = Arc::downgrade(&sim);
        sim.engine.watch(Some(Arc::new(move |operation, _, _| {
            if let Some(sim) = watcher.upgrade().filter(|_| is_write(operation)) {
                sim.table_changed();
            }
        })));
        sim
    }

    /// Milliseconds since the day began.
    pub(super) fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// The true time, in milliseconds since 1970.
    pub(super) fn now_ms(&self) -> i64 {
        BEGIN_MS + self.elapsed_ms()
    }

    /// A clock of ours that is wrong by so much.
    pub(super) fn clock(&self, skew_ms: i64) -> channels::channel::Clock {
        let begun = self.begun;
        Arc::new(move || -> Timestamp {
            let elapsed = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
            time(BEGIN_MS + elapsed + skew_ms)
        })
    }

    /// Writes a line of the story.
    pub(super) fn note(&self, line: impl FnOnce() -> String) {
        lock(&self.story).add(self.elapsed_ms(), line);
    }

    /// The story's lines.
    pub(super) fn story(&self) -> Vec<String> {
        lock(&self.story).lines()
    }

    /// A number that is equal for equal days.
    pub(super) fn story_number(&self) -> u64 {
        lock(&self.story).number()
    }

    /// Waits a moment of that span, in milliseconds.
    pub(super) async fn pause(&self, low_ms: i64, high_ms: i64) {
        let ms = lock(&self.delays).between(low_ms, high_ms);
        tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0))).await;
    }

    /// Reads the truth.
    pub(super) fn truth(&self) -> MutexGuard<'_, Truth> {
        lock(&self.truth)
    }

    /// Changes the truth; the auditor looks at once.
    pub(super) fn change<T>(&self, work: impl FnOnce(&mut Truth) -> T) -> T {
        let mut truth = lock(&self.truth);
        let result = work(&mut truth);
        self.audit(&truth);
        result
    }

    /// Takes in what the table has written since; the auditor looks at once.
    fn table_changed(&self) {
        let truth = lock(&self.truth);
        let read = lock(&self.book).follow(&self.engine, self.now_ms());
        match read {
            Ok(changes) => changes.into_iter().for_each(|change| {
                self.note(|| change);
            }),
            Err(wrong) => self.fail(&wrong),
        }
        self.audit(&truth);
        self.audit_passes(&truth);
        self.changed.notify_one();
    }

    fn audit(&self, truth: &Truth) {
        let found = auditor::check(&self.world, truth, &mut lock(&self.book));
        if let Err(wrong) = found {
            self.fail(&wrong);
        }
    }

    fn audit_passes(&self, truth: &Truth) {
        let mut book = lock(&self.book);
        for connection in std::mem::take(&mut book.passed) {
            let Some(pass) = book.passes.get(&connection) else { continue };
            if pass.read_until.is_some() {
                lock(&self.weather).count(Fault::ListInPieces);
            }
            if let Err(wrong) = auditor::check_pass(&self.world, truth, &book, &connection, pass) {
                self.fail(&wrong);
            }
        }
    }

    /// A promise is broken: the first such finding ends the day.
    pub(super) fn fail(&self, wrong: &str) {
        let mut first = lock(&self.wrong);
        if first.is_none() {
            self.note(|| format!("WRONG: {wrong}"));
            *first = Some(wrong.to_owned());
            self.stopped.notify_one();
        }
    }

    /// What was found broken.
    pub(super) fn wrong(&self) -> Option<String> {
        lock(&self.wrong).clone()
    }

    /// Whether the house allows this parcel to leave.
    pub(super) fn may_ship(&self, truth: &Truth, order: usize) -> bool {
        hooks::may_ship(&self.world, truth, &lock(&self.book), order)
    }
}

fn is_write(operation: &str) -> bool {
    matches!(operation, "TransactWriteItems" | "PutItem" | "DeleteItem")
}
