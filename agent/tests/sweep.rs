//! Many real runs through the command line: counts, boundaries, the search, and what is kept. Needs a namespace,
//! and fails without one.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/program.rs"]
mod program;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use aftershake_shared::distribution::summary::RunSummary;
use aftershake_shared::recording::Recording;
use program::{code, json, run};
use serde_json::Value;

/// In listed order the ending depends on the bytes that the server reads: five were sent.
const FLIPS_AT_FIVE: &str = r#"# The server reads so many bytes and closes.
title = "Reads some"

[[steps]]
by = "server"
do.listen = { port = 8080 }

[[steps]]
by = "client"
do = "connect"

[[steps]]
by = "server"
do = "accept"

[[steps]]
by = "client"
do.send = { text = "hello" }

[[steps]]
by = "server"
name = "hear"
do.receive = { at_most = 10 }

[[steps]]
by = "server"
do = "close"

[[steps]]
by = "client"
name = "reply"
do.receive = { at_most = 10 }

[expect]
outcome = "closed"
returns."client.reply" = "EOF"
"#;

/// The server gives up waiting after 20 ms; the client speaks after a delay.
const FLIPS_WITH_TIME: &str = r#"# Who comes too late is not heard, and its bytes stay unread.
title = "Too late"
order = "free"

[[steps]]
by = "server"
name = "listening"
do.listen = { port = 8080 }

[[steps]]
by = "client"
after = "listening"
do = "connect"

[[steps]]
by = "server"
do = "accept"

[[steps]]
by = "server"
do.receive = { at_most = 10, timeout = "20ms" }

[[steps]]
by = "server"
name = "hang-up"
do = "close"

[[steps]]
by = "client"
name = "speak"
delay = "1ms"
do.send = { text = "hello" }

[[steps]]
by = "client"
name = "reply"
do.receive = { at_most = 10 }
"#;

/// Runs counted by their endings, over all bins.
fn counted(object: &Value) -> u64 {
    let bins = object["bins"].as_array().unwrap();
    let outcomes = bins
        .iter()
        .flat_map(|bin| bin["outcomes"].as_object().unwrap());
    outcomes.map(|(_, count)| count.as_u64().unwrap()).sum()
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

#[test]
fn no_run_of_a_race_is_lost() {
    let arguments = [
        "run",
        "race-send-against-close",
        "--repeat",
        "50",
        "--json",
        "--seed",
        "7",
    ];
    let output = run(&arguments, "");
    assert_eq!(code(&output), 0);
    let object = json(&output);
    assert_eq!(object["format"], 1);
    assert_eq!(object["runs"], 50);
    assert_eq!(object["varied"], Value::Null);
    assert_eq!(object["bins"].as_array().unwrap().len(), 1);
    assert_eq!(object["bins"][0]["value"], Value::Null);
    assert_eq!(object["bins"][0]["runs"], 50);
    assert_eq!(counted(&object), 50);
    assert_eq!(object["about"]["seed"], 7);
    let noise = &object["about"]["noise"];
    assert!(noise["wake_up"]["samples"].as_u64().unwrap() > 0);
    assert!(noise["sleep_overshoot"]["worst_ns"].as_u64().unwrap() > 0);
}

#[test]
fn a_flip_in_listed_order_is_a_boundary_with_two_runs_compared() {
    let folder = folder("flip");
    fs::create_dir_all(&folder).unwrap();
    let [csv, svg, odd] = ["c.csv", "c.svg", "odd"].map(|name| folder.join(name));
    let vary = [
        "--vary",
        "steps.hear.at_most=1..8",
        "--runs",
        "80",
        "--json",
    ];
    let files = [
        "--csv",
        csv.to_str().unwrap(),
        "--svg",
        svg.to_str().unwrap(),
        "--save-odd",
        odd.to_str().unwrap(),
    ];
    let arguments = [&["sweep", "-"][..], &vary, &files].concat();
    let output = run(&arguments, FLIPS_AT_FIVE);
    assert_eq!(
        code(&output),
        0,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let object = json(&output);
    assert_eq!(object["varied"], "steps.hear.at_most");
    assert_eq!(counted(&object), 80);
    for (bin, value) in object["bins"].as_array().unwrap().iter().zip(1_u64..) {
        assert_eq!(bin["value"], value);
        assert_eq!(bin["runs"], 10);
        let expected = if value < 5 {
            "reset:close-with-unread-data"
        } else {
            "closed"
        };
        assert_eq!(bin["outcomes"][expected], 10, "{bin}");
        assert_eq!(bin["met"], if value < 5 { 0 } else { 10 });
    }
    let boundary = &object["boundaries"][0];
    assert_eq!(
        (&boundary["last"], &boundary["first"]),
        (&4.into(), &5.into())
    );
    let words = boundary["words"].as_str().unwrap();
    assert!(
        words.contains("EOF instead of ECONNRESET for client.reply"),
        "{words}"
    );
    assert_eq!(boundary["difference"]["one"]["what"], "server: recv(4) = 4");
    assert_eq!(
        boundary["difference"]["other"]["what"],
        "server: recv(5) = 5"
    );
    assert_eq!(fs::read_to_string(csv).unwrap().lines().count(), 1 + 8 * 2);
    assert!(fs::read_to_string(svg).unwrap().starts_with("<svg "));
    let saved: Vec<_> = fs::read_dir(odd).unwrap().collect();
    assert_eq!(saved.len(), 16);
    for file in saved {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let Recording { header, events } = Recording::from_json_lines(&text).unwrap();
        let scenario = header.scenario.parse().unwrap();
        let run = RunSummary::of_run((0, 0, 0), &scenario, &events, &header.environment);
        assert_eq!(run.met, run.key == "closed", "{run:?}");
    }
}

#[test]
fn the_search_finds_the_flip_in_few_runs() {
    let arguments = [
        "sweep",
        "-",
        "--vary",
        "steps.hear.at_most=1..64",
        "--find",
        "--json",
    ];
    let object = json(&run(&arguments, FLIPS_AT_FIVE));
    let found = &object["found"];
    assert_eq!(found["single"], true, "{found}");
    assert_eq!((&found["last"], &found["first"]), (&4.into(), &5.into()));
    assert!(object["runs"].as_u64().unwrap() <= 80);
    assert_eq!(counted(&object), object["runs"].as_u64().unwrap());
    let never = [
        "sweep",
        "-",
        "--vary",
        "steps.reply.at_most=1..64",
        "--find",
        "--json",
    ];
    let found = &json(&run(&never, FLIPS_AT_FIVE))["found"];
    assert_eq!(found["single"], false, "{found}");
    assert!(
        found["words"]
            .as_str()
            .unwrap()
            .starts_with("no flip: closed is the rule")
    );
}

#[test]
fn a_varied_delay_reaches_the_run() {
    let arguments = [
        "sweep",
        "-",
        "--vary",
        "steps.speak.delay=0..40ms",
        "--bins",
        "2",
        "--runs",
        "12",
        "--json",
    ];
    let object = json(&run(&arguments, FLIPS_WITH_TIME));
    assert_eq!(counted(&object), 12);
    let [early, late] = [0, 1].map(|bin| &object["bins"][bin]);
    assert_eq!(
        (&early["value"], &late["value"]),
        (&"0ms".into(), &"40ms".into())
    );
    // The server waits 20 ms: who speaks after 40 ms is never heard, however slow the machine.
    assert_eq!(late["outcomes"].get("closed"), None, "{late}");
    assert_eq!((&early["runs"], &late["runs"]), (&6.into(), &6.into()));
}

#[test]
fn a_setting_of_the_kernel_is_made_before_the_first_step_and_recorded() {
    let odd = folder("sysctl");
    let path = odd.to_str().unwrap();
    let arguments = [
        "sweep",
        "-",
        "--vary",
        "sysctl.net.ipv4.tcp_fin_timeout=30..31",
        "--runs",
        "2",
        "--json",
        "--save-odd",
        path,
    ];
    let output = run(&arguments, FLIPS_AT_FIVE);
    assert_eq!(
        code(&output),
        0,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let texts = fs::read_dir(odd).unwrap();
    let texts = texts.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let set: BTreeSet<bool> = texts.map(|text| text.contains("tcp_fin_timeout")).collect();
    assert_eq!(set, BTreeSet::from([true]));
}

#[test]
fn a_seed_repeats_the_order_and_the_choices() {
    let seeds = |name: &str| {
        let odd = folder(name);
        let path = odd.to_str().unwrap();
        let arguments = [
            "sweep",
            "-",
            "--vary",
            "steps.hear.at_most=4..5",
            "--runs",
            "6",
            "--seed",
            "11",
            "--save-odd",
            path,
        ];
        assert_eq!(code(&run(&arguments, FLIPS_AT_FIVE)), 0);
        let mut seeds = Vec::new();
        for file in fs::read_dir(odd).unwrap() {
            let file = file.unwrap();
            let text = fs::read_to_string(file.path()).unwrap();
            let header = Recording::from_json_lines(&text).unwrap().header;
            seeds.push((file.file_name(), header.seed));
        }
        seeds.sort();
        seeds
    };
    let first = seeds("seed-one");
    assert_eq!(first.len(), 6);
    assert_eq!(first, seeds("seed-two"));
}

#[test]
fn bad_input_is_told_with_what_can_be_varied() {
    for (vary, words) in [
        ("steps.hear", "has no `=`"),
        ("steps.hear.at_most=8..1", "goes down"),
        ("steps.nobody.delay=0..1ms", "no step `nobody`"),
        ("steps.hear.colour=0..1", "can be varied: steps.1.port"),
        ("steps.hear.at_most=0..5ms", "at_most"),
        ("sysctl.net.ipv4.nothing_like_it=0..1", "no such setting"),
        ("sysctl.net.ipv4.tcp_sack=0..70000", "the kernel refuses it"),
    ] {
        let arguments = ["sweep", "-", "--vary", vary, "--runs", "40", "--json"];
        let output = run(&arguments, FLIPS_AT_FIVE);
        assert_eq!(code(&output), 2, "{vary}");
        let error = json(&output);
        let message = error["error"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{vary}: {message}");
    }
    let one = [
        "sweep",
        "-",
        "--vary",
        "steps.hear.at_most=1..8",
        "--bins",
        "1",
        "--runs",
        "9",
    ];
    let output = run(&one, FLIPS_AT_FIVE);
    assert_eq!(code(&output), 2);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("expected at least 2"), "{said}");
    let few = [
        "sweep",
        "-",
        "--vary",
        "steps.hear.at_most=1..8",
        "--runs",
        "3",
    ];
    assert_eq!(code(&run(&few, FLIPS_AT_FIVE)), 2);
}

#[test]
fn a_repeated_test_says_how_often_each_expectation_held() {
    let late = FLIPS_AT_FIVE.replace(
        "at_most = 10 }\n\n[[steps]]\nby = \"server\"\ndo = \"close\"",
        "at_most = 2 }\n\n[[steps]]\nby = \"server\"\ndo = \"close\"",
    );
    assert_ne!(late, FLIPS_AT_FIVE);
    let output = run(&["test", "-", "--repeat", "5", "--json"], &late);
    assert_eq!(code(&output), 1);
    let row = &json(&output)[0];
    assert_eq!(
        (&row["met"], &row["runs"], &row["met_runs"]),
        (&false.into(), &5.into(), &0.into())
    );
    let held = row["held"].as_array().unwrap();
    let of = |what: &str| held.iter().find(|held| held["what"] == what).unwrap()["runs"].clone();
    assert_eq!(of("outcome"), 0);
    assert_eq!(of("returns.\"client.reply\""), 0);
    let output = run(&["run", "-", "--repeat", "5", "--json"], &late);
    assert_eq!(code(&output), 1);
    let output = run(&["test", "-", "--repeat", "5", "--json"], FLIPS_AT_FIVE);
    assert_eq!(code(&output), 0);
    assert_eq!(json(&output)[0]["held"][0]["runs"], 5);
}

#[test]
fn forty_clients_are_one_number() {
    let toml = include_str!("../../scenarios/rules/many-clients.toml");
    let path = [
        "sweep",
        "-",
        "--vary",
        "copies.client=1..4",
        "--runs",
        "8",
        "--json",
    ];
    let object = json(&run(&path, toml));
    assert_eq!(counted(&object), 8);
    let values: Vec<_> = object["bins"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bin| &bin["value"])
        .collect();
    assert_eq!(values, [1, 2, 3, 4]);
}
