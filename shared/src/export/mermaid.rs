//! A run as a Mermaid `sequenceDiagram`, for pages that draw those. Source: Mermaid's sequence diagram syntax.
//!
//! Mermaid itself reads and draws these in the browser tests: what it would refuse or draw past its box is not written.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::{Run, Told, segment_words};
use crate::ladder::words::{columns, plain};

/// Mermaid draws no longer diagram, in UTF-16 units. Source: its configuration, `maxTextSize`, which no diagram can raise.
const LONGEST: usize = 50_000;
/// What the endpoints' names may take of it; who does not fit is left out with all that it does.
const LONGEST_ROLL: usize = 20_000;
/// Longest single text, in columns: most are drawn as one line.
const WIDE: usize = 300;

/// Columns that fit into a note from one endpoint to the next, in the widest of usual letters.
const NARROW: usize = 30;

/// Writes the file. Equal calls in a row are told once; of a run that is too long its middle is left out, and of one with
/// too many endpoints those before the last, which is the server of all others.
pub fn write(run: &Run<'_>) -> String {
    let mut endpoints = run.endpoints();
    let mut roll = 0;
    let fit = endpoints.iter().take_while(|endpoint| {
        roll += units(&name(endpoint)) + 32;
        roll <= LONGEST_ROLL
    });
    let fit = fit.count();
    let all = endpoints.len();
    if fit < all {
        let last = endpoints.pop();
        endpoints.truncate(fit.saturating_sub(1));
        endpoints.extend(last);
    }
    let mut out = String::from("sequenceDiagram\n");
    let _ = writeln!(out, "    accTitle: {}", name(&run.title()));
    let _ = writeln!(out, "    accDescr: {}", name(&run.headline()));
    for (endpoint, number) in endpoints.iter().zip(1..) {
        let _ = writeln!(out, "    participant e{number} as {}", name(endpoint));
    }
    if endpoints.is_empty() {
        return out;
    }
    let verdict = across(&endpoints, &run.headline());
    let left_out = |count| across(&endpoints, &format!("{count} calls and segments left out"));
    let fixed = [&out, &verdict, &left_out(usize::MAX)];
    let taken: usize = fixed.into_iter().map(|text| units(text)).sum();
    let (rows, of_others) = rows(run, &endpoints, all);
    let (front, missing, back) = fitting(&rows, LONGEST.saturating_sub(taken));
    let missing = missing + of_others;
    out.extend(front.iter().map(Row::line));
    if missing > 0 {
        out.push_str(&left_out(missing));
    }
    out.extend(back.iter().map(Row::line));
    out + &verdict
}

/// One line, and how often it was told in a row.
struct Row {
    words: String,
    times: usize,
}

impl Row {
    fn line(&self) -> String {
        match self.times {
            1 => format!("{}\n", self.words),
            times => format!("{}, {times} times\n", self.words),
        }
    }
}

/// A note across the diagram. Such a box is as wide as its endpoints are apart, so that its words are broken to fit;
/// Mermaid's own `wrap:` would break a letter's number in two.
fn across(endpoints: &[String], said: &str) -> String {
    let (over, width) = match endpoints.len() {
        0 | 1 => ("e1".to_owned(), NARROW),
        many => (format!("e1,e{many}"), NARROW * (many - 1)),
    };
    let plain_too = plain_too(said);
    let lines: Vec<_> = broken(&plain(said, WIDE), width)
        .iter()
        .map(|line| by_number(line.trim_end(), plain_too))
        .collect();
    format!("    Note over {over}: {}\n", lines.join("<br/>"))
}

/// A text in lines of so many columns; a word that is longer than a line is broken too.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        if !line.is_empty() && columns(&line) + columns(word.trim_end()) > width {
            lines.push(std::mem::take(&mut line));
        }
        for letter in word.chars() {
            if letter != ' ' && columns(&line) >= width {
                lines.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
    }
    lines.push(line);
    lines
}

/// The lines of these endpoints of so many, and how many calls and segments are those of others.
fn rows(run: &Run<'_>, endpoints: &[String], all: usize) -> (Vec<Row>, usize) {
    let number_of = |lane: usize| match lane {
        last if last == all => Some(endpoints.len()),
        lane => (lane < endpoints.len()).then_some(lane),
    };
    let mut of_others = 0;
    // By their lanes and not by their names: the ladder has shortened those.
    let calls = run.ladder.calls.iter();
    let calls: HashMap<_, _> = calls.map(|call| (call.event, call.lane + 1)).collect();
    let arrows = run.ladder.segments.iter();
    let arrows: HashMap<_, _> = arrows
        .map(|arrow| (arrow.event, (arrow.from_lane + 1, arrow.to_lane + 1)))
        .collect();
    let mut rows: Vec<Row> = Vec::new();
    for told in run.told() {
        let line = match told {
            Told::Act(act) => {
                let own = calls.get(&act.id).map(|lane| number_of(*lane));
                if own == Some(None) {
                    of_others += 1;
                    continue;
                }
                let said = format!("{} = {}", act.what, act.result);
                let line = own.flatten().map_or_else(
                    || across(endpoints, &format!("{}: {said}", act.by)),
                    |own| format!("    Note over e{own}: {}", words(&said)),
                );
                line.trim_end().to_owned()
            }
            Told::Segment(segment) => {
                let Some((from, to)) = arrows.get(&segment.id) else {
                    continue;
                };
                let (Some(from), Some(to)) = (number_of(*from), number_of(*to)) else {
                    of_others += 1;
                    continue;
                };
                // A cross for what ends a connection, a broken line for what carries nothing.
                let arrow = if segment.flags.contains('R') {
                    "-x"
                } else if segment.len == 0 && segment.flags == "A" {
                    "-->>"
                } else {
                    "->>"
                };
                let said = words(&segment_words(segment));
                format!("    e{from}{arrow}e{to}: {said}")
            }
        };
        match rows.last_mut() {
            // Each segment counts: two equal ones are a retransmission.
            Some(row) if matches!(told, Told::Act(_)) && row.words == line => row.times += 1,
            _ => rows.push(Row {
                words: line,
                times: 1,
            }),
        }
    }
    (rows, of_others)
}

/// The rows at the front and at the back that have room together, and how much lies between them.
fn fitting(rows: &[Row], room: usize) -> (&[Row], usize, &[Row]) {
    let long = |row: &Row| units(&row.line());
    if rows.iter().map(long).sum::<usize>() <= room {
        return (rows, 0, &[]);
    }
    let fit = |rows: &mut dyn Iterator<Item = &Row>| {
        let ends = rows.scan(0, |end, row| {
            *end += long(row);
            Some(*end)
        });
        ends.take_while(|end| *end <= room / 2).count()
    };
    let (front, rest) = rows.split_at(fit(&mut rows.iter()));
    let (middle, back) = rest.split_at(rest.len() - fit(&mut rest.iter().rev()));
    (front, middle.iter().map(|row| row.times).sum(), back)
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A title or a name on one line. What could mean something to Mermaid or to HTML is written by its number, `#60;`.
fn name(text: &str) -> String {
    by_number(text, "")
}

/// What a note or an arrow says.
fn words(text: &str) -> String {
    by_number(text, plain_too(text))
}

/// What calls and segments are made of, and what a note or an arrow may hold: Mermaid makes room for every letter of a
/// number. Nothing where a line says a word after which Mermaid looks for a colon, and takes away the `;` of a number.
fn plain_too(line: &str) -> &'static str {
    if line.contains("style") || line.contains("classDef") {
        ""
    } else {
        ":={}-"
    }
}

/// A text with its letters' numbers in place of all but the plainest and these.
fn by_number(text: &str, plain_too: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in plain(text, WIDE).chars() {
        let is_plain = letter.is_alphanumeric()
            || matches!(
                letter,
                ' ' | '.' | ',' | '(' | ')' | '_' | '/' | '\'' | '’' | '“' | '”' | '…' | '\u{fffd}'
            )
            || plain_too.contains(letter);
        if is_plain {
            out.push(letter);
        } else {
            let _ = write!(out, "#{};", u32::from(letter));
        }
    }
    out
}
