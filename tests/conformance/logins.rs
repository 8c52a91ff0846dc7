//! Logins: granted by a person, renewed by the house, never shown; and what the channel says about the account.

use super::*;
use channels::account::Subscription;
use channels::login::{self, Grant, LinkAsk, Tokens};
use secrecy::ExposeSecret;

const REDIRECT: &str = "https://hooks.example.vn/logins/callback";

/// Follows the link as a browser would, as far as the address it is sent back to.
async fn follow(link: &str) -> Result<Vec<(String, String)>, String> {
    let client = twins::plain_client().map_err(|e| e.to_string())?;
    let answer = client.get(link).send().await.map_err(|e| e.to_string())?;
    let status = answer.status().as_u16();
    let location = answer.headers().get("location").and_then(|v| v.to_str().ok()).unwrap_or_default();
    ensure((300..400).contains(&status), format!("the page answered {status}"))?;
    ensure(location.starts_with(REDIRECT), format!("the browser was sent to {location:?}"))?;
    let query = location.split_once('?').map(|(_, query)| query).unwrap_or_default();
    Ok(channels::url::read_pairs(query))
}

async fn granted(bench: &Bench) -> Result<Vec<(String, String)>, String> {
    let ask = LinkAsk { redirect_url: REDIRECT, state: "lan.main.0123456789abcdef" };
    let link = bench.gateway().grant_link(&bench.account(), &ask).map_err(|e| e.to_string())?;
    ensure(link.starts_with(&bench.twin.base_url()), format!("base_url is not honoured: {link}"))?;
    for secret in bench.facts().secrets {
        let value = bench.secrets.get(secret).unwrap_or("-");
        ensure(!link.contains(value), format!("the link shows {secret}"))?;
    }
    let query = follow(&link).await?;
    let state = query.iter().find(|(name, _)| name == "state").map(|(_, value)| value.as_str());
    ensure(state == Some("lan.main.0123456789abcdef"), format!("the state came back as {state:?}"))?;
    Ok(query)
}

/// The bench with these tokens among its secrets, as the store would hold them.
fn with_tokens(mut bench: Bench, tokens: &Tokens) -> Bench {
    let mut all: BTreeMap<String, secrecy::SecretString> = bench
        .secrets
        .names()
        .map(|n| (n.to_owned(), bench.secrets.get(n).unwrap().to_owned().into()))
        .collect();
    tokens.put_into(&mut all, login::version(&bench.secrets) + 1);
    bench.secrets = channels::secrets::Secrets::new(all);
    bench
}

async fn works(bench: &Bench, id: &str) -> Outcome {
    bench.look_up(id).await.map(drop).map_err(|e| format!("the token does not work: {e}"))
}

pub(super) async fn grant_becomes_login(bench: Bench) -> Outcome {
    let id = bench.order();
    let query = granted(&bench).await?;
    let gateway = bench.gateway();
    let grant = Grant { redirect_url: REDIRECT, query: &query };
    let tokens = gateway.redeem_grant(&bench.account(), &grant).await.map_err(|e| e.to_string())?;
    ends_when_it_says(&bench, &tokens)?;
    let again = gateway.redeem_grant(&bench.account(), &grant).await;
    ensure(again.is_err(), "a code worked twice")?;
    let bench = with_tokens(bench, &tokens);
    works(&bench, &id).await
}

/// What the documents say of its life, give or take a tenth; nothing said, nothing checked but that it lies ahead.
fn ends_when_it_says(bench: &Bench, tokens: &Tokens) -> Outcome {
    let LoginKind::Granted { access_lives_s, .. } = bench.facts().login else { return Ok(()) };
    let now = (system_clock())().as_second();
    let Some(at) = tokens.access_expires_at else {
        return ensure(access_lives_s.is_none(), "a token without an end");
    };
    let lives = at.as_second() - now;
    ensure(lives > 60, format!("it ends in {lives} s"))?;
    let Some(said) = access_lives_s.map(i64::from) else { return Ok(()) };
    ensure((lives - said).abs() <= said / 10, format!("it lives {lives} s, documented are {said} s"))
}

pub(super) async fn foreign_grant_is_refused(bench: Bench) -> Outcome {
    let mut query = granted(&bench).await?;
    for (name, value) in &mut query {
        if name != "state" {
            *value = format!("{value}0");
        }
    }
    let gateway = bench.gateway();
    let grant = Grant { redirect_url: REDIRECT, query: &query };
    let Err(error) = gateway.redeem_grant(&bench.account(), &grant).await else {
        return Err("a made-up code was taken".to_owned());
    };
    let code = query.iter().find(|(name, _)| name == "code").map_or("-", |(_, value)| value.as_str());
    ensure(!error.to_string().contains(code), "the error repeats the code")?;
    let empty = Grant { redirect_url: REDIRECT, query: &[] };
    ensure(gateway.redeem_grant(&bench.account(), &empty).await.is_err(), "no code at all was taken")
}

pub(super) async fn login_is_renewed(bench: Bench) -> Outcome {
    let LoginKind::Granted { refresh_is_single_use, .. } = bench.facts().login else {
        return Err("renewed, but never granted".to_owned());
    };
    let id = bench.order();
    let gateway = bench.gateway();
    let before = bench.secrets.get(login::ACCESS_TOKEN).unwrap_or_default().to_owned();
    let tokens = gateway.renew_login(&bench.account()).await.map_err(|e| e.to_string())?;
    ensure(tokens.access.expose_secret() != before, "the same token again")?;
    ends_when_it_says(&bench, &tokens)?;
    let second = gateway.renew_login(&bench.account()).await;
    if refresh_is_single_use {
        let kind = second.as_ref().err().map(|e| (e.kind, e.next));
        ensure(kind.is_some_and(|(_, next)| next == Next::Park), format!("a used refresh token: {kind:?}"))?;
    }
    let tokens = second.unwrap_or(tokens);
    let bench = with_tokens(bench, &tokens);
    works(&bench, &id).await?;
    // And once more from what was stored.
    let tokens = bench.gateway().renew_login(&bench.account()).await.map_err(|e| format!("again: {e}"))?;
    works(&with_tokens(bench, &tokens), &id).await
}

pub(super) async fn account_is_inspected(bench: Bench) -> Outcome {
    let report = bench.gateway().inspect_account(&bench.account()).await.map_err(|e| e.to_string())?;
    let now = (system_clock())().as_second();
    let off = report.answered_at.map(|at| (at.as_second() - now).abs());
    ensure(off.is_some_and(|s| s < 300), format!("the channel's time is {off:?} s off, or not told"))?;
    let missing = report.missing_scopes.unwrap_or_default();
    ensure(missing.is_empty(), format!("rights that the stand-in gave: {missing:?}"))
}

pub(super) async fn subscribed_once(bench: Bench) -> Outcome {
    let url = "https://hooks.example.vn/webhooks/lan/main";
    let (gateway, account) = (bench.gateway(), bench.account());
    gateway.subscribe_webhooks(&account, url).await.map_err(|e| e.to_string())?;
    let once = bench.twin.subscriptions();
    gateway.subscribe_webhooks(&account, url).await.map_err(|e| format!("the second time: {e}"))?;
    let twice = bench.twin.subscriptions();
    ensure(once == twice, format!("{once:?}, then {twice:?}"))?;
    ensure(!once.is_empty(), "nothing was subscribed")?;
    if bench.can(Verb::InspectAccount) {
        let report = gateway.inspect_account(&account).await.map_err(|e| e.to_string())?;
        let fine = matches!(report.subscription, Subscription::Active | Subscription::None);
        ensure(fine, format!("subscribed, but told {:?}", report.subscription))?;
    }
    Ok(())
}
