//! Words for a connection that goes on although somebody thinks otherwise: closed while a call holds it, or never
//! accepted for want of a descriptor. Judges no reset.

use super::ending::Ending;
use super::headline::capital;
use super::reset::{Reset, the};
use super::run::{Run, end_of};
use crate::connection::{Connection, Role};
use crate::errno::Errno;
use crate::event::Event;
use crate::event::call::{Call, CallReturned, Returned};

/// The `close` of that end's last descriptor during a call that held the socket, and whose call that was.
pub(super) fn closed_in_use<'a>(
    run: &Run<'a>,
    connection: &Connection,
    role: Role,
) -> Option<(&'a Event, &'a CallReturned, &'a str)> {
    let mut own = run.calls_of(connection, role);
    own.find_map(|(event, call)| {
        if let Call::CloseInUse { held_by } = &call.call {
            return Some((event, call, held_by.as_str()));
        }
        None
    })
}

/// A connection that was still open at the end: why, and what that rests on; `None` where nothing special kept it.
pub(super) fn still_open(run: &Run<'_>, connection: &Connection) -> Option<(String, String)> {
    for role in [Role::Client, Role::Server] {
        if let Some((_, _, held_by)) = closed_in_use(run, connection, role) {
            let closer = the(connection.name(role));
            let headline = format!(
                "No reset: the connection was still open at the end, although {closer} had closed it."
            );
            let why = format!(
                "Its close() sent nothing: {} was waiting in a call on the same descriptor, which holds the socket \
                 until that call returns.",
                the(held_by)
            );
            return Some((headline, why));
        }
    }
    let errno = no_descriptor(run, connection)?;
    let server = the(connection.name(Role::Server));
    let headline = format!(
        "No reset: the connection was still open at the end, and {server} could not accept it ({errno})."
    );
    let why = format!(
        "{} had no descriptor left for it, so the connection waits in the queue of its listener, and what the client \
         sends is received and not read.",
        capital(&server)
    );
    Some((headline, why))
}

/// The error of the last `accept`, which found no descriptor while this connection waited for one; `None` where one may
/// have become free afterwards, so that nobody knows what a further `accept` would have said.
///
/// An empty queue says `EMFILE` as well: the descriptor is taken before the queue is looked at. Source: `__sys_accept4`.
fn no_descriptor(run: &Run<'_>, connection: &Connection) -> Option<Errno> {
    if connection.accepted.is_some() || connection.server.socket.is_some() {
        return None;
    }
    let begun = connection.segments.first().map(|sent| sent.at);
    let calls = run.listener_calls(connection.listener);
    let accepts = calls.filter(|(event, call)| {
        let waited = begun.is_none_or(|at| at <= end_of(event, call));
        waited && matches!(call.call, Call::Accept { .. })
    });
    let (event, accept) = accepts.last()?;
    let Returned::Err(errno @ (Errno::EMFILE | Errno::ENFILE)) = accept.result else {
        return None;
    };
    let client = connection.name(Role::Client);
    let until = end_of(event, accept);
    let frees = |call: &CallReturned| {
        let may_free = matches!(
            call.call,
            Call::Close { .. } | Call::CloseCopy | Call::LimitDescriptors { .. }
        );
        // What else is in the server's process is not told; only the client's end is certainly elsewhere.
        may_free && call.by != client
    };
    let later = run.events.iter().filter(|event| event.at >= until);
    let mut later = later.filter_map(|event| event.body.as_call());
    (!later.any(frees)).then_some(errno)
}

/// The FIN of an end that had closed before, by the return of this call: the headline's middle and why it was late.
pub(super) fn closed_late(
    run: &Run<'_>,
    connection: &Connection,
    role: Role,
    (event, call): (&Event, &CallReturned),
) -> Option<(String, String)> {
    let is_held = matches!(call.call, Call::Receive { lets_go: true, .. });
    let (close, made, held_by) = closed_in_use(run, connection, role).filter(|_| is_held)?;
    let later = end_of(event, call) - end_of(close, made);
    let closer = the(connection.name(role));
    let signature = call.signature();
    Some((
        format!(
            "{closer} closed, but its FIN left only when its {signature} returned, {later} later"
        ),
        format!(
            "The close() sent nothing: {} was waiting in {signature}, which holds the socket until it returns. ",
            the(held_by)
        ),
    ))
}

impl Reset<'_> {
    /// What is to be said of a RST that a call's return sent, the `close` having come before.
    pub(super) fn was_held(&self, ending: &Ending<'_>) -> Option<String> {
        if !ending.is_return() {
            return None;
        }
        let (close, _, held_by) = closed_in_use(self.run, self.connection, self.from)?;
        Some(format!(
            " The last descriptor had been closed at {}, which sent nothing: {} was inside that call, and it held the \
             socket until it returned.",
            close.at,
            the(held_by)
        ))
    }
}
