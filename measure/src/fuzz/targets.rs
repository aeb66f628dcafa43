//! The readers of foreign bytes, and what each promises beyond not panicking.

use aftershake_shared::catalog::CATALOG;
use aftershake_shared::channel::{ClientMessage, ServerMessage};
use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::diagnosis::finding::Certainty;
use aftershake_shared::recording::Recording;
use aftershake_shared::scenario::Scenario;
use aftershake_shared::tcp::segment::{payload, read_segment};

use super::Accepted;
use super::captures::{CAPTURE, COUNTERS, GZIP, TRACE};

/// One reader.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub name: &'static str,
    /// Reads an input; an error names the promise that it broke.
    pub read: fn(&[u8]) -> Result<Accepted, String>,
    /// Real inputs for it, out of real recordings.
    pub seeds: fn(&[Recording]) -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: [Target; 9] = [
    Target {
        name: "scenario-text",
        read: scenario,
        seeds: |_| {
            let texts = CATALOG.iter().map(|entry| entry.toml.as_bytes().to_vec());
            texts.collect()
        },
    },
    Target {
        name: "segment-bytes",
        read: segment,
        seeds: segments,
    },
    Target {
        name: "recording",
        read: recording,
        seeds: |recordings| {
            let texts = recordings
                .iter()
                .map(|one| one.to_json_lines().into_bytes());
            texts.collect()
        },
    },
    Target {
        name: "message-of-a-page",
        read: message_of_a_page,
        seeds: |recordings| {
            let messages = recordings.iter().map(|one| ClientMessage::Run {
                run: 1,
                scenario: one.header.scenario.clone(),
                seed: Some(one.header.seed),
            });
            json(messages.chain([ClientMessage::Cancel { run: 1 }]))
        },
    },
    Target {
        name: "message-of-an-agent",
        read: message_of_an_agent,
        seeds: |recordings| {
            json(recordings.iter().flat_map(|one| {
                let started = ServerMessage::Started {
                    run: 1,
                    header: one.header.clone(),
                };
                let events = ServerMessage::Events {
                    run: 1,
                    events: one.events.iter().take(8).cloned().collect(),
                };
                [started, events]
            }))
        },
    },
    CAPTURE,
    GZIP,
    COUNTERS,
    TRACE,
];

/// A refusal points into the text.
fn scenario(input: &[u8]) -> Result<Accepted, String> {
    let Ok(text) = std::str::from_utf8(input) else {
        return Ok(Accepted::No);
    };
    match Scenario::parse(text) {
        Ok(scenario) => {
            // Blanking is part of every test run.
            let blanked = scenario.blanked();
            if blanked.steps == scenario.steps {
                Ok(Accepted::Yes)
            } else {
                Err("blanking changed the steps".to_owned())
            }
        }
        Err(error) => {
            let lines = text.split('\n').count();
            if (1..=lines).contains(&error.line) && error.column >= 1 {
                Ok(Accepted::No)
            } else {
                Err(format!(
                    "the mistake is at {}:{} of {lines} lines",
                    error.line, error.column
                ))
            }
        }
    }
}

/// What is read of a segment lies within it.
fn segment(input: &[u8]) -> Result<Accepted, String> {
    let len = u32::try_from(input.len()).unwrap_or(u32::MAX);
    for original in [len, 0, len.saturating_add(1000), u32::MAX] {
        let body = payload(input, original);
        if body.len() > input.len() {
            return Err(format!(
                "payload of {} bytes in {}",
                body.len(),
                input.len()
            ));
        }
        if let Ok(segment) = read_segment(input, original) {
            let _ = segment.seq_end();
        }
    }
    let is_read = read_segment(input, len).is_ok();
    Ok(if is_read { Accepted::Yes } else { Accepted::No })
}

/// What was read and written again reads the same, and whatever was read can be explained: each RST
/// with the named cause among those left open.
fn recording(input: &[u8]) -> Result<Accepted, String> {
    let Ok(text) = std::str::from_utf8(input) else {
        return Ok(Accepted::No);
    };
    let Ok(recording) = Recording::from_json_lines(text) else {
        return Ok(Accepted::No);
    };
    let diagnosis = diagnose(&recording.events, &recording.header.environment.evidence);
    for reset in &diagnosis.resets {
        if reset.candidates.first() != Some(&reset.cause) {
            return Err(format!(
                "{} is not the first of {:?}",
                reset.cause, reset.candidates
            ));
        }
        if reset.certainty == Certainty::Certain && reset.candidates.len() != 1 {
            return Err(format!("certain of {:?}", reset.candidates));
        }
    }
    match Recording::from_json_lines(&recording.to_json_lines()) {
        Ok(again) if again == recording => Ok(Accepted::Yes),
        Ok(_) => Err("written and read again it is another recording".to_owned()),
        Err(error) => Err(format!("written again it cannot be read: {error}")),
    }
}

fn message_of_a_page(input: &[u8]) -> Result<Accepted, String> {
    let Ok(message) = serde_json::from_slice::<ClientMessage>(input) else {
        return Ok(Accepted::No);
    };
    if let ClientMessage::Run { scenario, .. } = &message {
        self::scenario(scenario.toml.as_bytes())?;
    }
    Ok(Accepted::Yes)
}

/// What was read and written again reads the same.
fn message_of_an_agent(input: &[u8]) -> Result<Accepted, String> {
    let Ok(message) = serde_json::from_slice::<ServerMessage>(input) else {
        return Ok(Accepted::No);
    };
    let again = serde_json::to_vec(&message)
        .and_then(|text| serde_json::from_slice::<ServerMessage>(&text));
    match again {
        Ok(again) if again == message => Ok(Accepted::Yes),
        Ok(_) => Err("written and read again it is another message".to_owned()),
        Err(error) => Err(format!("written again it cannot be read: {error}")),
    }
}

fn segments(recordings: &[Recording]) -> Vec<Vec<u8>> {
    let events = recordings.iter().flat_map(|one| &one.events);
    let raw = events.filter_map(|event| Some(event.body.as_segment()?.raw.0.clone()));
    raw.collect()
}

fn json<T: serde::Serialize>(messages: impl Iterator<Item = T>) -> Vec<Vec<u8>> {
    messages
        .filter_map(|message| serde_json::to_vec(&message).ok())
        .collect()
}
