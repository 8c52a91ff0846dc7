//! The page a person sees when the browser comes back from a channel: connected, or what went wrong and what to do.

use crate::private_page::private_page;
use aws_lambda_events::event::apigw::ApiGatewayV2httpResponse;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Tokens are stored.
    Connected {
        /// What people call the channel.
        channel: &'static str,
    },
    /// An address that nobody gave out, or an account that is not there.
    Unknown,
    /// The grant was used already.
    Used,
    /// The grant came too late.
    Over,
    /// The person or the channel said no.
    Refused,
    /// The channel did not answer.
    NoAnswer,
    /// The channel gave tokens, and they could not be stored.
    NotStored,
    /// Something of ours did not answer; the same address may be opened again.
    NotNow,
}

/// Headline and advice, in Vietnamese and in English.
type Words = [&'static str; 4];

const UNKNOWN: Words = [
    "Liên kết không hợp lệ",
    "Hãy chạy lại hopkenh connect và mở đúng liên kết nó đưa ra.",
    "This link is not valid",
    "Run hopkenh connect again and open the very link it gives.",
];
const USED: Words = [
    "Liên kết này đã được dùng",
    "Nếu kênh đã được kết nối thì không cần làm gì thêm; nếu chưa, hãy chạy lại hopkenh connect.",
    "This link was used already",
    "If the channel is connected, nothing is left to do; if not, run hopkenh connect again.",
];
const OVER: Words = [
    "Liên kết đã hết hạn",
    "Liên kết chỉ dùng được trong 15 phút. Hãy chạy lại hopkenh connect.",
    "This link is too old",
    "It works for 15 minutes. Run hopkenh connect again.",
];
const REFUSED: Words = [
    "Kênh chưa cho phép kết nối",
    "Có thể bạn đã bấm từ chối, hoặc kênh không chấp nhận. Hãy chạy lại hopkenh connect.",
    "The channel did not grant the login",
    "You may have declined, or the channel refused. Run hopkenh connect again.",
];
const NO_ANSWER: Words = [
    "Kênh không trả lời",
    "Hãy đợi vài phút rồi chạy lại hopkenh connect.",
    "The channel did not answer",
    "Wait a few minutes, then run hopkenh connect again.",
];
const NOT_STORED: Words = [
    "Chưa lưu được đăng nhập",
    "Kênh đã cho phép nhưng chúng tôi chưa lưu được. Hãy chạy lại hopkenh connect.",
    "The login could not be stored",
    "The channel granted it, but it could not be stored here. Run hopkenh connect again.",
];
const NOT_NOW: Words = [
    "Hệ thống đang bận",
    "Hãy tải lại trang này sau một phút.",
    "Not just now",
    "Load this page again in a minute.",
];

impl Ending {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Ending::Connected { .. } => 200,
            Ending::Unknown | Ending::Refused => 400,
            Ending::Used | Ending::Over => 410,
            Ending::NoAnswer | Ending::NotStored | Ending::NotNow => 503,
        }
    }

    fn words(self) -> [String; 4] {
        let words = match self {
            Ending::Connected { channel } => {
                return [
                    format!("Đã kết nối {channel}"),
                    "Xong rồi. Bạn có thể đóng trang này.".to_owned(),
                    format!("{channel} is connected"),
                    "All done. You may close this page.".to_owned(),
                ];
            }
            Ending::Unknown => UNKNOWN,
            Ending::Used => USED,
            Ending::Over => OVER,
            Ending::Refused => REFUSED,
            Ending::NoAnswer => NO_ANSWER,
            Ending::NotStored => NOT_STORED,
            Ending::NotNow => NOT_NOW,
        };
        words.map(str::to_owned)
    }
}

/// What the page may do: be styled, and no more.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// The answer with the page. Nothing that came with the request stands in it.
pub fn answer(ending: &Ending) -> ApiGatewayV2httpResponse {
    private_page(ending.status(), page(*ending), POLICY)
}

fn page(ending: Ending) -> String {
    let mark = if ending.status() == 200 { "✓" } else { "!" };
    let colour = if ending.status() == 200 { "#0a7d33" } else { "#b3261e" };
    let [title, advice, title_en, advice_en] = ending.words();
    format!(
        "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>body{{font:18px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;\
         padding:0 1.5rem;color:#1c1b1f}}b{{font-size:3rem;color:{colour}}}h1{{margin:.2rem 0}}\
         hr{{border:0;border-top:1px solid #ddd;margin:2rem 0}}div{{color:#555}}h2{{margin:0;font-size:1.1rem}}\
         </style></head><body><b aria-hidden=\"true\">{mark}</b><h1>{title}</h1><p>{advice}</p><hr>\
         <div lang=\"en\"><h2>{title_en}</h2><p>{advice_en}</p></div></body></html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_has_a_page_in_both_languages_that_loads_nothing() {
        let endings = [
            Ending::Connected { channel: "Shopee" },
            Ending::Unknown,
            Ending::Used,
            Ending::Over,
            Ending::Refused,
            Ending::NoAnswer,
            Ending::NotStored,
            Ending::NotNow,
        ];
        for ending in endings {
            let page = page(ending);
            assert!(page.contains("lang=\"vi\"") && page.contains("lang=\"en\""), "{ending:?}");
            for foreign in ["http", "src=", "href=", "<script", "url("] {
                assert!(!page.contains(foreign), "{ending:?}: {foreign}");
            }
            assert_eq!(answer(&ending).headers["referrer-policy"], "no-referrer");
        }
        assert!(page(endings[0]).contains("Shopee is connected"));
    }
}
