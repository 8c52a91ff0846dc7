//! What becomes of an account's secrets when its shop's file is added: those at hand now, over those stored earlier.

use lambda_kit::secret_source::SecretError;
use lambda_kit::secret_store::SecretValues;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;

/// What the sources that the file names gave.
pub(super) type Fetched = BTreeMap<String, Result<SecretString, SecretError>>;

/// What a person should know of one secret. Never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Note {
    /// Stored for the first time.
    New,
    /// Another value than before; the one before is kept as `<name>_old`.
    Replaced,
    /// Another value than before, and the file names `<name>_old` itself.
    ReplacedBoth,
    /// Not at hand now; the stored one stays.
    NotAtHand,
    /// What is at hand is the value from before a rotation; the stored one stays.
    FromBeforeRotation,
}

/// An account's secrets as they will be.
#[derive(Debug)]
pub(super) struct Merged {
    /// Those that were stored.
    pub(super) before: SecretValues,
    /// All of them.
    pub(super) values: SecretValues,
    /// Whether any is another than before.
    pub(super) is_changed: bool,
    /// What to say, by name.
    pub(super) notes: Vec<(String, Note)>,
    /// What is wrong, by name.
    pub(super) problems: Vec<(String, String)>,
}

/// How the name of a value from before a change ends.
const OLD: &str = "_old";

/// The name under which the value before lies while a secret is changed.
pub(crate) fn old(name: &str) -> String {
    format!("{name}{OLD}")
}

fn is_old(name: &str) -> bool {
    name.ends_with(OLD)
}

/// Puts the fetched ones over the stored ones. What the file does not name stays as it is.
pub(super) fn merge(stored: &SecretValues, fetched: Fetched) -> Merged {
    let named: Vec<String> = fetched.keys().cloned().collect();
    let mut merged = Merged {
        before: stored.clone(),
        values: stored.clone(),
        is_changed: false,
        notes: Vec::new(),
        problems: Vec::new(),
    };
    for (name, value) in fetched {
        // An old value is never kept beside itself, and a file that names both values decides both.
        let names_old = is_old(&name) || named.contains(&old(&name));
        match value {
            Ok(value) => merged.put(stored, name, value, names_old),
            Err(why) => merged.keep(stored, name, &why),
        }
    }
    merged
}

impl Merged {
    fn put(&mut self, stored: &SecretValues, name: String, value: SecretString, names_old: bool) {
        let is = |other: &SecretString| other.expose_secret() == value.expose_secret();
        let before = stored.get(&name);
        let older = stored.get(&old(&name));
        match (before, older) {
            (Some(before), _) if is(before) => return,
            (None, _) => self.notes.push((name.clone(), Note::New)),
            (Some(_), _) if names_old => self.notes.push((name.clone(), Note::ReplacedBoth)),
            (Some(_), Some(older)) if is(older) => {
                self.notes.push((name, Note::FromBeforeRotation));
                return;
            }
            (Some(_), Some(_)) => {
                let why = "is another value than the two stored (in force, and old). Finish the change first: \
                           `hopkenh secret forget-old`, or store this one with `hopkenh secret set`";
                self.problems.push((name, why.to_owned()));
                return;
            }
            (Some(before), None) => {
                self.values.insert(old(&name), before.clone());
                self.notes.push((name.clone(), Note::Replaced));
            }
        }
        self.values.insert(name, value);
        self.is_changed = true;
    }

    /// A source that is not there now is no loss while the store has the secret; a wrong one is always refused.
    fn keep(&mut self, stored: &SecretValues, name: String, why: &SecretError) {
        let is_absent = matches!(why, SecretError::Environment(_) | SecretError::File(..));
        if is_absent && stored.contains_key(&name) {
            self.notes.push((name, Note::NotAtHand));
        } else {
            self.problems.push((name, why.to_string()));
        }
    }

    /// The values, with something in the place of each that has a problem, for checks of everything else.
    pub(super) fn with_stand_ins(&self) -> SecretValues {
        let stand_in = |(name, _): &(String, String)| (name.clone(), SecretString::from("-".to_owned()));
        let mut values = self.values.clone();
        values.extend(self.problems.iter().map(stand_in));
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> SecretValues {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), SecretString::from(*value));
        pairs.iter().map(owned).collect()
    }

    fn at_hand(pairs: &[(&str, &str)]) -> Fetched {
        values(pairs).into_iter().map(|(name, value)| (name, Ok(value))).collect()
    }

    fn plain(merged: &Merged) -> Vec<(&str, &str)> {
        merged.values.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect()
    }

    #[test]
    fn the_value_before_is_kept_as_the_old_one() {
        let merged = merge(&values(&[("k", "one"), ("more", "m")]), at_hand(&[("k", "two")]));
        assert_eq!(plain(&merged), [("k", "two"), ("k_old", "one"), ("more", "m")]);
        assert_eq!(merged.notes, [("k".to_owned(), Note::Replaced)]);
    }

    #[test]
    fn a_value_from_before_a_rotation_does_not_come_back() {
        let merged = merge(&values(&[("k", "two"), ("k_old", "one")]), at_hand(&[("k", "one")]));
        assert!(!merged.is_changed && merged.problems.is_empty());
        assert_eq!(merged.notes, [("k".to_owned(), Note::FromBeforeRotation)]);
    }

    #[test]
    fn a_third_value_during_a_rotation_is_refused() {
        let merged = merge(&values(&[("k", "two"), ("k_old", "one")]), at_hand(&[("k", "three")]));
        assert!(!merged.is_changed && merged.problems.len() == 1);
    }

    #[test]
    fn a_file_that_names_both_decides_both() {
        let stored = values(&[("k", "two"), ("k_old", "one")]);
        let merged = merge(&stored, at_hand(&[("k", "three"), ("k_old", "two")]));
        assert_eq!(plain(&merged), [("k", "three"), ("k_old", "two")]);
    }

    #[test]
    fn what_is_not_at_hand_stays_and_what_is_wrong_is_refused() {
        let absent = || SecretError::Environment("K".to_owned());
        let stored = values(&[("k", "one")]);
        let kept = merge(&stored, [("k".to_owned(), Err(absent()))].into());
        assert!(kept.problems.is_empty() && !kept.is_changed);
        assert_eq!(kept.notes, [("k".to_owned(), Note::NotAtHand)]);
        assert_eq!(merge(&SecretValues::new(), [("k".to_owned(), Err(absent()))].into()).problems.len(), 1);
        assert_eq!(merge(&stored, [("k".to_owned(), Err(SecretError::Form))].into()).problems.len(), 1);
    }
}
