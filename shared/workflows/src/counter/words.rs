//! What the counter says in one sentence: what was done and what comes next, or why nothing was written.

use super::answer::Away;
use commerce::goods::{Document, Goods, Paper, Refusal};
use commerce::hold_word::HoldWord;
use commerce::ids::{DocumentNumber, LocationId, OrderId, Sku};
use reports::Language;
use reports::counter::Told;
use reports::goods_words;

/// The sentence for who is not served, in Vietnamese and in English.
pub(super) fn away(away: Away) -> [&'static str; 2] {
    match away {
        Away::NotLetIn => [
            "Liên kết không hợp lệ hoặc đã hết hạn; hãy xin chủ cửa hàng liên kết mới.",
            "This link is not valid or has ended; ask the shop's owner for a new one.",
        ],
        Away::NotYourForm => [
            "Trang này không còn dùng được; hãy mở lại trang rồi gửi lại.",
            "This page cannot be used any more; open it again and send it again.",
        ],
        Away::NoSuchPage => ["Không có trang này.", "There is no such page."],
        Away::TooLarge => ["Trang gửi lên quá dài; hãy chia nhỏ.", "What was sent is too long; split it."],
        Away::NotNow => [
            "Hệ thống đang bận; hãy gửi lại sau một phút, gửi lại không bị tính hai lần.",
            "Not just now; send it again in a minute, it will not count twice.",
        ],
    }
}

macro_rules! sentences {
    ($($(#[$doc:meta])* $name:ident: $vi:literal, $en:literal;)*) => {
        $($(#[$doc])* pub(super) fn $name(l: Language) -> String { l.say($vi, $en).to_owned() })*
    };
}

sentences! {
    /// A paper that is not there, or not of this store: no difference is made.
    no_such_paper: "Chi nhánh này không có phiếu đó.", "This store has no such paper.";
    paper_changed: "Đã có người ghi lên phiếu này sau khi bạn mở trang; hãy xem lại rồi ghi.",
        "Somebody has written on this paper since you opened it; look again, then write.";
    busy: "Chưa ghi được vì nhiều người đang ghi cùng lúc; hãy gửi lại, không bị tính hai lần.",
        "Not written yet, others write at the same time; send it again, it will not count twice.";
    for_owners: "Việc này chỉ chủ cửa hàng được ghi.", "Only an owner may write this.";
    choose_reason: "Hãy chọn lý do.", "Choose a reason.";
    choose_store: "Hãy chọn chi nhánh nhận hàng.", "Choose the store that gets the goods.";
    choose_how: "Hãy chọn hàng đi ngay hay giữ lại.", "Choose whether the goods leave now or are set aside.";
    name_order_whole: "Hãy chọn nơi bán và ghi số đơn, hoặc để trống cả hai.",
        "Choose where it was sold and write the order's number, or leave both empty.";
    order_unreadable: "Không đọc được số đơn; hãy xem lại.", "The order's number cannot be read; look again.";
    nothing_said: "Phiếu này không ghi được việc đó.", "That cannot be said of this paper.";
    six_digits: "Mã của khách có đúng 6 chữ số.", "A buyer's code has exactly six digits.";
    till_counts: "Máy bán hàng tự đếm ở chi nhánh này; hãy sửa tại máy.",
        "The till counts in this store; correct it in the till.";
    none_or_more: "Số đếm phải từ 0 trở lên.", "A count must be 0 or more.";
    counted_too_long: "Trang đếm đã mở quá một giờ; hãy đếm lại ngay bây giờ.",
        "The page of this count was open for over an hour; count again now.";
    count_again: "Chưa ghi được vì hàng ra vào nhiều trong lúc đếm; hãy đếm lại ngay bây giờ.",
        "Not written, too much moved while you counted; count again now.";
    later_count: "Đã có số đếm mới hơn của mã này; nếu vẫn khác, hãy đếm lại ngay bây giờ.",
        "A newer count of this product is in; if it still differs, count again now.";
}

/// Why a word about goods is not written, with what this page can do about it.
pub(super) fn not_written(refusal: &Refusal, l: Language) -> String {
    let hint = match refusal {
        Refusal::NotFree { .. } => l.say(
            " Hàng đã đi rồi thì chọn “đi ngay bây giờ”.",
            " If the goods have left, choose “leave now”.",
        ),
        Refusal::NoSuchOrder => {
            l.say(" Hàng không có đơn thì để trống đơn.", " For goods without an order leave it empty.")
        }
        _ => "",
    };
    let why = goods_words::refusal(refusal, l);
    l.pick(format!("Chưa ghi: {why}.{hint}"), format!("Not written: {why}.{hint}"))
}

/// The sentence for what another store has to say.
pub(super) fn other_store(store: &LocationId, l: Language) -> String {
    l.pick(format!("Việc này do chi nhánh {store} ghi."), format!("Store {store} has to write this."))
}

/// The sentence for a buyer who came to the wrong store.
pub(super) fn goods_elsewhere(store: &str, l: Language) -> String {
    l.pick(
        format!("Hàng của mã này nằm ở chi nhánh {store}."),
        format!("The goods of this code lie in store {store}."),
    )
}

/// What became of a code, and what comes next.
pub(super) fn settled(order: &OrderId, word: HoldWord, is_new: bool, l: Language) -> (String, String) {
    let head = head(is_new, l);
    match word {
        HoldWord::Collected => (
            l.pick(format!("{head}đã giao hàng, đơn {order}."), format!("{head}handed over, order {order}.")),
            l.say("Không phải làm gì thêm.", "Nothing is left to do.").to_owned(),
        ),
        HoldWord::Released => (
            l.pick(format!("{head}đã nhả hàng, đơn {order}."), format!("{head}let go, order {order}.")),
            l.say(
                "Hàng bán được trở lại; hãy cất lên kệ.",
                "The units are free again; put them back on the shelf.",
            )
            .to_owned(),
        ),
    }
}

/// What was counted, and what comes next.
pub(super) fn counted(sku: &Sku, units: i64, is_new: bool, l: Language) -> (String, String) {
    if !is_new {
        return (
            l.pick(
                format!("Trang này đã ghi một số đếm của {sku}, không tính hai lần."),
                format!("This page has written a count of {sku} before, it does not count twice."),
            ),
            l.say("Nếu số đó sai, hãy mở lại trang đếm.", "If it was wrong, open the page of counts again.")
                .to_owned(),
        );
    }
    (
        l.pick(format!("Đã ghi: {sku} đếm được {units}."), format!("Written: {units} of {sku} counted.")),
        l.say(
            "Các kênh tự đổi theo; mã tiếp theo thì mở lại trang đếm.",
            "The channels follow; open the page again for the next product.",
        )
        .to_owned(),
    )
}

/// What was written about a paper, and what comes next.
pub(super) fn written(number: &DocumentNumber, document: &Document, is_new: bool, l: Language) -> Told {
    let sentence = format!("{}{} ({number}).", head(is_new, l), goods_words::title(document, l));
    let (next, goods) = next(document, l);
    let paper = (!document.is_finished()).then(|| number.clone());
    Told { sentence, next: next.to_owned(), goods, paper, product: None, counts: Vec::new() }
}

pub(super) fn head(is_new: bool, l: Language) -> &'static str {
    match is_new {
        true => l.say("Đã ghi: ", "Written: "),
        false => l.say("Đã ghi từ trước, không tính hai lần: ", "Written before, not counted twice: "),
    }
}

/// What somebody will do with a paper next, and the goods that wait for it.
fn next(document: &Document, l: Language) -> (&'static str, Goods) {
    match &document.paper {
        Paper::Receipt { goods, .. } | Paper::Adjustment { goods, .. } => {
            (l.say("Các kênh tự đổi theo.", "The channels follow by themselves."), goods.clone())
        }
        Paper::Transfer(transfer) if document.is_finished() => (
            l.say("Không phải làm gì thêm.", "Nothing is left to do."),
            transfer.sent.clone().unwrap_or_else(|| transfer.drafted.clone()),
        ),
        Paper::Transfer(transfer) if transfer.sent.is_none() => (
            l.say(
                "Khi hàng đi, mở phiếu và ghi “Hàng đã đi”.",
                "When it leaves, open the paper and say “It has left”.",
            ),
            transfer.drafted.clone(),
        ),
        Paper::Transfer(transfer) => (
            l.say(
                "Khi hàng đến, chi nhánh nhận mở phiếu và ghi “Hàng đã đến”.",
                "When it arrives, the other store opens the paper and says “It has arrived”.",
            ),
            transfer.on_the_way(),
        ),
        Paper::Return(_) if document.is_finished() => {
            (l.say("Không phải làm gì thêm.", "Nothing is left to do."), Goods::new())
        }
        Paper::Return(back) => (
            l.say(
                "Hãy xem hàng rồi mở phiếu ghi: bán được hay bỏ.",
                "Look at the goods, then open the paper: sellable or scrapped.",
            ),
            back.taken(),
        ),
    }
}
