//! `aftershake export`: every format from a run and from a recording, read back by the programs they are for.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use program::{code, json, run, stderr, stdout};

/// A file of this test's own; replaced when the test runs again.
fn file(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("exports");
    fs::create_dir_all(&folder).unwrap();
    folder.join(name).display().to_string()
}

/// Exports to stdout.
fn exported(subject: &str, format: &str) -> String {
    let output = run(&["export", subject, "--to", format], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn a_scenario_is_run_and_a_recording_is_read() {
    let recording = file("saved.jsonl");
    let saved = run(&["run", "linger-zero", "--save", &recording, "--json"], "");
    let report = json(&saved);
    assert_eq!(exported(&recording, "json"), stdout(&saved));
    let picture = file("saved.svg");
    let output = run(&["export", &recording, "--to", "svg", "-o", &picture], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(output.stdout.is_empty());
    for format in ["html", "markdown", "mermaid", "packetdrill", "json", "svg"] {
        let of_picture = exported(&picture, format);
        assert_eq!(of_picture, exported(&recording, format), "{format}");
        assert!(of_picture.contains("SO"), "{format}");
    }
    let ran = json(&run(&["export", "linger-zero", "--to", "json"], ""));
    assert_eq!(ran["outcome"], report["outcome"]);
    assert_eq!(ran["resets"][0]["cause"], "linger-zero-close");
    let pixels = run(&["export", &picture, "--to", "png"], "");
    assert!(pixels.stdout.starts_with(b"\x89PNG"), "{}", stderr(&pixels));
    let link = stdout(&run(&["link", "linger-zero"], ""));
    let linked = exported(link.trim_end(), "markdown");
    assert!(linked.contains("linger\\-zero\\-close") || linked.contains("`linger-zero-close`"));
    assert!(linked.contains(link.trim_end()));
}

#[test]
fn a_capture_carries_verdict_and_calls_into_tshark() {
    let capture = file("capture.pcapng");
    let output = run(
        &[
            "export",
            "sent-before-close",
            "--to",
            "pcapng",
            "-o",
            &capture,
        ],
        "",
    );
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let fields = |filter: &str, field: &str| {
        let output = Command::new("tshark")
            .args(["-r", &capture, "-Y", filter, "-T", "fields", "-e", field])
            .output()
            .unwrap_or_else(|error| panic!("tshark is needed to read captures back: {error}"));
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    let verdict = fields("tcp.flags.reset == 1", "frame.comment");
    assert!(
        verdict.contains("The server closed with 16 bytes still unread, so Linux reset the connection. [close-with-unread-data, "),
        "{verdict}"
    );
    assert!(verdict.contains("server: close() = 0 at "), "{verdict}");
    let calls = fields("tcp.len > 0", "frame.comment");
    assert!(calls.contains("client: send(16 bytes) = 16 at "), "{calls}");
    let flags = fields("tcp", "tcp.flags.str");
    assert_eq!(flags.lines().count(), 6, "{flags}");
    assert_eq!(
        fields("tcp.checksum.status == 0 || _ws.malformed", "frame.number"),
        ""
    );
}

#[test]
fn what_is_neither_scenario_nor_recording_is_refused() {
    let binary = file("binary.pcapng");
    fs::write(&binary, [0x0a, 0x0d, 0x0d, 0x0a, 0xff]).unwrap();
    let cut = file("cut.jsonl");
    run(&["run", "nobody-listens", "--save", &cut], "");
    let text = fs::read_to_string(&cut).unwrap();
    fs::write(&cut, text.get(..text.len() - 20).unwrap()).unwrap();
    let picture = file("foreign.svg");
    fs::write(&picture, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    for (subject, message) in [
        ("linger-zer", "did you mean `linger-zero`?"),
        (&binary, "not text, expected a recording or a scenario"),
        (&cut, "cut.jsonl: line "),
        (&picture, "no recording is in this picture"),
    ] {
        let output = run(&["export", subject, "--to", "json"], "");
        assert_eq!(code(&output), 2, "{subject}");
        assert!(output.stdout.is_empty());
        assert!(stderr(&output).contains(message), "{}", stderr(&output));
    }
    let output = run(&["export", "linger-zero", "--to", "jpeg"], "");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("[possible values: svg, png, html"));
    let nowhere = file("no/such/folder");
    let output = run(
        &["export", "linger-zero", "--to", "svg", "-o", &nowhere],
        "",
    );
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("cannot be written"));
}

#[test]
fn two_runs_are_compared_in_words_and_as_json() {
    let names = ["sent-before-close", "sent-before-close-drained"];
    let recordings = names.map(|name| {
        let recording = file(&format!("compared-{name}.jsonl"));
        run(&["run", name, "--save", &recording], "");
        recording
    });
    let [before, after] = recordings.each_ref().map(String::as_str);
    let output = run(&["compare", before, after], "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let text = stdout(&output);
    assert!(
        text.starts_with("sent-before-close: reset (close-with-unread-data, certain). "),
        "{text}"
    );
    assert!(
        text.contains("\nsent-before-close-drained: closed. "),
        "{text}"
    );
    assert!(
        text.contains("The first difference: ") && text.contains(" >>"),
        "{text}"
    );
    let report = json(&run(&["compare", before, after, "--json"], ""));
    assert_eq!(report["names"], serde_json::json!(names));
    assert_eq!(report["before"]["cause"], "close-with-unread-data");
    assert_eq!(report["after"]["outcome"], "closed");
    let first = report["first_difference"].as_u64().unwrap();
    let rows = report["rows"].as_array().unwrap();
    assert_ne!(rows[usize::try_from(first).unwrap()]["likeness"], "same");
    let same = run(&["compare", before, before], "");
    assert!(
        stdout(&same).contains("Both did the same."),
        "{}",
        stdout(&same)
    );
    let output = run(&["compare", before, "linger-zer"], "");
    assert_eq!(code(&output), 2);
}

#[test]
fn a_filter_lets_a_runs_own_segments_through_and_no_others() {
    let [one, other] = ["linger-zero", "localhost-is-ipv6-first"].map(|name| {
        let recording = file(&format!("filtered-{name}.jsonl"));
        run(&["run", name, "--save", &recording], "");
        let capture = file(&format!("filtered-{name}.pcapng"));
        run(
            &["export", &recording, "--to", "pcapng", "-o", &capture],
            "",
        );
        (exported(&recording, "filter"), capture)
    });
    let count = |capture: &str, filter: &str| {
        let output = Command::new("tshark")
            .args(["-r", capture, "-Y", filter])
            .output()
            .unwrap_or_else(|error| panic!("tshark is needed to read captures back: {error}"));
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output).lines().count()
    };
    for (filter, capture) in [&one, &other] {
        assert!(count(capture, "tcp") > 1);
        assert_eq!(
            count(capture, filter.trim()),
            count(capture, "tcp"),
            "{filter}"
        );
    }
    assert_eq!(count(&one.1, other.0.trim()), 0, "{}", other.0);
}
