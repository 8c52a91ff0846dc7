//! Counts of what happened, by name, so that nothing is refused in silence.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Named counters; cheap to clone, shared by all clones.
#[derive(Debug, Clone, Default)]
pub struct Counters(Arc<Mutex<BTreeMap<&'static str, u64>>>);

impl Counters {
    /// One more.
    pub fn add(&self, name: &'static str) {
        self.add_many(name, 1);
    }

    /// So many more; none leaves no trace.
    pub fn add_many(&self, name: &'static str, more: usize) {
        if more > 0 {
            let more = u64::try_from(more).unwrap_or(u64::MAX);
            *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += more;
        }
    }

    /// All counts so far.
    pub fn reading(&self) -> BTreeMap<&'static str, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
