//! Performs `connect_unix`: one call, which the kernel answers at once.
//!
//! Why nothing outside of the run is reached stands in `listen_unix.rs`.

use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::connect_unix::ConnectUnix;
use socket2::Domain;

use super::listen_unix::{abstract_name, nowhere};
use super::{Act, Attempt, Task, calling};
use crate::worker::endpoint::{Endpoint, Opened, Timing, errno_of};

/// Opens a connection, or is told why not. It never waits: `EAGAIN` of a full queue is a result, since `poll`
/// cannot tell when there is room. Source: `unix_stream_connect` of Linux `net/unix/af_unix.c`.
pub(super) struct ConnectingUnix {
    task: Task,
    name: String,
}

impl ConnectingUnix {
    pub(super) fn new(task: Task, connect: &ConnectUnix) -> Self {
        Self {
            task,
            name: connect.name.clone(),
        }
    }
}

impl Act for ConnectingUnix {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        let id = endpoint.common.new_socket_id();
        let made = calling::open_in(&self.task, endpoint, nowhere(id), Domain::UNIX, false);
        let made = made.and_then(|socket| Ok((socket, abstract_name(&self.name)?)));
        let (socket, address) = match made {
            Ok(made) => made,
            Err(error) => return Attempt::Finished(StepResult::Failed(errno_of(&error))),
        };
        let clock = endpoint.clock();
        let mut timing = Timing::default();
        let made = timing.attempt(&clock, || socket.connect(&address));
        let result = match &made {
            Ok(()) => Returned::Ok(0),
            Err(error) => Returned::Err(errno_of(error)),
        };
        let name = self.name.clone();
        let call = Call::ConnectUnix { name };
        endpoint.record(&self.task, timing, nowhere(id), call, result);
        if let Err(error) = made {
            // Its end is no call of the story: the socket was never joined to any other.
            return Attempt::Finished(StepResult::Failed(errno_of(&error)));
        }
        let step = self.task.name.as_deref();
        endpoint.common.known().unix.connected(&self.name, step);
        endpoint.keep_connection(Opened {
            usable: true,
            ..Opened::new(id, Some(socket), step)
        });
        Attempt::Finished(StepResult::Done)
    }
}
