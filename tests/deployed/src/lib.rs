//! Drives the emulator: starts it, packages and deploys the stack, and looks at what came of it.

pub mod account;
pub mod book;
pub mod call;
pub mod emulator;
pub mod lambda;
pub mod logs;
pub mod mail;
pub mod operator;
pub mod package;
pub mod queue;
pub mod rights;
pub mod shop;
pub mod shops_file;
pub mod stack;
pub mod until;
pub mod world;

/// Why a story could not be told to its end.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;
