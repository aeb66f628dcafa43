//! Captures whose truth is known: `shared/tests/data/<set>/<slug>.pcap`, and in `<set>.jsonl` a line for
//! each with the true cause of every RST, what the bytes alone leave open, and how counters moved.
//!
//! Of each frame only the headers are kept.

use std::collections::BTreeMap;
use std::path::Path;

use aftershake_shared::capture::frames::{FileProblem, Frame, Reader, Sink};
use aftershake_shared::connection::Connections;
use aftershake_shared::event::counters::CountersMoved;
use aftershake_shared::event::kernel_reset::{KernelReset, TiedBy};
use aftershake_shared::event::segment_seen::{Bytes, SegmentSeen};
use aftershake_shared::event::{Event, EventBody, EventId, Source};
use aftershake_shared::units::Nanos;
use anyhow::{Context as _, bail};
use serde::Deserialize;

use super::Level;

/// The folders of captures that the diagnosis was written beside.
pub const SETS: [&str; 2] = ["truth/cases", "truth/real"];

/// The folder of captures of real programs that were made when the diagnosis was done, to measure it: no rule was
/// fitted to them, but for the lone ACK with timestamps in `node-keep-alive-race`, which was taken for a stranger's;
/// ten others were made after that. `make.py` in it makes them anew.
pub const KEPT_ASIDE: &str = "kept-aside";

/// The truth about one RST.
#[derive(Clone, Debug, Deserialize)]
pub struct TrueReset {
    pub frame: u32,
    /// `server`, `client` or `third-party`.
    pub sent_by: String,
    pub cause: String,
    #[serde(default)]
    pub kernel_reason: Option<String>,
    #[serde(default)]
    pub state: Option<String>,
    /// Every cause that the bytes leave open, the true one among them; empty where nobody worked that out.
    #[serde(default)]
    pub open: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Line {
    slug: String,
    resets: Vec<TrueReset>,
    #[serde(default)]
    counters: BTreeMap<String, i64>,
}

/// One capture with its truth.
#[derive(Clone, Debug)]
pub struct Case {
    pub slug: String,
    pub resets: Vec<TrueReset>,
    counters: BTreeMap<String, i64>,
    segments: Vec<Event>,
}

/// Every capture of one set.
///
/// # Errors
/// A file cannot be read, or is not in the form above.
pub fn read(set: &str) -> anyhow::Result<Vec<Case>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tests/data");
    let list = folder.join(format!("{set}.jsonl"));
    let text = std::fs::read_to_string(&list).with_context(|| list.display().to_string())?;
    text.lines()
        .map(|line| {
            let line: Line = serde_json::from_str(line).context("a line of the truth")?;
            let file = folder.join(set).join(format!("{}.pcap", line.slug));
            Ok(Case {
                segments: read_pcap(&file)?,
                slug: line.slug,
                resets: line.resets,
                counters: line.counters,
            })
        })
        .collect()
}

impl Case {
    /// The events of that level, numbered so that a RST keeps its frame's number, and the sources they are from.
    pub fn events(&self, level: Level) -> (Vec<Event>, Vec<Source>) {
        let mut events = self.segments.clone();
        let mut sources = vec![Source::Segments];
        let end = events.last().map_or(Nanos(0), |last| last.at);
        let mut further = Vec::new();
        if level != Level::Packets && !self.counters.is_empty() {
            sources.push(Source::Counters);
            let moved = CountersMoved {
                after_step: None,
                deltas: self.counters.clone(),
            };
            further.push((end + Nanos::from_millis(10), EventBody::Counters(moved)));
        }
        let told = self
            .resets
            .iter()
            .any(|known| known.kernel_reason.is_some());
        if level == Level::All && told {
            sources.push(Source::KernelResets);
            further.extend(self.reasons());
        }
        for ((at, body), id) in further.into_iter().zip(1_000_000..) {
            events.push(Event {
                id: EventId(id),
                at,
                body,
            });
        }
        (events, sources)
    }

    fn reasons(&self) -> Vec<(Nanos, EventBody)> {
        let connections = Connections::from_events(&self.segments);
        let mut reasons = Vec::new();
        for known in &self.resets {
            let Some(reason) = &known.kernel_reason else {
                continue;
            };
            let Some((_, sent)) = connections.segment(EventId(known.frame)) else {
                continue;
            };
            let said = KernelReset {
                reason: reason.clone(),
                state: known.state.clone(),
                from: sent.segment.src,
                to: Some(sent.segment.dst),
                tied_by: TiedBy::Cookie,
            };
            reasons.push((sent.at, EventBody::KernelReset(said)));
        }
        reasons
    }
}

/// Bytes of the Ethernet header before each datagram.
const ETHERNET: usize = 14;

/// What a capture held, as events numbered by frame.
#[derive(Default)]
struct Segments {
    events: Vec<Event>,
    start: Option<u64>,
    problem: Option<String>,
}

impl Sink for Segments {
    fn frame(&mut self, frame: &Frame<'_>) {
        let start = *self.start.get_or_insert(frame.at);
        let raw = frame.data.get(ETHERNET..).unwrap_or_default().to_vec();
        let len = frame
            .len
            .saturating_sub(u32::try_from(ETHERNET).unwrap_or(0));
        self.events.push(Event {
            id: EventId(frame.number),
            at: Nanos(frame.at - start),
            body: EventBody::Segment(SegmentSeen {
                raw: Bytes(raw),
                len,
            }),
        });
    }

    fn problem(&mut self, frame: u32, problem: FileProblem) {
        self.problem = Some(format!("frame {frame}: {problem}"));
    }

    fn lost(&mut self, frames: u64) {
        self.problem = Some(format!("{frames} frames lost"));
    }
}

/// The frames of a capture as events.
fn read_pcap(file: &Path) -> anyhow::Result<Vec<Event>> {
    let name = || file.display().to_string();
    let bytes = std::fs::read(file).with_context(name)?;
    let mut segments = Segments::default();
    let mut reader = Reader::default();
    reader.feed(&bytes, &mut segments).with_context(name)?;
    reader.finish(&mut segments).with_context(name)?;
    match segments.problem {
        Some(problem) => bail!("{}: {problem}", file.display()),
        None => Ok(segments.events),
    }
}
