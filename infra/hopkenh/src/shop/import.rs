//! `hopkenh shop import`: take a shop in from the folder of an export, with its whole book, where it was unknown before.

use super::add;
use super::export::book::Book;
use super::export::check::Ledger;
use super::export::folder::Finished;
use super::export::{ledger_prefix, texts};
use crate::demo::texts::Language;
use crate::place::{ChannelHosts, Place, Where};
use crate::terminal;
use crate::up::Problem;
use commerce::ids::ShopId;
use futures::{StreamExt, TryStreamExt, stream};
use lambda_kit::shop_source;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use table::keys::Kind;
use table::operator::{PutBack, key_of};

/// How many items are written side by side; modest, because other shops' work goes on.
const WRITES: usize = 8;
/// The most items that a refusal names.
const NAMED_MAX: usize = 5;
/// Every kind of item there is.
const ALL: [Kind; 13] = [
    Kind::Order,
    Kind::Stock,
    Kind::Document,
    Kind::Heals,
    Kind::Listing,
    Kind::Pass,
    Kind::Due,
    Kind::HoldCode,
    Kind::Goods,
    Kind::Forwarding,
    Kind::CountWanted,
    Kind::Parked,
    Kind::Other,
];

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The folder that `shop export` wrote.
    pub folder: PathBuf,
    /// Where the shop is to lie.
    #[command(flatten)]
    pub place: Where,
    /// Which hosts may stand for a channel. Without it: as the deployment allows.
    #[arg(long, value_enum)]
    pub channel_hosts: Option<ChannelHosts>,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Takes the shop in and says what to do next.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&report(args).await?)
}

/// Takes the shop in: its ledger, its book, its secrets, its file, and last its place in the list. Broken off and
/// started again it goes on where it was.
pub async fn report(args: &Args) -> Result<String, Problem> {
    let l = args.lang;
    let export = Finished::open(&args.folder)?;
    let id = &export.shop;
    let file = export
        .read("shop.toml")
        .map_err(|_| format!("shop {id}: the export has no shop.toml; it was removed before"))?;
    shop_source::parse(id, &file)?;
    let place = args.place.open().await?;
    if is_there(&place, id, &file).await? {
        return Ok(l.pick(format!("Cửa hàng {id} đã ở đây rồi.\n"), format!("Shop {id} is here already.\n")));
    }
    refuse_what_differs(&place, &export, l).await?;
    let ledger = copy_ledger(&place, &export).await?;
    write_items(&place, &export).await?;
    let written = Book::read(&place, id).await?;
    check_whole(&written, &export)?;
    let differences = ledger.differences(&written, l)?;
    let add = add::Args {
        file: args.folder.join("shop.toml"),
        place: args.place.clone(),
        channel_hosts: args.channel_hosts,
        zero_removed: false,
        lang: l,
    };
    let added = add::report(&add).await.map_err(|e| secrets_hint(&e, l))?;
    let rows: Vec<Vec<String>> =
        written.counts().iter().map(|(what, many)| vec![(*what).to_owned(), many.to_string()]).collect();
    let steps = steps(id, &args.place, l);
    Ok(format!("{}{}{added}\n{steps}", terminal::table(&rows), texts::verdict(&differences, l)))
}

/// True when the shop is on the list with this very file: then all of it is there. With another file it is refused.
async fn is_there(place: &Place, shop: &ShopId, file: &[u8]) -> Result<bool, Problem> {
    let entries = place.table.registered().await?;
    let Some(entry) = entries.into_iter().find(|entry| entry.shop == *shop) else { return Ok(false) };
    if entry.version == shop_source::version(file) {
        return Ok(true);
    }
    Err(format!("shop {shop}: is here already, with another file; nothing was taken in").into())
}

/// Nothing that lies here may differ from what comes in: a book is never mixed from two.
async fn refuse_what_differs(place: &Place, export: &Finished, l: Language) -> Result<(), Problem> {
    let there = Book::read(place, &export.shop).await?;
    let different: Vec<String> =
        there.not_in(&export.book, &ALL).map(|k| format!("{} {}", k.partition, k.sort)).collect();
    if different.is_empty() {
        return Ok(());
    }
    let (id, many, some) = (&export.shop, different.len(), different[..many_named(&different)].join("\n  "));
    Err(l
        .pick(
            format!("cửa hàng {id}: ở đây đã có {many} mục khác với bản xuất; không nhập gì cả:\n  {some}"),
            format!("shop {id}: {many} items lie here that differ from the export; nothing was taken in:\n  {some}"),
        )
        .into())
}

fn many_named(names: &[String]) -> usize {
    names.len().min(NAMED_MAX)
}

/// The ledger goes first, so that no balance is ever without it. Its files are named by what they hold: the names of
/// the place they come from may be taken here by others.
async fn copy_ledger(place: &Place, export: &Finished) -> Result<Ledger, Problem> {
    let bar = terminal::bar(export.ledger.len());
    let mut ledger = Ledger::default();
    for name in &export.ledger {
        let content = export.read(name)?;
        ledger.read(name, &content)?;
        let sum = hex::encode(&Sha256::digest(&content)[..16]);
        place.archive.put(&format!("{}moved-{sum}.jsonl", ledger_prefix(&export.shop)), content).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(ledger)
}

async fn write_items(place: &Place, export: &Finished) -> Result<(), Problem> {
    let items = export.book.all().collect::<Result<Vec<_>, _>>()?;
    let bar = terminal::bar(items.len());
    let writes = items.iter().map(async |item| -> Result<(), Problem> {
        let put = place.table.put_back(item).await?;
        bar.inc(1);
        match put {
            PutBack::Written | PutBack::WasThere => Ok(()),
            PutBack::Differs => {
                let key = key_of(item)?;
                Err(format!("{} {}: was written by somebody else meanwhile", key.partition, key.sort).into())
            }
        }
    });
    stream::iter(writes).buffer_unordered(WRITES).try_collect::<Vec<()>>().await?;
    bar.finish_and_clear();
    Ok(())
}

fn check_whole(written: &Book, export: &Finished) -> Result<(), Problem> {
    let missing = export.book.not_in(written, &ALL).count();
    if missing == 0 {
        return Ok(());
    }
    Err(format!("{missing} items are not here as they were exported; run it again").into())
}

fn secrets_hint(error: &Problem, l: Language) -> Problem {
    l.pick(
        format!("{error}\nSổ và sổ cái đã vào; còn thiếu tệp của cửa hàng. Bản xuất không chứa mật khẩu: đặt chúng ở nơi shop.toml chỉ (biến môi trường, hoặc tệp cạnh shop.toml), rồi chạy lại lệnh này."),
        format!("{error}\nBook and ledger are in; the shop's file is not yet. An export holds no secrets: put them where shop.toml says (the environment, or a file beside shop.toml) and run this again."),
    )
    .into()
}

/// What is left to do when a shop moves.
fn steps(shop: &ShopId, place: &Where, l: Language) -> String {
    let here = place.flags();
    l.pick(
        format!(
            "Chuyển cửa hàng từ nơi cũ sang đây:\n\
             \x20 1. Nơi cũ: `hopkenh shop pause {shop}`, rồi `shop export`.   (đã xong nếu tệp có paused = true)\n\
             \x20 2. Ở đây: nhập.                                              (đã xong)\n\
             \x20 3. Ở từng kênh: đổi địa chỉ webhook sang nơi này; tệp có webhook_url thì sửa ở đó nữa (`hopkenh shop file`, rồi `shop add`).\n\
             \x20 4. Ở đây: `hopkenh shop resume {shop}{here}`, rồi xem `hopkenh shop list{here}`.\n\
             \x20 5. Nơi cũ: xuất thêm lần nữa, rồi `hopkenh shop remove {shop} --leave-as-is --export-is-in THƯ_MỤC`.\n\
             Đơn đến nơi cũ giữa bước 1 và 3 sẽ được ghi ở đây khi kênh báo tin tiếp theo về đơn đó.\n"
        ),
        format!(
            "Moving a shop from its old place to this one:\n\
             \x20 1. There: `hopkenh shop pause {shop}`, then `shop export`.   (done if the file says paused = true)\n\
             \x20 2. Here: import.                                           (done)\n\
             \x20 3. At each channel: change the webhook address to this place; where the file has a webhook_url, change that, too (`hopkenh shop file`, then `shop add`).\n\
             \x20 4. Here: `hopkenh shop resume {shop}{here}`, then look at `hopkenh shop list{here}`.\n\
             \x20 5. There: export once more, then `hopkenh shop remove {shop} --leave-as-is --export-is-in FOLDER`.\n\
             An order that reached the old place between steps 1 and 3 is recorded here with the channel's next news of it.\n"
        ),
    )
}
