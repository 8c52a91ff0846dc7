//! The list of what is set aside, what ends first on top.

use super::{Args, goods, stores};
use crate::demo::texts::Language;
use crate::terminal;
use crate::up::Problem;
use commerce::Timestamp;
use commerce::effect::OrderState;
use commerce::hold_terms::HoldCode;
use commerce::ids::ShopId;
use commerce::plan::OrderKey;
use jiff::tz::{Offset, TimeZone};
use reports::goods_words::{no_such_code, purpose};

/// One row's order.
type Open = (OrderKey, OrderState);

/// Every order of the shop whose hold has an end or whose buyer has a code.
pub(super) async fn text(args: &Args, now: Timestamp) -> Result<String, Problem> {
    let l = args.lang;
    let shop = ShopId::new(args.shop.clone().unwrap_or_default())?;
    let code = args.code.as_deref().map(HoldCode::new).transpose()?;
    let place = args.place.open_existing().await?;
    let shop = place.shop(&shop).await?.id;
    let keys: Vec<OrderKey> = place.table.held_orders(&shop).await?.into_iter().collect();
    let found = place.table.load_orders(&keys, true).await?;
    let open = found.into_iter().map(|(key, (state, _))| (key, state)).filter(|(_, state)| is_open(state));
    let mut open: Vec<Open> = open.filter(|(_, state)| code.is_none() || state.code() == code).collect();
    if let Some(code) = code.filter(|_| open.is_empty()) {
        return Err(no_such_code(&shop, code, l.into()).into());
    }
    open.sort_by_key(|(key, state)| (state.holds_until().is_none(), state.holds_until(), key.clone()));
    Ok(table(&open, now, l))
}

fn is_open(state: &OrderState) -> bool {
    state.holds_until().is_some() || state.code().is_some()
}

fn table(open: &[Open], now: Timestamp, l: Language) -> String {
    if open.is_empty() {
        return l
            .say("Không giữ hàng cho ai có hạn hay có mã.\n", "Nothing is set aside with an end or a code.\n")
            .to_owned();
    }
    let head = match l {
        Language::Vi => {
            ["Đơn", "Kết nối", "Vì", "Chi nhánh", "Hàng", "Đến lúc (giờ Việt Nam)", "Mã", "Sẵn sàng"]
        }
        Language::En => {
            ["Order", "Connection", "Why", "Store", "Goods", "Until (time in Việt Nam)", "Code", "Ready"]
        }
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(open.iter().map(|(key, state)| row(key, state, now, l)));
    terminal::table(&rows)
}

fn row(key: &OrderKey, state: &OrderState, now: Timestamp, l: Language) -> Vec<String> {
    let why = state.hold.as_ref().map_or("", |held| purpose(held.terms.purpose, l.into()));
    vec![
        key.order.to_string(),
        key.connection.to_string(),
        why.to_owned(),
        stores(state),
        goods(state),
        until(state, now, l),
        state.code().map_or("·".to_owned(), |code| code.to_string()),
        ready(state, now, l),
    ]
}

/// Who has it in hand, or how long its buyer has waited for somebody to say so.
fn ready(state: &OrderState, now: Timestamp, l: Language) -> String {
    if let Some(ready) = state.at_store().and_then(|at_store| at_store.ready.as_ref()) {
        let at = ready.at.to_zoned(TimeZone::fixed(Offset::constant(7))).strftime("%H:%M");
        return format!("{at} {}", ready.by);
    }
    let Some(since) = state.waits_for_store() else { return "·".to_owned() };
    let minutes = now.duration_since(since).as_mins();
    l.pick(format!("chờ {minutes} phút"), format!("waits {minutes} min"))
}

/// When it ends: a sold one waits for its buyer, one without an end for the desk.
fn until(state: &OrderState, now: Timestamp, l: Language) -> String {
    let Some(end) = state.holds_until() else {
        let is_sold = state.status != commerce::status::Status::Pending;
        return if is_sold { l.say("đã bán", "sold") } else { l.say("không có hạn", "no end") }.to_owned();
    };
    let at = end.to_zoned(TimeZone::fixed(Offset::constant(7))).strftime("%Y-%m-%d %H:%M:%S").to_string();
    if end > now { at } else { l.pick(format!("{at} (đã hết hạn)"), format!("{at} (over)")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::effect::{Decision, Line};
    use commerce::hold_terms::{Held, HoldTerms, Purpose};
    use commerce::ids::{ConnectionId, LineId, ListingId, LocationId, OrderId};
    use commerce::money::{Currency, Money};
    use commerce::order::{Departure, OrderKind};
    use commerce::status::Status;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn order(id: &str, status: Status, purpose: Purpose, until: Option<&str>, code: Option<u32>) -> Open {
        let key = OrderKey {
            shop: ShopId::new("demo").unwrap(),
            connection: ConnectionId::new("chat").unwrap(),
            order: OrderId::new(id).unwrap(),
        };
        let decision = Decision {
            location: LocationId::new("hn").unwrap(),
            recipe: Vec::new(),
            in_cover: false,
            till_owned: false,
            not_counted: Vec::new(),
        };
        let line = |listing: &str, quantity| Line {
            id: LineId::new(listing).unwrap(),
            listing: ListingId::new(listing).unwrap(),
            quantity,
            cancelled: 0,
            unit_price_minor: 1,
            out: 0,
            counted: 0,
            decision: Some(decision.clone()),
        };
        let terms = HoldTerms { purpose, until: until.map(at) };
        let state = OrderState {
            kind: OrderKind::Channel,
            status,
            departure: Departure::Stayed,
            source_time: at("2026-11-22T02:00:00Z"),
            created_at: at("2026-11-22T02:00:00Z"),
            read_at: None,
            digest: String::new(),
            total: Money::from_minor(1, Currency::VND),
            lines: vec![line("AO-M", 2), line("AO-L", 1)],
            hold: Some(Held { terms, code: code.map(HoldCode::from_number), is_over: false, at_store: None }),
            unheard: false,
            echo_of: None,
            applied: Default::default(),
        };
        (key, state)
    }

    #[test]
    fn a_row_says_whose_what_where_and_until_when() {
        let open = [
            order("FB-7", Status::Pending, Purpose::PickUp, Some("2026-11-22T05:00:00Z"), Some(42)),
            order("FB-8", Status::Pending, Purpose::Unpaid, Some("2026-11-22T02:30:00Z"), None),
            order("FB-9", Status::Confirmed, Purpose::TryInStore, None, Some(482_913)),
        ];
        let now = at("2026-11-22T03:00:00Z");
        let text = table(&open, now, Language::En);
        assert_eq!(
            text,
            "  Order  Connection  Why           Store  Goods               Until (time in Việt Nam)      Code  Ready\n\
             \x20 FB-7   chat        pick-up       hn     AO-M × 2, AO-L × 1         2026-11-22 12:00:00  000042      ·\n\
             \x20 FB-8   chat        not paid yet  hn     AO-M × 2, AO-L × 1  2026-11-22 09:30:00 (over)       ·      ·\n\
             \x20 FB-9   chat        try in store  hn     AO-M × 2, AO-L × 1  sold                        482913      ·\n"
        );
        let text = table(&open, now, Language::Vi);
        assert!(
            text.contains("khách đến lấy") && text.contains("đã hết hạn") && text.contains("đã bán"),
            "{text}"
        );
        assert_eq!(table(&[], now, Language::En), "Nothing is set aside with an end or a code.\n");
    }
}
