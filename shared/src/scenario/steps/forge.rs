//! `forge`: puts a segment on the wire that no endpoint's kernel made, in an endpoint's name.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::{Actor, Kind, Needs};
use crate::scenario::field::{Field, Takes};
use crate::tcp::flags::Flags;

/// The most payload that fits one segment of the usual size.
const PAYLOAD: u32 = 1_400;

/// `do.forge = { from = "client", flags = "R" }`: in the client's name, on its connection, with the exact number.
///
/// Without a connection the ports are given: `do.forge = { from_port = 40000, to_port = 8080, flags = "A" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Forge {
    /// The endpoint in whose name it is sent, to the other end of its connection.
    pub from: Option<String>,
    pub from_port: Option<u16>,
    pub to_port: Option<u16>,
    pub flags: Letters,
    /// Its sequence number; [`Position::Offset`] 0, what the receiver expects next, unless given.
    #[serde(default)]
    pub seq: Position,
    /// Its acknowledgement; everything that the receiver has sent, unless given.
    #[serde(default)]
    pub ack: Position,
    /// Payload: this many bytes of the letter `x`.
    #[serde(default)]
    pub count: u32,
    /// Time to live of the packet; 64 unless given.
    pub ttl: Option<u8>,
    #[serde(default)]
    pub timestamps: Timestamps,
    /// A checksum that is wrong, for which a receiver must drop it.
    #[serde(default)]
    pub wrong_checksum: bool,
    /// Asks to join the Multipath TCP connection with this token. Source: RFC 8684 §3.2.
    pub join_token: Option<u32>,
}

/// A number relative to the live connection: what its receiver expects next, moved by an offset.
///
/// Without a connection the offset is the number itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    Offset(i64),
}

/// A timestamps option relative to the live connection. Source: RFC 7323 §3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Timestamps {
    /// No option.
    #[default]
    None,
    /// Continues what both ends have sent.
    Live,
    /// Its own time lies before what the receiver has seen: PAWS drops it (RFC 7323 §5.3).
    Old,
    /// It echoes a time that the receiver has not reached yet.
    BadEcho,
}

/// Flags as letters: `SA`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Letters(pub Flags);

impl Position {
    /// A number inside any window that Linux opens at first, and not exact.
    const IN_WINDOW: i64 = 1_000;
    /// A number that was valid long ago.
    const OLD: i64 = -100_000;

    /// The number, from what the receiver expects.
    pub fn from_exact(self, exact: u32) -> u32 {
        let Self::Offset(offset) = self;
        // Wraps on purpose, as sequence numbers do.
        let bytes = offset.rem_euclid(1 << 32).to_le_bytes();
        let [a, b, c, d, ..] = bytes;
        exact.wrapping_add(u32::from_le_bytes([a, b, c, d]))
    }
}

impl Default for Position {
    fn default() -> Self {
        Self::Offset(0)
    }
}

/// By its number, which reads as the same offset.
impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self::Offset(offset) = self;
        serializer.serialize_i64(*offset)
    }
}

impl Serialize for Letters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PositionVisitor)
    }
}

struct PositionVisitor;

impl Visitor<'_> for PositionVisitor {
    type Value = Position;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`exact`, `in-window`, `old`, or a whole number of bytes after the exact one")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Position, E> {
        match text {
            "exact" => Ok(Position::Offset(0)),
            "in-window" => Ok(Position::Offset(Position::IN_WINDOW)),
            "old" => Ok(Position::Offset(Position::OLD)),
            _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }

    fn visit_i64<E: de::Error>(self, offset: i64) -> Result<Position, E> {
        if offset.unsigned_abs() > u64::from(u32::MAX) {
            return Err(E::invalid_value(de::Unexpected::Signed(offset), &self));
        }
        Ok(Position::Offset(offset))
    }

    fn visit_u64<E: de::Error>(self, offset: u64) -> Result<Position, E> {
        let signed = i64::try_from(offset).unwrap_or(i64::MAX);
        self.visit_i64(signed)
    }
}

impl<'de> Deserialize<'de> for Letters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Flags::from_letters(&text).map(Self).ok_or_else(|| {
            de::Error::invalid_value(
                de::Unexpected::Str(&text),
                &"letters of SFRPAUEW like `SA`, or `-`",
            )
        })
    }
}

impl Kind for Forge {
    const NAME: &'static str = "forge";
    const HELP: &'static str = "put a segment on the wire in an endpoint's name";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "from",
            Takes::Endpoint,
            "in whose name, to the other end of its connection",
        )
        .one_of("end"),
        Field::number(
            "from_port",
            "",
            1,
            65_535,
            "without a connection: from here",
        )
        .example("40000"),
        Field::number("to_port", "", 1, 65_535, "without a connection: to here").example("8080"),
        Field::new("flags", Takes::Text, "letters of SFRPAUEW, or `-`")
            .required()
            .example("\"S\""),
        Field::new(
            "seq",
            Takes::Position(&["exact", "in-window", "old"]),
            "what the receiver expects, moved by this many bytes",
        )
        .default("\"exact\""),
        Field::new(
            "ack",
            Takes::Position(&["exact", "in-window", "old"]),
            "all that the receiver has sent, moved by this many bytes",
        )
        .default("\"exact\""),
        Field::number("count", "bytes", 0, PAYLOAD as u64, "of payload").default("0"),
        Field::number("ttl", "", 1, 255, "time to live").default("64"),
        Field::new(
            "timestamps",
            Takes::Choice(&["none", "live", "old", "bad-echo"]),
            "a timestamps option",
        )
        .default("\"none\""),
        Field::new("wrong_checksum", Takes::Flag, "a receiver must drop it").default("false"),
        Field::number(
            "join_token",
            "",
            0,
            u32::MAX as u64,
            "joins the Multipath TCP connection of this token",
        ),
    ];
    const ACTOR: Actor = Actor::Outside;

    fn needs(&self) -> Needs {
        if self.from.is_some() {
            Needs::AnyConnection
        } else {
            Needs::Nothing
        }
    }

    fn names(&self) -> Option<&str> {
        self.from.as_deref()
    }

    fn follows_connection(&self) -> bool {
        self.from.is_some()
    }

    fn check(&self) -> Result<(), String> {
        match (&self.from, self.from_port, self.to_port) {
            (Some(_), None, None) | (None, Some(1..), Some(1..)) => {}
            _ => {
                return Err(
                    "forge needs `from`, an endpoint, or both `from_port` and `to_port` from 1 to 65535"
                        .to_owned(),
                );
            }
        }
        if self.from.is_none() && self.timestamps != Timestamps::None {
            return Err("timestamps need a connection to continue, expected `from`".to_owned());
        }
        if self.join_token.is_some() && self.flags.0 != Flags::SYN {
            return Err(format!(
                "join_token stands in a SYN, found flags `{}`, expected `S`",
                self.flags.0
            ));
        }
        if self.count > PAYLOAD {
            return Err(format!(
                "count is {}, expected at most {PAYLOAD}: one segment",
                self.count
            ));
        }
        if self.ttl == Some(0) {
            return Err("ttl is 0, expected 1 to 255".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_wraps_as_sequence_numbers_do() {
        assert_eq!(Position::Offset(-1).from_exact(0), u32::MAX);
        assert_eq!(Position::Offset(3).from_exact(u32::MAX), 2);
        assert_eq!(Position::default().from_exact(7), 7);
    }
}
