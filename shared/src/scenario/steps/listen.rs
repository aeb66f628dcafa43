//! `listen`: opens, binds and listens.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::{Kind, Makes, Needs};
use crate::scenario::field::{Field, Takes};

/// The article's port, free in every run's own namespace.
pub const DEFAULT_PORT: u16 = 8080;

/// The port of a listener, and where a client finds it.
pub(super) const PORT: Field = Field::number("port", "", 1, 65_535, "the listener’s port")
    .default("8080")
    .example("8080");

/// `do.listen = { port = 8080, backlog = 1 }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    pub port: u16,
    /// Completed connections that may wait, plus one: backlog N lets N + 1 connects complete.
    pub backlog: u16,
    pub address: Address,
    /// With an IPv6 address: accept IPv4 as well (`IPV6_V6ONLY` off).
    pub dual_stack: bool,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            port: DEFAULT_PORT,
            backlog: 16,
            address: Address::default(),
            dual_stack: false,
        }
    }
}

impl Kind for Listen {
    const NAME: &'static str = "listen";
    const HELP: &'static str = "open a listener on a port";
    const FIELDS: &'static [Field] = &[
        PORT,
        Field::number(
            "backlog",
            "connections",
            0,
            65_535,
            "that may wait, plus one",
        )
        .default("16"),
        Field::new(
            "address",
            Takes::Text,
            "a loopback address, `localhost`, `0.0.0.0` or `::`",
        )
        .default("\"127.0.0.1\"")
        .example("\"::1\""),
        Field::new(
            "dual_stack",
            Takes::Flag,
            "with an IPv6 address: accept IPv4 as well",
        )
        .default("false"),
    ];

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn makes(&self) -> Makes {
        Makes::Listener
    }

    fn check(&self) -> Result<(), String> {
        if self.port == 0 {
            return Err("port is 0, expected 1 to 65535".to_owned());
        }
        if self.dual_stack && !matches!(self.address, Address::Ip(IpAddr::V6(_))) {
            return Err(format!(
                "dual_stack needs an IPv6 address, found `{}`, expected `::` or `::1`",
                self.address
            ));
        }
        Ok(())
    }
}

/// An address inside the run's namespace: loopback or unspecified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// The name, resolved as glibc does: `::1` first, then 127.0.0.1. A listener binds to the first.
    Localhost,
    Ip(IpAddr),
}

impl Address {
    /// The addresses in the order in which a program tries them.
    pub fn ips(self) -> Vec<IpAddr> {
        match self {
            Self::Localhost => {
                vec![
                    IpAddr::V6(Ipv6Addr::LOCALHOST),
                    IpAddr::V4(Ipv4Addr::LOCALHOST),
                ]
            }
            Self::Ip(ip) => vec![ip],
        }
    }
}

impl Default for Address {
    fn default() -> Self {
        Self::Ip(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Localhost => f.pad("localhost"),
            Self::Ip(ip) => ip.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "localhost" {
            return Ok(Self::Localhost);
        }
        let ip: Option<IpAddr> = text.parse().ok();
        let inside = |ip: &IpAddr| ip.is_loopback() || ip.is_unspecified();
        ip.filter(inside).map(Self::Ip).ok_or_else(|| {
            de::Error::invalid_value(
                de::Unexpected::Str(&text),
                &"`localhost`, a loopback address like `127.0.0.1` or `::1`, or `0.0.0.0` or `::`",
            )
        })
    }
}
