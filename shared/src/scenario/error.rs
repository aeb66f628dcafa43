//! A mistake in a scenario's text: where it is, what was found, what was expected.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::tree::ReadError;

/// The first mistake in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScenarioError {
    /// Counts from 1.
    pub line: usize,
    /// Counts characters from 1.
    pub column: usize,
    /// What was found and what was expected.
    pub message: String,
    /// The line of the text.
    pub text: String,
}

impl std::error::Error for ScenarioError {}

/// `12:9: unknown field …`, then the line and a mark below the column.
impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            message,
            text,
        } = self;
        write!(f, "{line}:{column}: {message}")?;
        if text.trim().is_empty() {
            return Ok(());
        }
        let margin = line.to_string().len();
        write!(f, "\n{line} | {text}\n{:margin$} | {:>column$}", "", "^")
    }
}

impl ScenarioError {
    /// A mistake at these bytes of the text.
    pub(crate) fn at(text: &str, span: Range<usize>, message: String) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line_text = text.get(line_start..).and_then(|rest| rest.lines().next());
        Self {
            line: line_of(text, span.start),
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            message,
            text: clip(line_text.unwrap_or_default()),
        }
    }

    pub(crate) fn read(text: &str, error: &ReadError) -> Self {
        let mut message = error.message.trim().replace('\n', ", ");
        // What Rust calls a type is no word for who writes a scenario.
        for (bits, range) in [
            ("u8", "0 to 255"),
            ("u16", "0 to 65535"),
            ("u32", "0 to 4294967295"),
        ] {
            if let Some(rest) = message.strip_suffix(&format!("expected {bits}")) {
                message = format!("{rest}expected a whole number from {range}");
            }
        }
        Self::at(text, error.span.clone().unwrap_or(0..0), message)
    }
}

/// Keeps an error readable when the line is not.
fn clip(line: &str) -> String {
    const LONGEST: usize = 160;
    match line.char_indices().nth(LONGEST) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
    }
}

/// Finds the lines of many places of a text in one pass over it.
pub(crate) struct LineCounter<'a> {
    rest: &'a [u8],
    byte: usize,
    line: usize,
}

impl<'a> LineCounter<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            rest: text.as_bytes(),
            byte: 0,
            line: 1,
        }
    }

    /// The line, from 1, that holds this byte; not before the byte asked for last.
    pub(crate) fn line_of(&mut self, byte: usize) -> usize {
        let len = byte.saturating_sub(self.byte).min(self.rest.len());
        let (passed, rest) = self.rest.split_at(len);
        self.line += passed.split(|byte| *byte == b'\n').skip(1).count();
        self.rest = rest;
        self.byte += len;
        self.line
    }
}

/// The line, from 1, that holds this byte.
pub(crate) fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}
