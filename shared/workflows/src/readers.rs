//! Tells a shop's people something, by each way that its file names: a chat on Telegram, letters by e-mail, notices to phones on Zalo.

use crate::logins::report_refused;
use crate::reconcile::{Pause, Reconcile, Trouble};
use crate::telegram;
use channels::error::{ChannelError, ErrorKind, Next};
use channels::gateway::Gateway;
use channels::login;
use channels::secrets::Secrets;
use channels::zalo::Notice;
use commerce::catalogue::Shop;
use commerce::report_reader::{EmailReaders, Way};
use commerce::report_rule::ReportRule;
use commerce::zalo_reader::{Figure, ZaloReaders};
use lambda_kit::mail::{Letter, Mail, Page};
use lambda_kit::report_entry::{MAIL_PASSWORD, report_account};
use lambda_kit::shops::Shops;
use lambda_kit::smtp;
use reports::language::Language;
use std::collections::BTreeMap;
use std::time::Duration;
use table::Table;

/// How often one worker tries.
const TRIES_MAX: u32 = 3;
/// How long is waited between two tries, unless the other side says how long.
const WAIT: Duration = Duration::from_secs(5);
/// Who asks for longer than this is not waited for.
const WAIT_MAX: Duration = Duration::from_secs(45);

/// What is told.
#[derive(Default)]
pub(crate) struct News {
    /// A letter's subject; a chat does not show it.
    pub(crate) subject: String,
    /// The text.
    pub(crate) text: String,
    /// A page that comes with a letter; a chat does not get it.
    pub(crate) page: Option<Page>,
    /// What may stand in the places of a template.
    pub(crate) figures: BTreeMap<Figure, String>,
}

/// A shop's people, and what it takes to reach them.
pub(crate) struct Readers<'a> {
    gateway: &'a Gateway,
    shop: &'a Shop,
    table: &'a Table,
    mail: &'a Mail,
    pause: &'a Pause,
    secrets: &'a Secrets,
}

/// The language in which these people read.
pub(crate) fn language(rule: &ReportRule, way: Way) -> Language {
    let is_english = match way {
        Way::Telegram => rule.telegram.as_ref().is_some_and(|chat| chat.is_english),
        Way::Email => rule.email.as_ref().is_some_and(|email| email.is_english),
        Way::Zalo => rule.zalo.as_ref().is_some_and(|zalo| zalo.is_english),
    };
    if is_english { Language::En } else { Language::Vi }
}

impl<'a> Readers<'a> {
    /// The people of this shop.
    pub(crate) fn of(work: &'a Reconcile, shops: &'a Shops, shop: &'a Shop) -> Result<Self, Trouble> {
        let account = report_account().map_err(|error| Trouble::Shop(error.to_string()))?;
        Ok(Self {
            gateway: &work.passes.gateway,
            shop,
            table: &work.passes.table,
            mail: &work.mail,
            pause: &work.pause,
            secrets: shops.secrets(&shop.id, &account),
        })
    }

    /// Tells them, with a few tries. After a try without an answer the news may have come, so it is sent once more and no more.
    pub(crate) async fn tell(&self, way: Way, news: &News) -> Result<(), ChannelError> {
        let mut has_doubt = false;
        let mut left = self.shop.report.zalo.as_ref().map_or(Vec::new(), |zalo| zalo.phones.clone());
        for tried in 1.. {
            let Err(error) = self.send(way, news, &mut left).await else { break };
            let wait = match error.next {
                Next::Retry => WAIT,
                Next::Wait(wait) if wait <= WAIT_MAX => wait,
                Next::Wait(_) | Next::Park => return Err(error),
            };
            if tried >= TRIES_MAX || has_doubt {
                return Err(error);
            }
            has_doubt = error.kind == ErrorKind::TimedOut;
            (self.pause)(wait).await;
        }
        Ok(())
    }

    async fn send(&self, way: Way, news: &News, left: &mut Vec<String>) -> Result<(), ChannelError> {
        let nobody = || ChannelError::misconfigured(format!("the shop's file has no report.{}", way.name()));
        let rule = &self.shop.report;
        match way {
            Way::Telegram => {
                let chat = rule.telegram.as_ref().ok_or_else(nobody)?;
                telegram::send(self.gateway.http(), chat, self.secrets, &news.text).await
            }
            Way::Email => self.write(rule.email.as_ref().ok_or_else(nobody)?, news).await,
            Way::Zalo => self.notify(rule.zalo.as_ref().ok_or_else(nobody)?, news, left).await,
        }
    }

    /// All phones are tried, whatever becomes of one. `left` are those that have not got it yet.
    async fn notify(
        &self,
        zalo: &ZaloReaders,
        news: &News,
        left: &mut Vec<String>,
    ) -> Result<(), ChannelError> {
        let session = self.gateway.session(self.shop, &zalo.login, self.secrets);
        let (fields, mut errors) = (filled(zalo, &news.figures), Vec::new());
        for phone in std::mem::take(left) {
            let (template, tracking_id) = (zalo.template.as_str(), news.subject.as_str());
            let notice = Notice { phone: &phone, template, fields: &fields, tracking_id };
            if let Err(error) = channels::zalo::send(&session, &notice).await {
                left.push(phone);
                errors.push(error);
            }
        }
        if errors.iter().any(|error| error.kind == ErrorKind::LoginExpired) {
            self.say_refused(zalo).await;
        }
        // One that may go well yet decides that there is another try.
        errors.into_iter().min_by_key(|error| error.next == Next::Park).map_or(Ok(()), Err)
    }

    /// Whoever renews logins hears of it; the notice itself waits for a person.
    async fn say_refused(&self, zalo: &ZaloReaders) {
        let account = (self.shop.id.clone(), zalo.login.id.clone());
        let version = login::version(self.secrets);
        if let Err(error) = report_refused(self.table, &account, version, false).await {
            tracing::warn!(shop = %self.shop.id, %error, "a refused login was not noted");
        }
    }

    async fn write(&self, email: &EmailReaders, news: &News) -> Result<(), ChannelError> {
        let News { subject, text, page, .. } = news;
        let letter =
            Letter { to: email.to.clone(), subject: subject.clone(), text: text.clone(), page: page.clone() };
        let Some(server) = &email.server else { return self.mail.send_letter(&letter).await };
        let password = server.user.as_ref().map(|_| self.secrets.get(MAIL_PASSWORD)).transpose()?;
        smtp::send(server, password, &letter).await
    }
}

/// What stands in each place of the template. Only addresses are never cut.
fn filled(zalo: &ZaloReaders, figures: &BTreeMap<Figure, String>) -> BTreeMap<String, String> {
    let letters_max = usize::try_from(zalo.letters_max).unwrap_or(usize::MAX);
    let place = |(place, figure): (&String, &Figure)| {
        let text = figures.get(figure).map(String::as_str).unwrap_or_default();
        let is_whole = figure.is_address() || text.chars().count() <= letters_max;
        let cut = || text.chars().take(letters_max.saturating_sub(1)).chain(['…']).collect();
        (place.clone(), if is_whole { text.to_owned() } else { cut() })
    };
    zalo.fields.iter().map(place).collect()
}
