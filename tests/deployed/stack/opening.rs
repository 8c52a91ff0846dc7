//! A shop is added with one command, and the stack does the rest by itself.

use crate::Stage;
use deployed::Problem;
use deployed::call::Calls;
use deployed::shop::{PATIENCE, Shop};
use deployed::shops_file::{PRODUCTS, Sharing};
use deployed::until::ensure;
use deployed::world::World;
use serde_json::json;

/// How many shops there are beside those with a part in a story.
const CROWD: usize = 20;

/// The shops of the stories. All are added before the first story, so that one minute is waited for and not ten.
pub(crate) struct Shops {
    /// Opens, sells, is measured.
    pub(crate) main: Shop,
    /// Its look-ups are killed, its recording breaks.
    pub(crate) troubled: Shop,
    /// Equal products in twenty shops.
    pub(crate) crowd: Vec<Shop>,
    /// Its units are on sale once.
    pub(crate) covered: Shop,
}

impl Shops {
    /// Adds all of them.
    pub(crate) async fn add_all(world: &World) -> Result<Self, Problem> {
        let main = Shop::add(world, "ao-dep", Sharing::Pool).await?;
        let troubled = Shop::add(world, "ao-kho", Sharing::Pool).await?;
        let mut crowd = Vec::new();
        for n in 1..=CROWD {
            crowd.push(Shop::add(world, &format!("ao-{n:02}"), Sharing::Pool).await?);
        }
        // The last one, so that the story of its first minute begins in time.
        let covered = Shop::add(world, "ao-rieng", Sharing::Cover).await?;
        Ok(Self { main, troubled, crowd, covered })
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        3 + self.crowd.len()
    }
}

/// The schedule wakes `sweep-due`, which applies the first counts and lets every listing be published.
pub(crate) async fn is_open_within_a_minute(stage: &Stage<'_>) -> Result<(), Problem> {
    let shop = &stage.shops.main;
    shop.until_open().await?;
    for product in PRODUCTS {
        shop.until_shown(&product, product.hn + product.hcm, PATIENCE).await?;
        let balances = shop.balances(&stage.world, &product).await?;
        let on_hand = |store: &str| balances.get(store).map(|stock| stock.on_hand);
        let counted = [on_hand("hn"), on_hand("hcm")] == [Some(product.hn), Some(product.hcm)];
        ensure(counted, || format!("{} was not counted as the file says: {balances:?}", product.sku))?;
    }
    Ok(())
}

/// The person who adds shops may not empty queues, drop tables or read logs.
pub(crate) async fn a_shop_keeper_may_do_that_and_no_more(stage: &Stage<'_>) -> Result<(), Problem> {
    let world = &stage.world;
    let keeper = world.operator.access();
    let calls = Calls::new(&keeper)?;
    let group = format!("/aws/lambda/{}", world.function("receive-webhook"));
    let logs = calls.json("logs", "Logs_20140328.FilterLogEvents", &json!({"logGroupName": group})).await;
    let queue = keeper.sqs().purge_queue().queue_url(&world.orders.url).send().await;
    let table = keeper.dynamodb().delete_table().table_name(&world.names.table).send().await;
    let refused = [logs.is_err(), queue.is_err(), table.is_err()];
    ensure(refused == [true; 3], || format!("refused are logs, queue, table: {refused:?}"))?;
    let list = world.operator.hopkenh(&["shop", "list"], &[]).await?;
    ensure(list.contains("ao-dep") && list.contains("ao-20"), || format!("hopkenh shop list says: {list}"))
}
