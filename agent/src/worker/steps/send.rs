//! Performs `send`: all of the bytes, in as many calls as it takes.

use aftershake_shared::event::call::Call;
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::close::What;
use aftershake_shared::scenario::steps::send::Send;

use super::calling::{self, Made};
use super::{Act, Attempt, Task};
use crate::sys::poll::Interest;
use crate::worker::endpoint::{Endpoint, Timing};

/// Writes until the last byte is accepted.
pub(super) struct Sending {
    task: Task,
    bytes: Vec<u8>,
    /// Bytes accepted so far.
    sent: usize,
    /// Bytes offered by one call.
    piece: usize,
    out_of_band: bool,
    timing: Timing,
}

impl Sending {
    pub(super) fn new(task: Task, send: &Send) -> Self {
        let bytes = send.bytes();
        let piece = send
            .pieces
            .and_then(|piece| usize::try_from(piece).ok())
            .unwrap_or(bytes.len());
        Self {
            task,
            bytes,
            sent: 0,
            piece: piece.max(1),
            out_of_band: send.out_of_band,
            timing: Timing::default(),
        }
    }
}

impl Act for Sending {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        loop {
            let left = self.bytes.get(self.sent..).unwrap_or_default();
            let piece = left.get(..self.piece.min(left.len())).unwrap_or_default();
            let oob = if self.out_of_band { libc::MSG_OOB } else { 0 };
            // Without MSG_NOSIGNAL a second write after a reset would end this process with SIGPIPE.
            // MSG_DONTWAIT: a thread that waits in a call on this socket has taken it out of non-blocking mode.
            let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT | oob;
            let call = Call::Send {
                bytes: piece.len() as u64,
                out_of_band: self.out_of_band,
            };
            let (timing, what) = (&mut self.timing, What::Connection);
            let made = calling::attempt(&self.task, timing, endpoint, what, call, |socket| {
                socket.send_with_flags(piece, flags).map(|sent| sent as u64)
            });
            match made {
                Made::Waits(fd) => return Attempt::Waits(fd, Interest::Writable),
                Made::Returned(count) => {
                    self.sent += usize::try_from(count).unwrap_or(0);
                    if self.sent >= self.bytes.len() {
                        return Attempt::Finished(StepResult::Bytes(self.sent as u64));
                    }
                }
                Made::Failed(_) | Made::NoSocket => {
                    return Attempt::Finished(made.step_result());
                }
            }
        }
    }
}
