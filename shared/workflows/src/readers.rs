//! Tells a shop's people something, by each way that its file names: a chat on Telegram, letters by e-mail.

use crate::reconcile::{Pause, Reconcile, Trouble};
use crate::telegram;
use channels::error::{ChannelError, ErrorKind, Next};
use channels::http::Http;
use channels::secrets::Secrets;
use commerce::catalogue::Shop;
use commerce::report_reader::{EmailReaders, Way};
use commerce::report_rule::ReportRule;
use lambda_kit::mail::{Letter, Mail, Page};
use lambda_kit::report_entry::{MAIL_PASSWORD, report_account};
use lambda_kit::shops::Shops;
use lambda_kit::smtp;
use reports::language::Language;
use std::time::Duration;

/// How often one worker tries.
const TRIES_MAX: u32 = 3;
/// How long is waited between two tries, unless the other side says how long.
const WAIT: Duration = Duration::from_secs(5);
/// Who asks for longer than this is not waited for.
const WAIT_MAX: Duration = Duration::from_secs(45);

/// What is told.
pub(crate) struct News {
    /// A letter's subject; a chat does not show it.
    pub(crate) subject: String,
    /// The text.
    pub(crate) text: String,
    /// A page that comes with a letter; a chat does not get it.
    pub(crate) page: Option<Page>,
}

/// A shop's people, and what it takes to reach them.
pub(crate) struct Readers<'a> {
    http: &'a Http,
    mail: &'a Mail,
    pause: &'a Pause,
    rule: &'a ReportRule,
    secrets: &'a Secrets,
}

/// The language in which these people read.
pub(crate) fn language(rule: &ReportRule, way: Way) -> Language {
    let is_english = match way {
        Way::Telegram => rule.telegram.as_ref().is_some_and(|chat| chat.is_english),
        Way::Email => rule.email.as_ref().is_some_and(|email| email.is_english),
    };
    if is_english { Language::En } else { Language::Vi }
}

impl<'a> Readers<'a> {
    /// The people of this shop.
    pub(crate) fn of(work: &'a Reconcile, shops: &'a Shops, shop: &'a Shop) -> Result<Self, Trouble> {
        let account = report_account().map_err(|error| Trouble::Shop(error.to_string()))?;
        Ok(Self {
            http: work.passes.gateway.http(),
            mail: &work.mail,
            pause: &work.pause,
            rule: &shop.report,
            secrets: shops.secrets(&shop.id, &account),
        })
    }

    /// Tells them, with a few tries. After a try without an answer the news may have come, so it is sent once more and no more.
    pub(crate) async fn tell(&self, way: Way, news: &News) -> Result<(), ChannelError> {
        let mut has_doubt = false;
        for tried in 1.. {
            let Err(error) = self.send(way, news).await else { break };
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

    async fn send(&self, way: Way, news: &News) -> Result<(), ChannelError> {
        let nobody = || ChannelError::misconfigured(format!("the shop's file has no report.{}", way.name()));
        match way {
            Way::Telegram => {
                let chat = self.rule.telegram.as_ref().ok_or_else(nobody)?;
                telegram::send(self.http, chat, self.secrets, &news.text).await
            }
            Way::Email => self.write(self.rule.email.as_ref().ok_or_else(nobody)?, news).await,
        }
    }

    async fn write(&self, email: &EmailReaders, news: &News) -> Result<(), ChannelError> {
        let News { subject, text, page } = news;
        let letter =
            Letter { to: email.to.clone(), subject: subject.clone(), text: text.clone(), page: page.clone() };
        let Some(server) = &email.server else { return self.mail.send_letter(&letter).await };
        let password = server.user.as_ref().map(|_| self.secrets.get(MAIL_PASSWORD)).transpose()?;
        smtp::send(server, password, &letter).await
    }
}
