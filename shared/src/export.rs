//! A run as a file for elsewhere, one format in each file below. Pure: opens nothing, and says what the verdict says.
//!
//! Whatever a scenario or a recording wrote is text in every format: escaped by the format's own rules, and rid of
//! letters that cannot be seen or that reorder what is seen.

pub mod html;
pub mod markdown;
pub mod mermaid;
pub mod packetdrill;
pub mod pcapng;
pub mod svg;

use crate::diagnosis::finding::Diagnosis;
use crate::ladder::words::plain;
use crate::ladder::{Ladder, Options, StepText};
use crate::link::fragment;
use crate::link::view::View;
use crate::recording::Recording;
use crate::report::{CallRow, Report, SegmentRow};

/// Longest single text in a file, in columns.
const LONG: usize = 2_000;

/// A run with everything that the formats tell of it.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    pub recording: &'a Recording,
    pub diagnosis: &'a Diagnosis,
    pub report: Report,
    /// With gaps shortened.
    pub ladder: Ladder,
    /// From its `#` on; `None` where the scenario takes no link.
    pub link: Option<String>,
}

impl<'a> Run<'a> {
    /// Places and tabulates a run.
    pub fn new(recording: &'a Recording, diagnosis: &'a Diagnosis) -> Self {
        let text = &recording.header.scenario;
        let scenario = text.parse().ok();
        let steps = scenario.as_ref().map(StepText::of).unwrap_or_default();
        let options = Options {
            steps,
            ..Options::default()
        };
        let link = scenario.and_then(|scenario| {
            let fragment = fragment(&text.name, &scenario, &View::default());
            fragment.ok()
        });
        Self {
            recording,
            diagnosis,
            report: Report::new(recording, diagnosis),
            ladder: Ladder::place(&recording.events, &options),
            link,
        }
    }

    /// The scenario's title, or its name where it has none.
    pub fn title(&self) -> String {
        let named = &self.report.scenario;
        let title = if named.title.is_empty() {
            &named.name
        } else {
            &named.title
        };
        plain(title, LONG)
    }

    /// What happened, in one sentence.
    pub fn headline(&self) -> String {
        plain(&self.diagnosis.headline, LONG)
    }

    /// The endpoints from left to right, as on the ladder.
    pub fn endpoints(&self) -> Vec<String> {
        let lanes = self.ladder.lanes.iter();
        lanes.map(|lane| plain(&lane.name, LONG)).collect()
    }

    /// Calls and segments in order of time.
    fn told(&self) -> Vec<Told<'_>> {
        let calls = self.report.calls.iter().map(Told::Call);
        let segments = self.report.segments.iter().map(Told::Segment);
        let mut told: Vec<_> = calls.chain(segments).collect();
        crate::order::sort_by_rank(&mut told, |told| (told.id().into(), 0));
        told
    }

    /// The other end of the connection that a segment belongs to.
    fn receiver_of(&self, segment: &SegmentRow) -> String {
        let connections = self.report.connections.iter();
        let own = connections.clone().find(|row| row.id == segment.connection);
        own.map_or_else(String::new, |row| {
            let other = if row.client == segment.from {
                &row.server
            } else {
                &row.client
            };
            plain(other, LONG)
        })
    }
}

/// One row of a story.
enum Told<'a> {
    Call(&'a CallRow),
    Segment(&'a SegmentRow),
}

impl Told<'_> {
    fn id(&self) -> u32 {
        match self {
            Self::Call(call) => call.id.0,
            Self::Segment(segment) => segment.id.0,
        }
    }
}

/// A segment's flags in words and its numbers: `RST,ACK 1:1(0) ack 17 win 512`.
fn segment_words(segment: &SegmentRow) -> String {
    let SegmentRow {
        seq, ack, len, win, ..
    } = segment;
    let end = seq.wrapping_add(*len);
    let has_ack = segment.flags.contains('A');
    let ack = if has_ack {
        format!(" ack {ack}")
    } else {
        String::new()
    };
    format!(
        "{} {seq}:{end}({len}){ack} win {win}",
        flag_words(&segment.flags)
    )
}

/// `RST,ACK` for `RA`.
fn flag_words(flags: &str) -> String {
    let words: Vec<_> = flags
        .chars()
        .map(|letter| match letter {
            'S' => "SYN",
            'F' => "FIN",
            'R' => "RST",
            'P' => "PSH",
            'A' => "ACK",
            'U' => "URG",
            'E' => "ECE",
            'W' => "CWR",
            _ => "none",
        })
        .collect();
    words.join(",")
}

/// Nanoseconds as milliseconds with three digits, `1.690`.
fn millis(nanos: u64) -> String {
    format!("{}.{:03}", nanos / 1_000_000, nanos / 1_000 % 1_000)
}
