//! The agent as a library, so that tests can start one.

pub mod commands;
pub mod server;
pub mod worker;
