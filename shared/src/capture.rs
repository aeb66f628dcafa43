//! Capture files: those of others read and explained, recordings written for Wireshark. Bytes in, values out; opens no file.
//!
//! - [`explainer`]: the front door: feed bytes, take explained connections
//! - [`unpacked`]: what gzip packed; [`frames`]: pcap and pcapng to frames; `link`, `packet`: frames to TCP headers
//! - `tracked`, `flows`, `fold`: headers to connections with a bounded history
//! - [`counters_text`], [`trace_text`]: what a machine said beside its capture; `beside`: what of it may be believed
//! - [`pcapng_writer`]: the other way round

mod beside;
mod bytes;
pub mod counters_text;
pub mod explained;
pub mod explainer;
mod flows;
mod fold;
pub mod frames;
mod judge;
mod kept;
mod link;
mod packet;
mod pcap;
mod pcapng;
pub mod pcapng_writer;
pub mod problems;
pub mod trace_text;
mod tracked;
pub mod unpacked;
