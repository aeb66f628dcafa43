//! The server as strangers and clients see it: raw bytes, hostile frames, runs, signals.

#[path = "channel/document.rs"]
mod document;
#[path = "channel/frames.rs"]
mod frames;
#[path = "channel/processes.rs"]
mod processes;
#[path = "channel/requests.rs"]
mod requests;
#[path = "channel/runs.rs"]
mod runs;
#[path = "channel/support.rs"]
mod support;
#[path = "channel/upgrades.rs"]
mod upgrades;
