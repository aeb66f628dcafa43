//! A segment as it passed the loopback interface: its bytes, untouched.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::tcp::segment::{NotASegment, Segment, read_segment};

/// One captured IP datagram that carries TCP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SegmentSeen {
    /// The bytes from the IP header on; may be fewer than `len` when the capture kept less.
    pub raw: Bytes,
    /// The datagram's length on the wire in bytes.
    pub len: u32,
}

impl SegmentSeen {
    /// The header and what is odd about it.
    ///
    /// # Errors
    /// [`NotASegment`] when the bytes are not TCP; the bytes are kept all the same.
    pub fn read(&self) -> Result<Segment, NotASegment> {
        read_segment(&self.raw.0, self.len)
    }
}

/// Bytes that travel as base64 (RFC 4648 §4, without padding) inside JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD_NO_PAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let bytes = STANDARD_NO_PAD.decode(text.as_bytes());
        bytes.map(Self).map_err(serde::de::Error::custom)
    }
}
