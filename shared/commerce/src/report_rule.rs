//! What a shop wants of its morning report: how it judges what runs out, who hears of the report, and what people call the
//! products in it.

use crate::alert::AlertRule;
use crate::ids::Sku;
use crate::report_reader::{EmailReaders, TelegramChat, Way};
use crate::zalo_reader::ZaloReaders;
use std::collections::BTreeMap;

/// The longest window, lead or target, in days.
pub const DAYS_MAX: u32 = 90;
/// The longest name of a product, in letters.
pub const NAME_LETTERS_MAX: usize = 200;

/// A shop's wishes for its morning report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportRule {
    /// How it judges what runs out.
    pub supply: SupplyRule,
    /// The chat that hears of the report; none for a report that only lies there.
    pub telegram: Option<TelegramChat>,
    /// Who gets it by e-mail; none for nobody.
    pub email: Option<EmailReaders>,
    /// Which phones hear of it by Zalo; none for nobody.
    pub zalo: Option<ZaloReaders>,
    /// From when on they hear of something at once.
    pub alerts: AlertRule,
    /// What people call the products. One without a name here is called by its code.
    pub names: BTreeMap<Sku, String>,
}

/// How a shop judges what runs out. All are whole days from 1 to [`DAYS_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SupplyRule {
    /// Sales are measured over so many days.
    pub window_days: u32,
    /// A product is low when it lasts fewer days than this.
    pub below_days: u32,
    /// Days until goods arrive that are ordered today.
    pub lead_days: u32,
    /// Days that goods are to last after that, and in each store.
    pub target_days: u32,
}

impl Default for SupplyRule {
    /// Two weeks of sales, a week's warning, three days until goods come, two weeks' goods.
    fn default() -> Self {
        Self { window_days: 14, below_days: 7, lead_days: 3, target_days: 14 }
    }
}

impl ReportRule {
    /// The ways by which people are told of a report; none where it only lies there.
    pub fn ways(&self) -> Vec<Way> {
        let zalo = self.zalo.as_ref().map(|_| Way::Zalo);
        self.ways_of_text().into_iter().chain(zalo).collect()
    }

    /// Those that carry any text. What cannot wait goes this way: on Zalo each wording has to be approved beforehand.
    pub fn ways_of_text(&self) -> Vec<Way> {
        let telegram = self.telegram.as_ref().map(|_| Way::Telegram);
        let email = self.email.as_ref().map(|_| Way::Email);
        telegram.into_iter().chain(email).collect()
    }

    /// What is wrong with it, naming the field; nothing when all is well.
    pub fn check(&self) -> Result<(), String> {
        let SupplyRule { window_days, below_days, lead_days, target_days } = self.supply;
        let days = [
            ("window_days", window_days),
            ("below_days", below_days),
            ("lead_days", lead_days),
            ("target_days", target_days),
        ];
        if let Some((name, _)) = days.iter().find(|(_, days)| !(1..=DAYS_MAX).contains(days)) {
            return Err(format!("report.{name} must be between 1 and {DAYS_MAX}"));
        }
        self.telegram.as_ref().map_or(Ok(()), TelegramChat::check)?;
        self.email.as_ref().map_or(Ok(()), EmailReaders::check)?;
        self.zalo.as_ref().map_or(Ok(()), ZaloReaders::check)?;
        let is_name = |name: &str| !name.trim().is_empty() && name.chars().count() <= NAME_LETTERS_MAX;
        if let Some((sku, _)) = self.names.iter().find(|(_, name)| !is_name(name)) {
            return Err(format!("names: the name of {sku} must have 1 to {NAME_LETTERS_MAX} letters"));
        }
        self.alerts.check()
    }
}
