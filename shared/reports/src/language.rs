//! The two languages that people read reports in.

use commerce::park::ParkReason;
use serde::{Deserialize, Serialize};

/// A language of the pages and messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Vietnamese, the usual one.
    #[default]
    Vi,
    /// English, on request.
    En,
}

impl Language {
    /// Both, the usual one first.
    pub const ALL: [Language; 2] = [Language::Vi, Language::En];

    /// Its code in HTML and in file names (ISO 639-1).
    pub fn code(self) -> &'static str {
        match self {
            Language::Vi => "vi",
            Language::En => "en",
        }
    }

    /// Picks the text of the language.
    pub fn say<'t>(self, vi: &'t str, en: &'t str) -> &'t str {
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

/// A sentence that was written by whoever filled the report, in both languages: a cause, an advice, a price to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl Said {
    /// Both sentences.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }

    /// What a person can do about a parked item.
    pub fn advice(reason: &ParkReason) -> Self {
        Self::new(reason.advice_vi(), reason.advice_en())
    }

    /// The sentence in this language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}
