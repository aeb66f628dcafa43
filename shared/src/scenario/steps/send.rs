//! `send`: writes bytes to a connection, all of them.

use serde::{Deserialize, Serialize};

use super::{Kind, Needs};
use crate::scenario::field::{Field, Takes};
use crate::scenario::limits;

/// `do.send = { text = "hello" }`, `{ hex = "00 ff" }` or `{ count = 2000 }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// These characters as UTF-8.
    pub text: Option<String>,
    /// These bytes, two hexadecimal digits each; spaces are ignored.
    pub hex: Option<String>,
    /// This many bytes of the letter `x`.
    pub count: Option<u64>,
    /// Bytes for each call; everything in one call when absent.
    pub pieces: Option<u64>,
    /// `MSG_OOB`: the last byte is urgent.
    #[serde(default)]
    pub out_of_band: bool,
}

impl Kind for Send {
    const NAME: &'static str = "send";
    const HELP: &'static str = "write bytes to the connection";
    const FIELDS: &'static [Field] = &[
        Field::new("text", Takes::Text, "these characters as UTF-8")
            .one_of("content")
            .example("\"hello\""),
        Field::new("hex", Takes::Text, "these bytes, two digits each")
            .one_of("content")
            .example("\"00 ff\""),
        Field::number(
            "count",
            "bytes",
            1,
            limits::BYTES,
            "this many of the letter x",
        )
        .one_of("content")
        .example("2000"),
        Field::number(
            "pieces",
            "bytes",
            1,
            limits::BYTES,
            "for each call; all in one call without",
        )
        .example("512"),
        Field::new(
            "out_of_band",
            Takes::Flag,
            "the last byte is urgent (MSG_OOB)",
        )
        .default("false"),
    ];

    fn needs(&self) -> Needs {
        Needs::Connection
    }

    fn on_unix(&self) -> Result<(), String> {
        if self.out_of_band {
            return Err(
                "`out_of_band` is TCP’s: found it on an AF_UNIX connection, expected none"
                    .to_owned(),
            );
        }
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        let given = usize::from(self.text.is_some())
            + usize::from(self.hex.is_some())
            + usize::from(self.count.is_some());
        if given != 1 {
            return Err(format!(
                "send has {given} contents, expected one of `text`, `hex`, `count`"
            ));
        }
        if let Some(hex) = &self.hex
            && let Some(odd) = hex
                .chars()
                .find(|c| !c.is_ascii_hexdigit() && !c.is_whitespace())
        {
            return Err(format!(
                "hex holds `{odd}`, expected the digits 0-9 and a-f"
            ));
        }
        let digits = self
            .hex
            .iter()
            .flat_map(|hex| hex.chars())
            .filter(char::is_ascii_hexdigit);
        if !digits.count().is_multiple_of(2) {
            return Err("hex has an odd number of digits, expected two for each byte".to_owned());
        }
        let bytes = self.len();
        if bytes == 0 || bytes > limits::BYTES {
            return Err(format!(
                "send has {bytes} bytes, expected 1 to {}",
                limits::BYTES
            ));
        }
        if let Some(pieces) = self
            .pieces
            .filter(|pieces| !(1..=limits::BYTES).contains(pieces))
        {
            return Err(format!(
                "pieces is {pieces}, expected 1 to {} bytes for each call",
                limits::BYTES
            ));
        }
        Ok(())
    }
}

impl Send {
    /// How many bytes it sends.
    pub fn len(&self) -> u64 {
        match (&self.text, &self.hex, self.count) {
            (Some(text), ..) => text.len() as u64,
            (_, Some(hex), _) => hex.chars().filter(char::is_ascii_hexdigit).count() as u64 / 2,
            (.., count) => count.unwrap_or(0),
        }
    }

    /// Whether it sends nothing; a checked step never does.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes themselves.
    pub fn bytes(&self) -> Vec<u8> {
        if let Some(text) = &self.text {
            return text.clone().into_bytes();
        }
        if let Some(hex) = &self.hex {
            let digits: Vec<u8> = hex
                .chars()
                .filter_map(|c| c.to_digit(16))
                .filter_map(|d| u8::try_from(d).ok())
                .collect();
            return digits
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |sum, digit| sum * 16 + digit))
                .collect();
        }
        vec![b'x'; usize::try_from(self.len()).unwrap_or(0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_becomes_bytes() {
        let send = Send {
            hex: Some("00 ff\n7F".into()),
            ..Default::default()
        };
        assert_eq!(send.bytes(), [0, 255, 127]);
        assert_eq!(send.len(), 3);
    }
}
