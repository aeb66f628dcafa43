//! `aftershake explain` of recordings, as `run --save` wrote them and as pictures hold them.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/program.rs"]
mod program;

use program::{code, json, run, stderr, stdout};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../shared/tests/data/recordings/linger-zero.jsonl"
);

fn explain(options: &[&str]) -> std::process::Output {
    run(&[&["explain", FILE], options].concat(), "")
}

#[test]
fn a_recording_is_explained_with_all_its_sources() {
    let whole = json(&explain(&["--json"]));
    let reset = &whole["connections"][0]["resets"][0];
    assert_eq!(reset["cause"], "linger-zero-close");
    assert_eq!(reset["certainty"], "certain");
    assert_eq!(reset["sent_by"], "server");
    assert_eq!(code(&explain(&["--fail-on", "reset"])), 1);
    assert_eq!(code(&explain(&["-v", "--fail-on", "reset"])), 1);
    let none = explain(&["-v", "--fail-on", "reset", "--port", "9"]);
    assert_eq!(code(&none), 0);
    let drawn = stdout(&explain(&["-v"]));
    assert!(drawn.contains("RST"), "{drawn}");
    let beside = explain(&["--with-trace", "/dev/null", "--json"]);
    assert_eq!(code(&beside), 2);
}

#[test]
fn a_picture_is_explained_by_the_recording_in_it() {
    let picture = stdout(&run(&["export", FILE, "--to", "svg"], ""));
    let drawn = run(&["explain", "-", "--json"], &picture);
    assert_eq!(json(&drawn), json(&explain(&["--json"])));
    let other = run(&["explain", "-"], "<svg></svg>");
    assert_eq!(code(&other), 2);
    let said = stderr(&other);
    assert!(said.contains("no recording is in this picture"), "{said}");
}
