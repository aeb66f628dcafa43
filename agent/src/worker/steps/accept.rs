//! Performs `accept`.

use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::close::What;

use super::{Act, Attempt, Task, calling};
use crate::sys::poll::Interest;
use crate::worker::endpoint::{Endpoint, Opened, Timing, address, errno_of};
use std::io;
use std::os::fd::AsRawFd;

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
        let Some(listener) = endpoint.opened(What::Listener, self.task.on.as_deref()) else {
            return Attempt::Finished(StepResult::NotRun);
        };
        let mut place = listener.place();
        let Some(socket) = &listener.socket else {
            return Attempt::Finished(StepResult::NotRun);
        };
        let (fd, listens) = (socket.as_raw_fd(), listener.id);
        match self.timing.attempt(&clock, || socket.accept()) {
            Ok((socket, from)) => {
                // Neither end of an AF_UNIX connection has an address.
                let is_unix = from.is_unix();
                place.remote = address(Ok(from));
                place.local = address(socket.local_addr());
                // Accepted sockets do not inherit the listener's mode on Linux.
                let _ = socket.set_nonblocking(true);
                let id = endpoint.common.new_socket_id();
                let call = Call::Accept { opened: Some(id) };
                let result = Returned::Ok(u64::from(id.0));
                endpoint.record(&self.task, self.timing, place, call, result);
                let mut opened = Opened {
                    local: place.local,
                    remote: place.remote,
                    usable: true,
                    ..Opened::new(id, Some(socket), self.task.name.as_deref())
                };
                if is_unix {
                    let name = endpoint.common.known().unix.accepted(listens);
                    opened.named.extend(name);
                }
                endpoint.keep_connection(opened);
                Attempt::Finished(StepResult::Done)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                Attempt::Waits(fd, Interest::Readable)
            }
            Err(error) => {
                let errno = errno_of(&error);
                let call = Call::Accept { opened: None };
                let result = Returned::Err(errno);
                endpoint.record(&self.task, self.timing, place, call, result);
                Attempt::Finished(StepResult::Failed(errno))
            }
        }
    }

    fn expire(&mut self, endpoint: &mut Endpoint<'_>) {
        let call = Call::Accept { opened: None };
        calling::expired(&self.task, self.timing, endpoint, What::Listener, call);
    }
}
