//! How the screen is laid out: a hundred letters wide, no row longer, times as short as they can be.

use commerce::Timestamp;

/// Letters in a line.
pub(crate) const WIDTH: usize = 100;
/// Where the text of a labelled line begins.
const LABEL: usize = 16;

/// A text no longer than so many letters; what is left out shows as `…`.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A label and what is to be said, on as many lines as it takes.
pub(crate) fn labelled(label: &str, text: &str) -> String {
    let gap = " ".repeat(LABEL.saturating_sub(4 + label.chars().count()).max(1));
    folded(&format!("    {label}{gap}"), text)
}

/// A text behind `lead`, on as many lines as it takes, each beginning where the first one does.
pub(crate) fn folded(lead: &str, text: &str) -> String {
    let indent = lead.chars().count();
    let room = WIDTH - indent.min(WIDTH / 2);
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > room {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&cut(word, room));
        }
    }
    format!("{lead}{}\n", lines.join(&format!("\n{}", " ".repeat(indent))))
}

/// A time: the clock alone where it is of the same day.
pub(crate) fn moment(at: Timestamp, now: Timestamp) -> String {
    let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    let format = if day(at) == day(now) { "%H:%M:%S" } else { "%Y-%m-%d %H:%M" };
    at.strftime(format).to_string()
}

/// A time in milliseconds since 1970.
pub(crate) fn moment_ms(at_ms: i64, now: Timestamp) -> String {
    Timestamp::from_millisecond(at_ms).map_or("?".to_owned(), |at| moment(at, now))
}

/// So many milliseconds later.
pub(crate) fn later(at: Timestamp, ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond().saturating_add(ms)).unwrap_or(Timestamp::MAX)
}
