//! The part of a shop's file that speaks of its morning report: days for what runs out, who hears of it, and what people call
//! the products.

use channels::zalo;
use commerce::alert::AlertRule;
use commerce::catalogue::{Connection, Sharing, Shop};
use commerce::cover::ShareRule;
use commerce::ids::{ConnectionId, IdError, ShopId, Sku};
use commerce::report_reader::{EmailReaders, MailServer, TelegramChat};
use commerce::report_rule::{ReportRule, SupplyRule};
use commerce::zalo_reader::{Figure, ZaloReaders};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The name under which the secrets of a shop's report lie, beside those of its connections.
pub const REPORT_ACCOUNT: &str = "report";
/// The secret that is the token of the shop's own bot.
pub const TELEGRAM_TOKEN: &str = "telegram_token";
/// The secret that is the password at the shop's own mail server.
pub const MAIL_PASSWORD: &str = "mail_password";

/// `report = { below_days = 5, telegram = { chat = "-1001", token = "env:NAME" } }`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportEntry {
    window_days: Option<u32>,
    below_days: Option<u32>,
    lead_days: Option<u32>,
    target_days: Option<u32>,
    telegram: Option<TelegramEntry>,
    email: Option<EmailEntry>,
    zalo: Option<ZaloEntry>,
    #[serde(default)]
    alerts: AlertsEntry,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AlertsEntry {
    untold_orders: Option<u32>,
    unread_minutes: Option<u32>,
    pick_up_minutes: Option<u32>,
    pick_up_again_minutes: Option<u32>,
}

impl AlertsEntry {
    fn rule(&self) -> AlertRule {
        let usual = AlertRule::default();
        AlertRule {
            untold_orders: self.untold_orders.unwrap_or(usual.untold_orders),
            unread_minutes: self.unread_minutes.unwrap_or(usual.unread_minutes),
            pick_up_minutes: self.pick_up_minutes.unwrap_or(usual.pick_up_minutes),
            pick_up_again_minutes: self.pick_up_again_minutes.unwrap_or(usual.pick_up_again_minutes),
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

/// `email = { to = ["chu@shop.vn"], server = "smtps://mail.shop.vn", user = "bao-cao", from = "bao-cao@shop.vn", password = "env:NAME" }`;
/// everything after `to` only for a mail server of the shop's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EmailEntry {
    to: Vec<String>,
    #[serde(default)]
    lang: LanguageEntry,
    server: Option<String>,
    user: Option<String>,
    from: Option<String>,
    password: Option<String>,
}

impl EmailEntry {
    /// Who reads, and where the password comes from.
    fn read(self) -> Result<(EmailReaders, Option<String>), String> {
        let Self { to, lang, server, user, from, password } = self;
        let is_english = lang == LanguageEntry::En;
        let Some(url) = server else {
            let alone =
                [("user", user.is_some()), ("from", from.is_some()), ("password", password.is_some())];
            return match alone.iter().find(|(_, is_there)| *is_there) {
                Some((name, _)) => {
                    Err(format!("report.email.{name} says nothing without report.email.server"))
                }
                None => Ok((EmailReaders { to, is_english, server: None }, None)),
            };
        };
        let from = from.ok_or("report.email.from is missing: the address that letters come from")?;
        if user.is_some() != password.is_some() {
            return Err("report.email.user and report.email.password go together".to_owned());
        }
        let server = MailServer::read(&url, user, from).map_err(|e| format!("report.email.server {e}"))?;
        Ok((EmailReaders { to, is_english, server: Some(server) }, password))
    }
}

/// `zalo = { app_id = "…", phones = ["849…"], template = "…", fields = { ngay = "day" }, app_secret = "env:…", refresh_token = "env:…" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ZaloEntry {
    app_id: String,
    phones: Vec<String>,
    template: String,
    fields: BTreeMap<String, String>,
    letters_max: Option<u32>,
    #[serde(default)]
    lang: LanguageEntry,
    app_secret: String,
    refresh_token: String,
    base_url: Option<String>,
}

/// The most letters in one place of a template, unless the shop says otherwise.
const ZALO_LETTERS_MAX: u32 = 100;

impl ZaloEntry {
    /// Who reads, and where the secrets come from.
    fn read(self) -> Result<(ZaloReaders, Sources), String> {
        let mut fields = BTreeMap::new();
        for (place, name) in self.fields {
            let figure = Figure::named(&name).ok_or_else(|| unknown_figure(&place))?;
            fields.insert(place, figure);
        }
        let readers = ZaloReaders {
            login: zalo_login(self.app_id, self.base_url)?,
            phones: self.phones,
            template: self.template,
            fields,
            letters_max: self.letters_max.unwrap_or(ZALO_LETTERS_MAX),
            is_english: self.lang == LanguageEntry::En,
        };
        let sources = [(zalo::APP_SECRET, self.app_secret), (zalo::GIVEN_REFRESH_TOKEN, self.refresh_token)];
        Ok((readers, sources.into_iter().map(|(name, source)| (name.to_owned(), source)).collect()))
    }
}

fn unknown_figure(place: &str) -> String {
    let known: Vec<&str> = Figure::ALL.iter().map(|(name, _)| *name).collect();
    format!("report.zalo.fields.{place} must be one of {}", known.join(", "))
}

/// The Official Account's login lies with the report's other secrets.
fn zalo_login(app_id: String, base_url: Option<String>) -> Result<Connection, String> {
    Ok(Connection {
        id: report_account().map_err(|e| e.to_string())?,
        channel: zalo::FACTS.channel.to_owned(),
        base_url,
        webhook_url: None,
        serves_from: Vec::new(),
        account: [("app_id".to_owned(), app_id)].into(),
        sharing: Sharing::Pool,
        rule: ShareRule::default(),
        listings: BTreeMap::new(),
    })
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
        let email = self.email.map(EmailEntry::read).transpose()?;
        let (email, password) = email.map_or((None, None), |(email, password)| (Some(email), password));
        sources.extend(password.map(|source| (MAIL_PASSWORD.to_owned(), source)));
        let zalo = self.zalo.map(ZaloEntry::read).transpose()?;
        let (zalo, more) = zalo.map_or((None, Sources::new()), |(zalo, sources)| (Some(zalo), sources));
        sources.extend(more);
        let rule = ReportRule { supply, telegram, email, zalo, alerts, names };
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
    accounts.extend(has_secrets(&shop.report).then(report_account).and_then(Result::ok));
    accounts
}

fn has_secrets(rule: &ReportRule) -> bool {
    let server = rule.email.as_ref().and_then(|email| email.server.as_ref());
    rule.telegram.is_some() || rule.zalo.is_some() || server.is_some_and(|server| server.user.is_some())
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
            "connection {account}: this name is kept for the report, which is sent to people"
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
        let says = "below_days = 5, alerts = { untold_orders = 3, pick_up_minutes = 45 }, \
                    telegram = { chat = \"-1001\", token = \"env:BOT\", lang = \"en\" }";
        let file = with(says).unwrap();
        let (shop, sources) =
            (file.catalogue.shops.values().next().unwrap(), file.secret_sources.values().next().unwrap());
        let days = shop.report.supply;
        assert_eq!((days.window_days, days.below_days, days.lead_days, days.target_days), (14, 5, 3, 14));
        let alerts = shop.report.alerts;
        assert_eq!((alerts.untold_orders, alerts.unread_minutes), (3, 30));
        assert_eq!((alerts.pick_up_minutes, alerts.pick_up_again_minutes), (45, 90));
        let chat = shop.report.telegram.as_ref().unwrap();
        assert_eq!((chat.chat.as_str(), chat.is_english), ("-1001", true));
        assert_eq!(sources["telegram_token"], "env:BOT");
        assert_eq!(super::accounts_with_secrets(shop).len(), 1);
    }

    #[test]
    fn letters_go_through_the_deployments_sender_or_the_shops_own_mail_server() {
        let file = with("email = { to = [\"chu@shop.vn\"] }").unwrap();
        let shop = file.catalogue.shops.values().next().unwrap();
        assert_eq!(shop.report.email.as_ref().unwrap().server, None);
        assert!(file.secret_sources.is_empty() && super::accounts_with_secrets(shop).is_empty());
        let own = "server = \"smtps://mail.shop.vn\", user = \"chu\", from = \"chu@shop.vn\", password = \"env:MAIL\"";
        let file = with(&format!("email = {{ to = [\"chu@shop.vn\"], {own} }}")).unwrap();
        let (shop, sources) =
            (file.catalogue.shops.values().next().unwrap(), file.secret_sources.values().next().unwrap());
        let server = shop.report.email.as_ref().unwrap().server.as_ref().unwrap();
        assert_eq!((server.host.as_str(), server.port), ("mail.shop.vn", 465));
        assert_eq!(sources["mail_password"], "env:MAIL");
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
        assert!(complaint("email = { to = [] }").contains("report.email.to"));
        assert!(complaint("email = { to = [\"chu\"] }").contains("report.email.to"));
        assert!(complaint("email = { to = [\"a@b.vn\"], user = \"u\" }").contains("report.email.user"));
        let server = "server = \"smtp://mail.shop.vn\"";
        assert!(
            complaint(&format!("email = {{ to = [\"a@b.vn\"], {server} }}")).contains("report.email.from")
        );
        let from = "from = \"a@b.vn\"";
        assert!(
            complaint(&format!("email = {{ to = [\"a@b.vn\"], {server}, {from} }}"))
                .contains("report.email.user is missing")
        );
        assert!(
            complaint(&format!("email = {{ to = [\"a@b.vn\"], {server}, {from}, user = \"u\" }}"))
                .contains("report.email.password")
        );
        assert!(complaint("fax = 1").contains("fax"));
        let zalo = |phone: &str, figure: &str| {
            complaint(&format!(
                "zalo = {{ app_id = \"1\", phones = [\"{phone}\"], template = \"7\", fields = {{ a = \"{figure}\" }}, \
                 app_secret = \"env:A\", refresh_token = \"env:B\" }}"
            ))
        };
        assert!(zalo("0901234567", "day").contains("report.zalo.phones"));
        assert!(zalo("84901234567", "weather").contains("report.zalo.fields.a"));
        assert_eq!(zalo("84901234567", "day"), "");
        assert!(complaint("alerts = { unread_minutes = 0 }").contains("report.alerts.unread_minutes"));
    }

    #[test]
    fn products_have_the_names_that_the_file_gives_them() {
        let named = |lines: &str| parse(&format!("{SHOP}[shop.names]\n{lines}\n")).map_err(|e| e.to_string());
        let file = named("AO-M = \"Áo thun M\"\n\"ÁO/ĐỎ.L\" = \"Áo thun đỏ L\"").unwrap();
        let rule = &file.catalogue.shops.values().next().unwrap().report;
        let name = |sku: &str| rule.names.get(&commerce::ids::Sku::new(sku).unwrap()).map(String::as_str);
        assert_eq!(
            (name("AO-M"), name("ÁO/ĐỎ.L"), name("QUAN")),
            (Some("Áo thun M"), Some("Áo thun đỏ L"), None)
        );
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
