//! `listen`: opens, binds and listens.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::de::{self, Deserializer};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::set_option::OptionValue;
use super::{Kind, Makes, Needs, whole_seconds};
use crate::scenario::facility::Facility;
use crate::scenario::field::{Field, Takes};
use crate::scenario::time::Span;

/// The article's port, free in every run's own namespace.
pub const DEFAULT_PORT: u16 = 8080;

/// The port of a listener, and where a client finds it.
pub(super) const PORT: Field = Field::number("port", "", 1, 65_535, "the listener’s port")
    .default("8080")
    .example("8080");

/// `do.listen = { port = 8080, backlog = 1 }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own, as in the system call"
)]
pub struct Listen {
    pub port: u16,
    /// Completed connections that may wait, plus one: backlog N lets N + 1 connects complete.
    pub backlog: u16,
    pub address: Address,
    /// `SO_REUSEADDR`: bind although connections of an earlier listener still linger.
    pub reuse_address: bool,
    /// `SO_REUSEPORT`: share the port with other listeners that ask for it too; each has a queue of its own.
    pub reuse_port: bool,
    /// `TCP_DEFER_ACCEPT`, whole seconds: a connection is handed out only once it has sent something.
    pub defer_accept: Option<Span>,
    /// `TCP_FASTOPEN`: how many connections whose SYN brought bytes may wait for their handshake's end.
    pub fast_open: Option<u16>,
    /// `IPPROTO_MPTCP`.
    pub mptcp: bool,
    /// With an IPv6 address: accept IPv4 as well (`IPV6_V6ONLY` off).
    pub dual_stack: bool,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            port: DEFAULT_PORT,
            backlog: usual_backlog(),
            address: Address::default(),
            reuse_address: false,
            reuse_port: false,
            defer_accept: None,
            fast_open: None,
            mptcp: false,
            dual_stack: false,
        }
    }
}

impl Listen {
    /// The options set between `bind` and `listen`, in the order of the fields.
    pub fn options(&self) -> Vec<OptionValue> {
        let defer = self.defer_accept.map(|time| OptionValue::DeferAccept {
            seconds: u16::try_from(time.0.0 / 1_000_000_000).unwrap_or(u16::MAX),
        });
        let fast_open = self.fast_open.map(OptionValue::FastOpen);
        defer.into_iter().chain(fast_open).collect()
    }
}

/// The queue of a listener that does not say how long it is.
pub(super) const fn usual_backlog() -> u16 {
    16
}

/// How many may wait in the queue of a listener.
pub(super) const BACKLOG: Field = Field::number(
    "backlog",
    "connections",
    0,
    65_535,
    "that may wait, plus one",
)
.default("16");

impl Kind for Listen {
    const NAME: &'static str = "listen";
    const HELP: &'static str = "open a listener on a port";
    const FIELDS: &'static [Field] = &[
        PORT,
        BACKLOG,
        Field::new(
            "address",
            Takes::Text,
            "a loopback address, `localhost`, `0.0.0.0` or `::`",
        )
        .default("\"127.0.0.1\"")
        .example("\"::1\""),
        Field::new("reuse_address", Takes::Flag, "SO_REUSEADDR").default("false"),
        Field::new(
            "reuse_port",
            Takes::Flag,
            "SO_REUSEPORT: share the port, with a queue of its own",
        )
        .default("false"),
        Field::new(
            "defer_accept",
            Takes::Duration,
            "TCP_DEFER_ACCEPT, whole seconds",
        )
        .example("\"1s\""),
        Field::number(
            "fast_open",
            "connections",
            1,
            65_535,
            "TCP_FASTOPEN: whose SYN brought bytes",
        ),
        Field::new("mptcp", Takes::Flag, "Multipath TCP").default("false"),
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

    fn facilities(&self) -> Vec<Facility> {
        let mptcp = self.mptcp.then_some(Facility::Mptcp);
        let fast_open = self.fast_open.map(|_| Facility::FastOpen);
        mptcp.into_iter().chain(fast_open).collect()
    }

    fn check(&self) -> Result<(), String> {
        if self.port == 0 {
            return Err("port is 0, expected 1 to 65535".to_owned());
        }
        if let Some(time) = self.defer_accept {
            whole_seconds("defer_accept", time, 1)?;
        }
        if self.fast_open == Some(0) {
            return Err("fast_open is 0, expected 1 to 65535 connections".to_owned());
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

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
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
