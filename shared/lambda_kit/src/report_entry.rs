//! The part of a shop's file that speaks of its morning report: days for what runs out, the chat that hears of it, and what
//! people call the products.

use commerce::alert::AlertRule;
use commerce::catalogue::Shop;
use commerce::ids::{ConnectionId, IdError, ShopId, Sku};
use commerce::report_rule::{ReportRule, SupplyRule, TelegramChat};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The name under which the secrets of a shop's report lie, beside those of its connections.
pub const REPORT_ACCOUNT: &str = "report";
/// The secret that is the token of the shop's own bot.
pub const TELEGRAM_TOKEN: &str = "telegram_token";

/// `report = { below_days = 5, telegram = { chat = "-1001", token = "env:NAME" } }`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportEntry {
    window_days: Option<u32>,
    below_days: Option<u32>,
    lead_days: Option<u32>,
    target_days: Option<u32>,
    telegram: Option<TelegramEntry>,
    #[serde(default)]
    alerts: AlertsEntry,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AlertsEntry {
    untold_orders: Option<u32>,
    unread_minutes: Option<u32>,
}

impl AlertsEntry {
    fn rule(&self) -> AlertRule {
        let usual = AlertRule::default();
        AlertRule {
            untold_orders: self.untold_orders.unwrap_or(usual.untold_orders),
            unread_minutes: self.unread_minutes.unwrap_or(usual.unread_minutes),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TelegramEntry {
    chat: String,
    token: String,
    #[serde(default)]
    lang: LanguageEntry,
    base_url: Option<String>,
}

#[derive(Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum LanguageEntry {
    #[default]
    Vi,
    En,
}

/// Where each secret of a report comes from, by name.
pub(crate) type Sources = BTreeMap<String, String>;

impl ReportEntry {
    /// The rule with these names of products, and where its secrets come from.
    pub(crate) fn read(self, names: BTreeMap<Sku, String>) -> Result<(ReportRule, Sources), String> {
        let usual = SupplyRule::default();
        let supply = SupplyRule {
            window_days: self.window_days.unwrap_or(usual.window_days),
            below_days: self.below_days.unwrap_or(usual.below_days),
            lead_days: self.lead_days.unwrap_or(usual.lead_days),
            target_days: self.target_days.unwrap_or(usual.target_days),
        };
        let mut sources = Sources::new();
        let alerts = self.alerts.rule();
        let telegram = self.telegram.map(|entry| {
            sources.insert(TELEGRAM_TOKEN.to_owned(), entry.token);
            let is_english = entry.lang == LanguageEntry::En;
            TelegramChat { chat: entry.chat, is_english, base_url: entry.base_url }
        });
        let rule = ReportRule { supply, telegram, alerts, names };
        rule.check()?;
        Ok((rule, sources))
    }
}

/// The name of a report's secrets.
pub fn report_account() -> Result<ConnectionId, IdError> {
    ConnectionId::new(REPORT_ACCOUNT)
}

/// Every name under which a shop may have secrets: its connections, and its report where that is sent to anybody.
pub fn accounts_with_secrets(shop: &Shop) -> Vec<ConnectionId> {
    let mut accounts: Vec<ConnectionId> = shop.connections.keys().cloned().collect();
    accounts.extend(shop.report.telegram.as_ref().and_then(|_| report_account().ok()));
    accounts
}

/// Keeps the sources of a report's secrets. No connection may have that name then: its secrets would be the same.
pub(crate) fn keep_sources(
    all: &mut BTreeMap<(ShopId, ConnectionId), Sources>,
    shop: &Shop,
    sources: Sources,
) -> Result<(), String> {
    if sources.is_empty() {
        return Ok(());
    }
    let account = report_account().map_err(|e| e.to_string())?;
    if shop.connections.contains_key(&account) {
        return Err(format!(
            "connection {account}: this name is kept for the report, which is sent to a chat"
        ));
    }
    all.insert((shop.id.clone(), account), sources);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::shops_file::{ShopsFile, parse};

    const SHOP: &str = "[[shop]]\nid = \"demo\"\nname = \"Cửa hàng\"\n";

    fn with(report: &str) -> Result<ShopsFile, String> {
        parse(&format!("{SHOP}report = {{ {report} }}\n")).map_err(|e| e.to_string())
    }

    #[test]
    fn days_and_chat_are_the_shops_own_and_the_token_stays_a_source() {
        let says = "below_days = 5, alerts = { untold_orders = 3 }, \
                    telegram = { chat = \"-1001\", token = \"env:BOT\", lang = \"en\" }";
        let file = with(says).unwrap();
        let (shop, sources) =
            (file.catalogue.shops.values().next().unwrap(), file.secret_sources.values().next().unwrap());
        let days = shop.report.supply;
        assert_eq!((days.window_days, days.below_days, days.lead_days, days.target_days), (14, 5, 3, 14));
        let alerts = shop.report.alerts;
        assert_eq!((alerts.untold_orders, alerts.unread_minutes), (3, 30));
        let chat = shop.report.telegram.as_ref().unwrap();
        assert_eq!((chat.chat.as_str(), chat.is_english), ("-1001", true));
        assert_eq!(sources["telegram_token"], "env:BOT");
        assert_eq!(super::accounts_with_secrets(shop).len(), 1);
    }

    #[test]
    fn complaints_name_the_field() {
        let complaint = |report: &str| with(report).map(|_| String::new()).unwrap_or_else(|e| e);
        assert!(
            complaint("below_days = 0").contains("shop demo: report.below_days must be between 1 and 90")
        );
        assert!(complaint("window_days = 91").contains("report.window_days"));
        assert!(
            complaint("telegram = { chat = \" \", token = \"env:BOT\" }").contains("report.telegram.chat")
        );
        assert!(complaint("telegram = { chat = \"1\" }").contains("token"));
        assert!(complaint("zalo = 1").contains("zalo"));
        assert!(complaint("alerts = { unread_minutes = 0 }").contains("report.alerts.unread_minutes"));
    }

    #[test]
    fn products_have_the_names_that_the_file_gives_them() {
        let named = |lines: &str| parse(&format!("{SHOP}[shop.names]\n{lines}\n")).map_err(|e| e.to_string());
        let file = named("AO-M = \"Áo thun M\"\n\"ÁO/ĐỎ.L\" = \"Áo thun đỏ L\"").unwrap();
        let rule = &file.catalogue.shops.values().next().unwrap().report;
        let called = |sku: &str| rule.called(&commerce::ids::Sku::new(sku).unwrap());
        assert_eq!(called("AO-M"), "AO-M · Áo thun M");
        assert_eq!(called("ÁO/ĐỎ.L"), "ÁO/ĐỎ.L · Áo thun đỏ L");
        assert_eq!(called("QUAN"), "QUAN", "without a name its code stands alone");
        for wrong in ["AO-M = \" \"".to_owned(), format!("AO-M = \"{}\"", "a".repeat(201))] {
            assert!(named(&wrong).unwrap_err().contains("the name of AO-M must have"), "{wrong}");
        }
        assert!(named("AO-M = 1").unwrap_err().contains("line 5"));
    }

    #[test]
    fn no_connection_shares_the_reports_secrets() {
        let text = format!(
            "{SHOP}report = {{ telegram = {{ chat = \"1\", token = \"env:BOT\" }} }}\n\
             [[shop.location]]\nid = \"hn\"\nname = \"HN\"\n\
             [[shop.connection]]\nid = \"report\"\nchannel = \"shopify\"\nserves_from = [\"hn\"]\n"
        );
        assert!(parse(&text).unwrap_err().to_string().contains("connection report: this name is kept"));
    }
}
