//! The night's comparison: what nobody told is found and mended, and every shop has its report in the morning.

use crate::Stage;
use crate::door::until_quiet;
use commerce::ids::{ConnectionId, ListingId};
use commerce::reconcile::{Class, Finding, shop_zone};
use deployed::shop::{PATIENCE, Shop, line};
use deployed::shops_file::{PRODUCTS, SHOPEE, WEB};
use deployed::until::{ensure, until};
use deployed::world::World;
use deployed::{Problem, book, mail};
use jiff::civil::Date;
use lambda_kit::clock;
use std::time::Duration;
use twins::Twin;
use workflows::reconcile::Findings;
use workflows::reconcile::findings::{ConnectionFindings, Proof};

/// The lists are read twice with a drain in between before a doubted number is written again.
const MENDED_PATIENCE: Duration = Duration::from_secs(180);
/// A report of each of some twenty shops, one after the other.
const MORNING_PATIENCE: Duration = Duration::from_secs(180);
/// What lies in the folder of a shop's day, as far as people open it.
const PAGES: [&str; 4] = ["vi.html", "en.html", "report.json", "summary.csv"];

/// An order whose webhook is lost and a number that somebody typed: the operator's comparison tells both and mends both.
pub(crate) async fn what_nobody_told_is_found_and_mended(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shop, shirt) = (&stage.world, &stage.shops.covered, PRODUCTS[0]);
    until_at_rest(world, shop).await?;
    let (on_shopee, on_web) = (shop.shopee.shown(shirt.shopee), shop.web.shown(shirt.web));
    let order = shop.web.place_order(&line(shirt.web, 1))?;
    let lost = shop.web.take_pushes();
    ensure(!lost.is_empty(), || "the website had nothing to tell".to_owned())?;
    ensure(shop.shopee.edit_stock(shirt.shopee, on_shopee + 3), || "nobody can type a number".to_owned())?;
    shop.shopee.take_pushes();
    let found = compare(world, shop.id.as_str()).await?;
    let Proof::Compared(web) = &of(&found, WEB)?.proof else {
        return Err(format!("the website's orders were not compared: {found:?}").into());
    };
    ensure(web.theirs == web.ours && web.theirs.orders > 0, || format!("n is not n: {web:?}"))?;
    let recorded = shop.recorded(world, WEB, std::slice::from_ref(&order)).await?;
    ensure(recorded == 1, || format!("order {order} is not in the book"))?;
    let drift = &of(&found, SHOPEE)?.drift;
    let typed = |finding: &Finding| *finding == Finding::Drift(Class::ForeignEdit);
    ensure(drift.lines.len() == 1 && drift.lines.iter().all(|line| typed(&line.finding)), || {
        format!("a typed number was not found: {drift:?}")
    })?;
    // Shares may move with the sale, which takes readings; what was typed is gone before.
    until("the typed units to be gone", MENDED_PATIENCE, async || {
        let (shopee, web) = (shop.shopee.shown(shirt.shopee), shop.web.shown(shirt.web));
        Ok((shopee <= on_shopee && shopee + web < on_shopee + on_web).then_some(()))
    })
    .await?;
    until_quiet(world).await
}

/// As the schedule calls it, whose hour is not waited for.
pub(crate) async fn every_shop_has_its_report(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shops) = (&stage.world, &stage.shops);
    let path = format!("/2015-03-31/functions/{}/invocations", world.function("reconcile"));
    let answer = world.calls.path("lambda", "POST", &path, br#"{"mode":"nightly"}"#.to_vec()).await?;
    let asked: serde_json::Value = serde_json::from_str(&answer)?;
    // The shop keeper's story may have added one more.
    let asked = asked["shops"].as_u64().and_then(|shops| usize::try_from(shops).ok());
    ensure(asked >= Some(shops.count()), || format!("the schedule was answered {answer}"))?;
    let day = today()?.yesterday()?;
    let all = [&shops.main, &shops.troubled, &shops.covered].into_iter().chain(&shops.crowd);
    for shop in all {
        until(&format!("the report of {}", shop.id), MORNING_PATIENCE, async || {
            let prefix = format!("reports/{}/{day}/", shop.id);
            let files = book::objects(world, &world.names.archive_bucket, &prefix).await?;
            let is_there = |page: &&str| files.iter().any(|(name, _)| name.ends_with(*page));
            Ok(PAGES.iter().all(|page| is_there(&page)).then_some(()))
        })
        .await?;
    }
    for shop in [&shops.main, &shops.covered] {
        an_owner_reads_the_letter(world, shop, day).await?;
    }
    let page = format!("reports/{}/{day}.html", table::keys::OPERATOR);
    until("all shops on the operator's page", PATIENCE, async || {
        let page = world.archive.get(&page).await?.unwrap_or_default();
        let page = String::from_utf8_lossy(&page).into_owned();
        let all = [&shops.main, &shops.troubled, &shops.covered].into_iter().chain(&shops.crowd);
        Ok(all.into_iter().all(|shop| page.contains(&format!("../{}/{day}/vi.html", shop.id))).then_some(()))
    })
    .await
}

/// One letter of that day, with a link that opens the page for whoever has it.
async fn an_owner_reads_the_letter(world: &World, shop: &Shop, day: Date) -> Result<(), Problem> {
    let (owner, title) = (mail::owner_of(shop.id.as_str()), format!("báo cáo ngày {day}"));
    let letter = until(&format!("the letter to {owner}"), PATIENCE, async || {
        let mut letters = mail::to(&world.calls, &owner).await?;
        letters.retain(|letter| letter.subject.ends_with(&title));
        ensure(letters.len() < 2, || format!("{} letters of one day", letters.len()))?;
        Ok(letters.pop())
    })
    .await?;
    ensure(letter.source == mail::SENDER, || format!("the letter comes from {}", letter.source))?;
    let link = letter.body_text.lines().last().unwrap_or_default();
    let page = world.client.get(link).send().await?;
    let (status, page) = (page.status(), page.text().await?);
    let shows_the_day = status.is_success() && page.starts_with("<!DOCTYPE html>");
    ensure(shows_the_day, || format!("the link of {owner} was answered {status}"))
}

/// All listings are taken over, and nothing that they show is about to change.
async fn until_at_rest(world: &World, shop: &Shop) -> Result<(), Problem> {
    for product in PRODUCTS {
        for (connection, listing) in [(SHOPEE, product.shopee), (WEB, product.web)] {
            let (connection, listing) = (ConnectionId::new(connection)?, ListingId::new(listing)?);
            let what = format!("listing {listing} of {} to be at rest", shop.id);
            until(&what, MENDED_PATIENCE, async || {
                let asked = std::slice::from_ref(&listing);
                let found = world.table.load_listings(&shop.id, &connection, asked).await?;
                let state = found.get(&listing).map(|state| &state.listed);
                let is_still =
                    state.is_some_and(|listed| listed.attempt.is_none() && listed.ground.is_some());
                Ok(is_still.then_some(()))
            })
            .await?;
        }
    }
    until_quiet(world).await
}

/// `hopkenh reconcile`, at the operator's desk.
async fn compare(world: &World, shop: &str) -> Result<Findings, Problem> {
    let (file, day) = (world.folder.join("findings.json"), today()?.to_string());
    let written = file.to_string_lossy();
    let words =
        ["reconcile", "--shop", shop, "--day", &day, "--channel-hosts", "any", "--json", written.as_ref()];
    world.operator.hopkenh(&words, &[]).await?;
    Ok(serde_json::from_str(&std::fs::read_to_string(&file)?)?)
}

fn of<'f>(found: &'f Findings, connection: &str) -> Result<&'f ConnectionFindings, Problem> {
    let connection = ConnectionId::new(connection)?;
    let one = found.connections.iter().find(|found| found.connection == connection);
    one.ok_or_else(|| format!("nothing was found about {connection}").into())
}

/// By the shops' calendar.
fn today() -> Result<Date, Problem> {
    Ok(clock::system()().to_zoned(shop_zone()).date())
}
