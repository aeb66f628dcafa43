//! `accept`: takes the oldest connection of the queue.

use serde::{Deserialize, Serialize};

use super::{Kind, Makes, Needs};
use crate::scenario::field::{Field, Takes};
use crate::scenario::time::Span;

/// `do = "accept"`, or `do.accept = { timeout = "100ms" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// Give up after this time, counted from the step's beginning; `None` waits for ever.
    pub timeout: Option<Span>,
}

impl Kind for Accept {
    const NAME: &'static str = "accept";
    const HELP: &'static str = "take the oldest connection from the listener's queue";
    const FIELDS: &'static [Field] = &[Field::new(
        "timeout",
        Takes::Duration,
        "give up after this time; waits for ever without",
    )];

    fn timeout(&self) -> Option<Span> {
        self.timeout
    }

    fn needs(&self) -> Needs {
        Needs::Listener
    }

    fn makes(&self) -> Makes {
        Makes::Connection
    }
}
