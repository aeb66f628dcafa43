//! `hand_over`: gives another program a descriptor of the same socket, as a service manager hands its listener on.

use serde::{Deserialize, Serialize};

use super::close::What;
use super::{Kind, Needs};
use crate::scenario::field::{Field, Takes};

/// `do.hand_over = { to = "new-server" }`. Both have it from then on; a `close` ends only the closer's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// The endpoint that gets it, in another process.
    pub to: String,
    /// The listener, unless this names the connection.
    #[serde(default = "listener")]
    pub what: What,
}

fn listener() -> What {
    What::Listener
}

impl Kind for HandOver {
    const NAME: &'static str = "hand_over";
    const HELP: &'static str =
        "give another endpoint a descriptor of the listener, or the connection";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "to",
            Takes::Endpoint,
            "the endpoint that gets it, in another process",
        )
        .required(),
        Field::new(
            "what",
            Takes::Choice(&["listener", "connection"]),
            "which of the two is meant",
        )
        .default("\"listener\""),
    ];

    fn needs(&self) -> Needs {
        self.what.needs()
    }
}
