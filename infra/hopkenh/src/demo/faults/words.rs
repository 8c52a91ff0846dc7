//! The kinds of faults, and what people call them and their repairs, in Vietnamese and English.

use super::super::texts::Language;
use super::blackout::LOST_NEWS;

/// Somebody raised a number at the channel.
pub const EDITED_UP: &str = "edited_up";
/// Somebody lowered a number at the channel.
pub const EDITED_DOWN: &str = "edited_down";
/// The channel took our number and did nothing.
pub const IGNORED_PUSH: &str = "push_ignored";
/// A campaign keeps a listing's number.
pub const CAMPAIGN: &str = "campaign_lock";
/// The channel refused a login before its end.
pub const LOGIN_ENDED: &str = "login_ended";
/// A signed message that nobody can read.
pub const UNREADABLE: &str = "unreadable_message";
/// A sale of something that is not in the shop's file.
pub const UNKNOWN_PRODUCT: &str = "unknown_product";
/// A till sold what was promised to somebody else.
pub const TILL_SHORTFALL: &str = "till_shortfall";

/// What people call a kind of fault; its code where it has no name.
pub(super) fn kind(kind: &str, l: Language) -> String {
    let words = match kind {
        LOST_NEWS => l.say("Webhook của đơn bị mất", "Order without a webhook"),
        EDITED_UP => l.say("Ai đó tăng số trên kênh", "Number raised by somebody"),
        EDITED_DOWN => l.say("Ai đó giảm số trên kênh", "Number lowered by somebody"),
        IGNORED_PUSH => l.say("Kênh nhận số nhưng không đổi", "Number taken and not applied"),
        CAMPAIGN => l.say("Khuyến mãi khóa số", "Number locked by a campaign"),
        LOGIN_ENDED => l.say("Đăng nhập hết hiệu lực giữa chừng", "Login ended before its time"),
        UNREADABLE => l.say("Thông báo không đọc được", "Message nobody can read"),
        UNKNOWN_PRODUCT => l.say("Bán mã chưa khai báo", "Sale of an unknown product"),
        TILL_SHORTFALL => l.say("Quầy bán hàng đã hứa", "Till sold what was promised"),
        other => return other.to_owned(),
    };
    words.to_owned()
}

/// What was done about a fault; the report's own code where it has no name.
pub(super) fn done(done: &str, l: Language) -> String {
    if let Some(owner) = done.strip_prefix("told ") {
        return l.pick(format!("báo {owner} xử lý"), format!("told: {owner} sees to it"));
    }
    let words = match done {
        "recorded" => l.say("đã đọc về và ghi sổ", "read and recorded"),
        "lowering" => l.say("đang hạ", "being lowered"),
        "raising" => l.say("đang nâng", "being raised"),
        "left_locked" => l.say("báo, để nguyên đến khi hết khuyến mãi", "told, left until the campaign ends"),
        "parked" => l.say("để người xem, kèm hướng dẫn", "set aside with advice"),
        "renewed" => l.say("đã đăng nhập lại", "signed in again"),
        "told" => l.say("đã báo", "told"),
        other => return other.to_owned(),
    };
    words.to_owned()
}
