//! Settlement files in the words of the report: each compared order by order, or why it could not be read.

use crate::settlements::{Kept, Outcome};
use commerce::settlement::{Comparison, Difference, advice, why};
use reports::language::Said;
use reports::shop as report;

/// The files, as the page shows them.
pub(super) fn settlements(files: &[Kept]) -> Vec<report::Settlement> {
    let line = |kept: &Kept| report::Settlement {
        connection: kept.connection.clone(),
        file: kept.file.clone(),
        proof: match &kept.outcome {
            Outcome::Compared { comparison, .. } => report::Proof::Compared(compared(kept, comparison)),
            Outcome::Unreadable { reason } => report::Proof::Unreadable { reason: reason.clone() },
        },
    };
    files.iter().map(line).collect()
}

fn compared(kept: &Kept, comparison: &Comparison) -> report::Compared {
    report::Compared {
        theirs: comparison.theirs,
        ours_found: comparison.ours,
        ours: comparison.ours,
        same: comparison.same,
        differences: comparison.differences.iter().map(|one| difference(kept, one)).collect(),
    }
}

fn difference(kept: &Kept, difference: &Difference) -> report::Difference {
    let said = |(vi, en): (String, String)| Said::new(vi, en);
    let done = match (why(difference.reason), advice(difference, &kept.shop)) {
        (Some((vi, en)), _) => report::Done::Explained { why: Said::new(vi, en) },
        (None, told) => report::Done::Parked { advice: said(told.unwrap_or_default()) },
    };
    report::Difference {
        hour: difference.placed,
        order: difference.order.clone(),
        found: difference.found.clone(),
        done,
    }
}

/// Lines that stand in a file twice are told of by themselves: their sum may be right all the same.
pub(super) fn remarks(files: &[Kept]) -> Vec<report::Remark> {
    let repeated = |kept: &Kept| match &kept.outcome {
        Outcome::Compared { comparison, .. } => comparison.repeated.clone(),
        Outcome::Unreadable { .. } => Vec::new(),
    };
    let of_file = |kept: &Kept| {
        let lines = repeated(kept);
        let first = lines.first()?;
        let (file, many) = (&kept.file, lines.len());
        let what = Said::new(
            format!(
                "Tệp quyết toán {file}: {many} dòng lặp lại y hệt, đầu tiên là dòng {} (đơn {})",
                first.line, first.order
            ),
            format!(
                "Settlement file {file}: {many} lines stand there twice, the first is line {} (order {})",
                first.line, first.order
            ),
        );
        Some(report::Remark { connection: Some(kept.connection.clone()), at: kept.compared_at, what })
    };
    files.iter().filter_map(of_file).collect()
}
