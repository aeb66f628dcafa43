//! Performs `receive`: one `recv`, or as many as the step's form needs.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;

use aftershake_shared::errno::Errno;
use aftershake_shared::event::call::Call;
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::close::What;
use aftershake_shared::scenario::steps::receive::{DEFAULT_BUFFER, Receive};
use socket2::Socket;

use super::calling::{self, Made};
use super::{Act, Attempt, Task};
use crate::sys;
use crate::sys::poll::{self, Interest};
use crate::worker::endpoint::{Endpoint, Timing, errno_of};

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
            peek,
            out_of_band,
            truncate,
            ..
        } = self.receive;
        Call::Receive {
            at_most: self.at_most(),
            peek,
            out_of_band,
            truncate,
            lets_go: false,
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
        let wants = if self.receive.out_of_band {
            Interest::Urgent
        } else {
            Interest::Readable
        };
        loop {
            let mut buffer = Vec::new();
            let (call, what) = (self.call(), What::Connection);
            let size = usize::try_from(self.at_most()).unwrap_or(1);
            let (receive, timing) = (&self.receive, &mut self.timing);
            let made = calling::attempt(&self.task, timing, endpoint, what, call, |socket| {
                read(socket, receive, size, &mut buffer)
            });
            let count = match made {
                Made::Waits(fd) => return Attempt::Waits(fd, wants),
                Made::Returned(count) => count,
                Made::Failed(_) | Made::NoSocket => {
                    return Attempt::Finished(made.step_result());
                }
            };
            self.total += count;
            let kept = endpoint.opened(what, self.task.on.as_deref());
            let satisfied = kept.is_some_and(|opened| {
                opened.keep_received(&buffer);
                self.is_satisfied(&opened.received)
            });
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

    fn expire(&mut self, endpoint: &mut Endpoint<'_>) {
        let call = self.call();
        calling::expired(&self.task, self.timing, endpoint, What::Connection, call);
    }
}

/// One `recv` into `buffer`; what is only looked at, urgent or thrown away stays out of it.
fn read(socket: &Socket, receive: &Receive, size: usize, buffer: &mut Vec<u8>) -> io::Result<u64> {
    let flag = |set: bool, flag: i32| if set { flag } else { 0 };
    // A call of another thread may wait on this socket, which is then not in non-blocking mode.
    let flags = flag(receive.peek, libc::MSG_PEEK)
        | flag(receive.out_of_band, libc::MSG_OOB)
        | flag(receive.truncate, libc::MSG_TRUNC);
    if flags == 0 {
        buffer.resize(size, 0);
        let count = sys::socket::receive(socket.as_raw_fd(), buffer, libc::MSG_DONTWAIT);
        buffer.truncate(*count.as_ref().unwrap_or(&0));
        return count.map(|count| count as u64);
    }
    let mut room = vec![MaybeUninit::uninit(); size];
    match socket.recv_with_flags(&mut room, flags | libc::MSG_DONTWAIT) {
        // No urgent byte yet is EINVAL, not EAGAIN. Source: tcp_recv_urg.
        Err(error)
            if receive.out_of_band
                && errno_of(&error) == Errno::EINVAL
                && !poll::is_broken(socket.as_raw_fd()) =>
        {
            Err(io::ErrorKind::WouldBlock.into())
        }
        result => result.map(|count| count as u64),
    }
}
