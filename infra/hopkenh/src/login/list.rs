//! `hopkenh login list`: every granted login with the days and hours that are left, worst first. Never a token.

use crate::demo::texts::Language;
use crate::place::{Place, Where};
use crate::terminal;
use crate::up::Problem;
use channels::channel::Clock;
use channels::facts::Verb;
use commerce::Timestamp;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::ShopId;
use commerce::login::{Login, LoginStep, next_step};
use table::connection_item::ConnectionState;
use workflows::refused_login::is_granted;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only those of this shop.
    #[arg(long)]
    pub shop: Option<String>,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the list.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// How it is with a login, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Lost,
    NotGranted,
    Ending,
    Failing,
    BeingRenewed,
    Good,
}

/// One granted account.
struct Row {
    standing: Standing,
    ends_at: Option<Timestamp>,
    cells: Vec<String>,
}

/// The list.
pub async fn report(args: &Args, clock: &Clock) -> Result<String, Problem> {
    let place = args.place.open_existing().await?;
    let (l, now) = (args.lang, clock());
    let mut rows = Vec::new();
    for shop in shops(&place, args).await? {
        rows.extend(of_shop(&place, &shop, now, l).await?);
    }
    if rows.is_empty() {
        return Ok(l
            .say("Không có tài khoản nào cần cấp quyền.\n", "No account here needs a granted login.\n")
            .to_owned());
    }
    rows.sort_by_key(|row| (row.standing, row.ends_at.is_none(), row.ends_at));
    let worst = rows[0].standing;
    let head = match l {
        Language::Vi => {
            ["Cửa hàng", "Kết nối", "Kênh", "Mã còn hạn", "Đăng nhập còn hạn", "Lần", "Tình trạng"]
        }
        Language::En => {
            ["Shop", "Connection", "Channel", "Token lasts", "Login lasts", "Version", "How it is"]
        }
    };
    let mut table = vec![head.map(str::to_owned).to_vec()];
    table.extend(rows.into_iter().map(|row| row.cells));
    Ok(format!("{}{}", terminal::table(&table), advice(worst, &args.place, l)))
}

/// The shops asked for; one whose file cannot be read is an error only when it was named.
async fn shops(place: &Place, args: &Args) -> Result<Vec<Shop>, Problem> {
    if let Some(shop) = &args.shop {
        return Ok(vec![place.shop(&ShopId::new(shop)?).await?]);
    }
    let mut shops = Vec::new();
    for entry in place.table.registered().await? {
        shops.extend(place.shop(&entry.shop).await.ok());
    }
    Ok(shops)
}

async fn of_shop(place: &Place, shop: &Shop, now: Timestamp, l: Language) -> Result<Vec<Row>, Problem> {
    let granted = |connection: &&Connection| {
        channels::registry::find_any(&connection.channel).is_some_and(|channel| is_granted(channel.facts()))
    };
    let connections: Vec<&Connection> = shop.with_logins().filter(granted).collect();
    let account = |connection: &&Connection| (shop.id.clone(), connection.id.clone());
    let accounts: Vec<_> = connections.iter().map(account).collect();
    let known = place.table.load_connections(&accounts, true).await?;
    let none = ConnectionState::default();
    let row = |(connection, account): (&&Connection, _)| {
        row(shop, connection, &known.get(account).unwrap_or(&none).login, now, l)
    };
    Ok(connections.iter().zip(&accounts).map(row).collect())
}

fn row(shop: &Shop, connection: &Connection, login: &Login, now: Timestamp, l: Language) -> Row {
    let facts = channels::registry::find_any(&connection.channel).map(|channel| channel.facts());
    let renewable = facts.is_some_and(|facts| facts.can(Verb::RenewLogin));
    let standing = standing(login, now, renewable);
    let title = facts.map_or(connection.channel.as_str(), |facts| facts.title);
    let is_there = login.version > 0;
    let left = |ends_at: Option<Timestamp>| if is_there { left(ends_at, now, l) } else { "-".to_owned() };
    let whole = if renewable { login.refresh_ends_at } else { login.access_ends_at };
    let cells = vec![
        shop.id.to_string(),
        connection.id.to_string(),
        title.to_owned(),
        left(login.access_ends_at),
        left(whole),
        login.version.to_string(),
        words(standing, login, renewable, l),
    ];
    Row { standing, ends_at: login.access_ends_at, cells }
}

fn standing(login: &Login, now: Timestamp, renewable: bool) -> Standing {
    match next_step(now, login, renewable) {
        LoginStep::Lost => Standing::Lost,
        _ if login.is_lost() => Standing::Lost,
        _ if login.version == 0 => Standing::NotGranted,
        LoginStep::WarnExpiring if login.failure.is_none() => Standing::Ending,
        _ if login.failure.is_some() => Standing::Failing,
        LoginStep::Renew => Standing::BeingRenewed,
        _ if login.is_refused() => Standing::BeingRenewed,
        LoginStep::WarnExpiring => Standing::Ending,
        LoginStep::Nothing => Standing::Good,
    }
}

fn words(standing: Standing, login: &Login, renewable: bool, l: Language) -> String {
    let why = login.failure.as_ref().map(|failure| failure.detail.as_str()).unwrap_or_default();
    match standing {
        Standing::Lost => {
            l.pick(format!("mất đăng nhập, cần kết nối lại: {why}"), format!("lost, connect it again: {why}"))
        }
        Standing::NotGranted => l.say("chưa kết nối", "not connected yet").to_owned(),
        Standing::Ending => l.say("sắp hết hạn, cần kết nối lại", "ends soon, connect it again").to_owned(),
        Standing::Failing => l.pick(
            format!("chưa gia hạn được, sẽ thử lại: {why}"),
            format!("not renewed yet, tried again: {why}"),
        ),
        Standing::BeingRenewed => l.say("đang gia hạn", "being renewed").to_owned(),
        Standing::Good if renewable && login.access_ends_at.is_some() => {
            l.say("tốt, tự gia hạn", "good, renewed by itself").to_owned()
        }
        Standing::Good => l.say("tốt", "good").to_owned(),
    }
}

fn advice(worst: Standing, place: &Where, l: Language) -> String {
    if worst > Standing::Ending {
        return String::new();
    }
    let flags = place.flags();
    l.pick(
        format!("\nKết nối (lại) một tài khoản: hopkenh connect KÊNH --shop CỬA-HÀNG{flags}\n"),
        format!("\nConnect an account (again): hopkenh connect CHANNEL --shop SHOP{flags}\n"),
    )
}

/// Days and hours, or hours and minutes when it is less than two days.
fn left(ends_at: Option<Timestamp>, now: Timestamp, l: Language) -> String {
    let Some(ends_at) = ends_at else { return l.say("không hết hạn", "no end").to_owned() };
    let minutes = (ends_at.as_second() - now.as_second()).div_euclid(60);
    let (days, hours, rest) = (minutes / (24 * 60), minutes / 60 % 24, minutes % 60);
    match minutes {
        ..0 => l.say("đã hết hạn", "ended").to_owned(),
        2_880.. => l.pick(format!("{days} ngày {hours} giờ"), format!("{days} days {hours} h")),
        _ => l.pick(format!("{} giờ {rest} phút", minutes / 60), format!("{} h {rest} min", minutes / 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::login::FailureKind;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hours * 3_600).unwrap()
    }

    fn login() -> Login {
        Login {
            version: 4,
            since: Some(at(0)),
            access_ends_at: Some(at(4)),
            refresh_ends_at: Some(at(30 * 24)),
            ..Login::default()
        }
    }

    #[test]
    fn what_is_left_reads_as_people_say_it() {
        let check = |hours, expected| assert_eq!(left(Some(at(hours)), at(0), Language::En), expected);
        check(4, "4 h 0 min");
        check(47, "47 h 0 min");
        check(48, "2 days 0 h");
        check(30 * 24 + 5, "30 days 5 h");
        check(-1, "ended");
        assert_eq!(left(None, at(0), Language::Vi), "không hết hạn");
    }

    #[test]
    fn the_worst_comes_first() {
        let lost = login().failed(at(1), FailureKind::Lost, "invalid");
        let failing = login().failed(at(3), FailureKind::Passing, "HTTP 503");
        let refused = Login { refused_version: Some(4), ..login() };
        let ending = Login { access_ends_at: Some(at(999)), ..login() };
        let all = [
            standing(&lost, at(1), true),
            standing(&Login::default(), at(1), true),
            standing(&ending, at(28 * 24), true),
            standing(&failing, at(3), true),
            standing(&refused, at(1), true),
            standing(&login(), at(1), true),
        ];
        let mut sorted = all;
        sorted.sort();
        assert_eq!(all, sorted);
        assert_eq!(all.map(|s| s as u8), [0, 1, 2, 3, 4, 5]);
    }
}
