//! What every function needs at its door, so that a `main` is a page long and holds no business rule.
//!
//! [`settings`] (a missing one stops start-up and names itself), [`shops`] (the shops file and where secrets come
//! from), [`aws`] (clients), [`queues`] (sending), [`batch`] (receiving: one bad message never takes its neighbours
//! along), [`stream`] (the table's stream as Lambda hands it over), [`archive`] (object storage), [`logging`].

pub mod archive;
pub mod aws;
pub mod batch;
pub mod clock;
pub mod logging;
pub mod queues;
pub mod secret_source;
pub mod settings;
pub mod shops;
pub mod shops_file;
pub mod stream;
pub mod way_out;
