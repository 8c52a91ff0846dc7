//! `hopkenh till import`: a till's day from a file into the book, the same documents once however often.

use crate::demo::texts::Language;
use crate::place::{Place, Where};
use crate::terminal;
use crate::up::Problem;
use channels::channel::{Door, Notice, StockReading};
use channels::secrets::Secrets;
use channels::till;
use clap::Subcommand;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ConnectionId, ListingId, ShopId};
use commerce::status::Status;
use lambda_kit::aws::AwsAccess;
use lambda_kit::clock;
use lambda_kit::queues::Queue;
use one_machine::at_once::{self, Desk};
use std::collections::BTreeSet;
use std::path::PathBuf;
use workflows::look_up_orders::level;
use workflows::messages::{Record, RecordMessage, outgoing};

/// How many names a remark lists.
const NAMED_MAX: usize = 10;

/// What can be done for a till.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Put a till's documents from a CSV file into the book.
    Import(Args),
}

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Whose till.
    #[arg(long)]
    pub shop: String,
    /// Which of the shop's connections it is.
    #[arg(long)]
    pub connection: String,
    /// The file: kind,number,at,branch,product,quantity and, if you like, currency,line,price,total.
    pub file: PathBuf,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Does it.
pub async fn run(verb: &Verb) -> Result<(), Problem> {
    let Verb::Import(args) = verb;
    terminal::say(&report(args, clock::system()()).await?)
}

/// What a file came to.
#[derive(Default)]
struct Day {
    records: Vec<RecordMessage>,
    sales: usize,
    voids: usize,
    returns: usize,
    levels: usize,
    /// Products that no listing of the till names.
    strangers: BTreeSet<ListingId>,
}

/// Reads the file, hands its documents over, and says what they were.
pub async fn report(args: &Args, now: Timestamp) -> Result<String, Problem> {
    let place = args.place.open_existing().await?;
    let shop = place.shop(&ShopId::new(&args.shop)?).await?;
    let connection = connection(&shop, args)?;
    let path = args.file.display();
    let file = std::fs::read(&args.file).map_err(|e| format!("till file {path}: {}", e.kind()))?;
    let door = Door { shop: &shop, connection, secrets: &Secrets::default() };
    let notices = till::csv::read(&door, &file).map_err(|problems| problems.join("\n"))?;
    let mut day = Day::default();
    for notice in notices {
        day.take(&shop, connection, notice, now);
    }
    let problems = hand_over(&place, &day.records, args.lang).await?;
    let text = day.text(&place, args.lang);
    if problems.is_empty() { Ok(text) } else { Err(format!("{text}{}", problems.join("\n")).into()) }
}

fn connection<'s>(shop: &'s Shop, args: &Args) -> Result<&'s Connection, Problem> {
    let found = shop.connections.get(&ConnectionId::new(&args.connection)?);
    if let Some(found) = found.filter(|connection| connection.channel == till::FACTS.channel) {
        return Ok(found);
    }
    let tills = shop.connections.values().filter(|connection| connection.channel == till::FACTS.channel);
    let names: Vec<&str> = tills.map(|connection| connection.id.as_str()).collect();
    let (id, names) = (&args.connection, names.join(", "));
    let l = args.lang;
    Err(l
        .pick(
            format!("kết nối {id}: không phải kênh \"till\" của cửa hàng; hiện có: {names}"),
            format!("connection {id}: is no connection of channel \"till\"; there are: {names}"),
        )
        .into())
}

impl Day {
    fn take(&mut self, shop: &Shop, connection: &Connection, notice: Notice, now: Timestamp) {
        match notice {
            Notice::Order(order) => {
                let is_void = order.status == Status::Cancelled;
                self.voids += usize::from(is_void);
                self.sales += usize::from(!is_void);
                let sold = order.lines.iter().map(|line| &line.listing);
                self.strangers.extend(sold.filter(|id| !connection.listings.contains_key(id)).cloned());
                let (shop, connection) = (shop.id.clone(), connection.id.clone());
                self.records.push(RecordMessage {
                    shop,
                    connection,
                    record: Record::Order(order),
                    shops_file: None,
                });
            }
            Notice::StockLevel { listing, branch, on_hand, as_of } => {
                self.levels += 1;
                // A count of the future would keep every later one out until then.
                let as_of = as_of.map_or(now, |at| at.min(now));
                let reading =
                    StockReading { listing, branch: Some(branch), quantity: on_hand, gross: None, as_of };
                match level(shop, connection, &reading) {
                    Some(record) => self.records.push(record),
                    None => drop(self.strangers.insert(reading.listing)),
                }
            }
            Notice::OrderChanged { .. } | Notice::Nothing { .. } => self.returns += 1,
        }
    }

    fn text(&self, place: &Place, l: Language) -> String {
        let many =
            |count: usize, vi: &str, en: &str| vec![l.pick(vi.to_owned(), en.to_owned()), count.to_string()];
        let mut text = terminal::table(&[
            many(self.sales, "Bán hàng", "Sales"),
            many(self.voids, "Huỷ", "Voids"),
            many(self.returns, "Trả hàng (chờ lần đếm sau)", "Returns (wait for the next count)"),
            many(self.levels, "Tồn kho", "Levels"),
        ]);
        if !self.strangers.is_empty() {
            let names: Vec<&str> = self.strangers.iter().take(NAMED_MAX).map(ListingId::as_str).collect();
            let (names, count) = (names.join(", "), self.strangers.len());
            text.push_str(&l.pick(
                format!("{count} mã hàng không có trong kết nối này, bán thì chờ khai báo: {names}\n"),
                format!(
                    "{count} products are no listing of this connection; their sales wait for one: {names}\n"
                ),
            ));
        }
        text.push_str(match (&place.stack, l) {
            (Some(_), Language::Vi) => "Đã xếp hàng; sổ sẽ cập nhật trong ít giây.\n",
            (Some(_), Language::En) => "Queued; the book follows within seconds.\n",
            (None, Language::Vi) => "Đã ghi vào sổ.\n",
            (None, Language::En) => "Written into the book.\n",
        });
        text
    }
}

/// On AWS to the queue of orders; on this machine straight to the function that reads it. What is wrong comes back.
async fn hand_over(place: &Place, records: &[RecordMessage], l: Language) -> Result<Vec<String>, Problem> {
    if let Some(stack) = &place.stack {
        let orders = Queue::new(AwsAccess::from_environment()?.sqs(), &stack.orders_queue_url);
        orders.send(records.iter().map(outgoing).collect()).await?;
        return Ok(Vec::new());
    }
    let desk = Desk {
        shops: place.source(),
        table: place.table.clone(),
        archive: place.archive.clone(),
        clock: clock::system(),
    };
    let recorded = at_once::record(desk, records).await?;
    let mut problems: Vec<String> = recorded.not_written.into_iter().take(NAMED_MAX).collect();
    problems.extend(recorded.unclear.iter().take(NAMED_MAX).map(|number| {
        l.pick(
            format!("{number}: sổ đã có chứng từ này với nội dung khác cùng giờ; gửi lại với giờ (at) muộn hơn"),
            format!("{number}: is in the book with other content of the same time; give the right one a later `at`"),
        )
    }));
    Ok(problems)
}
