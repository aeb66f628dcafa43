//! `close`: gives up a connection or a listener.

use serde::{Deserialize, Serialize};

use super::{Kind, Needs};
use crate::scenario::field::{Field, Takes};

/// `do = "close"`, or `do.close = { what = "listener" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Close {
    #[serde(default)]
    pub what: What,
}

/// The field that says which descriptor is meant.
pub(super) const WHAT: Field = Field::new(
    "what",
    Takes::Choice(&["connection", "listener"]),
    "which of the two is meant",
)
.default("\"connection\"")
.example("\"listener\"");

/// Which descriptor is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum What {
    #[default]
    Connection,
    Listener,
}

impl What {
    /// What must exist for a step on it.
    pub const fn needs(self) -> Needs {
        match self {
            Self::Connection => Needs::Connection,
            Self::Listener => Needs::Listener,
        }
    }
}

impl Kind for Close {
    const NAME: &'static str = "close";
    const HELP: &'static str = "close the connection, or the listener";
    const FIELDS: &'static [Field] = &[WHAT];

    fn needs(&self) -> Needs {
        self.what.needs()
    }
}
