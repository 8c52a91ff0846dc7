//! Counts of what happened, by name, so that nothing is refused in silence.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Named counters; cheap to clone, shared by all clones.
#[derive(Debug, Clone, Default)]
pub struct Counters(Arc<Mutex<BTreeMap<&'static str, u64>>>);

impl Counters {
    /// One more.
    pub fn add(&self, name: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += 1;
    }

    /// All counts so far.
    pub fn reading(&self) -> BTreeMap<&'static str, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
