//! The flag bits of a TCP header as they were seen, legal together or not.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The eight flag bits of byte 13 of the header. Source: RFC 9293 §3.1; ECE and CWR: RFC 3168.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Flags(pub u8);

impl Flags {
    pub const FIN: Self = Self(0x01);
    pub const SYN: Self = Self(0x02);
    pub const RST: Self = Self(0x04);
    pub const PSH: Self = Self(0x08);
    pub const ACK: Self = Self(0x10);
    pub const URG: Self = Self(0x20);
    pub const ECE: Self = Self(0x40);
    pub const CWR: Self = Self(0x80);

    /// In the order in which they are written: S F R P A U E W.
    const LETTERS: [(Self, char, &'static str); 8] = [
        (Self::SYN, 'S', "SYN"),
        (Self::FIN, 'F', "FIN"),
        (Self::RST, 'R', "RST"),
        (Self::PSH, 'P', "PSH"),
        (Self::ACK, 'A', "ACK"),
        (Self::URG, 'U', "URG"),
        (Self::ECE, 'E', "ECE"),
        (Self::CWR, 'W', "CWR"),
    ];

    /// Whether every bit of `other` is set here.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The two sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn syn(self) -> bool {
        self.has(Self::SYN)
    }
    pub const fn fin(self) -> bool {
        self.has(Self::FIN)
    }
    pub const fn rst(self) -> bool {
        self.has(Self::RST)
    }
    pub const fn ack(self) -> bool {
        self.has(Self::ACK)
    }

    /// Names joined by commas, `SYN,ACK`; `-` for none.
    pub fn names(self) -> String {
        let names: Vec<_> = Self::LETTERS
            .iter()
            .filter(|(flag, ..)| self.has(*flag))
            .map(|(.., name)| *name)
            .collect();
        if names.is_empty() {
            "-".to_owned()
        } else {
            names.join(",")
        }
    }

    /// Reads the letters that [`fmt::Display`] writes; `None` for any other letter.
    pub fn from_letters(text: &str) -> Option<Self> {
        if text == "-" {
            return Some(Self(0));
        }
        text.chars().try_fold(Self(0), |flags, letter| {
            let (flag, ..) = Self::LETTERS
                .iter()
                .find(|(_, known, _)| *known == letter)?;
            Some(flags.with(*flag))
        })
    }
}

/// Letters in the order S F R P A U E W, `-` for none: `SA`, `RA`, `PA`.
impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("-");
        }
        let letters = Self::LETTERS.iter().filter(|(flag, ..)| self.has(*flag));
        let text: String = letters.map(|(_, letter, _)| *letter).collect();
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_survives_a_round_trip() {
        for bits in 0..=u8::MAX {
            let flags = Flags(bits);
            assert_eq!(Flags::from_letters(&flags.to_string()), Some(flags));
        }
    }

    #[test]
    fn illegal_combinations_are_kept() {
        let both = Flags::SYN.with(Flags::RST);
        assert_eq!(both.to_string(), "SR");
        assert_eq!(both.names(), "SYN,RST");
    }
}
