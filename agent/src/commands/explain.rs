//! `aftershake explain`: explains every RST of a capture that others made, or of a recording.

mod source;
mod words;

use std::fs;
use std::io;

use aftershake_shared::capture::counters_text::CounterDeltas;
use aftershake_shared::capture::explained::{ConnectionExplained, Explained};
use aftershake_shared::capture::explainer::{Explainer, Options};
use aftershake_shared::capture::trace_text::ResetTrace;
use aftershake_shared::channel::Failure;
use aftershake_shared::diagnosis::finding::Diagnosis;
use aftershake_shared::sniff::{ENOUGH, OurText, is_recording, our_text};
use serde::Serialize;

use super::{DONE, MISSED, bad_input, export, internal, print, run};
use crate::judged::Diagnosed;
use crate::options::ExplainOptions;
use source::{Next, Source};
use words::Counted;

/// A recording is read whole: at most so many bytes.
const RECORDING: usize = 1 << 30;
/// Counters and traces beside are read whole: at most so many bytes.
const BESIDE: u64 = 256 << 20;
const EXPECTED: &str = "a pcap or pcapng capture, gzip or not, or a recording of `aftershake run --save`, also within its picture";

/// Explains one file, printing as it flows.
///
/// # Errors
/// A file that cannot be read or is no capture.
pub fn explain(options: &ExplainOptions) -> Result<u8, Failure> {
    crate::sys::thread::exit_130_on_interrupt();
    let unreadable =
        |error: &dyn std::fmt::Display| bad_input(format!("{}: {error}", options.file), "");
    let mut source = Source::open(&options.file).map_err(|error| unreadable(&error))?;
    let first = match source.next_bytes() {
        Ok(first) => first,
        Err(error) => return Err(unreadable(&error)),
    };
    if let Some(kind) = our_text(&first) {
        return explain_recording(kind, first, source, options);
    }
    let mut out = Output::new(options, Counted::Frames);
    let mut explainer = Explainer::new(Options {
        port: options.port,
        with_segments: options.verbose,
        counters: options.with_counters.as_deref().map(counters).transpose()?,
        trace: options.with_trace.as_deref().map(trace).transpose()?,
        ..Options::default()
    });
    let no_capture =
        |error: &dyn std::fmt::Display| bad_input(format!("{}: {error}", options.file), EXPECTED);
    explainer.feed(&first).map_err(|error| no_capture(&error))?;
    loop {
        match source.next() {
            Next::Bytes(bytes) => {
                explainer.feed(&bytes).map_err(|error| no_capture(&error))?;
                source.give_back(bytes);
            }
            // Nobody waits for more of a file: a slow disk must not change what is said of it.
            Next::Pause if options.file != "-" => {}
            Next::Pause => explainer.settle(),
            Next::End(None) => break,
            Next::End(Some(error)) => {
                explainer.note_problem(&format!("the file could not be read further: {error}"));
                break;
            }
        }
        out.connections(&explainer.take())?;
    }
    while explainer.end_part().map_err(|error| no_capture(&error))? {
        out.connections(&explainer.take())?;
    }
    let whole = explainer.finish().map_err(|error| no_capture(&error))?;
    out.end(&whole)
}

impl Source {
    /// The first bytes, enough to tell what the file is; fewer when it has not more.
    fn next_bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut first = Vec::new();
        loop {
            match self.next() {
                Next::Bytes(bytes) => first.extend(bytes),
                Next::Pause => {}
                Next::End(None) => return Ok(first),
                Next::End(Some(error)) => return Err(error),
            }
            if first.len() >= ENOUGH {
                return Ok(first);
            }
        }
    }
}

/// Prints connections one by one, as one JSON object or as lines.
struct Output<'a> {
    options: &'a ExplainOptions,
    counted: Counted,
    printed: u64,
    resets: u64,
}

impl<'a> Output<'a> {
    const fn new(options: &'a ExplainOptions, counted: Counted) -> Self {
        Self {
            options,
            counted,
            printed: 0,
            resets: 0,
        }
    }

    fn connections(&mut self, list: &[ConnectionExplained]) -> Result<(), Failure> {
        let mut text = String::new();
        for one in list {
            self.resets += one.resets.len() as u64 + u64::from(one.resets_not_explained);
            if self.options.json {
                text.push_str(if self.printed == 0 {
                    "{\"format\":1,\"connections\":["
                } else {
                    ","
                });
                text.push_str(&json(one)?);
                self.printed += 1;
            } else if words::is_worth_a_line(one) {
                let paper = self
                    .options
                    .verbose
                    .then(|| words::paper(super::terminal_columns()));
                text.push_str(&words::connection(one, paper, self.counted));
                self.printed += 1;
            }
        }
        if text.is_empty() {
            return Ok(());
        }
        print(&text)
    }

    /// What a recording knows of errors over `AF_UNIX`, where no connection ended.
    fn unix(&mut self, diagnosis: &Diagnosis) -> Result<(), Failure> {
        for pair in diagnosis.unix.iter().filter(|pair| pair.met_error) {
            self.printed += 1;
            print(&words::unix(pair))?;
        }
        Ok(())
    }

    fn end(mut self, explained: &Explained) -> Result<u8, Failure> {
        self.connections(&explained.connections)?;
        if self.options.json {
            let begun = if self.printed == 0 {
                "{\"format\":1,\"connections\":["
            } else {
                ""
            };
            let problems = json(&explained.problems)?;
            let summary = json(&explained.summary)?;
            let packets = explained.packets;
            print(&format!(
                "{begun}],\"problems\":{problems},\"summary\":{summary},\"packets\":{packets}}}\n"
            ))?;
        } else {
            if self.printed == 0 {
                print("No connection ended badly.\n")?;
            }
            print(&words::summary(explained, self.counted))?;
        }
        let failed = self.options.fail_on.is_some() && self.resets > 0;
        Ok(if failed { MISSED } else { DONE })
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| internal(&error))
}

/// The rest of a recording, or of a picture that holds one; its verdict with all its sources.
fn explain_recording(
    kind: OurText,
    mut bytes: Vec<u8>,
    mut source: Source,
    options: &ExplainOptions,
) -> Result<u8, Failure> {
    let wrong = |message: String| bad_input(format!("{}: {message}", options.file), "");
    loop {
        match source.next() {
            Next::Bytes(more) => bytes.extend(more),
            Next::Pause => {}
            Next::End(None) => break,
            Next::End(Some(error)) => return Err(wrong(error.to_string())),
        }
        if bytes.len() > RECORDING {
            return Err(wrong(format!("longer than {RECORDING} bytes")));
        }
    }
    let text = String::from_utf8(bytes).map_err(|error| wrong(error.to_string()))?;
    let recording = export::read_text(&options.file, kind, &text).map_err(|failure| {
        if kind == OurText::Recording && !is_recording(&text) {
            // Other JSON was never a recording to be saved again.
            return bad_input(failure.message, EXPECTED);
        }
        failure
    })?;
    drop(text);
    if options.with_counters.is_some() || options.with_trace.is_some() {
        let remedy = "leave out --with-counters and --with-trace: a recording holds its own";
        return Err(bad_input(
            format!("{} is a recording", options.file),
            remedy,
        ));
    }
    let Diagnosed {
        recording,
        diagnosis,
    } = Diagnosed::new(recording);
    if options.verbose && !options.json && options.port.is_none() {
        print(&run::text(&recording, &diagnosis))?;
        let failed = options.fail_on.is_some() && !diagnosis.resets.is_empty();
        return Ok(if failed { MISSED } else { DONE });
    }
    let counted = Counted::Events(recording.events.len() as u64);
    let mut out = Output::new(options, counted);
    // A port is TCP's, and so is everything in the object.
    if options.port.is_none() && !options.json {
        out.unix(&diagnosis)?;
    }
    let mut explained = Explained::of_recording(&recording.events, diagnosis);
    if let Some(port) = options.port {
        explained.keep_port(port);
    }
    out.end(&explained)
}

fn counters(path: &str) -> Result<CounterDeltas, Failure> {
    let text = beside(path)?;
    CounterDeltas::read(&text)
        .map_err(|error| bad_input(format!("{path}: {error}"), "docs/explain.md"))
}

fn trace(path: &str) -> Result<ResetTrace, Failure> {
    let text = beside(path)?;
    ResetTrace::read(&text)
        .map_err(|error| bad_input(format!("{path}: {error}"), "docs/explain.md"))
}

/// A text that stands beside a capture.
fn beside(path: &str) -> Result<String, Failure> {
    let unreadable = |error: io::Error| bad_input(format!("{path}: {error}"), "");
    let bytes = fs::metadata(path).map_err(unreadable)?.len();
    if bytes > BESIDE {
        let message = format!("{path}: {bytes} bytes, at most {BESIDE} are read");
        return Err(bad_input(
            message,
            "save only the lines with tcp_send_reset",
        ));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
