//! A parcel as a website's order is told of it: carrier, number, and which lines are in it.

use crate::error::ChannelError;
use crate::forward::OrderNews;
use commerce::ids::LineId;
use serde_json::{Map, Value, json};

/// The body that reports a parcel of an order of `channel`; the buyer is not written to.
pub(crate) fn parcel(news: &OrderNews, channel: &str) -> Result<Value, ChannelError> {
    let mut parcel = Map::new();
    parcel.insert("notify_customer".to_owned(), json!(false));
    if let Some(carrier) = &news.carrier {
        parcel.insert("tracking_company".to_owned(), json!(carrier));
    }
    if let Some(number) = &news.tracking_number {
        parcel.insert("tracking_number".to_owned(), json!(number));
    }
    if !news.lines.is_empty() {
        let wrong = |_| ChannelError::refused(format!("not a line of a {channel} order"));
        let line = |id: &LineId| Ok(json!({ "id": id.as_str().parse::<u64>().map_err(wrong)? }));
        let lines: Result<Vec<Value>, ChannelError> = news.lines.iter().map(line).collect();
        parcel.insert("line_items".to_owned(), json!(lines?));
    }
    Ok(json!({ "fulfillment": parcel }))
}
