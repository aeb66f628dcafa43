//! Text as letters that fit a URL or an attribute: base64url (RFC 4648 §5, no padding) of a checksum and a raw
//! deflate stream (RFC 1951). The checksum is of the stream: CRC-32 as in zip and PNG (RFC 1952 §8), four bytes,
//! lowest first. It finds every change of up to 32 neighbouring bits.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::crc32::Crc32;

/// How hard the stream is packed: miniz's best.
const LEVEL: u8 = 10;
/// Bytes of the checksum before the stream.
const CHECKSUM: usize = 4;

/// Why letters give no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackedError {
    /// Letters that are missing, changed or added.
    #[error("letters are missing, changed or added")]
    Damaged,
    #[error("it unpacks to more than {limit} bytes")]
    TooLarge { limit: usize },
}

/// The letters of a text.
pub fn pack(text: &str) -> String {
    let stream = compress_to_vec(text.as_bytes(), LEVEL);
    let mut bytes = Crc32::of(&stream).to_le_bytes().to_vec();
    bytes.extend(stream);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The text of letters, at most `limit` bytes: no more is ever held.
///
/// # Errors
/// [`PackedError`]; never another text.
pub fn unpack(letters: &str, limit: usize) -> Result<String, PackedError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(letters)
        .map_err(|_| PackedError::Damaged)?;
    let (sum, stream) = bytes
        .split_at_checked(CHECKSUM)
        .ok_or(PackedError::Damaged)?;
    if sum != Crc32::of(stream).to_le_bytes() {
        return Err(PackedError::Damaged);
    }
    inflate(stream, limit)
}

/// The text of a deflate stream that ends with its last byte.
fn inflate(stream: &[u8], limit: usize) -> Result<String, PackedError> {
    let mut state = Box::<DecompressorOxide>::default();
    let mut bytes = vec![0; (stream.len() * 4).max(1024).min(limit)];
    let (mut read, mut written) = (0, 0);
    loop {
        let rest = stream.get(read..).unwrap_or_default();
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, more_read, more) = decompress(&mut state, rest, &mut bytes, written, flags);
        read += more_read;
        written += more;
        if status == TINFLStatus::HasMoreOutput && bytes.len() < limit {
            bytes.resize((bytes.len() * 2).min(limit), 0);
        } else if status == TINFLStatus::HasMoreOutput {
            return Err(PackedError::TooLarge { limit });
        } else if status == TINFLStatus::Done && read == stream.len() {
            bytes.truncate(written);
            return String::from_utf8(bytes).map_err(|_| PackedError::Damaged);
        } else {
            return Err(PackedError::Damaged);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_whole_within_its_limit() {
        for text in ["", "a", "é漢😀", &"x".repeat(5_000)] {
            let letters = pack(text);
            assert_eq!(unpack(&letters, text.len()).as_deref(), Ok(text));
            if let Some(limit) = text.len().checked_sub(1) {
                assert_eq!(
                    unpack(&letters, limit),
                    Err(PackedError::TooLarge { limit })
                );
            }
        }
    }
}
