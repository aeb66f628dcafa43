//! Cost against size, over three decades: runs, connections, segments, and events of a recording explained anew.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::{repeat, yes};
use crate::million::{packets, part};
use crate::report::Table;
use crate::samples::{Samples, millis};

/// Each is done so often; the median is told.
const ROUNDS: usize = 5;
/// A run with so many connections may take so long.
const CONNECTIONS: usize = 1_000;
const GOAL: Duration = Duration::from_secs(1);

/// Clients that speak to a server which closes without reading: one RST for each.
fn connections(count: usize) -> String {
    format!(
        "# So many clients.\ntitle = \"Many connections\"\n\n[copies]\nclient = {count}\n\n\
         [[steps]]\nby = \"server\"\ndo.listen = {{ backlog = 2048 }}\n\n\
         [[steps]]\nby = \"client\"\nname = \"call\"\ndo = \"connect\"\n\n\
         [[steps]]\nby = \"server\"\neach = \"client\"\ndo = \"accept\"\n\n\
         [[steps]]\nby = \"client\"\ndo.send = {{ text = \"incorrect_prefix\" }}\n\n\
         [[steps]]\nby = \"server\"\neach = \"client\"\non = \"call\"\ndo = \"close\"\n"
    )
}

/// Bytes sent one by one.
fn segments(count: usize) -> String {
    format!(
        "# So many segments.\ntitle = \"Many segments\"\norder = \"free\"\n\n\
         [[steps]]\nby = \"server\"\nname = \"listening\"\ndo = \"listen\"\n\n[[steps]]\nby = \"server\"\ndo = \"accept\"\n\n\
         [[steps]]\nby = \"client\"\nafter = \"listening\"\ndo = \"connect\"\n\n\
         [[steps]]\nby = \"client\"\ndo.set_option = {{ no_delay = true }}\n\n\
         [[steps]]\nby = \"client\"\ndo.send = {{ count = {count}, pieces = 1 }}\n\n\
         [[steps]]\nby = \"server\"\ndo.receive = {{ exactly = {count} }}\n"
    )
}

/// A table of its own.
///
/// # Errors
/// A run fails, loses a segment, or does not end as it must.
pub fn measure(binary: &Path) -> anyhow::Result<String> {
    let mut table = Table::new(&["what", "how many", "median", "for each", "goal", "met"]);
    for runs in [10, 100, 1_000, 10_000] {
        let rounds = if runs > 1_000 { 1 } else { ROUNDS };
        let took = median(rounds, || {
            repeat::repeat(binary, "race-send-against-close", runs)
        })?;
        row(&mut table, "runs, `--repeat`", runs, took, None);
    }
    let folder = std::env::temp_dir().join(format!("aftershake-sizes-{}", std::process::id()));
    fs::create_dir_all(&folder).context("making a folder")?;
    let measured = in_folder(binary, &folder, &mut table);
    fs::remove_dir_all(&folder).context("removing the folder")?;
    measured?;
    let mut text = "\n## Cost against size\n\n".to_owned();
    let _ = write!(text, "{}", table.markdown());
    text.push_str("\nOne run each but for the first four rows, from process start to exit, all evidence on, diagnosed and printed as JSON.\n");
    Ok(text)
}

fn in_folder(binary: &Path, folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    for count in [1, 10, 100, CONNECTIONS] {
        let file = written(folder, &connections(count))?;
        let took = median(ROUNDS, || {
            let (took, object) = timed(binary, &["run", &file, "--json"])?;
            let resets = object.get("resets").and_then(Value::as_array);
            if resets.map(Vec::len) != Some(count) || !lost_nothing(&object) {
                bail!("expected {count} resets and nothing lost");
            }
            Ok(took)
        })?;
        let goal = (count == CONNECTIONS).then_some(GOAL);
        row(
            table,
            "connections in one run, a RST each",
            count as u64,
            took,
            goal,
        );
    }
    for connections in [12, 125, 1_250, 12_500] {
        let file = folder.join("capture.pcap");
        part(0, connections, &mut BufWriter::new(File::create(&file)?))?;
        let file = file.to_string_lossy();
        let count = packets(connections) as u64;
        let took = median(ROUNDS, || {
            let (took, object) = timed(binary, &["explain", &file, "--json"])?;
            if object.get("packets").and_then(Value::as_u64) != Some(count) {
                bail!("expected {count} packets");
            }
            Ok(took)
        })?;
        row(table, "packets of a capture, `explain`", count, took, None);
    }
    for count in [10, 100, 1_000, 10_000, 100_000] {
        let file = written(folder, &segments(count))?;
        let saved = folder.join("saved.jsonl");
        let saved = saved.to_string_lossy();
        let mut seen = 0;
        let took = median(ROUNDS, || {
            let (took, object) = timed(binary, &["run", &file, "--json", "--save", &saved])?;
            let of = |what| {
                object
                    .get(what)
                    .and_then(Value::as_array)
                    .map_or(0, Vec::len)
            };
            // A busy machine puts several of these bytes into one segment.
            if of("calls") < count || !lost_nothing(&object) {
                bail!("expected {count} calls and no segment lost");
            }
            seen = of("segments") as u64;
            Ok(took)
        })?;
        row(table, "segments in one run", seen, took, None);
        let events = fs::read_to_string(saved.as_ref())?.lines().count() as u64;
        let took = median(ROUNDS, || {
            Ok(timed(binary, &["explain", &saved, "--json"])?.0)
        })?;
        row(
            table,
            "events of a recording, `explain`",
            events,
            took,
            None,
        );
    }
    Ok(())
}

fn written(folder: &Path, toml: &str) -> anyhow::Result<String> {
    let file: PathBuf = folder.join("scenario.toml");
    fs::write(&file, toml).context("writing a scenario")?;
    Ok(file.to_string_lossy().into_owned())
}

fn timed(binary: &Path, arguments: &[&str]) -> anyhow::Result<(Duration, Value)> {
    let began = Instant::now();
    let output = Command::new(binary)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .context("starting the agent")?;
    let took = began.elapsed();
    let said = String::from_utf8_lossy(&output.stderr);
    let object = serde_json::from_slice(&output.stdout).with_context(|| said.into_owned())?;
    Ok((took, object))
}

fn lost_nothing(object: &Value) -> bool {
    let troubles = object.get("troubles").and_then(Value::as_array);
    troubles.is_some_and(|troubles| {
        !troubles
            .iter()
            .any(|trouble| trouble.to_string().contains("lost"))
    })
}

fn median(
    rounds: usize,
    mut once: impl FnMut() -> anyhow::Result<Duration>,
) -> anyhow::Result<Duration> {
    let times: Samples = (0..rounds).map(|_| once()).collect::<anyhow::Result<_>>()?;
    Ok(times.median())
}

fn row(table: &mut Table, what: &str, count: u64, took: Duration, goal: Option<Duration>) {
    let each = took.as_secs_f64() * 1e6 / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    table.row(vec![
        what.to_owned(),
        count.to_string(),
        millis(took),
        format!("{each:.1} µs"),
        goal.map(millis).unwrap_or_default(),
        goal.map(|goal| yes(took <= goal)).unwrap_or_default(),
    ]);
}

#[cfg(test)]
mod tests {
    use aftershake_shared::scenario::Scenario;

    #[test]
    fn the_scenarios_read() {
        for count in [1, 10, 1_000] {
            Scenario::parse(&super::connections(count)).unwrap();
            Scenario::parse(&super::segments(count)).unwrap();
        }
    }
}
