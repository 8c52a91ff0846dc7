//! Nothing is here: the suite itself stands in `main.rs` beside this folder.
