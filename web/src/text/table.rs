//! What the tables and the list of events say: their heads, the kinds of rows, what is left out.

use aftershake_shared::event::EventId;

use super::ladder::OVERVIEW_MORE;

pub const TITLE: &str = "Table of events";
pub const CAPTION: &str = "Every event of the run in order of time";

// Heads of columns.
pub const MILLISECONDS: &str = "ms";
pub const EVIDENCE: &str = "evidence";
pub const WHO: &str = "who";
pub const WHAT: &str = "what";
pub const RESULT: &str = "result";
pub const ENDED: &str = "ended";
pub const WHY: &str = "why";
pub const WHEN: &str = "when";

// Kinds of evidence.
pub const CALLS: &str = "calls";
pub const COUNTERS: &str = "counters";
pub const KERNEL_RESETS: &str = "kernel-resets";
pub const OUTSIDE: &str = "outside";
pub const REMARK: &str = "remark";
pub const SEGMENTS: &str = "segments";
pub const SOCKETS: &str = "sockets";
pub const STEP: &str = "step";

// What a row's thing did.
pub const SENDS_RST: &str = "sends RST";
pub const STARTS: &str = "starts";
pub const WAITS: &str = "waits";
pub const ENDS: &str = "ends";
pub const NOT_TCP: &str = "bytes that are not TCP";

/// A step by its number, counted from 0.
pub fn step(step: u32) -> String {
    format!("step {}", step.saturating_add(1))
}

/// A socket's queues.
pub fn queues(unread: u32, unsent: u32) -> String {
    format!("{unread} unread, {unsent} unsent")
}

/// The button of a row.
pub fn details(id: EventId) -> String {
    format!("Details of event {id}")
}

/// The button below a table that is not whole.
pub fn more(left: usize) -> String {
    format!("{OVERVIEW_MORE}: {left} are left")
}

/// Below a list that is not whole.
pub fn later(left: usize) -> String {
    format!("{left} later events are in the table.")
}
