//! Performs `connect`: one attempt for each address of the name, as programs do.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsRawFd;

use aftershake_shared::errno::Errno;
use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::connect::Connect;
use socket2::{Domain, Socket, Type};

use super::{Act, Attempt, Task};
use crate::sys::poll::{self, Interest};
use crate::worker::endpoint::{Endpoint, Opened, Timing, address, errno_of};

/// Opens a connection, address after address.
pub(super) struct Connecting {
    task: Task,
    connect: Connect,
    /// Addresses not tried yet, the next one last.
    left: Vec<IpAddr>,
    current: Option<Trying>,
}

/// One address being tried.
struct Trying {
    opened: Opened,
    timing: Timing,
}

impl Connecting {
    pub(super) fn new(task: Task, connect: &Connect) -> Self {
        let mut left = connect.address.ips();
        left.reverse();
        Self {
            task,
            connect: connect.clone(),
            left,
            current: None,
        }
    }

    /// Opens a socket and calls `connect` on the next address.
    fn try_next(&mut self, ip: IpAddr, endpoint: &mut Endpoint<'_>) -> Result<Trying, Errno> {
        let clock = endpoint.clock();
        let remote = SocketAddr::new(ip, self.connect.port);
        let socket = Socket::new(Domain::for_address(remote), Type::STREAM, None)
            .map_err(|e| errno_of(&e))?;
        socket.set_nonblocking(true).map_err(|e| errno_of(&e))?;
        let id = endpoint.new_socket_id();
        let mut opened = Opened {
            id,
            socket: None,
            local: None,
            remote: Some(remote),
            usable: false,
            named: self.task.name.iter().cloned().collect(),
            received: Vec::new(),
        };
        if self.connect.from.is_some() || self.connect.from_port.is_some() {
            let any = match ip {
                IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
                IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            };
            let from = SocketAddr::new(
                self.connect.from.unwrap_or(any),
                self.connect.from_port.unwrap_or(0),
            );
            let mut timing = Timing::default();
            let bound = timing.attempt(&clock, || socket.bind(&from.into()));
            let result = bound.map_or_else(|e| Returned::Err(errno_of(&e)), |()| Returned::Ok(0));
            let mut place = opened.place();
            place.local = Some(from);
            place.remote = None;
            endpoint.record(self.task.number, timing, place, Call::Bind, result);
            if let Returned::Err(errno) = result {
                return Err(errno);
            }
        }
        let mut timing = Timing::default();
        let result = timing.attempt(&clock, || socket.connect(&remote.into()));
        opened.local = address(socket.local_addr()).filter(|local| local.port() != 0);
        opened.socket = Some(socket);
        if let Some(local) = opened.local {
            endpoint.announce(local, remote, self.task.name.as_deref());
        }
        match result {
            Ok(()) => {}
            Err(error) if errno_of(&error) == Errno::EINPROGRESS => {}
            Err(error) => {
                let errno = errno_of(&error);
                endpoint.record(
                    self.task.number,
                    timing,
                    opened.place(),
                    Call::Connect,
                    Returned::Err(errno),
                );
                return Err(errno);
            }
        }
        Ok(Trying { opened, timing })
    }

    fn next(&mut self, endpoint: &mut Endpoint<'_>) -> Result<Trying, Errno> {
        let mut last = Errno::EADDRNOTAVAIL;
        while let Some(ip) = self.left.pop() {
            match self.try_next(ip, endpoint) {
                Ok(trying) => return Ok(trying),
                Err(errno) => last = errno,
            }
        }
        Err(last)
    }
}

impl Act for Connecting {
    fn attempt(&mut self, endpoint: &mut Endpoint<'_>) -> Attempt {
        loop {
            let mut trying = match self.current.take() {
                Some(trying) => trying,
                None => match self.next(endpoint) {
                    Ok(trying) => trying,
                    Err(errno) => return Attempt::Finished(StepResult::Failed(errno)),
                },
            };
            let Some(socket) = &trying.opened.socket else {
                return Attempt::Finished(StepResult::NotRun);
            };
            // EINPROGRESS comes even when the handshake is over: poll first, then read SO_ERROR.
            let fd = socket.as_raw_fd();
            let ready = poll::wait(&[(fd, Interest::Writable)], Some(0));
            if !ready.is_ok_and(|ready| ready == [true]) {
                self.current = Some(trying);
                return Attempt::Waits(fd, Interest::Writable);
            }
            let error = trying
                .timing
                .attempt(&endpoint.clock(), || socket.take_error())
                .ok()
                .flatten();
            let Some(errno) = error.map(|error| errno_of(&error)) else {
                let place = trying.opened.place();
                endpoint.record(
                    self.task.number,
                    trying.timing,
                    place,
                    Call::Connect,
                    Returned::Ok(0),
                );
                trying.opened.usable = true;
                endpoint.keep_connection(trying.opened);
                return Attempt::Finished(StepResult::Done);
            };
            let place = trying.opened.place();
            endpoint.record(
                self.task.number,
                trying.timing,
                place,
                Call::Connect,
                Returned::Err(errno),
            );
            let mut timing = Timing::default();
            timing.attempt(&endpoint.clock(), || drop(trying.opened.socket.take()));
            endpoint.record(
                self.task.number,
                timing,
                place,
                Call::Close { unread: None },
                Returned::Ok(0),
            );
            if self.left.is_empty() {
                return Attempt::Finished(StepResult::Failed(errno));
            }
        }
    }

    fn expire(&mut self, endpoint: &mut Endpoint<'_>) {
        if let Some(Trying { opened, timing }) = self.current.take() {
            let result = Returned::Err(Errno::EINPROGRESS);
            endpoint.record(
                self.task.number,
                timing,
                opened.place(),
                Call::Connect,
                result,
            );
            // The program still holds the socket and may close it.
            endpoint.keep_connection(opened);
        }
    }
}
