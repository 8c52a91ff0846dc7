//! `hopkenh secret list`: which secrets each account of a shop has, and which its channel needs. Never a value, nor its length.

use super::needed;
use crate::demo::texts::Language;
use crate::place::Where;
use crate::shop::add::old_name;
use crate::terminal;
use crate::up::Problem;
use commerce::catalogue::Connection;
use commerce::ids::{ConnectionId, ShopId};
use lambda_kit::secret_store::SecretValues;
use std::collections::BTreeSet;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Whose.
    #[arg(long)]
    pub shop: String,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the list.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// The list.
pub async fn report(args: &Args) -> Result<String, Problem> {
    let place = args.place.open_existing().await?;
    let shop = place.shop(&ShopId::new(&args.shop)?).await?;
    let ids: Vec<ConnectionId> = shop.connections.keys().cloned().collect();
    let stored = place.secrets.load(&shop.id, &ids).await?;
    let none = SecretValues::new();
    let l = args.lang;
    let head = match l {
        Language::Vi => ["Kết nối", "Kênh", "Khóa", "Đã lưu", "Kênh cần"],
        Language::En => ["Connection", "Channel", "Secret", "Stored", "Needed"],
    };
    let mut table = vec![head.map(str::to_owned).to_vec()];
    let (mut missing, mut changing) = (0_usize, 0_usize);
    for connection in shop.connections.values() {
        let stored = stored.get(&connection.id).unwrap_or(&none);
        let needed = needed(connection);
        missing += needed.iter().filter(|name| !stored.contains_key(**name)).count();
        changing += needed.iter().filter(|name| stored.contains_key(&old_name(name))).count();
        table.extend(rows(connection, stored, needed, l));
    }
    Ok(format!(
        "{}\n{}",
        terminal::table(&table),
        l.pick(
            format!("Còn thiếu: {missing}   đang đổi (còn giữ khóa cũ): {changing}\n"),
            format!("Missing: {missing}   being changed (an old one is kept): {changing}\n"),
        )
    ))
}

fn rows(connection: &Connection, stored: &SecretValues, needed: &[&str], l: Language) -> Vec<Vec<String>> {
    let names: BTreeSet<&str> = needed.iter().copied().chain(stored.keys().map(String::as_str)).collect();
    let answer = |is_so: bool| if is_so { l.say("có", "yes") } else { l.say("không", "no") }.to_owned();
    let row = |name: &str| {
        let account = [connection.id.to_string(), connection.channel.clone(), name.to_owned()];
        [account.to_vec(), vec![answer(stored.contains_key(name)), answer(needed.contains(&name))]].concat()
    };
    names.into_iter().map(row).collect()
}
