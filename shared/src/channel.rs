//! The messages between page and agent: JSON text frames over one WebSocket. See `docs/protocol.md`.
//!
//! Only scenarios and events cross the channel, never diagnoses: the page diagnoses for itself. Of many runs a line
//! each, made by the same code; those that are kept cross whole.

use serde::{Deserialize, Serialize};

use crate::distribution::amount::Amount;
use crate::distribution::noise::Noise;
use crate::distribution::summary::RunSummary;
use crate::event::Event;
use crate::recording::{Environment, Header, Recording, ScenarioText};
use crate::tree::{self, ReadError};

/// Version of the messages, named in the sub-protocol.
pub const PROTOCOL_VERSION: u32 = 1;
/// Sub-protocol of browsers; the token travels as a second one, `token.<base64url>`.
pub const BROWSER_PROTOCOL: &str = "aftershake.v1";
/// Sub-protocol of programs without an `Origin`.
pub const CLI_PROTOCOL: &str = "aftershake.cli.v1";
/// Prefix of the sub-protocol that carries the token.
pub const TOKEN_PREFIX: &str = "token.";
/// Path of the WebSocket.
pub const PATH: &str = "/ws";
/// Largest message a client may send, in bytes.
pub const MAX_CLIENT_MESSAGE: usize = 1 << 20;

/// Runs that one request may ask for.
pub const MAX_MANY: u32 = 100_000;
/// Values that one request may vary over.
pub const MAX_BINS: u32 = 200;

/// Names one run on one channel; chosen by the client.
pub type RunId = u32;

/// What a page may ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ClientMessage {
    /// Run a scenario; `seed` repeats the random choices of an earlier run.
    Run {
        run: RunId,
        scenario: ScenarioText,
        seed: Option<u64>,
    },
    /// Run it many times, each run in a namespace of its own.
    RunMany {
        run: RunId,
        scenario: ScenarioText,
        /// Every run's own seed comes from this one.
        seed: Option<u64>,
        runs: u32,
        /// `steps.reply.delay=0..5ms`; `None` repeats the same run.
        vary: Option<String>,
        /// Values in that range; 20 when absent.
        bins: Option<u32>,
    },
    /// End a run early; its events so far are kept and `finished` follows.
    Cancel { run: RunId },
}

/// What an agent says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ServerMessage {
    /// First message on every channel.
    Welcome {
        protocol: u32,
        version: String,
        environment: Environment,
    },
    /// The run waits until others have ended.
    Queued { run: RunId, ahead: u32 },
    /// The run has its namespace and begins.
    Started { run: RunId, header: Header },
    /// Events in the order in which they were recorded; sort by time to draw them.
    Events { run: RunId, events: Vec<Event> },
    /// Many runs begin: the values in the order of their bins, one without a value when nothing is varied.
    Planned {
        run: RunId,
        runs: u64,
        varied: Option<String>,
        values: Vec<Option<Amount>>,
        seed: u64,
    },
    /// How exactly this machine keeps its times, before or after many runs.
    Noise { run: RunId, noise: Noise },
    /// What came of some of many runs, each told once.
    Came { run: RunId, runs: Vec<RunSummary> },
    /// The first run of its ending at its value, whole. Its summary is in `came` as well.
    Kept {
        run: RunId,
        summary: Box<RunSummary>,
        recording: Box<Recording>,
    },
    /// No more events will come. `took_ns` is from request to here.
    Finished { run: RunId, took_ns: u64 },
    /// The run did not take place, or the message was not understood (`run` is then `None`).
    Failed { run: Option<RunId>, error: Failure },
}

impl ServerMessage {
    /// The run it is about; `None` for those about the channel itself.
    pub const fn run(&self) -> Option<RunId> {
        match self {
            Self::Queued { run, .. }
            | Self::Started { run, .. }
            | Self::Events { run, .. }
            | Self::Planned { run, .. }
            | Self::Noise { run, .. }
            | Self::Came { run, .. }
            | Self::Kept { run, .. }
            | Self::Finished { run, .. } => Some(*run),
            Self::Failed { run, .. } => *run,
            Self::Welcome { .. } => None,
        }
    }

    /// Reads one text frame.
    ///
    /// Gives what serde gives, in a fraction of the page's WASM: see [`tree`].
    ///
    /// # Errors
    /// Text that is no message, or one of a type that this version does not know.
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        let value = tree::from_json(text)?;
        let kind = value.text_of("type").unwrap_or_default();
        Ok(match kind {
            "welcome" => {
                let Welcome {
                    protocol,
                    version,
                    environment,
                } = value.into()?;
                Self::Welcome {
                    protocol,
                    version,
                    environment,
                }
            }
            "queued" => {
                let Queued { run, ahead } = value.into()?;
                Self::Queued { run, ahead }
            }
            "started" => {
                let Started { run, header } = value.into()?;
                Self::Started { run, header }
            }
            "events" => {
                let Events { run, events } = value.into()?;
                Self::Events { run, events }
            }
            "planned" => {
                let Planned {
                    run,
                    runs,
                    varied,
                    values,
                    seed,
                } = value.into()?;
                Self::Planned {
                    run,
                    runs,
                    varied,
                    values,
                    seed,
                }
            }
            "noise" => {
                let NoiseOf { run, noise } = value.into()?;
                Self::Noise { run, noise }
            }
            "came" => {
                let Came { run, runs } = value.into()?;
                Self::Came { run, runs }
            }
            "kept" => {
                let Kept {
                    run,
                    summary,
                    recording,
                } = value.into()?;
                Self::Kept {
                    run,
                    summary,
                    recording,
                }
            }
            "finished" => {
                let Finished { run, took_ns } = value.into()?;
                Self::Finished { run, took_ns }
            }
            "failed" => {
                let Failed { run, error } = value.into()?;
                Self::Failed { run, error }
            }
            unknown => {
                return Err(ReadError {
                    message: format!("unknown message type `{unknown}`"),
                    span: None,
                });
            }
        })
    }
}

#[derive(Deserialize)]
struct Welcome {
    protocol: u32,
    version: String,
    environment: Environment,
}

#[derive(Deserialize)]
struct Queued {
    run: RunId,
    ahead: u32,
}

#[derive(Deserialize)]
struct Started {
    run: RunId,
    header: Header,
}

#[derive(Deserialize)]
struct Events {
    run: RunId,
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Planned {
    run: RunId,
    runs: u64,
    varied: Option<String>,
    values: Vec<Option<Amount>>,
    seed: u64,
}

#[derive(Deserialize)]
struct NoiseOf {
    run: RunId,
    noise: Noise,
}

#[derive(Deserialize)]
struct Came {
    run: RunId,
    runs: Vec<RunSummary>,
}

#[derive(Deserialize)]
struct Kept {
    run: RunId,
    summary: Box<RunSummary>,
    recording: Box<Recording>,
}

#[derive(Deserialize)]
struct Finished {
    run: RunId,
    took_ns: u64,
}

#[derive(Deserialize)]
struct Failed {
    run: Option<RunId>,
    error: Failure,
}

/// An error in words, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Failure {
    /// The command line's exit code for the same error: 2 bad input, 3 something is missing, 4 internal.
    pub code: u8,
    pub message: String,
    /// What the reader can do; empty when nothing is known to help.
    pub remedy: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::trouble::Trouble;
    use crate::event::{EventBody, EventId};
    use crate::recording::Recording;
    use crate::units::Nanos;

    fn messages() -> Vec<ServerMessage> {
        let environment = Environment {
            kernel: "6.18.44".to_owned(),
            isolation: "namespace".to_owned(),
            evidence: Vec::new(),
        };
        let failure = Failure {
            code: 3,
            message: "no namespace".to_owned(),
            remedy: String::new(),
        };
        let event = Event {
            id: EventId(1),
            at: Nanos(5),
            body: EventBody::Trouble(Trouble::Cancelled),
        };
        let summary = RunSummary {
            number: 3,
            bin: 1,
            seed: 8,
            key: "closed".to_owned(),
            met: true,
            mismatches: Vec::new(),
            answers: vec!["client.reply = EOF".to_owned()],
        };
        let header = Header {
            aftershake_recording: 1,
            scenario: ScenarioText {
                name: "x".to_owned(),
                toml: String::new(),
            },
            environment: environment.clone(),
            seed: 7,
        };
        let recording = Recording {
            header: header.clone(),
            events: vec![event.clone()],
        };
        vec![
            ServerMessage::Welcome {
                protocol: PROTOCOL_VERSION,
                version: "0.1.0".to_owned(),
                environment: environment.clone(),
            },
            ServerMessage::Queued { run: 1, ahead: 2 },
            ServerMessage::Started { run: 1, header },
            ServerMessage::Events {
                run: 1,
                events: vec![event],
            },
            ServerMessage::Finished { run: 1, took_ns: 9 },
            ServerMessage::Planned {
                run: 1,
                runs: 40,
                varied: Some("steps.reply.delay".to_owned()),
                values: vec![
                    Some(Amount::Time(Nanos(250_000))),
                    Some(Amount::Number(7)),
                    None,
                ],
                seed: 7,
            },
            ServerMessage::Noise {
                run: 1,
                noise: Noise::default(),
            },
            ServerMessage::Came {
                run: 1,
                runs: vec![summary.clone()],
            },
            ServerMessage::Kept {
                run: 1,
                summary: Box::new(summary),
                recording: Box::new(recording),
            },
            ServerMessage::Failed {
                run: None,
                error: failure,
            },
        ]
    }

    #[test]
    fn a_frame_is_read_as_serde_reads_it() {
        for message in messages() {
            let text = serde_json::to_string(&message).unwrap();
            assert_eq!(ServerMessage::from_json(&text).unwrap(), message);
            assert_eq!(
                serde_json::from_str::<ServerMessage>(&text).unwrap(),
                message
            );
        }
    }

    #[test]
    fn a_real_run_is_read_as_serde_reads_it() {
        let text = include_str!("../../web/tests/recordings/sent-before-close.jsonl");
        let events = Recording::from_json_lines(text).unwrap().events;
        assert!(events.len() > 20);
        let message = ServerMessage::Events { run: 1, events };
        let frame = serde_json::to_string(&message).unwrap();
        assert_eq!(ServerMessage::from_json(&frame), Ok(message));
    }

    #[test]
    fn an_unknown_type_is_refused_and_an_unknown_field_is_passed_over() {
        assert!(ServerMessage::from_json(r#"{"type":"tomorrow"}"#).is_err());
        assert!(ServerMessage::from_json("[]").is_err());
        let queued = ServerMessage::from_json(r#"{"ahead":2,"new":[1],"run":1,"type":"queued"}"#);
        assert_eq!(queued.unwrap(), ServerMessage::Queued { run: 1, ahead: 2 });
    }
}
