//! The verdict as plain text: what happened, why, what each program saw, on what evidence, what it was not.
//!
//! No colour and no control characters: whatever a scenario or a recording wrote is stripped of them.

use std::fmt::Write as _;

use crate::diagnosis::finding::{Certainty, Cited, Diagnosis, Finding, Saw, UnixVerdict};
use crate::event::{Event, EventBody, EventId};
use crate::expectation::{claims, expected};
use crate::recording::Recording;
use crate::remedy::origin::Origin;

/// At most this many causes are listed as ruled out; the rest is only counted.
const RULED_OUT_SHOWN: usize = 6;

/// The verdict on one run, several short paragraphs, each line stripped by [`plain`].
pub fn verdict_text(recording: &Recording, diagnosis: &Diagnosis) -> String {
    let events = &recording.events;
    let mut text = format!("{}\n", diagnosis.headline);
    if !diagnosis.explanation.is_empty() {
        text.push_str("\nWhy\n");
        wrap(&mut text, &diagnosis.explanation, 0);
    }
    saw(&mut text, diagnosis);
    for finding in &diagnosis.resets {
        reset(&mut text, finding, diagnosis, events);
    }
    for pair in &diagnosis.unix {
        unix(&mut text, pair, diagnosis, events);
    }
    if let Ok(scenario) = recording.header.scenario.parse() {
        let met = expected(&scenario, events, diagnosis);
        section(&mut text, "Not as expected", &met.mismatches);
        let tried = claims(&scenario, events, diagnosis);
        let lines: Vec<_> = tried
            .iter()
            .map(|claim| {
                let word = if claim.holds {
                    "holds"
                } else {
                    "does not hold"
                };
                format!("{word} on this run: {}", claim.text)
            })
            .collect();
        section(&mut text, "Claims", &lines);
    }
    let troubles: Vec<_> = events
        .iter()
        .filter_map(|event| trouble(event).map(ToString::to_string))
        .collect();
    section(&mut text, "Weaker evidence", &troubles);
    text.lines().map(|line| plain(line) + "\n").collect()
}

fn trouble(event: &Event) -> Option<&crate::event::trouble::Trouble> {
    if let EventBody::Trouble(trouble) = &event.body {
        return Some(trouble);
    }
    None
}

/// Longest line, in characters.
const WIDTH: usize = 100;

fn section(text: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = write!(text, "\n{title}\n");
    for line in lines {
        wrap(text, line, 2);
    }
}

/// Writes one item, indented, over as many lines as its words need; all but the first are indented further by `hang`.
fn wrap(text: &mut String, item: &str, hang: usize) {
    let words = item.trim_start();
    let indent = 2 + item.len() - words.len();
    let mut column = 0;
    for word in words.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            column = indent + hang;
            let _ = write!(text, "\n{:column$}", "");
        } else if column == 0 {
            let _ = write!(text, "{:indent$}", "");
            column = indent;
        } else {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
}

fn saw(text: &mut String, diagnosis: &Diagnosis) {
    let many = diagnosis.connections.len() + diagnosis.unix.len() > 1;
    let connections = diagnosis.connections.iter().map(|one| (one.id, &one.saw));
    let pairs = diagnosis.unix.iter().map(|one| (one.id, &one.saw));
    for (id, saw) in connections.chain(pairs) {
        let title = if many {
            format!("What the programs saw on connection {id}")
        } else {
            "What the programs saw".to_owned()
        };
        section(text, &title, &saw_lines(saw));
    }
}

fn saw_lines(saw: &[Saw]) -> Vec<String> {
    let saw = saw.iter();
    saw.map(|saw| {
        format!(
            "{}: {} = {} ({})",
            saw.by, saw.signature, saw.result, saw.because
        )
    })
    .collect()
}

fn reset(text: &mut String, finding: &Finding, diagnosis: &Diagnosis, events: &[Event]) {
    let sure = finding.certainty.name();
    let slugs: Vec<_> = finding
        .candidates
        .iter()
        .map(|cause| cause.slug())
        .collect();
    let effect = if finding.accepted {
        ""
    } else {
        ", not acceptable, ended nothing"
    };
    let mut lines = vec![format!(
        "event {}, connection {}, sent by {}: {} ({sure}{effect})",
        finding.segment,
        finding.connection,
        finding.sent_by,
        slugs.join(" or ")
    )];
    if finding.headline != diagnosis.headline {
        lines.push(finding.headline.clone());
        lines.push(finding.explanation.clone());
    }
    if finding.kernel_asked {
        let reason = finding
            .kernel_reason
            .as_deref()
            .unwrap_or("none: no TCP endpoint sent it");
        lines.push(format!("the kernel's reason: {reason}"));
    }
    let origin = Origin::of(finding.cause);
    if finding.certainty == Certainty::Certain {
        let functions = origin.functions_over(finding.over_ipv6);
        lines.push(format!("in Linux: {functions}"));
        lines.push(format!("counters: {}", origin.counters));
    }
    lines.push(format!("source: {}", finding.rfc));
    section(text, "Reset", &lines);
    evidence(text, &finding.evidence, events);
    let mut not: Vec<_> = finding
        .ruled_out
        .iter()
        .take(RULED_OUT_SHOWN)
        .map(|out| format!("{}: {}", out.cause, out.because))
        .collect();
    let more = finding.ruled_out.len().saturating_sub(RULED_OUT_SHOWN);
    if more > 0 {
        not.push(format!("and {more} more"));
    }
    section(text, "What it was not, and why", &not);
    let mut fix = vec![finding.fix.clone()];
    fix.extend(finding.fix_code.lines().map(|line| format!("    {line}")));
    fix.push(format!(
        "The same in Python, Rust, Go, Java, Node.js and C, and what each shows: aftershake cause {}",
        finding.cause
    ));
    section(text, "What to change", &fix);
}

fn evidence(text: &mut String, cited: &[Cited], events: &[Event]) {
    let lines: Vec<_> = cited
        .iter()
        .map(|cited| {
            let at = time_of(events, cited.event);
            format!("{at} {} {}: {}", cited.kind, cited.event, cited.label)
        })
        .collect();
    section(text, "Evidence", &lines);
}

/// A pair of `AF_UNIX` sockets: nothing here was a RST.
fn unix(text: &mut String, pair: &UnixVerdict, diagnosis: &Diagnosis, events: &[Event]) {
    let mut lines = vec![format!(
        "connection {}, {} to {} at @{}: no TCP, no segment",
        pair.id, pair.client, pair.server, pair.name
    )];
    if pair.headline != diagnosis.headline {
        lines.push(pair.headline.clone());
        lines.push(pair.explanation.clone());
    }
    if !pair.kernel_function.is_empty() {
        lines.push(format!(
            "in Linux: {} (net/unix/af_unix.c)",
            pair.kernel_function
        ));
    }
    lines.retain(|line| !line.is_empty());
    section(text, "AF_UNIX", &lines);
    evidence(text, &pair.evidence, events);
    if !pair.fix.is_empty() {
        section(text, "What to change", std::slice::from_ref(&pair.fix));
    }
}

fn time_of(events: &[Event], id: EventId) -> String {
    let found = events.binary_search_by_key(&id, |event| event.id).ok();
    let event = found.and_then(|index| events.get(index));
    event.map_or_else(|| "-".to_owned(), |event| event.at.to_string())
}

/// The text without terminal escapes, control characters and marks that change the direction of writing.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => skip_escape(&mut letters),
            '\u{9b}' => skip_until_final(&mut letters),
            '\t' => out.push(' '),
            '\u{200e}'
            | '\u{200f}'
            | '\u{61c}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {}
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// After ESC: a control sequence, a string up to its end, or one more letter. Source: ECMA-48 §5.4, §5.6.
fn skip_escape(letters: &mut Letters<'_>) {
    match letters.next() {
        Some('[') => skip_until_final(letters),
        Some(']' | 'P' | '_' | '^' | 'X') => {
            while let Some(letter) = letters.next() {
                if letter == '\u{7}' || letter == '\u{9c}' {
                    return;
                }
                if letter == '\u{1b}' {
                    letters.next_if_eq(&'\\');
                    return;
                }
            }
        }
        Some(_) | None => {}
    }
}

fn skip_until_final(letters: &mut Letters<'_>) {
    for letter in letters.by_ref() {
        if ('\u{40}'..='\u{7e}').contains(&letter) {
            return;
        }
    }
}
