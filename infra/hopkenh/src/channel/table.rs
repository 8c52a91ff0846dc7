//! The table of all channels: what each can do, its limits and its sources, made of the facts in the code.

use channels::facts::{Facts, STOCK_WRITE, StockMeaning, Verb, WriteClass};
use channels::forward::NewsKind;
use channels::login::LoginKind;
use channels::registry;
use commerce::effect::Restores;
use std::collections::BTreeSet;

/// Between these two lines the README holds what [`markdown`] makes.
pub const BEGIN: &str = "<!-- channels: made by `hopkenh channel table` -->";
/// Where it ends.
pub const END: &str = "<!-- end of channels -->";

/// Sendo is no channel of ours, and people will ask.
const SENDO: &str = "**Sendo** is missing on purpose: its general marketplace closed on 15 April 2025 and the company went on \
as a grocer (markettimes.vn, doanhnghiepkinhdoanh.doanhnhanvn.vn, Rest of World; read 2026-11-21). Only a stand-in of it is \
kept (`shared/twins/src/sendo`), so that old integrations can be rehearsed.";

/// The whole of it as Markdown.
pub fn markdown() -> String {
    let all: Vec<&'static Facts> = registry::all().iter().map(|channel| channel.facts()).collect();
    let parts = [
        verbs(&all),
        limits(&all),
        stock(&all),
        logins(&all),
        remarks(&all),
        SENDO.to_owned(),
        sources(&all),
    ];
    format!("{BEGIN}\n{}\n{END}\n", parts.join("\n\n"))
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let owned: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let rule = format!("|{}", "---|".repeat(head.len()));
    let rows = rows.map(|row| line(&row));
    [line(&owned), rule].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn verbs(all: &[&Facts]) -> String {
    let mut head = vec!["can"];
    head.extend(all.iter().map(|facts| facts.title));
    let row = |verb: &Verb| {
        let cells = all.iter().map(|facts| if facts.can(*verb) { "yes" } else { "·" }.to_owned());
        std::iter::once(verb.title().to_owned()).chain(cells).collect()
    };
    let mut text = table(&head, Verb::ALL.iter().map(row));
    for facts in all.iter().filter(|facts| !facts.carries.is_empty()) {
        let kinds: Vec<&str> = facts.carries.iter().map(|kind| news(*kind)).collect();
        text.push_str(&format!("\n\n{} takes back: {}.", facts.title, kinds.join(", ")));
    }
    text
}

fn news(kind: NewsKind) -> &'static str {
    match kind {
        NewsKind::Accepted => "accepted",
        NewsKind::ReadyToShip => "ready to ship",
        NewsKind::Shipped => "shipped",
        NewsKind::Delivered => "delivered",
        NewsKind::Cancelled => "cancelled",
    }
}

fn limits(all: &[&Facts]) -> String {
    let head = [
        "channel",
        "answer within",
        "forged",
        "tries again",
        "orders a look-up",
        "listings a write",
        "rows a page",
        "span of a list",
        "calls a minute (burst)",
    ];
    let row = |facts: &&Facts| {
        let webhook = facts.webhook;
        let has = facts.can(Verb::ReadWebhook);
        let or_none = |text: String| if has { text } else { "·".to_owned() };
        let span =
            |s: u32| if s.is_multiple_of(86_400) { format!("{} days", s / 86_400) } else { format!("{s} s") };
        let list = facts.list;
        vec![
            facts.title.to_owned(),
            or_none(format!("{} ms", webhook.answer_within_ms)),
            or_none(webhook.refused_status.to_string()),
            webhook.retries.to_owned(),
            if facts.can(Verb::LookUpOrders) {
                facts.orders_per_look_up_max.to_string()
            } else {
                "·".to_owned()
            },
            if facts.can(Verb::SetStock) {
                facts.listings_per_write_max.to_string()
            } else {
                "·".to_owned()
            },
            list.map_or("·".to_owned(), |list| match list.rows_max {
                Some(most) => format!("{} (of {most})", list.page_rows_max),
                None => list.page_rows_max.to_string(),
            }),
            list.map_or("·".to_owned(), |list| list.window_max_s.map_or("any".to_owned(), span)),
            format!("{} ({})", facts.pace.calls_per_minute, facts.pace.burst),
        ]
    };
    table(&head, all.iter().map(row))
}

fn stock(all: &[&Facts]) -> String {
    let head =
        ["channel", "write class", "stock number", "restores on cancel", "applied within", "list lags by"];
    let row = |facts: &&Facts| {
        vec![
            facts.title.to_owned(),
            classes(facts),
            meaning(facts.stock_meaning).to_owned(),
            match facts.restores_on_cancel {
                Restores::Yes => "yes",
                Restores::No => "no",
                Restores::Unknown => "not told, or it depends",
            }
            .to_owned(),
            format!("{} s", facts.applied_within_ms / 1_000),
            format!("{} s", facts.order_list_lag_ms / 1_000),
        ]
    };
    table(&head, all.iter().map(row))
}

/// The class that is in force unless the account's setting chooses another, and those it may choose.
fn classes(facts: &Facts) -> String {
    let others = facts.write_choices.iter().filter(|(_, other)| *other != facts.write_class);
    let others =
        others.map(|(value, other)| format!("; {} with `{STOCK_WRITE} = \"{value}\"`", class(*other)));
    std::iter::once(class(facts.write_class).to_owned()).chain(others).collect()
}

fn class(class: WriteClass) -> &'static str {
    match class {
        WriteClass::CompareAndSet => "K1 compare and set",
        WriteClass::Delta => "K2 add or take",
        WriteClass::Gross => "K3 gross share",
        WriteClass::BlindAbsolute => "K4 blind set",
        WriteClass::None => "never written",
    }
}

fn meaning(meaning: StockMeaning) -> &'static str {
    match meaning {
        StockMeaning::Net => "net of its own open orders",
        StockMeaning::Gross => "gross: holds its own open orders",
        StockMeaning::OnHand => "on hand",
        StockMeaning::Uncertain => "uncertain: a setting",
        StockMeaning::None => "·",
    }
}

fn logins(all: &[&Facts]) -> String {
    let head = ["channel", "login", "access lives", "refresh lives", "refresh works", "settings", "secrets"];
    let row = |facts: &&Facts| {
        let lives = |s: Option<u32>| s.map_or("as answered".to_owned(), spell);
        let (kind, access, refresh, works) = match facts.login {
            LoginKind::Keys => ("keys", "·".to_owned(), "·".to_owned(), "·"),
            LoginKind::ClientCredentials => {
                ("fetched with id and secret", "·".to_owned(), "·".to_owned(), "·")
            }
            LoginKind::Granted { access_lives_s, refresh_lives_s, refresh_is_single_use } => (
                "granted in the browser",
                lives(access_lives_s),
                lives(refresh_lives_s),
                if refresh_is_single_use { "once" } else { "again" },
            ),
        };
        let names = |lists: &[&[&str]]| {
            let all: Vec<String> =
                lists.iter().flat_map(|l| l.iter()).map(|name| format!("`{name}`")).collect();
            if all.is_empty() { "·".to_owned() } else { all.join(", ") }
        };
        vec![
            facts.title.to_owned(),
            kind.to_owned(),
            access,
            refresh,
            works.to_owned(),
            names(&[facts.connection_settings, facts.account_settings]),
            names(&[facts.secrets, facts.optional_secrets]),
        ]
    };
    table(&head, all.iter().map(row))
}

fn spell(seconds: u32) -> String {
    match seconds {
        s if s >= 2 * 86_400 => format!("{} days", s / 86_400),
        s => format!("{} h", s / 3_600),
    }
}

fn remarks(all: &[&Facts]) -> String {
    let told = all.iter().filter(|facts| !facts.remark.is_empty());
    told.map(|facts| format!("- **{}**: {}", facts.title, facts.remark)).collect::<Vec<_>>().join("\n")
}

fn sources(all: &[&Facts]) -> String {
    let line = |facts: &&Facts| {
        let links: BTreeSet<(&str, &str)> = facts.sources.iter().map(|s| (s.link, s.read_on)).collect();
        let links: Vec<String> =
            links.iter().enumerate().map(|(n, (link, day))| format!("[{}]({link}) ({day})", n + 1)).collect();
        format!("- {}: {}", facts.title, links.join(", "))
    };
    format!(
        "Sources, with the day they were read:\n\n{}",
        all.iter().map(line).collect::<Vec<_>>().join("\n")
    )
}
