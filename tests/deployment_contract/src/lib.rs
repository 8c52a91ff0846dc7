//! Holds the template and the code against each other, in both directions, and says in one sentence each what to mend.
//!
//! [`World`] is everything as it was read; [`check`] is pure. Nothing here is asked of AWS: what can only be seen in a
//! running stack is tried in a running stack. `tests/` changes the world in memory, one thing at a time, and asks that
//! each change is found.

pub mod alarms;
pub mod calls;
pub mod dashboard;
pub mod events;
pub mod functions;
pub mod needs;
pub mod operator;
pub mod permissions;
pub mod queues;
pub mod references;
pub mod rust;
pub mod settings;
pub mod storage;
pub mod table_shape;
pub mod template;
pub mod wildcards;
pub mod woken;
pub mod world;
pub mod yaml;

pub use world::World;

/// One part of the contract.
pub type Check = fn(&World) -> Vec<String>;

/// All parts, each with the question it answers.
pub const CHECKS: [(&str, Check); 15] = [
    ("has a function one name everywhere, and the same way to run?", functions::check),
    ("is every function woken by something, and by that alone?", woken::check),
    ("does each function get the settings it asks for, and no other?", settings::check),
    ("is the list of indirect settings true?", settings::check_table),
    ("may each function do what its code does, and no more?", permissions::check),
    ("is the list of methods and actions true?", calls::check),
    ("is anything allowed on everything?", wildcards::check),
    ("may the operator do what the command does?", operator::check),
    ("can no message be lost or read twice at once?", queues::check),
    ("is the table what the code creates and reads?", table_shape::check),
    ("are the buckets closed, encrypted and kept?", storage::check),
    ("is a person told when something is wrong?", alarms::check),
    ("does the dashboard show what the code tells?", dashboard::check),
    ("are the sample events what Lambda hands over?", events::check),
    ("does every name lead somewhere, and is nothing left over?", references::check),
];

/// Everything that is wrong, one sentence each that says what to do; nothing when the two agree.
pub fn check(world: &World) -> Vec<String> {
    CHECKS.iter().flat_map(|(_, check)| check(world)).collect()
}
