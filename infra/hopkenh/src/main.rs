//! The `hopkenh` command.
fn main() {}
