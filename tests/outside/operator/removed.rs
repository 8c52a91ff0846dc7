//! Listings that a changed file takes out, and shops that are added where nobody reads them.

use super::{Desk, until, without_shopee};
use hopkenh::shop::add;
use hopkenh::up::{self, Wishes};
use hopkenh_tests::house::write_config;
use std::path::PathBuf;
use std::time::Duration;

fn shopee(desk: &Desk) -> [Option<i64>; 2] {
    [(23_620_853_561, 221_404_189_791), (1000, 2000)]
        .map(|(item, model)| desk.channels.shopee_shows(item, model))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_file_takes_out_is_named_or_set_to_nothing() {
    let desk = Desk::new();
    let house = desk.house().await;
    desk.add(&desk.file()).await.unwrap();
    until("Shopee is told", async || shopee(&desk) == [Some(16), Some(12)]).await;
    house.settle().await;

    let said = desk.add(&without_shopee(&desk.file())).await.unwrap();
    for part in [
        "shopee-main 23620853561:221404189791: the channel still offers 16",
        "shopee-main 1000:2000: the channel still offers 12",
        "Set those to 0 at the channel",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = desk.add(&desk.file()).await.unwrap();
    assert!(!said.contains("still offers"), "{said}");
    house.settle().await;

    let file = write_config(desk.folder(), &without_shopee(&desk.file()));
    let args = add::Args { zero_removed: true, ..desk.add_args(file) };
    let said = desk.heard(desk.hurry(add::report_at(&args, &desk.clock)).await).unwrap();
    assert_eq!(shopee(&desk), [Some(0), Some(0)], "{said}");
    assert!(!said.contains("still offers"), "{said}");
    assert_eq!(desk.channels.web_shows(10), Some(16), "those that stay are as before");
    let told = desk.channels.told_shopee().len();
    house.settle().await;
    assert_eq!(desk.channels.told_shopee().len(), told);
}

/// Runs `up` beside some work, and ends it then.
async fn beside_up(desk: &Desk, config: Option<PathBuf>, work: impl AsyncFnOnce()) {
    let wishes = Wishes {
        config,
        data: desk.data(),
        listen: "127.0.0.1:0".parse().unwrap(),
        outside: channels::outside::Outside::ThisMachineToo,
    };
    let (is_ready, ready) = tokio::sync::oneshot::channel();
    let work = async {
        ready.await.unwrap();
        work().await;
    };
    tokio::select! {
        ended = up::run(&wishes, |_, _| is_ready.send(()).unwrap()) => panic!("{ended:?}"),
        () = work => {}
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_is_not_added_where_nobody_reads_it() {
    let desk = Desk::new();
    let config = write_config(desk.folder(), &desk.file());
    beside_up(&desk, Some(config), async || {
        let refused = desk.add(&desk.file()).await.unwrap_err();
        assert!(refused.contains("reads that file alone; nothing was added"), "{refused}");
        assert!(!desk.data().join("shops").exists());
    })
    .await;
    let said = desk.add(&desk.file()).await.unwrap();
    assert!(said.contains("from now on run `hopkenh up --data"), "{said}");
    beside_up(&desk, None, async || {
        let said = desk.add(&desk.file()).await.unwrap();
        assert!(said.contains("nothing has changed") && !said.contains("--config"), "{said}");
    })
    .await;
}
