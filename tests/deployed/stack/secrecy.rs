//! Keys and tokens are where they belong and nowhere else: not in logs, queues, table, archive or descriptions.

use crate::Stage;
use crate::door::until_quiet;
use deployed::queue::Line;
use deployed::shop::{PATIENCE, line, secret};
use deployed::shops_file::{BRANCH, PRODUCTS, SHOPEE};
use deployed::until::{ensure, until};
use deployed::{Problem, book, lambda, logs};
use serde_json::json;
use twins::Twin;

/// How every planted secret begins, as it is and as KiotViet's is registered (base64).
const MARKS: [&str; 2] = ["canary-", "Y2FuYXJ5L"];

/// Who takes work from a queue, in the order in which work walks.
const READERS: [&str; 3] = ["look-up-orders", "record-orders", "publish-stock"];

/// Planted secrets are looked for in every place that the stack writes to.
pub(crate) async fn no_secret_is_seen(stage: &Stage<'_>) -> Result<(), Problem> {
    let world = &stage.world;
    stage.shops.main.until_open().await?;
    is_kept_as_a_secret(stage).await?;
    let mut seen: Vec<(String, String)> = Vec::new();
    for (queue, bodies) in bodies_on_their_way(stage).await? {
        ensure(!bodies.is_empty(), || format!("nothing was seen on its way through {queue}"))?;
        seen.push((queue, bodies.join("\n")));
    }
    let lines = logs::of_all(&world.calls, &world.stack.name).await?;
    ensure(lines.iter().any(|line| line.starts_with("publish-stock: {")), || "no log was read".to_owned())?;
    seen.push(("the logs".to_owned(), lines.join("\n")));
    seen.push(("what the emulator wrote".to_owned(), stage.emulator.written()?));
    let items = book::items(world).await?;
    seen.push(("the table".to_owned(), format!("{items:?}")));
    for bucket in [&world.names.archive_bucket, &world.names.shops_bucket] {
        let objects = book::objects(world, bucket, "").await?;
        ensure(!objects.is_empty(), || format!("{bucket} is empty"))?;
        seen.push((bucket.clone(), format!("{objects:?}")));
    }
    seen.push(("the stack's description".to_owned(), world.stack.describe().await?));
    for queue in &world.dead {
        seen.push((queue.name().to_owned(), queue.look().await?.join("\n")));
    }
    for (place, text) in seen {
        let mark = MARKS.iter().find(|mark| text.contains(*mark));
        ensure(mark.is_none(), || format!("{place} holds a secret"))?;
    }
    Ok(())
}

/// The search would find them: here is one, in the one place where it belongs.
async fn is_kept_as_a_secret(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shop) = (&stage.world, &stage.shops.main);
    let name = format!("/hopkenh/{}/secrets/{}/{SHOPEE}", world.stack.name, shop.id);
    let ask = json!({"Name": name, "WithDecryption": true});
    let answer = world.calls.json("ssm", "AmazonSSM.GetParameter", &ask).await?;
    let parameter = &answer["Parameter"];
    let kept =
        parameter["Value"].as_str().unwrap_or_default().contains(&secret(shop.id.as_str(), "PARTNER_KEY"));
    ensure(kept && parameter["Type"] == "SecureString", || "Shopee's key is not where it belongs".to_owned())
}

/// Stops the functions, so that what they would take at once can be looked at, and lets them go on one by one.
async fn bodies_on_their_way(stage: &Stage<'_>) -> Result<Vec<(String, Vec<String>)>, Problem> {
    let world = &stage.world;
    until_quiet(world).await?;
    for function in READERS {
        lambda::take_work(&world.calls, &world.function(function), false).await?;
    }
    let bodies = sell_and_look(stage).await;
    for function in READERS {
        lambda::take_work(&world.calls, &world.function(function), true).await?;
    }
    until_quiet(world).await?;
    bodies
}

async fn sell_and_look(stage: &Stage<'_>) -> Result<Vec<(String, Vec<String>)>, Problem> {
    let (world, shop, shirt) = (&stage.world, &stage.shops.main, PRODUCTS[0]);
    shop.shopee.place_order(&line(shirt.shopee, 1))?;
    shop.web.place_order(&line(shirt.web, 1))?;
    shop.till.sell(BRANCH, &line(shirt.till, 1));
    for twin in [&*shop.shopee as &dyn Twin, &*shop.web, &*shop.till] {
        shop.deliver(world, twin).await?;
    }
    let mut bodies = Vec::new();
    for (function, queue) in READERS.into_iter().zip([&world.lookups, &world.orders, &world.publish]) {
        bodies.push((queue.name().to_owned(), look_until_there(queue).await?));
        lambda::take_work(&world.calls, &world.function(function), true).await?;
        queue.until_empty(PATIENCE).await?;
    }
    Ok(bodies)
}

async fn look_until_there(queue: &Line) -> Result<Vec<String>, Problem> {
    until(&format!("something in {}", queue.name()), PATIENCE, async || {
        let bodies = queue.look().await?;
        Ok((!bodies.is_empty()).then_some(bodies))
    })
    .await
}
