//! Days as files write them: `2026-11-30`, `30/11/2026`, `30 Nov 2026`, with or without a time behind them.

use jiff::civil::Date;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The day in a cell; none where it cannot be told. The day stands before the month, as everywhere in Viet Nam.
pub(super) fn read(cell: &str) -> Option<Date> {
    let cell = super::amount::unwrapped(cell);
    let is_mark = |letter: char| matches!(letter, '-' | '/' | '.' | ' ' | 'T' | ',');
    let mut parts = cell.split(is_mark).filter(|part| !part.is_empty());
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, month, day) = if first.len() == 4 { (first, second, third) } else { (third, second, first) };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month_of(month)?, day.parse().ok()?).ok()
}

fn month_of(text: &str) -> Option<i8> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let begin = text.get(..3)?.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| *month == begin)?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::read;
    use jiff::civil::date;

    #[test]
    fn days_are_told_or_left_alone() {
        for cell in [
            "2026-11-30",
            "2026/11/30",
            "2026-11-30 08:15",
            "2026-11-30T08:15:00Z",
            "30/11/2026",
            "30-11-2026 8:15",
            "30.11.2026",
            "30 Nov 2026",
            "30-Nov-2026",
            "'30 November 2026",
        ] {
            assert_eq!(read(cell), Some(date(2026, 11, 30)), "{cell}");
        }
        for cell in ["", "/", "30/11/26", "11/30/2026", "yesterday", "46356", "30 Brumaire 2026"] {
            assert_eq!(read(cell), None, "{cell}");
        }
    }
}
