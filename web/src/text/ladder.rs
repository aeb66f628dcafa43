//! What the picture of a run says: its tools, its times, its counts.

use aftershake_shared::ladder::crowd::Kind as Counted;
use aftershake_shared::ladder::filter::Kind;
use aftershake_shared::units::Nanos;

use super::{count, events};
use crate::browser;
use crate::store::look::Times;

pub const TITLE: &str = "What was seen";
pub const VIEW: &str = "View";
pub const TAB_LADDER: &str = "Ladder";
pub const TAB_TABLE: &str = "Table";
pub const AXIS: &str = "Time axis";
pub const AXIS_REAL: &str = "Real time";
pub const AXIS_SHORTENED: &str = "Gaps shortened";
pub const AXIS_ORDER: &str = "Order";
pub const TIMES: &str = "Times";
pub const TIMES_START: &str = "since the start";
pub const TIMES_PREVIOUS: &str = "since the event before";
pub const TIMES_WALL: &str = "of the day";
pub const ZOOM: &str = "Zoom";
pub const ZOOM_IN: &str = "+";
pub const ZOOM_IN_TITLE: &str = "Nearer (W, or Ctrl and the wheel)";
pub const ZOOM_OUT: &str = "−";
pub const ZOOM_OUT_TITLE: &str = "Farther (S)";
pub const ZOOM_ALL: &str = "All";
pub const ZOOM_ALL_TITLE: &str = "The whole run (F)";
pub const ZOOM_PLACED: &str = "1:1";
pub const ZOOM_PLACED_TITLE: &str = "As large as every text needs (1)";
pub const GO_RESET: &str = "The reset";
pub const GO_RESET_TITLE: &str = "The first RST, then the next (R)";
pub const SEARCH: &str = "Find in this run";
pub const FILTER: &str = "Filter";
pub const FILTER_ON: &str = "Filter: something is left out";
pub const FILTER_ENDPOINT: &str = "Endpoint";
pub const FILTER_ALL: &str = "all of them";
pub const FILTER_CLEAR: &str = "Show everything";
pub const CONNECTION: &str = "Connection";
pub const CONNECTION_OVERVIEW: &str = "overview";
pub const CONNECTION_ALL: &str = "all in one ladder";
pub const OVERVIEW: &str = "Connections";
pub const OVERVIEW_BY: &str = "Several causes are left open; this one is named first";
pub const OVERVIEW_BACK: &str = "← All connections";
pub const OVERVIEW_MORE: &str = "Show more";
pub const OVERVIEW_OPEN: &str = "Open its ladder";
pub const MINIMAP: &str = "The whole run; press to go there";
pub const HINT: &str = "Ctrl and the wheel zoom; drag, A and D move";
pub const KIND_OF_PICTURE: &str = "TCP ladder";
pub const WIRE: &str = "wire";
pub const MS: &str = " ms";
pub const NOBODY_SAW: &str = "Nothing is left to show: everything that happened is filtered out.";

/// A kind of the filter.
pub const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Calls => "calls",
        Kind::Handshake => "SYN",
        Kind::Data => "data",
        Kind::Acks => "ACK",
        Kind::Fins => "FIN",
        Kind::Kernel => "counters, reasons",
        Kind::Remarks => "remarks",
        Kind::States => "states",
        Kind::Queues => "queues",
    }
}

/// `1 204 segments with data in view`.
pub fn crowd(kind: Counted, number: u32) -> String {
    let (one, many) = match kind {
        Counted::Ack => ("ACK in view", "ACKs in view"),
        Counted::Data => ("segment with data in view", "segments with data in view"),
        Counted::Syn => ("SYN in view", "SYNs in view"),
        Counted::Fin => ("FIN in view", "FINs in view"),
        Counted::Rst => ("RST in view", "RSTs in view"),
        Counted::Call => ("call in view", "calls in view"),
        Counted::Failed => ("call that failed in view", "calls that failed in view"),
        Counted::Pill => ("counter or remark in view", "counters and remarks in view"),
    };
    count(number.into(), one, many)
}

/// The whole picture in a sentence.
pub fn label(lanes: &str, number: usize) -> String {
    let events = events(number);
    format!(
        "TCP ladder of {lanes} with {events}; arrow keys walk through them, the table has all of them"
    )
}

/// Sockets of a lane that have no place.
pub fn hidden_sockets(number: u64) -> String {
    format!("{} not shown", count(number, "socket", "sockets"))
}

/// How much of a day's time is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// `34:56.789`
    Short,
    /// `12:34:56.789012`
    Long,
}

/// `+0.013`, in milliseconds; empty at the first event.
pub fn since(span: Option<Nanos>) -> String {
    span.map_or_else(String::new, |span| {
        format!("+{}", span.in_unit(Nanos::MILLISECOND, 3))
    })
}

/// A moment as the reader wants it told.
pub fn time(times: Times, began: Option<f64>, at: Nanos, before: Option<Nanos>) -> String {
    match times {
        Times::Start => at.in_unit(Nanos::MILLISECOND, 3),
        Times::Previous => since(before.map(|before| at - before)),
        Times::Wall => wall(began, at, Length::Long),
    }
}

/// The day's time, as the browser's clock had it when the run began; empty where that is not known.
pub fn wall(began: Option<f64>, at: Nanos, length: Length) -> String {
    let Some(began) = began else {
        return String::new();
    };
    let (hours, minutes, seconds, micros) = browser::time_of_day(began + at.as_millis_f64());
    match length {
        Length::Short => format!("{minutes:02}:{seconds:02}.{:03}", micros / 1_000),
        Length::Long => format!("{hours:02}:{minutes:02}:{seconds:02}.{micros:06}"),
    }
}
