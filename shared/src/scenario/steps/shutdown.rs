//! `shutdown`: ends one direction or both, keeping the descriptor.

use serde::Deserialize;

use super::close::What;
use super::{Kind, Needs};
use crate::event::call::How;

/// `do.shutdown = { how = "write" }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shutdown {
    pub how: How,
    /// The connection, unless this names the listener.
    #[serde(default)]
    pub what: What,
}

impl Kind for Shutdown {
    const NAME: &'static str = "shutdown";
    const HELP: &'static str = "end reading, writing or both, keeping the descriptor";

    fn needs(&self) -> Needs {
        self.what.needs()
    }
}
