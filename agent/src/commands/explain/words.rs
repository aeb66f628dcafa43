//! What `explain` prints for people: a line for each connection that ended badly, the why first; then a summary.
//!
//! Plain text: what a capture holds never reaches a terminal as anything but letters.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aftershake_shared::capture::explained::{
    ConnectionExplained, Explained, ResetExplained, Summary,
};
use aftershake_shared::diagnosis::finding::{Certainty, UnixVerdict};
use aftershake_shared::ladder::text::{Colour, Paper, write as write_ladder};
use aftershake_shared::ladder::{self, Ladder};
use aftershake_shared::report::text::plain;
use aftershake_shared::scenario::expect::Outcome;

/// Ladders of more segments than this are shortened to their end.
const LADDER_SEGMENTS: usize = 400;
/// Problems that the text shows one by one.
const PROBLEMS: usize = 10;
/// RSTs of one connection that the text shows one by one.
const RESETS: usize = 8;

/// What the numbers of a file count.
#[derive(Clone, Copy)]
pub(super) enum Counted {
    /// The frames of a capture.
    Frames,
    /// The events of a recording, so many: calls, counters and sockets have numbers as well as segments.
    Events(u64),
}

impl Counted {
    const fn name(self) -> &'static str {
        match self {
            Self::Frames => "frame",
            Self::Events(_) => "event",
        }
    }
}

/// Whether the text has a line for it.
pub(super) fn is_worth_a_line(one: &ConnectionExplained) -> bool {
    let ended_badly = matches!(
        one.outcome,
        Outcome::Reset | Outcome::Refused | Outcome::TimedOut
    );
    ended_badly || !one.resets.is_empty()
}

/// The lines of one connection; with `paper` its ladder as well.
pub(super) fn connection(
    one: &ConnectionExplained,
    paper: Option<Paper>,
    counted: Counted,
) -> String {
    let between = format!("{} > {}", one.client, one.server);
    let mut text = String::new();
    for reset in one.resets.iter().take(RESETS) {
        let _ = writeln!(text, "{}", reset_line(reset, &between, counted));
        if paper.is_some() {
            let _ = writeln!(text, "    {}", plain(&reset.explanation));
            let _ = writeln!(text, "    To change: {}", plain(&reset.fix));
        }
    }
    let more = one.resets.len().saturating_sub(RESETS) as u64 + u64::from(one.resets_not_explained);
    if more > 0 {
        let _ = writeln!(text, "    and {more} more RST{} of {between}", s(more));
    }
    if one.resets.is_empty() && one.outcome == Outcome::TimedOut {
        let _ = writeln!(text, "Nobody answered the SYN.  {between}  timed-out");
    }
    if let Some(paper) = paper {
        let from = one.kept.len().saturating_sub(LADDER_SEGMENTS);
        let events = one.kept.get(from..).unwrap_or_default();
        let placed = Ladder::place(events, &ladder::Options::default());
        text.push('\n');
        for line in write_ladder(&placed, paper).lines() {
            let _ = writeln!(text, "    {line}");
        }
        let left_out = one.segments.saturating_sub(events.len() as u64);
        if left_out > 0 {
            let _ = writeln!(
                text,
                "    ({left_out} segments of {} not drawn)",
                one.segments
            );
        }
        text.push('\n');
    }
    text
}

/// The lines of an error over `AF_UNIX`, of which only a recording knows.
pub(super) fn unix(pair: &UnixVerdict) -> String {
    let mut text = String::new();
    let UnixVerdict {
        client,
        server,
        name,
        ..
    } = pair;
    // Each by itself: a line end in a recorded name would begin a line of its own.
    let [headline, client, server, name] =
        [&pair.headline, client, server, name].map(|text| plain(text));
    let _ = writeln!(text, "{headline}  {client} > {server} at @{name}");
    let _ = writeln!(text, "    {}", plain(&pair.explanation));
    if !pair.fix.is_empty() {
        let _ = writeln!(text, "    To change: {}", plain(&pair.fix));
    }
    text
}

fn reset_line(reset: &ResetExplained, between: &str, counted: Counted) -> String {
    let others: Vec<_> = reset
        .candidates
        .iter()
        .skip(1)
        .map(ToString::to_string)
        .collect();
    let doubt = match reset.certainty {
        Certainty::Certain => String::new(),
        Certainty::Likely | Certainty::Possible => format!(", or {}", others.join(", ")),
    };
    let void = if reset.accepted {
        ""
    } else {
        "; not acceptable, it ended nothing"
    };
    format!(
        "{}  {between}  {} {}  {} ({}{doubt}{void})",
        plain(&reset.headline),
        counted.name(),
        reset.frame,
        reset.cause,
        word(reset.certainty),
    )
}

const fn word(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "certain",
        Certainty::Likely => "likely",
        Certainty::Possible => "possible",
    }
}

/// What all of it comes to.
pub(super) fn summary(explained: &Explained, counted: Counted) -> String {
    let summary = &explained.summary;
    let mut text = String::new();
    let number = match counted {
        Counted::Frames => explained.packets.into(),
        Counted::Events(number) => number,
    };
    let outcomes = list(
        summary
            .outcomes
            .iter()
            .map(|(name, count)| (*count, (*name).to_owned())),
    );
    let _ = writeln!(
        text,
        "\n{number} {}{}, {} TCP segment{}, {} connection{}{outcomes}",
        counted.name(),
        s(number),
        summary.segments,
        s(summary.segments),
        summary.connections,
        s(summary.connections),
    );
    if summary.copies > 0 {
        let _ = writeln!(
            text,
            "{} segments were captured twice and are counted once",
            summary.copies
        );
    }
    if summary.lost > 0 {
        let _ = writeln!(
            text,
            "{} frames were lost by the program that captured: what is not seen may have been there",
            summary.lost
        );
    }
    if summary.resets > 0 {
        tables(&mut text, summary);
    }
    problems(&mut text, explained);
    text
}

fn tables(text: &mut String, summary: &Summary) {
    let causes: BTreeMap<_, _> = summary
        .causes
        .iter()
        .map(|(c, n)| (c.to_string(), *n))
        .collect();
    let _ = writeln!(text, "\nRSTs by cause named first");
    rows(text, causes.into_iter().collect());
    let _ = writeln!(text, "RSTs by server port");
    let ports = summary
        .ports
        .iter()
        .map(|(port, count)| (port.to_string(), *count));
    rows(text, ports.collect());
}

fn rows(text: &mut String, mut rows: Vec<(String, u64)>) {
    rows.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    for (name, count) in rows.iter().take(20) {
        let _ = writeln!(text, "{count:>8}  {name}");
    }
    let more = rows.len().saturating_sub(20);
    if more > 0 {
        let _ = writeln!(text, "          and {more} more");
    }
}

fn problems(text: &mut String, explained: &Explained) {
    if explained.problems.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nNot readable, or not whole");
    for problem in explained.problems.iter().take(PROBLEMS) {
        let frame = match problem.frame {
            0 => "the file".to_owned(),
            frame => format!("frame {frame}"),
        };
        let _ = writeln!(text, "  {frame}: {}", plain(&problem.message));
    }
    let more = explained.summary.problems.saturating_sub(PROBLEMS as u64);
    if more > 0 {
        let _ = writeln!(text, "  and {more} more");
    }
}

fn list(counts: impl Iterator<Item = (u64, String)>) -> String {
    let all: Vec<_> = counts
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    if all.is_empty() {
        String::new()
    } else {
        format!(": {}", all.join(", "))
    }
}

const fn s(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Paper for a ladder inside the text.
pub(super) const fn paper(columns: usize) -> Paper {
    Paper {
        width: columns.saturating_sub(4),
        colour: Colour::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_name_forges_no_line() {
        let evil = || "a\nNo reset\u{1b}[31m".to_owned();
        let pair = UnixVerdict {
            id: 1,
            name: evil(),
            client: evil(),
            server: evil(),
            outcome: Outcome::Closed,
            met_error: true,
            headline: evil(),
            explanation: evil(),
            fix: evil(),
            kernel_function: "",
            evidence: Vec::new(),
            saw: Vec::new(),
        };
        let text = unix(&pair);
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(!text.contains('\u{1b}'));
    }
}
