//! Settlement files (*đối soát, quyết toán*): what a channel says it paid for, order by order, against our own book.
//!
//! [`read`] turns the bytes of a file into a [`Sheet`] of lines, or refuses it with sentences that name line and column;
//! [`compare`] holds a sheet against our orders. Which column is which comes from [`layouts`], known files as data with
//! their source, or from a person ([`Named`]). Everything is pure: bytes and a book go in, words come out.

mod amount;
mod columns;
mod compare;
mod comparison;
mod dates;
mod day_span;
mod encoding;
mod layouts;
mod letters;
mod lines;
mod order_number;
mod problem;
mod rows;
mod words;

pub use columns::Named;
pub use compare::compare;
pub use comparison::{Basis, Book, Comparison, Difference, Known, Reason, Repeated};
pub use day_span::DaySpan;
pub use layouts::{Layout, layouts};
pub use lines::{Kind, Line, Sheet, read};
pub use problem::{Problem, Refusal};
pub use words::{advice, why};

/// The largest file that is read, in bytes: a month of a large shop is a tenth of it.
pub const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The most lines of one file.
pub const LINES_MAX: usize = 500_000;
/// The longest cell that is quoted to a person, in letters.
const QUOTED_LETTERS_MAX: usize = 40;

/// The beginning of a cell, as it is quoted to a person.
fn quoted(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(QUOTED_LETTERS_MAX).collect()
}

#[cfg(test)]
mod tests;
