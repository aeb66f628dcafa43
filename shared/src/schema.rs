//! JSON Schemas of every format, made from the types that read and write them. Source: JSON Schema 2020-12.
//!
//! Behind the feature `schema`, so that the page does not carry them. Types that derive their schema do so where
//! they are; those that are written by hand as text have theirs here.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::channel::{ClientMessage, Failure, ServerMessage};
use crate::errno::Errno;
use crate::event::Event;
use crate::event::segment_seen::Bytes;
use crate::export::recorded::Closing;
use crate::recording::Header;
use crate::report::Report;
use crate::scenario::ScenarioToml;
use crate::scenario::expect::Answer;
use crate::scenario::steps::StepKind;
use crate::scenario::steps::forge::{Letters, Position};
use crate::scenario::steps::listen::Address;
use crate::scenario::time::Span;

/// The schema of what is read as that type.
pub fn of_input<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    settings.into_generator().into_root_schema_for::<T>()
}

/// The schema of what is written as that type.
pub fn of_output<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>()
}

/// A scenario's TOML, as the tables and values it spells.
pub fn scenario() -> Schema {
    of_input::<ScenarioToml>()
}

/// One line of a recording.
pub fn recording() -> Schema {
    of_output::<Line>()
}

/// The object of `run --json`.
pub fn run() -> Schema {
    of_output::<Report>()
}

/// What a page may say to an agent.
pub fn client() -> Schema {
    of_input::<ClientMessage>()
}

/// What an agent says to a page.
pub fn server() -> Schema {
    of_output::<ServerMessage>()
}

/// What is printed with `--json` in place of an answer.
#[derive(Serialize, JsonSchema)]
pub struct Wrapped<'a> {
    /// Version of the object.
    pub format: u32,
    pub error: &'a Failure,
}

/// A line of a recording: the header first, then events in order of time, then the closing line.
#[derive(JsonSchema)]
#[schemars(untagged, title = "Recording", rename = "Recording")]
#[expect(dead_code, reason = "only its schema is wanted")]
enum Line {
    Header(Header),
    Event(Event),
    Closing(Closing<'static>),
}

/// Types that are one text.
macro_rules! texts {
    ($($type:ty, $name:literal, $help:literal, $pattern:literal;)*) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "description": $help, "pattern": $pattern})
            }
        }
    )*};
}

texts! {
    Errno, "Errno", "The name of an errno: `ECONNRESET`, or `E250` where the number has no name.", "^E[A-Z0-9]+$";
    Letters, "Letters", "Flags of a segment as letters, or `-` for none.", "^([SFRPAUEW]+|-)$";
    Bytes, "Bytes", "Bytes as base64 without padding (RFC 4648 §4).", "^[A-Za-z0-9+/]*$";
    Span, "Span", "A duration with its unit, at most 30 s: `100ms`, `250us`.", "^[-+]?[0-9._]+ *(ns|us|µs|ms|s)$";
    Address, "Address", "`localhost`, a loopback address, `0.0.0.0` or `::`.", "^(localhost|127\\.[0-9.]+|0\\.0\\.0\\.0|[0:]*:[0:]*1?)$";
}

impl JsonSchema for Position {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Position")
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`exact`, `in-window`, `old`, or a number of bytes after the exact one.",
            "anyOf": [
                {"type": "integer"},
                {"type": "string", "enum": ["exact", "in-window", "old"]},
            ],
        })
    }
}

impl JsonSchema for Answer {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Answer")
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A byte count, an errno, or what else became of the call.",
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "enum": Self::WORDS},
                {"type": "string", "pattern": "^([0-9]+|E[A-Z0-9]+)$"},
            ],
        })
    }
}

/// `do = "close"`, or `do.send = { … }`: the word alone where no field is required.
impl JsonSchema for StepKind {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("StepKind")
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut words = Vec::new();
        let mut kinds = Vec::new();
        for (name, help, fields) in Self::schemas(generator) {
            words.push(name);
            kinds.push(json_schema!({
                "type": "object",
                "description": help,
                "properties": {name: fields},
                "required": [name],
                "additionalProperties": false,
            }));
        }
        let word = json_schema!({"type": "string", "enum": words});
        kinds.insert(0, word);
        json_schema!({"description": "What a step does.", "anyOf": kinds})
    }
}
