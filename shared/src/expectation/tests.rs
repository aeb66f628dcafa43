//! Expectations against made-up runs.

use super::*;
use crate::diagnosis::diagnose;
use crate::errno::Errno;
use crate::event::step_progress::StepProgress;
use crate::event::{EventId, Source};
use crate::units::Nanos;

const STORY: &str = r#"
title = "A client that waits"

[[steps]]
by = "server"
do = "listen"

[[steps]]
by = "client"
do = "connect"

[[steps]]
by = "client"
name = "reply"
do.receive = { at_most = 1024 }

[[steps]]
by = "client"
do.send = { text = "more" }

[expect]
outcome = "reset"
reset_by = "server"
cause = "close-with-unread-data"
returns."client.reply" = "ECONNRESET"
returns."client.send" = 4
returns."server.listen" = 0

[[claims]]
text = "It always says EOF."
holds = true
returns."client.reply" = "EOF"
"#;

fn events(results: &[Progress]) -> Vec<Event> {
    (0u32..)
        .zip(results)
        .map(|(step, progress)| Event {
            id: EventId(step + 1),
            at: Nanos(u64::from(step)),
            body: EventBody::Step(StepProgress {
                step,
                progress: progress.clone(),
            }),
        })
        .collect()
}

fn check(results: &[Progress], expected_mismatches: &[&str]) {
    let scenario = Scenario::parse(STORY).unwrap();
    let events = events(results);
    let diagnosis = diagnose(&events, &[Source::Calls]);
    let met = expected(&scenario, &events, &diagnosis);
    assert_eq!(met.mismatches, expected_mismatches);
    assert_eq!(met.met, expected_mismatches.is_empty());
}

#[test]
fn every_difference_is_named_with_step_and_line() {
    check(
        &[
            Progress::Finished(StepResult::Done),
            Progress::Finished(StepResult::Done),
            Progress::Finished(StepResult::Eof),
        ],
        &[
            "outcome: expected reset, found open",
            "reset_by: expected server, found nobody",
            "cause: expected close-with-unread-data, found no reset",
            "returns.\"client.reply\": expected ECONNRESET, found EOF (step 3, line 12)",
            "returns.\"client.send\": expected 4, found not-run (step 4, line 17)",
        ],
    );
}

#[test]
fn a_step_that_never_finished_was_waiting() {
    let scenario = Scenario::parse(STORY).unwrap();
    let results = step_results(&scenario, &events(&[Progress::Started, Progress::Parked]));
    assert_eq!(
        results,
        [
            StepResult::Waiting,
            StepResult::Waiting,
            StepResult::NotRun,
            StepResult::NotRun
        ]
    );
}

#[test]
fn a_claim_is_tried_on_this_run() {
    let scenario = Scenario::parse(STORY).unwrap();
    for (result, holds) in [
        (StepResult::Eof, true),
        (StepResult::Failed(Errno::ECONNRESET), false),
    ] {
        let done = Progress::Finished(StepResult::Done);
        let events = events(&[done.clone(), done, Progress::Finished(result)]);
        let diagnosis = diagnose(&events, &[Source::Calls]);
        let [tried] = claims(&scenario, &events, &diagnosis).try_into().unwrap();
        assert_eq!((tried.holds, tried.expected), (holds, true));
    }
}

#[test]
fn a_scenario_without_expectation_is_met() {
    let mut scenario = Scenario::parse(STORY).unwrap();
    scenario.expect = None;
    let diagnosis = diagnose(&[], &[]);
    assert!(expected(&scenario, &[], &diagnosis).met);
}
