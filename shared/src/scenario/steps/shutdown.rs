//! `shutdown`: ends one direction or both, keeping the descriptor.

use serde::{Deserialize, Serialize};

use super::close::What;
use super::{Kind, Needs};
use crate::event::call::How;
use crate::scenario::field::{Field, Takes};

/// `do.shutdown = { how = "write" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Shutdown {
    pub how: How,
    /// The connection, unless this names the listener.
    #[serde(default)]
    pub what: What,
}

impl Kind for Shutdown {
    const NAME: &'static str = "shutdown";
    const HELP: &'static str = "end reading, writing or both, keeping the descriptor";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "how",
            Takes::Choice(&["read", "write", "both"]),
            "which direction ends",
        )
        .required()
        .example("\"write\""),
        super::close::WHAT,
    ];

    fn needs(&self) -> Needs {
        self.what.needs()
    }
}
