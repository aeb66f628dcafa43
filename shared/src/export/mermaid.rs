//! A run as a Mermaid `sequenceDiagram`, for pages that draw those. Source: Mermaid's sequence diagram syntax.

use std::fmt::Write as _;

use super::{LONG, Run, Told, segment_words};
use crate::ladder::words::plain;

/// Writes the file.
pub fn write(run: &Run<'_>) -> String {
    let endpoints = run.endpoints();
    let mut out = String::from("sequenceDiagram\n");
    let _ = writeln!(out, "    accTitle: {}", text(&run.title()));
    let _ = writeln!(out, "    accDescr: {}", text(&run.headline()));
    for (endpoint, number) in endpoints.iter().zip(1..) {
        let _ = writeln!(out, "    participant e{number} as {}", text(endpoint));
    }
    let id = |name: &str| {
        let name = plain(name, LONG);
        let at = endpoints.iter().position(|endpoint| *endpoint == name);
        at.map(|at| format!("e{}", at + 1))
    };
    let everyone = match endpoints.len() {
        0 => None,
        1 => Some("e1".to_owned()),
        many => Some(format!("e1,e{many}")),
    };
    for told in run.told() {
        match told {
            Told::Act(act) => {
                let mut words = format!("{} = {}", act.what, act.result);
                let over = id(&act.by).or_else(|| {
                    words = format!("{}: {words}", act.by);
                    everyone.clone()
                });
                if let Some(over) = over {
                    let _ = writeln!(out, "    Note over {over}: {}", text(&words));
                }
            }
            Told::Segment(segment) => {
                if let (Some(from), Some(to)) = (id(&segment.from), id(&run.receiver_of(segment))) {
                    // A cross for what ends a connection, a broken line for what carries nothing.
                    let arrow = if segment.flags.contains('R') {
                        "-x"
                    } else if segment.len == 0 && segment.flags == "A" {
                        "-->>"
                    } else {
                        "->>"
                    };
                    let words = text(&segment_words(segment));
                    let _ = writeln!(out, "    {from}{arrow}{to}: {words}");
                }
            }
        }
    }
    if let Some(over) = everyone {
        let _ = writeln!(out, "    Note over {over}: {}", text(&run.headline()));
    }
    out
}

/// One line of words. What could mean something to Mermaid or to HTML is written by its number, `#60;`.
fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for letter in plain(words, LONG).chars() {
        let is_plain = letter.is_alphanumeric()
            || matches!(
                letter,
                ' ' | '.' | ',' | '(' | ')' | '_' | '/' | '\'' | '’' | '“' | '”'
            );
        if is_plain {
            out.push(letter);
        } else {
            let _ = write!(out, "#{};", u32::from(letter));
        }
    }
    out
}
