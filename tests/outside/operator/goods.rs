//! At the store: goods come in, go to the other store, come back; each word is told back with what comes next, and bad ones are refused.

use super::Desk;
use clap::Parser;
use hopkenh::goods::{self, Verb};
use hopkenh::stock;
use hopkenh_tests::house::SHOP;

#[derive(Parser)]
struct Command {
    #[command(subcommand)]
    verb: Verb,
}

/// Says it as a person types it.
async fn say(desk: &Desk, words: &str) -> Result<String, String> {
    let (data, shop) = (desk.data(), ["--shop", SHOP, "--data"].map(str::to_owned).to_vec());
    let typed = std::iter::once("goods").chain(words.split_whitespace()).map(str::to_owned);
    let typed = typed.chain(shop).chain([data.display().to_string()]);
    let verb = Command::try_parse_from(typed).map_err(|error| error.to_string())?.verb;
    desk.heard(goods::report(&verb, desk.clock.clone()).await)
}

/// Words with single spaces, so that columns may move.
fn plain(text: &str) -> String {
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect()
}

/// A shop whose two stores keep their own stock, each with ten of each product.
async fn open() -> Desk {
    let desk = Desk::new();
    let third = "[[shop.location]]\nid = \"dn\"\nname = \"Đà Nẵng\"\n\n";
    let hcm = "[[shop.location]]\nid = \"hcm\"";
    desk.add(&desk.file().replace(hcm, &format!("{third}{hcm}"))).await.unwrap();
    let counts = desk.folder().join("counts.csv");
    std::fs::write(&counts, "sku,location,on_hand\nAO-M,hcm,10\nAO-L,hcm,10\nAO-M,dn,10\nAO-L,dn,10\n")
        .unwrap();
    let args = stock::Args {
        shop: SHOP.to_owned(),
        sku: None,
        location: None,
        on_hand: None,
        as_of: Some("2026-11-21T01:00:00Z".parse().unwrap()),
        csv: Some(counts),
        place: desk.place(),
        lang: hopkenh::demo::texts::Language::En,
    };
    stock::report(&args, (desk.clock)()).await.unwrap();
    desk
}

#[tokio::test]
async fn a_transfer_is_followed_from_paper_to_paper() {
    let desk = open().await;
    let said = say(&desk, "draft --from hcm --to dn --number T-1 --by Lan AO-M=4 AO-L=2").await.unwrap();
    assert!(plain(&said).contains("AO-M 4 0 0 0 0"), "{said}");
    let depart = said.lines().find_map(|line| line.strip_prefix("When it leaves: hopkenh goods ")).unwrap();
    assert!(depart.starts_with("depart T-1 --shop demo"), "{depart}");
    let listed = say(&desk, "list").await.unwrap();
    assert!(plain(&listed).contains("T-1 transfer hcm → dn, set aside 6"), "{listed}");
    say(&desk, "depart T-1 --by Lan").await.unwrap();
    let said = say(&desk, "arrive T-1 AO-M=3 AO-L=2 --by Hùng").await.unwrap();
    assert!(plain(&said).contains("AO-M 4 4 3 0 1"), "{said}");
    let again = say(&desk, "arrive T-1 AO-M=3 AO-L=2 --by Hùng").await.unwrap();
    assert!(again.starts_with("Nothing changed: T-1 has this word already"), "{again}");
    let refused = say(&desk, "arrive T-1 AO-M=2").await.unwrap_err();
    assert_eq!(refused, "T-1: AO-M: at most 1 can be meant");
    say(&desk, "lose T-1 --by Hùng --why thùng-rách").await.unwrap();
    let shown = say(&desk, "show T-1 --lang vi").await.unwrap();
    assert!(shown.starts_with("T-1: chuyển hcm → dn, đã xong"), "{shown}");
    assert!(plain(&shown).contains("lose Hùng thùng-rách"), "{shown}");
    assert_eq!(say(&desk, "list").await.unwrap(), "No paper is unfinished.\n");
}

#[tokio::test]
async fn a_delivery_of_many_products_becomes_several_papers_and_a_bad_list_none() {
    let desk = open().await;
    let file = desk.folder().join("delivery.csv");
    std::fs::write(&file, "\u{feff}units;sku\n3;AO-M\n4;AO-L\n").unwrap();
    let said =
        say(&desk, &format!("receive --location hcm --number R-1 --csv {}", file.display())).await.unwrap();
    assert!(said.starts_with("Written, R-1: received at hcm") && plain(&said).contains("AO-L 4"), "{said}");
    for (words, expected) in [
        (
            "receive --location hcm AO-X=1 AO-M=one",
            "sku AO-X: no listing of the shop sells it; near: AO-L, AO-M\n\"AO-M=one\": must be SKU=UNITS, such as AO-M=20, a whole number",
        ),
        ("receive --location ha-noi AO-M=1", "location \"ha-noi\": does not exist; there are: hn, dn, hcm"),
        ("receive --location hcm", "no goods are named"),
        (
            "receive --location hcm --number R-1 AO-M=9",
            "R-1: a paper of this number is there already, about other goods; use another number",
        ),
        ("receive --location hn AO-M=1", "hn: its till keeps the stock there; write it in the till"),
        (
            "adjust --location hcm --reason lost AO-M=0",
            "AO-M: units must be whole, not 0, and no more than any store holds",
        ),
        (
            "draft --from hcm --to dn AO-M=999",
            "AO-M: only 13 free; nothing is set aside. If the goods have left, say `goods send`",
        ),
        ("arrive T-9", "T-9: there is no such paper"),
        (
            "take-back --location hcm --order 1001 AO-M=1",
            "order \"1001\": must be CONNECTION/ORDER, such as web/1001",
        ),
        (
            "take-back --location hcm --order web/1001 AO-M=1",
            "web/1001: the book has no such order; for goods without one leave --order out",
        ),
        (
            "receive --location hcm --at 2030-01-01T00:00:00Z AO-M=1",
            "at 2030-01-01T00:00:00Z: lies in the future",
        ),
    ] {
        let refused = say(&desk, words).await.unwrap_err();
        assert!(refused.ends_with(expected), "{words}: {refused}");
    }
}

#[tokio::test]
async fn what_came_back_waits_until_somebody_looks_at_it() {
    let desk = open().await;
    let said = say(&desk, "take-back --location dn --number B-1 AO-M=3 --by Lan").await.unwrap();
    assert!(said.contains("Once it was looked at: hopkenh goods inspect B-1 --shop demo"), "{said}");
    let listed = say(&desk, "list").await.unwrap();
    assert!(plain(&listed).contains("B-1 return without an order 3"), "{listed}");
    let said = say(&desk, "inspect B-1 --location dn --sellable AO-M=2 --scrapped AO-M=1").await.unwrap();
    assert!(plain(&said).contains("dn AO-M 3 2 1 0"), "{said}");
    assert_eq!(say(&desk, "list").await.unwrap(), "No paper is unfinished.\n");
}
