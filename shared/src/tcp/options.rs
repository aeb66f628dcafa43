//! The options of a TCP header, read as far as their lengths allow. What cannot be read is named, never guessed.

use super::seq_num::SeqNum;

/// The options that a diagnosis or a reader needs. Absent ones are `None` or `false`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one option that is there or is not"
)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpOptions {
    /// Maximum segment size in bytes. Source: RFC 9293 §3.2.
    pub mss: Option<u16>,
    /// Shift of the window field, 0 to 14 when legal. Source: RFC 7323 §2.
    pub window_scale: Option<u8>,
    /// SACK permitted. Source: RFC 2018 §2.
    pub sack_permitted: bool,
    /// First SACK block, left and right edge. Source: RFC 2018 §3.
    pub sack: Option<(SeqNum, SeqNum)>,
    /// `TSval` and `TSecr`. Source: RFC 7323 §3.
    pub timestamps: Option<(u32, u32)>,
    /// An MPTCP option's subtype; the last one seen. Source: RFC 8684 §3.
    pub mptcp: Option<u8>,
    /// `MP_FASTCLOSE` was present. Source: RFC 8684 §3.5.
    pub mp_fastclose: bool,
    /// `MP_TCPRST`'s reason. Source: RFC 8684 §3.6.
    pub mp_tcprst: Option<u8>,
    /// TCP Fast Open cookie option. Source: RFC 7413 §4.1.1.
    pub fast_open: bool,
    /// An MD5 or TCP-AO signature. Sources: RFC 2385, RFC 5925.
    pub signed: bool,
}

/// Why reading the options stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionProblem {
    /// The option's length field is below two or beyond the header.
    #[error("option {kind} at byte {at} has length {length}, {left} bytes are left")]
    Length {
        kind: u8,
        at: usize,
        length: usize,
        left: usize,
    },
    /// The option's kind stands where its length should follow and the header ends.
    #[error("option {kind} at byte {at} has no length byte")]
    NoLength { kind: u8, at: usize },
}

/// Reads the option bytes after the 20 fixed bytes of a header.
///
/// Stops at end-of-list or at the first option whose length cannot be true, and then says so.
pub fn read_options(bytes: &[u8]) -> (TcpOptions, Option<OptionProblem>) {
    let mut options = TcpOptions::default();
    let mut at = 0;
    while let Some(&kind) = bytes.get(at) {
        match kind {
            0 => break,
            1 => {
                at += 1;
                continue;
            }
            _ => {}
        }
        let Some(&length) = bytes.get(at + 1) else {
            return (options, Some(OptionProblem::NoLength { kind, at }));
        };
        let length = usize::from(length);
        let left = bytes.len() - at;
        let Some(body) = (length >= 2)
            .then(|| bytes.get(at + 2..at + length))
            .flatten()
        else {
            return (
                options,
                Some(OptionProblem::Length {
                    kind,
                    at,
                    length,
                    left,
                }),
            );
        };
        options.note(kind, body);
        at += length;
    }
    (options, None)
}

impl TcpOptions {
    /// Notes one option; a body of unexpected size leaves the option absent.
    fn note(&mut self, kind: u8, body: &[u8]) {
        match (kind, body) {
            (2, &[high, low]) => self.mss = Some(u16::from_be_bytes([high, low])),
            (3, &[shift]) => self.window_scale = Some(shift),
            (4, []) => self.sack_permitted = true,
            (5, _) => self.sack = words(body),
            (8, _) if body.len() == 8 => {
                self.timestamps = words(body).map(|(value, echo)| (value.0, echo.0));
            }
            (19 | 29, _) => self.signed = true,
            (30, &[first, ref rest @ ..]) => {
                let subtype = first >> 4;
                self.mptcp = Some(subtype);
                self.mp_fastclose |= subtype == 7;
                if subtype == 8 {
                    self.mp_tcprst = rest.first().copied();
                }
            }
            (34, _) => self.fast_open = true,
            _ => {}
        }
    }
}

/// The first two words of an option's body.
fn words(body: &[u8]) -> Option<(SeqNum, SeqNum)> {
    let (first, rest) = body.split_first_chunk()?;
    let second = rest.first_chunk()?;
    Some((
        SeqNum(u32::from_be_bytes(*first)),
        SeqNum(u32::from_be_bytes(*second)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_options_of_a_linux_syn() {
        let bytes = [
            2, 4, 0xff, 0xd7, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 1, 3, 3, 10,
        ];
        let (options, problem) = read_options(&bytes);
        assert_eq!(problem, None);
        assert_eq!(options.mss, Some(65495));
        assert_eq!(options.window_scale, Some(10));
        assert!(options.sack_permitted);
        assert_eq!(options.timestamps, Some((7, 0)));
    }

    #[test]
    fn a_length_that_cannot_be_true_is_named() {
        let (_, problem) = read_options(&[1, 8, 40]);
        assert_eq!(
            problem,
            Some(OptionProblem::Length {
                kind: 8,
                at: 1,
                length: 40,
                left: 2
            })
        );
        let (_, problem) = read_options(&[8, 1]);
        assert_eq!(
            problem,
            Some(OptionProblem::Length {
                kind: 8,
                at: 0,
                length: 1,
                left: 2
            })
        );
        let (_, problem) = read_options(&[8]);
        assert_eq!(problem, Some(OptionProblem::NoLength { kind: 8, at: 0 }));
    }

    #[test]
    fn any_bytes_can_be_read() {
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                let _ = read_options(&[first, second, 0, 0xff, 30]);
            }
        }
    }
}
