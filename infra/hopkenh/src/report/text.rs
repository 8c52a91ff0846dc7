//! The answer on the terminal: the day in a line, where its pages lie, and whether the shop's chat was told.

use super::Asked;
use crate::demo::texts::Language;
use lambda_kit::objects::{LINK_VALID_MAX, Objects};
use reports::shop::ShopReport;
use std::path::Path;
use workflows::morning_report::{Told, page_name};

/// The whole answer.
pub(super) fn text(
    report: &ShopReport,
    archive: &Objects,
    out: Option<&Path>,
    told: Asked,
    l: Language,
) -> String {
    let language = match l {
        Language::Vi => reports::Language::Vi,
        Language::En => reports::Language::En,
    };
    let message = reports::message(report, language);
    let page = page_name(&report.shop, report.day, language);
    let place = match out {
        Some(folder) => Some(folder.join(format!("{}.html", language.code())).display().to_string()),
        None => archive.link(&page, LINK_VALID_MAX).ok().flatten(),
    };
    let mut text = one_line(&message);
    text.push_str(&format!("  → {}\n", place.unwrap_or(page)));
    text.extend(told.map(|told| format!("  {}\n", chat(told, l))));
    text
}

/// The mark and the shop's name stand in a message's first line, the day in its second.
fn one_line(message: &str) -> String {
    let first: Vec<&str> = message.lines().take(2).collect();
    format!("{}\n", first.join(" · "))
}

fn chat(told: Told, l: Language) -> &'static str {
    match told {
        Told::Nobody => l.say("Tệp cửa hàng chưa khai báo nhóm chat nào.", "The shop's file names no chat."),
        Told::Before => l.say("Nhóm chat đã được báo từ trước.", "The chat was told before."),
        Told::Now => l.say("Đã báo cho nhóm chat.", "The chat was told."),
        Told::Parked => l.say(
            "Chưa báo được cho nhóm chat; xem `hopkenh parked`.",
            "The chat could not be told; see `hopkenh parked`.",
        ),
    }
}
