//! What every function needs at its door, so that a `main` is a page long and holds no business rule.
//!
//! [`settings`] (a missing one stops start-up and names itself), [`shop_source`] (a batch's shops and their secrets,
//! from [`shops_file`]s and a [`secret_store`]), [`rule_file`] (another share rule, to ask what if), [`aws`] (clients), [`queues`] (sending), [`batch`] (receiving: one
//! bad message never takes its neighbours along), [`stream`] (the table's stream as Lambda hands it over),
//! [`objects`] (object storage), [`mail`] and [`smtp`] (letters), [`private_folder`] (where bodies and keys lie on one machine), [`logging`],
//! [`metrics`].

pub mod aws;
pub mod batch;
pub mod clock;
mod location_entry;
pub mod logging;
pub mod mail;
pub mod metrics;
mod object_list;
pub mod objects;
pub mod parameters;
pub mod private_folder;
pub mod queues;
pub mod report_entry;
pub mod rule_file;
pub mod secret_source;
pub mod secret_store;
pub mod settings;
mod share_rules;
pub mod shop_source;
pub mod shops;
pub mod shops_file;
pub mod signed;
pub mod smtp;
pub mod stream;
pub mod way_out;
