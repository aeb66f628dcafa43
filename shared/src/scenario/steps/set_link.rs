//! `set_link`: switches the loopback interface off or on.

use serde::{Deserialize, Serialize};

use super::{Actor, Kind, Needs};
use crate::scenario::field::{Field, Takes};

/// `do.set_link = { up = false }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetLink {
    pub up: bool,
}

impl Kind for SetLink {
    const NAME: &'static str = "set_link";
    const HELP: &'static str = "switch the loopback interface off or on";
    const FIELDS: &'static [Field] =
        &[Field::new("up", Takes::Flag, "whether it is on").required()];
    const ACTOR: Actor = Actor::Outside;

    fn needs(&self) -> Needs {
        Needs::Nothing
    }
}
