//! What readings of the sender's socket say of one RST: whether it still existed before, and after.

use super::reset::Reset;
use crate::event::socket_sampled::SocketSampled;
use crate::event::{Event, EventBody, EventId, Source};
use crate::tcp::state::TcpState;
use crate::units::Nanos;

/// What was left of a socket that had sent FIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// Nothing: the kernel no longer knew it.
    Nothing,
    /// A time-wait record.
    Record,
    /// The socket itself, waiting for the other end's FIN.
    Socket,
}

impl Reset<'_> {
    /// What the last reading before the given time found of the sender's socket, once its FIN had been
    /// acknowledged; `None` when no reading says so.
    pub(crate) fn left_before(&self, at: Nanos) -> Option<(EventId, Left)> {
        if !self.has(Source::Sockets) {
            return None;
        }
        let acked = self.before.of(self.from).fin_acked?.1;
        let readings = self
            .readings()
            .filter(|(event, _)| event.at > acked && event.at < at);
        let (event, sampled) = readings.last()?;
        // A call between reading and segment may have changed what was left.
        let ended_since = self
            .last_ending_before(at)
            .is_some_and(|ending| ending.from() >= event.at);
        if ended_since {
            return None;
        }
        match (sampled.state, sampled.info) {
            (TcpState::Closed, _) => Some((event.id, Left::Nothing)),
            (TcpState::FinWait2 | TcpState::TimeWait, None) => Some((event.id, Left::Record)),
            (TcpState::FinWait2, Some(_)) => Some((event.id, Left::Socket)),
            _ => None,
        }
    }

    /// A reading after the RST that found the sender's connection alive: it had not reset.
    pub(crate) fn alive_after(&self) -> Option<(EventId, TcpState)> {
        if !self.has(Source::Sockets) || !self.handshake_complete() || self.syn_again {
            return None;
        }
        let mut readings = self.readings().filter(|(event, _)| event.at > self.at());
        let (event, sampled) = readings.next()?;
        let alive = matches!(sampled.state, TcpState::Established | TcpState::CloseWait);
        alive.then_some((event.id, sampled.state))
    }

    /// The end it claims to come from went on as if nothing had been: it speaks or lives.
    pub(crate) fn sender_lives_on(&self) -> bool {
        self.spoke_after.is_some() || self.alive_after().is_some()
    }

    /// Readings of the sender's socket in order of time.
    fn readings(&self) -> impl Iterator<Item = (&Event, &SocketSampled)> {
        let own = self.connection.samples.iter();
        own.filter(|sample| sample.role == self.from)
            .filter_map(|sample| self.run.events.get(sample.position))
            .filter_map(|event| match &event.body {
                EventBody::Socket(sampled) => Some((event, sampled)),
                EventBody::Call(_)
                | EventBody::Counters(_)
                | EventBody::KernelReset(_)
                | EventBody::ProcessEnded(_)
                | EventBody::Outside(_)
                | EventBody::Segment(_)
                | EventBody::Step(_)
                | EventBody::Trouble(_) => None,
            })
    }
}
