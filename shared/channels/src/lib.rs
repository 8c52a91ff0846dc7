//! How the house speaks with each channel: one folder per channel, the same file names in each.
//!
//! Read [`channel`] (the small fixed surface), [`facts`] (what a channel can do, as data with sources),
//! [`error`] (every failure says what kind and what next), [`registry`] (one line per channel), then any
//! channel's folder. [`outside`] says which hosts may be called at all. Pacing, time limits, retry, logins and logging wrap all channels once: see [`gateway`]
//! and [`wrappers`].

pub mod account;
pub mod ask;
pub mod channel;
pub mod error;
pub mod facts;
pub mod forward;
pub mod http;
pub mod listings;
pub mod login;
pub mod outside;
pub mod paging;
pub mod secrets;

pub mod gateway;
pub mod registry;
pub mod settings;
pub mod walk;
pub mod wrappers;

pub mod haravan;
pub mod kiotviet;
pub mod lazada;
pub mod sapo;
pub mod shopee;
pub mod shopify;
pub mod social;
pub mod tiki;
pub mod tiktok;
pub mod till;
pub mod woocommerce;
pub mod zalo;

mod app_signature;
mod hmac;
mod json;
mod moment;
pub mod own_signature;
mod public_address;
mod storefront;
pub mod url;

#[cfg(test)]
mod testing;
