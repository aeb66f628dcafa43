//! The files that a run becomes, each as `aftershake export` writes it.

use aftershake_shared::export::snippet::file_stem;
use aftershake_shared::export::{Run, filter, html, markdown, mermaid, packetdrill, pcapng, svg};
use aftershake_shared::recording::Recording;

use crate::store::run_events::RunEvents;

/// One format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Svg,
    Png,
    Html,
    Markdown,
    Mermaid,
    Pcapng,
    Json,
    Packetdrill,
    Recording,
    Filter,
}

/// All of them, in the order of the list.
pub const FORMATS: [Format; 10] = [
    Format::Recording,
    Format::Svg,
    Format::Png,
    Format::Html,
    Format::Markdown,
    Format::Mermaid,
    Format::Pcapng,
    Format::Filter,
    Format::Packetdrill,
    Format::Json,
];

impl Format {
    /// What it is called, here and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Mermaid => "mermaid",
            Self::Pcapng => "pcapng",
            Self::Json => "json",
            Self::Packetdrill => "packetdrill",
            Self::Recording => "recording",
            Self::Filter => "filter",
        }
    }

    /// How its files' names end, and their media type.
    pub const fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Svg => (".svg", "image/svg+xml"),
            Self::Png => (".png", "image/png"),
            Self::Html => (".html", "text/html"),
            Self::Markdown => (".md", "text/markdown"),
            Self::Mermaid => (".mmd", "text/plain"),
            Self::Pcapng => (".pcapng", "application/x-pcapng"),
            Self::Json => (".json", "application/json"),
            Self::Packetdrill => (".pkt", "text/plain"),
            Self::Recording => (".recording.jsonl", "application/jsonl"),
            Self::Filter => (".filter.txt", "text/plain"),
        }
    }

    /// Whether it is short text, which can be copied.
    pub const fn is_text(self) -> bool {
        match self {
            Self::Markdown | Self::Mermaid | Self::Json | Self::Packetdrill | Self::Filter => true,
            Self::Svg | Self::Png | Self::Html | Self::Pcapng | Self::Recording => false,
        }
    }

    /// The file's bytes; of a PNG the drawing that is to be turned into pixels. `None` without a verdict.
    pub fn write(self, run: &RunEvents) -> Option<Vec<u8>> {
        let recording = Recording {
            header: run.header.as_deref()?.clone(),
            events: run.events.to_vec(),
        };
        let diagnosis = run.diagnosis.as_deref()?;
        if self == Self::Pcapng {
            return Some(pcapng::write(&recording.events, diagnosis));
        }
        if self == Self::Recording {
            return Some(recording.to_json_lines().into_bytes());
        }
        let run = Run::new(&recording, diagnosis);
        let text = match self {
            Self::Svg => svg::write(&run),
            // As on the command line: in light colours, whatever the reader's are.
            Self::Png => svg::picture(&run).replacen("(prefers-color-scheme:dark)", "not all", 1),
            Self::Html => html::write(&run),
            Self::Markdown => markdown::write(&run),
            Self::Mermaid => mermaid::write(&run),
            Self::Json => run.report.to_json() + "\n",
            Self::Packetdrill => packetdrill::write(&run),
            Self::Filter => filter::write(diagnosis),
            Self::Pcapng | Self::Recording => return None,
        };
        Some(text.into_bytes())
    }

    /// The file's name.
    pub fn file_name(self, run: &RunEvents) -> String {
        let name = run
            .header
            .as_ref()
            .map(|header| header.scenario.name.as_str());
        file_stem(name.unwrap_or_default()) + self.file().0
    }
}
