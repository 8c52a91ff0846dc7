//! A shop moves to another deployment with its whole book, and a shop leaves with numbers that hold by themselves.

mod leaving;

use crate::operator::Desk;
use crate::up_process::has_canary;
use hopkenh::demo::texts::Language;
use hopkenh::shop::{export, import, pause, remove};
use hopkenh_tests::fake_channels::{SHOPEE_PUSH, WOO_ORDER, WOO_STOCK};
use hopkenh_tests::house::{CANARIES, House, SHOP, write_config};
use std::path::{Path, PathBuf};

/// The order of the website as WooCommerce really sends it, with the buyer in it.
fn order_with_buyer() -> String {
    let buyer = r#"{"billing":{"first_name":"Nguyễn Thị Mai","phone":"0912345678"},"customer_note":"giao buổi tối","id":11"#;
    WOO_ORDER.replacen(r#"{"id":11"#, buyer, 1)
}

const BUYER: [&str; 3] = ["Nguyễn Thị Mai", "0912345678", "giao buổi tối"];

async fn export(desk: &Desk, name: &str) -> PathBuf {
    let to = desk.folder().join(name);
    let place = desk.place();
    let args = export::Args { shop: SHOP.to_owned(), to: to.clone(), place, lang: Language::En };
    let said = desk.heard(export::report(&args).await).unwrap();
    println!("$ hopkenh shop export demo --to {name}\n{said}");
    assert!(said.contains("The ledger explains every balance"), "{said}");
    to
}

async fn import(desk: &Desk, folder: &Path) -> Result<String, String> {
    let (folder, place) = (folder.to_owned(), desk.place());
    let args = import::Args { folder, place, channel_hosts: None, lang: Language::En };
    let said = desk.heard(import::report(&args).await);
    let (Ok(text) | Err(text)) = &said;
    println!("$ hopkenh shop import\n{text}");
    said
}

async fn set_paused(desk: &Desk, is_paused: bool) {
    let args = pause::Args { shop: SHOP.to_owned(), place: desk.place(), lang: Language::En };
    desk.heard(pause::report(&args, is_paused).await).unwrap();
}

fn remove_args(desk: &Desk, change: impl Fn(&mut remove::Args)) -> remove::Args {
    let mut args = remove::Args {
        shop: SHOP.to_owned(),
        export_is_in: None,
        without_export: true,
        zero: false,
        leave_as_is: false,
        counter_too: false,
        yes: true,
        place: desk.place(),
        channel_hosts: None,
        lang: Language::En,
    };
    change(&mut args);
    args
}

async fn remove(desk: &Desk, change: impl Fn(&mut remove::Args)) -> Result<String, String> {
    let args = remove_args(desk, change);
    let said = desk.heard(desk.hurry(remove::report(&args, &desk.clock)).await);
    let (Ok(text) | Err(text)) = &said;
    println!("$ hopkenh shop remove\n{text}");
    said
}

/// A shop at work: counted, one order of the website and one of Shopee in its book.
async fn at_work(desk: &Desk) -> House {
    let house = desk.house().await;
    desk.add(&desk.file()).await.unwrap();
    crate::operator::until("the shop is counted", async || house.stock("AO-L", "hcm").await.on_hand == 4)
        .await;
    house.settle().await;
    house
}

async fn sell(house: &House) {
    assert_eq!(house.push_woo("order.created", order_with_buyer().as_bytes()).await, 200);
    assert_eq!(house.push_shopee(SHOPEE_PUSH.as_bytes()).await, 200);
    house.settle().await;
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_moves_with_every_item_and_its_ledger_and_late_news_counts_nothing_twice() {
    let (old, new) = (Desk::new(), Desk::new());
    let source = at_work(&old).await;
    sell(&source).await;
    set_paused(&old, true).await;
    source.settle().await;
    let exported = export(&old, "export").await;
    assert!(read(&exported, "shop.toml").contains("paused = true"));
    let told_web = || old.channels.web.calls().iter().filter(|call| call.path() == WOO_STOCK).count();
    let told = (old.channels.told_shopee().len(), told_web());

    let target = new.house().await;
    let refused = import(&new, &exported).await.unwrap_err();
    assert!(refused.contains("An export holds no secrets"), "{refused}");
    write_config(&exported, "");
    let said = import(&new, &exported).await.unwrap();
    assert!(said.contains("The ledger explains every balance"), "{said}");
    assert!(import(&new, &exported).await.unwrap().contains("is here already"));
    target.settle().await;

    let again = export(&new, "export").await;
    assert_eq!(read(&again, "items.jsonl"), read(&exported, "items.jsonl"), "every item, byte for byte");
    // The website and Shopee tell both orders once more, to the new place.
    sell(&target).await;
    let late = export(&new, "late").await;
    assert_eq!(read(&late, "stock.csv"), read(&exported, "stock.csv"), "nothing counts twice");
    assert_eq!(read(&late, "orders.csv"), read(&exported, "orders.csv"));
    set_paused(&new, false).await;
    let has_gone_on = async || {
        let entries = new.place().open().await.unwrap().table.registered().await.unwrap();
        entries.iter().all(|entry| entry.is_acted_on())
    };
    crate::operator::until("the shop goes on", has_gone_on).await;
    target.settle().await;
    assert_eq!((old.channels.told_shopee().len(), told_web()), told, "channels show it already");
    let next = WOO_ORDER.replace(r#""id":11,"#, r#""id":12,"#);
    assert_eq!(target.push_woo("order.created", next.as_bytes()).await, 200);
    target.settle().await;
    assert_eq!(old.channels.shopee_shows(23_620_853_561, 221_404_189_791), Some(11), "16 less 2, 1 and 2");
    export(&new, "after").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_shop_records_its_orders_and_tells_the_channels_when_it_goes_on() {
    let desk = Desk::new();
    let house = at_work(&desk).await;
    let is_known = async || {
        let entries = desk.place().open().await.unwrap().table.registered().await.unwrap();
        entries.iter().all(|entry| entry.is_acted_on())
    };
    set_paused(&desk, true).await;
    crate::operator::until("the machine knows of the pause", is_known).await;
    sell(&house).await;
    assert_eq!(house.stock("AO-M", "hn").await.free, 7, "10 less 2 and 1");
    assert_eq!(shown(&desk), [16, 12, 16, 11, 12].map(Some), "the channels were told nothing");
    set_paused(&desk, false).await;
    let is_told = async || shown(&desk) == [13, 12, 13, 11, 11].map(Some);
    crate::operator::until("the channels are told", is_told).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_holds_no_secret_and_no_buyer_and_one_that_was_changed_is_refused() {
    let (old, new) = (Desk::new(), Desk::new());
    let source = at_work(&old).await;
    sell(&source).await;
    let exported = export(&old, "export").await;
    assert!(has_canary(&exported, &CANARIES).is_empty());
    assert!(has_canary(&exported, &BUYER).is_empty());
    for name in ["README.txt", "sums.txt", "shop.toml", "stock.csv", "listings.csv", "parked.csv"] {
        assert!(exported.join(name).exists(), "{name}");
    }
    let orders = read(&exported, "orders.csv");
    assert!(orders.contains("web,11,channel,confirmed,2026-11-21T22:48:22Z"), "{orders}");
    assert!(orders.contains(",10:0,AO-M,hn,2,0,0,199000,398000,VND"), "{orders}");
    assert!(
        read(&exported, "sums.txt").contains("orders 2\nbalances 4\n"),
        "{}",
        read(&exported, "sums.txt")
    );

    // A second export into the same folder would mix two days.
    let place = old.place();
    let args = export::Args { shop: SHOP.to_owned(), to: exported.clone(), place, lang: Language::Vi };
    assert!(old.heard(export::report(&args).await).unwrap_err().contains("is not empty"));
    let items = read(&exported, "items.jsonl");
    std::fs::write(exported.join("items.jsonl"), items.replace(r#""h":{"N":"10"}"#, r#""h":{"N":"99"}"#))
        .unwrap();
    let refused = import(&new, &exported).await.unwrap_err();
    assert!(refused.contains("items.jsonl: is not as it was exported"), "{refused}");
    assert!(new.place().open().await.unwrap().table.registered().await.unwrap().is_empty());

    // Where the shop has a book of its own, nothing is mixed in.
    std::fs::write(exported.join("items.jsonl"), items).unwrap();
    let other = at_work(&new).await;
    let has_sold = WOO_ORDER.replace(r#""quantity":2"#, r#""quantity":3"#);
    assert_eq!(other.push_woo("order.created", has_sold.as_bytes()).await, 200);
    other.settle().await;
    let refused = import(&new, &exported).await.unwrap_err();
    assert!(refused.contains("is here already, with another file"), "{refused}");
    remove(&new, |args| args.leave_as_is = true).await.unwrap();
    let before = export(&new, "before").await;
    let refused = import(&new, &exported).await.unwrap_err();
    assert!(
        refused.contains("items lie here that differ from the export; nothing was taken in"),
        "{refused}"
    );
    let after = export(&new, "after").await;
    assert_eq!(read(&after, "sums.txt"), read(&before, "sums.txt"), "nothing was written");
    drop((source, other));
}

/// What Shopee shows of M and L, and the website of M, L and the set of both.
fn shown(desk: &Desk) -> [Option<i64>; 5] {
    let channels = &desk.channels;
    [
        channels.shopee_shows(23_620_853_561, 221_404_189_791),
        channels.shopee_shows(1000, 2000),
        channels.web_shows(10),
        channels.web_shows(11),
        channels.web_shows(12),
    ]
}

async fn nothing_is_left_but_the_book(desk: &Desk) {
    let place = desk.place().open().await.unwrap();
    assert!(place.table.registered().await.unwrap().is_empty(), "the list");
    assert!(has_canary(&desk.data(), &CANARIES).is_empty(), "the keys");
    assert!(!desk.data().join("shops/demo.toml").exists(), "the file");
    export(desk, "afterwards").await;
}

/// Hà Nội (with a till) has 10 of M and 8 of L, Hồ Chí Minh has 6 and 4; the website keeps one L back.
async fn check_left(change: impl Fn(&mut remove::Args), expected: [i64; 5]) {
    let desk = Desk::new();
    let house = at_work(&desk).await;
    assert_eq!(
        shown(&desk),
        [16, 12, 16, 11, 12].map(Some),
        "while the shop is looked after, all show the same pool"
    );
    let told = desk.channels.told_shopee().len();
    remove(&desk, change).await.unwrap();
    assert_eq!(shown(&desk), expected.map(Some));
    assert!(
        desk.channels.told_shopee().len() <= told + 2,
        "each of Shopee's two listings is told once at most"
    );
    house.settle().await;
    assert_eq!(shown(&desk), expected.map(Some), "nobody tells the channels anything else");
    nothing_is_left_but_the_book(&desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_that_leaves_offers_each_unit_once() {
    // What stands in Hà Nội is sold over the counter. 6 M and 4 L are dealt: M 3 + 2 and 1 in the set.
    check_left(|_| {}, [3, 2, 2, 0, 1]).await;
    // All 16 M and 12 L: M 7 + 6 and 3 in the set.
    check_left(|args| args.counter_too = true, [7, 5, 6, 3, 3]).await;
    check_left(|args| args.zero = true, [0, 0, 0, 0, 0]).await;
    check_left(|args| args.leave_as_is = true, [16, 12, 16, 11, 12]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_leaves_only_with_a_fresh_export_or_when_told_to_go_without() {
    let desk = Desk::new();
    let house = at_work(&desk).await;
    let refused = remove(&desk, |args| args.without_export = false).await.unwrap_err();
    assert!(refused.contains("shop export demo"), "{refused}");
    let exported = export(&desk, "export").await;
    sell(&house).await;
    let with_export = |folder: PathBuf| {
        move |args: &mut remove::Args| {
            args.without_export = false;
            args.export_is_in = Some(folder.clone());
        }
    };
    let refused = remove(&desk, with_export(exported)).await.unwrap_err();
    assert!(refused.contains("have changed since the export"), "{refused}");
    assert!(!read(&desk.data(), "shops/demo.toml").contains("paused"), "nothing was begun");
    let fresh = export(&desk, "fresh").await;
    remove(&desk, with_export(fresh)).await.unwrap();
    nothing_is_left_but_the_book(&desk).await;
}

/// A shop that comes back is told anew: what it was left at is not what it has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_that_comes_back_shows_its_pool_again() {
    let desk = Desk::new();
    let house = at_work(&desk).await;
    remove(&desk, |_| {}).await.unwrap();
    assert_eq!(shown(&desk), [3, 2, 2, 0, 1].map(Some));
    desk.add(&desk.file()).await.unwrap();
    let is_back = async || shown(&desk) == [16, 12, 16, 11, 12].map(Some);
    crate::operator::until("the pool is shown again", is_back).await;
    drop(house);
}
