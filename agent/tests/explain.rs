//! `aftershake explain` from outside: what it prints of real captures and recordings, and how it ends.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: a failure is the message"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

/// Nothing here takes a second; beyond this it hangs.
const DEADLINE: Duration = Duration::from_secs(60);

fn data(name: &str) -> PathBuf {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tests/data");
    let file = data.join(name);
    assert!(file.is_file(), "{}", file.display());
    file
}

fn capture(name: &str) -> PathBuf {
    data(&format!("truth/cases/{name}.pcap"))
}

fn aftershake(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aftershake"));
    command.arg("explain").args(arguments);
    command
}

fn explain(file: &Path, options: &[&str]) -> Output {
    aftershake(&[&[file.to_str().unwrap()], options].concat())
        .output()
        .unwrap()
}

/// Starts it with a pipe at each end.
fn started(options: &[&str]) -> Child {
    aftershake(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Explains bytes that come through a pipe.
fn piped(bytes: &[u8], options: &[&str]) -> Output {
    let mut child = started(&[&["-"], options].concat());
    let mut stdin = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    // A reader that refuses early closes the pipe: that is its right.
    let writer = thread::spawn(move || drop(stdin.write_all(&bytes)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}\n{}", text(output), stderr(output)))
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Two captures with the same header as one.
fn joined(first: &str, second: &str) -> Vec<u8> {
    let mut bytes = fs::read(capture(first)).unwrap();
    bytes.extend(&fs::read(capture(second)).unwrap()[24..]);
    bytes
}

#[test]
fn every_field_that_others_rely_on_is_there() {
    let output = explain(&capture("unread-close"), &["--json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let whole = json(&output);
    assert_eq!(whole["format"], 1);
    assert_eq!(whole["packets"], 6);
    assert_eq!(whole["problems"], Value::Array(Vec::new()));
    assert_eq!(whole["summary"]["resets"], 1);
    assert_eq!(whole["summary"]["causes"]["close-with-unread-data"], 1);
    let connections = whole["connections"].as_array().unwrap();
    assert_eq!(connections.len(), 1);
    let only = &connections[0];
    assert_eq!(only["id"], 0);
    assert_eq!(only["client"], "127.0.0.1:32561");
    assert_eq!(only["server"], "127.0.0.1:26192");
    assert_eq!(only["outcome"], "reset");
    assert_eq!(only["role_guessed"], false);
    let reset = &only["resets"][0];
    assert_eq!(reset["frame"], 6);
    assert_eq!(reset["sent_by"], "server");
    assert_eq!(reset["cause"], "close-with-unread-data");
    assert_eq!(reset["certainty"], "likely");
    assert_eq!(reset["accepted"], true);
    let candidates = reset["candidates"].as_array().unwrap();
    assert_eq!(candidates[0], "close-with-unread-data");
    assert!(candidates.len() > 1);
    for words in ["explanation", "fix", "headline"] {
        assert!(reset[words].as_str().unwrap().len() > 20, "{words}");
    }
}

#[test]
fn without_its_beginning_the_higher_port_is_called_client() {
    let bytes = fs::read(capture("unread-close")).unwrap();
    let cut = [&bytes[..24], &bytes[24 + 2 * (16 + 74)..]].concat();
    let whole = json(&piped(&cut, &["--json"]));
    let only = &whole["connections"][0];
    assert_eq!(only["role_guessed"], true);
    assert_eq!(only["client"], "127.0.0.1:32561");
    assert_eq!(only["resets"][0]["frame"], 4);
    assert_ne!(only["resets"][0]["certainty"], "certain");
}

#[test]
fn the_text_says_the_why_first_and_sums_up() {
    let output = explain(&capture("unread-close"), &[]);
    assert_eq!(code(&output), 0);
    let said = text(&output);
    let first = said.lines().next().unwrap();
    assert!(
        first.starts_with("Most likely the server closed with bytes still unread"),
        "{first}"
    );
    assert!(first.contains("127.0.0.1:32561 > 127.0.0.1:26192  frame 6"));
    assert!(said.contains("6 frames, 6 TCP segments, 1 connection: 1 reset"));
    assert!(said.contains("RSTs by server port\n       1  26192"));
    let ladder = text(&explain(&capture("unread-close"), &["-v"]));
    assert!(ladder.contains("To change: "), "{ladder}");
    assert!(ladder.lines().count() > said.lines().count() + 6);
}

#[test]
fn a_capture_in_which_nothing_ended_badly_says_so() {
    let output = explain(
        &capture("s1a-accept-close-silent-client"),
        &["--fail-on", "reset"],
    );
    assert_eq!(code(&output), 0);
    assert!(text(&output).starts_with("No connection ended badly.\n"));
}

#[test]
fn resets_are_no_failure_unless_asked_for() {
    let file = capture("linger0-close");
    assert_eq!(code(&explain(&file, &[])), 0);
    for options in [
        &["--fail-on", "reset"][..],
        &["--fail-on", "reset", "--json"],
    ] {
        let output = explain(&file, options);
        assert_eq!(code(&output), 1);
        assert!(output.stderr.is_empty());
    }
    // Only what is shown can fail.
    assert_eq!(
        code(&explain(&file, &["--fail-on", "reset", "--port", "9"])),
        0
    );
}

#[test]
fn a_port_keeps_the_connections_that_have_it() {
    let bytes = joined("unread-close", "linger0-close");
    let both = json(&piped(&bytes, &["--json"]));
    assert_eq!(both["summary"]["connections"], 2);
    for (port, frame) in [("26192", 6), ("24868", 10), ("42182", 10)] {
        let one = json(&piped(&bytes, &["--json", "--port", port]));
        assert_eq!(one["connections"].as_array().unwrap().len(), 1);
        assert_eq!(one["connections"][0]["resets"][0]["frame"], frame);
        assert_eq!(one["summary"]["resets"], 1);
        assert_eq!(one["packets"], 10);
    }
    assert_eq!(
        code(&explain(&capture("unread-close"), &["--port", "65536"])),
        2
    );
}

#[test]
fn what_is_no_capture_ends_with_two_and_says_what_was_expected() {
    let check = |output: &Output, says: &str| {
        assert_eq!(code(output), 2, "{says}");
        let error = &json(output)["error"];
        assert_eq!(error["code"], 2);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
    };
    check(&piped(b"", &["--json"]), "-: the file is empty");
    check(
        &piped(b"#!/bin/sh\n", &["--json"]),
        "it begins with [23, 21, 2f, 62]",
    );
    check(&piped(b"{\"format\":77}\n", &["--json"]), "-: ");
    check(
        &piped(&packed(b"hello, hello"), &["--json"]),
        "it begins with [68, 65",
    );
    let nowhere = aftershake(&["/nowhere/at.pcap", "--json"])
        .output()
        .unwrap();
    check(&nowhere, "/nowhere/at.pcap: No such file");
    let folder = explain(Path::new("/"), &["--json"]);
    check(&folder, "directory");
    let output = piped(b"#!/bin/sh\n", &[]);
    assert!(output.stdout.is_empty());
    assert!(stderr(&output).contains("expected a pcap or pcapng capture"));
}

#[test]
fn a_damaged_capture_is_explained_as_far_as_it_goes() {
    let mut bytes = joined("unread-close", "linger0-close");
    bytes.truncate(bytes.len() - 9);
    let output = piped(&bytes, &["--json"]);
    assert_eq!(code(&output), 0);
    let whole = json(&output);
    assert_eq!(whole["packets"], 9);
    assert_eq!(whole["problems"][0]["frame"], 10);
    let message = whole["problems"][0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("the file ends within this frame"),
        "{message}"
    );
    assert_eq!(whole["connections"][0]["resets"][0]["frame"], 6);
    let said = text(&piped(&bytes, &[]));
    assert!(
        said.contains("Not readable, or not whole\n  frame 10: the file ends"),
        "{said}"
    );
}

#[test]
fn gzip_is_unpacked_and_a_cut_one_gives_what_is_there() {
    let mut all = fs::read(capture("unread-close")).unwrap();
    let plain = json(&piped(&all, &["--json"]));
    assert_eq!(json(&piped(&packed(&all), &["--json"])), plain);
    // Long enough that its beginning can be unpacked when its end is gone.
    let story = all[24..].to_vec();
    for number in 0..2_000_u32 {
        let mut again = story.clone();
        for byte in again.iter_mut().skip(number as usize % 90).step_by(90) {
            *byte ^= number.to_le_bytes()[0];
        }
        all.extend(&story);
    }
    let mut cut = packed(&all);
    cut.truncate(cut.len() - 12);
    let output = piped(&cut, &["--json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let whole = json(&output);
    let problems = whole["problems"].to_string();
    assert!(
        problems.contains("the file could not be read further"),
        "{problems}"
    );
    assert_eq!(whole["connections"][0]["resets"][0]["frame"], 6);
}

#[test]
fn standard_input_is_explained_while_it_flows() {
    for (option, expected) in [
        ("--verbose", "the server closed"),
        ("--color=never", "the server closed"),
    ] {
        let mut child = aftershake(&["-", option])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdin
            .write_all(&fs::read(capture("unread-close")).unwrap())
            .unwrap();
        stdin.flush().unwrap();
        // The pipe stays open: what comes now comes before the end.
        let (sender, first) = mpsc::channel();
        let reader = thread::spawn(move || {
            let mut seen = Vec::new();
            let mut piece = [0; 4096];
            loop {
                let read = std::io::Read::read(&mut stdout, &mut piece).unwrap();
                if read == 0 {
                    return seen;
                }
                seen.extend(&piece[..read]);
                let _ = sender.send(String::from_utf8_lossy(&seen).into_owned());
            }
        });
        let before = first
            .recv_timeout(DEADLINE)
            .expect("nothing before the end");
        assert!(before.contains(expected), "{before}");
        let more = fs::read(capture("linger0-close")).unwrap();
        stdin.write_all(&more[24..]).unwrap();
        drop(stdin);
        assert!(child.wait().unwrap().success());
        let all = String::from_utf8(reader.join().unwrap()).unwrap();
        assert_eq!(
            all.matches("frame 6")
                .count()
                .max(all.matches("\"frame\":6").count()),
            1
        );
        assert!(all.contains("linger-zero-close"));
    }
}

#[test]
fn no_escape_of_the_data_reaches_the_terminal() {
    let recording = fs::read_to_string(data("recordings/linger-zero.jsonl")).unwrap();
    // In the title, in names of endpoints, in the kernel's word.
    let hostile = recording
        .replace("title = ", "title = \\\"\\u001b]0;owned\\u0007\\\" #")
        .replace("TCP_ABORT_ON_CLOSE", "\\u001b[31mX\\u009b2J\\u202e");
    for bytes in [
        hostile.as_bytes(),
        b"\x1b[31mno capture",
        b"{\"\x1b[31m\":1}",
    ] {
        for options in [&[][..], &["-v"], &["--json"]] {
            let output = piped(bytes, options);
            for stream in [&output.stdout, &output.stderr] {
                let said = String::from_utf8_lossy(stream);
                let bad =
                    |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}';
                assert!(!said.contains(bad), "{options:?}: {said:?}");
            }
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let story = fs::read(capture("refused-closed-port")).unwrap();
    let mut bytes = story.clone();
    for _ in 0..20_000 {
        bytes.extend(&story[24..]);
    }
    let mut child = started(&["-"]);
    let mut stdin = child.stdin.take().unwrap();
    let writer = thread::spawn(move || drop(stdin.write_all(&bytes)));
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert!(first.contains("refused"), "{first}");
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.stderr.is_empty(), "{}", stderr(&output));
}

/// Unread data at the close, `SO_LINGER {1,0}` with nothing unread, a port without listener; with options beside.
fn three_ends(options: &[&str]) -> Vec<(u64, String, Vec<String>)> {
    let output = explain(
        &data("beside/three-ends.pcap"),
        &[&["--json"], options].concat(),
    );
    assert_eq!(code(&output), 0, "{}", text(&output));
    let whole = json(&output);
    let connections = whole["connections"].as_array().unwrap();
    let resets = connections
        .iter()
        .flat_map(|one| one["resets"].as_array().unwrap());
    let words = |list: &Value| {
        let list = list.as_array().unwrap().iter();
        list.map(|word| word.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    resets
        .map(|reset| {
            let certainty = reset["certainty"].as_str().unwrap().to_owned();
            (
                reset["frame"].as_u64().unwrap(),
                certainty,
                words(&reset["candidates"]),
            )
        })
        .collect()
}

#[test]
fn counters_and_trace_narrow_and_never_lose_the_truth() {
    let truth = [
        (6, "close-with-unread-data"),
        (12, "linger-zero-close"),
        (14, "connection-refused"),
    ];
    let file = |ending: &str| data(&format!("beside/three-ends.{ending}"));
    let (counters, nstat, trace) = (file("counters"), file("nstat"), file("trace"));
    let [counters, nstat, trace] = [&counters, &nstat, &trace].map(|file| file.to_str().unwrap());
    let alone = three_ends(&[]);
    for (options, certain) in [
        (&[][..], 0),
        (&["--with-counters", counters], 1),
        (&["--with-counters", nstat], 1),
        (&["--with-trace", trace], 2),
        (&["--with-counters", counters, "--with-trace", trace], 2),
    ] {
        let found = three_ends(options);
        assert_eq!(found.len(), truth.len());
        for ((reset, before), (frame, cause)) in found.iter().zip(&alone).zip(truth) {
            assert_eq!(reset.0, frame);
            assert!(
                reset.2.contains(&cause.to_owned()),
                "{options:?}: {reset:?}"
            );
            assert!(
                reset.2.iter().all(|cause| before.2.contains(cause)),
                "{reset:?}"
            );
        }
        let sure = found.iter().filter(|reset| reset.1 == "certain").count();
        assert!(sure >= certain, "{options:?}: {found:?}");
    }
}

#[test]
fn a_trace_of_other_connections_changes_nothing_and_a_wrong_file_is_refused() {
    let elsewhere = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/captures/keep-alive.trace");
    let alone = three_ends(&[]);
    let other = three_ends(&["--with-trace", elsewhere.to_str().unwrap()]);
    for (with, without) in other.iter().zip(&alone) {
        assert!(with.1 != "certain" || without.1 == "certain", "{with:?}");
    }
    let file = capture("unread-close");
    let own = file.to_str().unwrap();
    for (option, says) in [
        ("--with-counters", "expected /proc/net/snmp"),
        ("--with-trace", "tcp_send_reset"),
    ] {
        let output = explain(&file, &[option, own, "--json"]);
        assert_eq!(code(&output), 2);
        let message = json(&output)["error"]["message"].to_string();
        assert!(message.contains(says), "{message}");
    }
}
