//! Making a call: one attempt on the socket that a step means, timed, and recorded once it has returned.

use std::io;
use std::os::fd::{AsRawFd, RawFd};

use aftershake_shared::errno::Errno;
use aftershake_shared::event::call::{Call, Returned};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::scenario::steps::close::What;
use socket2::{Domain, Protocol, Socket, Type};

use super::Task;
use crate::worker::endpoint::{Endpoint, Place, Timing, errno_of};

/// What came of one attempt at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    Returned(u64),
    Failed(Errno),
    /// It could not go on; nothing was recorded. Try again when this descriptor is ready.
    Waits(RawFd),
    /// There is no such socket, or no longer.
    NoSocket,
}

impl Made {
    /// The result of a step that is this one call.
    pub(super) fn step_result(self) -> StepResult {
        match self {
            Self::Returned(_) => StepResult::Done,
            Self::Failed(errno) => StepResult::Failed(errno),
            Self::Waits(_) => StepResult::Failed(Errno::EAGAIN),
            Self::NoSocket => StepResult::NotRun,
        }
    }
}

/// Makes one attempt on the connection or listener that the task means.
///
/// `timing` is the call's over all its attempts; it is fresh again once the call has returned.
pub(super) fn attempt(
    task: &Task,
    timing: &mut Timing,
    endpoint: &mut Endpoint<'_>,
    what: What,
    call: Call,
    make: impl FnOnce(&Socket) -> io::Result<u64>,
) -> Made {
    let clock = endpoint.clock();
    let opened = endpoint.opened(what, task.on.as_deref());
    let Some(opened) = opened.filter(|opened| opened.usable) else {
        return Made::NoSocket;
    };
    let place = opened.place();
    let Some(socket) = &opened.socket else {
        return Made::NoSocket;
    };
    match timing.attempt(&clock, || make(socket)) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Made::Waits(socket.as_raw_fd()),
        result => {
            let timing = std::mem::take(timing);
            let returned = returned(&result);
            endpoint.record(task, timing, place, call, returned);
            match returned {
                Returned::Ok(number) => Made::Returned(number),
                Returned::Err(errno) => Made::Failed(errno),
            }
        }
    }
}

/// Makes a call that never waits: it is the whole step.
pub(super) fn once(
    task: &Task,
    endpoint: &mut Endpoint<'_>,
    what: What,
    call: Call,
    make: impl FnOnce(&Socket) -> io::Result<()>,
) -> StepResult {
    let mut timing = Timing::default();
    let make = |socket: &Socket| make(socket).map(|()| 0);
    attempt(task, &mut timing, endpoint, what, call, make).step_result()
}

/// Opens a TCP socket of the place's family that never blocks. Only a multipath one is told as a call, or one that
/// failed: the others are all alike.
///
/// # Errors
/// The call's own.
pub(super) fn open(
    task: &Task,
    endpoint: &mut Endpoint<'_>,
    place: Place,
    mptcp: bool,
) -> io::Result<Socket> {
    let address = place.remote.or(place.local);
    let domain = address.map_or(Domain::IPV4, Domain::for_address);
    open_in(task, endpoint, place, domain, mptcp)
}

/// The same with a family that no address tells.
///
/// # Errors
/// The call's own.
pub(super) fn open_in(
    task: &Task,
    endpoint: &mut Endpoint<'_>,
    place: Place,
    domain: Domain,
    mptcp: bool,
) -> io::Result<Socket> {
    let protocol = mptcp.then_some(Protocol::MPTCP);
    let mut timing = Timing::default();
    let opened = timing.attempt(&endpoint.clock(), || {
        Socket::new(domain, Type::STREAM, protocol)
    });
    if mptcp || opened.is_err() {
        let result = opened.as_ref().map(|_| u64::from(place.socket.0));
        let result = result.map_or_else(|error| Returned::Err(errno_of(error)), Returned::Ok);
        let place = Place {
            local: None,
            remote: None,
            ..place
        };
        endpoint.record(task, timing, place, Call::Socket { mptcp }, result);
    }
    let socket = opened?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Makes a call on a socket that the endpoint does not keep yet.
///
/// # Errors
/// The call's own, after it was recorded.
pub(super) fn on_new(
    task: &Task,
    endpoint: &mut Endpoint<'_>,
    place: Place,
    call: Call,
    make: impl FnOnce() -> io::Result<()>,
) -> io::Result<()> {
    let mut timing = Timing::default();
    let result = timing.attempt(&endpoint.clock(), make);
    let value = result.as_ref().map(|()| 0);
    let returned = value.map_or_else(|error| Returned::Err(errno_of(error)), Returned::Ok);
    endpoint.record(task, timing, place, call, returned);
    result
}

/// Records that the step's time ran out within this call.
pub(super) fn expired(
    task: &Task,
    timing: Timing,
    endpoint: &mut Endpoint<'_>,
    what: What,
    call: Call,
) {
    if let Some(place) = endpoint
        .opened(what, task.on.as_deref())
        .map(|opened| opened.place())
    {
        endpoint.record(task, timing, place, call, Returned::Err(Errno::EAGAIN));
    }
}

fn returned(result: &io::Result<u64>) -> Returned {
    match result {
        Ok(number) => Returned::Ok(*number),
        Err(error) => Returned::Err(errno_of(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::clock::Clock;
    use crate::worker::common::Common;
    use crate::worker::endpoint::Opened;
    use aftershake_shared::event::EventBody;

    const TASK: Task = Task {
        number: 4,
        by: String::new(),
        on: None,
        name: None,
    };

    fn results(endpoint: &mut Endpoint<'_>) -> Vec<Returned> {
        let events = endpoint.take_calls().into_iter();
        let results = events.filter_map(|event| {
            let EventBody::Call(call) = event.body else {
                return None;
            };
            Some(call.result)
        });
        results.collect()
    }

    #[test]
    fn a_call_is_recorded_once_it_returns_and_never_before() {
        let common = Common::new(Clock::start());
        let mut endpoint = Endpoint::new("a", &common);
        let call = || Call::Bind;
        let no_socket = once(&TASK, &mut endpoint, What::Connection, call(), |_| Ok(()));
        assert_eq!(no_socket, StepResult::NotRun);
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let fd = socket.as_raw_fd();
        endpoint.keep_connection(Opened {
            usable: true,
            ..Opened::new(common.new_socket_id(), Some(socket), None)
        });
        let mut timing = Timing::default();
        let mut make = |result: io::Result<u64>| {
            let what = What::Connection;
            attempt(&TASK, &mut timing, &mut endpoint, what, call(), |_| result)
        };
        let would_block = io::Error::from(io::ErrorKind::WouldBlock);
        assert_eq!(make(Err(would_block)), Made::Waits(fd));
        assert_eq!(make(Ok(7)), Made::Returned(7));
        let reset = io::Error::from_raw_os_error(libc::ECONNRESET);
        assert_eq!(make(Err(reset)), Made::Failed(Errno::ECONNRESET));
        assert_eq!(
            results(&mut endpoint),
            [Returned::Ok(7), Returned::Err(Errno::ECONNRESET)]
        );
    }
}
