//! What a shop wants of its morning report: how it judges what runs out, which chat hears of the report, and what people
//! call the products in it.

use crate::alert::AlertRule;
use crate::ids::Sku;
use std::collections::BTreeMap;

/// The longest window, lead or target, in days.
pub const DAYS_MAX: u32 = 90;
/// The longest name of a chat, in letters.
pub const CHAT_LETTERS_MAX: usize = 64;
/// The longest name of a product, in letters.
pub const NAME_LETTERS_MAX: usize = 200;

/// A shop's wishes for its morning report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportRule {
    /// How it judges what runs out.
    pub supply: SupplyRule,
    /// The chat that hears of the report; none for a report that only lies there.
    pub telegram: Option<TelegramChat>,
    /// From when on that chat hears of something at once.
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

/// A chat on Telegram to which the shop's own bot may write. The bot's token is a secret and lies with those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelegramChat {
    /// The chat's number, or the name of a public channel with its `@`.
    pub chat: String,
    /// True for a message in English; else it is in Vietnamese.
    pub is_english: bool,
    /// Where the API answers; none for Telegram's own address.
    pub base_url: Option<String>,
}

impl ReportRule {
    /// A product as a person reads it: its code, and its name behind it where there is one.
    pub fn called(&self, sku: &Sku) -> String {
        self.names.get(sku).map_or_else(|| sku.to_string(), |name| format!("{sku} · {name}"))
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
        let chat = self.telegram.as_ref().map(|telegram| telegram.chat.as_str());
        if chat.is_some_and(|chat| chat.trim().is_empty() || chat.chars().count() > CHAT_LETTERS_MAX) {
            return Err(format!(
                "report.telegram.chat must be a chat's number or @name of at most {CHAT_LETTERS_MAX} letters"
            ));
        }
        let is_name = |name: &str| !name.trim().is_empty() && name.chars().count() <= NAME_LETTERS_MAX;
        if let Some((sku, _)) = self.names.iter().find(|(_, name)| !is_name(name)) {
            return Err(format!("names: the name of {sku} must have 1 to {NAME_LETTERS_MAX} letters"));
        }
        self.alerts.check()
    }
}
