//! `aftershake test` from outside: its options, its exit codes, and what it says to bad input. Needs a namespace.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/program.rs"]
mod program;

use std::path::{Path, PathBuf};

use program::{code, json, run as aftershake, stderr, stdout};

/// A scenario that ends otherwise than it says, twice over.
const MISSED: &str = r#"
title = "Two mistakes"

[[steps]]
by = "client"
do = "connect"

[expect]
outcome = "closed"
returns."client.connect" = "EPIPE"
"#;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn a_skip_is_no_failure_unless_it_is_asked_to_be() {
    let arguments = ["test", "no-room-for-orphans", "--json"];
    let output = aftershake(&arguments, "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let row = &json(&output)[0];
    assert!(row["met"].is_null(), "{row}");
    let why = row["skipped"].as_str().unwrap();
    assert!(
        why.starts_with("not on this machine: net.ipv4.tcp_max_orphans at 0"),
        "{why}"
    );
    let output = aftershake(&["test", "no-room-for-orphans", "--no-skip"], "");
    assert_eq!(code(&output), 3);
    let said = stdout(&output);
    assert!(said.starts_with("SKIPPED no-room-for-orphans"), "{said}");
    assert!(said.ends_with("0 passed, 0 failed, 1 skipped\n"), "{said}");
}

#[test]
fn a_mismatch_is_exit_1_and_one_failure_in_junit() {
    let report = file("missed.xml");
    let report = report.to_str().unwrap();
    let output = aftershake(&["test", "-", "linger-zero", "--junit", report], MISSED);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let said = stdout(&output);
    assert!(
        said.contains("outcome: expected closed, found refused"),
        "{said}"
    );
    assert!(said.ends_with("1 passed, 1 failed, 0 skipped\n"), "{said}");
    let xml = std::fs::read_to_string(report).unwrap();
    assert!(
        xml.contains("tests=\"2\" failures=\"1\" skipped=\"0\""),
        "{xml}"
    );
    assert_eq!(xml.matches("<failure ").count(), 1, "{xml}");
    assert!(xml.contains("expected EPIPE, found ECONNREFUSED"), "{xml}");
    assert!(
        xml.contains("classname=\"aftershake\" name=\"linger-zero\""),
        "{xml}"
    );
}

#[test]
fn several_jobs_and_rounds_keep_the_order_of_the_scenarios() {
    let names = ["nobody-listens", "linger-zero", "accepts-then-closes"];
    let mut arguments = vec!["test", "--json", "--jobs", "3", "--repeat", "4"];
    arguments.extend(names);
    let output = aftershake(&arguments, "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let rows = json(&output);
    for (row, name) in rows.as_array().unwrap().iter().zip(names) {
        assert_eq!(row["name"], name);
        assert_eq!((&row["runs"], &row["met_runs"]), (&4.into(), &4.into()));
    }
}

#[test]
fn bad_input_is_refused_before_anything_runs() {
    for (arguments, message) in [
        (&["nothere"][..], "no scenario `nothere` in the catalogue"),
        (&["-"], "stdin:1:1: missing field `title`"),
        (&["linger-zero", "--jobs", "0"], "0 is not in 1..=64"),
        (&["linger-zero", "--repeat", "0"], "0 is not in 1..=100000"),
        (&["linger-zero", "--nope"], "unexpected argument '--nope'"),
        (
            &["linger-zero", "--junit", "/no/x.xml"],
            "/no/x.xml: cannot be written",
        ),
        (
            &["linger-zero", "--junit", "-"],
            "--junit takes the name of a file",
        ),
    ] {
        let mut all = vec!["test"];
        all.extend(arguments);
        let output = aftershake(&all, "");
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains(message), "{}", stderr(&output));
        assert_eq!(stdout(&output), "", "{arguments:?}");
        all.push("--json");
        let error = &json(&aftershake(&all, ""))["error"];
        assert_eq!(error["code"], 2, "{arguments:?}");
    }
}
