//! The bytes of a capture or recording: a file or standard input, unpacked where gzip packed it, in pieces.
//!
//! A thread reads, so that whoever explains knows when nothing is coming at the moment. Judges nothing.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use flate2::bufread::MultiGzDecoder;

/// Bytes of one piece, at most: enough that handing it over costs little beside explaining it.
const PIECE: usize = 256 * 1024;
/// Pieces read ahead, at most.
const AHEAD: usize = 8;
/// So long without a byte is a pause. A capture program flushes its file or pipe every second or less often.
const PAUSE: Duration = Duration::from_millis(200);
/// The two bytes that every gzip member begins with. Source: RFC 1952 §2.3.1.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What comes next.
pub(super) enum Next {
    Bytes(Vec<u8>),
    /// Nothing at the moment.
    Pause,
    /// The end; why, where it came before its time.
    End(Option<io::Error>),
}

/// A file being read.
pub(super) struct Source {
    pieces: Receiver<io::Result<Vec<u8>>>,
    used: SyncSender<Vec<u8>>,
    paused: bool,
}

/// The reading thread's side.
struct Pump {
    pieces: SyncSender<io::Result<Vec<u8>>>,
    /// Pieces to fill again: fresh ones would be cleared by the kernel first.
    used: Receiver<Vec<u8>>,
}

impl Source {
    /// Opens a path, or standard input for `-`.
    ///
    /// # Errors
    /// What the system says of the path.
    pub(super) fn open(path: &str) -> io::Result<Self> {
        if path == "-" {
            return Ok(Self::reading(io::stdin()));
        }
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Self::reading(file))
    }

    fn reading(from: impl Read + Send + 'static) -> Self {
        let (sender, pieces) = sync_channel(AHEAD);
        let (used, to_fill) = sync_channel(AHEAD);
        let pump = Pump {
            pieces: sender,
            used: to_fill,
        };
        thread::spawn(move || pump.unpack(from));
        Self {
            pieces,
            used,
            paused: false,
        }
    }

    /// A piece whose bytes are not needed any more.
    pub(super) fn give_back(&self, piece: Vec<u8>) {
        // One more than fits is simply freed.
        let _ = self.used.try_send(piece);
    }

    /// Waits for what comes next; a pause is told once.
    pub(super) fn next(&mut self) -> Next {
        let piece = if self.paused {
            self.pieces
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            self.pieces.recv_timeout(PAUSE)
        };
        self.paused = matches!(piece, Err(RecvTimeoutError::Timeout));
        match piece {
            Ok(Ok(bytes)) => Next::Bytes(bytes),
            Ok(Err(error)) => Next::End(Some(error)),
            Err(RecvTimeoutError::Timeout) => Next::Pause,
            Err(RecvTimeoutError::Disconnected) => Next::End(None),
        }
    }
}

impl Pump {
    /// Reads until the end, an error, or until nobody listens.
    fn unpack(&self, mut from: impl Read) {
        let mut start = Vec::new();
        // One byte may come alone, out of a pipe.
        if let Err(error) = from.by_ref().take(2).read_to_end(&mut start) {
            let _ = self.pieces.send(Err(error));
            return;
        }
        let packed = start == GZIP;
        let whole = io::Cursor::new(start).chain(from);
        if packed {
            self.copy(MultiGzDecoder::new(BufReader::with_capacity(PIECE, whole)));
        } else {
            self.copy(whole);
        }
    }

    fn copy(&self, mut from: impl Read) {
        loop {
            let mut piece = self.used.try_recv().unwrap_or_default();
            piece.resize(PIECE, 0);
            let read = loop {
                match from.read(&mut piece) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other,
                }
            };
            let said = match read {
                Ok(0) => return,
                Ok(read) => {
                    piece.truncate(read);
                    Ok(piece)
                }
                Err(error) => Err(error),
            };
            let is_end = said.is_err();
            if self.pieces.send(said).is_err() || is_end {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn all_of(bytes: Vec<u8>) -> (Vec<u8>, Option<io::Error>) {
        let mut source = Source::reading(io::Cursor::new(bytes));
        let mut all = Vec::new();
        loop {
            match source.next() {
                Next::Bytes(piece) => {
                    all.extend(&piece);
                    source.give_back(piece);
                }
                Next::Pause => {}
                Next::End(error) => return (all, error),
            }
        }
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn plain_bytes_pass_as_they_are() {
        let bytes = vec![7; 3 * PIECE + 1];
        assert_eq!(all_of(bytes.clone()).0, bytes);
        assert_eq!(all_of(vec![1]).0, [1]);
        assert!(all_of(Vec::new()).0.is_empty());
    }

    #[test]
    fn several_gzip_members_are_one_file() {
        let both = [packed(b"first "), packed(b"second")].concat();
        let (all, error) = all_of(both);
        assert_eq!(all, b"first second");
        assert!(error.is_none());
    }

    #[test]
    fn a_cut_gzip_file_gives_what_there_is_and_says_so() {
        let mut bytes = packed(&vec![3; 1_000_000]);
        bytes.truncate(bytes.len() - 20);
        let (all, error) = all_of(bytes);
        assert!(all.iter().all(|byte| *byte == 3));
        assert_eq!(error.unwrap().kind(), io::ErrorKind::UnexpectedEof);
    }
}
