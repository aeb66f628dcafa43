//! Captures whose truth is known: `shared/tests/data/truth/<set>/<slug>.pcap`, and in `<set>.jsonl` a line for
//! each with the true cause of every RST, what the bytes alone leave open, and how counters moved.
//!
//! Of each frame only the headers are kept.

use std::collections::BTreeMap;
use std::path::Path;

use aftershake_shared::connection::{Connections, segment_events};
use aftershake_shared::event::counters::CountersMoved;
use aftershake_shared::event::kernel_reset::{KernelReset, TiedBy};
use aftershake_shared::event::segment_seen::{Bytes, SegmentSeen};
use aftershake_shared::event::{Event, EventBody, EventId, Source};
use aftershake_shared::units::Nanos;
use anyhow::{Context as _, bail};
use serde::Deserialize;

use super::Level;

/// The folders of captures.
pub const SETS: [&str; 2] = ["cases", "real"];

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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tests/data/truth");
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

/// Bytes of the file's header, of a frame's header, and of an Ethernet header.
const FILE: usize = 24;
const FRAME: usize = 16;
const ETHERNET: usize = 14;
/// Little-endian with nanoseconds.
const MAGIC: u32 = 0xa1b2_3c4d;

/// The frames of a capture as events, numbered by frame; those that hold no TCP are no events.
fn read_pcap(file: &Path) -> anyhow::Result<Vec<Event>> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let word = |at: usize| {
        let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
        four.map(u32::from_le_bytes)
            .with_context(|| format!("{}: cut off at byte {at}", file.display()))
    };
    if word(0)? != MAGIC {
        bail!("{}: expected a pcap file with nanoseconds", file.display());
    }
    let mut captured = Vec::new();
    let mut at = FILE;
    while at < bytes.len() {
        let time = u64::from(word(at)?) * 1_000_000_000 + u64::from(word(at + 4)?);
        let kept = usize::try_from(word(at + 8)?)?;
        let length = word(at + 12)?;
        let raw = bytes.get(at + FRAME + ETHERNET..at + FRAME + kept);
        let raw = raw
            .with_context(|| format!("{}: cut off", file.display()))?
            .to_vec();
        let len = length.saturating_sub(u32::try_from(ETHERNET)?);
        captured.push((
            time,
            SegmentSeen {
                raw: Bytes(raw),
                len,
            },
        ));
        at += FRAME + kept;
    }
    let start = captured.first().map_or(0, |(time, _)| *time);
    let since = captured
        .into_iter()
        .map(|(time, seen)| (Nanos(time - start), seen));
    Ok(segment_events(since))
}
