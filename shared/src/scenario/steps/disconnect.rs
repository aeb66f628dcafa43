//! `disconnect`: `connect` with `AF_UNSPEC`, which dissolves the association of a live socket.

use serde::{Deserialize, Serialize};

use super::{Kind, Needs};
use crate::scenario::field::Field;

/// `do = "disconnect"`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Disconnect {}

impl Kind for Disconnect {
    const NAME: &'static str = "disconnect";
    const HELP: &'static str =
        "dissolve the connection with connect(AF_UNSPEC), keeping the socket";
    const FIELDS: &'static [Field] = &[];

    fn needs(&self) -> Needs {
        Needs::Connection
    }

    fn on_unix(&self) -> Result<(), String> {
        Err("`disconnect` is TCP’s: found it on an AF_UNIX connection, expected `close`".to_owned())
    }
}
