//! Performs `listen`: socket, options, bind, listen.

use std::io;
use std::net::SocketAddr;

use aftershake_shared::event::call::Call;
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::listen::Listen;
use aftershake_shared::scenario::steps::set_option::OptionValue;

use super::{Act, Attempt, Task, calling, set_option};
use crate::worker::endpoint::{Endpoint, Opened, Place, errno_of};

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
        let listen = &self.listen;
        let ip = listen.address.ips().into_iter().next();
        let ip = ip.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let address = SocketAddr::new(ip, listen.port);
        let place = Place {
            socket: endpoint.common.new_socket_id(),
            local: Some(address),
            remote: None,
        };
        let socket = calling::open(&self.task, endpoint, place, listen.mptcp)?;
        if ip.is_ipv6() {
            socket.set_only_v6(!listen.dual_stack)?;
        }
        let mut make = |call, make: &dyn Fn() -> io::Result<()>| {
            calling::on_new(&self.task, endpoint, place, call, make)
        };
        if listen.reuse_address {
            make(flag("SO_REUSEADDR"), &|| socket.set_reuse_address(true))?;
        }
        if listen.reuse_port {
            make(flag("SO_REUSEPORT"), &|| socket.set_reuse_port(true))?;
        }
        make(Call::Bind, &|| socket.bind(&address.into()))?;
        for value in listen.options() {
            make(named(value), &|| set_option::set(&socket, value))?;
        }
        let backlog = i32::from(listen.backlog);
        make(Call::Listen { backlog }, &|| socket.listen(backlog))?;
        endpoint.keep_listener(Opened {
            local: Some(address),
            usable: true,
            ..Opened::new(place.socket, Some(socket), self.task.name.as_deref())
        });
        Ok(())
    }
}

fn named(value: OptionValue) -> Call {
    let (option, value) = value.in_c();
    Call::SetOption {
        option: option.to_owned(),
        value,
    }
}

/// An option that is switched on.
pub(super) fn flag(option: &str) -> Call {
    Call::SetOption {
        option: option.to_owned(),
        value: "1".to_owned(),
    }
}
