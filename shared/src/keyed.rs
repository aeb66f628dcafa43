//! Hashing of addresses, many millions of them, that come from a file nobody vouches for.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A fast hash that a capture's author cannot foresee: multiplications, keyed anew for each map.
#[derive(Clone, Copy)]
pub(crate) struct Keyed(u64);

impl Default for Keyed {
    fn default() -> Self {
        Self::new()
    }
}

impl Keyed {
    pub(crate) fn new() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }
}

impl BuildHasher for Keyed {
    type Hasher = Mixed;
    fn build_hasher(&self) -> Mixed {
        Mixed(self.0)
    }
}

pub(crate) struct Mixed(u64);

impl Mixed {
    /// Source: the folded multiplication of wyhash.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "both halves of the product are used"
    )]
    fn mix(&mut self, word: u64) {
        let wide = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15_u128;
        self.0 = wide as u64 ^ (wide >> 64) as u64;
    }
}

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(8) {
            let word = piece
                .iter()
                .fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.mix(word);
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.mix(number.into());
    }

    #[expect(clippy::cast_possible_truncation, reason = "both halves are used")]
    fn write_u128(&mut self, number: u128) {
        self.mix(number as u64);
        if number >> 32 != 0xffff {
            self.mix((number >> 64) as u64);
        }
    }
}
