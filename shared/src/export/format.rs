//! The formats that a run can be written in: the one list that the command line and the page have.

use super::{Run, filter, html, markdown, mermaid, packetdrill, pcapng, recorded, svg};
use crate::diagnosis::finding::Diagnosis;
use crate::recording::Recording;

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

impl Format {
    /// All of them, in the order of every list.
    pub const ALL: [Self; 10] = [
        Self::Svg,
        Self::Png,
        Self::Html,
        Self::Markdown,
        Self::Mermaid,
        Self::Pcapng,
        Self::Json,
        Self::Packetdrill,
        Self::Filter,
        Self::Recording,
    ];

    /// What it is called, in the page and on the command line.
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

    /// What it is, for the command line's help.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Svg => "The ladder as a picture without script, the recording inside",
            Self::Png => "The ladder as pixels, in light colours",
            Self::Html => "One page without script: picture, verdict, tables",
            Self::Markdown => "Verdict, ladder and tables for an issue or a page",
            Self::Mermaid => "A sequence diagram for pages that draw Mermaid",
            Self::Pcapng => "The segments for Wireshark, verdict and calls as comments",
            Self::Json => "The object that run --json prints",
            Self::Packetdrill => "A script that plays one end's part against the kernel",
            Self::Recording => "Every event, and the verdict in words; what run --save writes",
            Self::Filter => "The connections as a display filter for tshark and Wireshark",
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

    /// The file's bytes; of a PNG the drawing, an SVG that is yet to be turned into pixels, in light colours.
    pub fn write(self, recording: &Recording, diagnosis: &Diagnosis) -> Vec<u8> {
        let run = || Run::new(recording, diagnosis);
        let text = match self {
            Self::Pcapng => return pcapng::write(&recording.events, diagnosis),
            Self::Svg => svg::write(&run()),
            Self::Png => svg::picture(&run()).replacen("(prefers-color-scheme:dark)", "not all", 1),
            Self::Html => html::write(&run()),
            Self::Markdown => markdown::write(&run()),
            Self::Mermaid => mermaid::write(&run()),
            Self::Json => run().report.to_json() + "\n",
            Self::Packetdrill => packetdrill::write(&run()),
            Self::Recording => recorded::write(recording, diagnosis),
            Self::Filter => filter::write(diagnosis),
        };
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::diagnose;
    use std::collections::BTreeSet;

    #[test]
    fn each_format_is_listed_once_and_named_apart() {
        let names: BTreeSet<_> = Format::ALL.iter().map(|format| format.name()).collect();
        let endings: BTreeSet<_> = Format::ALL.iter().map(|format| format.file().0).collect();
        assert_eq!(
            (names.len(), endings.len()),
            (Format::ALL.len(), Format::ALL.len())
        );
    }

    #[test]
    fn a_recording_says_its_verdict_wherever_it_is_written() {
        let text = include_str!("../../../scenarios/recordings/linger-zero.jsonl");
        let recording = Recording::from_json_lines(text).unwrap();
        let evidence = &recording.header.environment.evidence;
        let diagnosis = diagnose(&recording.events, evidence);
        let written = Format::Recording.write(&recording, &diagnosis);
        let written = String::from_utf8(written).unwrap();
        let last = written.trim_end().lines().last().unwrap();
        assert!(last.contains("\"verdict\"") && last.contains("linger-zero-close"));
    }
}
