//! The account's lines in the shop's file, and its keys in the store: written once, and only if all of it is right.

use super::Args;
use crate::place::Place;
use crate::shop::add;
use crate::up::Problem;
use channels::facts::Facts;
use channels::outside::Outside;
use commerce::ids::{ConnectionId, ShopId};
use lambda_kit::secret_store::{SecretValues, ready};
use lambda_kit::{secret_source, shop_source};
use std::path::Path;

/// Puts the account and its keys in place. True when the file did not name it before.
pub(super) async fn put(
    args: &Args,
    place: &Place,
    facts: &Facts,
    shop: &ShopId,
    id: &ConnectionId,
) -> Result<bool, Problem> {
    let Some(text) = place.shop_text(shop).await? else { return Err(place.no_such_shop(shop).await?.into()) };
    let text = String::from_utf8(text).map_err(|_| format!("shop {shop}: its file is not text"))?;
    let (parsed, _) = shop_source::parse(shop, text.as_bytes())?;
    let is_new = !parsed.connections.contains_key(id);
    let changed = match parsed.connections.get(id) {
        Some(known) if known.channel != facts.channel => {
            return Err(format!(
                "connection {id} of shop {shop} is on channel {}, not {}",
                known.channel, facts.channel
            )
            .into());
        }
        Some(_) => {
            refuse_changes(args, id)?;
            text.clone()
        }
        None => {
            let stores: Vec<String> = match args.serves_from.is_empty() {
                true => parsed.locations.iter().map(|location| location.id.to_string()).collect(),
                false => args.serves_from.clone(),
            };
            with_tills(&format!("{}\n{}", text.trim_end(), block(args, facts, id, &stores)?), args, id)?
        }
    };
    let (before, secrets) = secrets(args, place, shop, id).await?;
    check(args, place, shop, id, &changed, &secrets)?;
    place.change_secrets(shop, id, facts.channel, (&before, &secrets)).await?;
    if changed != text {
        add::put_text(place, shop, &changed).await?;
    }
    Ok(is_new)
}

/// What a file says of an account is changed in the file, where a person sees all of it.
fn refuse_changes(args: &Args, id: &ConnectionId) -> Result<(), Problem> {
    let given = !args.settings.is_empty()
        || !args.serves_from.is_empty()
        || !args.till.is_empty()
        || args.base_url.is_some()
        || args.webhook_url.is_some();
    if given {
        let how = "`hopkenh shop file`, edit, `hopkenh shop add`";
        return Err(format!("connection {id} is in the shop's file already: change it there ({how})").into());
    }
    Ok(())
}

fn pair<'t>(text: &'t str, what: &str) -> Result<(&'t str, &'t str), Problem> {
    let pair = text.split_once('=').filter(|(name, value)| !name.is_empty() && !value.is_empty());
    pair.ok_or_else(|| format!("--{what}: must be NAME=VALUE").into())
}

/// JSON's way of quoting is one of TOML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn block(args: &Args, facts: &Facts, id: &ConnectionId, stores: &[String]) -> Result<String, Problem> {
    let mut lines = vec![
        String::new(),
        "[[shop.connection]]".to_owned(),
        format!("id = {}", quoted(id.as_str())),
        format!("channel = {}", quoted(facts.channel)),
    ];
    let own = [("base_url", &args.base_url), ("webhook_url", &args.webhook_url)];
    for (name, value) in own {
        lines.extend(value.as_ref().map(|value| format!("{name} = {}", quoted(value))));
    }
    let stores: Vec<String> = stores.iter().map(|store| quoted(store)).collect();
    lines.push(format!("serves_from = [{}]", stores.join(", ")));
    let mut settings = Vec::new();
    for setting in &args.settings {
        let (name, value) = pair(setting, "set")?;
        if facts.known_secrets().contains(&name) {
            return Err(format!(
                "{name:?} is a secret of {}: give it with --secret {name}=env:NAME",
                facts.title
            )
            .into());
        }
        settings.push(format!("{} = {}", quoted(name), quoted(value)));
    }
    if !settings.is_empty() {
        lines.push(format!("account = {{ {} }}", settings.join(", ")));
    }
    Ok(lines.join("\n") + "\n")
}

/// The stores that this till counts say so in their own part of the file.
fn with_tills(text: &str, args: &Args, id: &ConnectionId) -> Result<String, Problem> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for till in &args.till {
        let (store, branch) = pair(till, "till")?;
        let is_store = |line: &String| {
            let value = line.split_once('=').filter(|(name, _)| name.trim() == "id").map(|(_, value)| value);
            value.is_some_and(|value| value.trim().starts_with(&quoted(store)))
        };
        let at = lines
            .iter()
            .enumerate()
            .skip_while(|(_, line)| !line.trim().starts_with("[[shop.location]]"))
            .find(|(_, line)| is_store(line))
            .map(|(n, _)| n);
        let at = at.ok_or_else(|| format!("--till: the shop has no store {store}"))?;
        let is_header = |line: &String| line.trim_start().starts_with('[');
        let store_lines = lines.iter().skip(at).take_while(|line| !is_header(line));
        let mut names = store_lines.filter_map(|line| line.split_once('=')).map(|(name, _)| name.trim());
        if names.any(|name| name == "till") {
            return Err(format!("--till: another till counts the store {store} already").into());
        }
        let line = format!("till = {{ connection = {}, branch = {} }}", quoted(id.as_str()), quoted(branch));
        lines.insert(at + 1, line);
    }
    Ok(lines.join("\n") + "\n")
}

/// Those given now over those stored.
async fn secrets(
    args: &Args,
    place: &Place,
    shop: &ShopId,
    id: &ConnectionId,
) -> Result<(SecretValues, SecretValues), Problem> {
    let mut stored = place.secrets.load(shop, std::slice::from_ref(id)).await?;
    let before = stored.remove(id).unwrap_or_default();
    let mut values = before.clone();
    for secret in &args.secrets {
        let (name, source) = pair(secret, "secret")?;
        let value =
            secret_source::read(source, Path::new(".")).map_err(|why| format!("secret {name:?}: {why}"))?;
        values.insert(name.to_owned(), value);
    }
    Ok((before, values))
}

/// All that is wrong with the account, at once; nothing is written then.
fn check(
    args: &Args,
    place: &Place,
    shop: &ShopId,
    id: &ConnectionId,
    text: &str,
    secrets: &SecretValues,
) -> Result<(), Problem> {
    let (parsed, _) = shop_source::parse(shop, text.as_bytes())?;
    let connection = parsed.connections.get(id).ok_or("the account is not in the shop's file")?;
    let outside: Outside = args.channel_hosts.map_or(place.outside, Into::into);
    let mut problems = channels::settings::check(connection, &ready(secrets));
    problems.extend(channels::settings::check_address(connection, outside));
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    fn args(words: &[&str]) -> Args {
        Command::parse_from([&["connect", "kiotviet", "--shop", "lan"], words].concat()).args
    }

    const FILE: &str =
        "[[shop]]\nid = \"lan\"\nname = \"Lan\"\n[[shop.location]]\nid = \"hn\"\nname = \"HN\"\n";

    fn written(words: &[&str]) -> Result<String, Problem> {
        let args = args(words);
        let id = ConnectionId::new("till")?;
        let block = block(&args, &channels::kiotviet::FACTS, &id, &["hn".to_owned()])?;
        with_tills(&format!("{FILE}{block}"), &args, &id)
    }

    #[test]
    fn an_account_is_written_as_a_person_would_write_it() {
        let text = written(&["--set", "retailer=lan \"x\"", "--till", "hn=55"]).unwrap();
        let (shop, _) = shop_source::parse(&ShopId::new("lan").unwrap(), text.as_bytes()).unwrap();
        let connection = &shop.connections[&ConnectionId::new("till").unwrap()];
        assert_eq!(connection.account["retailer"], "lan \"x\"");
        assert_eq!(shop.location_of_branch(&connection.id, "55").map(|l| l.as_str()), Some("hn"));
    }

    #[test]
    fn a_secret_is_never_written_into_the_file() {
        let error = written(&["--set", "client_secret=canary"]).unwrap_err().to_string();
        assert!(error.contains("--secret client_secret") && !error.contains("canary"), "{error}");
        assert!(written(&["--till", "dn=1"]).is_err());
        assert!(written(&["--set", "retailer"]).is_err());
    }
}
