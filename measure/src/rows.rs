//! What is measured: one file per question, each giving rows of the same table.

pub mod cold_run;
pub mod event_rate;
pub mod explain;
pub mod packetdrill;
pub mod page;
pub mod probe_effect;
pub mod repeat;
pub mod sizes;
pub mod timeline;
pub mod warm_run;

use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::report::Table;
use crate::samples::{Samples, millis};

/// The scenario that is timed: six segments, one RST, all five kinds of evidence.
pub const SCENARIO: &str = "linger-zero";

/// A table with the columns that [`timed`] and [`rate`] fill.
pub fn table() -> Table {
    Table::new(&["what", "runs", "median", "95 %", "goal", "met"])
}

/// What median and 95th percentile may be; `None` where nothing is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Goal {
    pub median: Option<Duration>,
    pub high: Option<Duration>,
}

/// A row of times.
pub fn timed(what: &str, samples: &Samples, goal: Goal) -> Vec<String> {
    let (median, high) = (samples.median(), samples.percentile(95));
    let asked = [(median, goal.median), (high, goal.high)];
    let asked = asked.map(|(found, goal)| goal.map(|goal| (found, goal)));
    let asked: Vec<_> = asked.into_iter().flatten().collect();
    let goals: Vec<_> = asked.iter().map(|(_, goal)| millis(*goal)).collect();
    let met = match asked.as_slice() {
        [] => String::new(),
        asked => yes(asked.iter().all(|(found, goal)| found <= goal)),
    };
    vec![
        what.to_owned(),
        samples.len().to_string(),
        millis(median),
        millis(high),
        goals.join(", "),
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

/// A script of `by-hand/` in a private network namespace.
pub fn by_hand(script: &str) -> Command {
    let script: PathBuf = [env!("CARGO_MANIFEST_DIR"), "by-hand", script]
        .iter()
        .collect();
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let mut command = Command::new("unshare");
    if !is_root {
        // Keeps the user's own number, so that tcpdump has no root to give up.
        command.args(["--map-current-user", "--keep-caps"]);
    }
    command.arg("--net").arg(script);
    command
}

/// `yes` or `no`.
pub fn yes(met: bool) -> String {
    if met { "yes" } else { "no" }.to_owned()
}

fn events_per_second(events: usize, time: Duration) -> f64 {
    let events = u32::try_from(events).unwrap_or(u32::MAX);
    f64::from(events) / time.as_secs_f64().max(1e-9)
}
