//! What of TCP is modelled: sequence numbers, flags, options, one segment, the eleven states.
//!
//! Sources: RFC 9293 (TCP), RFC 7323 (timestamps, window scale), RFC 8684 (MPTCP options).
//! Reads bytes only; says nothing of why a segment was sent.

pub mod checksum;
pub mod flags;
pub mod notation;
pub mod options;
pub mod segment;
pub mod seq_num;
pub mod state;
