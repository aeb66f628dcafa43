//! Reads a recording in pieces, which may end anywhere. Holds the line that has not ended and the events so far.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Closing, FORMAT_VERSION, Header, Recording, RecordingError};
use crate::event::Event;
use crate::tree;

/// Takes bytes, gives a recording at their end.
#[derive(Debug, Default)]
pub struct Reader {
    /// The beginning of a line whose end has not come.
    carry: Vec<u8>,
    /// Lines read.
    lines: usize,
    header: Option<Header>,
    events: Vec<Event>,
    is_closed: bool,
}

/// Bytes that a line may have: the longest events, a full segment in hexadecimal, have a hundredth of it.
const LONGEST_LINE: usize = 16 << 20;

/// Only the version, readable from a header of any future format.
#[derive(Deserialize)]
struct Version {
    aftershake_recording: u32,
}

impl Reader {
    /// Events read so far.
    pub const fn events(&self) -> usize {
        self.events.len()
    }

    /// Takes the next bytes of the file. What comes after the closing line is passed over.
    ///
    /// # Errors
    /// [`RecordingError`], naming the line.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), RecordingError> {
        let mut lines = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(part) = lines.next() {
            if self.is_closed {
                return Ok(());
            }
            let is_whole = lines.peek().is_some();
            if self.carry.len() + part.len() > LONGEST_LINE {
                let line = self.lines + 1;
                return Err(RecordingError::LongLine { line });
            }
            if !is_whole || !self.carry.is_empty() {
                self.carry.extend_from_slice(part);
            }
            if is_whole && self.carry.is_empty() {
                self.line(part)?;
            } else if is_whole {
                let line = std::mem::take(&mut self.carry);
                self.line(&line)?;
            }
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// It ended before its closing line, or that line counts other events.
    pub fn finish(mut self) -> Result<Recording, RecordingError> {
        let last = std::mem::take(&mut self.carry);
        if !self.is_closed {
            self.line(&last)?;
        }
        let header = self.header.ok_or(RecordingError::Empty)?;
        let events = self.events;
        if !self.is_closed {
            let found = events.len();
            return Err(RecordingError::Cut { found });
        }
        Ok(Recording { header, events })
    }

    fn line(&mut self, line: &[u8]) -> Result<(), RecordingError> {
        self.lines += 1;
        let number = self.lines;
        let line = std::str::from_utf8(line).map_err(|error| RecordingError::NotText {
            line: number,
            byte: error.valid_up_to(),
        })?;
        let line = match self.header {
            // Some editors put one before the first line.
            None => line.strip_prefix('\u{feff}').unwrap_or(line),
            Some(_) => line,
        };
        if line.trim().is_empty() {
            return Ok(());
        }
        if self.header.is_none() {
            let version: Version = parse(number, line)?;
            if version.aftershake_recording > FORMAT_VERSION {
                return Err(RecordingError::Newer {
                    found: version.aftershake_recording,
                });
            }
            self.header = Some(parse(number, line)?);
            return Ok(());
        }
        match parse(number, line) {
            Ok(event) => self.events.push(event),
            Err(wrong) => self.close(number, line, wrong)?,
        }
        Ok(())
    }

    /// What is no event is the closing line, or `wrong`.
    fn close(
        &mut self,
        number: usize,
        line: &str,
        wrong: RecordingError,
    ) -> Result<(), RecordingError> {
        let closing: Closing = parse(number, line).map_err(|_| wrong)?;
        let found = self.events.len();
        if closing.events != found as u64 {
            let counted = closing.events;
            return Err(RecordingError::Count { counted, found });
        }
        self.is_closed = true;
        Ok(())
    }
}

/// By the reader that the page has anyway: see [`tree`].
fn parse<T: DeserializeOwned>(line: usize, text: &str) -> Result<T, RecordingError> {
    let read = tree::from_json(text).and_then(tree::Value::into);
    read.map_err(|source| RecordingError::Line { line, source })
}
