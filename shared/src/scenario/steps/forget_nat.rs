//! `forget_nat`: whoever translates addresses forgets the connections that it translates.

use serde::{Deserialize, Serialize};

use super::{Actor, Kind, Needs};
use crate::scenario::field::Field;

/// `do = "forget_nat"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ForgetNat {}

impl Kind for ForgetNat {
    const NAME: &'static str = "forget_nat";
    const HELP: &'static str = "forget every translated connection, as conntrack -F does";
    const FIELDS: &'static [Field] = &[];
    const ACTOR: Actor = Actor::Outside;

    fn needs(&self) -> Needs {
        Needs::Nothing
    }
}
