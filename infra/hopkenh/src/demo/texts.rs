//! What the demo says, in Vietnamese and in English.

/// A language people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

impl Language {
    /// Picks the text of the language.
    pub fn say(self, vi: &'static str, en: &'static str) -> &'static str {
        match self {
            Language::Vi => vi,
            Language::En => en,
        }
    }
}
