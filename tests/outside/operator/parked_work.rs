//! Parked work is shown without buyer data, tried once more when its cause is mended, and dropped with a reason.

use super::{Desk, until, without_shopee};
use commerce::ids::ShopId;
use hopkenh::demo::texts::Language;
use hopkenh::parked::which::Filter;
use hopkenh::parked::{self, Args, List, Verb, Which};
use hopkenh_tests::house::SHOP;
use lambda_kit::queues::Outgoing;

fn which(desk: &Desk, filter: Filter) -> Which {
    Which { shop: "operator".to_owned(), filter, place: desk.place(), lang: Language::En }
}

async fn ask(desk: &Desk, verb: Option<Verb>) -> Result<String, String> {
    let (shop, filter, place, lang) = (None, Filter::default(), desk.place(), Language::En);
    let args = Args { verb, list: List { config: None, shop, filter, place, lang } };
    desk.heard(parked::answer(&args, desk.clock.clone()).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_parked_is_shown_tried_again_and_dropped() {
    let desk = Desk::new();
    let house = desk.house().await;
    desk.add(&without_shopee(&desk.file())).await.unwrap();
    let acted = async || house.machine.table.registered().await.unwrap()[0].is_acted_on();
    until("acted on", acted).await;
    // A count of an account that the file does not name, and a text of no shape we know that names a buyer.
    let at = (desk.clock)();
    let level = format!(r#"{{"location":"hcm","on_hand":1,"as_of":"{at}","source":"x"}}"#);
    let count = format!(
        r#"{{"shop":"demo","connection":"shopee-main","record":{{"level":{{"sku":"AO-M","level":{level}}}}}}}"#
    );
    let poison = r#"{"status":"odd","buyer":"Nguyễn Thị Hoa","phone":84901234567}"#.to_owned();
    for body in [count, poison] {
        let shop = ShopId::new(SHOP).unwrap();
        house.machine.orders.send(vec![Outgoing::for_shop(&shop, body)]).await.unwrap();
    }
    until("both are parked", async || house.parked().await.len() == 2).await;
    let unreadable = || Filter { cause: Some("unreadable".to_owned()), ..Filter::default() };

    let shown = ask(&desk, Some(Verb::Show(which(&desk, unreadable())))).await.unwrap();
    assert!(shown.contains("connection shopee-main of shop demo is not in the shops file"), "{shown}");
    assert!(shown.contains("\"status\": \"odd\"") && shown.contains("AO-M"), "{shown}");
    assert!(!shown.contains("Hoa") && !shown.contains("84901234567"), "{shown}");

    desk.add(&desk.file()).await.unwrap();
    until("acted on again", acted).await;
    let replay = || Verb::Replay { which: which(&desk, unreadable()), channel_hosts: None };
    let said = ask(&desk, Some(replay())).await.unwrap();
    assert!(said.contains("done again") && said.contains("nothing can be sent again"), "{said}");
    assert_eq!(house.stock("AO-M", "hcm").await.on_hand, 1, "counted now");
    let version = house.stock("AO-M", "hcm").await.version;
    let said = ask(&desk, Some(replay())).await.unwrap();
    assert!(!said.contains("done again"), "{said}");
    assert_eq!(house.stock("AO-M", "hcm").await.version, version, "and not again");

    let drop =
        |filter: Filter, reason: &str| Verb::Drop { which: which(&desk, filter), reason: reason.to_owned() };
    let refused = ask(&desk, Some(drop(Filter::default(), "seen"))).await.unwrap_err();
    assert!(refused.contains("say which"), "{refused}");
    let refused = ask(&desk, Some(drop(unreadable(), " "))).await.unwrap_err();
    assert!(refused.contains("--reason"), "{refused}");
    let said = ask(&desk, Some(drop(unreadable(), "a test message of the partner"))).await.unwrap();
    assert!(said.contains("1 dropped"), "{said}");
    assert!(house.parked().await.is_empty());
    let kept = desk.files().into_values().filter_map(|content| String::from_utf8(content).ok());
    assert!(
        kept.into_iter().any(|text| text.contains("a test message of the partner")),
        "the reason is kept"
    );
    assert!(ask(&desk, None).await.unwrap().contains("Nothing waits"));
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_means_what_it_says() {
    let desk = Desk::new();
    let house = desk.house().await;
    desk.add(&desk.file()).await.unwrap();
    let shop = ShopId::new(SHOP).unwrap();
    house.machine.orders.send(vec![Outgoing::for_shop(&shop, "{}".to_owned())]).await.unwrap();
    until("it is parked", async || house.parked().await.len() == 1).await;
    let filters = [
        (Filter { connection: Some("queue".to_owned()), ..Filter::default() }, true),
        (Filter { connection: Some("web".to_owned()), ..Filter::default() }, false),
        (Filter { cause: Some("refused".to_owned()), ..Filter::default() }, false),
        (Filter { older_than: Some(1), ..Filter::default() }, false),
        (Filter { older_than: Some(0), ..Filter::default() }, true),
        (Filter { what: Some("another".to_owned()), ..Filter::default() }, false),
    ];
    for (filter, is_meant) in filters {
        let said = ask(&desk, Some(Verb::Show(which(&desk, filter.clone())))).await.unwrap();
        assert_eq!(!said.contains("Nothing waits"), is_meant, "{filter:?}: {said}");
    }
    let nobody = Which { shop: "demmo".to_owned(), ..which(&desk, Filter::default()) };
    assert!(ask(&desk, Some(Verb::Show(nobody))).await.unwrap_err().contains("is not here"));
    house.stop().await;
}
