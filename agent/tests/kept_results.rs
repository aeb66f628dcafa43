//! What of many runs is kept when something goes wrong: an interrupt, a path that cannot be written. Needs a namespace.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use program::{code, json, run, stderr, stdout};
use serde_json::Value;

const RACE: &str = "race-send-against-close";

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// What the program says when it is interrupted once each of its workers has told of runs.
fn interrupted(arguments: &[&str], workers: usize) -> Output {
    let child = Command::new(env!("CARGO_BIN_EXE_aftershake"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while told_children(child.id()) < workers {
        assert!(began.elapsed().as_secs() < 60, "no runs were told");
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    let mut kill = Command::new("kill");
    assert!(kill.args(["-INT", &pid]).status().unwrap().success());
    child.wait_with_output().unwrap()
}

/// Bytes that a worker writes before its first runs are told, and more.
const TOLD: u64 = 8_192;

/// Children that have told of runs, whichever thread started them.
fn told_children(parent: u32) -> usize {
    let Ok(tasks) = fs::read_dir(format!("/proc/{parent}/task")) else {
        return 0;
    };
    let lists =
        tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok());
    let written = |id: &str| -> Option<u64> {
        let counts = fs::read_to_string(format!("/proc/{id}/io")).ok()?;
        counts
            .lines()
            .find_map(|line| line.strip_prefix("wchar: "))?
            .parse()
            .ok()
    };
    let has_told = |id: &&str| written(id).is_some_and(|bytes| bytes >= TOLD);
    lists
        .map(|list| list.split_whitespace().filter(has_told).count())
        .sum()
}

#[test]
fn an_interrupt_keeps_the_runs_counted_so_far() {
    let output = interrupted(&["run", RACE, "--repeat", "1000000", "--json"], 1);
    assert_eq!(code(&output), 130, "{}", stderr(&output));
    let object = json(&output);
    assert_eq!(object["about"]["interrupted"], true);
    let bins = object["bins"].as_array().unwrap().iter();
    let outcomes = bins.flat_map(|bin| bin["outcomes"].as_object().unwrap().values());
    let counted: u64 = outcomes.map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(counted, object["runs"].as_u64().unwrap());
}

#[test]
fn an_interrupted_test_prints_and_reports_what_there_is() {
    let report = file("interrupted.xml");
    fs::write(&report, "the one before").unwrap();
    let junit = report.to_str().unwrap();
    let arguments = [
        "test",
        RACE,
        "linger-zero",
        "--repeat",
        "100000",
        "--jobs",
        "2",
    ];
    let output = interrupted(&[&arguments[..], &["--junit", junit]].concat(), 2);
    assert_eq!(code(&output), 130, "{}", stderr(&output));
    let said = stdout(&output);
    let begun = said.matches(" runs)\n").count();
    assert!(begun >= 1, "{said}");
    let last = format!("interrupted: {begun} of 2 scenarios begun\n");
    assert!(said.ends_with(&last), "{said}");
    let xml = fs::read_to_string(report).unwrap();
    assert_eq!(xml.matches("<system-out>").count(), begun, "{xml}");
    let output = interrupted(&[&arguments[..], &["--json"]].concat(), 2);
    assert_eq!(code(&output), 130);
    for row in json(&output).as_array().unwrap() {
        let runs = row["runs"].as_u64().unwrap();
        assert!((1..100_000).contains(&runs), "{row}");
    }
}

#[test]
fn a_path_that_cannot_be_written_is_refused_before_the_first_run() {
    let kept = file("kept.csv");
    fs::write(&kept, "kept").unwrap();
    let new = file("new.csv");
    let _ = fs::remove_file(&new);
    let sweep = [
        "sweep",
        RACE,
        "--vary",
        "steps.reply.delay=0..1ms",
        "--runs",
        "1000000",
    ];
    let repeat = ["run", RACE, "--repeat", "1000000"];
    let [kept_name, new_name] = [&kept, &new].map(|path| path.to_str().unwrap());
    for options in [
        &["--csv", "/tmp"][..],
        &["--csv", kept_name, "--svg", "/nonexistent/x"],
        &["--csv", new_name, "--save-odd", "/proc/x"],
        &["--save-odd", kept_name],
        &["--csv", "-"],
        &["--svg", "-"],
        &["--save-odd", "-"],
    ] {
        for begin in [&sweep[..], &repeat] {
            let began = Instant::now();
            let output = run(&[begin, options].concat(), "");
            assert_eq!(code(&output), 2, "{options:?}");
            assert!(began.elapsed().as_secs() < 30, "{options:?}");
            let path = options.last().unwrap();
            assert!(stderr(&output).contains(path), "{}", stderr(&output));
            assert_eq!(stdout(&output), "");
        }
    }
    for options in [
        ["--save", "-"],
        ["--pcap", "-"],
        ["--save", "/nonexistent/x"],
    ] {
        let output = run(&[&["run", "linger-zero"][..], &options].concat(), "");
        assert_eq!((code(&output), stdout(&output)), (2, String::new()));
    }
    assert_eq!(fs::read_to_string(kept).unwrap(), "kept");
    assert!(!new.exists());
}

#[test]
fn a_file_that_fails_at_the_end_takes_nothing_of_the_result() {
    // Can be opened, and is full when something is written.
    let arguments = ["run", RACE, "--repeat", "3", "--json", "--csv", "/dev/full"];
    let output = run(&arguments, "");
    assert_eq!(code(&output), 2);
    let object: Value = json(&output);
    assert_eq!(object["runs"], 3);
    let words = "/dev/full: cannot be written";
    assert!(stderr(&output).contains(words), "{}", stderr(&output));
    let output = run(&["test", "linger-zero", "--junit", "/dev/full"], "");
    assert_eq!(code(&output), 2);
    assert!(stdout(&output).ends_with("1 passed, 0 failed, 0 skipped\n"));
    assert!(stderr(&output).contains(words), "{}", stderr(&output));
}
