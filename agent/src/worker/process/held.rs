//! What a child process holds, as its recorded calls tell it, and the note of a death that no step asked for.
//!
//! A child that is killed by somebody else says nothing any more; its sockets close all the same, and a RST that this
//! sends would otherwise look as if nobody had done anything.

use std::collections::BTreeMap;

use aftershake_shared::errno::Errno;
use aftershake_shared::event::call::{Call, CallReturned, Returned, SocketId};
use aftershake_shared::event::process_ended::{ClosedSocket, ProcessEnded};
use aftershake_shared::event::{Event, EventBody};
use aftershake_shared::units::Nanos;

use super::how_of;
use crate::sys::poll;
use crate::sys::process::Status;
use crate::worker::common::Known;
use crate::worker::endpoint::Endpoint;

/// How long a child that no longer answers may take to be gone.
const DYING: Nanos = Nanos::from_millis(500);

/// The sockets of one process, each with how many descriptors it has of it.
#[derive(Default)]
pub(super) struct Held(BTreeMap<SocketId, (ClosedSocket, u32)>);

impl Held {
    /// Learns from what the process did.
    pub(super) fn note(&mut self, events: &[Event]) {
        for call in events.iter().filter_map(|event| event.body.as_call()) {
            self.call(call);
        }
    }

    fn call(&mut self, call: &CallReturned) {
        let worked = matches!(call.result, Returned::Ok(_));
        match &call.call {
            Call::Accept {
                opened: Some(opened),
            } => self.keep(*opened, call),
            Call::Listen { .. } | Call::ConnectUnix { .. } if worked => {
                self.keep(call.socket, call);
            }
            Call::Connect | Call::SendFastOpen { .. }
                if worked || call.failed_with(Errno::EINPROGRESS) =>
            {
                self.keep(call.socket, call);
            }
            Call::Duplicate if worked => self.count(call.socket, 1),
            Call::CloseCopy => self.count(call.socket, -1),
            Call::Close { .. } | Call::Receive { lets_go: true, .. } => {
                self.0.remove(&call.socket);
            }
            // One that a call still holds is closed by the process's end as well.
            Call::CloseInUse { .. }
            | Call::Accept { opened: None }
            | Call::Bind
            | Call::BindUnix { .. }
            | Call::Connect
            | Call::ConnectUnix { .. }
            | Call::Disconnect
            | Call::Duplicate
            | Call::HandOver { .. }
            | Call::LimitDescriptors { .. }
            | Call::Listen { .. }
            | Call::Receive { .. }
            | Call::Send { .. }
            | Call::SendFastOpen { .. }
            | Call::SetOption { .. }
            | Call::Shutdown { .. }
            | Call::Socket { .. } => {}
        }
    }

    fn count(&mut self, socket: SocketId, more: i32) {
        if let Some((_, count)) = self.0.get_mut(&socket) {
            *count = count.saturating_add_signed(more);
        }
    }

    fn keep(&mut self, socket: SocketId, call: &CallReturned) {
        let held = ClosedSocket {
            socket,
            local: call.local,
            remote: call.remote,
            unread: None,
        };
        self.0.entry(socket).or_insert((held, 1));
    }

    /// Something that another program handed over.
    pub(super) fn given(&mut self, held: ClosedSocket) {
        self.0.entry(held.socket).or_insert((held, 0)).1 += 1;
    }

    /// The process is gone: which sockets that closed. Takes its descriptors out of the count.
    fn close(&mut self, known: &mut Known) -> Vec<ClosedSocket> {
        let all = std::mem::take(&mut self.0).into_values();
        let mut closed = Vec::new();
        for (held, count) in all.filter(|(_, count)| *count > 0) {
            known.touched.extend(held.local.zip(held.remote));
            if known.drop_descriptors(held.socket, count) {
                closed.push(held);
            }
        }
        closed
    }
}

impl Endpoint<'_> {
    /// Whether its process is gone, by a step or by itself.
    pub(crate) fn is_gone(&self) -> bool {
        let process = self.process.as_ref();
        process.is_some_and(|process| process.child.is_gone())
    }

    /// Looks whether its process has ended unasked, and notes it once; says whether it was so.
    pub(crate) fn notice_death(&mut self) -> bool {
        let now = self.clock().now();
        let Some(process) = &mut self.process else {
            return false;
        };
        let Some(status) = process.child.ended() else {
            // What it held may be closed some time before it can be waited for.
            if process.child.is_ending() == Some(false) {
                process.alive_at = now;
            }
            return false;
        };
        self.note_death(status);
        true
    }

    /// The process no longer answers: waits until it is gone and notes how it ended.
    pub(super) fn bury(&mut self) {
        let clock = self.clock();
        let limit = clock.now() + DYING;
        while !self.is_gone() && clock.now() < limit {
            let status = self
                .process
                .as_mut()
                .and_then(|process| process.child.ended());
            match status {
                Some(status) => self.note_death(status),
                None => drop(poll::wait(&[], Some(20_000))),
            }
        }
    }

    /// It died after it last was seen alive; when exactly nobody says.
    fn note_death(&mut self, status: Status) {
        let clock = self.clock();
        let common = self.common;
        let Some(process) = &mut self.process else {
            return;
        };
        let since = process.alive_at;
        let closed = process.held.close(&mut common.known());
        let ended = ProcessEnded {
            process: self.name.clone(),
            step: None,
            how: how_of(status),
            took: clock.now() - since,
            closed,
        };
        self.note(since, EventBody::ProcessEnded(ended));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(socket: u32, call: Call, result: Returned) -> CallReturned {
        CallReturned {
            by: "server".into(),
            step: None,
            call,
            socket: SocketId(socket),
            local: "127.0.0.1:8080".parse().ok(),
            remote: (socket > 1).then(|| "127.0.0.1:40000".parse().unwrap()),
            took: Nanos(0),
            parked: Nanos(0),
            result,
        }
    }

    fn left(calls: &[CallReturned]) -> Vec<u32> {
        let (mut held, mut known) = (Held::default(), Known::default());
        for one in calls {
            held.call(one);
            if one.call == Call::Duplicate {
                known.add_descriptor(one.socket);
            } else if one.call == Call::CloseCopy {
                known.drop_descriptors(one.socket, 1);
            }
        }
        let closed = held.close(&mut known);
        closed.iter().map(|closed| closed.socket.0).collect()
    }

    #[test]
    fn what_was_opened_and_not_closed_is_held() {
        let done = Returned::Ok(0);
        let listen = call(1, Call::Listen { backlog: 1 }, done);
        let opened = Some(SocketId(2));
        let accept = call(1, Call::Accept { opened }, Returned::Ok(2));
        let close = || call(2, Call::Close { unread: None }, done);
        let copy = || call(2, Call::Duplicate, done);
        let close_copy = || call(2, Call::CloseCopy, done);
        let held_by = "other".to_owned();
        let in_use = call(2, Call::CloseInUse { held_by }, done);
        let refused = call(3, Call::Connect, Returned::Err(Errno::ECONNREFUSED));
        let begun = [listen, accept];
        for (then, expected) in [
            (vec![], &[1, 2][..]),
            (vec![close()], &[1]),
            (vec![copy(), close_copy()], &[1, 2]),
            (vec![copy(), close_copy(), close()], &[1]),
            (vec![in_use], &[1, 2]),
            (vec![refused], &[1, 2]),
        ] {
            assert_eq!(left(&[&begun[..], &then].concat()), expected);
        }
    }
}
