//! Calls that wait inside the kernel, each in a thread of its own, as a program's do that never asked for anything else.
//!
//! Only a child process makes them: whatever still waits when the run is over ends with it. Such a call holds its socket
//! although every descriptor is closed, which nothing but a call in progress can show.

use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, OnceLock};

use aftershake_shared::event::call::SocketId;
use aftershake_shared::units::Nanos;

use crate::sys;
use crate::sys::poll::{self, Bell, Interest};
use crate::worker::clock::{self, Clock};

/// The longest a woken thread is waited for: on a busy machine it may get the processor late.
const REST_LIMIT: Nanos = Nanos::from_millis(2_000);
/// The same where the system does not say whether a thread sleeps.
const BLIND_LIMIT: Nanos = Nanos::from_millis(2);
/// How often it is looked whether the thread sleeps, in nanoseconds.
const LOOK: u64 = 20_000;

/// A call in its thread.
pub(crate) struct Waiting {
    pub(crate) socket: SocketId,
    /// The endpoint that waits.
    pub(crate) by: String,
    clock: Clock,
    /// Rung when the call has returned.
    bell: Bell,
    /// The thread's id once nothing but the call is left to do; 0 before.
    thread: AtomicI32,
    outcome: OnceLock<Outcome>,
    /// The socket's last descriptor was closed while the call waited, and no other call is known to have let go of it.
    closed: AtomicBool,
}

/// What a call returned, and when.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) began: Nanos,
    pub(crate) ended: Nanos,
    /// Of that the time in which the thread ran.
    pub(crate) ran: Nanos,
    pub(crate) bytes: Vec<u8>,
    pub(crate) error: Option<io::Error>,
}

impl Waiting {
    /// Calls `recv` on that descriptor, which must not be in non-blocking mode.
    ///
    /// # Errors
    /// What the system says against another thread.
    pub(crate) fn receive(
        fd: RawFd,
        size: usize,
        (socket, by): (SocketId, &str),
        clock: Clock,
    ) -> io::Result<Arc<Self>> {
        let waiting = Arc::new(Self {
            socket,
            by: by.to_owned(),
            clock,
            bell: Bell::new()?,
            thread: AtomicI32::new(0),
            outcome: OnceLock::new(),
            closed: AtomicBool::new(false),
        });
        let own = Arc::clone(&waiting);
        let mut bytes = vec![0; size];
        std::thread::Builder::new().spawn(move || {
            let before = clock::ran();
            let began = clock.now();
            own.thread.store(sys::thread::id(), Ordering::Release);
            let result = sys::socket::receive(fd, &mut bytes, 0);
            let ended = clock.now();
            let ran = Nanos(clock::ran().saturating_sub(before));
            bytes.truncate(*result.as_ref().unwrap_or(&0));
            let _ = own.outcome.set(Outcome {
                began,
                ended,
                ran,
                bytes,
                error: result.err(),
            });
            own.bell.ring();
        })?;
        Ok(waiting)
    }

    /// Waits until the call has returned or its thread sleeps in it: what has woken it is worked off then.
    pub(crate) fn come_to_rest(&self) {
        let began = self.clock.now();
        loop {
            let thread = self.thread.load(Ordering::Acquire);
            let sleeps = (thread > 0).then(|| sys::thread::sleeps(thread));
            if self.outcome().is_some() || sleeps == Some(Some(true)) {
                return;
            }
            let limit = if sleeps == Some(None) {
                BLIND_LIMIT
            } else {
                REST_LIMIT
            };
            if self.clock.now() - began > limit {
                return;
            }
            let _ = poll::wait(&[(self.as_raw_fd(), Interest::Readable)], Some(LOOK));
        }
    }

    /// What it returned; `None` while it waits.
    pub(crate) fn outcome(&self) -> Option<&Outcome> {
        self.outcome.get()
    }
}

/// Readable once the call has returned.
impl AsRawFd for Waiting {
    fn as_raw_fd(&self) -> RawFd {
        self.bell.as_raw_fd()
    }
}

/// The calls of one process that wait, or have returned and were not told yet.
#[derive(Default)]
pub(crate) struct Blocked(Vec<Arc<Waiting>>);

impl Blocked {
    pub(crate) fn add(&mut self, waiting: &Arc<Waiting>) {
        self.0.push(Arc::clone(waiting));
    }

    pub(crate) fn come_to_rest(&self) {
        for waiting in &self.0 {
            waiting.come_to_rest();
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any has returned and was not told yet.
    pub(crate) fn any_returned(&self) -> bool {
        self.0.iter().any(|waiting| waiting.outcome().is_some())
    }

    fn inside(&self, socket: SocketId) -> impl Iterator<Item = &Arc<Waiting>> {
        let own = self
            .0
            .iter()
            .filter(move |waiting| waiting.socket == socket);
        own.filter(|waiting| waiting.outcome().is_none())
    }

    /// Whether a call still waits on that socket.
    pub(crate) fn holds(&self, socket: SocketId) -> bool {
        self.inside(socket).next().is_some()
    }

    /// The socket's last descriptor is to be closed: who holds it still; `None` where nobody does.
    pub(crate) fn close(&self, socket: SocketId) -> Option<String> {
        for waiting in self.inside(socket) {
            waiting.closed.store(true, Ordering::Release);
        }
        let first = self.inside(socket).next();
        first.map(|waiting| waiting.by.clone())
    }

    /// Forgets a call that has returned; says whether its return let go of the socket, being the last to hold it.
    ///
    /// Of several only one did: those that returned before it and are told later are told so.
    pub(crate) fn remove(&mut self, waiting: &Arc<Waiting>) -> bool {
        self.0.retain(|other| !Arc::ptr_eq(other, waiting));
        let ended = |one: &Waiting| one.outcome().map(|outcome| outcome.ended);
        let others = || self.0.iter().filter(|one| one.socket == waiting.socket);
        let outlived = others().any(|one| ended(one).is_none_or(|end| Some(end) > ended(waiting)));
        let lets_go = waiting.closed.load(Ordering::Acquire) && !outlived;
        if lets_go {
            for other in others() {
                other.closed.store(false, Ordering::Release);
            }
        }
        lets_go
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    use super::*;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (client, listener.accept().unwrap().0)
    }

    fn until_told(waiting: &Waiting) -> &Outcome {
        let limit = Some(10_000_000_000);
        poll::wait(&[(waiting.as_raw_fd(), Interest::Readable)], limit).unwrap();
        waiting.outcome().unwrap()
    }

    #[test]
    fn a_call_that_waits_holds_what_was_closed() {
        let (mut client, server) = pair();
        let (fd, id) = (server.as_raw_fd(), SocketId(3));
        let mut blocked = Blocked::default();
        let waiting = Waiting::receive(fd, 64, (id, "reader"), Clock::start()).unwrap();
        blocked.add(&waiting);
        blocked.come_to_rest();
        assert!(waiting.outcome().is_none() && blocked.holds(id) && !blocked.any_returned());
        assert_eq!(blocked.close(id).as_deref(), Some("reader"));
        assert_eq!(blocked.close(SocketId(4)), None);
        drop(server);
        // Closed, and nothing came of it: what is sent now still finds who waits for it.
        client.write_all(b"hello").unwrap();
        let outcome = until_told(&waiting);
        assert_eq!(outcome.bytes, b"hello");
        assert!(outcome.error.is_none() && outcome.began < outcome.ended);
        assert!(!blocked.holds(id) && blocked.any_returned());
        assert!(blocked.remove(&waiting));
        assert!(blocked.is_empty());
        // Its return closed the socket.
        assert_eq!(client.read(&mut [0; 8]).unwrap(), 0);
    }

    #[test]
    fn of_calls_that_are_woken_together_the_last_to_return_lets_go() {
        // In whatever order they are told.
        for told in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let (client, server) = pair();
            let (fd, id) = (server.as_raw_fd(), SocketId(3));
            let mut blocked = Blocked::default();
            let clock = Clock::start();
            let mut all = Vec::new();
            for by in ["first", "second", "third"] {
                let waiting = Waiting::receive(fd, 8, (id, by), clock).unwrap();
                blocked.add(&waiting);
                blocked.come_to_rest();
                all.push(waiting);
            }
            assert_eq!(blocked.close(id).as_deref(), Some("first"));
            drop((server, client));
            let ended = |waiting: &Arc<Waiting>| until_told(waiting).ended;
            let last = all.iter().map(ended).max();
            let results = told.map(|place| (blocked.remove(&all[place]), ended(&all[place])));
            let let_go: Vec<_> = results.iter().filter(|(lets_go, _)| *lets_go).collect();
            assert_eq!(let_go.len(), 1, "{results:?}");
            assert_eq!(Some(let_go[0].1), last);
        }
    }

    #[test]
    fn a_call_that_returned_before_holds_nothing() {
        let (mut client, server) = pair();
        let id = SocketId(3);
        let mut blocked = Blocked::default();
        client.write_all(b"hello").unwrap();
        let fd = server.as_raw_fd();
        let waiting = Waiting::receive(fd, 2, (id, "reader"), Clock::start()).unwrap();
        blocked.add(&waiting);
        assert_eq!(until_told(&waiting).bytes, b"he");
        assert_eq!(blocked.close(id), None);
        assert!(!blocked.remove(&waiting));
    }
}
