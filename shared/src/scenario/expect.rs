//! What a scenario says will happen: `[expect]`, and `[[claims]]` that others made about it.
//!
//! Read here, compared with a run in `expectation`. Never seen by the diagnosis.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// How a run or a connection ended. Ordered by gravity, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// FIN from both or either end, no RST.
    Closed,
    /// Neither FIN nor RST yet.
    Open,
    /// The handshake or a transfer was given up.
    TimedOut,
    /// The SYN was answered by RST.
    Refused,
    /// A RST ended it.
    Reset,
}

impl Outcome {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::TimedOut => "timed-out",
            Self::Refused => "refused",
            Self::Reset => "reset",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Fields that a run is compared with; an absent field is not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    pub outcome: Option<Outcome>,
    /// The endpoint that sent the RST, or `third-party`.
    pub reset_by: Option<String>,
    /// One of the 24 causes.
    pub cause: Option<String>,
    /// Results by `endpoint.step`: a byte count, `EOF`, an errno, `timeout`, `waiting`, `not-run`, …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub returns: BTreeMap<String, Answer>,
}

/// Something that was said about this scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The claim in its author's words.
    pub text: String,
    /// Where it was made.
    pub source: Option<String>,
    pub outcome: Option<Outcome>,
    pub reset_by: Option<String>,
    pub cause: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub returns: BTreeMap<String, Answer>,
    /// Whether the claim is expected to hold on a run.
    pub holds: bool,
}

impl Claim {
    /// The claim's predicate, without its words.
    pub fn predicate(&self) -> Expectation {
        Expectation {
            outcome: self.outcome,
            reset_by: self.reset_by.clone(),
            cause: self.cause.clone(),
            returns: self.returns.clone(),
        }
    }
}

/// A step's expected result as text: `16`, `EOF`, `ECONNRESET`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer(pub String);

impl Answer {
    /// What a step may return beside a count and an errno.
    pub(crate) const WORDS: [&'static str; 7] = [
        "EOF", "timeout", "killed", "waiting", "not-run", "match", "mismatch",
    ];
}

/// A byte count as a number, anything else as text.
impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.parse::<u32>() {
            Ok(count) if count.to_string() == self.0 => serializer.serialize_u32(count),
            Ok(_) | Err(_) => serializer.serialize_str(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Answer;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a byte count, \"EOF\", an errno name, \"timeout\", \"killed\", \"waiting\" or \"not-run\"",
                )
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Answer, E> {
                let is_errno = crate::errno::Errno::from_name(text).is_some();
                let is_count = text.parse::<u64>().is_ok();
                if is_errno || is_count || Answer::WORDS.contains(&text) {
                    return Ok(Answer(text.to_owned()));
                }
                Err(E::invalid_value(de::Unexpected::Str(text), &self))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Answer, E> {
                match u64::try_from(number) {
                    Ok(count) => Ok(Answer(count.to_string())),
                    Err(_) => Err(E::invalid_value(de::Unexpected::Signed(number), &self)),
                }
            }
        }
        deserializer.deserialize_any(Either)
    }
}
