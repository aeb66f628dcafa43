//! The bytes of a file, unpacked where gzip packed it (RFC 1952): pieces in, pieces out, whatever their ends.
//!
//! Several packed parts in a row are one file. Holds a window of 32 KiB and no more.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_HAS_MORE_INPUT;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::crc32::Crc32;

/// The two bytes that every packed part begins with. Source: RFC 1952 §2.3.1.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// How far back deflate looks. Source: RFC 1951 §2.
const WINDOW: usize = 32 * 1024;
/// Bytes that a header may have, name and comment included.
const LARGEST_HEADER: usize = 128 * 1024;
/// The sum and the length after a part.
const TRAILER: usize = 8;

/// What is wrong with the packing. What was unpacked before it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadGzip {
    #[error("gzip with compression method {0}, expected deflate (8)")]
    Method(u8),
    #[error("gzip with a header of more than {LARGEST_HEADER} bytes")]
    Header,
    #[error("the packed bytes are damaged")]
    Damaged,
    #[error(
        "the packed bytes are damaged: their checksum is {found:#010x}, expected {expected:#010x}"
    )]
    Sum { found: u32, expected: u32 },
    #[error("the packed bytes end before their time: the file was cut")]
    Cut,
    #[error("after the end of the packed bytes come others that gzip did not write")]
    Follows,
}

/// Takes the bytes of a file, gives those that were packed.
#[derive(Debug, Default)]
pub struct Unpacked {
    state: State,
}

#[derive(Debug, Default)]
enum State {
    /// Too little came to know.
    #[default]
    Empty,
    Begun(u8),
    /// Not packed: passed on.
    Plain,
    Header(Vec<u8>),
    Body(Box<Body>),
    Trailer(Crc32, Vec<u8>),
    /// Between two parts, or at the end.
    After,
    /// Nothing after this can be read, and that was told.
    Broken,
}

struct Body {
    inflater: DecompressorOxide,
    window: Vec<u8>,
    at: usize,
    sum: Crc32,
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

impl Unpacked {
    /// Takes the next bytes and hands on what they hold.
    ///
    /// # Errors
    /// The packing is damaged; told once, and what follows is passed over.
    pub fn feed(&mut self, mut bytes: &[u8], sink: &mut dyn FnMut(&[u8])) -> Result<(), BadGzip> {
        while !bytes.is_empty() {
            match self.step(bytes, sink) {
                Ok(rest) => bytes = rest,
                Err(wrong) => {
                    self.state = State::Broken;
                    return Err(wrong);
                }
            }
        }
        Ok(())
    }

    /// Ends the file: what was held back comes now.
    ///
    /// # Errors
    /// It ends before its time.
    pub fn finish(&mut self, sink: &mut dyn FnMut(&[u8])) -> Result<(), BadGzip> {
        match std::mem::replace(&mut self.state, State::Broken) {
            State::Begun(first) => {
                sink(&[first]);
                Ok(())
            }
            State::Empty | State::Plain | State::After | State::Broken => Ok(()),
            State::Header(_) | State::Body(_) | State::Trailer(..) => Err(BadGzip::Cut),
        }
    }

    /// Takes some of the bytes, one at least, and gives the rest.
    fn step<'a>(
        &mut self,
        bytes: &'a [u8],
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<&'a [u8], BadGzip> {
        let (first, others) = bytes.split_first().map_or((0, bytes), |(f, o)| (*f, o));
        match &mut self.state {
            State::Empty if first == GZIP[0] => self.state = State::Begun(first),
            State::Empty => {
                self.state = State::Plain;
                return Ok(bytes);
            }
            State::Begun(before) if first == GZIP[1] => {
                self.state = State::Header(vec![*before, first]);
            }
            State::Begun(before) => {
                sink(&[*before]);
                self.state = State::Plain;
                return Ok(bytes);
            }
            State::Plain => {
                sink(bytes);
                return Ok(&[]);
            }
            State::Header(header) => {
                // As much as may belong to it at once: it is looked through anew for each piece.
                let room = (LARGEST_HEADER + 1).saturating_sub(header.len());
                let more = bytes.get(..room).unwrap_or(bytes);
                header.extend_from_slice(more);
                let beyond = bytes.get(more.len()..).unwrap_or_default();
                let Some(left) = after_header(header)? else {
                    if header.len() > LARGEST_HEADER {
                        return Err(BadGzip::Header);
                    }
                    return Ok(beyond);
                };
                let taken = more.len().saturating_sub(left);
                self.state = State::Body(Box::new(Body::new()));
                return Ok(bytes.get(taken..).unwrap_or_default());
            }
            State::Body(body) => {
                let (rest, is_over) = body.inflate(bytes, sink)?;
                if is_over {
                    self.state = State::Trailer(body.sum, Vec::with_capacity(TRAILER));
                }
                return Ok(rest);
            }
            State::Trailer(sum, trailer) => {
                trailer.push(first);
                if let (TRAILER, Some(expected)) = (trailer.len(), trailer.first_chunk::<4>()) {
                    let (found, expected) = (sum.sum(), u32::from_le_bytes(*expected));
                    if found != expected {
                        return Err(BadGzip::Sum { found, expected });
                    }
                    self.state = State::After;
                }
            }
            State::After if first == GZIP[0] => self.state = State::Header(vec![first]),
            State::After => return Err(BadGzip::Follows),
            State::Broken => return Ok(&[]),
        }
        Ok(others)
    }
}

/// Bytes after a header; `None` while it has not ended. Source: RFC 1952 §2.3.
fn after_header(header: &[u8]) -> Result<Option<usize>, BadGzip> {
    const HEADER_SUM: u8 = 2;
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    if header.get(1).is_some_and(|second| *second != GZIP[1]) {
        return Err(BadGzip::Follows);
    }
    if let Some(method) = header.get(2).filter(|method| **method != 8) {
        return Err(BadGzip::Method(*method));
    }
    let Some((fixed, mut rest)) = header.split_at_checked(10) else {
        return Ok(None);
    };
    let flags = fixed.get(3).copied().unwrap_or_default();
    if flags & EXTRA != 0 {
        let Some((length, extra)) = rest.split_first_chunk::<2>() else {
            return Ok(None);
        };
        let Some(after) = extra.get(usize::from(u16::from_le_bytes(*length))..) else {
            return Ok(None);
        };
        rest = after;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0);
            let Some(after) = end.and_then(|end| rest.get(end + 1..)) else {
                return Ok(None);
            };
            rest = after;
        }
    }
    let sum = if flags & HEADER_SUM == 0 { 0 } else { 2 };
    Ok(rest.len().checked_sub(sum))
}

impl Body {
    fn new() -> Self {
        Self {
            inflater: DecompressorOxide::new(),
            window: vec![0; WINDOW],
            at: 0,
            sum: Crc32::new(),
        }
    }

    /// Gives the bytes that were not taken, and whether the part is over.
    fn inflate<'a>(
        &mut self,
        mut bytes: &'a [u8],
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<(&'a [u8], bool), BadGzip> {
        loop {
            let (status, read, written) = decompress(
                &mut self.inflater,
                bytes,
                &mut self.window,
                self.at,
                TINFL_FLAG_HAS_MORE_INPUT,
            );
            bytes = bytes.get(read..).unwrap_or_default();
            let out = self.window.get(self.at..self.at + written);
            let out = out.unwrap_or_default();
            self.sum.add(out);
            if !out.is_empty() {
                sink(out);
            }
            self.at = (self.at + written) % WINDOW;
            if status == TINFLStatus::Done || status == TINFLStatus::NeedsMoreInput {
                return Ok((bytes, status == TINFLStatus::Done));
            }
            if status != TINFLStatus::HasMoreOutput {
                return Err(BadGzip::Damaged);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec;

    fn packed(bytes: &[u8], flags: u8, beside: &[u8]) -> Vec<u8> {
        let mut file = vec![0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255];
        file.extend(beside);
        file.extend(compress_to_vec(bytes, 6));
        file.extend(Crc32::of(bytes).to_le_bytes());
        file.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        file
    }

    fn unpacked(pieces: &[&[u8]]) -> (Vec<u8>, Result<(), BadGzip>) {
        let mut out = Vec::new();
        let mut unpacked = Unpacked::default();
        let mut sink = |bytes: &[u8]| out.extend_from_slice(bytes);
        let fed = pieces
            .iter()
            .try_for_each(|piece| unpacked.feed(piece, &mut sink));
        let ended = unpacked.finish(&mut sink);
        (out, fed.and(ended))
    }

    fn story() -> Vec<u8> {
        (0..100_000_u32)
            .flat_map(|n| (n / 7).to_le_bytes())
            .collect()
    }

    #[test]
    fn a_packed_file_comes_back_whole_wherever_it_is_cut() {
        let file = packed(b"hello, hello", 0, b"");
        for cut in 0..=file.len() {
            let (first, second) = file.split_at(cut);
            let found = unpacked(&[first, second]);
            assert_eq!(found, (b"hello, hello".to_vec(), Ok(())), "cut at {cut}");
        }
        let long = story();
        let file = packed(&long, 0, b"");
        let pieces: Vec<&[u8]> = file.chunks(1_000).collect();
        assert_eq!(unpacked(&pieces), (long, Ok(())));
    }

    #[test]
    fn names_extras_and_several_parts_are_read() {
        let mut file = packed(b"one ", 4 + 8 + 16 + 2, b"\x02\0ab name\0words\0\x12\x34");
        file.extend(packed(b"two", 0, b""));
        assert_eq!(unpacked(&[&file]), (b"one two".to_vec(), Ok(())));
    }

    #[test]
    fn what_is_not_packed_is_passed_on() {
        for bytes in [&b""[..], b"\x1f", b"\x1fx", b"x\x1f\x8b", &story()] {
            assert_eq!(unpacked(&[bytes]), (bytes.to_vec(), Ok(())));
        }
    }

    #[test]
    fn damage_is_told_and_what_came_before_holds() {
        let long = story();
        let file = packed(&long, 0, b"");
        let (half, cut) = unpacked(&[&file[..file.len() / 2]]);
        assert_eq!(cut, Err(BadGzip::Cut));
        assert!(!half.is_empty() && long.starts_with(&half));
        for cut in 2..file.len().min(200) {
            assert_eq!(unpacked(&[&file[..cut]]).1, Err(BadGzip::Cut), "{cut}");
        }
        let mut wrong = file.clone();
        let sum = wrong.len() - 8;
        wrong[sum] ^= 1;
        assert!(matches!(unpacked(&[&wrong]).1, Err(BadGzip::Sum { .. })));
        let follows = [&file[..], b"and more"].concat();
        assert_eq!(unpacked(&[&follows]), (long, Err(BadGzip::Follows)));
        assert_eq!(unpacked(&[b"\x1f\x8b\x07"]).1, Err(BadGzip::Method(7)));
        let endless = packed(b"", 8, &vec![b'a'; LARGEST_HEADER]);
        assert_eq!(unpacked(&[&endless]).1, Err(BadGzip::Header));
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let file = packed(b"hello, hello, hello", 0, b"");
        for at in 0..file.len() {
            for bit in 0..8 {
                let mut wrong = file.clone();
                wrong[at] ^= 1 << bit;
                let _ = unpacked(&[&wrong]);
            }
        }
    }
}
