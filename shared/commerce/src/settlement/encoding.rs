//! The bytes of a file as text, whatever program saved it; what is no text is refused by name.

use super::FILE_BYTES_MAX;
use super::problem::Problem;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1258};

/// How files begin that are no text at all, whatever their name ends with.
const SPREADSHEETS: [&[u8]; 2] = [b"PK\x03\x04", &[0xD0, 0xCF, 0x11, 0xE0]];

/// The text, and the name of its encoding.
pub(super) fn text_of(bytes: &[u8]) -> Result<(String, &'static str), Problem> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Problem::TooLarge);
    }
    if SPREADSHEETS.iter().any(|begin| bytes.starts_with(begin)) {
        return Err(Problem::Spreadsheet);
    }
    let (text, encoding) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding.decode_without_bom_handling(&bytes[mark..]), encoding),
        None => unmarked(bytes),
    };
    let (text, is_spoilt) = text;
    // A zero among letters is UTF-16 without its mark; other signs that nobody types come from a file that is no text.
    let is_odd = |letter: char| letter.is_control() && !matches!(letter, '\t' | '\r' | '\n');
    if is_spoilt || text.contains(is_odd) {
        return Err(Problem::NotText);
    }
    if text.trim().is_empty() {
        return Err(Problem::Empty);
    }
    let begin: String = text.trim_start().chars().take(200).collect::<String>().to_lowercase();
    if ["<!doctype", "<html", "<table", "<?xml", "<meta"].iter().any(|tag| begin.starts_with(tag)) {
        return Err(Problem::WebPage);
    }
    // One end of line, so that lines are counted as an editor counts them.
    Ok((text.replace("\r\n", "\n").replace('\r', "\n"), encoding.name()))
}

/// Older Vietnamese programs save Windows-1258 and say so nowhere; what is valid UTF-8 is never that by chance.
fn unmarked(bytes: &[u8]) -> ((std::borrow::Cow<'_, str>, bool), &'static Encoding) {
    let utf8 = UTF_8.decode_without_bom_handling(bytes);
    if !utf8.1 {
        return (utf8, UTF_8);
    }
    (WINDOWS_1258.decode_without_bom_handling(bytes), WINDOWS_1258)
}
