//! What many runs need besides a worker: the machine's own jitter, measured while they are made.

pub mod jitter;
