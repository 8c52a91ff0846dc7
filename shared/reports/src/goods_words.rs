//! The sentences about goods and pick-ups that every door of the house uses: the command and the counter's pages.

use crate::language::Language;
use commerce::goods::{Document, PRODUCTS_MAX, Paper, Refusal, Return, Transfer, WORDS_MAX};
use commerce::hold_terms::{HoldCode, Purpose};
use commerce::ids::{OrderId, ShopId};
use commerce::plan::OrderKey;

/// What a paper is, in one line.
pub fn title(document: &Document, l: Language) -> String {
    match &document.paper {
        Paper::Receipt { location, .. } => {
            l.pick(format!("nhập hàng tại {location}"), format!("received at {location}"))
        }
        Paper::Adjustment { location, .. } => {
            l.pick(format!("điều chỉnh tại {location}"), format!("adjusted at {location}"))
        }
        Paper::Transfer(transfer) => {
            let (from, to, stage) = (&transfer.from, &transfer.to, stage(transfer, l));
            l.pick(format!("chuyển {from} → {to}, {stage}"), format!("transfer {from} → {to}, {stage}"))
        }
        Paper::Return(Return { order: Some((connection, order)), .. }) => l.pick(
            format!("hàng trả của đơn {order} ({connection})"),
            format!("return of order {order} ({connection})"),
        ),
        Paper::Return(_) => l.say("hàng trả không có đơn", "return without an order").to_owned(),
    }
}

fn stage(transfer: &Transfer, l: Language) -> &'static str {
    match &transfer.sent {
        _ if transfer.is_cancelled => l.say("đã bỏ", "called off"),
        None => l.say("đã giữ hàng", "set aside"),
        Some(_) if !transfer.on_the_way().is_empty() => l.say("đang đi", "on the way"),
        Some(_) => l.say("đã xong", "done"),
    }
}

/// A word as it stands in the book, for people.
pub fn word(name: &str, l: Language) -> String {
    let said = match name {
        "receive" => l.say("nhập hàng", "received"),
        "adjust" => l.say("điều chỉnh", "adjusted"),
        "draft" => l.say("giữ hàng để chuyển", "set aside"),
        "send" => l.say("gửi đi", "sent"),
        "cancel" => l.say("bỏ phiếu", "called off"),
        "depart" => l.say("hàng đi", "left"),
        "arrive" => l.say("hàng đến", "arrived"),
        "lose" => l.say("mất trên đường", "lost on the way"),
        "take-back" => l.say("nhận lại", "taken back"),
        "inspect" => l.say("đã xem", "looked at"),
        other => other,
    };
    said.to_owned()
}

/// Why a word about goods is not written. What to do at one door and no other is for that door to add.
pub fn refusal(refusal: &Refusal, l: Language) -> String {
    match refusal {
        Refusal::NoSuchDocument => l.say("không có phiếu này", "there is no such paper").to_owned(),
        Refusal::Exists => l
            .say(
                "đã có phiếu số này, về hàng khác; hãy dùng số khác",
                "a paper of this number is there already, about other goods; use another number",
            )
            .to_owned(),
        Refusal::TooLate => l
            .say(
                "không còn gì để làm: hàng đã đi, đã đến, đã xem xong hoặc phiếu đã bỏ",
                "nothing is left to do: the goods have left, arrived or been looked at, or it was called off",
            )
            .to_owned(),
        Refusal::NotLeft => l.say("hàng chưa đi", "the goods have not left yet").to_owned(),
        Refusal::Nothing => l.say("không nêu hàng nào", "no goods are named").to_owned(),
        Refusal::TooManyProducts => l.pick(
            format!("nhiều nhất {PRODUCTS_MAX} mã hàng một phiếu; hãy chia ra"),
            format!("at most {PRODUCTS_MAX} products on one paper; split it"),
        ),
        Refusal::TooManyWords => l.pick(
            format!("phiếu đã có {WORDS_MAX} lời; hãy lập phiếu mới"),
            format!("the paper has {WORDS_MAX} words already; begin a new one"),
        ),
        Refusal::SameStore => {
            l.say("hàng đã ở chi nhánh đó", "the goods are in that store already").to_owned()
        }
        Refusal::NoSuchOrder => l.say("sổ không có đơn này", "the book has no such order").to_owned(),
        Refusal::Units(_) | Refusal::MoreThan { .. } | Refusal::NotFree { .. } | Refusal::TillKeeps(_) => {
            refusal_of_one(refusal, l)
        }
    }
}

/// The refusals that name a product or a store.
fn refusal_of_one(refusal: &Refusal, l: Language) -> String {
    match refusal {
        Refusal::Units(sku) => l.pick(
            format!("{sku}: số lượng phải là số nguyên khác 0, trong mức một cửa hàng chứa được"),
            format!("{sku}: units must be whole, not 0, and no more than any store holds"),
        ),
        Refusal::MoreThan { sku, at_most } => {
            l.pick(format!("{sku}: nhiều nhất {at_most}"), format!("{sku}: at most {at_most} can be meant"))
        }
        Refusal::NotFree { sku, free } => l.pick(
            format!("{sku}: chỉ {free} còn trống; chưa giữ gì"),
            format!("{sku}: only {free} free; nothing is set aside"),
        ),
        Refusal::TillKeeps(store) => l.pick(
            format!("{store}: máy bán hàng giữ sổ kho ở đó; hãy lập phiếu tại máy"),
            format!("{store}: its till keeps the stock there; write it in the till"),
        ),
        _ => String::new(),
    }
}

/// Why units are set aside.
pub fn purpose(purpose: Purpose, l: Language) -> &'static str {
    match purpose {
        Purpose::Unpaid => l.say("chưa thanh toán", "not paid yet"),
        Purpose::PickUp => l.say("khách đến lấy", "pick-up"),
        Purpose::TryInStore => l.say("thử tại cửa hàng", "try in store"),
    }
}

/// The sentence for a code that opens nothing; whose it is, if anybody's, is not said.
pub fn no_such_code(shop: &ShopId, code: HoldCode, l: Language) -> String {
    l.pick(
        format!("mã {code}: cửa hàng {shop} không giữ hàng nào với mã này (gõ nhầm, của nơi khác, đã hết hạn hoặc đã xong)"),
        format!("code {code}: no open hold of shop {shop} has it (mistyped, of another shop, ended or settled already)"),
    )
}

/// The sentence for a sale that only the desk can call off.
pub fn is_sold(order: &OrderId, l: Language) -> String {
    l.pick(
        format!("đơn {order}: đã bán rồi; chỉ nơi nhận đơn mới huỷ được (action cancel)"),
        format!("order {order}: is sold; only the desk can call a sale off (action cancel)"),
    )
}

/// The sentence for an order of an account that the shop's file does not name any more.
pub fn no_connection(key: &OrderKey, l: Language) -> String {
    let (order, connection) = (&key.order, &key.connection);
    l.pick(
        format!("đơn {order}: kết nối {connection} không còn trong tệp của cửa hàng"),
        format!("order {order}: connection {connection} is not in the shop's file any more"),
    )
}
