//! What a comparison found, said in both languages.

use commerce::park::ParkReason;
use commerce::reconcile::{NotRead, Why};
use reports::language::Said;

/// Why a difference between two lists of orders is right.
pub(super) fn why(why: Why) -> Said {
    match why {
        Why::BeforeHorizon => Said::new(
            "Đơn quá cũ, không tính lại",
            "It is older than orders are kept here, so it is not counted again",
        ),
        Why::ChangedSince => {
            Said::new("Đơn đổi sau khi đọc danh sách", "It has changed since the list was read")
        }
        Why::NotListed => Said::new(
            "Bán tại quầy hoặc qua chat: không sàn nào liệt kê",
            "Sold at the till or in a chat: no channel lists it",
        ),
    }
}

/// What to do about an order that still differs.
pub(super) fn left(reason: &str) -> Said {
    Said::new(
        format!("Mở đơn này trên sàn và so với sổ ({reason})"),
        format!("Look this order up on the channel and compare it with the book ({reason})"),
    )
}

/// Why a list of orders could not be read.
pub(super) fn unreadable(reason: &str) -> Said {
    Said::new(format!("Không đọc được danh sách đơn: {reason}"), reason)
}

/// Input that could not be taken as it was.
pub(super) fn remark(what: &str) -> Said {
    Said::new(format!("Không dùng được: {what}"), what)
}

/// Why a listing could not be judged; none where its channel cannot be asked, which is no news.
pub(super) fn not_read(listing: &str, why: &NotRead) -> Option<Said> {
    let (vi, en) = match why {
        NotRead::NoReadBack => return None,
        NotRead::Channel(what) => {
            (format!("sàn không trả lời: {what}"), format!("its channel did not answer: {what}"))
        }
        NotRead::LeftOut => {
            ("sàn không nhắc tới nó".to_owned(), "the channel's answer leaves it out".to_owned())
        }
        NotRead::BelowZero(units) => {
            (format!("sàn nói {units}, không thể có"), format!("the channel says {units}, which cannot be"))
        }
        NotRead::Unsteady(one, other) => (
            format!("sàn nói {one} rồi {other}, không tin được"),
            format!("the channel says {one} and then {other}: neither is believed"),
        ),
        NotRead::OrdersUnread(what) => (
            format!("chưa ghi hết đơn nên chưa kết luận: {what}"),
            format!("not judged, for its orders could not all be recorded: {what}"),
        ),
    };
    Some(Said::new(format!("Gian hàng {listing}: {vi}"), format!("Listing {listing}: {en}")))
}

/// What is the matter with parked work, in a few words; what to do is the reason's own advice.
pub(crate) fn parked(reason: &ParkReason) -> Said {
    let (vi, en) = match reason {
        ParkReason::UnknownSku { .. } => {
            ("Mã gian hàng chưa khai báo", "Listings that are none of our products")
        }
        ParkReason::UnknownStatus { .. } => ("Trạng thái đơn lạ", "Orders with a status we do not know"),
        ParkReason::CancelWithoutProof => {
            ("Đơn huỷ chưa rõ hàng còn không", "Cancelled orders whose goods may be gone")
        }
        ParkReason::BeforeHorizon => ("Đơn quá cũ", "Orders too old to be counted"),
        ParkReason::Unreadable { .. } => ("Thông báo không đọc được", "Messages that cannot be read"),
        ParkReason::UnknownLocation { .. } => {
            ("Chi nhánh chưa khai báo", "Branches that are none of our stores")
        }
        ParkReason::Refused { .. } => ("Bị từ chối hẳn", "Refused for good"),
        ParkReason::ShopUnreadable { .. } => {
            ("Tệp cửa hàng không đọc được", "The shop's file cannot be read")
        }
        ParkReason::SentAfterCancel { .. } => ("Gửi đi dù đơn đã huỷ", "Sent although it was cancelled"),
        ParkReason::CalledOffByStore { .. } => {
            ("Cửa hàng huỷ đơn của khách", "A buyer's order called off by a store")
        }
        ParkReason::LoginLost { .. } => ("Đăng nhập hết hiệu lực", "A login that is taken no more"),
        ParkReason::RetriesExhausted { .. } => ("Thử nhiều lần không được", "Tried as often as allowed"),
    };
    Said::new(vi, en)
}
