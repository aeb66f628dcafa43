//! `destroy`: an administrator destroys a socket under its program, as `ss -K` does.

use serde::{Deserialize, Serialize};

use super::close::What;
use super::{Actor, Kind, Needs};
use crate::scenario::field::{Field, Takes};

/// `do.destroy = { socket_of = "server" }`; with several connections `on` names the one meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Destroy {
    /// The endpoint that holds the socket.
    pub socket_of: String,
    /// The connection, unless this names the listener.
    #[serde(default)]
    pub what: What,
}

impl Kind for Destroy {
    const NAME: &'static str = "destroy";
    const HELP: &'static str = "destroy an endpoint's socket, as ss -K does";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "socket_of",
            Takes::Endpoint,
            "the endpoint that holds the socket",
        )
        .required(),
        super::close::WHAT,
    ];
    const ACTOR: Actor = Actor::Outside;

    fn needs(&self) -> Needs {
        match self.what {
            What::Connection => Needs::AnyConnection,
            What::Listener => Needs::AnyListener,
        }
    }

    fn names(&self) -> Option<&str> {
        Some(&self.socket_of)
    }
}
