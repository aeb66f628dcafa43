//! What the right column says: the facts of one event, what each program saw, what evidence there was.

pub mod numbers;

use aftershake_shared::event::EventId;
use aftershake_shared::units::Nanos;

use super::bytes;

pub const TITLE: &str = "Details";
pub const NOTHING_YET: &str = "After a run, press anything in the ladder to see it in full.";
pub const NOTHING_CHOSEN: &str =
    "Press anything in the ladder, or a piece of evidence, to see it in full.";

// The names of facts; those of header fields and socket options as TCP and the kernel spell them.
pub const ACK: &str = "ack";
pub const AT: &str = "at";
pub const BY: &str = "by";
pub const CALL: &str = "call";
pub const CLOSED: &str = "closed";
pub const CWND: &str = "cwnd";
pub const DID: &str = "did";
pub const ENDED_BY: &str = "ended by";
pub const FLAGS: &str = "flags";
pub const FROM: &str = "from";
pub const IP_ID: &str = "IP id";
pub const CHECKSUM: &str = "Checksum";
pub const IT: &str = "it";
pub const LENGTH: &str = "bytes";
pub const LOCAL: &str = "local";
pub const ODD: &str = "odd";
pub const OPTIONS: &str = "options";
pub const PARKED: &str = "parked";
pub const PAYLOAD: &str = "payload";
pub const PROBLEM: &str = "problem";
pub const PROCESS: &str = "process";
pub const REASON: &str = "reason";
pub const RECEIVED: &str = "received";
pub const REMOTE: &str = "remote";
pub const RESULT: &str = "result";
pub const REMARK: &str = "remark";
pub const RTT: &str = "rtt";
pub const SENT: &str = "sent";
pub const SEQ: &str = "seq";
pub const SND_WND: &str = "snd_wnd";
pub const STATE: &str = "state";
pub const STEP: &str = "step";
pub const TIED: &str = "tied";
pub const TO: &str = "to";
pub const TOOK: &str = "took";
pub const TTL: &str = "TTL";
pub const UNACKED: &str = "unacked";
pub const UNREAD: &str = "unread";
pub const UNSENT: &str = "unsent";
pub const URGENT: &str = "urgent";
pub const WINDOW: &str = "window";

// Facts in words.
pub const AT_THE_END: &str = "at the end of the run";
pub const BEGAN: &str = "began";
pub const NOT_KNOWN: &str = "not known";
pub const NOT_SAID: &str = "not said";
pub const NOT_SET: &str = "not set";
pub const NO_SOCKET: &str = "no socket";
pub const SCALE_NOT_KNOWN: &str = "scale not known";
pub const TIED_BY_COOKIE: &str = "by the socket’s cookie";
pub const TIED_BY_TASK: &str = "by the thread that was running";
pub const TIED_AS_ONLY: &str = "as the only RST that fits address and time";
pub const WAITS: &str = "waits: its call cannot go on yet";

// Sockets around an event.
pub const SOCKETS: &str = "Sockets before and after";
pub const SOCKETS_END: &str = "end";
pub const SOCKETS_BEFORE: &str = "before";
pub const SOCKETS_AFTER: &str = "after";
pub const NOT_SAMPLED: &str = "not sampled";

// What each program saw, and what to change.
pub const SAW: &str = "Each program saw";
pub const SAW_PROGRAM: &str = "program";
pub const CHANGE: &str = "Change this";
pub const RUN_FIXED: &str = "Run the fixed version";
pub const SHOW_FIXED: &str = "Show the fixed version";

// The evidence of the run.
pub const EVIDENCE: &str = "Evidence";
pub const NOT_AVAILABLE: &str = "Not available: ";
/// Stands after a command.
pub const KNOWS_REMEDY: &str = " knows the remedy.";

/// The heading of a call.
pub fn call(id: EventId) -> String {
    format!("Call {id}")
}

/// The heading of counters that moved.
pub fn counters(id: EventId) -> String {
    format!("Counters, event {id}")
}

/// The heading of the kernel's reason for a RST.
pub fn kernel_reset(id: EventId) -> String {
    format!("The kernel’s reason, event {id}")
}

/// The heading of what was done from outside.
pub fn outside(id: EventId) -> String {
    format!("From outside, event {id}")
}

/// The heading of a process that ended.
pub fn process_ended(id: EventId) -> String {
    format!("End of a process, event {id}")
}

/// The heading of a remark.
pub fn remark(id: EventId) -> String {
    format!("Remark {id}")
}

/// The heading of a segment.
pub fn segment(id: EventId) -> String {
    format!("Segment {id}")
}

/// The heading of a sample of a socket.
pub fn socket(id: EventId) -> String {
    format!("Socket, event {id}")
}

/// The heading of a step that went on.
pub fn step(id: EventId) -> String {
    format!("Step, event {id}")
}

/// After which step, counted from 0.
pub fn after_step(step: u32) -> String {
    format!("after step {}", step.saturating_add(1))
}

/// When counters were read, and of whom.
pub fn counted(at: Nanos, when: &str) -> String {
    format!("{at}, {when}; both ends together.")
}

/// What an ended process had not read; follows addresses.
pub fn left_unread(unread: u32) -> String {
    format!(", {} unread", bytes(unread.into()))
}

/// How a step ended.
pub fn ended_with(result: &str) -> String {
    format!("ended with {result}")
}

/// Unread bytes when `close` was called.
pub fn at_the_call(unread: u32) -> String {
    format!("{} at the call", bytes(unread.into()))
}

/// How long a call waited before it was made.
pub fn before(parked: Nanos) -> String {
    format!("{parked} before")
}

/// `+13 µs after server’s close()`.
pub fn since_call(since: Nanos, by: &str, call: &str) -> String {
    format!("+{since} after {by}’s {call}")
}

/// Bytes that wait in a queue; follows the socket's state.
pub fn waiting(number: u32, queue: &str) -> String {
    format!(", {number} B {queue}")
}

/// Connections that are not told about.
pub fn more_connections(left: usize) -> String {
    format!("{left} more connections.")
}

/// The heading of one connection's calls.
pub fn connection(id: u32) -> String {
    format!("connection {id}")
}

/// Where it was recorded, and which sources there were.
pub fn recorded(kernel: &str, sources: &str) -> String {
    format!("Recorded on Linux {kernel}: {sources}.")
}
