//! One named program of a scenario: its sockets, and the calls it makes on them, recorded as it makes them.
//!
//! Knows how to make and record a call, not when: the order is `listed` or `free`.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aftershake_shared::errno::Errno;
use aftershake_shared::event::call::{Call, CallReturned, Returned, SocketId};
use aftershake_shared::event::{Event, EventBody, EventId};
use aftershake_shared::units::Nanos;
use socket2::Socket;

use crate::sys;
use crate::worker::clock::Clock;

/// What the endpoints of one run share.
pub(crate) struct Common {
    pub(crate) clock: Clock,
    next_socket: AtomicU32,
    known: Mutex<Known>,
}

/// What is known of the run's sockets, for whoever watches them.
#[derive(Default)]
pub(crate) struct Known {
    /// The name of the connect step, by the client's own address.
    names: BTreeMap<SocketAddr, String>,
    /// By which trace events are tied to this run.
    pub(crate) cookies: Vec<u64>,
    /// Connections touched since the last look, own address first.
    pub(crate) touched: Vec<(SocketAddr, SocketAddr)>,
    /// Listeners opened since the last look.
    pub(crate) listeners: Vec<SocketAddr>,
    /// Every end of a connection and every listener there ever was, in order, for what is done from outside.
    ends: Vec<End>,
}

/// A socket's addresses, and who holds it.
struct End {
    by: String,
    named: Vec<String>,
    local: SocketAddr,
    /// `None` for a listener.
    remote: Option<SocketAddr>,
}

impl Known {
    fn remember(
        &mut self,
        by: &str,
        named: &[String],
        local: SocketAddr,
        remote: Option<SocketAddr>,
    ) {
        let is_known = |end: &End| end.by == by && end.local == local && end.remote == remote;
        if !self.ends.iter().any(is_known) {
            let (by, named) = (by.to_owned(), named.to_vec());
            self.ends.push(End {
                by,
                named,
                local,
                remote,
            });
        }
    }

    fn latest(&self, fits: impl Fn(&End) -> bool, on: Option<&str>) -> Option<&End> {
        let mut ends = self.ends.iter().rev();
        ends.find(|end| fits(end) && on.is_none_or(|on| end.named.iter().any(|name| name == on)))
    }

    /// Both addresses of an endpoint's end of a connection, its own first; of the latest that the name means.
    ///
    /// One that was not accepted yet belongs to whoever did not connect.
    pub(crate) fn end_of(
        &self,
        by: &str,
        on: Option<&str>,
    ) -> Option<(SocketAddr, Option<SocketAddr>)> {
        let own = self.latest(|end| end.by == by && end.remote.is_some(), on);
        let own = own.map(|end| (end.local, end.remote));
        own.or_else(|| {
            let end = self.latest(|end| end.by != by && end.remote.is_some(), on)?;
            Some((end.remote?, Some(end.local)))
        })
    }

    /// The address of an endpoint's listener, without another.
    pub(crate) fn listener_of(
        &self,
        by: &str,
        on: Option<&str>,
    ) -> Option<(SocketAddr, Option<SocketAddr>)> {
        let end = self.latest(|end| end.by == by && end.remote.is_none(), on)?;
        Some((end.local, None))
    }
}

impl Common {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            next_socket: AtomicU32::new(1),
            known: Mutex::default(),
        }
    }

    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket of an endpoint.
pub(crate) struct Opened {
    pub(crate) id: SocketId,
    /// `None` once closed.
    pub(crate) socket: Option<Socket>,
    pub(crate) local: Option<SocketAddr>,
    pub(crate) remote: Option<SocketAddr>,
    /// Whether the handshake was completed, or the listener listens.
    pub(crate) usable: bool,
    /// Names by which steps may mean it.
    pub(crate) named: Vec<String>,
    /// What `check` compares: the bytes received, the first 64 KiB of them.
    pub(crate) received: Vec<u8>,
}

/// A program of the scenario.
pub(crate) struct Endpoint<'a> {
    pub(crate) name: String,
    pub(crate) common: &'a Common,
    connections: Vec<Opened>,
    listeners: Vec<Opened>,
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

/// What a call was made on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) socket: SocketId,
    pub(crate) local: Option<SocketAddr>,
    pub(crate) remote: Option<SocketAddr>,
}

impl Opened {
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
}

impl<'a> Endpoint<'a> {
    pub(crate) fn new(name: &str, common: &'a Common) -> Self {
        Self {
            name: name.to_owned(),
            common,
            connections: Vec::new(),
            listeners: Vec::new(),
            calls: Vec::new(),
        }
    }

    pub(crate) fn clock(&self) -> Clock {
        self.common.clock
    }

    /// A number for a new socket.
    pub(crate) fn new_socket_id(&self) -> SocketId {
        SocketId(self.common.next_socket.fetch_add(1, Ordering::Relaxed))
    }

    /// The connection that a step means: by name, or the only one.
    pub(crate) fn connection(&mut self, on: Option<&str>) -> Option<&mut Opened> {
        self.connections
            .iter_mut()
            .rev()
            .find(|opened| opened.is_meant(on))
    }

    /// The listener that a step means: by name, or the only one.
    pub(crate) fn listener(&mut self, on: Option<&str>) -> Option<&mut Opened> {
        self.listeners
            .iter_mut()
            .rev()
            .find(|opened| opened.is_meant(on))
    }

    /// Keeps a connection. An accepted one takes the name of the connect that made it.
    pub(crate) fn keep_connection(&mut self, mut opened: Opened) {
        if let Some(name) = opened
            .remote
            .and_then(|remote| self.common.known().names.get(&remote).cloned())
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
            known.names.insert(local, name.to_owned());
        }
    }

    /// Records a call that has returned now.
    pub(crate) fn record(
        &mut self,
        step: u32,
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
        let Place {
            socket,
            local,
            remote,
        } = place;
        if let (Some(local), Some(remote)) = (local, remote) {
            self.common.known().touched.push((local, remote));
        }
        let body = EventBody::Call(CallReturned {
            by: self.name.clone(),
            step: Some(step),
            call,
            socket,
            local,
            remote,
            took: timing.own,
            parked,
            result,
        });
        self.calls.push(Event {
            id: EventId(0),
            at: began,
            body,
        });
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
