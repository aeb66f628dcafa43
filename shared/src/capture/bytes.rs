//! Numbers out of byte slices, in either byte order, never beyond their end.

/// The byte order of a file or a section of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

impl Order {
    /// The 16-bit number at that place; `None` beyond the end.
    pub(super) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let two = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(two),
            Self::Big => u16::from_be_bytes(two),
        })
    }

    /// The 32-bit number at that place; `None` beyond the end.
    pub(super) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let four = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(four),
            Self::Big => u32::from_be_bytes(four),
        })
    }

    /// The 64-bit number at that place; `None` beyond the end.
    pub(super) fn u64(self, bytes: &[u8], at: usize) -> Option<u64> {
        let eight = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u64::from_le_bytes(eight),
            Self::Big => u64::from_be_bytes(eight),
        })
    }
}

/// A 32-bit length as an index; what does not fit a small machine's memory is beyond every slice.
pub(super) fn index(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_and_the_end() {
        let bytes = [1, 2, 3, 4];
        assert_eq!(Order::Little.u16(&bytes, 0), Some(0x0201));
        assert_eq!(Order::Big.u32(&bytes, 0), Some(0x0102_0304));
        assert_eq!(Order::Big.u16(&bytes, 3), None);
        assert_eq!(Order::Big.u64(&bytes, 0), None);
        assert_eq!(Order::Little.u32(&bytes, usize::MAX), None);
    }
}
