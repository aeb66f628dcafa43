//! Performs `connect`: one attempt for each address of the name, as programs do.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsRawFd;

use aftershake_shared::errno::Errno;
use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::connect::Connect;
use socket2::Socket;

use super::{Act, Attempt, Task, calling, listen};
use crate::sys::poll::{self, Interest};
use crate::worker::endpoint::{Endpoint, Opened, Place, Timing, address, errno_of};

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
    /// What could not go with the SYN.
    unsent: Option<String>,
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
        let remote = SocketAddr::new(ip, self.connect.port);
        let id = endpoint.common.new_socket_id();
        let mut opened = Opened::new(id, None, self.task.name.as_deref());
        opened.remote = Some(remote);
        let mptcp = self.connect.mptcp;
        let socket = calling::open(&self.task, endpoint, opened.place(), mptcp);
        let socket = socket.map_err(|error| errno_of(&error))?;
        self.bind(&socket, &opened, ip, endpoint)
            .map_err(|error| errno_of(&error))?;
        let clock = endpoint.clock();
        let mut timing = Timing::default();
        let mut unsent = None;
        let (call, result) = if let Some(text) = &self.connect.fast_open {
            let bytes = text.as_bytes();
            let to = remote.into();
            let sent = timing.attempt(&clock, || {
                socket.send_to_with_flags(bytes, &to, libc::MSG_FASTOPEN)
            });
            if sent.is_err() {
                unsent = Some(text.clone());
            }
            let bytes = bytes.len() as u64;
            (Call::SendFastOpen { bytes }, sent.map(|sent| sent as u64))
        } else {
            let made = timing.attempt(&clock, || socket.connect(&remote.into()));
            (Call::Connect, made.map(|()| 0))
        };
        opened.local = address(socket.local_addr()).filter(|local| local.port() != 0);
        opened.socket = Some(socket);
        if let Some(local) = opened.local {
            endpoint.announce(local, remote, self.task.name.as_deref());
        }
        match result {
            Err(error) if errno_of(&error) != Errno::EINPROGRESS => {
                let errno = errno_of(&error);
                let result = Returned::Err(errno);
                endpoint.record(&self.task, timing, opened.place(), call, result);
                return Err(errno);
            }
            result => {
                // The call that carries bytes returns at once; that the connection is there is told by `connect`.
                if let Call::SendFastOpen { .. } = call {
                    let returned = result.map_or(Returned::Err(Errno::EINPROGRESS), Returned::Ok);
                    endpoint.record(&self.task, timing, opened.place(), call, returned);
                    timing = Timing::default();
                    timing.attempt(&clock, || {});
                }
            }
        }
        Ok(Trying {
            opened,
            timing,
            unsent,
        })
    }

    /// Binds to what the step says, if it says so.
    fn bind(
        &self,
        socket: &Socket,
        opened: &Opened,
        ip: IpAddr,
        endpoint: &mut Endpoint<'_>,
    ) -> io::Result<()> {
        let connect = &self.connect;
        if connect.from.is_none() && connect.from_port.is_none() {
            return Ok(());
        }
        let any = match ip {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let from = SocketAddr::new(connect.from.unwrap_or(any), connect.from_port.unwrap_or(0));
        let place = Place {
            socket: opened.id,
            local: Some(from),
            remote: None,
        };
        if connect.reuse_address {
            let call = listen::flag("SO_REUSEADDR");
            calling::on_new(&self.task, endpoint, place, call, || {
                socket.set_reuse_address(true)
            })?;
        }
        calling::on_new(&self.task, endpoint, place, Call::Bind, || {
            socket.bind(&from.into())
        })
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
            let clock = endpoint.clock();
            let error = trying.timing.attempt(&clock, || socket.take_error());
            let place = trying.opened.place();
            let Some(errno) = error.ok().flatten().map(|error| errno_of(&error)) else {
                let result = Returned::Ok(0);
                endpoint.record(&self.task, trying.timing, place, Call::Connect, result);
                if let Some(text) = &trying.unsent {
                    let bytes = text.len() as u64;
                    let call = Call::Send {
                        bytes,
                        out_of_band: false,
                    };
                    // Few bytes into an empty buffer go at once or fail with what the next call tells as well.
                    let _ = calling::on_new(&self.task, endpoint, place, call, || {
                        socket.send(text.as_bytes()).map(drop)
                    });
                }
                trying.opened.usable = true;
                endpoint.keep_connection(trying.opened);
                return Attempt::Finished(StepResult::Done);
            };
            let result = Returned::Err(errno);
            endpoint.record(&self.task, trying.timing, place, Call::Connect, result);
            let mut timing = Timing::default();
            timing.attempt(&clock, || drop(trying.opened.socket.take()));
            let close = Call::Close { unread: None };
            endpoint.record(&self.task, timing, place, close, Returned::Ok(0));
            if self.left.is_empty() {
                return Attempt::Finished(StepResult::Failed(errno));
            }
        }
    }

    fn expire(&mut self, endpoint: &mut Endpoint<'_>) {
        if let Some(trying) = self.current.take() {
            let (place, result) = (trying.opened.place(), Returned::Err(Errno::EINPROGRESS));
            endpoint.record(&self.task, trying.timing, place, Call::Connect, result);
            // The program still holds the socket and may close it.
            endpoint.keep_connection(trying.opened);
        }
    }
}
