//! The house itself in a simulated day: the very functions that run on AWS, put together here and nowhere else in the simulation.

use super::blackout;
use super::desk::{self, Desk};
use super::front_door;
use super::movers::Movers;
use super::queue_door::QueueDoor;
use super::sim::{Sim, lock};
use super::table_door::TableDoor;
use super::twin::Twin;
use super::worker;
use channels::channel::{Channel, Clock};
use channels::gateway::{Gateway, Limits};
use channels::http::Http;
use commerce::goods::Writer;
use lambda_kit::batch::Work;
use lambda_kit::mail::Mail;
use lambda_kit::objects::{Kept, Objects};
use lambda_kit::queues::Queue;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::Shops;
use one_machine::sdk_answer::access;
use one_machine::table_engine::TableEngine;
use std::sync::Arc;
use std::time::Duration;
use table::Table;
use workflows::messages::Mode;
use workflows::settle_holds::SettleHolds;
use workflows::write_goods::WriteGoods;
use workflows::{
    AnnounceStock, DueWork, FetchOrders, LookUpOrders, Passes, PublishStock, ReceiveWebhook, Reconcile,
    RecordOrders, ShipGate, TakeOrders,
};

/// The table's name.
pub(super) const TABLE: &str = "hopkenh";
/// Every queue.
pub(super) const QUEUES: [&str; 6] =
    ["forward.fifo", "lookups", "orders", "passes", "publish.fifo", "reconcile"];

/// A queue with its workers: how many, how long a message stays hidden, how long a call may take.
pub(super) struct Post {
    pub(super) queue: &'static str,
    pub(super) workers: usize,
    pub(super) hidden: Duration,
    pub(super) time: Duration,
}

const LOOKUPS: Post = post("lookups", 2, 60, 50);
const ORDERS: Post = post("orders", 2, 60, 30);
const PASSES: Post = post("passes", 2, 60, 50);
const PUBLISH: Post = post("publish.fifo", 3, 60, 50);
const RECONCILE: Post = post("reconcile", 1, 60, 50);

const fn post(queue: &'static str, workers: usize, hidden_s: u64, time_s: u64) -> Post {
    Post { queue, workers, hidden: Duration::from_secs(hidden_s), time: Duration::from_secs(time_s) }
}

/// Everything the functions are made of.
pub(super) struct Hub {
    sim: Arc<Sim>,
    shops: ShopSource,
    gateway: Arc<Gateway>,
    client: aws_sdk_dynamodb::Client,
    /// Where the ledger lies.
    pub(super) archive: Kept,
}

/// The table without any fault in front of it, for setting a day up and for looking at it.
pub(super) fn plain_table(engine: &TableEngine) -> Table {
    Table::new(access(engine.clone()).dynamodb(), TABLE).answered_by(Arc::new(engine.clone()))
}

impl Hub {
    /// Puts the house together.
    pub(super) fn new(sim: Arc<Sim>, shops: Shops, http: Http) -> Self {
        let twin = |plan: &super::world::ConnectionPlan| -> Arc<dyn Channel> {
            Arc::new(Twin { sim: sim.clone(), facts: plan.facts })
        };
        let called =
            sim.world.connections.iter().enumerate().filter(|(place, _)| Some(*place) != sim.world.chat);
        let twins = called.map(|(_, plan)| twin(plan)).collect();
        // Every try again must be one of ours that the auditor can see.
        let limits = Limits { tries: 1, ..Limits::default() };
        let gateway = Arc::new(Gateway::with_channels(twins, http, sim.clock(0), limits));
        Self {
            shops: shops.into(),
            gateway,
            client: access(sim.engine.clone()).dynamodb(),
            archive: Kept::default(),
            sim,
        }
    }

    /// The shop as its file says it.
    pub(super) fn shop(&self) -> Option<Arc<commerce::catalogue::Shop>> {
        let ShopSource::Fixed(shops) = &self.shops else { return None };
        shops.catalogue().shops.get(&self.sim.world.shop).cloned()
    }

    fn queue(&self, name: &str) -> Queue {
        Queue::in_process(Arc::new(QueueDoor(self.sim.clone())), name)
    }

    fn table(&self) -> Table {
        Table::new(self.client.clone(), TABLE).answered_by(Arc::new(TableDoor(self.sim.clone())))
    }

    /// A clock as wrong as clocks of ours may be.
    fn clock(&self, worker: &str) -> Clock {
        self.sim.clock(worker::skew_ms(&self.sim, worker))
    }

    fn receive(&self) -> ReceiveWebhook {
        ReceiveWebhook {
            shops: self.shops.clone(),
            lookups: self.queue("lookups"),
            orders: self.queue("orders"),
            clock: self.clock("receive-webhook"),
            counters: Default::default(),
        }
    }

    fn look_up(&self, worker: &str) -> LookUpOrders {
        LookUpOrders {
            shops: self.shops.clone(),
            gateway: self.gateway.clone(),
            orders: self.queue("orders"),
            table: self.table(),
            clock: self.clock(worker),
        }
    }

    fn record(&self, worker: &str) -> RecordOrders {
        RecordOrders {
            shops: self.shops.clone(),
            table: self.table(),
            lookups: self.queue("lookups"),
            archive: Objects::Memory(self.archive.clone()),
            clock: self.clock(worker),
        }
    }

    fn publish(&self, worker: &str) -> PublishStock {
        PublishStock {
            shops: self.shops.clone(),
            gateway: self.gateway.clone(),
            table: self.table(),
            passes: self.queue("passes"),
            clock: self.clock(worker),
        }
    }

    fn passes(&self, worker: &str) -> Passes {
        Passes {
            shops: self.shops.clone(),
            gateway: self.gateway.clone(),
            table: self.table(),
            record: self.record(worker),
            publish: self.queue("publish.fifo"),
            clock: self.clock(worker),
            pieces: self.sim.world.special.pieces,
        }
    }

    fn reconcile(&self, worker: &str) -> Reconcile {
        Reconcile {
            passes: self.passes(worker),
            archive: Objects::Memory(self.archive.clone()),
            queue: self.queue("reconcile"),
            webhook_base_url: None,
            mail: Mail::Nobody,
            pause: workflows::reconcile::real_pause(),
        }
    }

    /// Who lets parcels through.
    pub(super) fn ship_gate(&self) -> ShipGate {
        ShipGate { table: self.table(), publish: self.queue("publish.fifo"), clock: self.clock("gate") }
    }

    /// The chat desk with what it asks; none where the shop has no desk.
    pub(super) fn desk(&self) -> Option<Arc<Desk>> {
        self.sim.world.chat?;
        let take = TakeOrders {
            shops: self.shops.clone(),
            table: self.table(),
            clock: self.clock("take-orders"),
            counters: Default::default(),
            draw: desk::draw(&self.sim),
        };
        let settle = SettleHolds { table: self.table(), clock: self.clock("counter") };
        Some(Arc::new(Desk::new(self.sim.clone(), take, settle, self.shop()?)))
    }

    /// Those who move goods, with the counter at which they write it down.
    pub(super) fn movers(&self) -> Option<Arc<Movers>> {
        let goods = WriteGoods { table: self.table(), clock: self.clock("goods") };
        let by = Writer::new("Lan").ok()?;
        Some(Arc::new(Movers::new(self.sim.clone(), goods, self.shop()?, by)))
    }

    fn announce(&self) -> AnnounceStock {
        AnnounceStock {
            shops: self.shops.clone(),
            publish: self.queue("publish.fifo"),
            forward: self.queue("forward.fifo"),
            archive: Objects::Memory(self.archive.clone()),
        }
    }

    fn fetch(&self, worker: &str) -> FetchOrders {
        FetchOrders {
            shops: self.shops.clone(),
            gateway: self.gateway.clone(),
            table: self.table(),
            lookups: self.queue("lookups"),
            orders: self.queue("orders"),
            queue: self.queue("passes"),
            passes: self.passes(worker),
            clock: self.clock(worker),
            troubles: workflows::fetch_orders::Troubles::default(),
        }
    }

    /// Starts every worker and every schedule.
    pub(super) fn start(&self) {
        self.work(&LOOKUPS, |hub, worker| Arc::new(hub.look_up(worker)));
        self.work(&ORDERS, |hub, worker| Arc::new(hub.record(worker)));
        self.work(&PUBLISH, |hub, worker| Arc::new(hub.publish(worker)));
        self.work(&PASSES, |hub, worker| Arc::new(hub.fetch(worker)));
        self.work(&RECONCILE, |hub, worker| Arc::new(hub.reconcile(worker)));
        blackout::watch(self.sim.clone());
        front_door::open(self.sim.clone(), self.receive());
        worker::follow_stream(self.sim.clone(), self.announce());
        let fetch = Arc::new(self.fetch("fetch"));
        worker::again_and_again(self.sim.clone(), "fetch-orders", worker::MINUTE_MS, move || {
            let fetch = fetch.clone();
            async move { fetch.handle_schedule().await.map(|_| ()).map_err(|e| e.to_string()) }
        });
        let due = DueWork {
            table: self.table(),
            publish: self.queue("publish.fifo"),
            forward: self.queue("forward.fifo"),
            reconcile: self.queue("reconcile"),
            clock: self.clock("sweep"),
        };
        let sweep = Arc::new((due, self.shops.clone()));
        worker::again_and_again(self.sim.clone(), "sweep-due", worker::MINUTE_MS, move || {
            let sweep = sweep.clone();
            async move { sweep.0.handle(&sweep.1).await.map(|_| ()).map_err(|e| e.to_string()) }
        });
        let moved = Arc::new(self.reconcile("hourly"));
        worker::again_and_again(self.sim.clone(), "hourly look", worker::HOUR_MS, move || {
            let moved = moved.clone();
            async move { moved.fan_out(Mode::Moved).await.map(|_| ()).map_err(|e| e.to_string()) }
        });
    }

    fn work(&self, post: &'static Post, make: impl Fn(&Self, &str) -> Arc<dyn Work>) {
        for number in 0..post.workers {
            let name = format!("{}-{number}", post.queue);
            let work = make(self, &name);
            worker::work_off(self.sim.clone(), post, name, self.queue(post.queue), work);
        }
    }

    /// True when nothing waits anywhere.
    pub(super) fn is_quiet(&self) -> bool {
        let waiting: usize = lock(&self.sim.queues).values().map(super::queue::VirtualQueue::waiting).sum();
        waiting == 0 && lock(&self.sim.book).stream.is_empty()
    }
}
