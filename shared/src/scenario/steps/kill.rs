//! `kill`: `outside` ends an endpoint's process by a signal, whatever it waits for.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Actor, Kind, Needs};
use crate::scenario::field::{Field, Takes};

/// `do.kill = { endpoint = "server" }`, or `{ endpoint = "server", signal = "SIGABRT" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Kill {
    /// Whose process; every endpoint in it ends.
    pub endpoint: String,
    #[serde(default)]
    pub signal: Signal,
}

/// A signal that ends a process that did not ask for another treatment. Source: signal(7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum Signal {
    SigAbrt,
    SigHup,
    SigInt,
    #[default]
    SigKill,
    SigQuit,
    SigSegv,
    SigTerm,
}

impl Signal {
    pub const ALL: [Self; 7] = [
        Self::SigAbrt,
        Self::SigHup,
        Self::SigInt,
        Self::SigKill,
        Self::SigQuit,
        Self::SigSegv,
        Self::SigTerm,
    ];

    /// The name as in the C headers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SigAbrt => "SIGABRT",
            Self::SigHup => "SIGHUP",
            Self::SigInt => "SIGINT",
            Self::SigKill => "SIGKILL",
            Self::SigQuit => "SIGQUIT",
            Self::SigSegv => "SIGSEGV",
            Self::SigTerm => "SIGTERM",
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Kind for Kill {
    const NAME: &'static str = "kill";
    const HELP: &'static str = "`outside` only: end an endpoint's process by a signal";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "endpoint",
            Takes::Endpoint,
            "whose process; every endpoint in it ends",
        )
        .required(),
        Field::new(
            "signal",
            Takes::Choice(&[
                "SIGABRT", "SIGHUP", "SIGINT", "SIGKILL", "SIGQUIT", "SIGSEGV", "SIGTERM",
            ]),
            "see signal(7)",
        )
        .default("\"SIGKILL\""),
    ];
    const ACTOR: Actor = Actor::Outside;

    fn names(&self) -> Option<&str> {
        Some(&self.endpoint)
    }

    fn needs(&self) -> Needs {
        Needs::Nothing
    }
}
