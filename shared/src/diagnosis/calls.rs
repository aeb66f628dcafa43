//! What the recorded calls say of one RST: the call it left within, options in force, bytes never read.

use super::ending::Ending;
use super::reset::Reset;
use crate::connection::{Role, canonical};
use crate::errno::Errno;
use crate::event::call::{Call, CallReturned, Returned};
use crate::event::{Event, EventId, Source};
use crate::units::Nanos;

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
pub(crate) const CLOCK_ERROR: Nanos = Nanos::from_micros(2);

impl<'a> Reset<'a> {
    /// The sender's `close`, `shutdown`, `disconnect` or end of its process within which the RST left.
    pub(crate) fn sending_call(&self) -> Option<Ending<'a>> {
        let mut all = self.own_endings().chain(self.listener_endings());
        all.find(|ending| {
            ending.from() <= self.at() + CLOCK_ERROR && self.at() <= ending.until() + CLOCK_ERROR
        })
    }

    /// What the sender's program did that could end its connection, in order of time.
    fn own_endings(&self) -> impl Iterator<Item = Ending<'a>> + use<'a, '_> {
        let own = self.run.calls_of(self.connection, self.from);
        let calls = own.filter_map(|(event, call)| Ending::of_call(event, call, false));
        let ended = self.connection.end(self.from).ended;
        let event = ended.and_then(|ended| self.run.events.get(ended.position));
        let process = event.filter(|_| self.has(Source::Calls));
        calls.chain(process.and_then(|event| Ending::of_process(event, false)))
    }

    /// The calls on the listener that owned the connection; none when the sender is not the server.
    pub(crate) fn listener_calls(
        &self,
    ) -> impl Iterator<Item = (&'a Event, &'a CallReturned)> + use<'a> {
        let listener = match self.from {
            Role::Server => self.connection.listener,
            Role::Client => None,
        };
        self.run.listener_calls(listener)
    }

    /// What ended that listener.
    pub(crate) fn listener_endings(&self) -> impl Iterator<Item = Ending<'a>> + use<'a> {
        let calls = self.listener_calls();
        let calls = calls.filter_map(|(event, call)| Ending::of_call(event, call, true));
        let is_server = self.from == Role::Server && self.has(Source::Calls);
        let listener = self.connection.listener.filter(|_| is_server);
        let listener = listener.and_then(|socket| self.run.connections.listener(socket));
        let ended = listener.and_then(|listener| listener.ended);
        let event = ended.and_then(|ended| self.run.events.get(ended.position));
        calls.chain(event.and_then(|event| Ending::of_process(event, true)))
    }

    /// The sender's last `close`, `shutdown` or end of its process that began before the given time.
    pub(crate) fn last_ending_before(&self, at: Nanos) -> Option<Ending<'a>> {
        self.own_endings()
            .filter(|ending| ending.from() <= at)
            .last()
    }

    /// The sender's `shutdown` of its sending before the RST.
    pub(crate) fn shut_before(&self) -> Option<Ending<'a>> {
        let shut = self.own_endings().filter(Ending::is_shutdown);
        shut.filter(|ending| ending.worked() && ending.event.at <= self.at())
            .last()
    }

    /// Whether the sender let go in CLOSING or LAST-ACK with its own FIN still unsent: it had shut down its
    /// sending, and it had taken the other end's FIN. `None` when calls cannot say.
    ///
    /// Source: the last branch of `tcp_disconnect`.
    pub(crate) fn closed_in_last_ack(&self) -> Option<bool> {
        if !self.covers_sender() || self.own_fin().is_some() {
            return self.covers_sender().then_some(false);
        }
        let fin = self.before.of(self.to()).fin;
        let taken = fin.map(|fin| {
            let acked = self.before.of(self.from).rcv_nxt;
            acked.is_some_and(|acked| fin.end.distance_to(acked) >= 0)
                || fin.end.distance_to(self.sent.segment.ack) >= 0
        });
        match (self.shut_before(), taken) {
            (None, _) | (_, None) => Some(false),
            (Some(_), Some(true)) => Some(true),
            (Some(_), Some(false)) => None,
        }
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

    /// The attempts to connect from the alleged sender's address to the receiver's.
    fn connects(&self) -> impl Iterator<Item = (&'a Event, &'a CallReturned)> + '_ {
        let from = self.connection.end(self.from).address;
        let to = self.connection.end(self.to()).address;
        let all = (0..self.run.events.len()).filter_map(|position| self.run.call_at(position));
        all.filter(move |(_, call)| {
            let own = call.local.map(canonical);
            matches!(call.call, Call::Connect | Call::SendFastOpen { .. })
                && own == Some(from)
                && call
                    .remote
                    .map(canonical)
                    .is_none_or(|remote| remote.port() == to.port() || remote == to)
        })
    }

    /// Whether a program ever connected from that address.
    pub(crate) fn ever_connected(&self) -> bool {
        self.connects().next().is_some()
    }

    /// Whether a program was connecting from that address when the RST left.
    pub(crate) fn is_connecting(&self) -> bool {
        let mut all = self.connects();
        self.has(Source::Calls)
            && all.any(|(event, call)| {
                let until = event.at + call.parked + call.took;
                event.at <= self.at() && self.at() <= until
            })
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
            let before = self.listener_calls();
            before
                .filter(|(event, _)| event.at <= begun)
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
                // One that still waited had taken nothing.
                && event.at + call.parked <= self.at() + CLOCK_ERROR
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

    /// Bytes that the sender's program had not read when its socket was thrown away: what the kernel said, else what
    /// calls say. `None` when neither can tell.
    pub(crate) fn unread_bytes(&self) -> Option<u64> {
        let counted = self.unread().map(Unread::bytes);
        counted.or(self.unread_at_close().map(u64::from))
    }

    /// Bytes that the sender's program had given to its socket and that never left it; `None` without calls.
    pub(crate) fn unsent_bytes(&self) -> Option<u64> {
        self.unread()?;
        let mut given: u64 = 0;
        for (event, call) in self.run.calls_of(self.connection, self.from) {
            if let (Call::Send { .. } | Call::SendFastOpen { .. }, Returned::Ok(bytes)) =
                (&call.call, call.result)
                && event.at <= self.at()
            {
                given = given.saturating_add(bytes);
            }
        }
        Some(given.saturating_sub(self.before.of(self.from).payload))
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
        let ended = self.connection.end(self.from).ended;
        let ended = ended.filter(|_| self.has(Source::Calls));
        said.last().or(ended.and_then(|ended| ended.unread))
    }
}

/// `{1,0}` in any spacing.
pub(crate) fn is_linger_zero(value: &str) -> bool {
    let numbers = value.trim_matches(|c: char| matches!(c, '{' | '}') || c.is_whitespace());
    let mut parts = numbers.split(',').map(|part| part.trim().parse::<i64>());
    matches!((parts.next(), parts.next(), parts.next()), (Some(Ok(on)), Some(Ok(0)), None) if on != 0)
}
