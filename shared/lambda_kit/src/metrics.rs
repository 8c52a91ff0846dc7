//! Figures for CloudWatch, written as one log line each (embedded metric format), so that no call and no client is needed.
//!
//! One dimension, the function: a figure per shop would cost more each month than the shop's stock sync. Shops are
//! told apart in the log, not in metrics. Nothing is written before [`start`], as on one machine.

use crate::settings::Setting;
use channels::channel::Clock;
use std::io::Write;
use std::sync::OnceLock;

/// The namespace of all our metrics.
pub const NAMESPACE: &str = "hopkenh";

/// The function's own name, set by the Lambda service.
const FUNCTION_NAME: Setting = Setting {
    name: "AWS_LAMBDA_FUNCTION_NAME",
    meaning: "name of the function, given by the Lambda service",
};

static FUNCTION: OnceLock<(String, Clock)> = OnceLock::new();

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Time.
    Milliseconds,
}

/// A figure: its name, its unit, its value.
pub type Figure = (&'static str, Unit, i64);

/// From now on figures are written, under the name the Lambda service gave this function.
pub fn start() {
    if let Ok(name) = FUNCTION_NAME.required() {
        let _set_once = FUNCTION.set((name, crate::clock::system()));
    }
}

/// Writes figures; those of zero things are left out.
pub fn tell(figures: &[Figure]) {
    let Some((function, clock)) = FUNCTION.get() else { return };
    if let Some(line) = line(function, clock().as_millisecond(), figures) {
        // A figure that cannot be written is no reason to fail the work it counts.
        let _best_effort = writeln!(std::io::stdout().lock(), "{line}");
    }
}

/// One line in the embedded metric format (CloudWatch User Guide, specification, read 2026-11-22).
fn line(function: &str, at_ms: i64, figures: &[Figure]) -> Option<String> {
    let told: Vec<&Figure> = figures.iter().filter(|(_, unit, n)| *n != 0 || *unit != Unit::Count).collect();
    if told.is_empty() {
        return None;
    }
    let unit = |unit: Unit| match unit {
        Unit::Count => "Count",
        Unit::Milliseconds => "Milliseconds",
    };
    let names: Vec<_> =
        told.iter().map(|(name, u, _)| serde_json::json!({"Name": name, "Unit": unit(*u)})).collect();
    let metrics =
        serde_json::json!([{"Namespace": NAMESPACE, "Dimensions": [["function"]], "Metrics": names}]);
    let mut line =
        serde_json::json!({"_aws": {"Timestamp": at_ms, "CloudWatchMetrics": metrics}, "function": function});
    for (name, _, value) in told {
        line[*name] = (*value).into();
    }
    Some(line.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_its_metrics_once_and_leaves_zeros_out() {
        let figures = [("OrdersRecorded", Unit::Count, 3), ("Parked", Unit::Count, 0)];
        let line: serde_json::Value =
            serde_json::from_str(&line("hopkenh-record-orders", 1_000, &figures).unwrap()).unwrap();
        assert_eq!(line["OrdersRecorded"], 3);
        assert_eq!(line["function"], "hopkenh-record-orders");
        assert_eq!(line["_aws"]["Timestamp"], 1_000);
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(metrics["Namespace"], "hopkenh");
        assert_eq!(metrics["Dimensions"], serde_json::json!([["function"]]));
        assert_eq!(metrics["Metrics"], serde_json::json!([{"Name": "OrdersRecorded", "Unit": "Count"}]));
        assert!(line.get("Parked").is_none());
    }

    #[test]
    fn nothing_to_tell_is_no_line() {
        assert_eq!(super::line("f", 0, &[("Parked", Unit::Count, 0)]), None);
    }
}
