//! One measured figure beside its target, and the table of all of them.
#![allow(clippy::print_stdout, reason = "the table is the product of the command")]

use crate::demo::report::print_table;
use serde::Serialize;

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// Its name in the JSON file.
    pub name: String,
    /// What was measured, unit included.
    pub what: String,
    /// The value.
    pub measured: f64,
    /// The value it should not be above; none where there is no target.
    pub target: Option<f64>,
    /// How it was measured.
    pub remark: String,
}

impl Figure {
    /// A figure without a target.
    pub fn new(name: impl Into<String>, what: impl Into<String>, measured: f64) -> Self {
        let (name, what) = (name.into(), what.into());
        Self { name, what, measured, target: None, remark: String::new() }
    }

    /// With the value it should not be above.
    pub fn at_most(mut self, target: f64) -> Self {
        self.target = Some(target);
        self
    }

    /// With a word on how it was measured.
    pub fn remark(mut self, text: impl Into<String>) -> Self {
        self.remark = text.into();
        self
    }

    /// True when it has a target and is above it.
    pub fn is_over(&self) -> bool {
        self.target.is_some_and(|target| self.measured > target)
    }

    fn row(&self) -> Vec<String> {
        let target = self.target.map_or("·".to_owned(), number);
        vec![self.what.clone(), number(self.measured), target, self.of_target(), self.remark.clone()]
    }

    /// Measured against target; a target of nothing has no ratio.
    #[allow(clippy::float_arithmetic, reason = "a printed ratio")]
    fn of_target(&self) -> String {
        let over = if self.is_over() { " OVER" } else { "" };
        match self.target {
            Some(target) if target > 0.0 => format!("{:.2} ×{over}", self.measured / target),
            _ => format!("·{over}"),
        }
    }
}

/// `part / whole` in hundredths, for printing; never used to decide anything.
#[allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a printed ratio")]
pub fn ratio(part: u64, whole: u64) -> f64 {
    (part as f64 * 100.0 / whole.max(1) as f64).round() / 100.0
}

fn number(value: f64) -> String {
    if value < 100.0 { format!("{value:.2}") } else { format!("{value:.0}") }
}

/// Prints the figures as a table, and under it how many of those with a target reach it.
pub fn print(figures: &[Figure]) {
    let head = ["what", "measured", "at most", "of target", "remark"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(figures.iter().map(Figure::row)).collect();
    print_table(&rows);
    let with_target = figures.iter().filter(|figure| figure.target.is_some()).count();
    let over: Vec<&str> = figures.iter().filter(|f| f.is_over()).map(|f| f.what.as_str()).collect();
    println!("\n{} of {with_target} figures with a target reach it.", with_target - over.len());
    for what in over {
        println!("  over its target: {what}");
    }
}

/// The figures as JSON.
pub fn to_json(figures: &[Figure]) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&serde_json::json!({ "figures": figures }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_above_its_target_says_so() {
        let figure = |measured| Figure::new("writes", "Write units", measured).at_most(4.0).row();
        assert_eq!(figure(4.0)[1..4], ["4.00", "4.00", "1.00 ×"]);
        assert_eq!(figure(5.0)[1..4], ["5.00", "4.00", "1.25 × OVER"]);
        let none = Figure::new("duplicate", "Write units of a duplicate", ratio(0, 30)).at_most(0.0);
        assert_eq!(none.row()[1..4], ["0.00", "0.00", "·"]);
        assert!(!none.is_over());
    }
}
