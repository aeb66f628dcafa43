//! The server as strangers and clients see it: raw bytes, hostile frames, runs, signals.
//!
//! `cfg(test)` is always true here; it tells clippy that helpers may unwrap too.

#[cfg(test)]
#[path = "channel/document.rs"]
mod document;
#[cfg(test)]
#[path = "channel/frames.rs"]
mod frames;
#[cfg(test)]
#[path = "channel/many.rs"]
mod many;
#[cfg(test)]
#[path = "channel/processes.rs"]
mod processes;
#[cfg(test)]
#[path = "channel/requests.rs"]
mod requests;
#[cfg(test)]
#[path = "channel/runs.rs"]
mod runs;
#[cfg(test)]
#[path = "channel/support.rs"]
mod support;
#[cfg(test)]
#[path = "channel/upgrades.rs"]
mod upgrades;
