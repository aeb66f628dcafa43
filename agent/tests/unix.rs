//! `AF_UNIX` sockets of real runs: what the kernel tells, that no address and no segment is made up, and that an
//! abstract name reaches nobody outside of its run.
//!
//! Needs a namespace, and fails without one.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/worker.rs"]
mod worker;

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

use aftershake::judged::Diagnosed;
use aftershake_shared::errno::Errno;
use aftershake_shared::event::EventBody;
use aftershake_shared::event::call::CallReturned;
use aftershake_shared::recording::ScenarioText;
use aftershake_shared::report::{ConnectionRow, Report};
use aftershake_shared::scenario::expect::Outcome;
use worker::{request, worker};

/// A server at `@app` and a client that has connected; steps follow.
const CONNECTED: &str = r#"title = "x"
[[steps]]
by = "server"
do.listen_unix = { name = "app", backlog = 0 }
[[steps]]
by = "client"
name = "call"
do.connect_unix = { name = "app" }
"#;

fn run(toml: &str) -> (Diagnosed, Report) {
    let scenario = ScenarioText {
        name: "any".to_owned(),
        toml: toml.to_owned(),
    };
    let judged = Diagnosed::new(worker().run(request(scenario, 1)).unwrap().0);
    let report = Report::new(&judged.recording, &judged.diagnosis);
    (judged, report)
}

fn results(report: &Report) -> Vec<&str> {
    let steps = report.steps.iter();
    steps.map(|step| step.result.as_str()).collect()
}

fn only(report: &Report) -> &ConnectionRow {
    assert_eq!(report.connections.len(), 1);
    report.connections.first().unwrap()
}

#[test]
fn nothing_of_tcp_is_made_up() {
    let (judged, report) = run(&format!(
        "{CONNECTED}[[steps]]\nby = \"server\"\ndo = \"accept\"\n\
         [[steps]]\nby = \"client\"\ndo.send = {{ count = 5 }}\n\
         [[steps]]\nby = \"server\"\non = \"call\"\ndo = \"close\"\n\
         [[steps]]\nby = \"client\"\ndo = \"receive\"\n"
    ));
    for event in &judged.recording.events {
        match &event.body {
            EventBody::Call(call) => assert_eq!((call.local, call.remote), (None, None)),
            EventBody::Step(_) => {}
            EventBody::Counters(_)
            | EventBody::KernelReset(_)
            | EventBody::ProcessEnded(_)
            | EventBody::Outside(_)
            | EventBody::Segment(_)
            | EventBody::Socket(_)
            | EventBody::Trouble(_) => panic!("{event:?}"),
        }
    }
    assert!(report.resets.is_empty() && report.segments.is_empty());
    assert_eq!(report.outcome, Outcome::Closed);
    let unix = only(&report).unix.as_ref().unwrap();
    assert!(unix.headline.contains("closed with 5 bytes unread"));
    let on_it = report
        .calls
        .iter()
        .filter(|call| call.connection == Some(1));
    let calls: Vec<_> = on_it.map(|call| call.call.as_str()).collect();
    assert_eq!(calls, ["connect", "send", "close", "recv"]);
}

#[test]
fn a_killed_process_resets_over_unix_too() {
    let (_, report) = run(&format!(
        "{CONNECTED}[[steps]]\nby = \"server\"\ndo = \"accept\"\n\
         [[steps]]\nby = \"client\"\nname = \"reply\"\ndo = \"receive\"\n\
         [[steps]]\nby = \"second\"\nname = \"other\"\ndo.connect_unix = {{ name = \"app\" }}\n\
         [[steps]]\nby = \"second\"\ndo.send = {{ count = 3 }}\n\
         [[steps]]\nby = \"server\"\ndo = \"accept\"\n\
         [[steps]]\nby = \"outside\"\ndo.kill = {{ endpoint = \"server\" }}\n\
         [[steps]]\nby = \"second\"\ndo = \"receive\"\n"
    ));
    let told = results(&report);
    // The one that waits is told the end, since it had sent nothing.
    assert_eq!(told[3], "EOF");
    assert_eq!(told[8], "ECONNRESET");
    let said = &report.headline;
    let expected = "the process of the server ended (SIGKILL) with 3 bytes unread, and second was told ECONNRESET.";
    assert!(said.ends_with(expected), "{said}");
}

#[test]
fn a_full_queue_says_so_at_once() {
    let (_, report) = run(&format!(
        "{CONNECTED}[[steps]]\nby = \"second\"\ndo.connect_unix = {{ name = \"app\" }}\n"
    ));
    assert_eq!(results(&report), ["0", "0", "EAGAIN"]);
    assert!(
        report
            .headline
            .ends_with("connect(@app) of second was told EAGAIN.")
    );
}

#[test]
fn each_accept_goes_by_the_name_of_its_connect() {
    let (_, report) = run(r#"title = "x"
[copies]
client = 3
[[steps]]
by = "server"
do.listen_unix = { name = "app" }
[[steps]]
by = "client"
name = "call"
do.connect_unix = { name = "app" }
[[steps]]
by = "client"
name = "said"
do.send = { text = "hello" }
[[steps]]
by = "server"
each = "client"
name = "taken"
do = "accept"
[[steps]]
by = "server"
on = "call-2"
do.receive = { exactly = 5 }
[[steps]]
by = "server"
each = "client"
on = "call"
do = "close"
[[steps]]
by = "client"
name = "reply"
do = "receive"
"#);
    let told = results(&report);
    assert_eq!(told[told.len() - 3..], ["ECONNRESET", "EOF", "ECONNRESET"]);
    let clients: Vec<_> = report
        .connections
        .iter()
        .map(|row| row.client.as_str())
        .collect();
    assert_eq!(clients, ["client-1", "client-2", "client-3"]);
    let reset = |row: &&ConnectionRow| {
        let unix = row.unix.as_ref();
        unix.is_some_and(|unix| unix.headline.contains("was told ECONNRESET"))
    };
    let reset: Vec<_> = report
        .connections
        .iter()
        .filter(reset)
        .map(|row| row.id)
        .collect();
    assert_eq!(reset, [1, 3]);
}

#[test]
fn a_full_buffer_parks_and_goes_on() {
    let (_, report) = run(&format!(
        "{CONNECTED}[[steps]]\nby = \"server\"\ndo = \"accept\"\n\
         [[steps]]\nby = \"client\"\ndo.send = {{ count = 4000000 }}\n\
         [[steps]]\nby = \"server\"\ndo.receive = {{ exactly = 4000000 }}\n\
         [[steps]]\nby = \"server\"\ndo = \"close\"\n\
         [[steps]]\nby = \"client\"\ndo = \"receive\"\n"
    ));
    assert_eq!(
        results(&report),
        ["0", "0", "0", "4000000", "4000000", "0", "EOF"]
    );
    assert!(report.headline.starts_with("No reset: the server closed"));
}

#[test]
fn an_abstract_name_stays_in_its_run() {
    // A name that only this test has on the machine; it listens here while the run looks for it.
    let name = format!("aftershake-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let here = UnixListener::bind_addr(&address).unwrap();
    here.set_nonblocking(true).unwrap();
    let connect = format!(
        "title = \"x\"\n[[steps]]\nby = \"a\"\ndo.connect_unix = {{ name = \"{name}\" }}\n"
    );
    let (_, report) = run(&connect);
    assert_eq!(results(&report), ["ECONNREFUSED"]);
    assert_eq!(report.outcome, Outcome::Refused);
    // And the run can have that name for its own, which nobody here reaches.
    let (_, report) = run(&connect.replacen(
        "[[steps]]",
        &format!("[[steps]]\nby = \"b\"\ndo.listen_unix = {{ name = \"{name}\" }}\n[[steps]]"),
        1,
    ));
    assert_eq!(results(&report), ["0", "0"]);
    let none = here.accept().unwrap_err();
    assert_eq!(none.kind(), std::io::ErrorKind::WouldBlock);
    // It was this listener's name all the time.
    UnixStream::connect_addr(&address).unwrap();
}

#[test]
fn a_held_socket_is_let_go_by_the_call_that_held_it() {
    let (_, report) = run(&format!(
        "{CONNECTED}[[steps]]\nby = \"server\"\ndo = \"accept\"\n\
         [[steps]]\nby = \"server\"\ndo.receive = {{ at_most = 8, blocks = true }}\n\
         [[steps]]\nby = \"closer\"\nprocess = \"server\"\ndo = \"close\"\n\
         [[steps]]\nby = \"client\"\ndo.send = {{ count = 16 }}\n\
         [[steps]]\nby = \"client\"\ndo = \"receive\"\n"
    ));
    let said = &report.headline;
    let expected = "as recv(8) returned, with 8 bytes unread, and the client was told ECONNRESET.";
    assert!(said.ends_with(expected), "{said}");
}

#[test]
fn no_descriptor_left_is_told_as_a_call() {
    let (judged, report) = run(&format!(
        "{CONNECTED}[[steps]]\nby = \"server\"\ndo = \"limit_descriptors\"\n\
         [[steps]]\nby = \"server\"\ndo.connect_unix = {{ name = \"app\" }}\n\
         [[steps]]\nby = \"server\"\ndo.listen_unix = {{ name = \"other\" }}\n"
    ));
    assert_eq!(results(&report)[3..], ["EMFILE", "EMFILE"]);
    let calls = judged.recording.events.iter();
    let calls = calls.filter_map(|event| event.body.as_call());
    let failed: Vec<_> = calls
        .filter(|call| call.failed_with(Errno::EMFILE))
        .map(CallReturned::signature)
        .collect();
    assert_eq!(failed, ["socket()", "socket()"]);
}
