//! A run as Markdown for an issue or a page: verdict, ladder as text, tables. Source: `CommonMark` 0.31, GFM tables.

use std::fmt::Write as _;

use super::{LONG, Run, flag_words, millis};
use crate::diagnosis::finding::{Finding, UnixVerdict};
use crate::ladder::text::{Paper, write as write_ladder};
use crate::ladder::words::plain;
use crate::units::Nanos;

/// Writes the file.
pub fn write(run: &Run<'_>) -> String {
    let mut out = format!(
        "# {}\n\n**{}**\n",
        text(&run.title()),
        text(&run.headline())
    );
    paragraph(&mut out, &run.diagnosis.explanation);
    fenced(
        &mut out,
        "text",
        &write_ladder(&run.ladder, Paper::default()),
    );
    for finding in &run.diagnosis.resets {
        reset(&mut out, finding);
    }
    for pair in &run.diagnosis.unix {
        unix(&mut out, run, pair);
    }
    expectation(&mut out, run);
    calls(&mut out, run);
    segments(&mut out, run);
    out += "\n## Scenario\n";
    fenced(&mut out, "toml", &run.recording.header.scenario.toml);
    if let Some(link) = &run.link {
        fenced(&mut out, "sh", &format!("aftershake run '{link}'\n"));
    }
    let environment = &run.report.environment;
    let _ = write!(
        out,
        "\nRecorded on Linux {} with Aftershake.\n",
        text(&environment.kernel)
    );
    out
}

fn reset(out: &mut String, finding: &Finding) {
    let sure = finding.certainty.name();
    let causes: Vec<_> = finding.candidates.iter().map(|c| code(c.slug())).collect();
    let _ = write!(
        out,
        "\n## Reset by {}\n\n{} ({sure}), event {}\n",
        text(&finding.sent_by),
        causes.join(" or "),
        finding.segment
    );
    paragraph(out, &finding.explanation);
    paragraph(out, &finding.fix);
    if !finding.fix_code.is_empty() {
        fenced(out, "", &format!("{}\n", finding.fix_code));
    }
}

/// What no RST tells: an error of a pair of `AF_UNIX` sockets.
fn unix(out: &mut String, run: &Run<'_>, pair: &UnixVerdict) {
    let _ = write!(out, "\n## AF\\_UNIX {}\n", code(&format!("@{}", pair.name)));
    if pair.headline != run.diagnosis.headline {
        paragraph(out, &pair.headline);
        paragraph(out, &pair.explanation);
    }
    if !pair.kernel_function.is_empty() {
        let _ = write!(out, "\nIn Linux: {}\n", code(pair.kernel_function));
    }
    paragraph(out, &pair.fix);
}

fn expectation(out: &mut String, run: &Run<'_>) {
    for mismatch in &run.report.expectation.mismatches {
        let _ = write!(out, "\n- not as expected: {}", text(mismatch));
    }
    for claim in &run.report.claims {
        let word = if claim.holds {
            "holds"
        } else {
            "does not hold"
        };
        let _ = write!(out, "\n- {word} on this run: {}", text(&claim.text));
    }
    if !run.report.expectation.mismatches.is_empty() || !run.report.claims.is_empty() {
        out.push('\n');
    }
}

fn calls(out: &mut String, run: &Run<'_>) {
    *out += "\n## Calls\n\n| event | ms | by | call | result |\n|---:|---:|---|---|---|\n";
    for act in &run.acts {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            act.id,
            millis(act.at),
            text(&act.by),
            code(&act.what),
            code(&act.result)
        );
    }
}

fn segments(out: &mut String, run: &Run<'_>) {
    *out += "\n## Segments\n\n| event | ms | from | to | flags | seq | ack | bytes | window |\n\
        |---:|---:|---|---|---|---:|---:|---:|---:|\n";
    for segment in &run.report.segments {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            segment.id,
            millis(Nanos(segment.at_ns)),
            text(&segment.from),
            text(&run.receiver_of(segment)),
            flag_words(&segment.flags),
            segment.seq,
            segment.ack,
            segment.len,
            segment.win
        );
    }
}

fn paragraph(out: &mut String, words: &str) {
    if !words.is_empty() {
        let _ = write!(out, "\n{}\n", text(words));
    }
}

/// One line of words: every character that Markdown or HTML gives a meaning stands for itself.
///
/// A table pasted into a spreadsheet computes nothing either: `=`, `+`, `-` and `@` are escaped as well.
pub fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for letter in plain(words, LONG).chars() {
        match letter {
            '<' => out += "&lt;",
            // Two of them begin a formula on many pages.
            '$' => out += "&#36;",
            '>' => out += "&gt;",
            '&' => out += "&amp;",
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '=' | '+' | '-' | '@' | '!' => {
                out.push('\\');
                out.push(letter);
            }
            _ => out.push(letter),
        }
    }
    out
}

/// A short text as code, in more backticks than it holds; a pipe would end the table's cell even there.
fn code(words: &str) -> String {
    let words = plain(words, LONG).replace('|', "\\|");
    let ticks = "`".repeat(longest_run(&words) + 1);
    let pad = if words.starts_with('`') || words.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{words}{pad}{ticks}")
}

/// A block of lines as they are, in a fence that nothing within ends.
fn fenced(out: &mut String, language: &str, lines: &str) {
    let lines: Vec<_> = lines.lines().map(|line| plain(line, LONG)).collect();
    let longest = lines.iter().map(|line| longest_run(line)).max();
    let fence = "`".repeat((longest.unwrap_or(0) + 1).max(3));
    let _ = write!(out, "\n{fence}{language}\n{}\n{fence}\n", lines.join("\n"));
}

/// The longest run of backticks.
fn longest_run(words: &str) -> usize {
    let runs = words.split(|letter| letter != '`').map(str::len);
    runs.max().unwrap_or(0)
}
