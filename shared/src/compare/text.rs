//! A comparison for a terminal: how each run ended, then both in two columns with a mark between them.

use std::fmt::Write as _;

use super::{Comparison, Ending, Likeness, Line, Row};
use crate::ladder::words::{columns, plain};

/// Columns of a time, `+1234.567`, and of the mark between the runs.
const TIME: usize = 10;
const MARK: usize = 3;

/// Writes it, no line wider than `width` columns; `names` are the two runs'.
pub fn write(comparison: &Comparison, names: [&str; 2], width: usize) -> String {
    let mut out = String::new();
    for (name, ending) in names
        .into_iter()
        .zip([&comparison.before, &comparison.after])
    {
        let _ = writeln!(out, "{}", wrapped(&ended(name, ending), width));
    }
    let _ = writeln!(out, "\n{}", wrapped(&first(comparison), width));
    if let Some(text) = left_out(comparison) {
        let _ = writeln!(out, "{}", wrapped(&text, width));
    }
    out.push('\n');
    let cell = width.saturating_sub(2 * TIME + MARK) / 2;
    for (number, row) in comparison.rows.iter().enumerate() {
        let is_first = comparison.first_difference == Some(number);
        let _ = writeln!(out, "{}", line(row, is_first, cell).trim_end());
    }
    if !comparison.counters.is_empty() {
        out += "\nCounters that moved differently\n";
        for counted in &comparison.counters {
            let words = format!(
                "  {}: {} and {}",
                counted.name, counted.before, counted.after
            );
            let _ = writeln!(out, "{}", plain(&words, width));
        }
    }
    out
}

/// A sentence over as many lines as it needs, all but the first indented.
fn wrapped(sentence: &str, width: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in plain(sentence, usize::MAX).split(' ') {
        let length = columns(word);
        if column > 0 && column + 1 + length > width {
            out += "\n  ";
            column = 2;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        // A word that is longer than a line alone is cut: a terminal would break the columns below it.
        out += &plain(word, width.saturating_sub(column));
        column += length;
    }
    out
}

/// `name: reset (linger-zero-close, certain). The server …`
fn ended(name: &str, ending: &Ending) -> String {
    let mut how = ending.outcome.name().to_owned();
    if let (Some(cause), Some(certainty)) = (ending.cause, ending.certainty) {
        let _ = write!(how, " ({cause}, {})", certainty.name());
    }
    format!("{name}: {how}. {}", ending.headline)
}

/// Where the runs part, in one sentence.
pub fn first(comparison: &Comparison) -> String {
    let Some(row) = comparison.first() else {
        let text = if comparison.left_out.is_empty() {
            "Both did the same."
        } else {
            "No difference in what was compared."
        };
        return text.to_owned();
    };
    let side = |line: &Option<Line>| {
        let line = line.as_ref();
        line.map_or_else(|| "nothing here".to_owned(), |line| line.what.clone())
    };
    format!(
        "The first difference: {}; then {}.",
        side(&row.before),
        side(&row.after)
    )
}

/// What was not compared; `None` where all was.
pub fn left_out(comparison: &Comparison) -> Option<String> {
    let names: Vec<_> = comparison.left_out.iter().map(|one| one.name()).collect();
    let names = names.join(", ");
    (!names.is_empty()).then(|| format!("Not compared, since not both recorded them: {names}."))
}

fn line(row: &Row, is_first: bool, cell: usize) -> String {
    let mark = match row.likeness {
        _ if is_first => ">>",
        Likeness::Same => "",
        Likeness::Changed => "~",
        Likeness::OnlyBefore => "<",
        Likeness::OnlyAfter => ">",
    };
    let side = |line: &Option<Line>| {
        let Some(line) = line else {
            return " ".repeat(TIME + cell);
        };
        let what = plain(&line.what, cell);
        let gap = " ".repeat(cell.saturating_sub(columns(&what)));
        format!("{:>9} {what}{gap}", since_syn(line.since_syn_ns))
    };
    format!("{}{mark:^MARK$}{}", side(&row.before), side(&row.after))
}

/// Milliseconds before or after the first SYN: `+1.203`, `-0.120`.
pub fn since_syn(nanos: i64) -> String {
    let sign = if nanos < 0 { '-' } else { '+' };
    let micros = nanos.unsigned_abs() / 1_000;
    format!("{sign}{}.{:03}", micros / 1_000, micros % 1_000)
}
