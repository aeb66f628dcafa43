//! Sentences for the person at the terminal, each said once, and only so many.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::Talk;

/// Different sentences that strangers can cause in one agent's life.
const MOST: usize = 20;

/// What was said so far.
pub(super) struct Notices {
    talk: Talk,
    said: Mutex<BTreeSet<String>>,
}

impl Notices {
    pub(super) fn new(talk: Talk) -> Self {
        Self {
            talk,
            said: Mutex::default(),
        }
    }

    /// Says a sentence unless it was said before.
    pub(super) fn say_once(&self, sentence: String) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() < MOST && !said.contains(&sentence) {
            (self.talk)(&sentence);
            said.insert(sentence);
        }
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notices")
    }
}
