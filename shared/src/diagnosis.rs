//! Why a connection ended: every RST asked of every cause, on the evidence of the events alone.
//!
//! Pure: the same events give the same diagnosis on every machine and in the browser. Never reads
//! `[expect]`, names or story.

pub mod cause_id;
pub mod finding;

pub use cause_id::CauseId;
