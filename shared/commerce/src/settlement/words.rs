//! What a difference means and what to do about it, in Vietnamese and in English.

use super::comparison::{Difference, Reason};
use crate::ids::ShopId;
use crate::reconcile::shop_zone;

/// What to do about a difference; none where it is as it should be.
pub fn advice(difference: &Difference, shop: &ShopId) -> Option<(String, String)> {
    let day = difference.placed.map(|placed| placed.to_zoned(shop_zone()).date().to_string());
    let fetch = format!("hopkenh reconcile --shop {shop} --day {}", day.as_deref().unwrap_or("YYYY-MM-DD"));
    match difference.reason {
        Reason::BeforeBook | Reason::BeforeHorizon => None,
        Reason::NotInBook => Some((
            format!("tìm đơn này trên sàn; nếu có thật, lấy về: {fetch}"),
            format!("look the order up at the channel; if it is real, fetch it: {fetch}"),
        )),
        Reason::OtherTotal => Some((
            format!("mở đơn trên sàn xem người mua trả bao nhiêu; nếu sổ sai, lấy lại: {fetch}"),
            format!("see at the channel what the buyer paid; if the book is wrong, fetch it anew: {fetch}"),
        )),
        Reason::PaidThoughCancelled => Some((
            "đơn đã huỷ mà tệp vẫn tính tiền: hỏi sàn, và xem hàng đã đi chưa".to_owned(),
            "it is cancelled here and yet the file counts money: ask the channel, and see whether the goods left".to_owned(),
        )),
        Reason::NotPaid => Some((
            "đơn đã xong từ lâu mà chưa tệp nào trả tiền: đưa tệp của kỳ còn thiếu, hoặc hỏi sàn".to_owned(),
            "it ended long ago and no file pays for it: hand in the period that is missing, or ask the channel".to_owned(),
        )),
    }
}

/// Why a difference is as it should be; none where somebody has to look.
pub fn why(reason: Reason) -> Option<(&'static str, &'static str)> {
    match reason {
        Reason::BeforeBook => {
            Some(("đơn đặt trước khi cửa hàng dùng sổ này", "it was placed before this shop's book began"))
        }
        Reason::BeforeHorizon => {
            Some(("đơn cũ hơn thời gian sổ lưu đơn", "it is older than orders are kept here"))
        }
        Reason::NotInBook | Reason::OtherTotal | Reason::PaidThoughCancelled | Reason::NotPaid => None,
    }
}
