//! `listen_unix`: opens a listener on an `AF_UNIX` name, where a connection never touches TCP.
//!
//! Only names of the abstract namespace: no file is made, and every network namespace has its own.

use serde::{Deserialize, Serialize};

use super::listen::{BACKLOG, usual_backlog};
use super::{Kind, Makes, Needs};
use crate::scenario::field::{Field, Takes};

/// Letters of a name; the kernel takes 107 bytes. Source: unix(7), `sun_path`.
const LONGEST: usize = 40;

/// The name of a listener, and by which a client finds it.
pub(super) const NAME: Field = Field::new(
    "name",
    Takes::Text,
    "the listener’s name in the abstract namespace, shown as @app",
)
.required()
.example("\"app\"");

/// `do.listen_unix = { name = "app", backlog = 1 }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListenUnix {
    /// Without the NUL byte that makes it abstract.
    pub name: String,
    /// Connections that may wait, plus one, as on a port.
    #[serde(default = "usual_backlog")]
    pub backlog: u16,
}

impl Kind for ListenUnix {
    const NAME: &'static str = "listen_unix";
    const HELP: &'static str = "open a listener on an AF_UNIX name, without TCP";
    const FIELDS: &'static [Field] = &[NAME, BACKLOG];

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn makes(&self) -> Makes {
        Makes::Listener
    }

    fn check(&self) -> Result<(), String> {
        check_name(&self.name)
    }
}

/// Refuses what would be a path, or could not be shown.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > LONGEST || !name.chars().all(fits) {
        return Err(format!(
            "name is `{name}`, expected 1 to {LONGEST} letters, digits, `-`, `_` or `.`: it is no path, and no file is made"
        ));
    }
    Ok(())
}
