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
use aftershake_shared::export::svg;
use aftershake_shared::recording::Recording;
use serde::Serialize;

use super::{DONE, MISSED, bad_input, internal, print, run};
use crate::judged::Judged;
use crate::options::ExplainOptions;
use source::{Next, Source};

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
    if first.starts_with(b"{") || first.starts_with(b"<") {
        return explain_recording(first, source, options);
    }
    let mut out = Output::new(options);
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
    /// The first bytes; none when the file is empty.
    fn next_bytes(&mut self) -> io::Result<Vec<u8>> {
        loop {
            match self.next() {
                Next::Bytes(bytes) => return Ok(bytes),
                Next::Pause => {}
                Next::End(None) => return Ok(Vec::new()),
                Next::End(Some(error)) => return Err(error),
            }
        }
    }
}

/// Prints connections one by one, as one JSON object or as lines.
struct Output<'a> {
    options: &'a ExplainOptions,
    printed: u64,
    resets: u64,
}

impl<'a> Output<'a> {
    const fn new(options: &'a ExplainOptions) -> Self {
        Self {
            options,
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
                text.push_str(&words::connection(one, paper));
                self.printed += 1;
            }
        }
        if text.is_empty() {
            return Ok(());
        }
        print(&text)
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
            print(&words::summary(explained))?;
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
    mut bytes: Vec<u8>,
    mut source: Source,
    options: &ExplainOptions,
) -> Result<u8, Failure> {
    let wrong = |message: String| bad_input(format!("{}: {message}", options.file), EXPECTED);
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
    let recording = if text.starts_with('<') {
        svg::recording(&text).map_err(|error| wrong(error.to_string()))?
    } else {
        Recording::from_json_lines(&text).map_err(|error| wrong(error.to_string()))?
    };
    drop(text);
    if options.with_counters.is_some() || options.with_trace.is_some() {
        let remedy = "leave out --with-counters and --with-trace: a recording holds its own";
        return Err(bad_input(
            format!("{} is a recording", options.file),
            remedy,
        ));
    }
    if options.verbose && !options.json && options.port.is_none() {
        let judged = Judged::new(recording)?;
        print(&run::text(&judged))?;
        let failed = options.fail_on.is_some() && !judged.diagnosis.resets.is_empty();
        return Ok(if failed { MISSED } else { DONE });
    }
    let evidence = &recording.header.environment.evidence;
    let diagnosis = aftershake_shared::diagnosis::diagnose(&recording.events, evidence);
    let mut explained = Explained::of_recording(&recording.events, diagnosis);
    if let Some(port) = options.port {
        explained.keep_port(port);
    }
    Output::new(options).end(&explained)
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
