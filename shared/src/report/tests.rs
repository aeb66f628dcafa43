//! The JSON object field by field, and text that no scenario can bend.

use super::text::{plain, verdict_text};
use super::*;
use crate::diagnosis::diagnose;
use crate::recording::{FORMAT_VERSION, Header, ScenarioText};

const RECORDED: &str = include_str!("../../tests/data/recordings/sent-before-close.jsonl");

fn recording() -> Recording {
    Recording::from_json_lines(RECORDED).unwrap()
}

fn json(recording: &Recording) -> serde_json::Value {
    let evidence = &recording.header.environment.evidence;
    let diagnosis = diagnose(&recording.events, evidence);
    serde_json::from_str(&Report::new(recording, &diagnosis).to_json()).unwrap()
}

#[test]
fn has_every_field_of_the_contract() {
    let report = json(&recording());
    assert_eq!(report["format"], 1);
    assert_eq!(report["scenario"]["name"], "sent-before-close");
    assert_eq!(report["environment"]["isolation"], "namespace");
    assert_eq!(report["outcome"], "reset");
    let connection = &report["connections"][0];
    assert_eq!(
        *connection,
        serde_json::json!({"id": 1, "client": "client", "server": "server", "outcome": "reset"})
    );
    let reset = &report["resets"][0];
    for (field, value) in [
        ("connection", serde_json::json!(1)),
        ("sent_by", "server".into()),
        ("cause", "close-with-unread-data".into()),
        ("certainty", "certain".into()),
        ("candidates", serde_json::json!(["close-with-unread-data"])),
        ("accepted", true.into()),
        ("kernel_asked", true.into()),
        ("kernel_reason", "TCP_ABORT_ON_CLOSE".into()),
    ] {
        assert_eq!(reset[field], value, "{field}");
    }
    for field in ["explanation", "fix", "headline", "rfc"] {
        assert!(!reset[field].as_str().unwrap().is_empty(), "{field}");
    }
    assert!(
        reset["evidence"]
            .as_array()
            .unwrap()
            .contains(&reset["segment"])
    );
    assert_eq!(
        report["expectation"],
        serde_json::json!({"met": true, "mismatches": []})
    );
    assert_eq!(report["counters"]["TcpExtTCPAbortOnClose"], 1);
    assert_eq!(report["steps"].as_array().unwrap().len(), 6);
}

#[test]
fn segments_and_calls_are_rows_in_order_of_time() {
    let report = json(&recording());
    let rst = report["segments"].as_array().unwrap().last().unwrap();
    assert_eq!(rst["id"], report["resets"][0]["segment"]);
    for (field, value) in [("from", "server"), ("flags", "RA")] {
        assert_eq!(rst[field], value);
    }
    for (field, value) in [
        ("connection", 1),
        ("seq", 1),
        ("ack", 17),
        ("len", 0),
        ("win", 64),
    ] {
        assert_eq!(rst[field], value, "{field}");
    }
    let calls = report["calls"].as_array().unwrap();
    let named = |name: &str| calls.iter().find(|call| call["call"] == name).unwrap();
    assert!(named("listen")["connection"].is_null());
    assert!(named("accept")["connection"].is_null());
    assert_eq!(named("close")["step"], "close");
    assert_eq!(named("recv")["result"], "ECONNRESET");
    assert_eq!(named("recv")["step"], "reply");
    for rows in ["segments", "calls"] {
        let times: Vec<_> = report[rows]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["at_ns"].as_u64())
            .collect();
        assert!(times.is_sorted(), "{rows}");
    }
}

/// The verdict rests on events alone: names, story and expectation may be anything.
#[test]
fn blanking_the_scenario_changes_no_verdict() {
    let whole = recording();
    let mut blank = whole.clone();
    blank.header = Header {
        aftershake_recording: FORMAT_VERSION,
        scenario: ScenarioText {
            name: String::new(),
            toml: String::new(),
        },
        ..whole.header.clone()
    };
    let (whole, blank) = (json(&whole), json(&blank));
    for field in [
        "outcome",
        "headline",
        "explanation",
        "connections",
        "resets",
        "segments",
    ] {
        assert_eq!(whole[field], blank[field], "{field}");
    }
}

#[test]
fn the_text_answers_what_why_and_what_to_do() {
    let recording = recording();
    let diagnosis = diagnose(&recording.events, &recording.header.environment.evidence);
    let text = verdict_text(&recording, &diagnosis);
    assert!(text.starts_with(
        "The server closed with 16 bytes still unread, so Linux reset the connection.\n"
    ));
    for part in [
        "\nWhy\n",
        "\nWhat the programs saw\n",
        "\nEvidence\n",
        "\nWhat it was not, and why\n",
        "\nWhat to change\n",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
}

#[test]
fn nothing_a_scenario_wrote_reaches_the_terminal_as_control() {
    for (wrote, shown) in [
        ("plain \u{1b}[31mred\u{1b}[0m", "plain red"),
        ("title\u{1b}]0;evil\u{7} end", "title end"),
        ("title\u{1b}]0;evil\u{1b}\\ end", "title end"),
        ("\u{9b}2Jcleared", "cleared"),
        ("a\u{202e}b\u{2066}c\u{200f}d", "abcd"),
        ("bell\u{7}\r\u{8}\u{0}", "bell"),
        ("\u{1b}", ""),
        ("tab\tkept apart", "tab kept apart"),
        ("naïve – ünïcode 漢字", "naïve – ünïcode 漢字"),
    ] {
        assert_eq!(plain(wrote), shown);
    }
}
