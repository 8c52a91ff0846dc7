//! The `hopkenh` command, as a library so that tests walk through the same doors.

pub mod bench;
pub mod demo;
pub mod parked;
pub mod place;
pub mod up;
