//! `set_option`: sets a socket option that changes how a connection ends.

use serde::Deserialize;

use super::{Kind, Needs, close};
use crate::scenario::field::{Field, Takes};
use crate::scenario::time::Span;

/// The largest number that a buffer's field holds.
const U32: u64 = u32::MAX as u64;

/// `do.set_option = { linger = "0s" }`. Exactly one option is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetOption {
    /// The connection, unless this names the listener.
    #[serde(default)]
    pub what: close::What,
    /// `SO_LINGER` on, with this time in whole seconds; 0 s turns `close` into an abort.
    pub linger: Option<Span>,
    /// `TCP_NODELAY`.
    pub no_delay: Option<bool>,
    /// `SO_KEEPALIVE`.
    pub keepalive: Option<bool>,
    /// `TCP_KEEPIDLE`, whole seconds.
    pub keepalive_idle: Option<Span>,
    /// `TCP_KEEPINTVL`, whole seconds.
    pub keepalive_interval: Option<Span>,
    /// `TCP_KEEPCNT`.
    pub keepalive_probes: Option<u8>,
    /// `TCP_USER_TIMEOUT`, whole milliseconds.
    pub user_timeout: Option<Span>,
    /// `SO_RCVBUF` in bytes; Linux doubles it.
    pub receive_buffer: Option<u32>,
    /// `SO_SNDBUF` in bytes; Linux doubles it.
    pub send_buffer: Option<u32>,
}

/// One option as the kernel takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionValue {
    Linger { seconds: u16 },
    NoDelay(bool),
    Keepalive(bool),
    KeepaliveIdle { seconds: u16 },
    KeepaliveInterval { seconds: u16 },
    KeepaliveProbes(u8),
    UserTimeout { millis: u32 },
    ReceiveBuffer(u32),
    SendBuffer(u32),
}

impl OptionValue {
    /// The option's name and value as in C: `SO_LINGER`, `{1,0}`.
    pub fn in_c(self) -> (&'static str, String) {
        match self {
            Self::Linger { seconds } => ("SO_LINGER", format!("{{1,{seconds}}}")),
            Self::NoDelay(on) => ("TCP_NODELAY", u8::from(on).to_string()),
            Self::Keepalive(on) => ("SO_KEEPALIVE", u8::from(on).to_string()),
            Self::KeepaliveIdle { seconds } => ("TCP_KEEPIDLE", seconds.to_string()),
            Self::KeepaliveInterval { seconds } => ("TCP_KEEPINTVL", seconds.to_string()),
            Self::KeepaliveProbes(count) => ("TCP_KEEPCNT", count.to_string()),
            Self::UserTimeout { millis } => ("TCP_USER_TIMEOUT", millis.to_string()),
            Self::ReceiveBuffer(bytes) => ("SO_RCVBUF", bytes.to_string()),
            Self::SendBuffer(bytes) => ("SO_SNDBUF", bytes.to_string()),
        }
    }
}

impl SetOption {
    /// The options given, in the order of the fields; a checked step has exactly one.
    pub fn values(&self) -> Vec<OptionValue> {
        [
            self.linger.map(|span| OptionValue::Linger {
                seconds: whole_seconds(span),
            }),
            self.no_delay.map(OptionValue::NoDelay),
            self.keepalive.map(OptionValue::Keepalive),
            self.keepalive_idle.map(|s| OptionValue::KeepaliveIdle {
                seconds: whole_seconds(s),
            }),
            self.keepalive_interval
                .map(|s| OptionValue::KeepaliveInterval {
                    seconds: whole_seconds(s),
                }),
            self.keepalive_probes.map(OptionValue::KeepaliveProbes),
            self.user_timeout.map(|span| OptionValue::UserTimeout {
                millis: u32::try_from(span.0.0 / 1_000_000).unwrap_or(u32::MAX),
            }),
            self.receive_buffer.map(OptionValue::ReceiveBuffer),
            self.send_buffer.map(OptionValue::SendBuffer),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn whole_seconds(span: Span) -> u16 {
    u16::try_from(span.0.0 / 1_000_000_000).unwrap_or(u16::MAX)
}

impl Kind for SetOption {
    const NAME: &'static str = "set_option";
    const HELP: &'static str = "set a socket option";
    const FIELDS: &'static [Field] = &[
        close::WHAT,
        Field::new(
            "linger",
            Takes::Duration,
            "SO_LINGER, whole seconds; 0s makes close an abort",
        )
        .one_of("option")
        .example("\"0s\""),
        Field::new("no_delay", Takes::Flag, "TCP_NODELAY").one_of("option"),
        Field::new("keepalive", Takes::Flag, "SO_KEEPALIVE").one_of("option"),
        Field::new(
            "keepalive_idle",
            Takes::Duration,
            "TCP_KEEPIDLE, whole seconds",
        )
        .one_of("option")
        .example("\"1s\""),
        Field::new(
            "keepalive_interval",
            Takes::Duration,
            "TCP_KEEPINTVL, whole seconds",
        )
        .one_of("option")
        .example("\"1s\""),
        Field::number("keepalive_probes", "probes", 1, 127, "TCP_KEEPCNT").one_of("option"),
        Field::new(
            "user_timeout",
            Takes::Duration,
            "TCP_USER_TIMEOUT, whole milliseconds",
        )
        .one_of("option"),
        Field::number(
            "receive_buffer",
            "bytes",
            0,
            U32,
            "SO_RCVBUF; Linux doubles it",
        )
        .one_of("option")
        .example("4096"),
        Field::number(
            "send_buffer",
            "bytes",
            0,
            U32,
            "SO_SNDBUF; Linux doubles it",
        )
        .one_of("option")
        .example("4096"),
    ];

    fn needs(&self) -> Needs {
        match self.what {
            close::What::Connection => Needs::Connection,
            close::What::Listener => Needs::Listener,
        }
    }

    fn check(&self) -> Result<(), String> {
        let given = self.values().len();
        if given != 1 {
            return Err(format!(
                "set_option has {given} options, expected one for each step"
            ));
        }
        let whole = [
            ("linger", self.linger, 0),
            ("keepalive_idle", self.keepalive_idle, 1),
            ("keepalive_interval", self.keepalive_interval, 1),
        ];
        for (name, span, least) in whole {
            let Some(span) = span else { continue };
            if !span.0.0.is_multiple_of(1_000_000_000) || span.0.0 < least * 1_000_000_000 {
                return Err(format!(
                    "{name} is {span}, expected whole seconds from {least}s: the kernel takes no parts"
                ));
            }
        }
        if let Some(probes) = self
            .keepalive_probes
            .filter(|probes| !(1..=127).contains(probes))
        {
            return Err(format!("keepalive_probes is {probes}, expected 1 to 127"));
        }
        Ok(())
    }
}
