//! Performs `listen_unix`: socket, bind to an abstract name, listen.
//!
//! An abstract name begins with a NUL byte and is no file. It belongs to the network namespace of the socket that
//! was bound: `unix_find_abstract` of Linux `net/unix/af_unix.c` takes the `struct net` of whoever connects and looks
//! in that namespace's table alone (unix(7), "Abstract sockets"; `network_namespaces(7)`). So nobody outside of a run
//! can reach it, and a run reaches nobody outside.

use std::io;

use aftershake_shared::event::call::Call;
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::listen_unix::ListenUnix;
use socket2::{Domain, SockAddr};

use super::{Act, Attempt, Task, calling};
use crate::worker::endpoint::{Endpoint, Opened, Place, errno_of};

/// Opens a listener, at once.
pub(super) struct ListeningUnix {
    task: Task,
    listen: ListenUnix,
}

impl ListeningUnix {
    pub(super) fn new(task: Task, listen: &ListenUnix) -> Self {
        Self {
            task,
            listen: listen.clone(),
        }
    }

    fn open(&self, endpoint: &mut Endpoint<'_>) -> io::Result<()> {
        let ListenUnix { name, backlog } = self.listen.clone();
        let id = endpoint.common.new_socket_id();
        let place = nowhere(id);
        let socket = calling::open_in(&self.task, endpoint, place, Domain::UNIX, false)?;
        let address = abstract_name(&name)?;
        let mut make = |call, make: &dyn Fn() -> io::Result<()>| {
            calling::on_new(&self.task, endpoint, place, call, make)
        };
        let bind = Call::BindUnix { name: name.clone() };
        make(bind, &|| socket.bind(&address))?;
        let backlog = i32::from(backlog);
        make(Call::Listen { backlog }, &|| socket.listen(backlog))?;
        endpoint.common.known().unix.listens(&name, id);
        endpoint.keep_listener(Opened {
            usable: true,
            ..Opened::new(id, Some(socket), self.task.name.as_deref())
        });
        Ok(())
    }
}

impl Act for ListeningUnix {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        match self.open(endpoint) {
            Ok(()) => Attempt::Finished(StepResult::Done),
            Err(error) => Attempt::Finished(StepResult::Failed(errno_of(&error))),
        }
    }
}

/// That name in the abstract namespace.
pub(super) fn abstract_name(name: &str) -> io::Result<SockAddr> {
    SockAddr::unix(format!("\0{name}"))
}

/// The place of a call on such a socket: it has no address at either end.
pub(super) const fn nowhere(socket: aftershake_shared::event::call::SocketId) -> Place {
    Place {
        socket,
        local: None,
        remote: None,
    }
}
