//! Segments as text, the same in tests, logs and the page: `0.010 server > client RA 1:1(0) ack 6 win 0`.
//!
//! Writes only; numbers are relative to each side's first sequence number.

use std::fmt;

use super::flags::Flags;
use crate::units::Nanos;

/// One segment in words that people compare: relative numbers, times in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notation<'a> {
    /// `None` leaves the time out, for comparing runs.
    pub at: Option<Nanos>,
    pub from: &'a str,
    pub to: &'a str,
    pub flags: Flags,
    /// Relative to the sender's first sequence number.
    pub seq: u32,
    /// Payload bytes.
    pub len: u32,
    /// Relative to the other side's first sequence number; `None` when ACK is not set.
    pub ack: Option<u32>,
    /// The window field, not scaled.
    pub window: u16,
}

impl fmt::Display for Notation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(at) = self.at {
            write!(f, "{} ", at.in_unit(Nanos::MILLISECOND, 3))?;
        }
        let end = self.seq.wrapping_add(self.len);
        write!(
            f,
            "{} > {} {} {}:{end}({})",
            self.from, self.to, self.flags, self.seq, self.len
        )?;
        if let Some(ack) = self.ack {
            write!(f, " ack {ack}")?;
        }
        write!(f, " win {}", self.window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_the_style_guide() {
        let reset = Notation {
            at: Some(Nanos::from_micros(10)),
            from: "server",
            to: "client",
            flags: Flags::RST.with(Flags::ACK),
            seq: 1,
            len: 0,
            ack: Some(6),
            window: 0,
        };
        assert_eq!(
            reset.to_string(),
            "0.010 server > client RA 1:1(0) ack 6 win 0"
        );
    }
}
