//! `sample`: reads the state and queues of all sockets at this moment. Makes no call on them.

use serde::{Deserialize, Serialize};

use super::{Actor, Kind, Needs};
use crate::scenario::field::Field;

/// `do = "sample"`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sample {}

impl Kind for Sample {
    const NAME: &'static str = "sample";
    const HELP: &'static str = "read the state and queues of all sockets now";
    const FIELDS: &'static [Field] = &[];
    const ACTOR: Actor = Actor::Either;

    fn needs(&self) -> Needs {
        Needs::Nothing
    }
}
