//! `hopkenh shop pause` and `resume`: stop telling the channels what is left, and begin again. Orders are recorded all along.

use crate::demo::texts::Language;
use crate::place::{Place, Where};
use crate::terminal;
use crate::up::Problem;
use channels::channel::Clock;
use commerce::Timestamp;
use commerce::ids::ShopId;
use lambda_kit::clock;
use lambda_kit::shop_source::{KNOWN_EVERYWHERE_MS, object_name, version};
use lambda_kit::shops_file::{self, ShopsFile};
use table::shop_item::Registered;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Which shop.
    pub shop: String,
    /// Where the shop lies.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Pauses the shop, or lets it go on, and says so.
pub async fn run(args: &Args, is_paused: bool) -> Result<(), Problem> {
    terminal::say(&report(args, is_paused).await?)
}

/// Pauses the shop, or lets it go on.
pub async fn report(args: &Args, is_paused: bool) -> Result<String, Problem> {
    let (l, id) = (args.lang, ShopId::new(&args.shop)?);
    let place = args.place.open_existing().await?;
    let Some(text) = text(&place, &id).await? else { return Err(place.no_such_shop(&id).await?.into()) };
    put(&place, &id, &set(&text, is_paused, &clock::system())?).await?;
    Ok(said(&id, is_paused, place.stack.is_some(), l))
}

fn said(id: &ShopId, is_paused: bool, is_on_aws: bool, l: Language) -> String {
    let minutes = KNOWN_EVERYWHERE_MS / 60_000;
    if is_paused && is_on_aws {
        l.pick(
            format!("Cửa hàng {id} tạm ngừng báo tồn: sau {minutes} phút không còn hàm nào báo cho các kênh nữa, trước đó vẫn có thể; đơn vẫn được ghi.\n"),
            format!("Shop {id} is paused: in {minutes} minutes no function tells the channels any more, until then some may; orders are still recorded.\n"),
        )
    } else if is_paused {
        let (vi, en) = (
            "tạm ngừng báo tồn cho các kênh (`up` đang chạy thì trong vài giây); đơn vẫn được ghi",
            "is paused: channels are told nothing (by a running `up`: within seconds); orders are still recorded",
        );
        l.pick(format!("Cửa hàng {id} {vi}.\n"), format!("Shop {id} {en}.\n"))
    } else {
        let (vi, en) = (
            "báo tồn cho các kênh trở lại trong vòng một phút",
            "is told to the channels again within a minute",
        );
        l.pick(format!("Cửa hàng {id} {vi}.\n"), format!("Shop {id} {en}.\n"))
    }
}

/// A shop's file as text; none when there is none.
pub(super) async fn text(place: &Place, shop: &ShopId) -> Result<Option<String>, Problem> {
    let Some(content) = place.shop_text(shop).await? else { return Ok(None) };
    Ok(Some(String::from_utf8(content).map_err(|_| format!("shop {shop}: its file is not text"))?))
}

/// Puts a changed file in force, as `shop add` does: the file, then the list.
pub(super) async fn put(place: &Place, shop: &ShopId, text: &str) -> Result<(), Problem> {
    let entries = place.table.registered().await?;
    let Some(entry) = entries.into_iter().find(|entry| entry.shop == *shop) else {
        return Err(format!("shop {shop}: is not on the list; `hopkenh shop add` puts it there").into());
    };
    put_file(place, shop, text).await?;
    let version = version(text.as_bytes());
    if entry.version != version {
        let (name, now) = (entry.name.clone(), lambda_kit::clock::system()());
        let changed = Registered::changed(shop.clone(), name, version, Some(&entry), now);
        place.table.register(&changed).await?;
    }
    Ok(())
}

/// The file alone, for a shop that is not on the list: functions serve whom a file names.
pub(super) async fn put_file(place: &Place, shop: &ShopId, text: &str) -> Result<(), Problem> {
    if place.shop_text(shop).await?.as_deref() != Some(text.as_bytes()) {
        place.shops.put(&object_name(shop), text.as_bytes().to_vec()).await?;
    }
    Ok(())
}

/// The same file with `paused` set or taken out, and nothing else changed. A person's own layout stays.
pub(super) fn set(text: &str, is_paused: bool, clock: &Clock) -> Result<String, Problem> {
    let before = shops_file::parse(text)?;
    if before.paused.is_empty() != is_paused {
        return Ok(text.to_owned());
    }
    let mut changed = String::new();
    let mut is_in_head = false;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start();
        if bare.starts_with('[') {
            is_in_head = bare.starts_with("[[shop]]");
        }
        if is_in_head && name_of(bare) == "paused" {
            continue;
        }
        changed.push_str(line);
        if is_paused && bare.starts_with("[[shop]]") {
            let end = if line.ends_with('\n') { "" } else { "\n" };
            changed.push_str(&format!("{end}paused = true{SINCE}{:.3}\n", clock()));
        }
    }
    let after = shops_file::parse(&changed).unwrap_or_default();
    if is_paused == after.paused.is_empty()
        || names(&before) != names(&after)
        || before.counts != after.counts
    {
        let wish = if is_paused { "write paused = true below [[shop]]" } else { "take out paused = true" };
        return Err(format!("the shop's file is written in a way of its own: {wish} and add it again").into());
    }
    Ok(changed)
}

/// Stands beside `paused = true` when the command wrote it.
const SINCE: &str = "  # since ";

/// Since when a file has said so, if the command wrote it.
pub(super) fn since(text: &str) -> Option<Timestamp> {
    paused_line(text)?.split_once(SINCE)?.1.trim().trim_end_matches(LEFT).parse().ok()
}

/// Ends that line once every channel shows the number it is left at: from then on its shop may be forgotten.
const LEFT: &str = ", left";

/// True when every channel has been told what it is left at.
pub(super) fn is_left(text: &str) -> bool {
    paused_line(text).is_some_and(|line| line.trim_end().ends_with(LEFT))
}

/// The same paused file, saying that every channel has been told.
pub(super) fn mark_left(text: &str, clock: &Clock) -> Result<String, Problem> {
    let by_hand = since(text).is_none();
    let text = if by_hand { set(&set(text, false, clock)?, true, clock)? } else { text.to_owned() };
    let Some(line) = paused_line(&text).filter(|line| !line.ends_with(LEFT)) else { return Ok(text) };
    Ok(text.replacen(line, &format!("{}{LEFT}", line.trim_end()), 1))
}

fn paused_line(text: &str) -> Option<&str> {
    text.lines().find(|line| name_of(line.trim_start()) == "paused")
}

fn name_of(line: &str) -> &str {
    line.split('=').next().unwrap_or_default().trim()
}

/// Everything in the file but whether listings are published.
fn names(file: &ShopsFile) -> String {
    let mut file = file.catalogue.clone();
    for shop in file.shops.values_mut() {
        let shop = std::sync::Arc::make_mut(shop);
        let listings = shop.connections.values_mut().flat_map(|connection| connection.listings.values_mut());
        listings.for_each(|listing| (listing.publish, listing.paused) = (false, false));
    }
    format!("{file:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const FILE: &str = "# Cửa hàng của tôi\n[[shop]]\nid = \"demo\"\nname = \"Mẫu\"\n\n[[shop.location]]\nid = \"hn\"\nname = \"[[shop]]\"\n";

    fn noon() -> Clock {
        Arc::new(|| "2026-11-22T05:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_file_is_paused_and_goes_on_as_it_was() {
        let paused = set(FILE, true, &noon()).unwrap();
        assert!(
            paused.contains("[[shop]]\npaused = true  # since 2026-11-22T05:00:00.000Z\nid = \"demo\""),
            "{paused}"
        );
        assert_eq!(since(&paused), Some(noon()()));
        assert_eq!(set(&paused, true, &noon()).unwrap(), paused, "a second time changes nothing");
        assert_eq!(set(&paused, false, &noon()).unwrap(), FILE);
        assert_eq!(set(FILE, false, &noon()).unwrap(), FILE);
    }

    #[test]
    fn a_shop_that_was_left_says_so_until_it_goes_on() {
        let paused = set(FILE, true, &noon()).unwrap();
        for text in [paused.as_str(), &FILE.replacen("[[shop]]", "[[shop]]\npaused = true", 1)] {
            let left = mark_left(text, &noon()).unwrap();
            assert!(is_left(&left) && !is_left(text), "{left}");
            assert_eq!(since(&left), Some(noon()()));
            assert_eq!(mark_left(&left, &noon()).unwrap(), left);
            assert_eq!(set(&left, false, &noon()).unwrap(), FILE);
        }
    }

    #[test]
    fn a_pause_promises_no_silence_before_every_function_knows() {
        let id = ShopId::new("demo").unwrap();
        assert!(said(&id, true, true, Language::En).contains("in 6 minutes no function tells"));
        assert!(said(&id, true, true, Language::Vi).contains("sau 6 phút"));
        assert!(said(&id, true, false, Language::En).contains("within seconds"));
    }

    #[test]
    fn a_file_of_another_shape_is_left_to_its_owner() {
        let inline = "shop = [{ id = \"demo\", name = \"Mẫu\" }]\n";
        assert!(set(inline, true, &noon()).unwrap_err().to_string().contains("a way of its own"));
    }
}
