//! The stack is changed and finally deleted; what a shop owns stays.

use crate::Stage;
use crate::door::until_quiet;
use commerce::ids::ShopId;
use deployed::book::Item;
use deployed::shop::{PATIENCE, line};
use deployed::shops_file::PRODUCTS;
use deployed::until::ensure;
use deployed::world::{PARAMETERS, World};
use deployed::{Problem, book, lambda, rights};
use std::collections::BTreeMap;
use table::keys;
use twins::Twin;

/// Another log level: every function knows it, the book is as it was, and selling goes on at the same address.
pub(crate) async fn an_update_keeps_the_book(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shop, shirt) = (&stage.world, &stage.shops.crowd[0], PRODUCTS[0]);
    shop.until_open().await?;
    until_quiet(world).await?;
    let before = as_it_is(world).await?;
    let parameters =
        PARAMETERS.map(|(name, value)| if name == "LogLevel" { (name, "debug") } else { (name, value) });
    world.stack.update(&world.template_url, &parameters).await?;
    for function in deployed::package::functions() {
        let environment = lambda::environment(&world.calls, &world.function(function)).await?;
        let level = &environment["LOG_LEVEL"];
        ensure(level == "debug", || format!("{function} writes at level {level}"))?;
    }
    ensure(as_it_is(world).await? == before, || "the update changed the book".to_owned())?;
    let address = world.stack.names().await?.webhook_base_url;
    ensure(address == world.names.webhook_base_url, || format!("webhooks now go to {address}"))?;
    let left = shop.shopee.shown(shirt.shopee) - 1;
    shop.web.place_order(&line(shirt.web, 1))?;
    shop.deliver(world, &*shop.web).await?;
    shop.until_shown(&shirt, left, PATIENCE).await?;
    until_quiet(world).await
}

/// The functions go; the table, the ledger and the shops' files stay.
pub(crate) async fn a_deletion_keeps_what_shops_own(stage: &Stage<'_>) -> Result<(), Problem> {
    let world = &stage.world;
    until_quiet(world).await?;
    let before = as_it_is(world).await?;
    let buckets = [&world.names.archive_bucket, &world.names.shops_bucket];
    let mut kept = Vec::new();
    for bucket in buckets {
        kept.push(book::objects(world, bucket, "").await?);
    }
    world.operator.leave(&world.calls, &world.stack.output("OperatorPolicyArn").await?).await?;
    rights::clear_functions(&world.calls, &world.stack).await?;
    world.stack.delete().await?;
    for function in deployed::package::functions() {
        let gone = lambda::environment(&world.calls, &world.function(function)).await.is_err();
        ensure(gone, || format!("{function} is still there"))?;
    }
    ensure(as_it_is(world).await? == before, || "the table is not as it was".to_owned())?;
    for (bucket, before) in buckets.into_iter().zip(kept) {
        let now = book::objects(world, bucket, "").await?;
        ensure(!now.is_empty() && now == before, || format!("{bucket} is not as it was"))?;
    }
    Ok(())
}

/// Everything of the book but what listings were last told and how far lists of orders were read: of that, the last word
/// may still be on its way.
async fn as_it_is(world: &World) -> Result<Vec<String>, Problem> {
    let is_told = |item: &Item| {
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
        let key = text(keys::PARTITION).zip(text(keys::SORT));
        key.is_some_and(|(partition, sort)| {
            let shop = partition.split('#').next().and_then(|shop| ShopId::new(shop).ok());
            let key = keys::Key { partition: partition.clone(), sort: sort.clone() };
            let kind = shop.map(|shop| keys::kind(&shop, &key));
            matches!(kind, Some(keys::Kind::Listing | keys::Kind::Pass | keys::Kind::Due))
        })
    };
    let items = book::items(world).await?;
    let kept = items.into_iter().filter(|item| !is_told(item));
    let mut texts: Vec<String> =
        kept.map(|item| format!("{:?}", item.into_iter().collect::<BTreeMap<_, _>>())).collect();
    texts.sort();
    ensure(!texts.is_empty(), || "the book is empty".to_owned())?;
    Ok(texts)
}
