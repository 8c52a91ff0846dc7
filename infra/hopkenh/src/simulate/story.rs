//! What happened in a simulated day, line by line, and one number that is equal for equal days.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The most lines that are kept of one day.
const LINES_MAX: usize = 20_000;

/// The story of one day.
pub(super) struct Story {
    hasher: DefaultHasher,
    lines: Option<VecDeque<String>>,
}

impl Story {
    /// A story whose lines are kept, or only its number.
    pub(super) fn new(keep: bool) -> Self {
        Self { hasher: DefaultHasher::new(), lines: keep.then(VecDeque::new) }
    }

    /// Adds a line at that time, in milliseconds since the day began. Its words are made only where they are kept.
    pub(super) fn add(&mut self, at_ms: i64, line: impl FnOnce() -> String) {
        at_ms.hash(&mut self.hasher);
        let Some(lines) = &mut self.lines else { return };
        let line = line();
        if lines.len() == LINES_MAX {
            lines.pop_front();
        }
        lines.push_back(format!("{} {line}", clock(at_ms)));
    }

    /// Equal for days in which things happened at the same times.
    pub(super) fn number(&self) -> u64 {
        self.hasher.finish()
    }

    /// The lines, oldest first.
    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.iter().flatten().cloned().collect()
    }
}

/// `12:03.250`: minutes, seconds and milliseconds since the day began.
fn clock(at_ms: i64) -> String {
    format!("{:>3}:{:02}.{:03}", at_ms / 60_000, at_ms / 1_000 % 60, at_ms % 1_000)
}
