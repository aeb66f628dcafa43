//! What the card of many runs says.

use std::fmt::Write as _;

use aftershake_shared::distribution::Tally;
use aftershake_shared::distribution::wilson;
use aftershake_shared::units::Nanos;

use super::{count, shown};

/// Titles, labels and buttons.
pub const OF: &str = "Runs of ";
pub const TITLE: &str = "Sometimes? Many runs";
pub const LEAD: &str = "Repeat the scenario, each run in a network of its own, or vary one number of it and see where the ending flips.";
pub const VARY: &str = "Vary";
pub const VARY_NOTHING: &str = "nothing: the same run again and again";
pub const FROM: &str = "from";
pub const TO: &str = "to";
pub const VALUES: &str = "values";
pub const RUNS: &str = "runs";
pub const START: &str = "Start";
pub const CANCEL: &str = "Stop";
pub const FIND: &str = "Find the window";
pub const PROGRESS: &str = "Runs made";
pub const VIEW: &str = "View of the runs";
pub const CHART: &str = "Chart";
pub const TABLE: &str = "Table";
pub const DOWNLOAD: &str = "Save as";
pub const LEGEND: &str = "Each row is an ending, each bar its share of the runs at that value; the whisker holds the true share 19 times of 20.";
pub const LEGEND_WHOLE: &str =
    "Each bar is an ending’s share of the runs; the whisker holds the true share 19 times of 20.";
pub const LEGEND_KEYS: &str =
    "Press a bar, or Enter on it, to open a run that ended so; arrows walk, t turns to the table.";
pub const CHART_LABEL: &str = "How the runs ended";
pub const VALUE: &str = "value";
pub const TABLE_CAPTION: &str =
    "How many runs ended how at each value; a number opens a run that ended so";
pub const NOISE: &str = "Meanwhile on this machine";
pub const NOISE_MEANS: &str = "A boundary finer than that is the machine’s, not TCP’s.";
pub const NO_BOUNDARY: &str = "No boundary that the intervals carry.";
pub const LOST: &str = "The agent went away; these are the runs that it told.";
pub const CUT: &str = "Stopped early; what came until then counts.";
pub const ASKED: &str = "The agent has been asked.";
pub const FAILED: &str = "The agent could not do these runs.";
pub const FIND_NEEDS_PATH: &str = "There is nothing to search in: choose what to vary first.";
pub const BACK: &str = "Back to the chart";
pub const OPEN: &str = "Open a run";
pub const KIND_OF_PICTURE: &str = "chart";
/// Stands before a value.
pub const AT: &str = "at ";

/// What a number may be.
pub fn out_of_range(typed: &str, least: u32, most: u32) -> String {
    format!("`{typed}`, expected a number from {least} to {most}")
}

/// Fewer runs than values.
pub fn too_few(runs: u32, values: usize) -> String {
    format!("{runs} runs, expected at least one for each of the {values} values")
}

/// One thing that can be varied: `step 5, client send: delay`.
pub fn choice(step: Option<usize>, by: &str, kind: &str, path: &str) -> String {
    let field = path.rsplit('.').next().unwrap_or(path);
    match step {
        Some(step) => format!("step {}, {} {kind}: {field}", step + 1, shown(by)),
        None => shown(path),
    }
}

/// An ending as a reader says it: `reset: close with unread data`.
pub fn ending(key: &str) -> String {
    let (key, doubt) = match key.strip_suffix("+uncertain") {
        Some(key) => (key, " (not certain)"),
        None => (key, ""),
    };
    let (outcome, cause) = key.split_once(':').unwrap_or((key, ""));
    let colon = if cause.is_empty() { "" } else { ": " };
    [outcome, colon, &cause.replace('-', " "), doubt].concat()
}

/// A sentence with the endings that it names as a reader says them.
pub fn with_endings(sentence: &str, tally: &Tally) -> String {
    let mut sentence = sentence.to_owned();
    for (key, _) in tally.outcomes() {
        // A plain `closed` or `open` is read as it is.
        if key.contains(':') {
            sentence = sentence.replace(key, &ending(key));
        }
    }
    sentence
}

/// How far it is: `480 of 1000 runs`.
pub fn progress(runs: u64, planned: Option<u64>) -> String {
    match planned {
        Some(planned) => format!("{runs} of {planned} runs"),
        None => count(runs, "run", "runs"),
    }
}

/// Runs that ended by themselves.
pub fn finished(runs: u64, took: Nanos) -> String {
    format!("{} in {took}.", progress(runs, None))
}

/// Runs that were stopped.
pub fn cut(counted: &str, took: Nanos) -> String {
    format!("{counted} in {took}. {CUT}")
}

/// Runs whose agent went away.
pub fn lost(counted: &str) -> String {
    format!("{counted}. {LOST}")
}

/// All counts in one sentence, for who cannot see the chart.
pub fn sentence(tally: &Tally, planned: Option<u64>) -> String {
    let runs = tally.runs();
    let mut text = progress(runs, planned);
    let ends = tally.bins.first().zip(tally.bins.last());
    if let (Some(varied), Some((first, last))) = (&tally.varied, ends)
        && let (Some(from), Some(to)) = (first.value, last.value)
    {
        let _ = write!(text, ", {} from {from} to {to}", shown(varied));
    }
    for (number, (key, hits)) in tally.outcomes().into_iter().enumerate() {
        let between = if number == 0 { ": " } else { "; " };
        let share = wilson::share(hits, runs).percent();
        let _ = write!(text, "{between}{} {hits}, {share}", ending(key));
    }
    text.push('.');
    text
}

/// What the run is that was opened.
pub fn opened(number: u64, key: &str, value: Option<String>) -> String {
    let value = value.map_or_else(String::new, |value| format!(" at {value}"));
    format!(
        "One of many: run {} of them{value}, {}.",
        number + 1,
        ending(key)
    )
}
