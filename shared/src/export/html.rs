//! A run as one HTML file without script: the drawing, the verdict and the tables, readable offline and for ever.

use std::fmt::Write as _;

use super::{LONG, Run, flag_words, millis, svg};
use crate::diagnosis::finding::{Finding, UnixVerdict};
use crate::ladder::svg::xml;
use crate::ladder::words::plain;
use crate::units::Nanos;

/// Only its own styles may act, whatever the run said.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const STYLE: &str = include_str!("page.css");

/// Writes the file.
pub fn write(run: &Run<'_>) -> String {
    let title = text(&run.title());
    let picture = svg::write(run);
    let inside = if svg::has_recording(&picture) {
        " The recording is inside of the picture."
    } else {
        ""
    };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <figure>\n{picture}</figure>\n"
    );
    out += &told(run);
    let kernel = text(&run.report.environment.kernel);
    let _ = write!(
        out,
        "<p class=\"origin\">Recorded on Linux {kernel} with Aftershake.{inside}</p>\n\
         </main>\n</body>\n</html>\n"
    );
    out
}

/// What is told below the picture: every RST with its reasons, what was expected, the tables, the scenario.
pub fn told(run: &Run<'_>) -> String {
    let mut out = String::new();
    for finding in &run.diagnosis.resets {
        reset(&mut out, finding);
    }
    for pair in &run.diagnosis.unix {
        unix(&mut out, run, pair);
    }
    expectation(&mut out, run);
    calls(&mut out, run);
    segments(&mut out, run);
    let _ = writeln!(
        out,
        "<h2>Scenario</h2>\n{}",
        block(&run.recording.header.scenario.toml)
    );
    if let Some(link) = &run.link {
        out += &block(&format!("aftershake run '{link}'"));
    }
    out
}

fn reset(out: &mut String, finding: &Finding) {
    let causes: Vec<_> = finding.candidates.iter().map(|c| c.slug()).collect();
    let _ = write!(
        out,
        "<h2>Reset by {}</h2>\n<p><b>{}</b> ({}), event {}</p>\n<p>{}</p>\n<p>{}</p>\n",
        text(&finding.sent_by),
        causes.join("</b> or <b>"),
        finding.certainty.name(),
        finding.segment,
        text(&finding.explanation),
        text(&finding.fix)
    );
    if !finding.fix_code.is_empty() {
        *out += &block(&finding.fix_code);
    }
    if !finding.ruled_out.is_empty() {
        *out += "<details><summary>What it was not</summary>\n<ul>\n";
        for ruled_out in &finding.ruled_out {
            let because = text(&ruled_out.because);
            let _ = writeln!(out, "<li><b>{}</b>: {because}</li>", ruled_out.cause);
        }
        *out += "</ul></details>\n";
    }
}

/// What no RST tells: an error of a pair of `AF_UNIX` sockets.
fn unix(out: &mut String, run: &Run<'_>, pair: &UnixVerdict) {
    let mut paragraphs = Vec::new();
    if pair.headline != run.diagnosis.headline {
        paragraphs.extend([pair.headline.clone(), pair.explanation.clone()]);
    }
    if !pair.kernel_function.is_empty() {
        paragraphs.push(format!("In Linux: {}", pair.kernel_function));
    }
    paragraphs.push(pair.fix.clone());
    let _ = writeln!(out, "<h2>AF_UNIX @{}</h2>", text(&pair.name));
    for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.is_empty()) {
        let _ = writeln!(out, "<p>{}</p>", text(paragraph));
    }
}

fn expectation(out: &mut String, run: &Run<'_>) {
    let mismatches = run.report.expectation.mismatches.iter();
    let mismatches = mismatches.map(|mismatch| format!("not as expected: {mismatch}"));
    let claims = run.report.claims.iter().map(|claim| {
        let word = if claim.holds {
            "holds"
        } else {
            "does not hold"
        };
        format!("{word} on this run: {}", claim.text)
    });
    let items: Vec<_> = mismatches
        .chain(claims)
        .map(|item| format!("<li>{}</li>\n", text(&item)))
        .collect();
    let items = items.concat();
    if !items.is_empty() {
        let _ = write!(out, "<h2>Expected and claimed</h2>\n<ul>\n{items}</ul>\n");
    }
}

fn calls(out: &mut String, run: &Run<'_>) {
    let rows = run.acts.iter().map(|act| {
        vec![
            act.id.to_string(),
            millis(act.at),
            act.by.clone(),
            act.what.clone(),
            act.result.clone(),
        ]
    });
    table(out, "Calls", &["event", "ms", "by", "call", "result"], rows);
}

fn segments(out: &mut String, run: &Run<'_>) {
    let rows = run.report.segments.iter().map(|segment| {
        vec![
            segment.id.to_string(),
            millis(Nanos(segment.at_ns)),
            segment.from.clone(),
            run.receiver_of(segment),
            flag_words(&segment.flags),
            segment.seq.to_string(),
            segment.ack.to_string(),
            segment.len.to_string(),
            segment.win.to_string(),
        ]
    });
    let columns = [
        "event", "ms", "from", "to", "flags", "seq", "ack", "bytes", "window",
    ];
    table(out, "Segments", &columns, rows);
}

fn table(out: &mut String, title: &str, columns: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let heads = columns.iter();
    let heads: Vec<_> = heads
        .map(|column| format!("<th scope=\"col\">{column}</th>"))
        .collect();
    let heads = heads.concat();
    let _ = write!(
        out,
        "<h2>{title}</h2>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\"><table>\n\
         <thead><tr>{heads}</tr></thead>\n<tbody>\n"
    );
    for row in rows {
        *out += "<tr>";
        for cell in row {
            let _ = write!(out, "<td>{}</td>", text(&cell));
        }
        *out += "</tr>\n";
    }
    *out += "</tbody></table></div>\n";
}

/// Lines of code.
pub fn block(lines: &str) -> String {
    let lines: Vec<_> = lines.lines().map(text).collect();
    format!("<pre tabindex=\"0\">{}</pre>\n", lines.join("\n"))
}

/// Text that is nothing else, inside of an element.
pub fn text(words: &str) -> String {
    xml(&plain(words, LONG), LONG)
}
