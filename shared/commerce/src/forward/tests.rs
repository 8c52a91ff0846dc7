//! Played through.
