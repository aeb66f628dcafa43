//! A run's segments for Wireshark, with the verdict on each RST and every call as comments.

use std::collections::BTreeMap;

use crate::capture::pcapng_writer::{Comments, write_pcapng};
use crate::diagnosis::finding::Diagnosis;
use crate::event::{Event, EventBody};
use crate::ladder::words::plain;

/// Longest comment, in columns; far below what an option of pcapng holds.
const LONGEST: usize = 10_000;

/// Writes the file.
pub fn write(events: &[Event], diagnosis: &Diagnosis) -> Vec<u8> {
    write_pcapng(events, &comments(events, diagnosis))
}

/// The verdict on each RST, and each call on the first segment after it began; the last ones on the file.
fn comments(events: &[Event], diagnosis: &Diagnosis) -> Comments {
    let mut segments: BTreeMap<_, Vec<String>> = BTreeMap::new();
    let mut calls = Vec::new();
    for event in events {
        match &event.body {
            EventBody::Call(call) => {
                let (by, result, at) = (&call.by, call.result, event.at);
                calls.push(line(&format!(
                    "{by}: {} = {result} at {at}",
                    call.signature()
                )));
            }
            EventBody::Segment(_) => {
                if !calls.is_empty() {
                    segments.entry(event.id).or_default().append(&mut calls);
                }
            }
            EventBody::Counters(_)
            | EventBody::KernelReset(_)
            | EventBody::ProcessEnded(_)
            | EventBody::Socket(_)
            | EventBody::Step(_)
            | EventBody::Trouble(_) => {}
        }
    }
    for reset in &diagnosis.resets {
        let sure = reset.certainty.name();
        let verdict = line(&format!("{} [{}, {sure}]", reset.headline, reset.cause));
        segments.entry(reset.segment).or_default().push(verdict);
    }
    let file = std::iter::once(line(&diagnosis.headline)).chain(calls);
    Comments {
        file: file.collect::<Vec<_>>().join("\n"),
        segments,
    }
}

fn line(words: &str) -> String {
    plain(words, LONGEST)
}
