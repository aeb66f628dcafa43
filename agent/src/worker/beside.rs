//! A command that runs in the namespace beside a run: a capture, `nstat`. From before the first step to after the last.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use crate::sys::poll;
use crate::sys::thread::signal_group;
use crate::worker::clock;
use crate::worker::enclosed::{self, Enclosed};

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
    enclosed: Enclosed,
    captures: bool,
}

fn command(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(command)
        .stdin(Stdio::null())
        // The worker's own stdout belongs to its parent's protocol.
        .stdout(io::stderr())
        .process_group(0);
    shell
}

impl Beside {
    /// Starts it with `sh -c` in this thread's namespace and waits until it captures, ends, or has had half a second.
    pub(crate) fn start(line: &str) -> io::Result<Self> {
        let before = packet_sockets();
        let mut enclosed = enclosed::start(command(line))?;
        let began = clock::tick();
        let mut captures = false;
        while clock::tick() - began < OPENING_NS && enclosed.child.try_wait()?.is_none() {
            if packet_sockets() > before {
                captures = true;
                pause(CAPTURE_NS);
                break;
            }
            pause(LOOK_NS);
        }
        Ok(Self { enclosed, captures })
    }

    /// Ends it: a capture at once, anything else after it had time to end by itself. The command's own exit code
    /// is its own affair.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.captures {
            pause(CAPTURE_NS);
        } else if self.ends_within(ENDING_NS)? {
            return Ok(());
        }
        end(&mut self.enclosed.child, OBEYING_NS)
    }

    fn ends_within(&mut self, limit: u64) -> io::Result<bool> {
        ends_within(&mut self.enclosed.child, limit)
    }
}

/// Asks a process group to end, and makes it end where it does not obey in time.
pub(crate) fn end(leader: &mut Child, obeying_ns: u64) -> io::Result<()> {
    signal_group(leader.id(), libc::SIGINT);
    if !ends_within(leader, obeying_ns)? {
        signal_group(leader.id(), libc::SIGKILL);
        leader.wait()?;
    }
    Ok(())
}

fn ends_within(child: &mut Child, limit: u64) -> io::Result<bool> {
    let began = clock::tick();
    while clock::tick() - began < limit {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        pause(LOOK_NS);
    }
    Ok(false)
}

/// How many packet sockets this thread's namespace has.
fn packet_sockets() -> usize {
    fs::read_to_string("/proc/thread-self/net/packet").map_or(0, |text| text.lines().count())
}

fn pause(nanos: u64) {
    let _ = poll::wait(&[], Some(nanos));
}
