//! A run as a file for elsewhere, one format in each file below. Pure: opens nothing, and says what the verdict says.
//!
//! Whatever a scenario or a recording wrote is text in every format: escaped by the format's own rules, and rid of
//! letters that cannot be seen or that reorder what is seen.

pub mod filter;
pub mod format;
pub mod html;
pub mod markdown;
pub mod mermaid;
pub mod packetdrill;
pub mod pcapng;
pub mod recorded;
pub mod snippet;
pub mod svg;

use crate::diagnosis::finding::Diagnosis;
use crate::event::{Event, EventBody, EventId};
use crate::ladder::words::plain;
use crate::ladder::{Ladder, Options, StepText};
use crate::link::fragment;
use crate::link::view::View;
use crate::recording::Recording;
use crate::report::{Report, SegmentRow};
use crate::scenario::OUTSIDE;
use crate::units::Nanos;

/// Longest single text in a file, in columns.
const LONG: usize = 2_000;

/// A run with everything that the formats tell of it.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    pub recording: &'a Recording,
    pub diagnosis: &'a Diagnosis,
    pub report: Report,
    /// Every call, and everything that `outside` did, in order of time.
    pub acts: Vec<Act>,
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
        let link = fragment(text, &View::default()).ok();
        Self {
            recording,
            diagnosis,
            acts: acts(&recording.events),
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

    /// Acts and segments in order of time.
    fn told(&self) -> Vec<Told<'_>> {
        let acts = self.acts.iter().map(Told::Act);
        let segments = self.report.segments.iter().map(Told::Segment);
        let mut told: Vec<_> = acts.chain(segments).collect();
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

/// A system call of a program, or an act of something outside of the programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    pub id: EventId,
    pub at: Nanos,
    /// The endpoint, or `outside`.
    pub by: String,
    /// As a programmer writes it: `recv(1024)`.
    pub what: String,
    /// The number returned, or the errno's name.
    pub result: String,
}

fn acts(events: &[Event]) -> Vec<Act> {
    let mut acts = Vec::new();
    for event in events {
        let (by, what, result) = match &event.body {
            EventBody::Call(call) => (call.by.clone(), call.signature(), call.result),
            EventBody::Outside(acted) => (OUTSIDE.to_owned(), acted.act.to_string(), acted.result),
            EventBody::Counters(_)
            | EventBody::KernelReset(_)
            | EventBody::ProcessEnded(_)
            | EventBody::Segment(_)
            | EventBody::Socket(_)
            | EventBody::Step(_)
            | EventBody::Trouble(_) => continue,
        };
        acts.push(Act {
            id: event.id,
            at: event.at,
            by,
            what,
            result: result.to_string(),
        });
    }
    acts
}

/// One row of a story.
enum Told<'a> {
    Act(&'a Act),
    Segment(&'a SegmentRow),
}

impl Told<'_> {
    fn id(&self) -> u32 {
        match self {
            Self::Act(act) => act.id.0,
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

/// Milliseconds with three digits, `1.690`.
fn millis(at: Nanos) -> String {
    format!("{}.{:03}", at.0 / 1_000_000, at.0 / 1_000 % 1_000)
}
