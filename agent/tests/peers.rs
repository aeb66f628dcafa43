//! Runs compared with other programs that watch the same namespace: dumpcap, tshark, nstat. Needs all three.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the message"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder that anyone may write to: a capturing program may give up its rights.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("aftershake-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_aftershake"))
        .args(["run", "--json"])
        .args(arguments)
        .output()
        .unwrap();
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{talk}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn tshark(capture: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new("tshark");
    command.args(["-r", capture]).args(arguments);
    let output = command.output();
    assert!(
        output.is_ok(),
        "tshark cannot be started: apt-get install tshark"
    );
    output.unwrap()
}

/// One segment as both sides name it: source port, relative numbers, payload, flag bits in tshark's order.
fn by_tshark(capture: &str) -> Vec<String> {
    let fields = ["tcp.srcport", "tcp.seq", "tcp.ack", "tcp.len", "tcp.flags"];
    let mut arguments = vec!["-Y", "tcp", "-T", "fields"];
    arguments.extend(fields.iter().flat_map(|field| ["-e", field]));
    let output = tshark(capture, &arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

fn by_us(report: &Value) -> Vec<String> {
    let bit = |letter: char| match letter {
        'F' => 0x01,
        'S' => 0x02,
        'R' => 0x04,
        'P' => 0x08,
        'A' => 0x10,
        'U' => 0x20,
        _ => 0,
    };
    let segments = report["segments"].as_array().unwrap();
    segments
        .iter()
        .map(|segment| {
            let flags: u32 = segment["flags"].as_str().unwrap().chars().map(bit).sum();
            let (seq, ack, len) = (&segment["seq"], &segment["ack"], &segment["len"]);
            format!("{seq} {ack} {len} 0x{flags:04x}")
        })
        .collect()
}

/// Without the source port, which only tshark prints as a number.
fn without_port(lines: &[String]) -> Vec<String> {
    lines
        .iter()
        .map(|line| line.split_once(' ').unwrap().1.to_owned())
        .collect()
}

#[test]
fn segments_equal_those_of_dumpcap_beside() {
    let folder = Folder::new("dumpcap");
    for name in [
        "linger-zero",
        "sent-before-close",
        "sends-after-close",
        "waiting-in-accept-queue",
    ] {
        let capture = folder.file(&format!("{name}.pcapng"));
        let report = run(&[
            name,
            "--beside",
            &format!("exec dumpcap -q -i lo -w {capture}"),
        ]);
        assert!(
            Path::new(&capture).exists(),
            "dumpcap wrote nothing: apt-get install tshark"
        );
        assert_eq!(by_us(&report), without_port(&by_tshark(&capture)), "{name}");
    }
}

#[test]
fn counters_equal_those_of_nstat_beside() {
    let folder = Folder::new("nstat");
    for name in ["linger-zero", "sent-before-close", "nobody-listens"] {
        let file = folder.file(name);
        let report = run(&[name, "--beside", &format!("sleep 1; nstat -asz >{file}")]);
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            !text.is_empty(),
            "nstat wrote nothing: apt-get install iproute2"
        );
        let counted: BTreeMap<&str, i64> = text
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                Some((words.next()?, words.next()?.parse().ok()?))
            })
            .collect();
        let counters = report["counters"].as_object().unwrap();
        assert!(!counters.is_empty(), "{name}");
        for (counter, value) in counters {
            assert_eq!(
                counted.get(counter.as_str()),
                value.as_i64().as_ref(),
                "{name}: {counter}"
            );
        }
        for (counter, value) in counted {
            let is_tcp =
                counter.starts_with("Tcp") && !["TcpInSegs", "TcpOutSegs"].contains(&counter);
            if is_tcp && value != 0 {
                assert!(
                    counters.contains_key(counter),
                    "{name}: nstat also counts {counter}"
                );
            }
        }
    }
}

#[test]
fn a_saved_capture_opens_in_tshark_without_complaint_and_shows_the_same() {
    let folder = Folder::new("saved");
    for name in [
        "sent-before-close",
        "sent-before-close-ipv6",
        "full-window-parks",
    ] {
        let capture = folder.file(&format!("{name}.pcapng"));
        let report = run(&[name, "--pcap", &capture]);
        assert_eq!(by_us(&report), without_port(&by_tshark(&capture)), "{name}");
        let output = tshark(&capture, &["-Y", "_ws.malformed"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let complaints: Vec<_> = said
            .lines()
            .filter(|line| !line.contains("Running as user"))
            .collect();
        assert!(complaints.is_empty(), "{complaints:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{name}");
    }
}

#[test]
fn a_saved_capture_carries_verdict_and_calls_as_comments() {
    let folder = Folder::new("comments");
    let capture = folder.file("run.pcapng");
    run(&["sent-before-close", "--pcap", &capture]);
    let output = tshark(&capture, &["-T", "fields", "-e", "frame.comment"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("close-with-unread-data, certain"), "{text}");
    assert!(text.contains("server: close() = 0"), "{text}");
}
