//! Performs `send`: all of the bytes, in as many calls as it takes.

use std::io;
use std::os::fd::AsRawFd;

use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::send::Send;

use super::{Act, Attempt, Task};
use crate::sys::poll::Interest;
use crate::worker::endpoint::{Endpoint, Timing, errno_of};

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
        let clock = endpoint.clock();
        loop {
            let on = self.task.on.as_deref();
            let Some(opened) = endpoint.connection(on).filter(|opened| opened.usable) else {
                return Attempt::Finished(StepResult::NotRun);
            };
            let place = opened.place();
            let Some(socket) = &opened.socket else {
                return Attempt::Finished(StepResult::NotRun);
            };
            let fd = socket.as_raw_fd();
            let left = self.bytes.get(self.sent..).unwrap_or_default();
            let piece = left.get(..self.piece.min(left.len())).unwrap_or_default();
            let oob = if self.out_of_band { libc::MSG_OOB } else { 0 };
            // Without MSG_NOSIGNAL a second write after a reset would end this process with SIGPIPE.
            let flags = libc::MSG_NOSIGNAL | oob;
            let result = self
                .timing
                .attempt(&clock, || socket.send_with_flags(piece, flags));
            let call = Call::Send {
                bytes: piece.len() as u64,
                out_of_band: self.out_of_band,
            };
            match result {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Attempt::Waits(fd, Interest::Writable);
                }
                Err(error) => {
                    let errno = errno_of(&error);
                    endpoint.record(
                        self.task.number,
                        self.timing,
                        place,
                        call,
                        Returned::Err(errno),
                    );
                    return Attempt::Finished(StepResult::Failed(errno));
                }
                Ok(count) => {
                    self.sent += count;
                    let timing = std::mem::take(&mut self.timing);
                    endpoint.record(
                        self.task.number,
                        timing,
                        place,
                        call,
                        Returned::Ok(count as u64),
                    );
                    if self.sent >= self.bytes.len() {
                        return Attempt::Finished(StepResult::Bytes(self.sent as u64));
                    }
                }
            }
        }
    }
}
