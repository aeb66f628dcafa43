//! One program of the user's: a shell's command line in a process namespace of its own, what it says marked on stderr.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};

use aftershake_shared::event::process_ended::{Ended, ProcessEnded};
use aftershake_shared::report::text::plain;
use aftershake_shared::units::Nanos;

use crate::worker::beside;
use crate::worker::enclosed::{self, Enclosed};

/// How long a program may take to end when it is asked to.
const OBEYING_NS: u64 = 500_000_000;
/// Threads of both programs that are kept in mind.
const THREADS: usize = 4_096;
/// Bytes of one line of output.
const LINE: u64 = 4_096;
/// A shell that stays: the first process of a process namespace is deaf to signals that it does not handle, and a
/// program is not to be that one. `$?` is 128 and the signal's number where one ended the program.
const OUTER: &str = "sh -c \"$1\"\nexit $?";

/// A program under way.
pub(super) struct Program {
    name: &'static str,
    enclosed: Enclosed,
    told: Vec<JoinHandle<()>>,
    has_ended: bool,
}

impl Program {
    /// Starts it in this thread's network namespace.
    pub(super) fn start(name: &'static str, line: &str) -> io::Result<Self> {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", OUTER, "sh", line])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        let mut enclosed = enclosed::start(shell)?;
        let mut told = Vec::new();
        if let Some(stdout) = enclosed.child.stdout.take() {
            told.push(tell(name, stdout)?);
        }
        if let Some(stderr) = enclosed.child.stderr.take() {
            told.push(tell(name, stderr)?);
        }
        Ok(Self {
            name,
            enclosed,
            told,
            has_ended: false,
        })
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// How it ended; `None` while it runs, and when that was said before.
    pub(super) fn ended(&mut self) -> Option<ProcessEnded> {
        if self.has_ended {
            return None;
        }
        let status = self.enclosed.child.try_wait().ok()??;
        self.has_ended = true;
        let code = status.code().or_else(|| Some(128 + status.signal()?));
        Some(ProcessEnded {
            process: self.name.to_owned(),
            step: None,
            how: Ended::Exited(code.unwrap_or(-1)),
            took: Nanos(0),
            closed: Vec::new(),
        })
    }

    /// The threads of the program and of all that it has started, as far as they live now.
    pub(super) fn threads(&self, found: &mut BTreeSet<i32>) {
        if !self.has_ended {
            threads_of(self.enclosed.child.id(), found);
        }
    }

    /// Ends it with everything it has started, and hears it out.
    pub(super) fn end(mut self) {
        if !self.has_ended {
            let _ = beside::end(&mut self.enclosed.child, OBEYING_NS);
        }
        for told in self.told {
            let _ = told.join();
        }
    }
}

/// Threads of a process and of its children, up to a limit. Source: `proc_pid_task_children(5)`.
fn threads_of(process: u32, found: &mut BTreeSet<i32>) {
    let mut processes = vec![process];
    while let Some(process) = processes.pop() {
        let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else {
            continue;
        };
        for task in tasks.flatten() {
            if found.len() >= THREADS {
                return;
            }
            let id = task.file_name();
            found.extend(id.to_str().and_then(|id| id.parse::<i32>().ok()));
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            processes.extend(children.split_whitespace().flat_map(str::parse::<u32>));
        }
    }
}

/// Repeats what a program says on stderr, each line behind its name, without what would command a terminal.
fn tell(name: &'static str, from: impl Read + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        loop {
            line.clear();
            match from.by_ref().take(LINE).read_until(b'\n', &mut line) {
                Ok(1..) => {
                    let text = String::from_utf8_lossy(&line);
                    let said = format!("{name}: {}\n", plain(text.trim_end_matches('\n')));
                    let _ = io::stderr().lock().write_all(said.as_bytes());
                }
                Ok(0) | Err(_) => return,
            }
        }
    })
}
