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

#[test]
fn a_recordings_numbers_are_those_of_its_events() {
    let text = std::fs::read_to_string(FILE).unwrap();
    // A header and a closing line stand around them.
    let events = text.lines().count() - 2;
    let reset = json(&explain(&["--json"]))["connections"][0]["resets"][0]["frame"].clone();
    let said = stdout(&explain(&[]));
    assert!(said.contains(&format!("  event {reset}  ")), "{said}");
    assert!(said.contains(&format!("\n{events} events, ")), "{said}");
    assert!(!said.contains("frame"), "{said}");
}

#[test]
fn marks_and_blank_lines_before_a_recording_are_passed_over() {
    let text = std::fs::read_to_string(FILE).unwrap();
    let picture = stdout(&run(&["export", FILE, "--to", "svg"], ""));
    let picture = format!("<?xml version=\"1.0\"?>\n{picture}");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let whole = json(&explain(&["--json"]));
    for (name, text) in [("edited.jsonl", &text), ("edited.svg", &picture)] {
        for before in ["", "\u{feff}", "\n\r\n", "\u{feff}\n"] {
            let file = folder.join(name);
            std::fs::write(&file, format!("{before}{text}")).unwrap();
            let file = file.to_str().unwrap();
            let told = run(&["explain", file, "--json"], "");
            assert_eq!(json(&told), whole, "{name} {before:?}");
            let exported = run(&["export", file, "--to", "filter"], "");
            assert_eq!(code(&exported), 0, "{name}: {}", stderr(&exported));
        }
    }
}

#[test]
fn a_recording_that_cannot_be_read_gets_a_remedy_of_its_own() {
    let text = std::fs::read_to_string(FILE).unwrap();
    let newer = text.replacen(
        "\"aftershake_recording\":1",
        "\"aftershake_recording\":9",
        1,
    );
    let cut = text.get(..text.len() - 20).unwrap();
    let again = "save it again with `aftershake run";
    for (text, words, remedy) in [
        (newer.as_str(), "newest known, 1: update aftershake", ""),
        (cut, "stdin", again),
        (
            text.trim_end().rsplit_once('\n').unwrap().0,
            "it was cut off",
            again,
        ),
        ("{\"other\":1}", "line 1", "a pcap or pcapng capture"),
        (
            "<svg></svg>",
            "no recording is in this picture",
            "`aftershake export",
        ),
    ] {
        let output = run(&["explain", "-", "--json"], text);
        assert_eq!(code(&output), 2);
        let error = &json(&output)["error"];
        let message = error["message"].as_str().unwrap();
        assert!(words == "stdin" || message.contains(words), "{message}");
        let found = error["remedy"].as_str().unwrap();
        assert!(
            found.starts_with(remedy) && found.is_empty() == remedy.is_empty(),
            "{found}"
        );
    }
}

#[test]
fn a_recording_of_a_scenario_that_cannot_be_read_is_still_shown() {
    let text = std::fs::read_to_string(FILE).unwrap();
    let (header, events) = text.split_once('\n').unwrap();
    let mut header: serde_json::Value = serde_json::from_str(header).unwrap();
    header["scenario"]["toml"] = "title = \"of tomorrow\"".into();
    // The version comes first, by which a recording is known.
    let fields = header.as_object().unwrap().iter();
    let fields = fields.filter(|(name, _)| *name != "aftershake_recording");
    let fields = fields.map(|(name, value)| format!(",\"{name}\":{value}"));
    let fields = fields.collect::<Vec<_>>().concat();
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("tomorrow.jsonl");
    std::fs::write(
        &file,
        format!("{{\"aftershake_recording\":1{fields}}}\n{events}"),
    )
    .unwrap();
    let file = file.to_str().unwrap();
    for format in [
        "svg",
        "html",
        "markdown",
        "json",
        "packetdrill",
        "recording",
    ] {
        let output = run(&["export", file, "--to", format], "");
        assert_eq!(code(&output), 0, "{format}: {}", stderr(&output));
    }
    for arguments in [&["explain", file, "-v"][..], &["compare", file, FILE]] {
        let output = run(arguments, "");
        assert_eq!(code(&output), 0, "{arguments:?}: {}", stderr(&output));
    }
}
