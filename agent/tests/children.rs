//! Programs that are processes of their own: one that is killed by somebody else, one without descriptors, one with a
//! thread that waits inside a call. Needs a namespace, and fails without one.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/worker.rs"]
mod worker;

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use aftershake_shared::diagnosis::diagnose;
use aftershake_shared::diagnosis::finding::{Certainty, Diagnosis};
use aftershake_shared::event::call::{Call, CallReturned};
use aftershake_shared::event::process_ended::{Ended, ProcessEnded};
use aftershake_shared::event::step_progress::{Progress, StepResult};
use aftershake_shared::event::{Event, EventBody};
use aftershake_shared::recording::{Recording, ScenarioText};
use worker::{request, worker};

/// A scenario of these steps, each `by: fields`, the fields parted by `;`.
fn story(order: &str, steps: &[&str]) -> String {
    let mut text = format!("title = \"t\"\norder = \"{order}\"\n");
    for step in steps {
        let (by, fields) = step.split_once(": ").unwrap();
        let fields = fields.replace("; ", "\n");
        write!(text, "[[steps]]\nby = \"{by}\"\n{fields}\n").unwrap();
    }
    text
}

fn run(toml: String) -> Recording {
    let name = "children".to_owned();
    let request = request(ScenarioText { name, toml }, 7);
    worker().run(request).unwrap().0
}

fn calls(recording: &Recording) -> impl Iterator<Item = &CallReturned> {
    let events = recording.events.iter();
    events.filter_map(|event| event.body.as_call())
}

fn judged(recording: &Recording) -> Diagnosis {
    diagnose(&recording.events, &recording.header.environment.evidence)
}

/// How each step ended, by number.
fn results(recording: &Recording) -> Vec<String> {
    let ended = |event: &Event| {
        if let EventBody::Step(step) = &event.body
            && let Progress::Finished(result) = &step.progress
        {
            return Some((step.step, result.clone()));
        }
        None
    };
    let mut all: Vec<(u32, StepResult)> = recording.events.iter().filter_map(ended).collect();
    all.sort_by_key(|(step, _)| *step);
    all.iter().map(|(_, result)| result.to_string()).collect()
}

fn ends(recording: &Recording) -> Vec<&ProcessEnded> {
    let ended = recording.events.iter().filter_map(|event| {
        if let EventBody::ProcessEnded(ended) = &event.body {
            return Some(ended);
        }
        None
    });
    ended.collect()
}

/// Kills the process that holds a connection at this port with as many bytes unread, once there is one.
fn kill_who_holds(port: u16, unread: u32) {
    let began = Instant::now();
    let line = format!(":{port:04X} ");
    let queue = format!(":{unread:08X} ");
    loop {
        let patient = began.elapsed() < Duration::from_secs(20);
        assert!(patient, "nobody held {unread} unread bytes at port {port}");
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
                continue;
            };
            if grandparent(pid) != Some(std::process::id()) {
                continue;
            }
            let table = fs::read_to_string(format!("/proc/{pid}/net/tcp")).unwrap_or_default();
            let mut lines = table.lines();
            if lines.any(|text| text.contains(&line) && text.contains(&queue)) {
                let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
                assert!(killed.unwrap().success());
                return;
            }
        }
        std::thread::yield_now();
    }
}

/// The process whose child started that one.
fn grandparent(pid: u32) -> Option<u32> {
    parent(parent(pid)?)
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn a_death_that_no_step_asked_for_is_noted_once_and_explains_the_reset() {
    for (order, port) in [("listed", 8101), ("free", 8102)] {
        let (listen, connect) = (
            format!("server: name = \"up\"; do.listen = {{ port = {port} }}"),
            format!("client: after = \"up\"; do.connect = {{ port = {port} }}"),
        );
        let toml = story(
            order,
            &[
                &listen,
                &connect,
                "server: do = \"accept\"",
                "client: do.send = { count = 21 }",
                "client: name = \"reply\"; do.receive = { timeout = \"20s\" }",
                "server: after = \"reply\"; do = \"receive\"",
                "server: do = \"exit\"",
            ],
        );
        let killer = std::thread::spawn(move || kill_who_holds(port, 21));
        let recording = run(toml);
        killer.join().unwrap();
        let results = results(&recording);
        assert_eq!(
            results,
            ["0", "0", "0", "21", "ECONNRESET", "not-run", "not-run"],
            "{order}"
        );
        let ends = ends(&recording);
        assert_eq!(ends.len(), 1, "{order}: {ends:?}");
        assert_eq!(ends[0].how, Ended::Killed("SIGKILL".to_owned()));
        assert_eq!((ends[0].step, ends[0].closed.len()), (None, 2), "{order}");
        let diagnosis = judged(&recording);
        assert_eq!(diagnosis.resets.len(), 1);
        let reset = &diagnosis.resets[0];
        assert_eq!(reset.cause.to_string(), "close-with-unread-data");
        assert_eq!(reset.certainty, Certainty::Certain);
        let why = &diagnosis.explanation;
        assert!(
            why.contains("while its process ended (SIGKILL), between"),
            "{why}"
        );
        assert!(
            diagnosis.headline.contains("ended (SIGKILL)"),
            "{order}: {}",
            diagnosis.headline
        );
    }
}

#[test]
fn who_waits_in_a_process_that_dies_is_told_so() {
    let toml = story(
        "listed",
        &[
            "server: do.listen = { port = 8103 }",
            "client: do.connect = { port = 8103 }",
            "server: name = \"one\"; do = \"accept\"",
            "client: do.send = { count = 22 }",
            "server: name = \"two\"; do = \"accept\"",
            "client: name = \"reply\"; do.receive = { timeout = \"20s\" }",
            "outside: after = \"reply\"; do.kill = { endpoint = \"server\" }",
        ],
    );
    let killer = std::thread::spawn(|| kill_who_holds(8103, 22));
    let recording = run(toml);
    killer.join().unwrap();
    let results = results(&recording);
    // The step that would have killed it comes too late.
    assert_eq!(
        results,
        ["0", "0", "0", "22", "killed", "ECONNRESET", "not-run"]
    );
    assert_eq!(ends(&recording).len(), 1);
}

#[test]
fn a_descriptor_handed_to_a_process_that_is_dead_counts_no_more() {
    let toml = story(
        "listed",
        &[
            "server: do.listen = { port = 8104 }",
            "client: do.connect = { port = 8104 }",
            "server: do = \"accept\"",
            "client: do.send = { count = 23 }",
            // The only child there is dies meanwhile.
            "other: do.sleep = { time = \"1s\" }",
            "server: do.hand_over = { to = \"other\", what = \"connection\" }",
            "server: do = \"receive\"",
            "server: do = \"close\"",
            "client: do.receive = { timeout = \"1s\" }",
            "other: do = \"exit\"",
        ],
    );
    let killer = std::thread::spawn(|| kill_who_holds(8104, 23));
    let recording = run(toml);
    killer.join().unwrap();
    let expected = ["0", "0", "0", "23", "0", "0", "23", "0", "EOF", "not-run"];
    assert_eq!(results(&recording), expected);
    let ends = ends(&recording);
    assert_eq!((ends.len(), ends[0].closed.len()), (1, 0), "{ends:?}");
    let calls = calls(&recording);
    // Nobody else has it: the close is the one that sends the FIN.
    let last = calls.filter(|call| call.call == Call::Close { unread: Some(0) });
    assert_eq!(last.count(), 1);
}

#[test]
fn every_call_that_needs_a_descriptor_fails_without_one() {
    let recording = run(story(
        "listed",
        &[
            "server: name = \"l\"; do = \"listen\"",
            "server: do.limit_descriptors = { spare = 1 }",
            "client: do = \"connect\"",
            "server: name = \"first\"; do = \"accept\"",
            // Nobody waits, and still it is EMFILE: the descriptor is taken before the queue is looked at.
            "server: do = \"accept\"",
            "server: do.listen = { port = 8081 }",
            "server: do = \"connect\"",
            "server: on = \"first\"; do = \"duplicate\"",
            "server: do.limit_descriptors = { spare = 2 }",
            "server: on = \"first\"; do = \"duplicate\"",
        ],
    ));
    let expected = [
        "0", "0", "0", "0", "EMFILE", "EMFILE", "EMFILE", "EMFILE", "0", "0",
    ];
    assert_eq!(results(&recording), expected);
    // Told as calls, so that nobody has to guess which of a step's calls it was.
    let failed = calls(&recording);
    let sockets = failed.filter(|call| call.call == Call::Socket { mptcp: false });
    assert_eq!(sockets.count(), 2);
}

/// A connection with a thread `server` in `recv(8)` and a thread `closer` beside it, then these.
fn held(order: &str, then: &[&str]) -> Recording {
    let begin = [
        "server: name = \"up\"; do = \"listen\"",
        "client: after = \"up\"; do = \"connect\"",
        "server: name = \"in\"; do = \"accept\"",
        "server: do.receive = { at_most = 8, blocks = true }",
    ];
    run(story(order, &[&begin[..], then].concat()))
}

#[test]
fn the_end_of_the_process_ends_a_call_that_holds_the_socket() {
    for (end, how) in [
        ("closer: do.exit = { code = 3 }", "exit(3)"),
        ("outside: do.kill = { endpoint = \"server\" }", "SIGKILL"),
    ] {
        let recording = held(
            "listed",
            &[
                "closer: process = \"server\"; do = \"close\"",
                end,
                "client: do = \"receive\"",
            ],
        );
        let results = results(&recording);
        assert_eq!(results, ["0", "0", "0", "killed", "0", "0", "EOF"], "{end}");
        // The socket that had been closed was still there to be closed.
        assert_eq!(ends(&recording)[0].closed.len(), 2, "{end}");
        let headline = judged(&recording).headline;
        assert!(headline.contains(how), "{headline}");
    }
}

#[test]
fn others_use_the_socket_while_a_call_waits_on_it() {
    let recording = held(
        "listed",
        &[
            "closer: process = \"server\"; do.send = { text = \"hello\" }",
            "closer: do.receive = { at_most = 4, timeout = \"5ms\" }",
            "client: do.receive = { exactly = 5 }",
            "client: do.send = { text = \"x\" }",
            "closer: do = \"close\"",
            "client: do = \"receive\"",
        ],
    );
    let expected = ["0", "0", "0", "1", "5", "timeout", "5", "1", "0", "EOF"];
    assert_eq!(results(&recording), expected);
    // Its call had returned: the close is the one that sends the FIN.
    let calls = calls(&recording);
    let mut closes = calls.filter(|call| call.call.name() == "close");
    assert!(closes.all(|call| matches!(call.call, Call::Close { unread: Some(0) })));
}

#[test]
fn a_copy_of_the_descriptor_outlives_the_call() {
    let recording = held(
        "listed",
        &[
            "closer: process = \"server\"; do = \"duplicate\"",
            "closer: do = \"close\"",
            "client: do.send = { text = \"x\" }",
            "client: name = \"early\"; do.receive = { timeout = \"5ms\" }",
            "closer: after = \"early\"; do = \"close\"",
            "client: do = \"receive\"",
        ],
    );
    let expected = ["0", "0", "0", "1", "0", "0", "1", "timeout", "0", "EOF"];
    assert_eq!(results(&recording), expected);
}

#[test]
fn two_calls_hold_it_until_the_last_of_them_returns() {
    let recording = held(
        "listed",
        &[
            "second: process = \"server\"; do.receive = { at_most = 8, blocks = true }",
            "closer: process = \"server\"; do = \"close\"",
            "client: do.send = { text = \"x\" }",
            "client: name = \"early\"; do.receive = { timeout = \"5ms\" }",
            "client: do.send = { text = \"y\" }",
            "client: do = \"receive\"",
        ],
    );
    let expected = ["0", "0", "0", "1", "1", "0", "1", "timeout", "1", "EOF"];
    assert_eq!(results(&recording), expected);
    let calls = calls(&recording);
    assert_eq!(calls.filter(|call| call.call.lets_go()).count(), 1);
}

#[test]
fn of_calls_that_one_eof_wakes_only_the_last_lets_go() {
    for order in ["listed", "free"] {
        let second = "second: after = \"in\"; process = \"server\"; do.receive = { at_most = 8, blocks = true }";
        let third = second.replace("second", "third");
        let recording = held(
            order,
            &[
                second,
                &third,
                "closer: name = \"shut\"; process = \"server\"; after = \"in\"; delay = \"10ms\"; do = \"close\"",
                "client: after = \"shut\"; do = \"close\"",
            ],
        );
        let expected = ["0", "0", "0", "EOF", "EOF", "EOF", "0", "0"];
        assert_eq!(results(&recording), expected, "{order}");
        let calls = calls(&recording);
        let server = calls.filter(|call| call.by != "client");
        let let_go = server.filter(|call| call.call.lets_go()).count();
        assert_eq!(let_go, 1, "{order}");
    }
}

#[test]
fn a_call_may_wait_in_any_order_of_steps() {
    let recording = held(
        "free",
        &[
            "server: do = \"close\"",
            "client: after = \"in\"; delay = \"10ms\"; do.send = { text = \"incorrect_prefix\" }",
            "client: do = \"receive\"",
        ],
    );
    let results = results(&recording);
    assert_eq!(results, ["0", "0", "0", "8", "0", "16", "ECONNRESET"]);
    let reset = &judged(&recording).resets[0];
    assert_eq!(reset.cause.to_string(), "close-with-unread-data");
    assert_eq!(reset.certainty, Certainty::Certain);
}
