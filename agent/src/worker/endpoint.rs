//! One program of a scenario: its sockets, and the calls made on them, recorded as they are made.
//!
//! Knows how to make and record a call, not when: the order is `listed` or `free`. Endpoints that are threads of
//! one process share one of these.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;

use aftershake_shared::errno::Errno;
use aftershake_shared::event::call::{Call, CallReturned, Returned, SocketId};
use aftershake_shared::event::process_ended::ClosedSocket;
use aftershake_shared::event::{Event, EventBody, EventId};
use aftershake_shared::scenario::steps::close::What;
use aftershake_shared::units::Nanos;
use socket2::Socket;

use crate::sys;
use crate::worker::blocked::Blocked;
use crate::worker::clock::Clock;
use crate::worker::common::Common;
use crate::worker::process::Process;
use crate::worker::steps::Task;

/// Received bytes kept of each connection.
const KEPT: usize = 64 * 1024;

/// A socket of an endpoint.
pub(crate) struct Opened {
    pub(crate) id: SocketId,
    /// `None` once closed.
    pub(crate) socket: Option<Socket>,
    /// Further descriptors of the same socket.
    pub(crate) copies: Vec<Socket>,
    pub(crate) local: Option<SocketAddr>,
    pub(crate) remote: Option<SocketAddr>,
    /// Whether the handshake was completed, or the listener listens.
    pub(crate) usable: bool,
    /// Names by which steps may mean it.
    pub(crate) named: Vec<String>,
    /// What `check` compares: the bytes received, the first 64 KiB of them.
    pub(crate) received: Vec<u8>,
}

/// A descriptor on its way to another program.
pub(crate) struct Given {
    /// The endpoint that gets it.
    pub(crate) to: String,
    pub(crate) what: What,
    pub(crate) opened: Opened,
}

/// A program of the scenario.
pub(crate) struct Endpoint<'a> {
    /// The process's name; an endpoint that is alone in its process has the same.
    pub(crate) name: String,
    pub(crate) common: &'a Common,
    /// This is that process's own side: what it does to itself ends with it.
    pub(crate) is_child: bool,
    /// The child process that makes the calls; `None` where this process makes them itself.
    pub(crate) process: Option<Process>,
    /// Its calls that wait inside the kernel; a child's only.
    pub(crate) blocked: Blocked,
    connections: Vec<Opened>,
    listeners: Vec<Opened>,
    /// Descriptors handed over and not yet taken by whoever gets them.
    pub(crate) given: Vec<Given>,
    /// Calls made and not yet taken by the recorder.
    calls: Vec<Event>,
}

/// When a call was made and how long it took, over all its attempts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timing {
    began: Option<Nanos>,
    own: Nanos,
}

impl Timing {
    /// Makes one attempt. The first one is the call's beginning.
    pub(crate) fn attempt<T>(&mut self, clock: &Clock, call: impl FnOnce() -> T) -> T {
        let start = clock.now();
        let result = call();
        let end = clock.now();
        self.began.get_or_insert(start);
        self.own = self.own + (end - start);
        result
    }
}

/// When a call that has returned began, and how its time was spent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    pub(crate) began: Nanos,
    /// Waiting, first.
    pub(crate) parked: Nanos,
    /// In the call itself, after it.
    pub(crate) took: Nanos,
}

/// What a call was made on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) socket: SocketId,
    pub(crate) local: Option<SocketAddr>,
    pub(crate) remote: Option<SocketAddr>,
}

impl Opened {
    /// A socket that goes by this name.
    pub(crate) fn new(id: SocketId, socket: Option<Socket>, name: Option<&str>) -> Self {
        Self {
            id,
            socket,
            copies: Vec::new(),
            local: None,
            remote: None,
            usable: false,
            named: name.into_iter().map(str::to_owned).collect(),
            received: Vec::new(),
        }
    }

    pub(crate) fn place(&self) -> Place {
        Place {
            socket: self.id,
            local: self.local,
            remote: self.remote,
        }
    }

    fn is_meant(&self, on: Option<&str>) -> bool {
        on.is_none_or(|name| self.named.iter().any(|known| known == name))
    }

    /// The same with what the kernel says is unread; `None` on a listener, and of a socket that is closed and that no
    /// waiting call holds.
    fn as_closed(&self, blocked: &Blocked) -> Option<ClosedSocket> {
        let unread = match &self.socket {
            Some(socket) => sys::socket::unread_bytes(socket.as_fd()).ok(),
            // A call waits only while there is nothing to read.
            None if blocked.holds(self.id) => Some(0),
            None => return None,
        };
        Some(ClosedSocket {
            socket: self.id,
            local: self.local,
            remote: self.remote,
            unread,
        })
    }

    /// Keeps received bytes for `check` and `until`, the first of them.
    pub(crate) fn keep_received(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.received.len());
        self.received.extend(bytes.iter().take(room));
    }
}

impl<'a> Endpoint<'a> {
    pub(crate) fn new(name: &str, common: &'a Common) -> Self {
        Self {
            name: name.to_owned(),
            common,
            is_child: false,
            process: None,
            blocked: Blocked::default(),
            connections: Vec::new(),
            listeners: Vec::new(),
            given: Vec::new(),
            calls: Vec::new(),
        }
    }

    pub(crate) fn clock(&self) -> Clock {
        self.common.clock
    }

    /// The socket that a step means: by name, or the only one.
    pub(crate) fn opened(&mut self, what: What, on: Option<&str>) -> Option<&mut Opened> {
        let all = match what {
            What::Connection => &mut self.connections,
            What::Listener => &mut self.listeners,
        };
        all.iter_mut().rev().find(|opened| opened.is_meant(on))
    }

    /// Keeps a connection. An accepted one takes the name of the connect that made it.
    pub(crate) fn keep_connection(&mut self, mut opened: Opened) {
        if let Some(remote) = opened.remote
            && let Some(name) = self.common.known().name_of(remote).map(str::to_owned)
        {
            opened.named.push(name);
        }
        self.note_cookie(&opened);
        if let (Some(local), remote @ Some(_)) = (opened.local, opened.remote) {
            let mut known = self.common.known();
            known.remember(&self.name, &opened.named, local, remote);
        }
        self.connections.push(opened);
    }

    pub(crate) fn keep_listener(&mut self, opened: Opened) {
        self.note_cookie(&opened);
        if let Some(local) = opened.local {
            let mut known = self.common.known();
            known.listeners.push(local);
            known.remember(&self.name, &opened.named, local, None);
        }
        self.listeners.push(opened);
    }

    /// Keeps what another program has handed over.
    pub(crate) fn keep_given(&mut self, what: What, opened: Opened) {
        match what {
            What::Connection => self.connections.push(opened),
            What::Listener => self.listeners.push(opened),
        }
    }

    /// The sockets that close when this process ends, in the order in which they were made.
    pub(crate) fn would_close(&self) -> Vec<ClosedSocket> {
        let known = self.common.known();
        let is_last = |opened: &&Opened| {
            let own = u32::try_from(opened.copies.len() + 1).unwrap_or(u32::MAX);
            own >= known.descriptors_of(opened.id)
        };
        let all = self.listeners.iter().chain(&self.connections);
        let mut closed: Vec<_> = all
            .filter(is_last)
            .filter_map(|opened| opened.as_closed(&self.blocked))
            .collect();
        closed.sort_by_key(|closed| closed.socket);
        closed
    }

    /// How many descriptors of each open socket this process holds.
    pub(crate) fn holds(&self) -> Vec<(SocketId, u32)> {
        let all = self.listeners.iter().chain(&self.connections);
        all.filter(|opened| opened.socket.is_some())
            .map(|opened| {
                let count = u32::try_from(opened.copies.len() + 1).unwrap_or(u32::MAX);
                (opened.id, count)
            })
            .collect()
    }

    fn note_cookie(&self, opened: &Opened) {
        if let Some(socket) = &opened.socket
            && let Ok(cookie) = sys::socket::cookie(socket.as_fd())
        {
            self.common.known().cookies.push(cookie);
        }
    }

    /// Tells the accepting end by what name this connection goes, and whoever watches that it began.
    pub(crate) fn announce(&self, local: SocketAddr, remote: SocketAddr, name: Option<&str>) {
        let mut known = self.common.known();
        known.touched.push((local, remote));
        let named: Vec<_> = name.into_iter().map(str::to_owned).collect();
        known.remember(&self.name, &named, local, Some(remote));
        if let Some(name) = name {
            known.names.push((local, name.to_owned()));
        }
    }

    /// Records a call that has returned now.
    pub(crate) fn record(
        &mut self,
        task: &Task,
        timing: Timing,
        place: Place,
        call: Call,
        result: Returned,
    ) {
        let now = self.common.clock.now();
        let began = timing.began.unwrap_or(now);
        let parked = now - began - timing.own;
        // The tail of bookkeeping between the attempt's end and here is no waiting.
        let parked = if parked < Nanos::from_micros(20) {
            Nanos(0)
        } else {
            parked
        };
        let spent = Spent {
            began,
            parked,
            took: timing.own,
        };
        self.record_spent(task, spent, place, call, result);
    }

    /// Records a call that has returned before.
    pub(crate) fn record_spent(
        &mut self,
        task: &Task,
        spent: Spent,
        place: Place,
        call: Call,
        result: Returned,
    ) {
        let Place {
            socket,
            local,
            remote,
        } = place;
        if let (Some(local), Some(remote)) = (local, remote) {
            self.common.known().touched.push((local, remote));
        }
        let body = EventBody::Call(CallReturned {
            by: task.by.clone(),
            step: Some(task.number),
            call,
            socket,
            local,
            remote,
            took: spent.took,
            parked: spent.parked,
            result,
        });
        self.note(spent.began, body);
    }

    /// Keeps an event for the recorder.
    pub(crate) fn note(&mut self, at: Nanos, body: EventBody) {
        self.calls.push(Event {
            id: EventId(0),
            at,
            body,
        });
    }

    /// Keeps events that a child process recorded.
    pub(crate) fn note_all(&mut self, events: Vec<Event>) {
        self.calls.extend(events);
    }

    /// Takes the calls recorded since the last time.
    pub(crate) fn take_calls(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.calls)
    }
}

/// The error as the recording names it.
pub(crate) fn errno_of(error: &io::Error) -> Errno {
    Errno(error.raw_os_error().unwrap_or(libc::EIO))
}

/// The address of a call, an IPv4 address mapped into IPv6 shown as IPv4: so it stands on the wire.
pub(crate) fn address(address: io::Result<socket2::SockAddr>) -> Option<SocketAddr> {
    let address = address.ok()?.as_socket()?;
    Some(SocketAddr::new(address.ip().to_canonical(), address.port()))
}
