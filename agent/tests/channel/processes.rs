//! The program itself: its first line, its signals, and what becomes of its workers.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use aftershake_shared::catalog;
use aftershake_shared::channel::{ClientMessage, ServerMessage};
use aftershake_shared::recording::ScenarioText;

use crate::support::{Channel, PATIENCE};

/// A running `aftershake serve`.
struct Program {
    child: Child,
    port: u16,
    token: String,
}

impl Program {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_aftershake"))
            .args(["serve", "--json", "--port", "0", "--no-open"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let address: serde_json::Value = serde_json::from_str(&line).unwrap();
        let port = u16::try_from(address["port"].as_u64().unwrap()).unwrap();
        let token = address["token"].as_str().unwrap().to_owned();
        assert_eq!(
            address["url"],
            format!("http://127.0.0.1:{port}/#token={token}")
        );
        let program = Self { child, port, token };
        // The one that found out which evidence there is ends about now; the warm one stays.
        Channel::open(port, &program.token);
        wait_until("one worker is left", || program.workers().len() == 1);
        program
    }

    /// The workers that are children of the program now.
    fn workers(&self) -> Vec<u32> {
        let id = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        let children = children.unwrap_or_default();
        children
            .split_whitespace()
            .map(|id| id.parse().unwrap())
            .collect()
    }

    fn command_lines(&self) -> String {
        let ids = [vec![self.child.id()], self.workers()].concat();
        ids.into_iter()
            .filter_map(|id| std::fs::read_to_string(format!("/proc/{id}/cmdline")).ok())
            .collect()
    }

    fn end(&mut self) -> ExitStatus {
        wait_until("the program has ended", || {
            self.child.try_wait().unwrap().is_some()
        });
        self.child.wait().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn kill(signal: &str, id: u32) {
    let status = Command::new("kill")
        .args([signal, &id.to_string()])
        .status();
    assert!(status.unwrap().success());
}

/// Looks again and again, up to a deadline.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

fn is_gone(id: u32) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("stat"));
    // A process that is dead and not yet reaped is gone too.
    stat.map_or(true, |stat| {
        stat.rsplit(')').next().unwrap().starts_with(" Z")
    })
}

/// Starts a run that lasts, and says whether it did start.
fn start_long_run(program: &Program) -> Option<Channel> {
    let mut channel = Channel::open(program.port, &program.token);
    let toml = "title = \"Waits\"\n[[steps]]\nby = \"server\"\ndo.sleep = { time = \"29s\" }\n";
    let name = "waits".to_owned();
    channel.run(
        1,
        ScenarioText {
            name,
            toml: toml.to_owned(),
        },
    );
    let message = channel.next();
    if let ServerMessage::Failed { error, .. } = &message {
        let allowed = std::env::var_os("ALLOW_NO_NETNS").is_some_and(|value| value == "1");
        assert!(allowed && error.code == 3, "{error:?}");
        println!("SKIPPED: {}", error.message);
        return None;
    }
    assert!(
        matches!(message, ServerMessage::Started { .. }),
        "{message:?}"
    );
    Some(channel)
}

#[test]
fn signals_end_the_program_and_its_workers() {
    for (signal, code) in [("-INT", 130), ("-TERM", 0), ("-HUP", 0)] {
        let mut program = Program::start();
        let channel = start_long_run(&program);
        let workers = program.workers();
        assert!(!workers.is_empty());
        kill(signal, program.child.id());
        assert_eq!(program.end().code(), Some(code), "{signal}");
        for worker in workers {
            wait_until("the worker is gone", || is_gone(worker));
        }
        drop(channel);
    }
}

#[test]
fn workers_do_not_outlive_a_killed_program() {
    let mut program = Program::start();
    let channel = start_long_run(&program);
    let workers = program.workers();
    kill("-KILL", program.child.id());
    assert_eq!(program.end().code(), None);
    for worker in workers {
        wait_until("the worker is gone", || is_gone(worker));
    }
    drop(channel);
}

#[test]
fn a_worker_that_dies_in_a_run_is_told_and_replaced() {
    let program = Program::start();
    let Some(mut channel) = start_long_run(&program) else {
        return;
    };
    for worker in program.workers() {
        kill("-KILL", worker);
    }
    let ServerMessage::Failed { run, error } = channel.next() else {
        panic!("expected a failure");
    };
    assert_eq!((run, error.code), (Some(1), 4));
    assert!(error.message.contains("signal: 9"), "{}", error.message);
    channel.run(2, catalog::find("linger-zero").unwrap().text());
    while !matches!(channel.next(), ServerMessage::Finished { run: 2, .. }) {}
    assert_eq!(program.workers().len(), 1);
}

#[test]
fn cancelled_runs_leave_no_descriptor_and_no_process() {
    let program = Program::start();
    let Some(mut channel) = start_long_run(&program) else {
        return;
    };
    channel.send(&ClientMessage::Cancel { run: 1 });
    while !matches!(channel.next(), ServerMessage::Finished { run: 1, .. }) {}
    let scenario = catalog::find("linger-zero").unwrap().text();
    let descriptors = || {
        let id = program.child.id();
        std::fs::read_dir(format!("/proc/{id}/fd")).unwrap().count()
    };
    let before = (descriptors(), program.workers().len());
    for run in 2..200 {
        channel.run(run, scenario.clone());
        channel.send(&ClientMessage::Cancel { run });
    }
    let mut ended = 2;
    while ended < 200 {
        let message = channel.next();
        let end = matches!(
            message,
            ServerMessage::Finished { .. } | ServerMessage::Failed { .. }
        );
        ended += u32::from(end);
    }
    // A second worker may stay warm: one process and two pipes more.
    let (fds, workers) = before;
    wait_until("only warm workers are left", || {
        program.workers().len() <= workers + 1 && descriptors() <= fds + 3
    });
    assert!(program.workers().into_iter().all(|worker| !is_gone(worker)));
}

#[test]
fn the_token_stands_in_no_command_line() {
    let program = Program::start();
    let channel = start_long_run(&program);
    let lines = program.command_lines();
    assert!(lines.contains("serve"), "{lines}");
    assert!(!lines.contains(&program.token));
    drop(channel);
}
