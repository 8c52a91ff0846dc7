//! A message as a person may read it: what it is about, and nothing that names a buyer.

use serde_json::Value;

/// Names under which a message says what it is about. Everything else is masked, because any field may name a buyer.
const PLAIN: [&str; 34] = [
    "action",
    "ask",
    "channel",
    "code",
    "connection",
    "data_id",
    "event",
    "event_type",
    "id",
    "item_id",
    "kind",
    "listing",
    "listings",
    "location",
    "model_id",
    "number",
    "order",
    "order_id",
    "order_sn",
    "order_status",
    "ordersn",
    "product_id",
    "quantity",
    "shop",
    "shop_id",
    "sku",
    "source_time",
    "status",
    "timestamp",
    "topic",
    "type",
    "variant_id",
    "variation_id",
    "webhook_id",
];
/// The longest plain text, in letters: ids are short.
const PLAIN_LETTERS_MAX: usize = 60;

/// The same message with every other text and long number masked; none where it is no JSON.
pub(super) fn masked(text: &[u8]) -> Option<String> {
    let mut value: Value = serde_json::from_slice(text).ok()?;
    mask(&mut value, false);
    serde_json::to_string_pretty(&value).ok()
}

fn mask(value: &mut Value, is_plain: bool) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                mask(field, PLAIN.contains(&name.to_lowercase().as_str()));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, is_plain)),
        Value::String(text) => {
            if !is_plain || text.chars().count() > PLAIN_LETTERS_MAX {
                *text = format!("… ({} letters)", text.chars().count());
            }
        }
        // A telephone number may be written as a number.
        Value::Number(number) => {
            if !is_plain && number.to_string().len() > 7 {
                *value = Value::String("… (a number)".to_owned());
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_is_about_stays_and_whom_it_names_goes() {
        let body = r#"{"id": 727, "status": "processing", "billing": {"first_name": "Hoa", "phone": 84901234567},
            "line_items": [{"sku": "AO-M", "quantity": 2, "name": "Áo"}], "note": "giao trước 5 giờ"}"#;
        let said = masked(body.as_bytes()).unwrap();
        for word in ["727", "processing", "AO-M", "billing", "line_items"] {
            assert!(said.contains(word), "{word}: {said}");
        }
        for word in ["Hoa", "84901234567", "giao"] {
            assert!(!said.contains(word), "{word}: {said}");
        }
        assert_eq!(masked(b"<xml>"), None);
    }
}
