//! Placeholder.
pub mod protocol;
