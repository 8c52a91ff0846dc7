//! A look round before the first order: clock, rights, stores, webhooks, codes that stand twice, units a campaign has locked.

use crate::demo::texts::Language;
use channels::account::{AccountReport, Subscription};
use channels::error::ChannelError;
use channels::facts::{Facts, Verb};
use channels::listings::ChannelListing;
use channels::login::{self, LoginKind};
use channels::secrets::Secrets;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Shop};
use commerce::park::ParkReason;
use std::collections::BTreeMap;

/// TikTok takes no time that leads its own by more than 30 s (CHANNELS 3.2, read 2026-11-21): a person hears of it before.
const CLOCK_LOOK_S: i64 = 20;
/// Shopee takes no time that is 5 minutes off (CHANNELS 1.2, read 2026-11-21).
const CLOCK_STOP_S: i64 = 240;
/// How many of a kind are named.
const NAMED_MAX: usize = 5;

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Fine,
    /// It works, and a person should look at it.
    Look,
    /// It cannot work until it is mended.
    Stop,
}

/// One row of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// What came of it.
    pub verdict: Verdict,
    /// What was seen, and what to do.
    pub text: String,
}

/// All that was seen of an account.
pub struct Sight<'a> {
    /// Whose.
    pub shop: &'a Shop,
    /// The account.
    pub connection: &'a Connection,
    /// Its channel.
    pub facts: &'static Facts,
    /// Settings and secrets that are missing, addresses that may not be called.
    pub complaints: Vec<String>,
    /// Its keys; only times are read of them.
    pub secrets: &'a Secrets,
    /// Our time.
    pub now: Timestamp,
    /// What the channel told about the account; none where it tells nothing.
    pub report: Option<Result<AccountReport, ChannelError>>,
    /// What came of the subscription; none where it is made by hand or there is none.
    pub subscribed: Option<Result<(), ChannelError>>,
    /// What is on sale; none where the channel does not list it.
    pub listings: Option<Result<Vec<Result<ChannelListing, ParkReason>>, ChannelError>>,
    /// Where the channel must send its webhooks.
    pub webhook_address: &'a str,
    /// How the next command names this deployment.
    pub flags: String,
    /// The language of the report.
    pub lang: Language,
}

/// The report, row by row.
pub fn findings(sight: &Sight<'_>) -> Vec<Finding> {
    let mut found = vec![settings(sight), login(sight)];
    match &sight.report {
        None => {}
        Some(Err(error)) => found.push(stop(sight.lang.say("tài khoản", "account"), error.to_string())),
        Some(Ok(report)) => {
            found.extend([account(sight, report), clock(sight, report)]);
            found.extend(scopes(sight, report));
            found.extend(stores(sight, report));
        }
    }
    found.push(webhooks(sight));
    match &sight.listings {
        None => {}
        Some(Err(error)) => found.push(stop(sight.lang.say("gian hàng", "listings"), error.to_string())),
        Some(Ok(rows)) => found.extend(listings(sight, rows)),
    }
    found
}

fn fine(check: &'static str, text: String) -> Finding {
    Finding { check, verdict: Verdict::Fine, text }
}

fn look(check: &'static str, text: String) -> Finding {
    Finding { check, verdict: Verdict::Look, text }
}

fn stop(check: &'static str, text: String) -> Finding {
    Finding { check, verdict: Verdict::Stop, text }
}

fn settings(sight: &Sight<'_>) -> Finding {
    let check = sight.lang.say("thiết lập", "settings");
    match sight.complaints.is_empty() {
        true => fine(check, sight.lang.say("đủ", "complete").to_owned()),
        false => stop(check, sight.complaints.join("; ")),
    }
}

fn login(sight: &Sight<'_>) -> Finding {
    let (l, check) = (sight.lang, sight.lang.say("đăng nhập", "login"));
    match sight.facts.login {
        LoginKind::Keys => {
            fine(check, l.say("bằng khóa, không hết hạn", "by keys that do not end").to_owned())
        }
        LoginKind::ClientCredentials => {
            fine(check, l.say("tự lấy khi cần", "fetched whenever it is needed").to_owned())
        }
        LoginKind::Granted { .. } if sight.secrets.get(login::ACCESS_TOKEN).is_err() => stop(
            check,
            l.say("chưa được cấp quyền: chạy lại lệnh này", "not granted yet: run this again").to_owned(),
        ),
        LoginKind::Granted { .. } => {
            let name = match login::time(sight.secrets, login::REFRESH_EXPIRES_AT) {
                Some(_) => login::REFRESH_EXPIRES_AT,
                None => login::ACCESS_EXPIRES_AT,
            };
            match login::time(sight.secrets, name) {
                None => {
                    fine(check, l.say("đã cấp, không báo ngày hết", "granted, without an end").to_owned())
                }
                Some(at) => {
                    let days = (at.as_second() - sight.now.as_second()) / 86_400;
                    fine(
                        check,
                        l.pick(
                            format!("đã cấp, còn {days} ngày; tự gia hạn"),
                            format!("granted for {days} days; renewed by itself"),
                        ),
                    )
                }
            }
        }
    }
}

fn account(sight: &Sight<'_>, report: &AccountReport) -> Finding {
    let check = sight.lang.say("tài khoản", "account");
    fine(
        check,
        report
            .name
            .clone()
            .unwrap_or_else(|| sight.lang.say("kênh trả lời", "the channel answers").to_owned()),
    )
}

fn clock(sight: &Sight<'_>, report: &AccountReport) -> Finding {
    let (l, check) = (sight.lang, sight.lang.say("đồng hồ", "clock"));
    let Some(theirs) = report.answered_at else {
        return look(check, l.say("kênh không báo giờ", "the channel does not tell its time").to_owned());
    };
    let off = sight.now.as_second() - theirs.as_second();
    let text = l.pick(format!("lệch {off} giây so với kênh"), format!("off the channel's by {off} s"));
    match off.abs() {
        s if s >= CLOCK_STOP_S => stop(
            check,
            format!("{text}. {}", l.say("Chỉnh lại giờ máy (NTP)", "Set this machine's time (NTP)")),
        ),
        s if s >= CLOCK_LOOK_S => look(check, text),
        _ => fine(check, text),
    }
}

fn scopes(sight: &Sight<'_>, report: &AccountReport) -> Option<Finding> {
    let (l, check) = (sight.lang, sight.lang.say("quyền", "rights"));
    let missing = report.missing_scopes.as_ref()?;
    Some(match missing.is_empty() {
        true => fine(check, l.say("đủ", "complete").to_owned()),
        false => {
            let names = missing.join(", ");
            stop(
                check,
                l.pick(
                    format!("thiếu: {names}. Thêm quyền cho ứng dụng rồi cấp lại"),
                    format!("missing: {names}. Add them to the app and grant again"),
                ),
            )
        }
    })
}

fn stores(sight: &Sight<'_>, report: &AccountReport) -> Option<Finding> {
    let (l, check) = (sight.lang, sight.lang.say("kho", "stores"));
    let stores = report.locations.as_ref()?;
    let named: Vec<String> =
        stores.iter().take(NAMED_MAX).map(|s| format!("{} ({})", s.name, s.id)).collect();
    let named = named.join(", ");
    let names_one = |value: &String| stores.iter().any(|store| store.id == *value);
    let is_chosen = sight.connection.account.values().any(names_one)
        || stores.iter().any(|s| sight.shop.location_of_branch(&sight.connection.id, &s.id).is_some());
    Some(match stores.len() {
        0 => look(check, l.say("kênh không có kho nào", "the channel has none").to_owned()),
        1 => fine(check, named),
        _ if is_chosen => fine(check, named),
        n => look(
            check,
            l.pick(
                format!("{n} kho: {named}. Ghi kho dùng vào account của kết nối"),
                format!("{n}: {named}. Name the one to use among the account's settings"),
            ),
        ),
    })
}

fn webhooks(sight: &Sight<'_>) -> Finding {
    let (l, check, address) = (sight.lang, "webhook", sight.webhook_address);
    if !sight.facts.can(Verb::ReadWebhook) {
        return fine(
            check,
            l.say("kênh không có; đơn được lấy theo lịch", "the channel has none; orders are fetched")
                .to_owned(),
        );
    }
    if let Some(Err(error)) = &sight.subscribed {
        return stop(check, format!("{error} ({address})"));
    }
    let told =
        sight.report.as_ref().and_then(|report| report.as_ref().ok()).map(|report| &report.subscription);
    match told {
        Some(Subscription::Active | Subscription::None) => fine(check, address.to_owned()),
        Some(Subscription::Suspended) => stop(
            check,
            l.pick(
                format!("kênh đã ngừng gửi đến {address}: bật lại ở trang quản lý"),
                format!("the channel has stopped sending to {address}: switch it on again in its console"),
            ),
        ),
        Some(Subscription::Missing { topics }) if !topics.is_empty() => {
            let topics = topics.join(", ");
            stop(
                check,
                l.pick(format!("thiếu {topics} ({address})"), format!("missing: {topics} ({address})")),
            )
        }
        Some(Subscription::Missing { .. }) => stop(check, by_hand(sight)),
        Some(Subscription::NotTold) | None if sight.subscribed.is_some() => fine(check, address.to_owned()),
        Some(Subscription::NotTold) | None => look(check, by_hand(sight)),
    }
}

fn by_hand(sight: &Sight<'_>) -> String {
    let address = sight.webhook_address;
    sight.lang.pick(
        format!("đăng ký địa chỉ này ở trang quản lý của kênh: {address}"),
        format!("register this address in the channel's console: {address}"),
    )
}

fn listings(sight: &Sight<'_>, rows: &[Result<ChannelListing, ParkReason>]) -> Vec<Finding> {
    let l = sight.lang;
    let readable: Vec<&ChannelListing> = rows.iter().flatten().collect();
    let check = l.say("gian hàng", "listings");
    let (all, bad) = (readable.len(), rows.len() - readable.len());
    let mapped = readable.iter().filter(|row| sight.connection.listings.contains_key(&row.id)).count();
    let mut found = Vec::new();
    let text = l.pick(
        format!("{all} đang bán, {mapped} đã nối với mã hàng"),
        format!("{all} on sale, {mapped} mapped to products"),
    );
    if mapped < all {
        let (shop, flags) = (&sight.shop.id, &sight.flags);
        let next = format!(
            "hopkenh listings propose --shop {shop} --connection {} --to FILE.csv{flags}",
            sight.connection.id
        );
        found.push(look(check, format!("{text}. {next}")));
    } else {
        found.push(fine(check, text));
    }
    if bad > 0 {
        found.push(look(
            check,
            l.pick(format!("{bad} dòng không đọc được"), format!("{bad} rows cannot be read")),
        ));
    }
    found.push(codes(sight, &readable));
    found.push(campaigns(sight, &readable));
    found
}

fn codes(sight: &Sight<'_>, rows: &[&ChannelListing]) -> Finding {
    let (l, check) = (sight.lang, sight.lang.say("mã trùng", "codes twice"));
    let mut by_code: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows {
        if let Some(code) = row.sku.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
            by_code.entry(code).or_default().push(row.id.as_str());
        }
    }
    let twice = by_code
        .iter()
        .filter(|(_, ids)| ids.len() > 1)
        .map(|(code, ids)| format!("{code}: {}", ids.join(" và/and ")));
    let named: Vec<String> = twice.take(NAMED_MAX).collect();
    match named.is_empty() {
        true => fine(check, l.say("không có", "none").to_owned()),
        false => look(check, named.join("; ")),
    }
}

fn campaigns(sight: &Sight<'_>, rows: &[&ChannelListing]) -> Finding {
    let (l, check) = (sight.lang, sight.lang.say("khuyến mãi", "campaigns"));
    let locked: Vec<String> = rows
        .iter()
        .filter(|row| row.locked > 0)
        .take(NAMED_MAX)
        .map(|row| format!("{}: {}", row.id, row.locked))
        .collect();
    match locked.is_empty() {
        true => fine(check, l.say("không khóa hàng", "lock nothing").to_owned()),
        false => {
            let locked = locked.join("; ");
            look(
                check,
                l.pick(
                    format!("đang khóa: {locked}; không thể hạ số thấp hơn"),
                    format!("lock {locked}: stock cannot be set below that"),
                ),
            )
        }
    }
}
