//! What Aftershake knows, without doing anything: scenarios, events, TCP, diagnosis, ladder.
//!
//! Both the agent and the page use this crate, so the same events give the same verdict everywhere.
//! It does no I/O, reads no clock, spawns nothing, and builds for WASM.
//!
//! - [`scenario`]: a story of calls, read from TOML
//! - [`event`]: what was observed while it ran
//! - [`recording`]: events as a file; [`channel`]: events on their way to a page
//! - [`connection`]: who spoke to whom, rebuilt from events; [`diagnosis`]: why it ended
//! - [`compare`]: two runs side by side; [`distribution`]: many runs counted, with intervals, boundaries and a chart
//! - [`expectation`]: a run against what its scenario expects; [`report`]: JSON and text of both
//! - [`ladder`]: events placed for drawing
//! - [`link`]: a scenario as a link; [`export`]: a run as a file for elsewhere
//! - `schema`: JSON Schemas of all that, for the agent only
//! - [`tcp`]: segments, flags, sequence numbers

pub mod capture;
pub mod catalog;
pub mod channel;
pub mod compare;
pub mod connection;
mod crc32;
pub mod diagnosis;
pub mod distribution;
pub mod errno;
pub mod event;
pub mod expectation;
pub mod export;
pub mod ghost;
mod keyed;
pub mod ladder;
pub mod letters;
pub mod link;
pub mod order;
pub mod packed;
pub mod recording;
pub mod remedy;
pub mod report;
pub mod scenario;
#[cfg(feature = "schema")]
pub mod schema;
pub mod sniff;
pub mod tcp;
pub mod tree;
pub mod units;
