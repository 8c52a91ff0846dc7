//! The shop's whole system on one machine: an embedded table, embedded queues, and the very functions that run on AWS.
//!
//! [`table_engine`] and [`queue_engine`] answer the AWS SDK's own calls inside the process (no port, no server);
//! [`contention`] makes the table as slow and as quarrelsome as the real one, where that is to be measured; [`fair_queue`] lets shops take turns; [`journal`] keeps queued messages over a restart; [`stream`] and [`pump`] do what Lambda's event source mappings
//! do; [`machine`] puts it together; [`web`] is the webhook endpoint.

pub mod aside;
pub mod at_once;
pub mod contention;
mod direct;
pub mod fair_queue;
mod for_ever;
pub mod journal;
pub mod machine;
pub mod pump;
pub mod queue_engine;
pub mod sdk_answer;
pub mod stream;
pub mod table_engine;
pub mod web;

pub use machine::{Machine, MachineError, Settings};
