//! A run out of a file: a recording, or a capture of others. Read here, sent nowhere.

use aftershake_shared::capture::events::segments;
use aftershake_shared::event::{Event, Source};
use aftershake_shared::recording::{Environment, FORMAT_VERSION, Header, Recording, ScenarioText};
use aftershake_shared::units::Nanos;
use yew::AttrValue;

use super::kept::Kept;
use super::run_events::{Phase, RunEvents};

/// A file that was opened, or why it could not be.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    pub name: AttrValue,
    pub run: Result<Kept<RunEvents>, AttrValue>,
}

/// The isolation that a capture's header names; a recording's is `namespace`.
pub const CAPTURE: &str = "capture";

/// Reads a file: JSON lines, pcap or pcapng.
pub fn open(name: &str, bytes: &[u8]) -> Opened {
    let run = if bytes.starts_with(b"{") {
        recording(bytes)
    } else {
        capture(name, bytes)
    };
    let named = |run: RunEvents| {
        Kept::new(RunEvents {
            file: Some(AttrValue::from(name.to_owned())),
            ..run
        })
    };
    Opened {
        name: AttrValue::from(name.to_owned()),
        run: run.map(named).map_err(AttrValue::from),
    }
}

fn recording(bytes: &[u8]) -> Result<RunEvents, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("not UTF-8 from byte {} on", error.valid_up_to()))?;
    let Recording { header, events } =
        Recording::from_json_lines(text).map_err(|error| error.to_string())?;
    Ok(run(header, events, None))
}

fn capture(name: &str, bytes: &[u8]) -> Result<RunEvents, String> {
    let found = segments(bytes).map_err(|error| error.to_string())?;
    let header = Header {
        aftershake_recording: FORMAT_VERSION,
        scenario: ScenarioText {
            name: name.to_owned(),
            toml: String::new(),
        },
        environment: Environment {
            kernel: String::new(),
            isolation: CAPTURE.to_owned(),
            evidence: vec![Source::Segments],
        },
        seed: 0,
    };
    let began = Nanos(found.began).as_millis_f64();
    Ok(run(header, found.events, Some(began)))
}

/// A run that was recorded earlier, with its verdict.
pub(super) fn run(header: Header, events: Vec<Event>, began: Option<f64>) -> RunEvents {
    let took = events.last().map_or(Nanos(0), |event| event.at);
    let scenario = header.scenario.parse().ok().map(Kept::new);
    let run = RunEvents {
        phase: Phase::Finished { took },
        scenario,
        header: Some(Kept::new(header)),
        events: Kept::new(events),
        began,
        ..RunEvents::default()
    };
    run.with_places().with_verdict()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftershake_shared::scenario::expect::Outcome;

    const RECORDING: &[u8] = include_bytes!("../../tests/recordings/sent-before-close.jsonl");

    #[test]
    fn a_recording_is_a_run_with_its_verdict() {
        let opened = open("mine.jsonl", RECORDING);
        let run = opened.run.unwrap();
        assert_eq!(run.diagnosis.as_ref().unwrap().outcome, Outcome::Reset);
        assert_eq!(run.file.as_deref(), Some("mine.jsonl"));
        assert!(run.scenario.is_some());
    }

    #[test]
    fn what_cannot_be_read_is_refused_in_words() {
        for (bytes, words) in [
            (&RECORDING[..2_000], "line"),
            (b"hello", "expected a pcap or pcapng capture"),
            (b"", "empty"),
        ] {
            let why = open("x", bytes).run.unwrap_err();
            assert!(why.contains(words), "{why}");
        }
    }
}
