//! Why something was set aside for a person, and what that person can do about it.

use serde::{Deserialize, Serialize};

/// A reason to park; each has advice in Vietnamese and English.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum ParkReason {
    /// A listing that maps to none of our products.
    UnknownSku {
        /// The channel's listing id.
        listing: String,
    },
    /// A status word we do not know: the units stay taken.
    UnknownStatus {
        /// The channel's own word.
        raw: String,
    },
    /// Cancelled, but nothing proves that the goods are still here.
    CancelWithoutProof,
    /// Older than the horizon and not in the table: it may have been counted before.
    BeforeHorizon,
    /// A signed message that could not be read.
    Unreadable {
        /// What is wrong, naming the field.
        detail: String,
    },
    /// A store or branch that the shops file does not name.
    UnknownLocation {
        /// The channel's name of it.
        branch: String,
    },
    /// The channel refused for good.
    Refused {
        /// What the channel said.
        detail: String,
    },
    /// The shop's own file cannot be read.
    ShopUnreadable {
        /// What is wrong with it.
        detail: String,
    },
    /// The channel takes the account's login no more and gives no new one.
    LoginLost {
        /// What the channel said.
        detail: String,
    },
    /// A store's people called an order off in their till or website, while its buyer waits for it.
    CalledOffByStore {
        /// The till or website.
        account: String,
    },
    /// A store's people sent an order from their till or website that its buyer had called off.
    SentAfterCancel {
        /// The till or website.
        account: String,
    },
    /// Tried as often as allowed.
    RetriesExhausted {
        /// The last failure.
        detail: String,
    },
}

/// The short names of all reasons, for whoever asks for some of them.
pub const CODES: [&str; 12] = [
    "unknown_sku",
    "unknown_status",
    "cancel_without_proof",
    "before_horizon",
    "unreadable",
    "unknown_location",
    "refused",
    "shop_unreadable",
    "login_lost",
    "called_off_by_store",
    "sent_after_cancel",
    "retries_exhausted",
];

/// The channel's words without their own full stop.
fn plain(detail: &str) -> &str {
    detail.trim_end_matches(['.', ' '])
}

impl ParkReason {
    /// A short code for lists and counters.
    pub fn code(&self) -> &'static str {
        match self {
            ParkReason::UnknownSku { .. } => "unknown_sku",
            ParkReason::UnknownStatus { .. } => "unknown_status",
            ParkReason::CancelWithoutProof => "cancel_without_proof",
            ParkReason::BeforeHorizon => "before_horizon",
            ParkReason::Unreadable { .. } => "unreadable",
            ParkReason::UnknownLocation { .. } => "unknown_location",
            ParkReason::Refused { .. } => "refused",
            ParkReason::ShopUnreadable { .. } => "shop_unreadable",
            ParkReason::LoginLost { .. } => "login_lost",
            ParkReason::CalledOffByStore { .. } => "called_off_by_store",
            ParkReason::SentAfterCancel { .. } => "sent_after_cancel",
            ParkReason::RetriesExhausted { .. } => "retries_exhausted",
        }
    }

    /// What to do, for the shop (Vietnamese).
    pub fn advice_vi(&self) -> String {
        match self {
            ParkReason::UnknownSku { listing } => {
                format!("Khai báo sản phẩm cho mã gian hàng {listing}; đơn sẽ tự áp dụng.")
            }
            ParkReason::UnknownStatus { raw } => {
                format!("Trạng thái lạ {raw:?}: hàng vẫn đang được giữ. Kiểm tra đơn trên kênh.")
            }
            ParkReason::CancelWithoutProof => {
                "Đơn đã huỷ nhưng chưa rõ hàng còn trong kho. Kiểm tra rồi xác nhận.".to_owned()
            }
            ParkReason::BeforeHorizon => {
                "Đơn quá cũ, có thể đã tính trước đây. Đối soát bằng tay.".to_owned()
            }
            ParkReason::Unreadable { detail } => format!("Không đọc được thông báo: {}.", plain(detail)),
            ParkReason::UnknownLocation { branch } => {
                format!("Chi nhánh {branch:?} chưa khai báo trong tệp cửa hàng.")
            }
            ParkReason::Refused { detail } => format!("Kênh từ chối: {}.", plain(detail)),
            ParkReason::ShopUnreadable { detail } => {
                format!("Không đọc được tệp cửa hàng; sửa xong việc này tự chạy lại: {}.", plain(detail))
            }
            ParkReason::LoginLost { detail } => {
                format!(
                    "Kênh không còn nhận đăng nhập; kết nối lại bằng `hopkenh connect`, rồi việc này tự chạy tiếp: {}.",
                    plain(detail)
                )
            }
            ParkReason::CalledOffByStore { account } => {
                format!(
                    "Cửa hàng đã huỷ đơn này trong {account}, người mua vẫn đang chờ: huỷ đơn trên kênh, hoặc `parked replay` để đưa vào lại."
                )
            }
            ParkReason::SentAfterCancel { account } => {
                format!(
                    "Đơn đã huỷ nhưng cửa hàng vẫn gửi đi trong {account}: lấy hàng về, hoặc ghi giảm kho (`goods adjust`)."
                )
            }
            ParkReason::RetriesExhausted { detail } => {
                format!("Đã thử nhiều lần không được: {}.", plain(detail))
            }
        }
    }

    /// What to do, for the operator (English).
    pub fn advice_en(&self) -> String {
        match self {
            ParkReason::UnknownSku { listing } => {
                format!("Map listing {listing} to a SKU; the order then applies by itself.")
            }
            ParkReason::UnknownStatus { raw } => {
                format!("Unknown status {raw:?}: its units stay taken. Look the order up on the channel.")
            }
            ParkReason::CancelWithoutProof => {
                "Cancelled, but nothing proves the goods are here. Check the shelf and confirm.".to_owned()
            }
            ParkReason::BeforeHorizon => {
                "Too old to tell whether it was counted. Reconcile by hand.".to_owned()
            }
            ParkReason::Unreadable { detail } => format!("The message could not be read: {}.", plain(detail)),
            ParkReason::UnknownLocation { branch } => {
                format!("Branch {branch:?} is not in the shops file.")
            }
            ParkReason::Refused { detail } => format!("The channel refused: {}.", plain(detail)),
            ParkReason::ShopUnreadable { detail } => {
                format!(
                    "The shop's file cannot be read; once mended, this is done by itself: {}.",
                    plain(detail)
                )
            }
            ParkReason::LoginLost { detail } => {
                format!(
                    "The channel takes the login no more. Grant it anew with `hopkenh connect`; this then goes on by \
                     itself: {}.",
                    plain(detail)
                )
            }
            ParkReason::CalledOffByStore { account } => {
                format!(
                    "The store called this order off in {account}, and its buyer waits: cancel it on the channel, or \
                     `parked replay` puts it in anew."
                )
            }
            ParkReason::SentAfterCancel { account } => {
                format!(
                    "Cancelled by its buyer, and the store sent it from {account} all the same: get the goods back, \
                     or write them off (`goods adjust`)."
                )
            }
            ParkReason::RetriesExhausted { detail } => {
                format!("Tried as often as allowed: {}.", plain(detail))
            }
        }
    }
}
