//! `aftershake explain` on a capture of a million packets, beside tshark reading fields of the same file; and the
//! memory that two gigabytes need.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::Goal;
use crate::million::{CONNECTIONS, PACKETS, RESETS, million};
use crate::report::Table;
use crate::samples::Samples;

const RUNS: usize = 11;
const RATE: f64 = 5_000_000.0;
/// How many times faster than tshark.
const FASTER: f64 = 50.0;
/// The large file, in bytes, and the most memory that it may need, in MiB.
const LARGE: u64 = 2_000_000_000;
const MEMORY: i64 = 256;
/// What tshark is asked for: enough to see who sent a RST.
const FIELDS: [&str; 6] = [
    "frame.number",
    "ip.src",
    "tcp.srcport",
    "tcp.seq",
    "tcp.ack",
    "tcp.flags",
];

/// Fills three rows and says how many times faster, and with how much memory.
///
/// # Errors
/// Either program fails, or a RST is missing.
pub fn measure(binary: &Path, table: &mut Table) -> anyhow::Result<String> {
    let folder = std::env::temp_dir().join(format!("aftershake-bench-{}", std::process::id()));
    fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
    let said = measure_in(&folder, binary, table);
    fs::remove_dir_all(&folder)?;
    said
}

fn measure_in(folder: &Path, binary: &Path, table: &mut Table) -> anyhow::Result<String> {
    let file = folder.join("million.pcap");
    write(&file, 1)?;
    let mut ours = Vec::new();
    // The first run brings the file into memory, for both.
    for run in 0..=RUNS {
        let took = explain(binary, &file, RESETS)?;
        if run > 0 {
            ours.push(took);
        }
    }
    let ours: Samples = ours.into_iter().collect();
    let rival: Samples = [tshark(&file)?].into_iter().collect();
    let what = format!(
        "`aftershake explain`, {PACKETS} packets, {CONNECTIONS} connections, {RESETS} RSTs"
    );
    table.row(super::rate(&what, PACKETS, &ours, RATE));
    table.row(super::timed(
        "the same file through `tshark -T fields`",
        &rival,
        Goal::default(),
    ));
    let factor = rival.median().as_secs_f64() / ours.median().as_secs_f64();
    let size = fs::metadata(&file)?.len();
    let times = LARGE.div_ceil(size);
    let large = folder.join("large.pcap");
    write(&large, times)?;
    let mebibytes = memory(binary, &large)?;
    Ok(format!(
        "It explains {factor:.0} times faster than tshark prints fields (goal {FASTER:.0}: {}); a file of \
         {} MB needs {mebibytes} MiB (goal {MEMORY}: {}).",
        super::yes(factor >= FASTER),
        size * times / 1_000_000,
        super::yes(mebibytes <= MEMORY),
    ))
}

/// The million packets so many times, each time from other ports.
fn write(file: &PathBuf, times: u64) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    for round in 0..times {
        million(round, &mut out)?;
    }
    Ok(out.flush()?)
}

fn explain(binary: &Path, file: &Path, resets: usize) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let output = Command::new(binary)
        .arg("explain")
        .arg(file)
        .stdin(Stdio::null())
        .output()?;
    let took = began.elapsed();
    let text = String::from_utf8_lossy(&output.stdout);
    let expected = format!("{resets} reset");
    if !output.status.success() || !text.contains(&expected) {
        let end: String = text.lines().rev().take(20).collect::<Vec<_>>().join("\n");
        bail!("expected {expected}, found:\n{end}");
    }
    Ok(took)
}

fn tshark(file: &Path) -> anyhow::Result<Duration> {
    let mut command = Command::new("tshark");
    command.arg("-r").arg(file).args(["-T", "fields"]);
    for field in FIELDS {
        command.args(["-e", field]);
    }
    let began = Instant::now();
    let output = command.stdin(Stdio::null()).output().context("tshark")?;
    let took = began.elapsed();
    let lines = output.stdout.split(|byte| *byte == b'\n').count();
    if lines < PACKETS {
        bail!("tshark printed {lines} lines");
    }
    Ok(took)
}

/// The most memory that explaining takes, in MiB: what the kernel says of a child that has ended.
fn memory(binary: &Path, file: &Path) -> anyhow::Result<i64> {
    let script = "import resource, subprocess, sys\n\
                  subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n\
                  print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(binary)
        .arg("explain")
        .arg(file)
        .output()
        .context("python3")?;
    if !output.status.success() {
        bail!("{}, signal {:?}", output.status, output.status.signal());
    }
    let kibibytes: i64 = String::from_utf8_lossy(&output.stdout).trim().parse()?;
    Ok((kibibytes + 1023) / 1024)
}
