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

/// Reads `name=value&name=value` back; a plus sign is a space, what is not UTF-8 becomes a mark.
pub fn read_pairs(text: &str) -> Vec<(String, String)> {
    let part = |text: &str| decode(&text.replace('+', " "));
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(n, v)| (part(n), part(v))).collect()
}

/// Takes percent signs back; one that stands alone stays as it is.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok());
        let code = digits.filter(|_| bytes[at] == b'%').and_then(|two| u8::from_str_radix(two, 16).ok());
        out.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn pairs_read_back() {
        let read = super::read_pairs("a=1&b=%C3%A1+b%2Bc&d&e=%zz&=x");
        let read: Vec<(&str, &str)> = read.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(read, [("a", "1"), ("b", "á b+c"), ("d", ""), ("e", "%zz"), ("", "x")]);
    }

    #[test]
    fn nothing_escapes_its_place() {
        assert_eq!(super::pairs(&[("list", "A,B"), ("t", "á&b=c/?")]), "list=A%2CB&t=%C3%A1%26b%3Dc%2F%3F");
    }
}
