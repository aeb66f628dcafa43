//! `remove_rule`: takes a firewall rule away again.

use serde::{Deserialize, Serialize};

use super::{Actor, Kind, Needs};
use crate::scenario::field::Field;

/// `do = "remove_rule"`; `on` names the step that added it where there are several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RemoveRule {}

impl Kind for RemoveRule {
    const NAME: &'static str = "remove_rule";
    const HELP: &'static str = "remove a firewall rule";
    const FIELDS: &'static [Field] = &[];
    const ACTOR: Actor = Actor::Outside;

    fn needs(&self) -> Needs {
        Needs::Rule
    }
}
