//! Whether each channel still calls us: a subscription that is gone is made again, because nobody at a shop would notice.
//!
//! A website that failed to reach us seven times switches its webhooks off, and a marketplace deletes them; orders then come
//! a minute late, by the list. Every night each connection is looked at, and every hour those that tell of no order any
//! more. What only a person may change (an address that all accounts of an app share, or an account that says
//! `webhooks = "by_hand"`) is told and left.

use super::Reconcile;
use channels::account::Subscription;
use channels::error::ChannelError;
use channels::facts::{Verb, WebhookAddress};
use channels::gateway::Account;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::ConnectionId;
use commerce::silence::Subscribed;
use lambda_kit::metrics::{self, Unit};
use lambda_kit::shops::Shops;
use std::collections::BTreeMap;
use std::time::Duration;
use table::pass_item::PassState;

/// The account setting, and the value of it with which a person keeps webhooks to themselves.
const BY_HAND: (&str, &str) = ("webhooks", "by_hand");

/// After an address was taken it is looked again whether it is in force: at once, and a moment later.
const LOOKS_AFTER: [Duration; 2] = [Duration::ZERO, Duration::from_secs(3)];

impl Reconcile {
    /// How the webhooks of those that tell of no order any more stand, after what could be mended was.
    pub(crate) async fn see_to_silent(
        &self,
        shops: &Shops,
        shop: &Shop,
        passes: &BTreeMap<ConnectionId, PassState>,
    ) -> BTreeMap<ConnectionId, Subscribed> {
        let is_silent = |connection: &&Connection| {
            let silence = passes.get(&connection.id).and_then(|pass| pass.silence);
            silence.is_some_and(|silence| silence.orders >= shop.report.alerts.untold_orders)
        };
        let mut standing = BTreeMap::new();
        for connection in shop.connections.values().filter(is_silent) {
            let account = Account { shop, connection, secrets: shops.secrets(&shop.id, &connection.id) };
            standing.insert(connection.id.clone(), self.see_to_webhooks(&account).await);
        }
        standing
    }

    /// How a connection's webhooks stand, after what could be mended was.
    pub(super) async fn see_to_webhooks(&self, account: &Account<'_>) -> Subscribed {
        // As the shop's file has it first: what a person registered at an address of their own is in force.
        match self.look_at_webhooks(account).await {
            None | Some(Ok(Subscription::NotTold | Subscription::None)) => return Subscribed::NotLooked,
            Some(Ok(Subscription::Active)) => return Subscribed::Active,
            Some(Err(error)) => return not_looked(account, &error),
            Some(Ok(Subscription::Missing { .. } | Subscription::Suspended)) => {}
        }
        let Some(address) = self.webhook_address(account) else { return Subscribed::NotLooked };
        let connection = Connection { webhook_url: Some(address.clone()), ..account.connection.clone() };
        let account = Account { connection: &connection, ..*account };
        let stands = match self.look_at_webhooks(&account).await {
            Some(Ok(Subscription::Active)) => Subscribed::Active,
            Some(Ok(found @ (Subscription::Missing { .. } | Subscription::Suspended))) => {
                self.mend_webhooks(&account, &address, &found).await
            }
            Some(Err(error)) => not_looked(&account, &error),
            Some(Ok(Subscription::NotTold | Subscription::None)) | None => Subscribed::NotLooked,
        };
        if matches!(stands, Subscribed::Repaired { .. } | Subscribed::Off) {
            let is_off = i64::from(stands == Subscribed::Off);
            metrics::tell(&[
                ("WebhooksRepaired", Unit::Count, 1 - is_off),
                ("WebhooksOff", Unit::Count, is_off),
            ]);
        }
        stands
    }

    async fn mend_webhooks(&self, account: &Account<'_>, address: &str, found: &Subscription) -> Subscribed {
        let (shop, connection) = (&account.shop.id, &account.connection.id);
        if !self.may_mend(account.connection, found) {
            tracing::warn!(%shop, %connection, ?found, "webhooks are off, and only a person may switch them on");
            return Subscribed::Off;
        }
        if let Err(error) = self.passes.gateway.subscribe_webhooks(account, address).await {
            tracing::warn!(%shop, %connection, ?found, %error, "webhooks are off and were not switched on");
            return Subscribed::Off;
        }
        // What a channel answers to a write is not yet what it does.
        for wait in LOOKS_AFTER {
            (self.pause)(wait).await;
            match self.look_at_webhooks(account).await {
                Some(Ok(Subscription::Active)) => {
                    tracing::warn!(%shop, %connection, ?found, "webhooks were off and are switched on again");
                    return Subscribed::Repaired { at: (self.passes.clock)() };
                }
                Some(Err(error)) => return not_looked(account, &error),
                _ => {}
            }
        }
        tracing::warn!(%shop, %connection, ?found, "webhooks are off, although the channel took the address");
        Subscribed::Off
    }

    fn may_mend(&self, connection: &Connection, found: &Subscription) -> bool {
        let Some(channel) = self.passes.gateway.channel(&connection.channel) else { return false };
        let is_by_hand = connection.account.get(BY_HAND.0).is_some_and(|value| value == BY_HAND.1);
        // To wake an app's own address changes nothing for its other accounts; to replace it does.
        let is_ours = channel.facts().webhook.address == WebhookAddress::PerAccount
            || *found == Subscription::Suspended;
        channel.facts().can(Verb::SubscribeWebhooks) && is_ours && !is_by_hand
    }

    /// None where the channel does not tell.
    async fn look_at_webhooks(&self, account: &Account<'_>) -> Option<Result<Subscription, ChannelError>> {
        let channel = self.passes.gateway.channel(&account.connection.channel)?;
        if !channel.facts().can(Verb::InspectAccount) {
            return None;
        }
        let report = self.passes.gateway.inspect_account(account).await;
        Some(report.map(|report| report.subscription))
    }

    /// The address as it was registered: the account's own, or this deployment's; none where neither is known.
    fn webhook_address(&self, account: &Account<'_>) -> Option<String> {
        let own = account.connection.webhook_url.clone();
        own.or_else(|| {
            let base = self.webhook_base_url.as_deref()?.trim_end_matches('/');
            Some(format!("{base}/{}/{}", account.shop.id, account.connection.id))
        })
    }
}

fn not_looked(account: &Account<'_>, error: &ChannelError) -> Subscribed {
    let (shop, connection) = (&account.shop.id, &account.connection.id);
    tracing::warn!(%shop, %connection, %error, "webhooks not looked at; the list of orders is read");
    Subscribed::NotLooked
}
