//! A run as a file: JSON lines, a header first, then events, then a closing line.
//!
//! Holds no host name, user name, path or environment variable. Reads and writes text; opens no file. What the
//! closing line says of the verdict is written by `export::recorded` and passed over here: we judge for ourselves.

use serde::{Deserialize, Serialize};

use crate::event::{Event, Source};
use crate::scenario::{Scenario, error::ScenarioError};
use crate::tree::ReadError;

pub mod reader;

use reader::Reader;

/// The version written. Newer ones are refused in words; every older one can be read.
pub const FORMAT_VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Header {
    /// [`FORMAT_VERSION`] of the writer.
    pub aftershake_recording: u32,
    pub scenario: ScenarioText,
    pub environment: Environment,
    /// Seeds every random choice of the run.
    pub seed: u64,
}

/// A scenario as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScenarioText {
    /// The file's stem or the name the editor gave.
    pub name: String,
    pub toml: String,
}

impl ScenarioText {
    /// The scenario it spells.
    ///
    /// # Errors
    /// The first mistake in the text, with line and column.
    pub fn parse(&self) -> Result<Scenario, ScenarioError> {
        Scenario::parse(&self.toml)
    }
}

/// Where and with what evidence the run was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Environment {
    /// The kernel's release, `6.18.44`, without a local suffix that might name a machine.
    pub kernel: String,
    /// `namespace`: a private network namespace.
    pub isolation: String,
    /// The sources that were recorded.
    pub evidence: Vec<Source>,
}

impl Environment {
    /// Whether this source was recorded.
    pub fn has(&self, source: Source) -> bool {
        self.evidence.contains(&source)
    }
}

/// What is read of the last line: how many events there were, so that a cut file is noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Closing {
    /// How many events came before this line.
    events: u64,
}

/// A whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recording {
    pub header: Header,
    pub events: Vec<Event>,
}

/// Why text is not a recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error("line {line}: {source}")]
    Line { line: usize, source: ReadError },
    #[error("line {line}: not UTF-8 from its byte {byte} on")]
    NotText { line: usize, byte: usize },
    #[error("line {line}: longer than 16 MiB, expected an event of a recording")]
    LongLine { line: usize },
    #[error("the file is empty, expected a recording's header")]
    Empty,
    #[error("recording format {found} is newer than the newest known, {known}: update aftershake", known = FORMAT_VERSION)]
    Newer { found: u32 },
    #[error("the file ends after {found} events without its closing line: it was cut off")]
    Cut { found: usize },
    #[error("the closing line counts {counted} events, the file holds {found}")]
    Count { counted: u64, found: usize },
}

impl RecordingError {
    /// What the reader can do, one sentence; empty where the error says it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "",
            Self::Empty
            | Self::Line { .. }
            | Self::NotText { .. }
            | Self::LongLine { .. }
            | Self::Cut { .. }
            | Self::Count { .. } => {
                "save it again with `aftershake run … --save FILE`, or copy the whole file again"
            }
        }
    }
}

impl Recording {
    /// Writes the file's text, with a closing line that only counts.
    pub fn to_json_lines(&self) -> String {
        self.closed_by(&Closing {
            events: self.events.len() as u64,
        })
    }

    /// Writes the file's text with this closing line, which must have the fields of one that only counts.
    pub(crate) fn closed_by<T: Serialize>(&self, closing: &T) -> String {
        let mut text = line(&self.header);
        for event in &self.events {
            text.push_str(&line(event));
        }
        text + &line(closing)
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// [`RecordingError`], naming the line.
    pub fn from_json_lines(text: &str) -> Result<Self, RecordingError> {
        let mut reader = Reader::default();
        reader.feed(text.as_bytes())?;
        reader.finish()
    }
}

/// One value as one line. Our own types always serialise; an empty line would be skipped by the reader.
fn line<T: Serialize>(value: &T) -> String {
    let mut text = serde_json::to_string(value).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::segment_seen::{Bytes, SegmentSeen};
    use crate::event::step_progress::{Progress, StepProgress, StepResult};
    use crate::event::{EventBody, EventId};
    use crate::units::Nanos;

    fn recording() -> Recording {
        let event = |id, body| Event {
            id: EventId(id),
            at: Nanos(u64::from(id) * 10),
            body,
        };
        Recording {
            header: Header {
                aftershake_recording: FORMAT_VERSION,
                scenario: ScenarioText {
                    name: "x".into(),
                    toml: "title = \"x\"".into(),
                },
                environment: Environment {
                    kernel: "6.18.44".into(),
                    isolation: "namespace".into(),
                    evidence: Source::ALL.to_vec(),
                },
                seed: 7,
            },
            events: vec![
                event(
                    1,
                    EventBody::Segment(SegmentSeen {
                        raw: Bytes(vec![0, 255, 3]),
                        len: 60,
                    }),
                ),
                event(
                    2,
                    EventBody::Step(StepProgress {
                        step: 0,
                        progress: Progress::Finished(StepResult::Bytes(16)),
                    }),
                ),
            ],
        }
    }

    #[test]
    fn survives_a_round_trip() {
        let text = recording().to_json_lines();
        assert_eq!(Recording::from_json_lines(&text).unwrap(), recording());
    }

    #[test]
    fn every_cut_is_refused() {
        let text = recording().to_json_lines();
        for end in 0..text.len() - 1 {
            assert!(
                Recording::from_json_lines(&text[..end]).is_err(),
                "cut at byte {end}"
            );
        }
    }

    #[test]
    fn what_a_later_version_adds_is_passed_over() {
        let text = recording().to_json_lines();
        let more = text.replace("{\"events\":2}", "{\"events\":2,\"verdict\":{\"x\":[1]}}");
        assert_ne!(more, text);
        assert_eq!(Recording::from_json_lines(&more).unwrap(), recording());
    }

    #[test]
    fn pieces_may_end_anywhere() {
        let text = recording().to_json_lines();
        for cut in 0..text.len() {
            let (first, second) = text.as_bytes().split_at(cut);
            let mut reader = Reader::default();
            reader.feed(first).unwrap();
            reader.feed(second).unwrap();
            assert_eq!(reader.finish().unwrap(), recording(), "cut at byte {cut}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let text = recording().to_json_lines();
        for (bytes, words) in [
            (
                text.replacen("\"id\":2", "\"id\":\"two\"", 1).into_bytes(),
                "line 3: ",
            ),
            (
                text.replacen("{\"events\":2}", "{\"events\":3}", 1)
                    .into_bytes(),
                "counts 3 events",
            ),
            (
                [
                    text.as_bytes().split_at(text.find('\n').unwrap() + 1).0,
                    b"\xff",
                ]
                .concat(),
                "line 2: not UTF-8",
            ),
        ] {
            let mut reader = Reader::default();
            let read = reader.feed(&bytes).and_then(|()| reader.finish());
            let message = read.unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn a_newer_format_is_refused_in_words() {
        let text = recording().to_json_lines().replacen(":1", ":2", 1);
        let message = Recording::from_json_lines(&text).unwrap_err().to_string();
        assert_eq!(
            message,
            "recording format 2 is newer than the newest known, 1: update aftershake"
        );
    }
}
