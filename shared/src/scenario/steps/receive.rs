//! `receive`: reads from a connection, once or until enough has come.

use serde::{Deserialize, Serialize};

use super::{Kind, Needs};
use crate::scenario::field::{Field, Takes};
use crate::scenario::limits;
use crate::scenario::time::Span;

/// `do.receive = { at_most = 1024 }`: one `recv`. The other forms are one step and many calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own, as in the system call"
)]
pub struct Receive {
    /// One call with a buffer of this many bytes; 1024 when no form is given.
    pub at_most: Option<u64>,
    /// Calls until this many bytes have come, or the end.
    pub exactly: Option<u64>,
    /// Calls of 1024 bytes until the received bytes end with this text, or the end.
    pub until: Option<String>,
    /// Calls of 1024 bytes until the other end has finished sending.
    #[serde(default)]
    pub until_end: bool,
    /// `MSG_PEEK`: look without taking.
    #[serde(default)]
    pub peek: bool,
    /// `MSG_TRUNC`: take the bytes without looking at them; not into a buffer.
    #[serde(default)]
    pub truncate: bool,
    /// `MSG_OOB`: take the urgent byte.
    #[serde(default)]
    pub out_of_band: bool,
    /// A thread of its own waits inside the call, as in a program that blocks: it holds the socket meanwhile, whoever
    /// closes the descriptor.
    #[serde(default)]
    pub blocks: bool,
    /// Give up after this time, counted from the step's beginning; `None` waits for ever.
    pub timeout: Option<Span>,
}

/// The article's buffer.
pub const DEFAULT_BUFFER: u64 = 1024;

impl Kind for Receive {
    const NAME: &'static str = "receive";
    const HELP: &'static str = "read from the connection, once or until enough has come";
    const FIELDS: &'static [Field] = &[
        Field::number(
            "at_most",
            "bytes",
            1,
            limits::BYTES,
            "one call with a buffer of this size",
        )
        .one_of("form")
        .default("1024")
        .example("1024"),
        Field::number(
            "exactly",
            "bytes",
            1,
            limits::BYTES,
            "calls until this many have come, or the end",
        )
        .one_of("form")
        .example("16"),
        Field::new(
            "until",
            Takes::Text,
            "calls until the bytes end with this text, or the end",
        )
        .one_of("form")
        .example("\"\\n\""),
        Field::new(
            "until_end",
            Takes::Flag,
            "calls until the other end has finished sending",
        )
        .one_of("form"),
        Field::new("peek", Takes::Flag, "look without taking (MSG_PEEK)").default("false"),
        Field::new("out_of_band", Takes::Flag, "take the urgent byte (MSG_OOB)").default("false"),
        Field::new(
            "truncate",
            Takes::Flag,
            "drop the bytes instead of copying them (MSG_TRUNC)",
        )
        .default("false"),
        Field::new(
            "blocks",
            Takes::Flag,
            "wait inside the call, which holds the socket meanwhile",
        )
        .default("false"),
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
        Needs::Connection
    }

    fn on_unix(&self) -> Result<(), String> {
        let only_tcp = [
            ("out_of_band", self.out_of_band),
            ("truncate", self.truncate),
        ];
        let found = only_tcp.iter().find(|(_, is_set)| *is_set);
        found.map_or(Ok(()), |(field, _)| {
            Err(format!(
                "`{field}` is TCP’s: found it on an AF_UNIX connection, expected none"
            ))
        })
    }

    fn check(&self) -> Result<(), String> {
        let given = usize::from(self.at_most.is_some())
            + usize::from(self.exactly.is_some())
            + usize::from(self.until.is_some())
            + usize::from(self.until_end);
        if given > 1 {
            return Err(format!(
                "receive has {given} forms, expected one of `at_most`, `exactly`, `until`, `until_end`"
            ));
        }
        for (name, bytes) in [("at_most", self.at_most), ("exactly", self.exactly)] {
            if bytes.is_some_and(|bytes| bytes == 0 || bytes > limits::BYTES) {
                let bytes = bytes.unwrap_or(0);
                return Err(format!(
                    "{name} is {bytes}, expected 1 to {}",
                    limits::BYTES
                ));
            }
        }
        let many = self.exactly.is_some() || self.until.is_some() || self.until_end;
        if many && (self.peek || self.out_of_band) {
            return Err("`peek` and `out_of_band` go with `at_most` only".to_owned());
        }
        if self.truncate && (self.peek || self.out_of_band || self.until.is_some()) {
            return Err("`truncate` does not go with `peek`, `out_of_band` or `until`".to_owned());
        }
        let odd = self.peek || self.out_of_band || self.truncate;
        if self.blocks && (many || odd || self.timeout.is_some()) {
            return Err("`blocks` goes with `at_most` only".to_owned());
        }
        Ok(())
    }
}
