//! `hopkenh shop remove`: let a shop leave safely. Its channels are left with numbers that hold by themselves, then its keys and its file go.

mod leave;
mod wait;

use super::export::book::Book;
use super::export::folder::Finished;
use super::pause;
use crate::demo::texts::Language;
use crate::place::{ChannelHosts, Place, Where};
use crate::terminal;
use crate::up::Problem;
use channels::channel::Clock;
use channels::outside::Outside;
use commerce::catalogue::Shop;
use commerce::ids::ShopId;
use commerce::leave::Counter;
use lambda_kit::shop_source::{self, object_name};
use lambda_kit::{clock, way_out};
use leave::{Leave, Mode};
use std::io::{BufRead, Write};
use std::path::PathBuf;
use table::keys::Kind;

/// The most items that a refusal names.
const NAMED_MAX: usize = 5;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag that a person types")]
pub struct Args {
    /// Which shop.
    pub shop: String,
    /// The folder of a fresh export: nothing has changed since.
    #[arg(long, conflicts_with = "without_export")]
    pub export_is_in: Option<PathBuf>,
    /// Let the shop go without an export.
    #[arg(long)]
    pub without_export: bool,
    /// Leave every listing at 0.
    #[arg(long, conflicts_with = "leave_as_is")]
    pub zero: bool,
    /// Tell the channels nothing: another deployment keeps them in step.
    #[arg(long)]
    pub leave_as_is: bool,
    /// Offer what stands in stores with a till as well; a sale over the counter then tells nobody.
    #[arg(long)]
    pub counter_too: bool,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Where the shop lies.
    #[command(flatten)]
    pub place: Where,
    /// Which hosts may stand for a channel. Without it: as the deployment allows.
    #[arg(long, value_enum)]
    pub channel_hosts: Option<ChannelHosts>,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Removes the shop, once the person at the terminal has typed its name.
pub async fn run(args: &Args) -> Result<(), Problem> {
    if !args.yes {
        confirm(args)?;
    }
    terminal::say(&report(args, &clock::system()).await?)
}

fn confirm(args: &Args) -> Result<(), Problem> {
    let question = args.lang.pick(
        format!("Gỡ cửa hàng {} khỏi đây. Gõ tên cửa hàng để đồng ý: ", args.shop),
        format!("Shop {} will be removed from here. Type its name to agree: ", args.shop),
    );
    std::io::stderr().write_all(question.as_bytes())?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if answer.trim() == args.shop {
        return Ok(());
    }
    Err(args.lang.say("không gỡ gì cả", "nothing was removed").into())
}

/// Removes the shop step by step. Each step may be done again: broken off and started again, it ends the same.
pub async fn report(args: &Args, clock: &Clock) -> Result<String, Problem> {
    let (l, id) = (args.lang, ShopId::new(&args.shop)?);
    let place = args.place.open_existing().await?;
    let is_listed = place.table.registered().await?.iter().any(|entry| entry.shop == id);
    let Some(text) = pause::text(&place, &id).await? else {
        return match is_listed {
            true => forget(&place, &id, None, l).await,
            false => Err(place.no_such_shop(&id).await?.into()),
        };
    };
    // As the file says when the shop is not paused: those are the listings that the shop's channels show.
    let shop = shop_source::parse(&id, pause::set(&text, false, clock)?.as_bytes())?.0;
    require_export(&place, &id, args).await?;
    if !is_listed {
        return forget(&place, &id, Some(&shop), l).await;
    }
    pause::put(&place, &id, &pause::set(&text, true, clock)?).await?;
    let mut told = String::new();
    if !args.leave_as_is {
        wait::until_nobody_publishes(&place, &shop, clock, l).await?;
        told = leave_listings(&place, &shop, args, clock).await?;
    }
    Ok(told + &forget(&place, &id, Some(&shop), l).await?)
}

/// An export in which every order and every balance stands as it is now.
async fn require_export(place: &Place, shop: &ShopId, args: &Args) -> Result<(), Problem> {
    let l = args.lang;
    if args.without_export {
        return Ok(());
    }
    let Some(folder) = &args.export_is_in else {
        let (vi, en) = (
            "xuất dữ liệu trước: `hopkenh shop export {} --to THƯ_MỤC`, rồi gỡ với --export-is-in THƯ_MỤC (hoặc --without-export)",
            "export it first: `hopkenh shop export {} --to FOLDER`, then remove it with --export-is-in FOLDER (or --without-export)",
        );
        return Err(l.say(vi, en).replace("{}", shop.as_str()).into());
    };
    let export = Finished::open(folder)?;
    if export.shop != *shop {
        return Err(format!("{}: is the export of shop {}", folder.display(), export.shop).into());
    }
    let now = Book::read(place, shop).await?;
    let kept = [Kind::Order, Kind::Stock, Kind::Document, Kind::Parked, Kind::Other];
    let newer: Vec<String> = now.not_in(&export.book, &kept).map(|key| key.partition.clone()).collect();
    if newer.is_empty() {
        return Ok(());
    }
    let (many, some) = (newer.len(), newer[..newer.len().min(NAMED_MAX)].join("\n  "));
    Err(l
        .pick(
            format!("{many} mục đã đổi sau khi xuất. Gỡ địa chỉ webhook ở các kênh, xuất lại rồi gỡ:\n  {some}"),
            format!("{many} items have changed since the export. Take the webhook addresses away at the channels, export again, then remove:\n  {some}"),
        )
        .into())
}

async fn leave_listings(place: &Place, shop: &Shop, args: &Args, clock: &Clock) -> Result<String, Problem> {
    let outside = args.channel_hosts.map_or(place.outside, Outside::from);
    let connections: Vec<_> = shop.connections.keys().cloned().collect();
    let leave = Leave {
        place,
        shop,
        secrets: place.secrets.load(&shop.id, &connections).await?,
        gateway: way_out::gateway(outside, clock.clone())?,
        clock: clock.clone(),
        mode: match (args.zero, args.counter_too) {
            (true, _) => Mode::Zero,
            (false, true) => Mode::Safe(Counter::SharesItsUnits),
            (false, false) => Mode::Safe(Counter::KeepsItsUnits),
        },
    };
    let left = leave.all().await?;
    let text = left.text(shop, args.lang);
    if left.is_done() { Ok(text) } else { Err(format!("\n{text}").into()) }
}

/// Keys first, then the file that names the accounts, and last the place on the list: whatever stops this, it can go on.
async fn forget(place: &Place, id: &ShopId, shop: Option<&Shop>, l: Language) -> Result<String, Problem> {
    for connection in shop.iter().flat_map(|shop| shop.connections.keys()) {
        place.secrets.remove(id, connection).await?;
    }
    place.shops.delete(&object_name(id)).await?;
    place.table.unregister(id).await?;
    let days = shop.map_or_else(|| "keep_orders_days".to_owned(), |shop| shop.keep_orders_days.to_string());
    Ok(l.pick(
        format!(
            "Cửa hàng {id} đã được gỡ: tệp, mật khẩu và chỗ trong danh sách đã xóa.\n\
             Sổ vẫn còn ở đây: đơn đã xong hết hạn sau {days} ngày; số tồn và sổ cái được giữ.\n\
             Hãy gỡ địa chỉ webhook và thu hồi khóa ở từng kênh.\n"
        ),
        format!(
            "Shop {id} is removed: its file, its secrets and its place on the list are gone.\n\
             Its book stays here: ended orders expire after {days} days; balances and ledger are kept.\n\
             Take away the webhook addresses and revoke the keys at each channel.\n"
        ),
    ))
}
