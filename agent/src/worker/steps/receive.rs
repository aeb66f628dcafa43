//! Performs `receive`: one `recv`, or as many as the step's form needs.

use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;

use aftershake_shared::errno::Errno;
use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::receive::{DEFAULT_BUFFER, Receive};

use super::{Act, Attempt, Task};
use crate::sys::poll::{self, Interest};
use crate::worker::endpoint::{Endpoint, Timing, errno_of};

/// Received bytes kept for `check` and `until`.
const KEPT: usize = 64 * 1024;

/// Reads until the step's form is satisfied.
pub(super) struct Receiving {
    task: Task,
    receive: Receive,
    /// Of the current call.
    timing: Timing,
    /// Bytes received by this step so far.
    total: u64,
}

impl Receiving {
    pub(super) fn new(task: Task, receive: &Receive) -> Self {
        Self {
            task,
            receive: receive.clone(),
            timing: Timing::default(),
            total: 0,
        }
    }

    /// The buffer of the next call.
    fn at_most(&self) -> u64 {
        match (self.receive.exactly, self.receive.at_most) {
            (Some(exactly), _) => exactly - self.total.min(exactly),
            (None, Some(at_most)) => at_most,
            (None, None) => DEFAULT_BUFFER,
        }
    }

    fn call(&self) -> Call {
        let Receive {
            peek, out_of_band, ..
        } = self.receive;
        Call::Receive {
            at_most: self.at_most(),
            peek,
            out_of_band,
            truncate: false,
        }
    }

    /// Whether the step has what it wanted after a call that brought bytes.
    fn is_satisfied(&self, received: &[u8]) -> bool {
        if let Some(exactly) = self.receive.exactly {
            return self.total >= exactly;
        }
        if let Some(until) = &self.receive.until {
            return received.ends_with(until.as_bytes());
        }
        !self.receive.until_end
    }
}

impl Act for Receiving {
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
            let size = usize::try_from(self.at_most()).unwrap_or(1);
            let mut buffer = Vec::new();
            let result = if self.receive.peek || self.receive.out_of_band {
                let mut room = vec![MaybeUninit::uninit(); size];
                let peek = if self.receive.peek { libc::MSG_PEEK } else { 0 };
                let oob = if self.receive.out_of_band {
                    libc::MSG_OOB
                } else {
                    0
                };
                self.timing
                    .attempt(&clock, || socket.recv_with_flags(&mut room, peek | oob))
            } else {
                buffer = vec![0; size];
                let mut reader = socket;
                self.timing.attempt(&clock, || reader.read(&mut buffer))
            };
            let wants = if self.receive.out_of_band {
                Interest::Urgent
            } else {
                Interest::Readable
            };
            let call = self.call();
            match result {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Attempt::Waits(socket.as_raw_fd(), wants);
                }
                // No urgent byte yet is EINVAL, not EAGAIN. Source: tcp_recv_urg.
                Err(error)
                    if self.receive.out_of_band
                        && errno_of(&error) == Errno::EINVAL
                        && !poll::is_broken(socket.as_raw_fd()) =>
                {
                    return Attempt::Waits(socket.as_raw_fd(), wants);
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
                    buffer.truncate(count);
                    let room = KEPT.saturating_sub(opened.received.len());
                    opened.received.extend(buffer.into_iter().take(room));
                    self.total += count as u64;
                    let satisfied = self.is_satisfied(&opened.received);
                    let timing = std::mem::take(&mut self.timing);
                    endpoint.record(
                        self.task.number,
                        timing,
                        place,
                        call,
                        Returned::Ok(count as u64),
                    );
                    if count == 0 {
                        let result = if self.total == 0 || self.receive.exactly.is_some() {
                            StepResult::Eof
                        } else {
                            StepResult::Bytes(self.total)
                        };
                        return Attempt::Finished(result);
                    }
                    if satisfied {
                        return Attempt::Finished(StepResult::Bytes(self.total));
                    }
                }
            }
        }
    }

    fn expire(&mut self, endpoint: &mut Endpoint<'_>) {
        let on = self.task.on.as_deref();
        if let Some(place) = endpoint.connection(on).map(|opened| opened.place()) {
            let result = Returned::Err(Errno::EAGAIN);
            endpoint.record(self.task.number, self.timing, place, self.call(), result);
        }
    }
}
