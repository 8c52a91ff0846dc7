//! The sentences about goods that a buyer comes for, as every door of the house says them.

use crate::language::Language;
use commerce::effect::OrderState;
use commerce::ids::{LocationId, OrderId};
use commerce::pick_up::{Missing, NotHere, Word};
use commerce::status::Status;

/// Why goods are not there.
pub fn why(why: Missing, l: Language) -> &'static str {
    match why {
        Missing::NotFound => l.say("không tìm thấy", "not found"),
        Missing::Damaged => l.say("hàng hỏng", "damaged"),
    }
}

/// What is in the book after a store's word, and what comes next. `called` is what people call a store.
pub fn said(
    order: &OrderId,
    state: &OrderState,
    (word, store): (Word, &LocationId),
    called: impl Fn(&LocationId) -> String,
    l: Language,
) -> (String, String) {
    let Some(at_store) = state.at_store() else { return (String::new(), String::new()) };
    let refused = at_store.not_here.iter().rev().find(|not_here| not_here.store == *store);
    match (word, refused) {
        (Word::NotHere(_), Some(not_here)) => not_there(order, state, not_here, called, l),
        _ => ready(order, state, l),
    }
}

fn ready(order: &OrderId, state: &OrderState, l: Language) -> (String, String) {
    let by = state.at_store().and_then(|at_store| at_store.ready.as_ref());
    let by = by.map_or(String::new(), |ready| format!(" ({})", ready.by));
    (
        l.pick(format!("hàng của đơn {order} đã sẵn sàng{by}."), format!("order {order} is ready{by}.")),
        l.say("Để riêng cho khách; khách đến thì hỏi mã.", "Keep it apart; ask the buyer for the code.")
            .to_owned(),
    )
}

fn not_there(
    order: &OrderId,
    state: &OrderState,
    not_here: &NotHere,
    called: impl Fn(&LocationId) -> String,
    l: Language,
) -> (String, String) {
    let (store, reason) = (called(&not_here.store), why(not_here.why, l));
    let count = l.say("Hãy đếm lại mã này ở đây.", "Count the product here.");
    if let Some(other) = &not_here.moved_to {
        let other = called(other);
        return (
            l.pick(
                format!("đơn {order}: {store} không có hàng ({reason}); hàng được giữ ở {other}, mã và hạn của khách không đổi."),
                format!("order {order}: {store} does not have it ({reason}); it is set aside in {other}, code and end as they were."),
            ),
            l.pick(
                format!("Hãy báo khách đến {other}. {count}"),
                format!("Tell the buyer to come to {other}. {count}"),
            ),
        );
    }
    if state.status != Status::Cancelled {
        return (
            l.pick(
                format!("đơn {order}: {store} không có hàng ({reason}) và không chi nhánh nào khác có đủ; đơn đã bán nên vẫn giữ ở đây."),
                format!("order {order}: {store} does not have it ({reason}) and no other store has all of it; it is sold, so it stays here."),
            ),
            l.pick(
                format!("Nơi nhận đơn phải báo khách hoặc huỷ đơn. {count}"),
                format!("The desk has to tell the buyer, or call the sale off. {count}"),
            ),
        );
    }
    (
        l.pick(
            format!("đơn {order}: {store} không có hàng ({reason}) và không chi nhánh nào khác có đủ; đã ngừng giữ hàng."),
            format!("order {order}: {store} does not have it ({reason}) and no other store has all of it; nothing is held any more."),
        ),
        l.pick(
            format!("Hãy báo khách đừng đến. {count}"),
            format!("Tell the buyer not to come. {count}"),
        ),
    )
}

/// The sentence for an order of which nothing is set aside for a buyer who comes.
pub fn not_open(order: &OrderId, l: Language) -> String {
    l.pick(
        format!("đơn {order}: không còn giữ hàng cho khách đến lấy"),
        format!("order {order}: nothing is set aside for a buyer who comes, or not any more"),
    )
}

/// The sentence for a hold whose time is over.
pub fn over(order: &OrderId, l: Language) -> String {
    l.pick(format!("đơn {order}: đã hết hạn giữ"), format!("order {order}: its time is over"))
}

/// The sentence for goods that lie in another store.
pub fn elsewhere(order: &OrderId, store: &str, l: Language) -> String {
    l.pick(
        format!("đơn {order}: hàng nằm ở chi nhánh {store}"),
        format!("order {order}: its goods lie in store {store}"),
    )
}
