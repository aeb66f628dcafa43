//! What many runs need besides a worker: the scenario at each value, and the machine's own jitter.
//!
//! Used by the commands and by the server alike.

pub mod jitter;
pub mod vary;
