//! The recordings kept beside the catalogue: each was a real run, and a fresh run tells the same story.
//!
//! Compared are the calls, the segments in notation and the verdict; not times, nor what is random in a run (ports,
//! first sequence numbers). The verdict alone is compared of a story that moves more than a window of data ([`BULK`]) or
//! in which something is sent again: there the kernel's timers say what goes where, and first. Where a story is a race by
//! design (`order = "free"`) not even that is: both runs must be as the scenario itself expects and claims, as all must.
//!
//! Windows are compared on the kernel that the recording names: others size buffers otherwise. `AFTERSHAKE_RENEW=1`
//! writes the fresh run in the place of one that is missing or differs.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/worker.rs"]
mod worker;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use aftershake::judged::Judged;
use aftershake::worker_process::RunError;
use aftershake_shared::catalog::{self, CATALOG};
use aftershake_shared::event::Source;
use aftershake_shared::export::recorded;
use aftershake_shared::recording::{Recording, ScenarioText};
use aftershake_shared::report::Report;
use aftershake_shared::scenario::Order;
use worker::{request, worker};

/// What to type when a difference is meant.
const RENEW: &str = "AFTERSHAKE_RENEW=1 cargo test -p aftershake --test recordings";
/// Exit code of a machine that lacks what a scenario needs.
const MISSING: u8 = 3;
/// The seed of every kept run.
const SEED: u64 = 7;

/// Bytes of payload from which on the kernel's own timing says which segment or call carries how many of them: a
/// window's worth.
const BULK: u64 = 65_535;
/// Two conversations share one pair of addresses, so that the second's random first number shows as a relative one.
const TWO_FIRST_NUMBERS: [&str; 4] = [
    "another-syn",
    "half-open-same-port",
    "old-syn-meets-time-wait",
    "syn-ack-echoes-the-future",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/recordings")
}

fn kept(name: &str) -> Option<Recording> {
    let text = fs::read_to_string(folder().join(format!("{name}.jsonl"))).ok()?;
    Some(Recording::from_json_lines(&text).unwrap())
}

/// A kernel's release without its patch level, which sizes no buffers.
fn series(judged: &Judged) -> String {
    let release = &judged.recording.header.environment.kernel;
    let parts: Vec<_> = release.split('.').take(2).collect();
    parts.join(".")
}

/// How much of two runs must be the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Compared {
    Verdict,
    All,
    AllWithWindows,
}

/// Whether the kernel's timing shows in which call or segment carries what.
fn is_timed(judged: &Judged) -> bool {
    let segments = Report::new(&judged.recording, &judged.diagnosis).segments;
    let bytes: u64 = segments.iter().map(|one| u64::from(one.len)).sum();
    let mut seen = BTreeSet::new();
    let carrying = segments
        .into_iter()
        .filter(|one| one.len > 0 || one.flags.contains(['S', 'F']));
    let mut sent_again = carrying
        .filter(|one| !seen.insert((one.connection, one.from.clone(), one.flags.clone(), one.seq)));
    bytes > BULK || sent_again.next().is_some()
}

/// What two runs of a story have in common, a line each.
fn story(judged: &Judged, compared: Compared) -> String {
    let mut report = Report::new(&judged.recording, &judged.diagnosis);
    let is_random = TWO_FIRST_NUMBERS.contains(&report.scenario.name.as_str());
    let mut text = String::new();
    if compared == Compared::Verdict {
        report.calls.clear();
        report.segments.clear();
    }
    for call in &report.calls {
        let step = call.step.as_deref().unwrap_or_default();
        let _ = writeln!(
            text,
            "call {} [{step}] {} = {}",
            call.by, call.signature, call.result
        );
    }
    for one in &report.segments {
        let end = one.seq.wrapping_add(one.len);
        let numbers = format!("{}:{end}({}) ack {}", one.seq, one.len, one.ack);
        let numbers = if is_random { "" } else { &numbers };
        let (number, from, flags) = (one.connection, &one.from, &one.flags);
        let _ = write!(text, "segment {number} {from} > {flags} {numbers}");
        let _ = if compared == Compared::AllWithWindows {
            writeln!(text, " win {}", one.win)
        } else {
            writeln!(text)
        };
    }
    let _ = writeln!(text, "outcome {:?}", report.outcome);
    for reset in &report.resets {
        let _ = writeln!(
            text,
            "reset {} by {}: {} {:?} {:?} accepted {}",
            reset.connection,
            reset.sent_by,
            reset.cause,
            reset.certainty,
            reset.candidates,
            reset.accepted
        );
    }
    text
}

/// The first line in which two stories differ.
fn difference(kept: &str, fresh: &str) -> Option<String> {
    let (mut kept, mut fresh) = (kept.lines(), fresh.lines());
    loop {
        match (kept.next(), fresh.next()) {
            (None, None) => return None,
            (old, new) if old == new => {}
            (old, new) => {
                let none = "nothing";
                let (old, new) = (old.unwrap_or(none), new.unwrap_or(none));
                return Some(format!("kept `{old}`, now `{new}`"));
            }
        }
    }
}

/// What is wrong with a kept run by itself.
fn is_stale(kept: Recording, scenario: &ScenarioText) -> Option<String> {
    if kept.header.scenario != *scenario {
        return Some("the scenario's text has changed since".to_owned());
    }
    let kept = Judged::new(kept).unwrap();
    (!kept.is_met()).then(|| format!("as kept: {:?}", kept.mismatches()))
}

/// How a fresh run differs from the kept one; `None` when it tells the same.
fn differs(kept: Option<Recording>, fresh: &Judged) -> Option<String> {
    let Some(kept) = kept else {
        return Some("no recording is kept".to_owned());
    };
    if let Some(why) = is_stale(kept.clone(), &fresh.recording.header.scenario) {
        return Some(why);
    }
    let kept = Judged::new(kept).unwrap();
    if fresh.scenario.order == Order::Free {
        return None;
    }
    let compared = if is_timed(&kept) || is_timed(fresh) {
        Compared::Verdict
    } else if series(&kept) == series(fresh) {
        Compared::AllWithWindows
    } else {
        Compared::All
    };
    difference(&story(&kept, compared), &story(fresh, compared))
}

#[test]
fn every_kept_recording_is_what_a_fresh_run_tells() {
    let renew = std::env::var_os("AFTERSHAKE_RENEW").is_some();
    let mut worker = worker();
    let mut faults = Vec::new();
    for entry in CATALOG {
        let name = entry.name;
        let fresh = match worker.run(request(entry.text(), SEED)) {
            Ok((recording, _)) => Judged::new(recording).unwrap(),
            Err(RunError::Failed(failure)) if failure.code == MISSING => {
                println!("SKIPPED {name}: {}", failure.message);
                // Made where it could be: what it says must hold all the same.
                if let Some(why) = kept(name).and_then(|kept| is_stale(kept, &entry.text())) {
                    faults.push(format!("{name}: {why}"));
                }
                continue;
            }
            Err(error) => panic!("{name}: {error}"),
        };
        if !fresh.is_met() {
            faults.push(format!("{name}: {:?}", fresh.mismatches()));
        } else if let Some(why) = differs(kept(name), &fresh) {
            if renew {
                fs::create_dir_all(folder()).unwrap();
                let text = recorded::write(&fresh.recording, &fresh.diagnosis);
                fs::write(folder().join(format!("{name}.jsonl")), text).unwrap();
                println!("renewed {name}: {why}");
            } else {
                faults.push(format!("{name}: {why}"));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "if that is meant: {RENEW}\n  {}",
        faults.join("\n  ")
    );
}

#[test]
fn kept_recordings_are_the_catalogue_s_and_hold_every_evidence() {
    let mut names = BTreeSet::new();
    for file in fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let entry = catalog::find(&name);
        assert!(entry.is_some(), "{name} is no scenario");
        let recording = kept(&name).unwrap();
        let environment = &recording.header.environment;
        // What needs a setting of the whole machine was made where there is one to spoil, under an older kernel.
        let scenario = entry.unwrap().text().parse().unwrap();
        if scenario.machine.is_empty() {
            assert_eq!(environment.evidence, Source::ALL, "{name}");
        }
        names.insert(name);
    }
    assert!(!names.is_empty());
}

#[test]
fn the_closing_line_says_the_verdict_to_readers_without_our_code() {
    let text = fs::read_to_string(folder().join("sent-before-close.jsonl")).unwrap();
    let closing: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    let verdict = &closing["verdict"];
    assert_eq!(verdict["outcome"], "reset");
    assert_eq!(verdict["resets"][0]["cause"], "close-with-unread-data");
    assert_eq!(verdict["resets"][0]["certainty"], "certain");
    let headline = verdict["headline"].as_str().unwrap();
    assert!(headline.contains("16 bytes"), "{headline}");
    let saw = verdict["saw"].as_array().unwrap();
    assert!(saw.iter().any(|seen| seen["result"] == "ECONNRESET"));
}
