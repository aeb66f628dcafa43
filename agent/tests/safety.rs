//! What `outside` does stays in the run: the machine's own network is the same before, during and after.
//!
//! Needs a namespace, and fails without one.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/worker.rs"]
mod worker;

use std::collections::BTreeMap;
use std::fs;
use std::net::UdpSocket;

use aftershake::worker_process::WorkerProcess;
use aftershake_shared::event::outside_acted::{OutsideAct, OutsideActed};
use aftershake_shared::event::{Event, EventBody};
use aftershake_shared::recording::{Recording, ScenarioText};
use worker::{request, worker};

/// Everything that `outside` can do to a network, each once, and none of it undone.
const EVERYTHING: &str = r#"
title = "Everything"
[[steps]]
by = "server"
do = "listen"
[[steps]]
by = "client"
name = "one"
do = "connect"
[[steps]]
by = "server"
do = "accept"
[[steps]]
by = "outside"
do.set_sysctl = { name = "net.ipv4.tcp_rfc1337", value = 1 }
[[steps]]
by = "outside"
do.set_sysctl = { name = "net.ipv4.tcp_fin_timeout", value = 7 }
[[steps]]
by = "outside"
do.forge = { from = "client", flags = "R", seq = "in-window" }
[[steps]]
by = "outside"
do.forge = { from_port = 9, to_port = 8080, flags = "S" }
[[steps]]
by = "outside"
do.destroy = { socket_of = "server" }
[[steps]]
by = "outside"
do.add_rule = { verdict = "drop" }
[[steps]]
by = "outside"
do.add_rule = { verdict = "reject-with-tcp-reset", hook = "output", to_port = 1 }
[[steps]]
by = "outside"
do.add_rule = { verdict = "redirect", hook = "output", to_port = 2, redirect_to = 3 }
[[steps]]
by = "outside"
do = "forget_nat"
[[steps]]
by = "outside"
do.add_address = { address = "127.77.0.1" }
[[steps]]
by = "outside"
do.remove_address = { address = "127.0.0.1" }
[[steps]]
by = "outside"
do.set_link = { up = false }
"#;

fn run(worker: &mut WorkerProcess, toml: &str) -> Recording {
    let scenario = ScenarioText {
        name: "any".to_owned(),
        toml: toml.to_owned(),
    };
    worker.run(request(scenario, 1)).unwrap().0
}

fn acts(events: &[Event]) -> Vec<&OutsideActed> {
    let mut acts = Vec::new();
    for event in events {
        if let EventBody::Outside(acted) = &event.body {
            acts.push(acted);
        }
    }
    acts
}

/// What a stranger to the run sees of the machine's network: settings, addresses, routes, listeners, tables.
fn machine() -> BTreeMap<String, String> {
    let files = [
        "/proc/net/fib_trie",
        "/proc/net/if_inet6",
        "/proc/net/route",
    ];
    let settings = fs::read_dir("/proc/sys/net/ipv4").unwrap();
    let settings = settings.filter_map(|entry| Some(entry.ok()?.path().to_str()?.to_owned()));
    let all = files.into_iter().map(str::to_owned).chain(settings);
    all.map(|path| (path.clone(), fs::read_to_string(&path).unwrap_or_default()))
        .collect()
}

#[test]
fn nothing_that_outside_does_leaves_the_run() {
    // Loopback works before and after: no rule, no link and no address of the machine was touched.
    let here = UdpSocket::bind("127.0.0.1:0").unwrap();
    here.set_read_timeout(Some(std::time::Duration::from_secs(5)))
        .unwrap();
    let before = machine();
    let recording = run(&mut worker(), EVERYTHING);
    let done = acts(&recording.events);
    assert_eq!(done.len(), 12, "{done:?}");
    for acted in &done {
        assert!(acted.succeeded(), "{acted:?}");
    }
    let forged = |act: &OutsideAct| matches!(act, OutsideAct::ForgeSegment { .. });
    assert_eq!(done.iter().filter(|acted| forged(&acted.act)).count(), 2);
    assert_eq!(machine(), before);
    here.send_to(b"here", here.local_addr().unwrap()).unwrap();
    assert_eq!(here.recv(&mut [0; 8]).unwrap(), 4);
}

#[test]
fn the_next_run_knows_nothing_of_the_last() {
    let mut worker = worker();
    run(&mut worker, EVERYTHING);
    let plain = EVERYTHING.split("[[steps]]\nby = \"outside\"").next();
    let recording = run(&mut worker, plain.unwrap());
    assert!(acts(&recording.events).is_empty());
    let segments = recording
        .events
        .iter()
        .filter(|event| matches!(event.body, EventBody::Segment(_)));
    assert_eq!(segments.count(), 3, "a handshake and nothing else");
}
