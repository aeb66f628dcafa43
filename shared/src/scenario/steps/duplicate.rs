//! `duplicate`: one descriptor more for a socket. A `close` then closes one of them; only the last one counts.

use serde::{Deserialize, Serialize};

use super::close::{self, What};
use super::{Kind, Needs};
use crate::scenario::field::Field;

/// `do = "duplicate"`, or `do.duplicate = { what = "listener" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Duplicate {
    #[serde(default)]
    pub what: What,
}

impl Kind for Duplicate {
    const NAME: &'static str = "duplicate";
    const HELP: &'static str = "make a second descriptor for the connection, or the listener";
    const FIELDS: &'static [Field] = &[close::WHAT];

    fn needs(&self) -> Needs {
        self.what.needs()
    }
}
