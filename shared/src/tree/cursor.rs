//! A place in a text that is being read, and the few moves that both readers make. Knows no format.

use super::ReadError;

/// Tables and lists within each other; deeper ones are refused, so that no text exhausts the stack.
const DEEPEST: u32 = 64;

/// The text and the next byte of it.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Passes over this text if it comes next.
    pub(super) fn has(&mut self, next: &str) -> bool {
        let has = self.rest().starts_with(next);
        self.at += if has { next.len() } else { 0 };
        has
    }

    /// Passes over the bytes that fit, and gives them. They must end between two characters.
    pub(super) fn take(&mut self, fits: fn(u8) -> bool) -> &'a str {
        let from = self.at;
        while self.peek().is_some_and(fits) {
            self.at += 1;
        }
        self.text.get(from..self.at).unwrap_or_default()
    }

    pub(super) fn expected(&self, what: &str) -> ReadError {
        let found = match self.rest().chars().next() {
            None => "the end".to_owned(),
            Some('\n' | '\r') => "the end of the line".to_owned(),
            Some(next) => format!("`{next}`"),
        };
        self.fault(format!("found {found}, expected {what}"))
    }

    pub(super) fn fault(&self, message: impl Into<String>) -> ReadError {
        ReadError::at(self.at..self.at, message)
    }

    /// One level further in.
    pub(super) fn deeper(&self, depth: u32) -> Result<u32, ReadError> {
        if depth >= DEEPEST {
            return Err(self.fault(format!("more than {DEEPEST} levels deep")));
        }
        Ok(depth + 1)
    }

    /// A number of that many hexadecimal digits.
    pub(super) fn hexadecimal(&mut self, digits: usize) -> Result<u32, ReadError> {
        let found = self.rest().get(..digits);
        let found = found.filter(|found| found.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = found.and_then(|found| u32::from_str_radix(found, 16).ok());
        let number =
            number.ok_or_else(|| self.expected(&format!("{digits} hexadecimal digits")))?;
        self.at += digits;
        Ok(number)
    }
}
