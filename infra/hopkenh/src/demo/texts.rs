//! What the demo says, in Vietnamese and in English.

/// A language people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

impl From<Language> for reports::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Vi => Self::Vi,
            Language::En => Self::En,
        }
    }
}

impl Language {
    /// Picks the text of the language.
    pub fn say(self, vi: &'static str, en: &'static str) -> &'static str {
        match self {
            Language::Vi => vi,
            Language::En => en,
        }
    }

    /// The same for texts that were made up on the way.
    pub fn pick(self, vi: String, en: String) -> String {
        match self {
            Language::Vi => vi,
            Language::En => en,
        }
    }
}
