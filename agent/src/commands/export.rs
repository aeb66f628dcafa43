//! `aftershake export`: a run as a file for elsewhere. A scenario is run first, a recording is read.

mod png;

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use aftershake_shared::channel::Failure;
use aftershake_shared::export::format::Format;
use aftershake_shared::export::svg;
use aftershake_shared::recording::Recording;
use aftershake_shared::sniff::{OurText, is_recording, our_text};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::{DONE, bad_input, out_file, print_bytes, scenario_input};
use crate::judged::Diagnosed;
use crate::worker::protocol::RunRequest;
use crate::worker_process::WorkerProcess;

/// Largest file that is read as a recording, in bytes.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Write a run as a picture, a page, a text or a capture
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples: aftershake export linger-zero --to svg -o linger-zero.svg\n          \
    aftershake run mine.toml --save mine.jsonl; aftershake export mine.jsonl --to markdown\n          \
    aftershake export linger-zero.svg --to pcapng -o linger-zero.pcapng"
)]
pub struct ExportOptions {
    /// A scenario (name, .toml file, share link, -) to run, or a recording: a file that --save wrote, or such a picture
    #[arg(value_name = "SCENARIO_OR_RECORDING")]
    pub subject: String,
    /// What to write
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub to: Format,
    /// Write to this file instead of stdout
    #[arg(long, short, value_name = "F")]
    pub output: Option<PathBuf>,
    /// Repeat the random choices of an earlier run
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// The formats by their names.
fn formats() -> impl TypedValueParser<Value = Format> {
    let values = Format::ALL.map(|one| PossibleValue::new(one.name()).help(one.about()));
    PossibleValuesParser::new(values).try_map(|name| {
        let mut all = Format::ALL.into_iter();
        all.find(|one| one.name() == name).ok_or("no such format")
    })
}

/// Runs or reads, then writes.
///
/// # Errors
/// Input that cannot be read, a file that cannot be written, or a machine on which nothing can be run.
pub fn export(options: &ExportOptions) -> Result<u8, Failure> {
    crate::sys::thread::exit_130_on_interrupt();
    let is_binary = matches!(options.to, Format::Pcapng | Format::Png);
    if is_binary && options.output.is_none() && io::stdout().is_terminal() {
        let message = "this format is no text, and stdout is a terminal".to_owned();
        return Err(bad_input(message, "-o FILE, or a pipe"));
    }
    if let Some(path) = &options.output {
        out_file::check("--output", path)?;
    }
    let judged = judged(&options.subject, options.seed)?;
    let bytes = write(options.to, &judged)?;
    match &options.output {
        Some(path) => out_file::write(path, &bytes)?,
        None => print_bytes(&bytes)?,
    }
    Ok(DONE)
}

/// A recording that is read, or a scenario's that is run, with its verdict.
pub(super) fn judged(subject: &str, seed: Option<u64>) -> Result<Diagnosed, Failure> {
    let recording = match recorded(subject)? {
        Some(recording) => recording,
        None => run_once(subject, seed)?,
    };
    Ok(Diagnosed::new(recording))
}

fn write(format: Format, judged: &Diagnosed) -> Result<Vec<u8>, Failure> {
    let bytes = format.write(&judged.recording, &judged.diagnosis);
    match format {
        Format::Png => png::draw(&String::from_utf8_lossy(&bytes)),
        Format::Svg
        | Format::Html
        | Format::Markdown
        | Format::Mermaid
        | Format::Pcapng
        | Format::Json
        | Format::Packetdrill
        | Format::Recording
        | Format::Filter => Ok(bytes),
    }
}

/// The recording that a file holds; `None` when the argument means a scenario.
pub(super) fn recorded(argument: &str) -> Result<Option<Recording>, Failure> {
    let path = Path::new(argument);
    let is_scenario = path
        .extension()
        .is_some_and(|extension| extension == "toml");
    if is_scenario || !path.is_file() {
        return Ok(None);
    }
    let cannot = |error: io::Error| bad_input(format!("{argument}: cannot be read: {error}"), "");
    let size = fs::metadata(path).map_err(cannot)?.len();
    if size > LARGEST {
        let message =
            format!("{argument}: {size} bytes, expected a recording of at most {LARGEST}");
        return Err(bad_input(message, ""));
    }
    let Ok(text) = String::from_utf8(fs::read(path).map_err(cannot)?) else {
        let message = format!("{argument}: not text, expected a recording or a scenario");
        return Err(bad_input(message, "aftershake explain reads captures"));
    };
    match our_text(text.as_bytes()) {
        // Other JSON is nothing of ours, and what is in it is not told.
        Some(OurText::Recording) if !is_recording(&text) => Ok(None),
        Some(kind) => read_text(argument, kind, &text).map(Some),
        None => Ok(None),
    }
}

/// The recording that a text is or holds; `shown` is where it is from.
pub(super) fn read_text(shown: &str, kind: OurText, text: &str) -> Result<Recording, Failure> {
    let wrong =
        |error: &dyn std::fmt::Display, remedy| bad_input(format!("{shown}: {error}"), remedy);
    match kind {
        OurText::Recording => {
            Recording::from_json_lines(text).map_err(|error| wrong(&error, error.remedy()))
        }
        OurText::Picture => svg::recording(text).map_err(|error| wrong(&error, error.remedy())),
    }
}

fn run_once(subject: &str, seed: Option<u64>) -> Result<Recording, Failure> {
    let (scenario, _) = scenario_input::read(subject)?;
    let seed = seed.unwrap_or_else(super::random_seed);
    let mut worker = WorkerProcess::start()?;
    let (recording, _) = worker.run(RunRequest {
        scenario,
        seed,
        live: false,
        beside: None,
        last: true,
    })?;
    Ok(recording)
}
