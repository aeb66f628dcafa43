//! `check`: compares what this endpoint has received so far on the connection. Makes no system call.

use serde::{Deserialize, Serialize};

use super::{Kind, Needs};
use crate::scenario::field::{Field, Takes};

/// `do.check = { starts_with = "correct_prefix" }`. Exactly one comparison is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckReceived {
    /// The received bytes begin with this text.
    pub starts_with: Option<String>,
    /// The received bytes are this text.
    pub equals: Option<String>,
    /// The received bytes are a length in this many big-endian bytes (1, 2 or 4) and then that many bytes.
    pub length_prefix: Option<u8>,
    /// What to do when the comparison fails; nothing unless given.
    pub on_mismatch: Option<Reaction>,
    /// What to do when the comparison holds; nothing unless given.
    pub on_match: Option<Reaction>,
}

/// What a program does with its verdict on the received bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// Close the connection.
    Close,
}

impl Kind for CheckReceived {
    const NAME: &'static str = "check";
    const HELP: &'static str = "compare what was received so far, and close on match or mismatch";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "starts_with",
            Takes::Text,
            "the received bytes begin with this text",
        )
        .one_of("comparison")
        .example("\"hello\""),
        Field::new("equals", Takes::Text, "the received bytes are this text")
            .one_of("comparison")
            .example("\"hello\""),
        Field::new(
            "length_prefix",
            Takes::Number {
                unit: "bytes",
                least: 1,
                most: 4,
            },
            "they are a length in 1, 2 or 4 big-endian bytes, then that many bytes",
        )
        .one_of("comparison")
        .example("2"),
        Field::new(
            "on_mismatch",
            Takes::Choice(&["close"]),
            "what to do when it fails",
        ),
        Field::new(
            "on_match",
            Takes::Choice(&["close"]),
            "what to do when it holds",
        ),
    ];

    fn needs(&self) -> Needs {
        Needs::Connection
    }

    fn check(&self) -> Result<(), String> {
        let given = usize::from(self.starts_with.is_some())
            + usize::from(self.equals.is_some())
            + usize::from(self.length_prefix.is_some());
        if given != 1 {
            return Err(format!(
                "check has {given} comparisons, expected one of `starts_with`, `equals`, `length_prefix`"
            ));
        }
        match self.length_prefix {
            None | Some(1 | 2 | 4) => Ok(()),
            Some(size) => Err(format!("length_prefix is {size}, expected 1, 2 or 4 bytes")),
        }
    }
}

impl CheckReceived {
    /// Whether these received bytes are as the check says.
    pub fn matches(&self, received: &[u8]) -> bool {
        if let Some(prefix) = &self.starts_with {
            return received.starts_with(prefix.as_bytes());
        }
        if let Some(whole) = &self.equals {
            return received == whole.as_bytes();
        }
        let size = usize::from(self.length_prefix.unwrap_or(0));
        received
            .split_at_checked(size)
            .is_some_and(|(prefix, body)| {
                let length = prefix
                    .iter()
                    .fold(0_usize, |sum, byte| sum * 256 + usize::from(*byte));
                body.len() == length
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_prefix_whole_and_length() {
        let prefix = CheckReceived {
            starts_with: Some("ab".into()),
            ..Default::default()
        };
        assert!(prefix.matches(b"abc") && !prefix.matches(b"a"));
        let whole = CheckReceived {
            equals: Some("ab".into()),
            ..Default::default()
        };
        assert!(whole.matches(b"ab") && !whole.matches(b"abc"));
        let length = CheckReceived {
            length_prefix: Some(2),
            ..Default::default()
        };
        assert!(
            length.matches(b"\0\x03abc") && !length.matches(b"\0\x03ab") && !length.matches(b"\0")
        );
    }
}
