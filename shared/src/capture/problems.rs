//! What in a capture is cut off or damaged, by frame: a short list and a count of all.

use serde::Serialize;

/// At most this many problems are kept; all are counted.
pub const LISTED: usize = 100;

/// Something that could not be read, or was read with less than it should hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// Counts from 1; 0 where it concerns the whole file.
    pub frame: u32,
    pub message: String,
}

/// The first [`LISTED`] problems and how many there were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    pub list: Vec<Problem>,
    /// All of them, also those not listed.
    pub count: u64,
}

impl Problems {
    /// Notes one; the message is written only when it will be kept.
    pub(super) fn note(&mut self, frame: u32, message: impl std::fmt::Display) {
        self.count += 1;
        if self.list.len() < LISTED {
            let message = message.to_string();
            self.list.push(Problem { frame, message });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_short_and_the_count_is_true() {
        let mut problems = Problems::default();
        for frame in 0..1_000 {
            problems.note(frame, "odd");
        }
        assert_eq!((problems.list.len(), problems.count), (LISTED, 1_000));
    }
}
