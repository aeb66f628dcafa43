//! `connect_unix`: opens a connection to an `AF_UNIX` name, which no segment ever carries.

use serde::{Deserialize, Serialize};

use super::listen_unix::{self, check_name};
use super::{Kind, Makes, Needs};
use crate::scenario::field::Field;

/// `do.connect_unix = { name = "app" }`.
///
/// It takes no `timeout`: without blocking the kernel answers at once, also when the queue is full (`EAGAIN`), and
/// `poll` cannot wait for room. Source: `unix_stream_connect` of Linux `net/unix/af_unix.c`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectUnix {
    /// Without the NUL byte that makes it abstract.
    pub name: String,
}

impl Kind for ConnectUnix {
    const NAME: &'static str = "connect_unix";
    const HELP: &'static str = "open a connection to an AF_UNIX name, without TCP";
    const FIELDS: &'static [Field] = &[listen_unix::NAME];

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn makes(&self) -> Makes {
        Makes::Connection
    }

    fn check(&self) -> Result<(), String> {
        check_name(&self.name)
    }
}
