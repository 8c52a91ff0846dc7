//! Tells a shop's chat that its report is there: once per shop and day, and never silently not.
//!
//! Before a message is sent its day is claimed by an object that only one can make, and once it was sent that is noted. A
//! worker that dies in between leaves a claim without a note; then it is sent once more and no third time. What cannot be
//! sent waits for a person, with what to do.

use super::{MorningReport, page_name};
use crate::messages::{Mode, ReconcileMessage, to_text};
use crate::parking::park;
use crate::reconcile::Trouble;
use crate::telegram::send_patiently;
use channels::error::{ChannelError, Next};
use channels::secrets::Secrets;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::park::ParkReason;
use commerce::report_rule::TelegramChat;
use lambda_kit::objects::LINK_VALID_MAX;
use lambda_kit::report_entry::report_account;
use lambda_kit::shops::Shops;
use reports::language::Language;
use reports::shop::ShopReport;
use serde::{Deserialize, Serialize};
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
    /// The shop's file names no chat.
    Nobody,
    /// It was told before.
    Before,
    /// It was told now.
    Now,
    /// It could not be told; that waits for a person.
    Parked,
}

impl MorningReport {
    /// Tells the shop's chat, unless it was told of this day before.
    pub async fn tell(&self, shops: &Shops, shop: &Shop, report: &ShopReport) -> Result<Told, Trouble> {
        let Some(chat) = &shop.report.telegram else { return Ok(Told::Nobody) };
        let Ok(account) = report_account() else { return Ok(Told::Nobody) };
        let secrets = shops.secrets(&shop.id, &account);
        for claim in 1..=CLAIMS_MAX {
            if self.was_told(report).await?.is_some() {
                return Ok(Told::Before);
            }
            if self.claim(report, claim).await? {
                return self.tell_now(shop, report, (chat, secrets)).await;
            }
        }
        if self.was_told(report).await?.is_some() {
            return Ok(Told::Before);
        }
        let error = ChannelError::timed_out("the work died twice, so nobody knows whether the message came");
        self.give_up(shop, report, &error).await
    }

    /// The same for a person who asks: what could not be told is tried anew.
    pub async fn tell_again(&self, shops: &Shops, shop: &Shop, report: &ShopReport) -> Result<Told, Trouble> {
        if self.was_told(report).await? == Some(Told::Parked) {
            let ShopReport { shop, day, .. } = report;
            for claim in 1..=CLAIMS_MAX {
                self.reconcile.archive.delete(&format!("reports/{shop}/{day}/telling-{claim}.json")).await?;
            }
            self.reconcile.archive.delete(&format!("reports/{shop}/{day}/told.json")).await?;
        }
        self.tell(shops, shop, report).await
    }

    async fn was_told(&self, report: &ShopReport) -> Result<Option<Told>, Trouble> {
        let ShopReport { shop, day, .. } = report;
        let content = self.reconcile.archive.get(&format!("reports/{shop}/{day}/told.json")).await?;
        Ok(content.map(|content| serde_json::from_slice(&content).unwrap_or(Told::Before)))
    }

    /// True for the one who may send. Another's claim is waited for until it is done or must be dead.
    async fn claim(&self, report: &ShopReport, claim: u32) -> Result<bool, Trouble> {
        let ShopReport { shop, day, .. } = report;
        let name = format!("reports/{shop}/{day}/telling-{claim}.json");
        let now = (self.reconcile.passes.clock)();
        let content = serde_json::to_vec(&now).unwrap_or_default();
        if self.reconcile.archive.put_new(&name, content).await? {
            return Ok(true);
        }
        let content = self.reconcile.archive.get(&name).await?.unwrap_or_default();
        // A claim that cannot be read yet is being made.
        let claimed_at: Timestamp = serde_json::from_slice(&content).unwrap_or(now);
        let rest_ms = (claimed_at.as_millisecond() + CLAIM_MS - now.as_millisecond()).min(CLAIM_MS);
        if self.was_told(report).await?.is_none() && rest_ms > 0 {
            (self.reconcile.pause)(Duration::from_millis(rest_ms.unsigned_abs())).await;
        }
        Ok(false)
    }

    async fn tell_now(
        &self,
        shop: &Shop,
        report: &ShopReport,
        (chat, secrets): (&TelegramChat, &Secrets),
    ) -> Result<Told, Trouble> {
        let language = if chat.is_english { Language::En } else { Language::Vi };
        let link = self.reconcile.archive.link(&page_name(&shop.id, report.day, language), LINK_VALID_MAX)?;
        let mut text = reports::message(report, language);
        text.extend(link.map(|link| format!("\n{link}")));
        let http = self.reconcile.passes.gateway.http();
        match send_patiently(http, &self.reconcile.pause, (chat, secrets), &text).await {
            Ok(()) => {
                tracing::info!(shop = %shop.id, day = %report.day, "the chat was told of the report");
                self.note(report, Told::Now).await?;
                Ok(Told::Now)
            }
            Err(error) => self.give_up(shop, report, &error).await,
        }
    }

    /// A person is told in the list of parked work; the report itself lies there all the same.
    async fn give_up(&self, shop: &Shop, report: &ShopReport, error: &ChannelError) -> Result<Told, Trouble> {
        let day = report.day;
        tracing::error!(shop = %shop.id, %day, kind = ?error.kind, "the chat could not be told of the report");
        let connection = report_account().map_err(|error| Trouble::Shop(error.to_string()))?;
        let asked = ReconcileMessage { shop: shop.id.clone(), mode: Mode::Demand, day: Some(day) };
        let detail = format!(
            "the report of {day} lies there, but its message was not sent: {}; once mended: \
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
            subject: format!("report {day}"),
            reasons: vec![reason],
            at: (self.reconcile.passes.clock)(),
            body: to_text(&asked),
        };
        park(&self.reconcile.passes.table, &note).await?;
        self.note(report, Told::Parked).await?;
        Ok(Told::Parked)
    }

    async fn note(&self, report: &ShopReport, told: Told) -> Result<(), Trouble> {
        let content = serde_json::to_vec(&told).unwrap_or_default();
        let ShopReport { shop, day, .. } = report;
        Ok(self.reconcile.archive.put(&format!("reports/{shop}/{day}/told.json"), content).await?)
    }
}
