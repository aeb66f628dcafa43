//! The messages between page and agent: JSON text frames over one WebSocket. See `docs/protocol.md`.
//!
//! Only scenarios and events cross the channel, never diagnoses: the page diagnoses for itself.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::recording::{Environment, Header, ScenarioText};

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

/// Names one run on one channel; chosen by the client.
pub type RunId = u32;

/// What a page may ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ClientMessage {
    /// Run a scenario; `seed` repeats the random choices of an earlier run.
    Run {
        run: RunId,
        scenario: ScenarioText,
        seed: Option<u64>,
    },
    /// End a run early; its events so far are kept and `finished` follows.
    Cancel { run: RunId },
}

/// What an agent says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// No more events will come. `took_ns` is from request to here.
    Finished { run: RunId, took_ns: u64 },
    /// The run did not take place, or the message was not understood (`run` is then `None`).
    Failed { run: Option<RunId>, error: Failure },
}

/// An error in words, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The command line's exit code for the same error: 2 bad input, 3 something is missing, 4 internal.
    pub code: u8,
    pub message: String,
    /// What the reader can do; empty when nothing is known to help.
    pub remedy: String,
}
