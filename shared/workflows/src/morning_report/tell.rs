//! Tells a shop's people that its report is there: once per shop, day and way, and never silently not.
//!
//! Before a message is sent its day is claimed by an object that only one can make, and once it was sent that is noted. A
//! worker that dies in between leaves a claim without a note; then it is sent once more and no third time. What cannot be
//! sent waits for a person, with what to do. One way that fails holds up no other.

use super::{MorningReport, page_name};
use crate::messages::{Mode, ReconcileMessage, to_text};
use crate::parking::park;
use crate::readers::{News, Readers, language};
use crate::reconcile::Trouble;
use channels::error::{ChannelError, Next};
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::park::ParkReason;
use commerce::report_reader::Way;
use commerce::zalo_reader::Figure;
use lambda_kit::mail::Page;
use lambda_kit::objects::LINK_VALID_MAX;
use lambda_kit::report_entry::report_account;
use lambda_kit::shops::Shops;
use reports::language::Language;
use reports::shop::ShopReport;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use table::parked_item::Parked;

/// A message is claimed at most so often: a worker that died may have sent it, and two that died are for a person.
const CLAIMS_MAX: u32 = 2;
/// So long after it was claimed, a message is no longer on its way: the worker has died. In milliseconds.
const CLAIM_MS: i64 = 180_000;
/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It was told before.
    Before,
    /// It was told now.
    Now,
    /// It could not be told; that waits for a person.
    Parked,
}

impl MorningReport {
    /// Tells the shop's people by each way that its file names, unless they were told of this day before. Empty where it names
    /// none.
    pub async fn tell(
        &self,
        shops: &Shops,
        shop: &Shop,
        report: &ShopReport,
    ) -> Result<Vec<(Way, Told)>, Trouble> {
        let mut told = Vec::new();
        for way in shop.report.ways() {
            told.push((way, self.tell_by(way, shops, shop, report).await?));
        }
        Ok(told)
    }

    /// The same for a person who asks: what could not be told is tried anew.
    pub async fn tell_again(
        &self,
        shops: &Shops,
        shop: &Shop,
        report: &ShopReport,
    ) -> Result<Vec<(Way, Told)>, Trouble> {
        for way in shop.report.ways() {
            if self.was_told(report, way).await? == Some(Told::Parked) {
                self.forget(report, way).await?;
            }
        }
        self.tell(shops, shop, report).await
    }

    async fn forget(&self, report: &ShopReport, way: Way) -> Result<(), Trouble> {
        let (ShopReport { shop, day, .. }, way) = (report, way.name());
        for claim in 1..=CLAIMS_MAX {
            self.reconcile
                .archive
                .delete(&format!("reports/{shop}/{day}/telling-{way}-{claim}.json"))
                .await?;
        }
        Ok(self.reconcile.archive.delete(&format!("reports/{shop}/{day}/told-{way}.json")).await?)
    }

    async fn tell_by(
        &self,
        way: Way,
        shops: &Shops,
        shop: &Shop,
        report: &ShopReport,
    ) -> Result<Told, Trouble> {
        for claim in 1..=CLAIMS_MAX {
            if self.was_told(report, way).await?.is_some() {
                return Ok(Told::Before);
            }
            if self.claim(report, way, claim).await? {
                return self.tell_now(way, shops, shop, report).await;
            }
        }
        if self.was_told(report, way).await?.is_some() {
            return Ok(Told::Before);
        }
        let error = ChannelError::timed_out("the work died twice, so nobody knows whether the message came");
        self.give_up(way, shop, report, &error).await
    }

    async fn was_told(&self, report: &ShopReport, way: Way) -> Result<Option<Told>, Trouble> {
        let (ShopReport { shop, day, .. }, way) = (report, way.name());
        let content = self.reconcile.archive.get(&format!("reports/{shop}/{day}/told-{way}.json")).await?;
        Ok(content.map(|content| serde_json::from_slice(&content).unwrap_or(Told::Before)))
    }

    /// True for the one who may send. Another's claim is waited for until it is done or must be dead.
    async fn claim(&self, report: &ShopReport, way: Way, claim: u32) -> Result<bool, Trouble> {
        let ShopReport { shop, day, .. } = report;
        let name = format!("reports/{shop}/{day}/telling-{}-{claim}.json", way.name());
        let now = (self.reconcile.passes.clock)();
        let content = serde_json::to_vec(&now).unwrap_or_default();
        if self.reconcile.archive.put_new(&name, content).await? {
            return Ok(true);
        }
        let content = self.reconcile.archive.get(&name).await?.unwrap_or_default();
        // A claim that cannot be read yet is being made.
        let claimed_at: Timestamp = serde_json::from_slice(&content).unwrap_or(now);
        let rest_ms = (claimed_at.as_millisecond() + CLAIM_MS - now.as_millisecond()).min(CLAIM_MS);
        if self.was_told(report, way).await?.is_none() && rest_ms > 0 {
            (self.reconcile.pause)(Duration::from_millis(rest_ms.unsigned_abs())).await;
        }
        Ok(false)
    }

    async fn tell_now(
        &self,
        way: Way,
        shops: &Shops,
        shop: &Shop,
        report: &ShopReport,
    ) -> Result<Told, Trouble> {
        let news = self.news(way, shop, report)?;
        match Readers::of(&self.reconcile, shops, shop)?.tell(way, &news).await {
            Ok(()) => {
                tracing::info!(shop = %shop.id, day = %report.day, way = way.name(), "people were told of the report");
                self.note(report, way, Told::Now).await?;
                Ok(Told::Now)
            }
            Err(error) => self.give_up(way, shop, report, &error).await,
        }
    }

    /// The day in a few lines, with a link that ends. On one machine a link would be a path there: a letter takes the page along.
    fn news(&self, way: Way, shop: &Shop, report: &ShopReport) -> Result<News, Trouble> {
        let language = language(&shop.report, way);
        let mut text = reports::message(report, language);
        let subject = subject(&text, report, language);
        let takes_page = way == Way::Email && !self.reconcile.archive.is_elsewhere();
        if takes_page {
            let html = reports::html(report, language).into_bytes();
            let page = Some(Page { name: format!("{}-{}.html", shop.id, report.day), html });
            return Ok(News { subject, text, page, ..News::default() });
        }
        let link = self.reconcile.archive.link(&page_name(&shop.id, report.day, language), LINK_VALID_MAX)?;
        let figures = figures(report, language, link.as_deref().unwrap_or_default());
        text.extend(link.map(|link| format!("\n{link}")));
        Ok(News { subject: subject_of(way, subject, report), text, figures, page: None })
    }

    /// A person is told in the list of parked work; the report itself lies there all the same.
    async fn give_up(
        &self,
        way: Way,
        shop: &Shop,
        report: &ShopReport,
        error: &ChannelError,
    ) -> Result<Told, Trouble> {
        let (day, name) = (report.day, way.name());
        tracing::error!(shop = %shop.id, %day, way = name, kind = ?error.kind, "people could not be told of the report");
        let connection = report_account().map_err(|error| Trouble::Shop(error.to_string()))?;
        let asked = ReconcileMessage { shop: shop.id.clone(), mode: Mode::Demand, day: Some(day) };
        let detail = format!(
            "the report of {day} lies there, but its message by {name} was not sent: {}; once mended: \
             hopkenh report --shop {} --day {day} --send",
            error.detail, shop.id
        );
        let reason = match error.next {
            Next::Park => ParkReason::Refused { detail },
            Next::Retry | Next::Wait(_) => ParkReason::RetriesExhausted { detail },
        };
        let note = Parked {
            shop: shop.id.clone(),
            connection,
            subject: format!("report {day} {name}"),
            reasons: vec![reason],
            at: (self.reconcile.passes.clock)(),
            body: to_text(&asked),
        };
        park(&self.reconcile.passes.table, &note).await?;
        self.note(report, way, Told::Parked).await?;
        Ok(Told::Parked)
    }

    async fn note(&self, report: &ShopReport, way: Way, told: Told) -> Result<(), Trouble> {
        let content = serde_json::to_vec(&told).unwrap_or_default();
        let (ShopReport { shop, day, .. }, way) = (report, way.name());
        Ok(self.reconcile.archive.put(&format!("reports/{shop}/{day}/told-{way}.json"), content).await?)
    }
}

/// Zalo's lists hold our short name of a notice in its place.
fn subject_of(way: Way, subject: String, report: &ShopReport) -> String {
    if way == Way::Zalo { format!("{}-{}", report.shop, report.day) } else { subject }
}

/// What a template may be filled with.
fn figures(report: &ShopReport, language: Language, link: &str) -> BTreeMap<Figure, String> {
    let short = reports::short(report, language);
    let path =
        link.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or(link, |(_, path)| path);
    [
        (Figure::Shop, report.name.clone()),
        (Figure::Day, report.day.strftime("%d/%m/%Y").to_string()),
        (Figure::Orders, short.orders),
        (Figure::Revenue, short.revenue),
        (Figure::ToDo, short.to_do),
        (Figure::Headline, short.headline),
        (Figure::Link, link.to_owned()),
        (Figure::LinkPath, path.to_owned()),
    ]
    .into()
}

/// A letter's subject: which day, and the mark and the shop's name that stand in the message's first line.
fn subject(message: &str, report: &ShopReport, language: Language) -> String {
    let shop = message.lines().next().unwrap_or_default();
    match language {
        Language::Vi => format!("{shop}: báo cáo ngày {}", report.day),
        Language::En => format!("{shop}: report of {}", report.day),
    }
}
