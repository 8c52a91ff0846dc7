//! Names that look like a mistyped one.

/// How many are named.
const NAMED_MAX: usize = 3;

/// The names nearest to that text, nearest first; none that differs in more than a third of its letters.
pub fn near<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted: Vec<char> = text.to_lowercase().chars().collect();
    let mut found: Vec<(usize, &str)> = Vec::new();
    for name in names {
        let letters: Vec<char> = name.to_lowercase().chars().collect();
        let steps = steps(&wanted, &letters);
        if steps <= wanted.len().max(letters.len()).div_ceil(3) {
            found.push((steps, name));
        }
    }
    found.sort_unstable();
    found.into_iter().take(NAMED_MAX).map(|(_, name)| name).collect()
}

/// How many letters must be put in, taken out or changed.
fn steps(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (n, letter) in from.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], n + 1);
        for (m, other) in to.iter().enumerate() {
            let changed = diagonal + usize::from(letter != other);
            diagonal = row[m + 1];
            row[m + 1] = changed.min(row[m] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn near_names_come_first_and_far_ones_not_at_all() {
        let names = ["AO-M", "AO-L", "QUAN-JEAN-30", "ao-xl"];
        assert_eq!(near("A0-M", names.into_iter()), ["AO-M", "AO-L"]);
        assert_eq!(near("quan-jean-31", names.into_iter()), ["QUAN-JEAN-30"]);
        assert!(near("TUI-VAI", names.into_iter()).is_empty());
    }
}
