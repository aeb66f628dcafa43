//! Sequence numbers: 32 bits that wrap. Must not panic, whatever the numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A TCP sequence or acknowledgement number. Source: RFC 9293 §3.4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct SeqNum(pub u32);

impl SeqNum {
    /// This number moved forward by `count` bytes, wrapping.
    #[must_use]
    pub const fn plus(self, count: u32) -> Self {
        Self(self.0.wrapping_add(count))
    }

    /// How far `other` lies ahead of `self`: positive when ahead, negative when behind.
    ///
    /// Numbers half the space apart count as behind, as in RFC 9293 §3.4's modular comparison.
    #[expect(clippy::cast_possible_wrap, reason = "the wrap is the meaning")]
    pub const fn distance_to(self, other: Self) -> i32 {
        other.0.wrapping_sub(self.0) as i32
    }

    /// This number relative to `isn`, as shown to people: the SYN is 0, the first byte 1.
    pub const fn relative_to(self, isn: Self) -> u32 {
        self.0.wrapping_sub(isn.0)
    }
}

impl fmt::Display for SeqNum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_wraps_and_never_panics() {
        assert_eq!(SeqNum(u32::MAX).distance_to(SeqNum(2)), 3);
        assert_eq!(SeqNum(2).distance_to(SeqNum(u32::MAX)), -3);
        assert_eq!(SeqNum(0).distance_to(SeqNum(1 << 31)), i32::MIN);
        assert_eq!(SeqNum(u32::MAX).plus(1), SeqNum(0));
    }
}
