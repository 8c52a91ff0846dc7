//! `hopkenh shop add`: put a shop in force from its file, new or changed. Nothing is written unless all of it is right.

use super::add_removed::Removed;
use super::add_report;
use super::add_report::{Change, Outcome};
use super::add_secrets::{self, Fetched, Merged};
use super::remove::wait::until_nobody_publishes;
use crate::demo::texts::Language;
use crate::place::{ChannelHosts, Place, Where};
use crate::presence;
use crate::terminal;
use crate::up::Problem;
use channels::channel::Clock;
use channels::outside::Outside;
use commerce::catalogue::Shop;
use commerce::ids::{ConnectionId, ShopId};
use lambda_kit::report_entry::accounts_with_secrets;
use lambda_kit::secret_source;
use lambda_kit::secret_store::ready;
use lambda_kit::shop_source::{self, object_name};
use lambda_kit::shops::{Shops, ShopsError};
use lambda_kit::{clock, shops_file};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use table::shop_item::Registered;

pub(crate) use super::add_secrets::old as old_name;

/// The largest shop's file, in bytes.
const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The shop's file: one `[[shop]]`, as for `up --config`.
    pub file: PathBuf,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// Which hosts may stand for a channel. Without it: as the deployment allows.
    #[arg(long, value_enum)]
    pub channel_hosts: Option<ChannelHosts>,
    /// Set listings that the new file leaves out to 0 at their channels.
    #[arg(long)]
    pub zero_removed: bool,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// A shop as its file asks for it.
struct Wish {
    text: String,
    file: shops_file::ShopsFile,
    shop: Arc<Shop>,
}

/// Adds the shop and prints what changed.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&report(args).await?)
}

/// Adds the shop and says what changed.
pub async fn report(args: &Args) -> Result<String, Problem> {
    report_at(args, &clock::system()).await
}

/// The same by a clock.
pub async fn report_at(args: &Args, clock: &Clock) -> Result<String, Problem> {
    let wish = read(&args.file)?;
    let place = args.place.open().await?;
    refuse_where_unread(&place, args)?;
    let secrets = secrets(&place, &wish, args).await?;
    let outside = args.channel_hosts.map_or(place.outside, Outside::from);
    check(&wish, &secrets, outside)?;
    let before = place.shop_text(&wish.shop.id).await?;
    let removed = Removed::find(&place, before.as_deref(), &wish.shop, clock).await?;
    let is_to_zero = args.zero_removed && !removed.shown.is_empty();
    if is_to_zero {
        let left = removed.zero(&place, outside, clock, args.lang).await?;
        if !left.is_done() {
            let (vi, en) =
                ("Tệp chưa được thay. Chạy lại lệnh này.", "The file is as before. Run this again.");
            return Err(format!("\n{}{}", left.text(args.lang), args.lang.say(vi, en)).into());
        }
    }
    let since_ms = clock().as_millisecond();
    let change = write(&place, &wish, &secrets).await?;
    let mut told = String::new();
    if is_to_zero {
        // Who had read the file before may have told its number once more meanwhile.
        until_nobody_publishes(&place, &wish.shop.id, since_ms, clock, args.lang).await?;
        let left = removed.zero(&place, outside, clock, args.lang).await?;
        told = left.text(args.lang);
        if !left.is_done() {
            let (vi, en) = (
                "Tệp mới đã có hiệu lực. Hãy đặt các số trên về 0 ở kênh.",
                "The new file is in force. Set those to 0 at the channel.",
            );
            return Err(format!("\n{told}{}", args.lang.say(vi, en)).into());
        }
    }
    let still_shown = if is_to_zero { Vec::new() } else { removed.lines(args.lang) };
    let outcome = Outcome { place: &place, shop: &wish.shop, change, secrets: &secrets, told, still_shown };
    Ok(add_report::text(&outcome, args))
}

/// A machine that was given one file with all shops reads nothing that is added here.
fn refuse_where_unread(place: &Place, args: &Args) -> Result<(), Problem> {
    let (Some(config), true) = (presence::config(place), presence::is_up(place)) else { return Ok(()) };
    let (config, flags, l) = (config.display(), args.place.flags(), args.lang);
    Err(l
        .pick(
            format!("`hopkenh up --config {config}` đang chạy ở đây và chỉ đọc tệp đó; không thêm gì cả. Ghi cửa hàng vào tệp đó, hoặc dừng nó rồi chạy `hopkenh up{flags}` không có --config"),
            format!("`hopkenh up --config {config}` runs here and reads that file alone; nothing was added. Write the shop into that file, or stop it and run `hopkenh up{flags}` without --config"),
        )
        .into())
}

fn read(path: &Path) -> Result<Wish, Problem> {
    let problem = |what: String| Problem::from(format!("shops file {}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| problem(e.kind().to_string()))?;
    if text.len() > FILE_BYTES_MAX {
        return Err(problem(format!("is larger than {FILE_BYTES_MAX} bytes")));
    }
    let file = shops_file::parse(&text)?;
    let mut shops = file.catalogue.shops.values().cloned();
    match (shops.next(), shops.next()) {
        (Some(shop), None) => Ok(Wish { text, file, shop }),
        (None, _) => Err(problem("names no [[shop]]; name one".to_owned())),
        (Some(_), Some(_)) => Err(problem(format!(
            "names {} shops; a file to add names one. Split it and add each",
            file.catalogue.shops.len()
        ))),
    }
}

/// What each account's secrets will be: those fetched now over those stored earlier.
async fn secrets(place: &Place, wish: &Wish, args: &Args) -> Result<BTreeMap<ConnectionId, Merged>, Problem> {
    let folder = args.file.parent().unwrap_or(Path::new("."));
    let connections = accounts_with_secrets(&wish.shop);
    let mut stored = place.secrets.load(&wish.shop.id, &connections).await?;
    let mut result = BTreeMap::new();
    for connection in connections {
        let sources = wish.file.secret_sources.get(&(wish.shop.id.clone(), connection.clone()));
        let fetched: Fetched = sources
            .into_iter()
            .flatten()
            .map(|(name, source)| (name.clone(), secret_source::read(source, folder)))
            .collect();
        let stored = stored.remove(&connection).unwrap_or_default();
        result.insert(connection, add_secrets::merge(&stored, fetched));
    }
    Ok(result)
}

/// Everything that is wrong, at once.
fn check(wish: &Wish, secrets: &BTreeMap<ConnectionId, Merged>, outside: Outside) -> Result<(), ShopsError> {
    let id = &wish.shop.id;
    let mut problems = Vec::new();
    let mut values = BTreeMap::new();
    for (connection, merged) in secrets {
        let named = merged
            .problems
            .iter()
            .map(|(name, why)| format!("shop {id}: connection {connection}: secret {name:?}: {why}"));
        problems.extend(named);
        // A secret that was named above is not named again as missing.
        values.insert((id.clone(), connection.clone()), ready(&merged.with_stand_ins()));
    }
    let shops = Shops::new(wish.file.catalogue.clone(), values, BTreeMap::new());
    problems.extend(shops.complaints());
    problems.extend(shops.refused_addresses(outside));
    if problems.is_empty() { Ok(()) } else { Err(ShopsError(problems)) }
}

/// Secrets, then the file, then the list: whoever reads the list finds the rest there.
async fn write(
    place: &Place,
    wish: &Wish,
    secrets: &BTreeMap<ConnectionId, Merged>,
) -> Result<Change, Problem> {
    let id = &wish.shop.id;
    let earlier_text = place.shop_text(id).await?;
    let earlier = entry(place, id).await?;
    for (connection, merged) in secrets.iter().filter(|(_, merged)| merged.is_changed) {
        let channel = wish.shop.connections.get(connection).map_or("", |named| named.channel.as_str());
        place.change_secrets(id, connection, channel, (&merged.before, &merged.values)).await?;
    }
    let has_new_text = earlier_text.as_deref() != Some(wish.text.as_bytes());
    if has_new_text {
        place.shops.put(&object_name(id), wish.text.clone().into_bytes()).await?;
    }
    let version = shop_source::version(wish.text.as_bytes());
    let now = clock::system()();
    let entry = Registered::changed(id.clone(), wish.shop.name.clone(), version, earlier.as_ref(), now);
    let is_new_entry = earlier.as_ref() != Some(&entry);
    if is_new_entry {
        place.table.register(&entry).await?;
    }
    let before = earlier_text.and_then(|text| shops_file::parse(std::str::from_utf8(&text).ok()?).ok());
    Ok(Change {
        is_new_shop: earlier.is_none(),
        has_new_file: has_new_text || is_new_entry,
        was_paused: before.as_ref().is_some_and(|file| file.paused.contains(id)),
        is_paused: wish.file.paused.contains(id),
        before: before.and_then(|file| file.catalogue.shops.get(id).cloned()),
        counts: wish.file.counts.get(id).map_or(0, Vec::len),
    })
}

/// Puts a changed text of a shop's file in force, once it is found to be right; secrets stay as they are.
pub(crate) async fn put_text(place: &Place, id: &ShopId, text: &str) -> Result<(), Problem> {
    let (shop, _) = shop_source::parse(id, text.as_bytes())?;
    let now = clock::system()();
    place.shops.put(&object_name(id), text.as_bytes().to_vec()).await?;
    let earlier = entry(place, id).await?;
    let version = shop_source::version(text.as_bytes());
    let entry = Registered::changed(id.clone(), shop.name, version, earlier.as_ref(), now);
    Ok(place.table.register(&entry).await?)
}

async fn entry(place: &Place, shop: &ShopId) -> Result<Option<Registered>, Problem> {
    Ok(place.table.registered().await?.into_iter().find(|entry| entry.shop == *shop))
}
