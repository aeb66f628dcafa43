//! `remove_address`: takes an address from the loopback interface.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{Actor, Kind, Needs};
use crate::scenario::field::Field;

/// `do.remove_address = { address = "127.0.0.1" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RemoveAddress {
    pub address: IpAddr,
}

impl Kind for RemoveAddress {
    const NAME: &'static str = "remove_address";
    const HELP: &'static str = "remove an address from the loopback interface";
    const FIELDS: &'static [Field] = &[super::add_address::ADDRESS];
    const ACTOR: Actor = Actor::Outside;

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn check(&self) -> Result<(), String> {
        super::add_address::check(self.address)
    }
}
