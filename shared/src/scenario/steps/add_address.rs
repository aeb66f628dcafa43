//! `add_address`: gives the loopback interface one more address.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{Actor, Kind, Needs};
use crate::scenario::field::{Field, Takes};

/// `do.add_address = { address = "127.0.0.1" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AddAddress {
    pub address: IpAddr,
}

/// The field of both steps that are about an address.
pub(super) const ADDRESS: Field = Field::new("address", Takes::Text, "a loopback address")
    .required()
    .example("\"127.0.0.2\"");

impl Kind for AddAddress {
    const NAME: &'static str = "add_address";
    const HELP: &'static str = "add an address to the loopback interface";
    const FIELDS: &'static [Field] = &[ADDRESS];
    const ACTOR: Actor = Actor::Outside;

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn check(&self) -> Result<(), String> {
        check(self.address)
    }
}

/// Whether a scenario may add or remove this address.
pub(super) fn check(address: IpAddr) -> Result<(), String> {
    if address.is_loopback() {
        return Ok(());
    }
    Err(format!(
        "address is {address}, expected a loopback address like 127.0.0.1 or ::1"
    ))
}
