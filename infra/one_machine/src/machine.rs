//! Puts the machine together: engines, queues, functions, and what must be looked at when it starts.

use crate::for_ever::{
    fetch_for_ever, reconcile_for_ever, renew_for_ever, see_to_due_for_ever, sweep_for_ever,
};
use crate::journal::Journal;
use crate::pump;
use crate::queue_engine::{QueueEngine, UnknownQueue};
use crate::sdk_answer::access;
use crate::stream::StreamReader;
use crate::table_engine::TableEngine;
use crate::web::Doors;
use aws_sdk_sqs::types::QueueAttributeName;
use channels::channel::Clock;
use channels::gateway::Gateway;
use lambda_kit::batch::Work;
use lambda_kit::objects::Objects;
use lambda_kit::private_folder;
use lambda_kit::queues::{Queue, QueueError};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::stream::StreamRecord;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use table::{Table, TableError};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use workflows::catch_up::{CatchUp, CatchUpError};
use workflows::{
    AnnounceStock, Counter, DueWork, FetchOrders, FinishLogin, LookUpOrders, PublishStock, ReceiveWebhook,
    RenewLogins, SweepDue, TakeOrders,
};

/// The table's name on one machine.
const TABLE: &str = "hopkenh";
/// The table's file in the data folder.
const TABLE_FILE: &str = "table.sqlite";
/// A message that was handed out comes back after this, unless it is done.
const VISIBILITY_SECONDS: &str = "120";
/// Orders have one worker: a hot balance is served best by full batches, not by many hands.
const ORDER_WORKERS: usize = 1;
/// Look-ups and publishing wait for channels, so many go side by side; no shop has more than a few of them
/// ([`crate::fair_queue::SIDE_BY_SIDE_MAX`]).
pub const LOOKUP_WORKERS: usize = 16;
const PUBLISH_WORKERS: usize = 32;
/// Passes asked for by listings that wait for a drain.
const PASS_WORKERS: usize = 4;
/// Orders on their way into tills and websites.
const FORWARD_WORKERS: usize = 8;
/// Shops that are compared with their channels at the same time: nothing there is in a hurry.
const RECONCILE_WORKERS: usize = 2;

mod functions;

use functions::{counter, fetch_orders, forward_orders, receive_webhook, reconcile, take_orders};

/// What a machine is built from.
pub struct Settings {
    /// The shops it serves.
    pub shops: ShopSource,
    /// The channels.
    pub gateway: Arc<Gateway>,
    /// The time.
    pub clock: Clock,
    /// The folder of everything that must survive; none to forget all but the archive at the end.
    pub data: Option<PathBuf>,
    /// The folder of ledger and unreadable bodies.
    pub archive: PathBuf,
    /// How many look-ups go side by side; one keeps the order of pushes, for runs that must repeat.
    pub lookup_workers: usize,
    /// Sees every record of the table's stream.
    pub observer: Option<UnboundedSender<StreamRecord>>,
}

/// Why a machine could not start, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// The data folder or a file in it.
    #[error("data folder: {0}")]
    Data(String),
    /// The table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// What lies in the journal for a queue that is gone.
    #[error(transparent)]
    Journal(#[from] UnknownQueue),
    /// A shop that could not be brought up to date with its file.
    #[error(transparent)]
    CatchUp(#[from] CatchUpError),
}

/// A running machine; it stops when dropped.
pub struct Machine {
    /// The front door.
    pub receive: ReceiveWebhook,
    /// The desk that holds units in one call.
    pub take: TakeOrders,
    /// Who takes the browser back after a grant; none where secrets cannot be written.
    pub finish: Option<FinishLogin>,
    /// Who serves a store's people on their phones; none where secrets cannot be written.
    pub counter: Option<Counter>,
    /// What takes the events that wait at channels; it runs by itself as well.
    pub fetch: FetchOrders,
    /// The book.
    pub table: Table,
    /// The queue of orders, for putting parked work back.
    pub orders: Queue,
    /// The queue of shops to compare with their channels.
    pub reconcile: Queue,
    /// The embedded table.
    pub table_engine: TableEngine,
    /// The embedded queues.
    pub queue_engine: QueueEngine,
    /// What is queued on disk.
    pub journal: Journal,
    /// Up to which write the stream has been handed over.
    drained: Arc<AtomicU64>,
    tasks: JoinSet<()>,
}

/// Clients and addresses of the three queues.
struct Queues {
    client: aws_sdk_sqs::Client,
    urls: HashMap<&'static str, String>,
}

impl Queues {
    fn queue(&self, name: &str) -> Queue {
        Queue::new(self.client.clone(), self.url(name))
    }

    fn url(&self, name: &str) -> String {
        self.urls.get(name).cloned().unwrap_or_default()
    }
}

const QUEUE_NAMES: [&str; 6] = ["forward.fifo", "lookups", "orders", "passes", "publish.fifo", "reconcile"];

impl Machine {
    /// Starts engines and functions, queues again what was not done, and catches up with the shops file.
    pub async fn start(settings: Settings) -> Result<Self, MachineError> {
        let (table_engine, journal) = open(&settings)?;
        let queue_engine = QueueEngine::new(journal.clone()).one_group_a_batch();
        let table = Table::new(access(table_engine.clone()).dynamodb(), TABLE);
        table.create_if_missing().await?;
        let queues = create_queues(access(queue_engine.clone()).sqs()).await?;
        queue_engine.resume(journal.pending().map_err(|e| MachineError::Data(e.to_string()))?)?;
        let mut machine = Self {
            receive: receive_webhook(&settings, &queues),
            take: take_orders(&settings, &table),
            finish: None,
            counter: counter(&settings, &table),
            fetch: fetch_orders(&settings, &queues, &table),
            orders: queues.queue("orders"),
            reconcile: queues.queue("reconcile"),
            table,
            table_engine,
            queue_engine,
            journal,
            drained: Arc::default(),
            tasks: JoinSet::new(),
        };
        machine.spawn(&settings, &queues);
        machine.catch_up(&settings, &queues).await?;
        machine.tasks.spawn(fetch_for_ever(machine.fetch.clone()));
        let compare = reconcile(&settings, &queues, &machine);
        machine.tasks.spawn(reconcile_for_ever(compare, settings.clock.clone()));
        machine.keep_logins(&settings);
        Ok(machine)
    }

    /// Renews logins and takes granted ones in, where secrets lie in a store that can be written.
    fn keep_logins(&mut self, settings: &Settings) {
        let Some(store) = settings.shops.secret_store() else { return };
        let (shops, gateway, table, clock) =
            (settings.shops.clone(), settings.gateway.clone(), self.table.clone(), settings.clock.clone());
        let renew = RenewLogins { shops, store, gateway, table, clock };
        let RenewLogins { shops, store, gateway, table, clock } = renew.clone();
        self.finish = Some(FinishLogin { shops, store, gateway, table, clock });
        self.tasks.spawn(renew_for_ever(renew));
    }

    /// Who answers over HTTP.
    pub fn doors(&self) -> Doors {
        let (receive, take) = (self.receive.clone(), self.take.clone());
        Doors { receive, take, finish: self.finish.clone(), counter: self.counter.clone() }
    }

    fn spawn(&mut self, settings: &Settings, queues: &Queues) {
        let look_up = LookUpOrders {
            shops: settings.shops.clone(),
            gateway: settings.gateway.clone(),
            orders: queues.queue("orders"),
            table: self.table.clone(),
            clock: settings.clock.clone(),
        };
        let record = self.fetch.passes.record.clone();
        let publish = PublishStock {
            shops: settings.shops.clone(),
            gateway: settings.gateway.clone(),
            table: self.table.clone(),
            passes: queues.queue("passes"),
            clock: settings.clock.clone(),
        };
        self.work(queues, "passes", PASS_WORKERS, Arc::new(self.fetch.clone()));
        self.work(queues, "reconcile", RECONCILE_WORKERS, Arc::new(reconcile(settings, queues, self)));
        self.work(queues, "lookups", settings.lookup_workers, Arc::new(look_up));
        self.work(queues, "orders", ORDER_WORKERS, Arc::new(record));
        self.work(queues, "publish.fifo", PUBLISH_WORKERS, Arc::new(publish));
        self.work(queues, "forward.fifo", FORWARD_WORKERS, Arc::new(forward_orders(settings, queues, self)));
        self.follow_stream(settings, queues);
    }

    /// Workers of a queue: the same batch handling as in the Lambda binaries.
    fn work(&mut self, queues: &Queues, name: &'static str, workers: usize, work: Arc<dyn Work>) {
        for _ in 0..workers {
            let (client, url, queue) = (queues.client.clone(), queues.url(name), queues.queue(name));
            self.tasks.spawn(pump::run(client, url, queue, work.clone()));
        }
    }

    /// Looks at everything once; where shops come and go, from then on at what has changed.
    async fn catch_up(&mut self, settings: &Settings, queues: &Queues) -> Result<(), MachineError> {
        let catch_up = CatchUp {
            table: self.table.clone(),
            lookups: queues.queue("lookups"),
            orders: queues.queue("orders"),
            publish: queues.queue("publish.fifo"),
            clock: settings.clock.clone(),
        };
        let due_work = DueWork {
            table: self.table.clone(),
            publish: queues.queue("publish.fifo"),
            forward: queues.queue("forward.fifo"),
            reconcile: queues.queue("reconcile"),
            clock: settings.clock.clone(),
        };
        match &settings.shops {
            ShopSource::Fixed(shops) => {
                for shop in shops.catalogue().shops.values() {
                    catch_up.shop(shop, shops.counts(&shop.id), None).await?;
                }
                self.tasks.spawn(see_to_due_for_ever(due_work, settings.shops.clone()));
            }
            ShopSource::Live(_) => {
                let sweep = SweepDue { shops: settings.shops.clone(), catch_up, due_work };
                sweep.handle_all().await?;
                self.tasks.spawn(sweep_for_ever(sweep));
            }
        }
        Ok(())
    }

    fn follow_stream(&mut self, settings: &Settings, queues: &Queues) {
        let announce = AnnounceStock {
            shops: settings.shops.clone(),
            publish: queues.queue("publish.fifo"),
            forward: queues.queue("forward.fifo"),
            archive: Objects::Folder(settings.archive.clone()),
        };
        let reader = StreamReader::new(
            self.table_engine.clone(),
            self.journal.clone(),
            announce,
            settings.observer.clone(),
        );
        self.drained = reader.drained();
        self.tasks.spawn(reader.run());
    }

    /// The same, but passes may still be asked for: they begin late enough to prove what they are to prove.
    pub fn is_quiet_but_for_passes(&self) -> bool {
        let writes = self.table_engine.writes();
        let only_passes = |entries: Vec<crate::journal::Entry>| entries.iter().all(|e| e.queue == "passes");
        self.drained.load(Ordering::SeqCst) == writes
            && self.journal.pending().is_ok_and(only_passes)
            && self.table_engine.writes() == writes
    }

    /// True when nothing is queued, nothing is being worked on, and every change of the table has been told.
    pub fn is_quiet(&self) -> bool {
        let writes = self.table_engine.writes();
        self.drained.load(Ordering::SeqCst) == writes
            && self.journal.pending_count().is_ok_and(|count| count == 0)
            && self.table_engine.writes() == writes
    }
}

/// Opens the table of a data folder for reading beside a running machine.
pub async fn open_table(folder: &Path) -> Result<Table, MachineError> {
    let path = folder.join(TABLE_FILE);
    if !path.exists() {
        return Err(MachineError::Data(format!("{} does not exist: has `up` run there?", path.display())));
    }
    let engine = TableEngine::in_file(&path).map_err(MachineError::Data)?;
    Ok(Table::new(access(engine).dynamodb(), TABLE))
}

/// The same, but makes what is not there yet: a shop may be added before the machine has ever run.
pub async fn open_or_make_table(folder: &Path) -> Result<Table, MachineError> {
    keep(folder)?;
    let engine = TableEngine::in_file(&folder.join(TABLE_FILE)).map_err(MachineError::Data)?;
    let table = Table::new(access(engine).dynamodb(), TABLE);
    table.create_if_missing().await?;
    Ok(table)
}

/// Queues, table and archive may name buyers, so their folders are their owner's alone.
fn keep(folder: &Path) -> Result<(), MachineError> {
    private_folder::keep(folder).map_err(|e| MachineError::Data(format!("{}: {e}", folder.display())))
}

fn open(settings: &Settings) -> Result<(TableEngine, Journal), MachineError> {
    let problem = |detail: String| MachineError::Data(detail);
    keep(&settings.archive)?;
    let Some(folder) = &settings.data else {
        let journal = Journal::in_memory().map_err(|e| problem(e.to_string()))?;
        return Ok((TableEngine::in_memory().map_err(problem)?, journal));
    };
    keep(folder)?;
    let journal = Journal::in_file(&folder.join("queues.sqlite")).map_err(|e| problem(e.to_string()))?;
    Ok((TableEngine::in_file(&folder.join(TABLE_FILE)).map_err(problem)?, journal))
}

/// A queue that nobody works on, for those who want to see what is sent to it.
pub(crate) async fn queue_for_itself(journal: Journal, name: &str) -> Result<Queue, MachineError> {
    let client = access(QueueEngine::new(journal)).sqs();
    let url = create_queue(&client, name).await?;
    Ok(Queue::new(client, url))
}

async fn create_queues(client: aws_sdk_sqs::Client) -> Result<Queues, MachineError> {
    let mut urls = HashMap::new();
    for name in QUEUE_NAMES {
        urls.insert(name, create_queue(&client, name).await?);
    }
    Ok(Queues { client, urls })
}

/// No dead letters here: nobody would read them. A message that cannot be parked is tried again until it can.
async fn create_queue(client: &aws_sdk_sqs::Client, name: &str) -> Result<String, MachineError> {
    let failed = |detail: String| QueueError { queue: name.to_owned(), detail };
    let mut request = client
        .create_queue()
        .queue_name(name)
        .attributes(QueueAttributeName::VisibilityTimeout, VISIBILITY_SECONDS);
    if name.ends_with(".fifo") {
        request = request.attributes(QueueAttributeName::FifoQueue, "true");
    }
    let answer = request.send().await.map_err(|e| failed(format!("{:?}", e.into_service_error())))?;
    answer.queue_url.ok_or_else(|| failed("no address".to_owned()).into())
}

#[cfg(test)]
mod tests;
