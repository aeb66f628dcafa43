//! What `cargo xtask bench` and `cargo xtask endure` are made of.
//!
//! - [`channel`]: a native client of the agent
//! - [`samples`]: medians and percentiles
//! - [`report`]: Markdown with the machine it was measured on
//! - [`rows`]: the questions of a benchmark; [`rounds`]: the catalogue again and again
//! - [`million`]: a capture of a million packets
//! - [`fuzz`]: mutated input for everything that reads what others wrote
//!
//! Measures the binary from outside; changes nothing in it.

pub mod calibrate;
pub mod channel;
pub mod fuzz;
pub mod million;
pub mod report;
pub mod rounds;
pub mod rows;
pub mod samples;
