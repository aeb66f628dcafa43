//! Real runs, and what must hold for every one of them. Needs a namespace, and fails without one.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/worker.rs"]
mod worker;

use std::sync::OnceLock;

use aftershake::judged::Judged;
use aftershake::worker::protocol::RunRequest;
use aftershake::worker_process::WorkerProcess;
use aftershake_shared::catalog::{CATALOG, Entry};
use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::diagnosis::finding::{Certainty, Diagnosis};
use aftershake_shared::event::call::Call;
use aftershake_shared::event::{EventBody, Source};
use aftershake_shared::recording::{Recording, ScenarioText};
use aftershake_shared::scenario::Order;
use worker::{request, worker};

fn run(worker: &mut WorkerProcess, scenario: ScenarioText) -> Recording {
    worker.run(request(scenario, 7)).unwrap().0
}

/// A run of every scenario that comes out on a machine as it is: made once, for whichever test asks first.
fn runs() -> &'static [(&'static Entry, Recording)] {
    static RUNS: OnceLock<Vec<(&Entry, Recording)>> = OnceLock::new();
    let make = || {
        let mut worker = worker();
        let here = CATALOG.iter().filter(|entry| entry.needs_no_setting());
        here.map(|entry| (entry, run(&mut worker, entry.text())))
            .collect()
    };
    RUNS.get_or_init(make)
}

/// What a diagnosis says of causes, without words and numbers of the run.
fn causes(diagnosis: &Diagnosis) -> Vec<(String, Certainty, Vec<String>)> {
    let candidates = |reset: &aftershake_shared::diagnosis::finding::Finding| {
        reset.candidates.iter().map(ToString::to_string).collect()
    };
    diagnosis
        .resets
        .iter()
        .map(|reset| (reset.cause.to_string(), reset.certainty, candidates(reset)))
        .collect()
}

#[test]
fn every_scenario_comes_out_as_it_says() {
    for (entry, recording) in runs() {
        let judged = Judged::new(recording.clone()).unwrap();
        assert!(judged.is_met(), "{}: {:?}", entry.name, judged.mismatches());
        for reset in &judged.diagnosis.resets {
            assert_eq!(
                reset.certainty,
                Certainty::Certain,
                "{}: {reset:?}",
                entry.name
            );
        }
    }
}

#[test]
fn the_verdict_is_the_same_without_the_kernels_reasons() {
    for (entry, recording) in runs() {
        let all = &recording.header.environment.evidence;
        let fewer: Vec<_> = all
            .iter()
            .copied()
            .filter(|source| *source != Source::KernelResets)
            .collect();
        let events: Vec<_> = recording
            .events
            .iter()
            .filter(|event| !matches!(event.body, EventBody::KernelReset(_)))
            .cloned()
            .collect();
        let with = diagnose(&recording.events, all);
        let without = diagnose(&events, &fewer);
        assert_eq!(causes(&with), causes(&without), "{}", entry.name);
        assert_eq!(with.outcome, without.outcome, "{}", entry.name);
    }
}

#[test]
fn the_verdict_does_not_depend_on_names() {
    for (entry, recording) in runs() {
        let evidence = &recording.header.environment.evidence;
        let mut renamed = recording.events.clone();
        let names: Vec<String> = recording
            .header
            .scenario
            .parse()
            .unwrap()
            .endpoints()
            .into_iter()
            .map(str::to_owned)
            .collect();
        for event in &mut renamed {
            if let EventBody::Call(call) = &mut event.body {
                let number = names.iter().position(|name| *name == call.by).unwrap();
                call.by = format!("e{number}");
            }
        }
        let before = diagnose(&recording.events, evidence);
        let after = diagnose(&renamed, evidence);
        assert_eq!(causes(&before), causes(&after), "{}", entry.name);
    }
}

#[test]
fn less_evidence_is_never_wrong_with_certainty() {
    for (entry, recording) in runs() {
        let all = &recording.header.environment.evidence;
        let truth = diagnose(&recording.events, all);
        for mask in 0_u32..32 {
            let kept: Vec<_> = (0..)
                .zip(Source::ALL)
                .filter(|(bit, s)| mask >> bit & 1 == 1 && all.contains(s))
                .map(|(_, s)| s)
                .collect();
            let events: Vec<_> = recording
                .events
                .iter()
                .filter(|event| is_of(&event.body, &kept))
                .cloned()
                .collect();
            for reset in diagnose(&events, &kept).resets {
                let Some(true_reset) = truth
                    .resets
                    .iter()
                    .find(|known| known.segment == reset.segment)
                else {
                    panic!("{}: a reset that was not there", entry.name);
                };
                let (cause, name) = (true_reset.cause, entry.name);
                assert!(
                    reset.candidates.contains(&cause),
                    "{name} with {kept:?}: {:?} lacks {cause}",
                    reset.candidates
                );
                assert!(
                    reset.certainty != Certainty::Certain || reset.cause == cause,
                    "{name} with {kept:?}: {reset:?}"
                );
            }
        }
    }
}

fn is_of(body: &EventBody, kept: &[Source]) -> bool {
    match body {
        EventBody::Call(_) | EventBody::ProcessEnded(_) => kept.contains(&Source::Calls),
        EventBody::Counters(_) => kept.contains(&Source::Counters),
        EventBody::KernelReset(_) => kept.contains(&Source::KernelResets),
        EventBody::Segment(_) => kept.contains(&Source::Segments),
        EventBody::Socket(_) => kept.contains(&Source::Sockets),
        EventBody::Outside(_) | EventBody::Step(_) | EventBody::Trouble(_) => true,
    }
}

/// Calls that send a SYN.
fn opens(call: &Call) -> bool {
    matches!(call, Call::Connect | Call::SendFastOpen { .. })
}

#[test]
fn causes_come_before_effects() {
    for (entry, recording) in runs() {
        if recording.header.scenario.parse().unwrap().order == Order::Free {
            continue;
        }
        let position = |wanted: &dyn Fn(&EventBody) -> bool| {
            recording
                .events
                .iter()
                .position(|event| wanted(&event.body))
        };
        let first_syn = position(
            &|body| matches!(body, EventBody::Segment(seen) if seen.read().is_ok_and(|one| one.flags.syn())),
        );
        let connect = position(&|body| matches!(body, EventBody::Call(call) if opens(&call.call)));
        if let (Some(syn), Some(connect)) = (first_syn, connect) {
            assert!(
                connect < syn,
                "{}: connect is event {connect}, the SYN event {syn}",
                entry.name
            );
        }
        let ids: Vec<_> = recording.events.iter().map(|event| event.id.0).collect();
        let times: Vec<_> = recording.events.iter().map(|event| event.at).collect();
        assert!(times.is_sorted(), "{}", entry.name);
        assert!(ids.is_sorted(), "{}: {ids:?}", entry.name);
    }
}

#[test]
fn a_worker_survives_what_it_is_asked() {
    let mut worker = worker();
    let bad = ScenarioText {
        name: "bad".into(),
        toml: "title = 3".into(),
    };
    assert!(worker.run(request(bad, 1)).is_err());
    let entry = aftershake_shared::catalog::find("linger-zero").unwrap();
    for _ in 0..20 {
        assert!(
            Judged::new(run(&mut worker, entry.text()))
                .unwrap()
                .is_met()
        );
    }
}

#[test]
fn a_worker_that_was_told_the_last_run_still_takes_another() {
    let mut worker = worker();
    for last in [true, true, false, true] {
        let entry = aftershake_shared::catalog::find("linger-zero").unwrap();
        let request = RunRequest {
            last,
            ..request(entry.text(), 7)
        };
        let (recording, _) = worker.run(request).unwrap();
        let judged = Judged::new(recording).unwrap();
        assert!(judged.is_met(), "{:?}", judged.mismatches());
    }
}
