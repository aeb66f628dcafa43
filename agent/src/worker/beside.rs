//! A command that runs in the namespace beside a run: a capture, `nstat`. From before the first step to after the last.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use crate::sys::thread::{end_with_starter, signal_group};
use crate::sys::{namespace, poll};
use crate::worker::clock;

/// How long a command may take to open its capture before the run begins without waiting for one.
const OPENING_NS: u64 = 500_000_000;
/// What a capturing program needs after opening its socket, and before it is told to end: its buffers have timers.
const CAPTURE_NS: u64 = 300_000_000;
/// How long a command that captures nothing may go on by itself after the last step.
const ENDING_NS: u64 = 5_000_000_000;
/// How long a command may take to obey.
const OBEYING_NS: u64 = 2_000_000_000;
const LOOK_NS: u64 = 5_000_000;

/// A command under way.
pub(crate) struct Beside {
    child: Child,
    captures: bool,
    /// The thread that started the command ends when this is dropped.
    _starter: Sender<()>,
}

fn spawn(command: &str) -> io::Result<Child> {
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(command)
        .stdin(Stdio::null())
        // The worker's own stdout belongs to its parent's protocol.
        .stdout(io::stderr())
        .process_group(0);
    end_with_starter(&mut shell);
    shell.spawn()
}

impl Beside {
    /// Starts it with `sh -c` in this thread's namespace and waits until it captures, ends, or has had half a second.
    pub(crate) fn start(command: &str) -> io::Result<Self> {
        let before = packet_sockets();
        let (gone, starter_may_end) = channel::<()>();
        let (sender, started) = channel();
        let command = command.to_owned();
        // A thread of its own, since whoever has enclosed its children can start no thread any more. The command
        // ends with it, and everything that the command has started ends with the command.
        thread::Builder::new()
            .name("beside".to_owned())
            .spawn(move || {
                let _ = namespace::enclose_children();
                let _ = sender.send(spawn(&command));
                let _ = starter_may_end.recv();
            })?;
        let mut child = started.recv().map_err(io::Error::other)??;
        let began = clock::tick();
        let mut captures = false;
        while clock::tick() - began < OPENING_NS && child.try_wait()?.is_none() {
            if packet_sockets() > before {
                captures = true;
                pause(CAPTURE_NS);
                break;
            }
            pause(LOOK_NS);
        }
        Ok(Self {
            child,
            captures,
            _starter: gone,
        })
    }

    /// Ends it: a capture at once, anything else after it had time to end by itself. The command's own exit code
    /// is its own affair.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.captures {
            pause(CAPTURE_NS);
        } else if self.ends_within(ENDING_NS)? {
            return Ok(());
        }
        signal_group(self.child.id(), libc::SIGINT);
        if !self.ends_within(OBEYING_NS)? {
            signal_group(self.child.id(), libc::SIGKILL);
            self.child.wait()?;
        }
        Ok(())
    }

    fn ends_within(&mut self, limit: u64) -> io::Result<bool> {
        let began = clock::tick();
        while clock::tick() - began < limit {
            if self.child.try_wait()?.is_some() {
                return Ok(true);
            }
            pause(LOOK_NS);
        }
        Ok(false)
    }
}

/// How many packet sockets this thread's namespace has.
fn packet_sockets() -> usize {
    fs::read_to_string("/proc/thread-self/net/packet").map_or(0, |text| text.lines().count())
}

fn pause(nanos: u64) {
    let _ = poll::wait(&[], Some(nanos));
}
