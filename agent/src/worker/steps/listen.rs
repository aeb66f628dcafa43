//! Performs `listen`: socket, options, bind, listen.

use std::io;
use std::net::SocketAddr;

use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::listen::Listen;
use socket2::{Domain, Socket, Type};

use super::{Act, Attempt, Task};
use crate::worker::endpoint::{Endpoint, Opened, Place, Timing, errno_of};

/// Opens a listener, at once.
pub(super) struct Listening {
    task: Task,
    listen: Listen,
}

impl Listening {
    pub(super) fn new(task: Task, listen: &Listen) -> Self {
        Self {
            task,
            listen: listen.clone(),
        }
    }
}

impl Act for Listening {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        match self.open(endpoint) {
            Ok(()) => Attempt::Finished(StepResult::Done),
            Err(error) => Attempt::Finished(StepResult::Failed(errno_of(&error))),
        }
    }
}

impl Listening {
    fn open(&self, endpoint: &mut Endpoint<'_>) -> io::Result<()> {
        let clock = endpoint.clock();
        let ip = self.listen.address.ips().into_iter().next();
        let ip = ip.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let address = SocketAddr::new(ip, self.listen.port);
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        if ip.is_ipv6() {
            socket.set_only_v6(!self.listen.dual_stack)?;
        }
        let id = endpoint.new_socket_id();
        let place = Place {
            socket: id,
            local: Some(address),
            remote: None,
        };
        let mut timing = Timing::default();
        let bound = timing.attempt(&clock, || socket.bind(&address.into()));
        endpoint.record(
            self.task.number,
            timing,
            place,
            Call::Bind,
            returned(&bound),
        );
        bound?;
        let backlog = i32::from(self.listen.backlog);
        let mut timing = Timing::default();
        let listening = timing.attempt(&clock, || socket.listen(backlog));
        endpoint.record(
            self.task.number,
            timing,
            place,
            Call::Listen { backlog },
            returned(&listening),
        );
        listening?;
        endpoint.keep_listener(Opened {
            id,
            socket: Some(socket),
            local: Some(address),
            remote: None,
            usable: true,
            named: self.task.name.iter().cloned().collect(),
            received: Vec::new(),
        });
        Ok(())
    }
}

fn returned(result: &io::Result<()>) -> Returned {
    match result {
        Ok(()) => Returned::Ok(0),
        Err(error) => Returned::Err(errno_of(error)),
    }
}
