//! The answer on the terminal: the day in a line, where its pages lie, and whether the shop's people were told.

use super::Asked;
use crate::demo::texts::Language;
use commerce::report_reader::Way;
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
    let language = reports::Language::from(l);
    let message = reports::message(report, language);
    let page = page_name(&report.shop, report.day, language);
    let place = match out {
        Some(folder) => Some(folder.join(format!("{}.html", language.code())).display().to_string()),
        None => archive.link(&page, LINK_VALID_MAX).ok().flatten(),
    };
    let mut text = one_line(&message);
    text.push_str(&format!("  → {}\n", place.unwrap_or(page)));
    text.extend(told.iter().flatten().map(|(way, told)| format!("  {}: {}\n", by(*way, l), said(*told, l))));
    if told.is_some_and(|told| told.is_empty()) {
        text.push_str(l.say(
            "  Tệp cửa hàng chưa khai báo ai nhận báo cáo.\n",
            "  The shop's file names nobody who is told.\n",
        ));
    }
    text
}

/// The mark and the shop's name stand in a message's first line, the day in its second.
fn one_line(message: &str) -> String {
    let first: Vec<&str> = message.lines().take(2).collect();
    format!("{}\n", first.join(" · "))
}

fn by(way: Way, l: Language) -> &'static str {
    match way {
        Way::Telegram => "Telegram",
        Way::Email => l.say("Thư điện tử", "E-mail"),
        Way::Zalo => "Zalo",
    }
}

fn said(told: Told, l: Language) -> &'static str {
    match told {
        Told::Before => l.say("đã báo từ trước.", "told before."),
        Told::Now => l.say("đã báo.", "told."),
        Told::Parked => {
            l.say("chưa báo được; xem `hopkenh parked`.", "could not be told; see `hopkenh parked`.")
        }
    }
}
