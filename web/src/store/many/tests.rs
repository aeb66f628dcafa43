//! Many runs, message by message, with a real run's recording as the one that is kept.

use std::rc::Rc;

use aftershake_shared::channel::Failure;
use aftershake_shared::distribution::noise::{Lateness, Noise};
use aftershake_shared::distribution::summary::RunSummary;
use aftershake_shared::recording::Recording;
use yew::Reducible as _;

use super::*;
use crate::store;

const PATH: &str = "steps.5.delay";

fn race() -> Rc<AppState> {
    let chosen = store::Action::ScenarioChosen {
        name: "race-send-against-close",
        run: false,
    };
    let text = include_str!("../../../tests/recordings/sent-before-close.jsonl");
    let environment = Recording::from_json_lines(text).unwrap().header.environment;
    let welcome = store::Action::AgentSaid(ServerMessage::Welcome {
        protocol: aftershake_shared::channel::PROTOCOL_VERSION,
        version: "0.1.0".to_owned(),
        environment,
    });
    Rc::new(AppState::default()).reduce(welcome).reduce(chosen)
}

fn did(state: Rc<AppState>, action: Action) -> Rc<AppState> {
    state.reduce(store::Action::Many(action))
}

fn formed(state: Rc<AppState>, name: &'static str, value: &'static str) -> Rc<AppState> {
    let (name, value) = (AttrValue::Static(name), AttrValue::Static(value));
    did(state, Action::Formed { name, value })
}

fn said(state: Rc<AppState>, message: ServerMessage) -> Rc<AppState> {
    state.reduce(store::Action::AgentSaid(message))
}

fn summary(number: u64, bin: u32, key: &str) -> RunSummary {
    RunSummary {
        number,
        bin,
        seed: number,
        key: key.to_owned(),
        met: true,
        mismatches: Vec::new(),
        answers: Vec::new(),
    }
}

fn planned(state: &AppState) -> ServerMessage {
    let ask = state.many_ask.as_ref().unwrap();
    let times = ask.times.as_ref().unwrap();
    let vary = times.vary.as_ref().map(|vary| Vary::parse(vary).unwrap());
    let bins = times.bins.unwrap_or(1) as usize;
    ServerMessage::Planned {
        run: ask.run,
        runs: u64::from(times.runs),
        values: match &vary {
            None => vec![None],
            Some(vary) => vary.range.values(bins).into_iter().map(Some).collect(),
        },
        varied: vary.map(|vary| vary.path),
        seed: 7,
    }
}

fn run(state: &AppState) -> RunId {
    state.many_ask.as_ref().unwrap().run
}

fn kept(run: RunId, summary: RunSummary) -> ServerMessage {
    let text = include_str!("../../../tests/recordings/sent-before-close.jsonl");
    ServerMessage::Kept {
        run,
        summary: Box::new(summary),
        recording: Box::new(Recording::from_json_lines(text).unwrap()),
    }
}

/// Two values, two runs each, one of them kept.
fn begun() -> Rc<AppState> {
    let state = formed(formed(race(), "values", "2"), "runs", "4");
    let state = did(state, Action::Asked(Aim::Count));
    let state = said(state.clone(), planned(&state));
    let run = run(&state);
    let key = "reset:close-with-unread-data";
    let state = said(state, kept(run, summary(0, 1, key)));
    let runs = vec![summary(0, 1, key), summary(1, 0, "closed")];
    said(state, ServerMessage::Came { run, runs })
}

#[test]
fn a_race_is_offered_with_the_delay_of_its_first_send() {
    let state = race();
    let form = of(&state).form(&state);
    assert_eq!((&*form.path, &*form.low, &*form.high), (PATH, "0", "200us"));
    let asked = did(state, Action::Asked(Aim::Count));
    let ask = asked.many_ask.as_ref().unwrap();
    let times = ask.times.as_ref().unwrap();
    assert_eq!(times.vary.as_deref(), Some("steps.5.delay=0ms..200us"));
    assert_eq!((times.runs, times.bins), (1_000, Some(20)));
    assert!(ask.run >= FIRST && !asked.can_run());
}

#[test]
fn another_path_brings_its_own_range_and_another_scenario_its_own_form() {
    let state = formed(race(), "path", "steps.listening.backlog");
    let form = of(&state).form(&state);
    assert_eq!((&*form.low, &*form.high), ("0", "2"));
    let chosen = store::Action::ScenarioChosen {
        name: "linger-zero",
        run: false,
    };
    let state = state.reduce(chosen);
    assert_eq!(of(&state).form(&state).path, "");
}

#[test]
fn what_came_is_counted_and_reported() {
    let state = begun();
    let many = of(&state);
    assert_eq!(many.tally.runs(), 2);
    assert!(many.report.is_none());
    let run = run(&state);
    let lateness = Lateness::of(vec![5, 6, 7]);
    let noise = Noise {
        sleep_overshoot: lateness,
        wake_up: lateness,
    };
    let state = said(state, ServerMessage::Noise { run, noise });
    let runs = vec![summary(2, 0, "closed"), summary(3, 1, "closed")];
    let state = said(state, ServerMessage::Came { run, runs });
    let took_ns = 3_000_000;
    let state = said(state, ServerMessage::Finished { run, took_ns });
    let many = of(&state);
    let report = many.report.unwrap();
    assert_eq!((report.runs, report.about.interrupted), (4, false));
    assert_eq!((report.about.seed, report.about.took_ms), (7, 3));
    assert_eq!(report.about.noise, noise);
    assert!(state.can_run() && state.many_ask.is_none());
}

#[test]
fn a_stop_keeps_what_there_is() {
    let state = did(begun(), Action::CancelAsked);
    assert!(state.many_ask.as_ref().unwrap().cancelled);
    let run = run(&state);
    let state = said(state, ServerMessage::Finished { run, took_ns: 1 });
    let report = of(&state).report.unwrap();
    assert_eq!((report.runs, report.about.planned), (2, 4));
    assert!(report.about.interrupted);
}

#[test]
fn a_lost_channel_and_a_failure_keep_what_there_is() {
    let closed = store::Action::Channel(store::channel_status::Action::Closed);
    let lost = begun().reduce(closed);
    assert_eq!(of(&lost).phase, Phase::Lost);
    assert!(of(&lost).report.is_some() && lost.many_ask.is_none());
    let state = begun();
    let error = Failure {
        code: 4,
        message: "its worker died".to_owned(),
        remedy: String::new(),
    };
    let run = Some(run(&state));
    let failed = said(state, ServerMessage::Failed { run, error });
    assert!(matches!(of(&failed).phase, Phase::Failed(_)));
    assert_eq!(of(&failed).report.unwrap().runs, 2);
}

#[test]
fn a_kept_run_is_opened_and_left() {
    let at = |key: &'static str| At {
        key: AttrValue::Static(key),
        bin: 1,
    };
    let state = begun();
    let nothing = did(state.clone(), Action::Opened(at("closed")));
    assert!(Rc::ptr_eq(&state, &nothing));
    let state = did(state, Action::Opened(at("reset:close-with-unread-data")));
    assert!(state.run.diagnosis.is_some());
    let (odd, header) = of(&state).opened.unwrap();
    assert_eq!(odd.summary.number, 0);
    assert_eq!(state.run.header, Some(header));
    let state = did(state, Action::Left);
    assert!(of(&state).opened.is_none() && state.run.diagnosis.is_some());
}

#[test]
fn a_search_asks_value_after_value_until_it_knows() {
    let mut state = did(formed(race(), "high", "16us"), Action::Asked(Aim::Find));
    let mut number = 0;
    while let Some(ask) = state.many_ask.clone() {
        let times = ask.times.clone().unwrap();
        assert_eq!(times.seed.is_none(), number == 0);
        let vary = Vary::parse(&times.vary.unwrap()).unwrap();
        assert_eq!(vary.range.from, vary.range.to);
        state = said(state.clone(), planned(&state));
        let flip = Amount::Time(Nanos::from_micros(5));
        let key = if vary.range.from < flip {
            "closed"
        } else {
            "open"
        };
        let runs: Vec<_> = (0..times.runs).map(|_| summary(number, 0, key)).collect();
        state = said(state, kept(ask.run, summary(number, 0, key)));
        state = said(state, ServerMessage::Came { run: ask.run, runs });
        let took_ns = 1_000_000;
        state = said(
            state,
            ServerMessage::Finished {
                run: ask.run,
                took_ns,
            },
        );
        number += 1;
        assert!(number < 100, "it does not end");
    }
    let report = of(&state).report.unwrap();
    let found = report.found.clone().unwrap();
    assert!(found.single, "{}", found.words);
    assert_eq!(found.first, Some(Amount::Time(Nanos::from_micros(5))));
    assert_eq!(report.about.planned, report.runs);
}

#[test]
fn a_mistake_is_named_where_it_was_made() {
    use form::Control;
    for (name, value, control, words) in [
        (
            "high",
            "soon",
            Control::Range,
            "`soon` is no number and no duration",
        ),
        ("low", "1ms", Control::Range, "goes down"),
        (
            "values",
            "0",
            Control::Values,
            "`0`, expected a number from 2 to 200",
        ),
        (
            "runs",
            "",
            Control::Runs,
            "``, expected a number from 1 to 100000",
        ),
        ("runs", "19", Control::Runs, "for each of the 20 values"),
    ] {
        let state = formed(race(), name, value);
        let state = did(state, Action::Asked(Aim::Count));
        let wrong = of(&state).wrong.unwrap();
        assert_eq!(wrong.control, control, "{name} {value}");
        assert!(wrong.words.contains(words), "{}", wrong.words);
        assert!(state.many_ask.is_none());
        assert!(of(&formed(state, "runs", "30")).wrong.is_none());
    }
    let state = did(formed(race(), "path", ""), Action::Asked(Aim::Find));
    assert_eq!(of(&state).wrong.unwrap().control, Control::Path);
}
