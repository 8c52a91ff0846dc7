//! More is sold than is there: it is written down at once, channels are lowered, and somebody has to see to it until a time.

use commerce::order::OrderKind;
use hopkenh::shortfalls::{Shortfall, of_shop};
use hopkenh_tests::history::time;
use hopkenh_tests::stock_story::Stage;

async fn listed(stage: &Stage) -> Vec<Shortfall> {
    of_shop(&stage.book.table, &stage.book.record.archive, &stage.shop()).await.unwrap()
}

/// The till sells goods that are promised to buyers on both channels. Nobody refuses that sale: the goods are gone.
#[tokio::test]
async fn a_till_sale_beyond_the_stock_is_listed_until_goods_come() {
    let mut stage = Stage::open().await;
    stage
        .play(
            "
time  | what happens     | where | units | → mall | web | on hand | sold | free
08:00 | counted          | hn    | 5     | 0/0    | 0/0 | 5       | 0    | 5
08:05 | orders are read  |       |       | 3/3    | 2/2 | 5       | 0    | 0
08:06 | sold, and told   | mall  | 2     | 1/1    | 2/2 | 5       | 2    | 0
08:07 | sold, and told   | web   | 1     | 1/1    | 1/1 | 5       | 3    | 0
08:10 | orders are read  |       |       | 1/1    | 1/1 | 5       | 3    | 0
",
        )
        .await;
    assert!(listed(&stage).await.is_empty(), "nothing is short yet");
    stage
        .play(
            "
time  | what happens     | where | units | → mall | web | on hand | sold | free
08:50 | sold at the till | hn    | 3     | 0/1    | 0/0 | 2       | 3    | -2
",
        )
        .await;
    let found = listed(&stage).await;
    let [shortfall] = &found[..] else { panic!("{found:?}") };
    let balance = (shortfall.balance.sku.as_str(), shortfall.balance.location.as_str());
    assert_eq!((balance, shortfall.short(), shortfall.sold()), (("AO-M", "hn"), 2, 1));
    let opened = shortfall.opened.as_ref().expect("the ledger tells since when");
    assert_eq!(opened.at, time("2026-11-22T08:50:00Z"), "since the sale at the till");
    assert_eq!(shortfall.rule.owner, "Lan");
    assert_eq!(shortfall.deadline(), Some(time("2026-11-22T14:50:00Z")));
    assert!(!shortfall.is_overdue(time("2026-11-22T14:49:59Z")));
    assert!(shortfall.is_overdue(time("2026-11-22T14:50:00Z")));
    let (key, order) = shortfall.least_harm().expect("an order that could be cancelled");
    assert_eq!((key.order.as_str(), key.connection.as_str()), ("O2", "web"), "the cheaper of the two");
    assert_eq!(order.kind, OrderKind::Channel);
    stage
        .play(
            "
time  | what happens     | where | units | → mall | web | on hand | sold | free
08:55 | orders are read  |       |       | 0/0    | 0/0 | 2       | 3    | -1
",
        )
        .await;
    let found = listed(&stage).await;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].short(), found[0].sold()), (1, 1), "what was only on show is no longer short");
    assert_eq!(found[0].opened.as_ref().map(|opened| opened.at), Some(time("2026-11-22T08:50:00Z")));
    stage
        .play(
            "
time  | what happens     | where | units | → mall | web | on hand | sold | free
09:29 | orders are read  |       |       | 0/0    | 0/0 | 2       | 3    | -1
09:30 | counted          | hn    | 6     | 2/2    | 1/1 | 6       | 3    | 0
09:35 | orders are read  |       |       | 2/2    | 1/1 | 6       | 3    | 0
",
        )
        .await;
    assert!(listed(&stage).await.is_empty(), "goods have come");
}
