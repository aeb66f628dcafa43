//! Performs `accept`.

use std::io;
use std::os::fd::AsRawFd;

use aftershake_shared::errno::Errno;
use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;

use super::{Act, Attempt, Task};
use crate::sys::poll::Interest;
use crate::worker::endpoint::{Endpoint, Opened, Timing, address, errno_of};

/// Waits for the oldest connection of the queue.
pub(super) struct Accepting {
    task: Task,
    timing: Timing,
}

impl Accepting {
    pub(super) fn new(task: Task) -> Self {
        Self {
            task,
            timing: Timing::default(),
        }
    }
}

impl Act for Accepting {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        let clock = endpoint.clock();
        let Some(listener) = endpoint.listener(self.task.on.as_deref()) else {
            return Attempt::Finished(StepResult::NotRun);
        };
        let mut place = listener.place();
        let Some(socket) = &listener.socket else {
            return Attempt::Finished(StepResult::NotRun);
        };
        let fd = socket.as_raw_fd();
        match self.timing.attempt(&clock, || socket.accept()) {
            Ok((socket, from)) => {
                let remote = address(Ok(from));
                let local = address(socket.local_addr());
                // Accepted sockets do not inherit the listener's mode on Linux.
                let _ = socket.set_nonblocking(true);
                let id = endpoint.new_socket_id();
                place.local = local;
                place.remote = remote;
                let result = Returned::Ok(u64::from(id.0));
                endpoint.record(
                    self.task.number,
                    self.timing,
                    place,
                    Call::Accept { opened: Some(id) },
                    result,
                );
                endpoint.keep_connection(Opened {
                    id,
                    socket: Some(socket),
                    local,
                    remote,
                    usable: true,
                    named: self.task.name.iter().cloned().collect(),
                    received: Vec::new(),
                });
                Attempt::Finished(StepResult::Done)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                Attempt::Waits(fd, Interest::Readable)
            }
            Err(error) => {
                let errno = errno_of(&error);
                let call = Call::Accept { opened: None };
                endpoint.record(
                    self.task.number,
                    self.timing,
                    place,
                    call,
                    Returned::Err(errno),
                );
                Attempt::Finished(StepResult::Failed(errno))
            }
        }
    }

    fn expire(&mut self, endpoint: &mut Endpoint<'_>) {
        if let Some(place) = endpoint
            .listener(self.task.on.as_deref())
            .map(|listener| listener.place())
        {
            let call = Call::Accept { opened: None };
            endpoint.record(
                self.task.number,
                self.timing,
                place,
                call,
                Returned::Err(Errno::EAGAIN),
            );
        }
    }
}
