//! Settlement files that a person hands over, compared with the book and kept until the next morning report tells of them.
//!
//! Load (`book`: our orders, and what earlier files paid for) → decide ([`commerce::settlement`]) → save (`kept`: one object per
//! file, beside the reports). The same file twice is one result: the later comparison stands in place of the earlier one.

mod book;
mod kept;

pub use kept::{About, Kept, Outcome, of_report};

use crate::reconcile::Trouble;
use channels::channel::Clock;
use commerce::catalogue::{Connection, Shop};
use commerce::money::Currency;
use commerce::settlement::{DaySpan, Named, compare, read};
use lambda_kit::objects::Objects;
use reports::language::Said;
use table::Table;

/// An account's setting: the column of order numbers in its settlement files.
pub const ORDER_COLUMN: &str = "settlement_order_column";
/// An account's setting: the column of what buyers pay in its settlement files.
pub const AMOUNT_COLUMN: &str = "settlement_amount_column";
/// An account's setting: so many days after its end an order is paid for at the latest.
pub const WITHIN_DAYS: &str = "settlement_within_days";
/// The days where an account does not say: the slowest channel pays new shops a month after delivery.
const WITHIN_DAYS_USUAL: u32 = 31;
/// The longest that a shop may say, in days.
const WITHIN_DAYS_MAX: i64 = 365;

/// What this work needs.
#[derive(Clone)]
pub struct Settlements {
    /// The book.
    pub table: Table,
    /// Where the ledger and the reports lie.
    pub archive: Objects,
    /// What time it is.
    pub clock: Clock,
}

/// A file that was handed over.
#[derive(Debug, Clone)]
pub struct HandedOver<'a> {
    /// Whose.
    pub shop: &'a Shop,
    /// The account it is about.
    pub connection: &'a Connection,
    /// Its name, without folders.
    pub file: &'a str,
    /// What stands in it.
    pub bytes: &'a [u8],
    /// Columns that the person named; they go before those of the shop's file.
    pub named: Named,
    /// The days it covers, where the person said so.
    pub days: Option<DaySpan>,
}

impl Settlements {
    /// Compares one file and keeps what came of it; doing it again is safe.
    pub async fn compare(&self, handed: &HandedOver<'_>) -> Result<Kept, Trouble> {
        let outcome = self.outcome(handed).await?;
        let kept = Kept::new(handed, outcome, (self.clock)());
        self.keep(&kept).await?;
        tracing::info!(shop = %kept.shop, connection = %kept.connection, agrees = kept.agrees(), "settlement file compared");
        Ok(kept)
    }

    async fn outcome(&self, handed: &HandedOver<'_>) -> Result<Outcome, Trouble> {
        let sheet = match read(handed.bytes, &named(handed), Currency::VND) {
            Ok(sheet) => sheet,
            Err(refusal) => return Ok(Outcome::Unreadable { reason: Said::new(refusal.vi(), refusal.en()) }),
        };
        let days = handed.days.or_else(|| sheet.days());
        let book = self.book(handed, &sheet, days).await?;
        let comparison = Box::new(compare(&sheet, &book, days));
        Ok(Outcome::Compared { about: About::of(&sheet), orders: kept::orders(&sheet), comparison })
    }
}

/// What the person named, else what the shop's file names.
fn named(handed: &HandedOver<'_>) -> Named {
    let setting =
        |name: &str| handed.connection.account.get(name).filter(|value| !value.trim().is_empty()).cloned();
    Named {
        order: handed.named.order.clone().or_else(|| setting(ORDER_COLUMN)),
        amount: handed.named.amount.clone().or_else(|| setting(AMOUNT_COLUMN)),
    }
}

/// So many days after its end an order of this account is paid for at the latest.
fn within_days(connection: &Connection) -> u32 {
    let said = connection.number(WITHIN_DAYS).map(|days| days.clamp(0, WITHIN_DAYS_MAX));
    said.and_then(|days| u32::try_from(days).ok()).unwrap_or(WITHIN_DAYS_USUAL)
}
