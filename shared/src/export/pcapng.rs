//! A run's segments for Wireshark, with the verdict on each RST and every call as comments.

use std::collections::BTreeMap;

use super::Act;
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
    let acts = super::acts(events);
    let mut acts = acts.iter().peekable();
    let told = |act: &Act| {
        let Act {
            by,
            what,
            result,
            at,
            ..
        } = act;
        line(&format!("{by}: {what} = {result} at {at}"))
    };
    let mut segments: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for event in events {
        if matches!(event.body, EventBody::Segment(_)) {
            while let Some(act) = acts.next_if(|act| act.id < event.id) {
                segments.entry(event.id).or_default().push(told(act));
            }
        }
    }
    for reset in &diagnosis.resets {
        let sure = reset.certainty.name();
        let verdict = line(&format!("{} [{}, {sure}]", reset.headline, reset.cause));
        segments.entry(reset.segment).or_default().push(verdict);
    }
    let file = std::iter::once(line(&diagnosis.headline)).chain(acts.map(told));
    Comments {
        file: file.collect::<Vec<_>>().join("\n"),
        segments,
    }
}

fn line(words: &str) -> String {
    plain(words, LONGEST)
}
