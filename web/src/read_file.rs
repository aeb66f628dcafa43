//! The bytes of a file, piece by piece, to what the page shows: a recording is a run, a capture is explained by the
//! same code as `aftershake explain`. Touches no browser object.

use aftershake_shared::capture::explained::{ConnectionExplained, Explained};
use aftershake_shared::capture::explainer::{Explainer, Options};
use aftershake_shared::capture::unpacked::{BadGzip, Unpacked};
use aftershake_shared::event::{Event, Source};
use aftershake_shared::export::svg;
use aftershake_shared::order::sort_by_rank;
use aftershake_shared::recording::reader::Reader;
use aftershake_shared::recording::{Environment, FORMAT_VERSION, Header, Recording, ScenarioText};
use aftershake_shared::sniff::{OurText, our_text};
use aftershake_shared::units::Nanos;
use yew::AttrValue;

use crate::store::capture_rows::of_capture;
use crate::store::kept::Kept;
use crate::store::opened::{Holds, Told};
use crate::store::run_events::RunEvents;
use crate::text::file as text;

/// Segments that are kept to be drawn, of all connections together.
const MOST_SEGMENTS: usize = 400_000;
/// Of a long connection so many segments of its end are drawn.
const TAIL: usize = 2_000;
/// Bytes that a packed file may unpack to.
const MOST_BYTES: u64 = 2 << 30;
/// The same of a recording, whose events are all kept.
const MOST_RECORDED: u64 = 256 << 20;

/// A picture's text, packed recording included.
const MOST_DRAWN: u64 = 16 << 20;

/// The isolation that a capture's header names; a recording's is `namespace`.
pub const CAPTURE: &str = "capture";

/// A file that is being read.
pub struct Opening {
    name: String,
    unpacked: Unpacked,
    inside: Inside,
}

struct Inside {
    bytes: u64,
    kind: Kind,
    wrong: Option<String>,
}

enum Kind {
    /// Nothing came yet.
    Unknown,
    Capture(Box<Capture>),
    Recording(Reader),
    /// An SVG file, which may hold a recording.
    Picture(Vec<u8>),
}

struct Capture {
    explainer: Explainer,
    connections: Vec<ConnectionExplained>,
    kept: usize,
    not_drawn: u64,
}

impl Opening {
    /// Of a file of that name.
    pub fn new(name: String) -> Self {
        Self {
            name,
            unpacked: Unpacked::default(),
            inside: Inside {
                bytes: 0,
                kind: Kind::Unknown,
                wrong: None,
            },
        }
    }

    /// Whether reading on can change anything.
    pub const fn wants_more(&self) -> bool {
        self.inside.bytes < MOST_BYTES
    }

    /// Frames or events so far.
    pub fn found(&self) -> u64 {
        match &self.inside.kind {
            Kind::Unknown | Kind::Picture(_) => 0,
            Kind::Capture(capture) => capture.explainer.frames().into(),
            Kind::Recording(reader) => reader.events() as u64,
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// The file is nothing that can be read.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), AttrValue> {
        let inside = &mut self.inside;
        let packing = self.unpacked.feed(bytes, &mut |bytes| inside.take(bytes));
        self.inside.after(packing)
    }

    /// Ends the file and judges a part of what is left; false when nothing is.
    ///
    /// # Errors
    /// The file is nothing that can be read.
    pub fn end_part(&mut self) -> Result<bool, AttrValue> {
        let inside = &mut self.inside;
        let packing = self.unpacked.finish(&mut |bytes| inside.take(bytes));
        inside.after(packing)?;
        let too_long = inside.bytes >= MOST_BYTES;
        match &mut inside.kind {
            Kind::Unknown | Kind::Recording(_) | Kind::Picture(_) => Ok(false),
            Kind::Capture(capture) => {
                if too_long {
                    capture.explainer.note_problem(text::CUT);
                }
                let is_more = capture.explainer.end_part().map_err(words)?;
                capture.keep();
                Ok(is_more)
            }
        }
    }

    /// What it holds.
    ///
    /// # Errors
    /// The file is nothing that can be read, or a recording that is damaged.
    pub fn finish(self) -> Result<Holds, AttrValue> {
        match self.inside.kind {
            Kind::Unknown => Explainer::new(Options::default())
                .finish()
                .map_or_else(|error| Err(words(error)), |_| Err(AttrValue::default())),
            Kind::Recording(reader) => {
                let Recording { header, events } = reader.finish().map_err(words)?;
                let run = run(&self.name, header, events, None);
                Ok(Holds::Run(Kept::new(run.with_places().with_verdict())))
            }
            Kind::Picture(bytes) => {
                let text = String::from_utf8(bytes).map_err(words)?;
                let Recording { header, events } = svg::recording(&text).map_err(words)?;
                let run = run(&self.name, header, events, None);
                Ok(Holds::Run(Kept::new(run.with_places().with_verdict())))
            }
            Kind::Capture(capture) => {
                let Capture {
                    explainer,
                    mut connections,
                    not_drawn,
                    ..
                } = *capture;
                let began = explainer.began();
                let rest = explainer.finish().map_err(words)?;
                connections.extend(rest.connections);
                sort_by_rank(&mut connections, |one| (one.id, 0));
                let rows = Kept::new(of_capture(&connections));
                let explained = Explained {
                    connections,
                    ..rest
                };
                Ok(Holds::Capture(Kept::new(Told {
                    explained,
                    rows,
                    began: Nanos(began).as_millis_f64(),
                    not_drawn,
                })))
            }
        }
    }
}

impl Inside {
    fn take(&mut self, bytes: &[u8]) {
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if self.wrong.is_some() || self.bytes > MOST_BYTES {
            return;
        }
        if matches!(self.kind, Kind::Unknown) {
            self.kind = match our_text(bytes) {
                Some(OurText::Recording) => Kind::Recording(Reader::default()),
                Some(OurText::Picture) => Kind::Picture(Vec::new()),
                None => Kind::Capture(Box::new(Capture::new())),
            };
        }
        let fed = match &mut self.kind {
            Kind::Unknown => Ok(()),
            Kind::Recording(_) if self.bytes > MOST_RECORDED => Err(text::TOO_MUCH.to_owned()),
            Kind::Recording(reader) => reader.feed(bytes).map_err(|error| error.to_string()),
            Kind::Picture(_) if self.bytes > MOST_DRAWN => Err(text::PICTURE_TOO_LONG.to_owned()),
            Kind::Picture(drawn) => {
                drawn.extend(bytes);
                Ok(())
            }
            Kind::Capture(capture) => {
                let fed = capture
                    .explainer
                    .feed(bytes)
                    .map_err(|error| error.to_string());
                capture.keep();
                fed
            }
        };
        self.wrong = fed.err();
    }

    /// Damage of the packing is a problem of a capture, and the end of a recording.
    fn after(&mut self, packing: Result<(), BadGzip>) -> Result<(), AttrValue> {
        if let Err(damage) = packing {
            match &mut self.kind {
                Kind::Capture(capture) => capture.explainer.note_problem(&damage.to_string()),
                Kind::Unknown | Kind::Recording(_) | Kind::Picture(_) => return Err(words(damage)),
            }
        }
        self.wrong
            .take()
            .map_or(Ok(()), |wrong| Err(AttrValue::from(wrong)))
    }
}

impl Capture {
    fn new() -> Self {
        Self {
            explainer: Explainer::new(Options {
                with_segments: true,
                tail: TAIL,
                ..Options::default()
            }),
            connections: Vec::new(),
            kept: 0,
            not_drawn: 0,
        }
    }

    /// Takes what can be told; the segments of the first connections only, as far as the limit allows.
    fn keep(&mut self) {
        for mut one in self.explainer.take() {
            if self.kept + one.kept.len() > MOST_SEGMENTS {
                one.kept = Vec::new();
                self.not_drawn += 1;
            }
            self.kept += one.kept.len();
            self.connections.push(one);
        }
    }
}

/// One connection of a capture as a run: what was kept of it, and its verdict.
pub fn connection(name: &str, told: &Told, number: u32) -> Option<RunEvents> {
    let id = u64::from(number).checked_sub(1)?;
    let connections = &told.explained.connections;
    let at = connections.binary_search_by_key(&id, |one| one.id).ok()?;
    let one = connections.get(at).filter(|one| !one.kept.is_empty())?;
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
    let run = run(name, header, one.kept.clone(), Some(told.began));
    Some(run.with_places().judged(one.diagnosis()))
}

fn run(name: &str, header: Header, events: Vec<Event>, began: Option<f64>) -> RunEvents {
    RunEvents {
        file: Some(AttrValue::from(name.to_owned())),
        ..RunEvents::recorded(header, events, began)
    }
}

fn words(error: impl std::fmt::Display) -> AttrValue {
    AttrValue::from(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftershake_shared::scenario::expect::Outcome;

    const RECORDING: &[u8] = include_bytes!("../tests/recordings/sent-before-close.jsonl");
    const CAPTURE: &[u8] = include_bytes!("../../shared/tests/data/truth/cases/unread-close.pcap");

    #[test]
    fn a_recording_without_end_is_refused_before_it_fills_the_memory() {
        let blanks = vec![b' '; 1 << 20];
        let mut opening = Opening::new("x".to_owned());
        let mut fed = opening.feed(b"{");
        for _ in 0..17 {
            fed = fed.and_then(|()| opening.feed(&blanks));
        }
        assert!(fed.unwrap_err().contains("line 1: longer than 16 MiB"));
        let mut opening = Opening::new("x".to_owned());
        let header = RECORDING.split(|byte| *byte == b'\n').next().unwrap();
        let mut fed = opening.feed(&[header, b"\n"].concat());
        let lines = [vec![b' '; (1 << 20) - 1], vec![b'\n']].concat();
        for _ in 0..256 {
            fed = fed.and_then(|()| opening.feed(&lines));
        }
        assert!(fed.unwrap_err().contains("more than 256 MiB"));
    }

    fn read(bytes: &[u8], piece: usize) -> Result<Holds, AttrValue> {
        let mut opening = Opening::new("x".to_owned());
        for piece in bytes.chunks(piece) {
            opening.feed(piece)?;
        }
        while opening.end_part()? {}
        opening.finish()
    }

    fn told(bytes: &[u8]) -> Kept<Told> {
        match read(bytes, 7).unwrap() {
            Holds::Capture(told) => told,
            Holds::Run(_) => panic!("a run"),
        }
    }

    #[test]
    fn a_recording_is_a_run_with_its_verdict_however_it_is_cut() {
        for piece in [1_000, RECORDING.len()] {
            let Ok(Holds::Run(run)) = read(RECORDING, piece) else {
                panic!("no run");
            };
            assert_eq!(run.diagnosis.as_ref().unwrap().outcome, Outcome::Reset);
            assert_eq!(run.file.as_deref(), Some("x"));
            assert!(run.scenario.is_some());
        }
    }

    #[test]
    fn a_picture_is_the_run_that_it_shows() {
        let recording = Recording::from_json_lines(std::str::from_utf8(RECORDING).unwrap());
        let recording = recording.unwrap();
        let evidence = &recording.header.environment.evidence;
        let diagnosis = aftershake_shared::diagnosis::diagnose(&recording.events, evidence);
        let run = aftershake_shared::export::Run::new(&recording, &diagnosis);
        let picture = svg::write(&run);
        let Ok(Holds::Run(run)) = read(picture.as_bytes(), 1_000) else {
            panic!("no run");
        };
        assert_eq!(run.diagnosis.as_ref().unwrap().outcome, Outcome::Reset);
        let marked = ["\u{feff}\n", &picture].concat();
        assert!(matches!(read(marked.as_bytes(), 1_000), Ok(Holds::Run(_))));
        let long = [picture.as_bytes(), &vec![b' '; 16 << 20]].concat();
        let long = read(&long, 1 << 20).err().unwrap();
        assert!(long.contains("`aftershake explain` reads it"), "{long}");
        let other = read(b"<svg></svg>", 5).err().unwrap();
        assert!(other.contains("no recording is in this picture"), "{other}");
    }

    #[test]
    fn a_connection_of_a_capture_is_judged_as_explain_judges_it() {
        let told = told(CAPTURE);
        assert_eq!(told.rows.len(), 1);
        let run = connection("x", &told, 1).unwrap();
        let diagnosis = run.diagnosis.as_ref().unwrap();
        let explained = &told.explained.connections[0];
        assert_eq!(diagnosis.outcome, explained.outcome);
        assert_eq!(diagnosis.headline, explained.resets[0].headline);
        assert_eq!(
            diagnosis.resets[0].candidates,
            explained.resets[0].candidates
        );
        assert_eq!(diagnosis.resets[0].segment.0, explained.resets[0].frame);
        assert!(run.event(diagnosis.resets[0].segment).is_some());
        assert!(connection("x", &told, 0).is_none());
        assert!(connection("x", &told, 2).is_none());
    }

    #[test]
    fn a_cut_capture_tells_its_frame_and_the_rest() {
        let told = told(&CAPTURE[..CAPTURE.len() - 3]);
        assert_eq!(told.explained.problems[0].frame, 6);
        assert_eq!(told.explained.packets, 5);
        assert_eq!(told.rows.len(), 1);
    }

    #[test]
    fn what_cannot_be_read_is_refused_in_words() {
        for (bytes, words) in [
            (&RECORDING[..2_000], "line"),
            (b"hello", "expected a pcap or pcapng capture"),
            (b"\x1f\x8b\x07", "compression method 7"),
            (b"", "empty"),
        ] {
            let why = read(bytes, 64).unwrap_err();
            assert!(why.contains(words), "{why}");
        }
    }
}
