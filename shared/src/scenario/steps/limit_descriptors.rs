//! `limit_descriptors`: how many descriptors more a program may open, as `ulimit -n` and a service's settings say.

use serde::{Deserialize, Serialize};

use super::{Kind, Needs};
use crate::scenario::field::Field;

/// The most that may be left: enough for any story, and below what every machine lets a process ask for.
const MOST: u32 = 500;

/// `do = "limit_descriptors"`, or `do.limit_descriptors = { spare = 1 }`. A later one may raise it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LimitDescriptors {
    /// Descriptors that its process may open from now on besides those it has.
    #[serde(default)]
    pub spare: u32,
}

impl Kind for LimitDescriptors {
    const NAME: &'static str = "limit_descriptors";
    const HELP: &'static str = "leave its process so many descriptors to open (RLIMIT_NOFILE)";
    const FIELDS: &'static [Field] = &[Field::number(
        "spare",
        "descriptors",
        0,
        MOST as u64,
        "how many more may be opened",
    )
    .default("0")];

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn check(&self) -> Result<(), String> {
        if self.spare > MOST {
            return Err(format!("spare is {}, expected 0 to {MOST}", self.spare));
        }
        Ok(())
    }
}
