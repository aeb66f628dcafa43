//! The checksum of gzip, zip and PNG, over bytes that come in pieces. Source: RFC 1952 §8.

/// The sums of the sixteen half bytes, so that a byte takes two steps.
const HALVES: [u32; 16] = {
    let mut table = [0; 16];
    let mut half = 0_u32;
    let mut rest: &mut [u32] = &mut table;
    while let [first, others @ ..] = rest {
        let mut sum = half;
        let mut bit = 0;
        while bit < 4 {
            sum = (sum >> 1) ^ (0xedb8_8320 * (sum & 1));
            bit += 1;
        }
        *first = sum;
        half += 1;
        rest = others;
    }
    table
};

/// A sum that is being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crc32(u32);

impl Crc32 {
    /// Of no bytes.
    pub(crate) const fn new() -> Self {
        Self(u32::MAX)
    }

    /// With more bytes.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 ^= u32::from(*byte);
            for _ in 0..2 {
                let half = HALVES.get((self.0 & 15) as usize).copied();
                self.0 = (self.0 >> 4) ^ half.unwrap_or_default();
            }
        }
    }

    /// The sum so far.
    pub(crate) const fn sum(self) -> u32 {
        !self.0
    }

    /// Of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> u32 {
        let mut sum = Self::new();
        sum.add(bytes);
        sum.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_published_check_value_however_it_is_cut() {
        let bytes = b"123456789";
        for cut in 0..=bytes.len() {
            let mut sum = Crc32::new();
            sum.add(&bytes[..cut]);
            sum.add(&bytes[cut..]);
            assert_eq!(sum.sum(), 0xcbf4_3926);
        }
        assert_eq!(Crc32::of(b""), 0);
    }
}
