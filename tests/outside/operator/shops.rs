//! A shop is added while the machine runs, changed, and loses an account.

use super::{Desk, until, without_shopee};
use commerce::ids::ShopId;
use hopkenh::demo::texts::Language;
use hopkenh::parked;
use hopkenh::secret::forget;
use hopkenh::shop::{file, list};
use hopkenh_tests::fake_channels::WOO_ORDER;
use hopkenh_tests::house::{SHOP, write_config};
use lambda_kit::queues::Outgoing;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_added_beside_a_running_machine_works_within_seconds() {
    let desk = Desk::new();
    let house = desk.house().await;
    assert_eq!(house.push_woo("order.created", WOO_ORDER.as_bytes()).await, 401, "nobody is known yet");
    let empty = list::Args { place: desk.place(), listings: false, lang: Language::En };
    let said = desk.heard(list::report(&empty, (desk.clock)()).await).unwrap();
    assert!(said.contains("hopkenh shop add FILE"), "{said}");

    let said = desk.add(&desk.file()).await.unwrap();
    for part in [
        "Shop demo (Cửa hàng Mẫu) is added",
        "Counts to begin from: 4",
        "shopee-main: secrets stored: access_token, partner_key",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.contains("http://<listen>/webhooks/demo/web"), "{said}");
    assert!(said.contains("https://hooks.example.vn/webhooks/demo/shopee-main"), "as registered: {said}");
    until("all listings show what was counted", async || {
        let web = [10, 11, 12].map(|product| desk.channels.web_shows(product));
        let shopee = desk.channels.shopee_shows(23_620_853_561, 221_404_189_791);
        web == [Some(16), Some(11), Some(12)] && shopee == Some(16)
    })
    .await;
    assert_eq!(house.push_woo("order.created", WOO_ORDER.as_bytes()).await, 200);
    until("the sale is told", async || {
        desk.channels.shopee_shows(23_620_853_561, 221_404_189_791) == Some(14)
    })
    .await;
    house.settle().await;
    assert_eq!(house.stock("AO-M", "hn").await.committed, 2);
    assert!(house.machine.table.registered().await.unwrap().iter().all(|entry| entry.is_acted_on()));
    desk.assert_no_secret_elsewhere();
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_file_applies_what_waited_and_sets_aside_what_has_no_account_any_more() {
    let desk = Desk::new();
    let house = desk.house().await;
    desk.add(&desk.file()).await.unwrap();
    until("acted on", async || house.machine.table.registered().await.unwrap()[0].is_acted_on()).await;
    let order = WOO_ORDER.replace("\"product_id\":10", "\"product_id\":99");
    assert_eq!(house.push_woo("order.created", order.as_bytes()).await, 200);
    house.settle().await;
    assert_eq!(house.reasons("11").await, ["unknown_sku"]);
    assert_eq!(house.stock("AO-M", "hn").await.committed, 0);
    let args = list::Args { place: desk.place(), listings: true, lang: Language::Vi };
    let said = desk.heard(list::report(&args, (desk.clock)()).await).unwrap();
    assert!(said.contains("việc chờ: 1") && said.contains("đã áp dụng"), "{said}");
    let ask = |shop: Option<&str>| parked::List {
        filter: Default::default(),
        config: None,
        shop: shop.map(str::to_owned),
        place: desk.place(),
        lang: Language::En,
    };
    let said = desk.heard(parked::report(&ask(None), desk.clock.clone()).await).unwrap();
    assert!(said.contains("Map listing 99:0 to a SKU"), "{said}");
    let refused = desk.heard(parked::report(&ask(Some("demmo")), desk.clock.clone()).await).unwrap_err();
    assert!(refused.contains("shop demmo: is not here; shops here: demo"), "{refused}");

    let before = house.machine.table.registered().await.unwrap().remove(0);
    let mapped = desk.file().replace(
        "[[shop.connection.listing]]\nid = \"11:0\"",
        "[[shop.connection.listing]]\nid = \"99:0\"\nsku = \"AO-M\"\n\n[[shop.connection.listing]]\nid = \"11:0\"",
    );
    let said = desk.add(&mapped).await.unwrap();
    assert!(said.contains("is changed"), "{said}");
    let web = said.lines().find(|line| line.trim_start().starts_with("web ")).unwrap();
    assert_eq!(web.split_whitespace().collect::<Vec<_>>(), ["web", "woocommerce", "4", "1", "0", "0"]);
    until("the order applied itself", async || house.stock("AO-M", "hn").await.committed == 2).await;
    house.settle().await;
    assert!(house.reasons("11").await.is_empty());
    let after = house.machine.table.registered().await.unwrap().remove(0);
    assert_eq!(after.added_at, before.added_at);
    assert_ne!(after.version, before.version);
    assert_eq!(desk.channels.web_shows(99), Some(14), "the new listing is published");

    let forget = forget::Args { account: desk.account("shopee-main"), lang: Language::En };
    let refused = desk.heard(forget::report(&forget).await).unwrap_err();
    assert!(refused.contains("is still in the file"), "{refused}");
    let said = desk.add(&without_shopee(&mapped)).await.unwrap();
    assert!(
        said.contains("removed") && said.contains("secret forget --shop demo --connection shopee-main"),
        "{said}"
    );
    until("acted on again", async || house.machine.table.registered().await.unwrap()[0].is_acted_on()).await;
    let level = r#"{"location":"hcm","on_hand":1,"as_of":"2026-11-22T02:00:00Z","source":"x"}"#;
    let late = format!(
        r#"{{"shop":"demo","connection":"shopee-main","record":{{"level":{{"sku":"AO-M","level":{level}}}}}}}"#
    );
    house.machine.orders.send(vec![Outgoing::for_shop(&ShopId::new(SHOP).unwrap(), late)]).await.unwrap();
    until("the late message is set aside", async || !house.parked().await.is_empty()).await;
    assert_eq!(house.stock("AO-M", "hcm").await.on_hand, 6, "and not counted");
    let kept = desk.data().join("secrets/demo/shopee-main.json");
    assert!(kept.exists(), "keys are not thrown away by an edit");
    desk.heard(forget::report(&forget).await).unwrap();
    assert!(!kept.exists());
    house.stop().await;
}

#[tokio::test]
async fn the_same_file_added_again_changes_nothing_even_without_the_keys_at_hand() {
    let desk = Desk::new();
    desk.add(&desk.file()).await.unwrap();
    let place = desk.place().open().await.unwrap();
    let mut entry = place.table.registered().await.unwrap().remove(0);
    entry.acted_on = Some(entry.version.clone());
    place.table.acted_on(&entry).await.unwrap();
    let files = desk.files();

    let said = desk.add(&desk.file()).await.unwrap();
    assert!(said.contains("nothing has changed"), "{said}");
    // As the command prints it, in another folder, where no key lies.
    let args = file::Args { shop: SHOP.to_owned(), place: desk.place() };
    let printed = desk.heard(file::report(&args).await).unwrap();
    assert_eq!(printed, desk.file(), "letter by letter");
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("demo.toml");
    std::fs::write(&copy, &printed).unwrap();
    let said = desk.add_from(copy.clone()).await.unwrap();
    assert!(said.contains("nothing has changed"), "{said}");
    assert!(said.contains("web: secrets not at hand now (the stored ones are kept): consumer_key, consumer_secret, webhook_secret"), "{said}");
    assert_eq!(place.table.registered().await.unwrap(), [entry.clone()]);
    assert_eq!(desk.files(), files);

    // A change without the keys: what was acted on is forgotten, so that going back is acted on as well.
    std::fs::write(&copy, printed.replace("Cửa hàng Mẫu", "Cửa hàng Lan")).unwrap();
    assert!(desk.add_from(copy.clone()).await.unwrap().contains("Shop demo (Cửa hàng Lan) is changed"));
    let changed = place.table.registered().await.unwrap().remove(0);
    assert!(!changed.is_acted_on() && changed.acted_on.is_none() && changed.added_at == entry.added_at);
    assert_eq!(changed.name, "Cửa hàng Lan");
    // Whoever adds an older copy of a paused shop's file hears that it is paused no more.
    std::fs::write(&copy, printed.replacen("[[shop]]", "[[shop]]\npaused = true", 1)).unwrap();
    assert!(desk.add_from(copy.clone()).await.unwrap().contains("The shop is paused"));
    std::fs::write(&copy, printed).unwrap();
    assert!(desk.add_from(copy).await.unwrap().contains("The shop was paused; with this file"));
    desk.assert_no_secret_elsewhere();
}

#[tokio::test]
async fn the_list_puts_the_worst_shop_first_and_asking_makes_no_folder() {
    let desk = Desk::new();
    let args = list::Args { place: desk.place(), listings: false, lang: Language::En };
    assert!(list::report(&args, (desk.clock)()).await.is_err(), "nothing is there");
    assert!(!desk.data().exists(), "a mistyped folder is not made");
    for id in ["an", "binh", "chi"] {
        let file = desk.file().replace("id = \"demo\"", &format!("id = \"{id}\""));
        desk.add_from(write_config(desk.folder(), &file)).await.unwrap();
    }
    let table = desk.place().open().await.unwrap().table;
    for entry in table.registered().await.unwrap().iter().filter(|entry| entry.shop.as_str() != "binh") {
        table.acted_on(&entry.after((desk.clock)(), 0)).await.unwrap();
    }
    let mut note = table::parked_item::Parked {
        shop: commerce::ids::ShopId::new("chi").unwrap(),
        connection: commerce::ids::ConnectionId::new("web").unwrap(),
        subject: "11".to_owned(),
        reasons: vec![commerce::park::ParkReason::BeforeHorizon],
        at: (desk.clock)(),
        body: String::new(),
    };
    table.park(&note).await.unwrap();
    note.shop = commerce::ids::ShopId::new("operator").unwrap();
    table.park(&note).await.unwrap();
    note.subject = "12".to_owned();
    table.park(&note).await.unwrap();
    let said = desk.heard(list::report(&args, (desk.clock)()).await).unwrap();
    let first = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    let order: Vec<String> = said.lines().skip(1).take(4).map(first).collect();
    assert_eq!(order, ["operator", "chi", "binh", "an"], "{said}");
    assert!(said.contains("Shops: 3   with parked work: 2   parked: 3   files not acted on: 1"), "{said}");
}
