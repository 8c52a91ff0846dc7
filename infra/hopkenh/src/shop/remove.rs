//! `hopkenh shop remove`: let a shop leave safely. Its channels are left with numbers that hold by themselves, then its keys and its file go.

pub(super) mod leave;
pub(super) mod wait;

use super::export::book::{Book, RECORDED};
use super::export::folder::Finished;
use super::pause;
use crate::demo::texts::Language;
use crate::place::{ChannelHosts, Place, Where};
use crate::terminal;
use crate::up::Problem;
use channels::channel::Clock;
use channels::outside::Outside;
use commerce::catalogue::Shop;
use commerce::ids::{ConnectionId, ShopId};
use commerce::leave::Counter;
use lambda_kit::report_entry::accounts_with_secrets;
use lambda_kit::secret_store::SecretStore;
use lambda_kit::shop_source::{self, object_name};
use lambda_kit::{clock, way_out};
use leave::{Leave, Mode};
use std::collections::BTreeSet;
use std::io::{BufRead, ErrorKind, Write};
use std::path::PathBuf;

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
            true => forget(&place, &id, None, BTreeSet::new(), l).await,
            false => Err(place.no_such_shop(&id).await?.into()),
        };
    };
    // As the file says when the shop is not paused: those are the listings that the shop's channels show.
    let shop = shop_source::parse(&id, pause::set(&text, false, clock)?.as_bytes())?.0;
    let accounts = require_export(&place, &id, args).await?;
    let paused = pause::set(&text, true, clock)?;
    // Functions serve whom a file names, listed or not: such a shop leaves like any other.
    if is_listed {
        pause::put(&place, &id, &paused).await?;
    } else {
        pause::put_file(&place, &id, &paused).await?;
    }
    let mut told = String::new();
    if pause::is_left(&paused) {
        // Broken off among the keys: telling some accounts anew without the others would offer units twice.
        told = l
            .say("Các kênh đã được báo số để lại từ trước.\n", "The channels were told before.\n")
            .to_owned();
    } else if !args.leave_as_is {
        let since_ms = pause::since(&paused).unwrap_or_else(|| clock()).as_millisecond();
        wait::until_nobody_publishes(&place, &id, since_ms, clock, l).await?;
        told = leave_listings(&place, &shop, args, clock).await?;
        let left = pause::mark_left(&paused, clock)?;
        if is_listed {
            pause::put(&place, &id, &left).await?;
        } else {
            pause::put_file(&place, &id, &left).await?;
        }
    }
    Ok(told + &forget(&place, &id, Some(&shop), accounts, l).await?)
}

/// An export in which every order and every balance stands as it is now. Answers which accounts the book knows.
async fn require_export(
    place: &Place,
    shop: &ShopId,
    args: &Args,
) -> Result<BTreeSet<ConnectionId>, Problem> {
    let l = args.lang;
    if args.without_export {
        return Ok(BTreeSet::new());
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
    let newer: Vec<String> = now.not_in(&export.book, &RECORDED).map(|key| key.partition.clone()).collect();
    if newer.is_empty() {
        return Ok(now.connections());
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
        lang: args.lang,
    };
    let left = leave.all().await?;
    let text = left.text(args.lang);
    if left.is_done() {
        return Ok(text);
    }
    let id = &shop.id;
    Err(args
        .lang
        .pick(
            format!("\n{text}Cửa hàng {id} đã tạm ngừng, chưa gỡ. Chạy lại lệnh này, hoặc thêm --leave-as-is để bỏ qua.\n"),
            format!("\n{text}Shop {id} is paused and not removed yet. Run this again, or add --leave-as-is to let it be.\n"),
        )
        .into())
}

/// Keys first, then the file that names the accounts, and last the place on the list: whatever stops this, it can go on.
async fn forget(
    place: &Place,
    id: &ShopId,
    shop: Option<&Shop>,
    mut accounts: BTreeSet<ConnectionId>,
    l: Language,
) -> Result<String, Problem> {
    accounts.extend(shop.iter().flat_map(|shop| accounts_with_secrets(shop)));
    for connection in &accounts {
        place.secrets.remove(id, connection).await?;
    }
    place.secrets.remove_counter_key(id).await?;
    let rest = forget_other_keys(place, id, l)?;
    place.shops.delete(&object_name(id)).await?;
    place.table.unregister(id).await?;
    let days = shop.map_or_else(|| "keep_orders_days".to_owned(), |shop| shop.keep_orders_days.to_string());
    let said = l.pick(
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
    );
    Ok(said + &rest)
}

/// Accounts that were taken out of the file earlier may have left keys. A folder goes as a whole; on AWS no list of
/// names may be asked for, so a person is told where to look.
fn forget_other_keys(place: &Place, id: &ShopId, l: Language) -> Result<String, Problem> {
    let path = match &place.secrets {
        SecretStore::Folder(root) => {
            return match std::fs::remove_dir_all(root.join(id.as_str())) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    Err(format!("secrets of shop {id}: {}", error.kind()).into())
                }
                _ => Ok(String::new()),
            };
        }
        SecretStore::Parameters { path, .. } => path,
    };
    Ok(other_keys_text(path, id, l))
}

fn other_keys_text(path: &str, id: &ShopId, l: Language) -> String {
    let look = format!("aws ssm get-parameters-by-path --path {path}/{id} --query 'Parameters[].Name'");
    l.pick(
        format!("Kết nối đã bỏ khỏi tệp trước đây có thể còn khóa: `{look}` kể tên; xóa chúng bằng `aws ssm delete-parameter --name TÊN`.\n"),
        format!("Accounts taken out of the file earlier may have left keys: `{look}` names them; delete each with `aws ssm delete-parameter --name NAME`.\n"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_aws_a_person_is_told_where_keys_may_be_left() {
        let said = other_keys_text("/hopkenh/live/secrets", &ShopId::new("demo").unwrap(), Language::En);
        assert!(said.contains("--path /hopkenh/live/secrets/demo "), "{said}");
    }
}
