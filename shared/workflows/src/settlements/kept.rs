//! What came of a settlement file, kept beside the shop's reports: one object per file, and one per day that names it.
//!
//! Objects are named by what stands in the file, so that the same file under another name is the same file. No buyer is
//! named in it: order numbers and amounts alone.

use super::{HandedOver, Settlements};
use crate::reconcile::Trouble;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, OrderId, ShopId};
use commerce::money::Currency;
use commerce::reconcile::{Day, shop_zone};
use commerce::settlement::{Comparison, Sheet};
use futures::{StreamExt, TryStreamExt};
use lambda_kit::objects::{ObjectError, Objects};
use reports::language::Said;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// How many objects are read side by side.
const SIDE_BY_SIDE: usize = 8;
/// So many letters of a file's name are kept.
const NAME_LETTERS_MAX: usize = 120;

/// A file, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The shop.
    pub shop: ShopId,
    /// The account.
    pub connection: ConnectionId,
    /// The file's name.
    pub file: String,
    /// Names what stands in it: 32 hexadecimal digits.
    pub digest: String,
    /// When it was compared.
    pub compared_at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It was read to its end and compared.
    Compared {
        /// How it was read.
        about: About,
        /// What it came to.
        comparison: Box<Comparison>,
        /// The orders it pays for.
        orders: BTreeSet<OrderId>,
    },
    /// It cannot be read.
    Unreadable {
        /// Why, and what to do.
        reason: Said,
    },
}

/// How a file was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The kind of file.
    pub layout: String,
    /// How its letters are encoded.
    pub encoding: String,
    /// The line of its head.
    pub head_line: u64,
    /// The column of order numbers.
    pub order_column: String,
    /// Of all its amounts.
    pub currency: Currency,
    /// Lines that count.
    pub lines: u64,
    /// Lines that repeat an order product by product.
    pub parts: u64,
    /// Lines that sum up others.
    pub sums: u64,
}

impl About {
    pub(super) fn of(sheet: &Sheet) -> Self {
        Self {
            layout: sheet.layout.to_owned(),
            encoding: sheet.encoding.to_owned(),
            head_line: sheet.head_line,
            order_column: sheet.order_column.clone(),
            currency: sheet.currency,
            lines: u64::try_from(sheet.lines.len()).unwrap_or(u64::MAX),
            parts: sheet.parts,
            sums: sheet.sums,
        }
    }
}

/// Each order of a sheet once.
pub(super) fn orders(sheet: &Sheet) -> BTreeSet<OrderId> {
    sheet.lines.iter().filter_map(|line| line.order.clone()).collect()
}

impl Kept {
    pub(super) fn new(handed: &HandedOver<'_>, outcome: Outcome, compared_at: Timestamp) -> Self {
        Self {
            shop: handed.shop.id.clone(),
            connection: handed.connection.id.clone(),
            file: handed.file.chars().filter(|letter| !letter.is_control()).take(NAME_LETTERS_MAX).collect(),
            digest: hex::encode(&Sha256::digest(handed.bytes)[..16]),
            compared_at,
            outcome,
        }
    }

    /// True where it was read and nothing differs that is not explained.
    pub fn agrees(&self) -> bool {
        match &self.outcome {
            Outcome::Compared { comparison, .. } => comparison.agrees(),
            Outcome::Unreadable { .. } => false,
        }
    }

    /// The orders it pays for.
    pub fn orders(&self) -> impl Iterator<Item = &OrderId> {
        let orders = match &self.outcome {
            Outcome::Compared { orders, .. } => Some(orders),
            Outcome::Unreadable { .. } => None,
        };
        orders.into_iter().flatten()
    }

    fn object(&self) -> String {
        format!("{}{}.json", files_of(&self.shop, &self.connection), self.digest)
    }
}

fn files_of(shop: &ShopId, connection: &ConnectionId) -> String {
    format!("reports/{shop}/settlements/files/{connection}/")
}

fn days_of(shop: &ShopId, day: jiff::civil::Date) -> String {
    format!("reports/{shop}/settlements/days/{day}/")
}

impl Settlements {
    /// Keeps the result, then names it under its day, so that what a day names is always there.
    pub(super) async fn keep(&self, kept: &Kept) -> Result<(), Trouble> {
        let content = serde_json::to_vec(kept).map_err(|error| Trouble::Shop(error.to_string()))?;
        self.archive.put(&kept.object(), content).await?;
        let day = kept.compared_at.to_zoned(shop_zone()).date();
        let pointer = format!("{}{}-{}.json", days_of(&kept.shop, day), kept.connection, kept.digest);
        let name = serde_json::to_vec(&kept.object()).map_err(|error| Trouble::Shop(error.to_string()))?;
        Ok(self.archive.put(&pointer, name).await?)
    }

    /// What other files of the same account came to.
    pub(super) async fn other_files(&self, handed: &HandedOver<'_>) -> Result<Vec<Kept>, Trouble> {
        let names = self.archive.list(&files_of(&handed.shop.id, &handed.connection.id)).await?;
        let mut files = read_all(&self.archive, names).await?;
        let own = hex::encode(&Sha256::digest(handed.bytes)[..16]);
        files.retain(|kept| kept.digest != own);
        Ok(files)
    }
}

/// The files that the report of this business day tells of: those handed over on it, and on the day after until the report
/// is made. Oldest first, each once.
pub async fn of_report(archive: &Objects, shop: &ShopId, day: &Day) -> Result<Vec<Kept>, ObjectError> {
    let mut pointers = archive.list(&days_of(shop, day.date)).await?;
    if let Ok(next) = day.date.tomorrow() {
        pointers.extend(archive.list(&days_of(shop, next)).await?);
    }
    let reads = pointers.into_iter().map(async |pointer| read(archive, &pointer).await);
    let named: Vec<Option<Vec<u8>>> =
        futures::stream::iter(reads).buffered(SIDE_BY_SIDE).try_collect().await?;
    let names: BTreeSet<String> =
        named.into_iter().flatten().filter_map(|name| serde_json::from_slice(&name).ok()).collect();
    let mut files = read_all(archive, names.into_iter().collect()).await?;
    // A file that came once more later belongs to that later day.
    let zone = shop_zone();
    let until = day.date.tomorrow().unwrap_or(day.date);
    files.retain(|kept| (day.date..=until).contains(&kept.compared_at.to_zoned(zone.clone()).date()));
    files.sort_by_key(|kept| kept.compared_at);
    Ok(files)
}

/// Whatever a name says, nothing is read from elsewhere than from where reports lie.
async fn read(archive: &Objects, name: &str) -> Result<Option<Vec<u8>>, ObjectError> {
    let name = name.trim_start_matches("reports/");
    archive.get(&format!("reports/{name}")).await
}

/// What cannot be read, as a later version may have written it, is left out.
async fn read_all(archive: &Objects, names: Vec<String>) -> Result<Vec<Kept>, ObjectError> {
    let reads = names.into_iter().map(async |name| read(archive, &name).await);
    let read: Vec<Option<Vec<u8>>> =
        futures::stream::iter(reads).buffered(SIDE_BY_SIDE).try_collect().await?;
    Ok(read.into_iter().flatten().filter_map(|content| serde_json::from_slice(&content).ok()).collect())
}
