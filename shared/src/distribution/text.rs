//! The counts for a terminal: letters stand for endings, so that nothing is told by colour.

use std::fmt::Write as _;

use super::Tally;
use super::report::{BinRow, Distribution};
use super::{runs_in_words, wilson};

/// Letters for endings, the most frequent first; all others share the last.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Eighths of a character cell, lowest first.
const LEVELS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Draws within this many columns.
pub fn write(object: &Distribution, tally: &Tally, width: usize) -> String {
    let about = &object.about;
    let mut text = String::new();
    let varied = match (&object.varied, object.bins.first(), object.bins.last()) {
        (Some(varied), Some(first), Some(last)) => {
            let (from, to) = (shown(first), shown(last));
            format!(", {varied} from {from} to {to}")
        }
        _ => String::new(),
    };
    let cut = if about.interrupted {
        format!(" of {} (interrupted)", about.planned)
    } else {
        String::new()
    };
    let _ = writeln!(
        text,
        "{}: {}{cut}{varied}\n",
        about.scenario,
        runs_in_words(object.runs)
    );
    let keys = tally.outcomes();
    let spark_wanted = tally.bins.len() > 1;
    for (key, count) in &keys {
        let share = wilson::share(*count, object.runs).percent();
        let spark = if spark_wanted {
            format!("{} ", sparkline(tally, key))
        } else {
            format!("{} ", bar(*count, object.runs, 20))
        };
        let _ = writeln!(
            text,
            "  {}  {spark}{count:>7}  {share:<16}  {key}",
            letter(&keys, key)
        );
    }
    if spark_wanted {
        let _ = writeln!(text);
        rows(&mut text, object, &keys, width);
    }
    for row in &object.boundaries {
        let _ = writeln!(text, "\n{}", row.boundary.words);
        if let Some(difference) = &row.difference {
            let (last, first) = (
                row.boundary.last.to_string(),
                row.boundary.first.to_string(),
            );
            let words = difference.words(&format!("at {last}"), &format!("at {first}"));
            let _ = writeln!(text, "  a run of each side: {words}");
        }
    }
    if spark_wanted && object.boundaries.is_empty() && object.found.is_none() {
        let _ = writeln!(text, "\nno boundary that the intervals carry");
    }
    if let Some(found) = &object.found {
        let _ = writeln!(text, "\n{}", found.words);
    }
    let _ = writeln!(
        text,
        "\nin brackets: the interval that holds the true share 19 times of 20\n{}seed {}, {}",
        about.noise.text(),
        about.seed,
        about.kept
    );
    text
}

fn shown(bin: &BinRow) -> String {
    bin.value
        .map_or_else(String::new, |value| value.to_string())
}

fn letter(keys: &[(&str, u64)], key: &str) -> char {
    let place = keys.iter().position(|(known, _)| *known == key);
    let place = place.unwrap_or(usize::MAX).min(LETTERS.len() - 1);
    LETTERS.get(place).copied().map_or('?', char::from)
}

/// One line a value: its runs as a bar of letters.
fn rows(text: &mut String, object: &Distribution, keys: &[(&str, u64)], width: usize) {
    let names: Vec<_> = object.bins.iter().map(shown).collect();
    let margin = names.iter().map(String::len).max().unwrap_or(0);
    let room = width.saturating_sub(margin + 12).clamp(10, 60);
    for (bin, name) in object.bins.iter().zip(names) {
        let mut cells = String::new();
        let (mut counted, mut drawn) = (0, 0);
        for (key, _) in keys {
            counted += bin.outcomes.get(*key).copied().unwrap_or(0);
            let until = scaled(counted, bin.runs, room);
            cells.extend(std::iter::repeat_n(letter(keys, key), until - drawn));
            drawn = until;
        }
        let _ = writeln!(text, "  {name:>margin$} {:>6}  {cells}", bin.runs);
    }
}

/// The share of an ending at each value, as heights.
fn sparkline(tally: &Tally, key: &str) -> String {
    let bins = tally.bins.iter();
    bins.map(|bin| {
        let count = bin.of(key);
        // What came at all is never drawn as nothing.
        let level = scaled(count, bin.runs, 8).max(usize::from(count > 0));
        LEVELS.get(level).copied().unwrap_or('█')
    })
    .collect()
}

fn bar(count: u64, runs: u64, room: usize) -> String {
    let filled = scaled(count, runs, room).max(usize::from(count > 0));
    format!("{:<room$}", "█".repeat(filled))
}

/// A share of a length, rounded.
fn scaled(count: u64, runs: u64, length: usize) -> usize {
    let runs = u128::from(runs.max(1));
    let part = (u128::from(count) * length as u128 + runs / 2) / runs;
    usize::try_from(part).unwrap_or(length).min(length)
}

#[cfg(test)]
mod tests {
    use super::super::odd::Odd;
    use super::super::report::About;
    use super::super::tests::tally;
    use super::*;

    #[test]
    fn bars_and_sparklines_stand_for_the_counts() {
        let tally = tally(&[(20, 0), (15, 5), (0, 20)]);
        let about = About {
            scenario: "x".to_owned(),
            seed: 7,
            ..About::default()
        };
        let text = write(
            &Distribution::new(&tally, about, &Odd::default()),
            &tally,
            40,
        );
        let expected = [
            "x: 60 runs, steps.reply.delay from 0ms to 2ms",
            "  A  █▆       35  58 % (46-70)      reset:linger-zero-close",
            "  B   ▂█      25  42 % (30-54)      closed",
            "  0ms     20  AAAAAAAAAAAAAAAAAAAAAAAAA",
            "  1ms     20  AAAAAAAAAAAAAAAAAAABBBBBB",
            "  2ms     20  BBBBBBBBBBBBBBBBBBBBBBBBB",
            "from 2ms on, closed instead of reset:linger-zero-close",
        ];
        for line in expected {
            assert!(text.contains(line), "`{line}` is not in:\n{text}");
        }
    }

    #[test]
    fn what_is_rare_is_still_drawn() {
        assert_eq!(bar(1, 1_000_000, 5), "█    ");
        assert_eq!(
            sparkline(&tally(&[(1, 999)]), "reset:linger-zero-close"),
            "▁"
        );
    }
}
