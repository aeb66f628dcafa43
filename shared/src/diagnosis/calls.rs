//! What the recorded calls say of one RST: the call it left within, options in force, bytes never read.

use super::reset::Reset;
use super::run::end_of;
use crate::connection::Role;
use crate::errno::Errno;
use crate::event::call::{Call, CallReturned, How, Returned};
use crate::event::{Event, EventId, Source};
use crate::units::Nanos;

/// A call that ended or could end a connection, and what it was made on.
#[derive(Clone, Copy)]
pub(crate) struct EndingCall<'a> {
    pub(crate) event: &'a Event,
    pub(crate) call: &'a CallReturned,
    /// It was made on the listening socket, not on the connection.
    pub(crate) on_listener: bool,
}

/// Bytes that the sender had received and its program never read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unread {
    pub(crate) received: u64,
    pub(crate) read: u64,
    /// Urgent bytes among them: these can stay unread although every `recv` took all it was given.
    pub(crate) urgent: u64,
}

/// What the calls say of `SO_LINGER` with time 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LingerZero {
    /// Calls cannot say.
    Unknown,
    Never,
    /// In force by that call.
    Set(EventId),
}

/// Whether a program looked at bytes without taking them from the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OddReads {
    None,
    Peeked,
    Urgent,
}

impl Unread {
    pub(crate) const fn bytes(self) -> u64 {
        self.received.saturating_sub(self.read)
    }
}

/// Clocks of calls and segments agree to a tenth of this.
const CLOCK_ERROR: Nanos = Nanos::from_micros(2);

impl<'a> Reset<'a> {
    /// The sender's `close`, `shutdown` or `disconnect` within which the RST left.
    pub(crate) fn sending_call(&self) -> Option<EndingCall<'a>> {
        let own = self.run.calls_of(self.connection, self.from);
        let own = own.map(|(event, call)| EndingCall {
            event,
            call,
            on_listener: false,
        });
        let on_listener = self.listener_calls();
        let mut all = own
            .chain(on_listener)
            .filter(|ending| is_ending(ending.call));
        let encloses = |ending: &EndingCall<'_>| {
            let end = end_of(ending.event, ending.call) + CLOCK_ERROR;
            ending.event.at <= self.at() + CLOCK_ERROR && self.at() <= end
        };
        all.find(encloses)
    }

    /// The calls on the listener that owned the connection; none when the sender is not the server.
    pub(crate) fn listener_calls(&self) -> impl Iterator<Item = EndingCall<'a>> + use<'a> {
        let listener = match self.from {
            Role::Server => self.connection.listener,
            Role::Client => None,
        };
        let calls = self.run.listener_calls(listener);
        calls.map(|(event, call)| EndingCall {
            event,
            call,
            on_listener: true,
        })
    }

    /// The sender's last `close` or `shutdown` that began before the given time.
    pub(crate) fn last_ending_before(&self, at: Nanos) -> Option<EndingCall<'a>> {
        let own = self.run.calls_of(self.connection, self.from);
        own.filter(|(event, call)| event.at <= at && is_ending(call))
            .last()
            .map(|(event, call)| EndingCall {
                event,
                call,
                on_listener: false,
            })
    }

    /// The sender's program called something on the connection after that time: it still held the socket.
    pub(crate) fn used_after(&self, at: Nanos) -> Option<EventId> {
        let own = self.run.calls_of(self.connection, self.from);
        let mut later = own.filter(|(event, _)| event.at > at);
        later.next().map(|(event, _)| event.id)
    }

    /// Reads of the sender's program that took nothing from the stream.
    pub(crate) fn odd_reads(&self) -> OddReads {
        let mut odd = OddReads::None;
        for (_, call) in self.run.calls_of(self.connection, self.from) {
            match (&call.call, call.result) {
                (
                    Call::Receive {
                        out_of_band: true, ..
                    },
                    Returned::Ok(1..),
                ) => return OddReads::Urgent,
                (Call::Receive { peek: true, .. }, Returned::Ok(1..)) => odd = OddReads::Peeked,
                _ => {}
            }
        }
        odd
    }

    /// The sender's kernel had given the connection up by itself, although the program still held the descriptor:
    /// a timer ran out, or the socket was destroyed. Source: `tcp_write_err`, `tcp_abort`.
    pub(crate) fn kernel_gave_up(&self) -> bool {
        let told = |call: &CallReturned| {
            call.failed_with(Errno::ETIMEDOUT) || call.failed_with(Errno::ECONNABORTED)
        };
        let mut own = self.run.calls_of(self.connection, self.from);
        own.any(|(_, call)| told(call))
            || self
                .run
                .counters
                .total("TcpExtTCPAbortOnTimeout")
                .is_some_and(|moved| moved > 0)
    }

    /// `accept` had returned the connection; `None` when calls cannot say.
    pub(crate) fn was_accepted(&self) -> Option<bool> {
        let listener = self.connection.listener;
        let server_known = self.has(Source::Calls)
            && listener.is_some_and(|listener| self.run.accepts_are_tied(listener));
        if self.connection.server.socket.is_some() {
            return Some(true);
        }
        server_known.then_some(false)
    }

    /// The call that set an option to the value in force when the RST left: the socket's own, else the
    /// listener's, which `accept` hands on.
    pub(crate) fn option_in_force(&self, name: &str) -> Option<(EventId, &'a str)> {
        let set = |(event, call): (&'a Event, &'a CallReturned)| {
            let Call::SetOption { option, value } = &call.call else {
                return None;
            };
            let worked = matches!(call.result, Returned::Ok(_)) && event.at <= self.at();
            (option == name && worked).then_some((event.id, value.as_str()))
        };
        let own = self
            .run
            .calls_of(self.connection, self.from)
            .filter_map(set)
            .last();
        let begun = self
            .connection
            .segments
            .first()
            .map_or(self.at(), |sent| sent.at);
        own.or_else(|| {
            let before = self
                .listener_calls()
                .filter(|ending| ending.event.at <= begun);
            before
                .map(|ending| (ending.event, ending.call))
                .filter_map(set)
                .last()
        })
    }

    /// Whether `SO_LINGER` on with time 0 was in force.
    pub(crate) fn linger_zero(&self) -> LingerZero {
        if !self.covers_sender() {
            return LingerZero::Unknown;
        }
        match self.option_in_force("SO_LINGER") {
            Some((event, value)) if is_linger_zero(value) => LingerZero::Set(event),
            Some(_) | None => LingerZero::Never,
        }
    }

    /// Bytes received against bytes read; `None` when calls cannot say.
    pub(crate) fn unread(&self) -> Option<Unread> {
        if !self.has(Source::Calls) || self.connection.end(self.from).socket.is_none() {
            return None;
        }
        let mut read = 0;
        for (event, call) in self.run.calls_of(self.connection, self.from) {
            if let (
                Call::Receive {
                    peek: false,
                    out_of_band: false,
                    ..
                },
                Returned::Ok(bytes),
            ) = (&call.call, call.result)
                && event.at <= self.at()
            {
                read += bytes;
            }
        }
        Some(Unread {
            received: self.received(),
            read,
            urgent: u64::from(self.before.of(self.to()).urgent),
        })
    }

    /// What the kernel said was unread right before the `close`; `None` when it was not asked.
    pub(crate) fn unread_at_close(&self) -> Option<u32> {
        let own = self.run.calls_of(self.connection, self.from);
        let closes = own.filter(|(event, _)| event.at <= self.at() + CLOCK_ERROR);
        let said = closes.filter_map(|(_, call)| {
            let Call::Close { unread } = &call.call else {
                return None;
            };
            *unread
        });
        said.last()
    }
}

/// `{1,0}` in any spacing.
pub(crate) fn is_linger_zero(value: &str) -> bool {
    let numbers = value.trim_matches(|c: char| matches!(c, '{' | '}') || c.is_whitespace());
    let mut parts = numbers.split(',').map(|part| part.trim().parse::<i64>());
    matches!((parts.next(), parts.next(), parts.next()), (Some(Ok(on)), Some(Ok(0)), None) if on != 0)
}

/// A call after which a socket may be gone.
fn is_ending(call: &CallReturned) -> bool {
    let half = Call::Shutdown { how: How::Read };
    call.call != half
        && matches!(
            call.call,
            Call::Close { .. } | Call::Disconnect | Call::Shutdown { .. }
        )
}
