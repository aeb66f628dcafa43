//! What is measured: one file per question, each giving rows of the same table.

pub mod cold_run;
pub mod event_rate;
pub mod warm_run;

use std::time::Duration;

use crate::report::Table;
use crate::samples::{Samples, millis};

/// The scenario that is timed: six segments, one RST, all five kinds of evidence.
pub const SCENARIO: &str = "linger-zero";

/// A table with the columns that [`timed`] and [`rate`] fill.
pub fn table() -> Table {
    Table::new(&["what", "runs", "median", "95 %", "goal", "met"])
}

/// A row of times with the goals for median and 95th percentile.
pub fn timed(what: &str, samples: &Samples, goal: Option<(Duration, Duration)>) -> Vec<String> {
    let (median, high) = (samples.median(), samples.percentile(95));
    let (goal, met) = match goal {
        None => (String::new(), String::new()),
        Some((for_median, for_high)) => (
            format!("{}, {}", millis(for_median), millis(for_high)),
            yes(median <= for_median && high <= for_high),
        ),
    };
    vec![
        what.to_owned(),
        samples.len().to_string(),
        millis(median),
        millis(high),
        goal,
        met,
    ]
}

/// A row of a rate per second: its median and, as the slow end, what 95 % of the runs reached.
pub fn rate(what: &str, events: usize, samples: &Samples, goal: f64) -> Vec<String> {
    let of = |time: Duration| events_per_second(events, time);
    let (median, low) = (of(samples.median()), of(samples.percentile(95)));
    vec![
        what.to_owned(),
        samples.len().to_string(),
        format!("{median:.0}/s"),
        format!("{low:.0}/s"),
        format!("{goal:.0}/s"),
        yes(median >= goal),
    ]
}

/// `yes` or `no`.
pub fn yes(met: bool) -> String {
    if met { "yes" } else { "no" }.to_owned()
}

fn events_per_second(events: usize, time: Duration) -> f64 {
    let events = u32::try_from(events).unwrap_or(u32::MAX);
    f64::from(events) / time.as_secs_f64().max(1e-9)
}
