//! What must hold while a shop is exported or removed: a book of one moment, and numbers that nobody changes afterwards.

use super::{SHOP, at_work, nothing_is_left_but_the_book, remove, remove_args, sell, set_paused, shown};
use crate::operator::Desk;
use crate::up_process::has_canary;
use commerce::cover::Attempt;
use commerce::ids::{ConnectionId, ListingId, LocationId, ShopId, Sku};
use commerce::level::Level;
use hopkenh::demo::texts::Language;
use hopkenh::shop::export::{self, book::Book};
use hopkenh_tests::fake_channels::{self, WOO_ORDER};
use hopkenh_tests::fake_server::Reply;
use hopkenh_tests::house::{CANARIES, House};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use table::attributes::text;
use table::keys::Kind;
use workflows::record_levels::RecordLevels;

const SAFE: [Option<i64>; 5] = [Some(3), Some(2), Some(2), Some(0), Some(1)];

fn shop() -> ShopId {
    ShopId::new(SHOP).unwrap()
}

async fn order(house: &House, number: usize) {
    let order = WOO_ORDER.replace(r#""id":11,"#, &format!(r#""id":{number},"#));
    assert_eq!(house.push_woo("order.created", order.as_bytes()).await, 200);
    house.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_is_of_one_moment_or_there_is_none() {
    let desk = Desk::new();
    let house = at_work(&desk).await;
    let (place, shop, passes) = (desk.place().open().await.unwrap(), shop(), Cell::new(0));
    let pass = async |until: usize| {
        let book = Book::read(&place, &shop).await?;
        passes.set(passes.get() + 1);
        if passes.get() <= until {
            order(&house, 100 + passes.get()).await;
        }
        Ok(book)
    };
    let book = Book::agreed(async || pass(1).await, Language::En).await.unwrap();
    assert_eq!(book.items(Kind::Order).count(), 1, "the order that came during the first pass");
    assert_eq!(passes.get(), 3, "the second and the third agree");
    let never = Book::agreed(async || pass(usize::MAX).await, Language::En).await.unwrap_err().to_string();
    assert!(never.contains("orders are coming in"), "{never}");
    assert_eq!(passes.get(), 3 + 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_names_an_order_that_its_balances_know_nothing_of() {
    let desk = Desk::new();
    let house = at_work(&desk).await;
    sell(&house).await;
    let place = desk.place().open().await.unwrap();
    let book = Book::read(&place, &shop()).await.unwrap();
    let (_, mut torn) = book.items(Kind::Order).last().unwrap().unwrap();
    torn.insert("p".to_owned(), text(format!("{SHOP}#O#web#99")));
    place.table.put_back(&torn).await.unwrap();
    let to = desk.folder().join("export");
    let args = export::Args { shop: SHOP.to_owned(), to, place: desk.place(), lang: Language::En };
    let said = desk.heard(export::report(&args).await).unwrap();
    assert!(said.contains("DOES NOT EXPLAIN 1 balances or orders:\n  web 99: "), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_waits_for_batches_that_had_begun_before() {
    let desk = Desk::new();
    let house = at_work(&desk).await;
    let (before, told) = (shown(&desk), desk.channels.told_shopee().len());
    let args = remove_args(&desk, |_| {});
    let removing = remove::report(&args, &desk.clock);
    tokio::pin!(removing);
    let early = tokio::time::timeout(Duration::from_secs(5), &mut removing).await;
    assert!(early.is_err(), "the machine has acted on the pause; a batch may still be at work");
    assert_eq!((shown(&desk), desk.channels.told_shopee().len()), (before, told));
    // Such a batch sends its number now, and is heard late.
    let (shop, connection, listing) = (
        shop(),
        ConnectionId::new("shopee-main").unwrap(),
        ListingId::new("23620853561:221404189791").unwrap(),
    );
    let table = &house.machine.table;
    let states = table.load_listings(&shop, &connection, std::slice::from_ref(&listing)).await.unwrap();
    let mut state = states[&listing].clone();
    let deadline = (desk.clock)() + Duration::from_secs(300);
    let number = state.listed.number;
    state.listed.number += 1;
    state.listed.attempt = Some(Attempt::of_pool(number + 1, 16, deadline));
    table.save_listing(&shop, &connection, &listing, &state, Some(number)).await.unwrap();
    desk.heard(desk.hurry(removing).await).unwrap();
    assert!((desk.clock)() > deadline, "its call can no longer be applied");
    assert_eq!(shown(&desk), SAFE);
    nothing_is_left_but_the_book(&desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_is_no_proof_that_nobody_publishes() {
    let desk = Desk::new();
    at_work(&desk).await.stop().await;
    let told = desk.channels.told_shopee().len();
    let up = hopkenh::presence::hold(&desk.data(), None).unwrap();
    let refused = remove(&desk, |_| {}).await.unwrap_err();
    assert!(refused.contains("does not take the new file up"), "{refused}");
    assert_eq!(desk.channels.told_shopee().len(), told);
    drop(up);
    remove(&desk, |_| {}).await.unwrap();
    assert_eq!(shown(&desk), SAFE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_that_never_stand_still_are_no_safe_end() {
    let desk = Desk::new();
    let house = at_work(&desk).await;
    let (table, runtime) = (house.machine.table.clone(), tokio::runtime::Handle::current());
    let count = AtomicI64::new(0);
    desk.channels.web.answer_with(move |call| {
        // Goods come in each time the website is told.
        let n = count.fetch_add(1, Ordering::SeqCst);
        let as_of =
            "2026-11-22T02:00:00Z".parse::<commerce::Timestamp>().unwrap() + Duration::from_secs(n as u64);
        let location = LocationId::new("hcm").unwrap();
        let level = Level { location, on_hand: 60 + 30 * n, as_of, source: "test".to_owned() };
        let sku = Sku::new("AO-M").unwrap();
        runtime.block_on(RecordLevels { table: &table }.record(&shop(), &sku, &level));
        fake_channels::web(call)
    });
    let refused = remove(&desk, |_| {}).await.unwrap_err();
    assert!(refused.contains("is still changing: orders are coming in"), "{refused}");
    assert!(refused.contains("is paused and not removed yet"), "{refused}");
    assert!(desk.data().join("secrets/demo/shopee-main.json").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_that_was_broken_off_ends_the_same_when_it_is_done_again() {
    let desk = Desk::new();
    let house = at_work(&desk).await;
    // The website refuses; Shopee has been told, the shop is paused and still there.
    desk.channels.web.answer_with(|_| Reply::text(403, r#"{"code":"woocommerce_rest_cannot_edit"}"#));
    let broken_off = remove(&desk, |_| {}).await.unwrap_err();
    assert!(broken_off.contains("is paused and not removed yet"), "{broken_off}");
    assert_eq!(shown(&desk)[..2], SAFE[..2]);
    let told = desk.channels.told_shopee().len();
    // All are told; then it breaks off among the keys: the till's cannot be taken away.
    let till = desk.data().join("secrets/demo/till.json");
    let blocked = till.clone();
    desk.channels.web.answer_with(move |call| {
        if blocked.is_file() {
            std::fs::remove_file(&blocked).unwrap();
            std::fs::create_dir(&blocked).unwrap();
        }
        fake_channels::web(call)
    });
    let broken_off = remove(&desk, |_| {}).await.unwrap_err();
    assert!(broken_off.contains("secrets of shop demo"), "{broken_off}");
    assert!(!desk.data().join("secrets/demo/shopee-main.json").exists());
    assert_eq!(shown(&desk), SAFE);
    std::fs::remove_dir(&till).unwrap();
    // Meanwhile goods come in: dealt anew without Shopee, the website would be told of Shopee's share as well.
    let as_of = "2026-11-22T02:00:00Z".parse().unwrap();
    let location = LocationId::new("hcm").unwrap();
    let level = Level { location, on_hand: 60, as_of, source: "test".to_owned() };
    let table = &house.machine.table;
    RecordLevels { table }.record(&shop(), &Sku::new("AO-M").unwrap(), &level).await;
    let done = remove(&desk, |_| {}).await.unwrap();
    assert!(done.contains("were told before") && done.contains("is removed"), "{done}");
    assert_eq!(shown(&desk), SAFE);
    assert_eq!(desk.channels.told_shopee().len(), told, "who was told is not told again");
    nothing_is_left_but_the_book(&desk).await;
    assert!(remove(&desk, |_| {}).await.unwrap_err().contains("is not here"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_without_keys_is_not_taken_for_one_that_was_told() {
    let desk = Desk::new();
    let house = at_work(&desk).await;
    std::fs::remove_file(desk.data().join("secrets/demo/shopee-main.json")).unwrap();
    let refused = remove(&desk, |_| {}).await.unwrap_err();
    assert!(refused.contains("no secrets of this account are stored here"), "{refused}");
    assert!(desk.data().join("secrets/demo/web.json").exists(), "nothing is forgotten yet");
    drop(house);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_that_is_served_by_its_file_alone_leaves_like_any_other() {
    let desk = Desk::new();
    let house = at_work(&desk).await;
    house.machine.table.unregister(&shop()).await.unwrap();
    remove(&desk, |_| {}).await.unwrap();
    assert_eq!(shown(&desk), SAFE);
    nothing_is_left_but_the_book(&desk).await;
}

#[tokio::test]
async fn keys_of_accounts_that_were_taken_out_earlier_go_as_well() {
    let desk = Desk::new();
    desk.add(&desk.file()).await.unwrap();
    desk.add(&crate::operator::without_shopee(&desk.file())).await.unwrap();
    assert!(!has_canary(&desk.data(), &CANARIES).is_empty());
    remove(&desk, |args| args.leave_as_is = true).await.unwrap();
    assert!(has_canary(&desk.data(), &CANARIES).is_empty());
}

#[tokio::test]
async fn a_pause_that_ends_before_anybody_saw_it_is_acted_on_all_the_same() {
    let desk = Desk::new();
    desk.add(&desk.file()).await.unwrap();
    let table = desk.place().open().await.unwrap().table;
    let entry = async || table.registered().await.unwrap().remove(0);
    table.acted_on(&entry().await.after((desk.clock)(), 0)).await.unwrap();
    let before = entry().await;
    assert!(before.is_acted_on());
    set_paused(&desk, true).await;
    set_paused(&desk, false).await;
    let after = entry().await;
    assert_eq!(after.version, before.version);
    assert!(!after.is_acted_on(), "listings may have been left out meanwhile");
    assert_eq!(after.added_at, before.added_at);
}
