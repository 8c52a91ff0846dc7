//! Stock is counted by hand: once, checked as a whole, beside a running machine, and the listings follow.

use super::{Desk, until};
use commerce::ids::{LocationId, ShopId, Sku};
use commerce::stock::StockKey;
use hopkenh::demo::texts::Language;
use hopkenh::stock::{self, Args};
use hopkenh_tests::house::SHOP;

fn one(desk: &Desk, sku: &str, location: &str, on_hand: &str, as_of: Option<&str>) -> Args {
    let [sku, location, on_hand] = [sku, location, on_hand].map(|text| Some(text.to_owned()));
    let (shop, place, lang) = (SHOP.to_owned(), desk.place(), Language::En);
    Args { shop, sku, location, on_hand, as_of: as_of.map(|at| at.parse().unwrap()), csv: None, place, lang }
}

fn list(desk: &Desk, text: &str) -> Args {
    let csv = desk.folder().join("counts.csv");
    std::fs::write(&csv, text).unwrap();
    let (sku, location, on_hand) = (None, None, None);
    let (shop, place, lang) = (SHOP.to_owned(), desk.place(), Language::En);
    Args { shop, sku, location, on_hand, as_of: None, csv: Some(csv), place, lang }
}

async fn count(desk: &Desk, args: &Args) -> Result<String, String> {
    desk.heard(stock::report(args, (desk.clock)()).await)
}

async fn on_hand(desk: &Desk, sku: &str, location: &str) -> Option<i64> {
    let table = desk.place().open().await.unwrap().table;
    let key = StockKey { sku: Sku::new(sku).unwrap(), location: LocationId::new(location).unwrap() };
    let found = table.load_stock(&ShopId::new(SHOP).unwrap(), std::slice::from_ref(&key)).await.unwrap();
    found.get(&key).map(|stock| stock.on_hand)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_beside_a_running_machine_reaches_the_listings() {
    let desk = Desk::new();
    let house = desk.house().await;
    desk.add(&desk.file()).await.unwrap();
    until("first counts", async || desk.channels.web_shows(10) == Some(16)).await;
    let said = count(&desk, &one(&desk, "AO-M", "hcm", "20", None)).await.unwrap();
    let row = said.lines().nth(1).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(row, "AO-M hcm 6 → 20");
    until("the listings follow", async || desk.channels.web_shows(10) == Some(30)).await;
    let said = count(&desk, &list(&desk, "sku,location,on_hand\nAO-M,hcm,3\nAO-L,hcm,0\n")).await.unwrap();
    assert!(said.contains("→ 3") && said.contains("→ 0"), "{said}");
    until("the listings follow the list", async || {
        [10, 11].map(|product| desk.channels.web_shows(product)) == [Some(13), Some(7)]
    })
    .await;
    house.settle().await;
    house.stop().await;
}

#[tokio::test]
async fn a_count_applies_once_and_never_over_a_later_one() {
    let desk = Desk::new();
    desk.add(&desk.file()).await.unwrap();
    let at = Some("2026-11-22T02:00:00Z");
    count(&desk, &one(&desk, "AO-M", "hcm", "20", at)).await.unwrap();
    assert_eq!(on_hand(&desk, "AO-M", "hcm").await, Some(20));
    for (number, at) in [("20", at), ("21", at), ("22", Some("2026-11-22T01:00:00Z"))] {
        let said = count(&desk, &one(&desk, "AO-M", "hcm", number, at)).await.unwrap();
        assert!(said.contains("not applied: a count of 2026-11-22T02:00:00Z is in already"), "{said}");
        assert_eq!(on_hand(&desk, "AO-M", "hcm").await, Some(20));
    }
    // A list from a spreadsheet: its mark at the beginning, semicolons, another order of columns, a time of its own.
    let text =
        "\u{feff}Location;SKU;as_of;on_hand\r\nhcm;AO-M;2026-11-22T02:30:00Z;5\r\n\r\nhcm;\"AO-L\";;7\r\n";
    count(&desk, &list(&desk, text)).await.unwrap();
    assert_eq!(
        [on_hand(&desk, "AO-M", "hcm").await, on_hand(&desk, "AO-L", "hcm").await],
        [Some(5), Some(7)]
    );
}

#[tokio::test]
async fn a_list_with_a_bad_row_applies_nothing_and_names_every_one() {
    let desk = Desk::new();
    desk.add(&desk.file()).await.unwrap();
    let text = "sku,location,on_hand,as_of\n\
                AO-M,hcm,9,\n\
                A0-M,hcm,1,\n\
                AO-L,hn,1,\n\
                AO-L,dn,-1,\n\
                AO-L,hcm,1.000,2026-11-23T00:00:00Z\n\
                AO-M,hcm,8,\n\
                AO-L,hcm,4\n\
                ,hcm,9000000000,yesterday\n";
    let refused = count(&desk, &list(&desk, text)).await.unwrap_err();
    assert_eq!(refused, "line 8: has 3 cells, must have 4", "{refused}");
    let refused = count(&desk, &list(&desk, &text.replace("AO-L,hcm,4\n", "\n"))).await.unwrap_err();
    let expected = [
        "line 3: sku A0-M: no listing of the shop sells it; near: AO-M, AO-L",
        "line 4: location hn: the till (till) counts there; correct it in the till",
        "line 5: location \"dn\": does not exist; there are: hn, hcm",
        "line 5: on_hand \"-1\": must be a whole number, 0 or more, without points",
        "line 6: on_hand \"1.000\": must be a whole number, 0 or more, without points",
        "line 6: as_of 2026-11-23T00:00:00Z: lies in the future",
        "line 7: AO-M at hcm is on line 2 already",
        "line 9: sku: must not be empty (got \"\")",
        "line 9: on_hand \"9000000000\": must be a whole number, 0 or more, without points",
        "line 9: as_of \"yesterday\": must look like 2026-11-21T17:00:00Z",
    ];
    assert_eq!(refused.lines().collect::<Vec<_>>(), expected);
    assert_eq!(on_hand(&desk, "AO-M", "hcm").await, None, "nothing was applied");
    for (text, sentence) in [
        ("", "line 1: must be sku,location,on_hand"),
        ("sku,location,count\nAO-M,hcm,1\n", "line 1: must be sku,location,on_hand"),
        ("sku,location,on_hand\n", "has no rows"),
    ] {
        assert!(count(&desk, &list(&desk, text)).await.unwrap_err().contains(sentence), "{text:?}");
    }
    let single = one(&desk, "ao-m", "hcm", "1", None);
    assert!(count(&desk, &single).await.unwrap_err().starts_with("sku ao-m: no listing"), "letters count");
}
