//! `hopkenh counter`: lets a person of the shop into a store's pages on a phone, by a link that ends by itself.

use crate::demo::texts::Language;
use crate::goods::Whose;
use crate::place::Place;
use crate::terminal;
use crate::up::Problem;
use channels::url::encode;
use clap::Subcommand;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::goods::Writer;
use commerce::ids::{LocationId, ShopId};
use lambda_kit::clock;
use workflows::counter::ticket::{CounterKey, Role, Ticket};
use workflows::counter::{KEY_KEPT_MS, LINK_FIELD, sealed_link};

/// The longest time that a link lasts, in hours: a week.
const HOURS_MAX: u32 = 7 * 24;
/// Where a machine listens unless it was told otherwise.
const HERE: &str = "http://127.0.0.1:8787";

/// What can be done about a counter.
#[derive(Debug, Clone, Subcommand)]
pub enum Verb {
    /// Print a link that lets one person into one store's pages.
    Link(LinkArgs),
    /// Make the shop's counter key, or a new one: every link and session made with the one before ends.
    Key(KeyArgs),
}

/// What somebody may do at the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum As {
    /// The day's work.
    Staff,
    /// That, and writing goods off.
    Owner,
}

impl From<As> for Role {
    fn from(role: As) -> Self {
        match role {
            As::Staff => Role::Staff,
            As::Owner => Role::Owner,
        }
    }
}

/// Who is let in.
#[derive(Debug, Clone, clap::Args)]
pub struct LinkArgs {
    /// Whose counter.
    #[command(flatten)]
    pub whose: Whose,
    /// The store.
    #[arg(long)]
    pub location: String,
    /// The person's name, as the book will name the author.
    #[arg(long)]
    pub by: String,
    /// What the person may do.
    #[arg(long, value_enum, default_value_t = As::Staff)]
    pub role: As,
    /// How long the link and what it opens last.
    #[arg(long, default_value_t = 12)]
    pub hours: u32,
    /// Where phones reach this machine, such as `https://kho.example.vn`. A stack knows its own address.
    #[arg(long)]
    pub base_url: Option<String>,
}

/// Whose key.
#[derive(Debug, Clone, clap::Args)]
pub struct KeyArgs {
    /// Whose counter.
    #[command(flatten)]
    pub whose: Whose,
    /// Replace the key that is there.
    #[arg(long)]
    pub again: bool,
}

/// Does it.
pub async fn run(verb: &Verb) -> Result<(), Problem> {
    terminal::say(&report(verb, clock::system()()).await?)
}

/// Does it and says what came of it; works beside a running `up`.
pub async fn report(verb: &Verb, now: Timestamp) -> Result<String, Problem> {
    match verb {
        Verb::Link(args) => link(args, now).await,
        Verb::Key(args) => key(args).await,
    }
}

async fn link(args: &LinkArgs, now: Timestamp) -> Result<String, Problem> {
    let (place, shop) = open(&args.whose).await?;
    let (l, id) = (args.whose.lang, &shop.id);
    let (location, by) = (store(&shop, &args.location, l)?, Writer::new(&args.by)?);
    if !(1..=HOURS_MAX).contains(&args.hours) {
        let vi = format!("hours {}: phải từ 1 đến {HOURS_MAX}", args.hours);
        return Err(l.pick(vi, format!("hours {}: must be 1 to {HOURS_MAX}", args.hours)).into());
    }
    let stored = place.secrets.load_counter_key(id).await?.and_then(CounterKey::new);
    let key = stored.ok_or_else(|| no_key(&args.whose))?;
    let until = now.checked_add(jiff::SignedDuration::from_hours(i64::from(args.hours)))?;
    let (role, until_ms) = (args.role.into(), until.as_millisecond());
    let ticket = Ticket { shop: id.clone(), location, by, role, until_ms, nonce: String::new() };
    let sealed = sealed_link(&ticket, &key).ok_or("the link cannot be signed")?;
    let url = format!("{}/counter/{id}?{LINK_FIELD}={}", base_url(args, &place), encode(&sealed));
    let (by, hours) = (&ticket.by, args.hours);
    Ok(l.pick(
        format!("Liên kết của {by}, dùng trong {hours} giờ. Ai có nó là vào được: chỉ gửi cho người đó.\n{url}\n"),
        format!("The link of {by}, good for {hours} hours. Who has it is let in: send it to that person only.\n{url}\n"),
    ))
}

async fn key(args: &KeyArgs) -> Result<String, Problem> {
    let (place, shop) = open(&args.whose).await?;
    let l = args.whose.lang;
    let is_there = place.secrets.load_counter_key(&shop.id).await?.is_some();
    if is_there && !args.again {
        return Err(l
            .say(
                "đã có khóa quầy; --again thay nó và mọi liên kết đang dùng sẽ hết hiệu lực",
                "there is a counter key already; --again replaces it, and every link in use ends",
            )
            .into());
    }
    place.secrets.put_counter_key(&shop.id, &CounterKey::drawn()).await?;
    let (id, flags, seconds) = (&shop.id, args.whose.place.flags(), KEY_KEPT_MS / 1_000);
    Ok(l.pick(
        format!(
            "Đã tạo khóa quầy của cửa hàng {id}; liên kết cũ, nếu có, hết hiệu lực trong {seconds} giây.\n\
             Tiếp theo: hopkenh counter link --shop {id} --location CHI-NHÁNH --by TÊN{flags}\n"
        ),
        format!(
            "The counter key of shop {id} is made; older links, if any, end within {seconds} seconds.\n\
             Next: hopkenh counter link --shop {id} --location STORE --by NAME{flags}\n"
        ),
    ))
}

async fn open(whose: &Whose) -> Result<(Place, Shop), Problem> {
    let place = whose.place.open_existing().await?;
    let shop = place.shop(&ShopId::new(&whose.shop)?).await?;
    Ok((place, shop))
}

/// Names the command that makes what is missing.
fn no_key(whose: &Whose) -> String {
    let (shop, flags) = (&whose.shop, whose.place.flags());
    let command = format!("hopkenh counter key --shop {shop}{flags}");
    whose.lang.pick(
        format!("cửa hàng {shop} chưa có khóa quầy; hãy tạo: {command}"),
        format!("shop {shop} has no counter key yet; make it: {command}"),
    )
}

fn store(shop: &Shop, text: &str, l: Language) -> Result<LocationId, Problem> {
    if let Some(found) = shop.locations.iter().find(|location| location.id.as_str() == text) {
        return Ok(found.id.clone());
    }
    let known: Vec<&str> = shop.locations.iter().map(|location| location.id.as_str()).collect();
    let known = known.join(", ");
    let vi = format!("location {text:?}: không có; hiện có: {known}");
    Err(l.pick(vi, format!("location {text:?}: does not exist; there are: {known}")).into())
}

/// Where phones reach the counter: the given address, the stack's own, or this machine.
fn base_url(args: &LinkArgs, place: &Place) -> String {
    let of_stack = place.stack.as_ref().map(|stack| {
        let base = stack.webhook_base_url.trim_end_matches('/');
        base.strip_suffix("/webhooks").unwrap_or(base).to_owned()
    });
    let given = args.base_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
    given.or(of_stack).unwrap_or_else(|| HERE.to_owned())
}
