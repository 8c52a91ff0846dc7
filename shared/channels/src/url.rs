//! Addresses: text put into a query or a form so that no letter of it changes the meaning.

use std::fmt::Write;

/// Percent-encodes everything but the unreserved letters of RFC 3986; a comma becomes `%2C`.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// `name=value&name=value`, for a query or a form.
pub(crate) fn pairs(pairs: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", encode(name), encode(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_escapes_its_place() {
        assert_eq!(super::pairs(&[("list", "A,B"), ("t", "á&b=c/?")]), "list=A%2CB&t=%C3%A1%26b%3Dc%2F%3F");
    }
}
