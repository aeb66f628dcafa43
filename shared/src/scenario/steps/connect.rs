//! `connect`: opens a connection.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::listen::{self, Address, DEFAULT_PORT};
use super::{Kind, Makes, Needs};
use crate::scenario::facility::Facility;
use crate::scenario::field::{Field, Takes};
use crate::scenario::time::Span;

/// `do = "connect"`, or `do.connect = { port = 9000, timeout = "1s" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Connect {
    pub port: u16,
    /// `localhost` tries `::1` first, then 127.0.0.1, as `getaddrinfo` orders them.
    pub address: Address,
    /// Bind to this address before connecting.
    pub from: Option<IpAddr>,
    /// Bind to this port before connecting.
    pub from_port: Option<u16>,
    /// `SO_REUSEADDR` before binding to `from_port`: two connections may then have the same one.
    pub reuse_address: bool,
    /// `TCP_FASTOPEN`: these characters go with the SYN where the kernel knows a cookie, else after the handshake.
    pub fast_open: Option<String>,
    /// `IPPROTO_MPTCP`.
    pub mptcp: bool,
    /// Give up after this time; `None` waits for ever.
    pub timeout: Option<Span>,
}

/// Bytes that a SYN on any path carries beside a cookie. Source: RFC 7413 §4.2.1, with an MSS of 536.
const MOST_IN_A_SYN: usize = 500;

impl Default for Connect {
    fn default() -> Self {
        Self {
            port: DEFAULT_PORT,
            address: Address::default(),
            from: None,
            from_port: None,
            reuse_address: false,
            fast_open: None,
            mptcp: false,
            timeout: None,
        }
    }
}

impl Kind for Connect {
    const NAME: &'static str = "connect";
    const HELP: &'static str = "open a connection";
    const FIELDS: &'static [Field] = &[
        listen::PORT,
        Field::new(
            "address",
            Takes::Text,
            "`localhost` tries ::1 first, then 127.0.0.1",
        )
        .default("\"127.0.0.1\"")
        .example("\"localhost\""),
        Field::new("from", Takes::Text, "bind to this address first").example("\"127.0.0.1\""),
        Field::number("from_port", "", 0, 65_535, "bind to this port first").example("40000"),
        Field::new("reuse_address", Takes::Flag, "SO_REUSEADDR before binding").default("false"),
        Field::new(
            "fast_open",
            Takes::Text,
            "TCP_FASTOPEN: these characters go with the SYN",
        )
        .example("\"hello\""),
        Field::new("mptcp", Takes::Flag, "Multipath TCP").default("false"),
        Field::new(
            "timeout",
            Takes::Duration,
            "give up after this time; waits for ever without",
        ),
    ];

    fn timeout(&self) -> Option<Span> {
        self.timeout
    }

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn makes(&self) -> Makes {
        Makes::Connection
    }

    fn facilities(&self) -> Vec<Facility> {
        let mptcp = self.mptcp.then_some(Facility::Mptcp);
        let fast_open = self.fast_open.as_ref().map(|_| Facility::FastOpen);
        mptcp.into_iter().chain(fast_open).collect()
    }

    fn check(&self) -> Result<(), String> {
        if self.port == 0 {
            return Err("port is 0, expected 1 to 65535".to_owned());
        }
        if let Some(text) = &self.fast_open {
            let bytes = text.len();
            if bytes == 0 || bytes > MOST_IN_A_SYN {
                return Err(format!(
                    "fast_open has {bytes} bytes, expected 1 to {MOST_IN_A_SYN}, as a SYN carries"
                ));
            }
            if self.address == Address::Localhost {
                return Err(
                    "fast_open needs one address, found `localhost`, which is two".to_owned(),
                );
            }
        }
        match (self.address.ips().first(), self.from) {
            (_, Some(from)) if !from.is_loopback() => {
                Err(format!("from is {from}, expected a loopback address"))
            }
            (Some(to), Some(from)) if to.is_ipv4() != from.is_ipv4() => {
                Err(format!("from is {from}, expected the same family as {to}"))
            }
            _ => Ok(()),
        }
    }
}
