//! `exit`: ends the endpoint's process; the kernel closes what it holds.

use serde::{Deserialize, Serialize};

use super::{Kind, Needs};
use crate::scenario::field::Field;

/// `do = "exit"`, or `do.exit = { code = 1 }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Exit {
    /// What the parent is told: 0 to 255.
    #[serde(default)]
    pub code: u8,
}

impl Kind for Exit {
    const NAME: &'static str = "exit";
    const HELP: &'static str = "end the program, without closing anything first";
    const FIELDS: &'static [Field] =
        &[Field::number("code", "", 0, 255, "what the parent is told").default("0")];

    fn needs(&self) -> Needs {
        Needs::Nothing
    }
}
