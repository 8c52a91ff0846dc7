//! Texts that others wrote, made harmless to read: no hidden direction marks, no control characters, not too long.

/// The longest text of others that a page shows, in letters; JSON and CSV hold all of it.
pub(crate) const LETTERS_MAX: usize = 200;

/// A text as a page may show it. What is cut ends with an ellipsis.
pub(crate) fn shown(text: &str) -> String {
    let mut letters = visible(text);
    let mut shown: String = letters.by_ref().take(LETTERS_MAX).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// The longest name of a product in a message, in letters.
const NAME_LETTERS_MAX: usize = 40;

/// A product for a place with little room: its code whole, and its name behind it, shortened.
pub fn called_shortly(code: &str, name: &str) -> String {
    let code = shown(code);
    let mut letters = visible(name.trim());
    let mut name: String = letters.by_ref().take(NAME_LETTERS_MAX).collect();
    if letters.next().is_some() {
        name.push('…');
    }
    if name.is_empty() || name == code { code } else { format!("{code} · {name}") }
}

/// A text without what hides or turns letters; line ends and tabs become spaces.
pub(crate) fn visible(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|letter| !turns(*letter)).filter_map(|letter| match letter {
        '\n' | '\r' | '\t' => Some(' '),
        letter if letter.is_control() => None,
        letter => Some(letter),
    })
}

/// Marks that turn the direction of writing or have no width: with them a name can pass for another.
fn turns(letter: char) -> bool {
    matches!(letter, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}
