//! A small capture as the events of a run, to be drawn and explained like one: its TCP segments, nothing else.
//!
//! For pictures. [`super::explainer`] reads captures of any size, and keeps less of each.

use crate::event::segment_seen::{Bytes, SegmentSeen};
use crate::event::{Event, EventBody, EventId};
use crate::units::Nanos;

use super::frames::{FileProblem, Frame, NotACapture, Reader, Sink};
use super::link;

/// The most segments that are kept.
pub const MOST: usize = 200_000;
/// Bytes kept of each: both headers with all their options.
const KEPT: usize = 160;
/// How far back the same datagram is looked for, seen at another place.
const BACK: usize = 16;

/// The segments of a capture.
#[derive(Clone, Debug, PartialEq)]
pub struct Segments {
    /// Numbered from 1, timed from the first.
    pub events: Vec<Event>,
    /// The first segment's time in nanoseconds since 1970, or since whatever the file counts from.
    pub began: u64,
    /// Frames in the file.
    pub frames: u32,
}

/// Why a capture cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSegments {
    #[error(transparent)]
    NotACapture(#[from] NotACapture),
    #[error("none of its {0} frames holds a TCP segment")]
    None(u32),
    #[error(
        "it holds more than {MOST} TCP segments; `aftershake explain` reads captures of any size"
    )]
    TooMany,
}

/// Reads a whole file.
///
/// # Errors
/// It is no capture, or holds no segment, or too many.
pub fn segments(file: &[u8]) -> Result<Segments, NoSegments> {
    let mut taken = Taken::default();
    let mut reader = Reader::default();
    reader.feed(file, &mut taken)?;
    reader.finish(&mut taken)?;
    if taken.is_full {
        return Err(NoSegments::TooMany);
    }
    taken.seen.sort_by_key(|one| one.at);
    let Some(began) = taken.seen.first().map(|one| one.at) else {
        return Err(NoSegments::None(reader.frames()));
    };
    let events = taken.seen.into_iter().zip(1..).map(|(one, id)| Event {
        id: EventId(id),
        at: Nanos(one.at - began),
        body: EventBody::Segment(one.segment),
    });
    Ok(Segments {
        events: events.collect(),
        began,
        frames: reader.frames(),
    })
}

struct Seen {
    at: u64,
    /// Where on the machine it was seen.
    place: (u16, bool),
    segment: SegmentSeen,
}

#[derive(Default)]
struct Taken {
    seen: Vec<Seen>,
    is_full: bool,
}

impl Sink for Taken {
    fn frame(&mut self, frame: &Frame<'_>) {
        let Ok(datagram) = link::datagram(frame) else {
            return;
        };
        let kept = datagram.bytes.get(..KEPT).unwrap_or(datagram.bytes);
        let segment = SegmentSeen {
            raw: Bytes(kept.to_vec()),
            len: datagram.len,
        };
        if segment.read().is_err() {
            return;
        }
        let place = (datagram.via, datagram.outgoing);
        // One machine may see a datagram leave and arrive.
        let is_copy = |one: &Seen| one.place != place && one.segment == segment;
        if self.seen.iter().rev().take(BACK).any(is_copy) {
            return;
        }
        if self.seen.len() >= MOST {
            self.is_full = true;
            return;
        }
        self.seen.push(Seen {
            at: frame.at,
            place,
            segment,
        });
    }

    fn problem(&mut self, _: u32, _: FileProblem) {}

    fn lost(&mut self, _: u64) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::diagnose;
    use crate::event::Source;
    use crate::scenario::expect::Outcome;

    #[test]
    fn a_capture_is_drawn_and_explained_like_a_run() {
        let file = include_bytes!("../../../shared/tests/data/truth/cases/unread-close.pcap");
        let found = segments(file).unwrap();
        assert!(found.events.len() > 5);
        assert_eq!(found.events.first().unwrap().at, Nanos(0));
        assert!(found.events.is_sorted_by_key(|event| event.at));
        let diagnosis = diagnose(&found.events, &[Source::Segments]);
        assert_eq!(diagnosis.outcome, Outcome::Reset);
    }

    #[test]
    fn what_holds_no_segment_is_refused_in_words() {
        let file = include_bytes!("../../../shared/tests/data/truth/cases/unread-close.pcap");
        let none = segments(file.get(..24).unwrap()).unwrap_err();
        assert_eq!(none, NoSegments::None(0));
        assert!(segments(b"").is_err());
        assert!(segments(b"{\"aftershake_recording\":1}").is_err());
        for end in 0..file.len() {
            let _ = segments(file.get(..end).unwrap());
        }
    }
}
