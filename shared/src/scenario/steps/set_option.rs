//! `set_option`: sets a socket option that changes how a connection ends.

use serde::{Deserialize, Serialize};

use super::{Kind, Needs, close};
use crate::scenario::facility::Facility;
use crate::scenario::field::{Field, Takes};
use crate::scenario::time::Span;

/// The largest number that a buffer's field holds.
const U32: u64 = u32::MAX as u64;

/// `do.set_option = { linger = "0s" }`. Exactly one option is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// `TCP_LINGER2` in seconds: how long an orphan waits in FIN-WAIT-2; -1 for not at all, then `close` resets.
    pub linger2: Option<i16>,
    /// `TCP_DEFER_ACCEPT`, whole seconds; on the listener.
    pub defer_accept: Option<Span>,
    /// `TCP_FASTOPEN`, the queue's length; on the listener.
    pub fast_open: Option<u16>,
    /// `SO_OOBINLINE`: the urgent byte stays in the stream.
    pub out_of_band_inline: Option<bool>,
    /// `TCP_MD5SIG` with a key for 127.0.0.1 that nobody else has: unsigned segments are dropped. Source: RFC 2385.
    pub signed: Option<bool>,
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
    Linger2 { seconds: i16 },
    DeferAccept { seconds: u16 },
    FastOpen(u16),
    OutOfBandInline(bool),
    Signed(bool),
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
            Self::Linger2 { seconds } => ("TCP_LINGER2", seconds.to_string()),
            Self::DeferAccept { seconds } => ("TCP_DEFER_ACCEPT", seconds.to_string()),
            Self::FastOpen(queue) => ("TCP_FASTOPEN", queue.to_string()),
            Self::OutOfBandInline(on) => ("SO_OOBINLINE", u8::from(on).to_string()),
            Self::Signed(on) => ("TCP_MD5SIG", if on { "a key" } else { "no key" }.to_owned()),
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
                seconds: seconds(span),
            }),
            self.no_delay.map(OptionValue::NoDelay),
            self.keepalive.map(OptionValue::Keepalive),
            self.keepalive_idle.map(|s| OptionValue::KeepaliveIdle {
                seconds: seconds(s),
            }),
            self.keepalive_interval
                .map(|s| OptionValue::KeepaliveInterval {
                    seconds: seconds(s),
                }),
            self.keepalive_probes.map(OptionValue::KeepaliveProbes),
            self.user_timeout.map(|span| OptionValue::UserTimeout {
                millis: u32::try_from(span.0.0 / 1_000_000).unwrap_or(u32::MAX),
            }),
            self.linger2.map(|seconds| OptionValue::Linger2 { seconds }),
            self.defer_accept.map(|s| OptionValue::DeferAccept {
                seconds: seconds(s),
            }),
            self.fast_open.map(OptionValue::FastOpen),
            self.out_of_band_inline.map(OptionValue::OutOfBandInline),
            self.signed.map(OptionValue::Signed),
            self.receive_buffer.map(OptionValue::ReceiveBuffer),
            self.send_buffer.map(OptionValue::SendBuffer),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Whole seconds of a checked time.
fn seconds(span: Span) -> u16 {
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
        Field::new(
            "linger2",
            Takes::Number {
                unit: "seconds",
                least: -1,
                most: 60,
            },
            "TCP_LINGER2; -1 makes close reset",
        )
        .one_of("option")
        .example("-1"),
        Field::new(
            "defer_accept",
            Takes::Duration,
            "TCP_DEFER_ACCEPT, whole seconds; of the listener",
        )
        .one_of("option")
        .example("\"1s\""),
        Field::number(
            "fast_open",
            "connections",
            0,
            65_535,
            "TCP_FASTOPEN; of the listener",
        )
        .one_of("option"),
        Field::new("out_of_band_inline", Takes::Flag, "SO_OOBINLINE").one_of("option"),
        Field::new(
            "signed",
            Takes::Flag,
            "TCP_MD5SIG: takes signed segments only",
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
        self.what.needs()
    }

    fn facilities(&self) -> Vec<Facility> {
        let fast_open = self.fast_open.map(|_| Facility::FastOpen);
        let signed = self.signed.map(|_| Facility::Signatures);
        fast_open.into_iter().chain(signed).collect()
    }

    /// Source: unix(7): `SO_SNDBUF` has an effect, `SO_RCVBUF` none; nothing else here is heeded either.
    fn on_unix(&self) -> Result<(), String> {
        let other = self
            .values()
            .into_iter()
            .find(|value| !matches!(value, OptionValue::SendBuffer(_)));
        other.map_or(Ok(()), |other| {
            let (option, _) = other.in_c();
            Err(format!(
                "{option} does nothing to an AF_UNIX socket, expected `send_buffer`"
            ))
        })
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
            ("defer_accept", self.defer_accept, 1),
        ];
        for (name, span, least) in whole {
            let Some(span) = span else { continue };
            super::whole_seconds(name, span, least)?;
        }
        if self
            .linger2
            .is_some_and(|seconds| !(-1..=60).contains(&seconds))
        {
            let seconds = self.linger2.unwrap_or(0);
            return Err(format!(
                "linger2 is {seconds}, expected -1 or 0 to 60 seconds"
            ));
        }
        let of_listener = self.defer_accept.is_some() || self.fast_open.is_some();
        if of_listener && self.what != close::What::Listener {
            return Err("`defer_accept` and `fast_open` go with `what = \"listener\"`".to_owned());
        }
        if self
            .keepalive_probes
            .is_some_and(|probes| probes == 0 || probes > 127)
        {
            let probes = self.keepalive_probes.unwrap_or(0);
            return Err(format!("keepalive_probes is {probes}, expected 1 to 127"));
        }
        Ok(())
    }
}
