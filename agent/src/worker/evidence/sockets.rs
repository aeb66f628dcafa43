//! State and queues of every socket of the run, also of those that no program holds; and whether the net is at rest.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use aftershake_shared::event::EventBody;
use aftershake_shared::event::socket_sampled::SocketSampled;
use aftershake_shared::tcp::state::TcpState;

use crate::sys::sock_diag::{Found, SockDiag, Timer, nowhere};
use crate::worker::clock::Clock;
use crate::worker::recorder::Recorder;

/// The sockets of one namespace, looked up by their addresses.
pub(crate) struct Sockets {
    diag: SockDiag,
    /// Both ends of every connection that was ever begun, and what was last noted of them.
    ends: BTreeMap<(SocketAddr, Option<SocketAddr>), Option<SocketSampled>>,
    /// Connections that a call has touched since they last were at rest, by the client's end.
    touched: Vec<(SocketAddr, SocketAddr)>,
    /// Every cookie seen, by which trace events are tied to this run.
    pub(crate) cookies: BTreeSet<u64>,
    /// Ends that their programs have closed and that the kernel's own worker has to finish: those of Multipath TCP.
    left_to_worker: BTreeSet<(SocketAddr, SocketAddr)>,
    /// Kept apart: they are looked at after every step, however many connections there are.
    listeners: Vec<SocketAddr>,
}

impl Sockets {
    pub(crate) fn open() -> io::Result<Self> {
        Ok(Self {
            diag: SockDiag::open()?,
            ends: BTreeMap::new(),
            touched: Vec::new(),
            cookies: BTreeSet::new(),
            left_to_worker: BTreeSet::new(),
            listeners: Vec::new(),
        })
    }

    /// A call was made on the connection with these ends, in either order.
    pub(crate) fn touch(&mut self, local: SocketAddr, remote: SocketAddr) {
        let pair = (local.min(remote), local.max(remote));
        self.ends.entry((local, Some(remote))).or_default();
        self.ends.entry((remote, Some(local))).or_default();
        if !self.touched.contains(&pair) {
            self.touched.push(pair);
        }
    }

    /// Looks at every connection again.
    pub(crate) fn touch_all(&mut self) {
        let ends = self.ends.keys().copied();
        let pairs: Vec<_> = ends
            .filter_map(|(local, remote)| Some((local, remote?)))
            .collect();
        for (local, remote) in pairs {
            self.touch(local, remote);
        }
    }

    /// The program at this end of a Multipath TCP connection has closed it; its FIN leaves when the kernel's worker runs.
    pub(crate) fn leave_to_worker(&mut self, local: SocketAddr, remote: SocketAddr) {
        self.left_to_worker.insert((local, remote));
    }

    /// Whether both programs have closed this connection and its FINs have not even been sent.
    fn awaits_worker(&self, pair: (SocketAddr, SocketAddr), ends: [Option<&Found>; 2]) -> bool {
        let (one, other) = pair;
        let both = [(one, other), (other, one)];
        let is_open =
            |found: &Found| matches!(found.state, TcpState::Established | TcpState::CloseWait);
        both.iter().all(|end| self.left_to_worker.contains(end))
            && ends.into_iter().flatten().any(is_open)
    }

    /// A listener was opened here.
    pub(crate) fn touch_listener(&mut self, local: SocketAddr) {
        if !self.listeners.contains(&local) {
            self.listeners.push(local);
        }
        self.ends.entry((local, None)).or_default();
    }

    /// Whether every connection seen has ended at both ends, as they were last noted; TIME-WAIT is an end.
    pub(crate) fn all_ended(&self) -> bool {
        let connections = self.ends.iter().filter(|((_, remote), _)| remote.is_some());
        let mut samples = connections.filter_map(|(_, sample)| sample.as_ref());
        samples.all(|sample| matches!(sample.state, TcpState::Closed | TcpState::TimeWait))
    }

    /// How many connections were seen.
    pub(crate) fn connections(&self) -> usize {
        self.ends.len() / 2
    }

    /// Whether something listens on that port of the loopback addresses.
    pub(crate) fn listens_on(&self, port: u16) -> bool {
        let addresses = [
            IpAddr::from(Ipv4Addr::LOCALHOST),
            Ipv6Addr::LOCALHOST.into(),
        ];
        addresses.into_iter().any(|ip| {
            let found = self.diag.find(SocketAddr::new(ip, port), nowhere(ip));
            matches!(found, Ok(Some(found)) if found.state == TcpState::Listen)
        })
    }

    /// Whether every sent byte that the window admits has arrived and no FIN waits for its ACK, on all touched connections.
    pub(crate) fn at_rest(&mut self) -> bool {
        for (one, other) in &self.touched {
            let first = self.diag.find(*one, *other).ok().flatten().filter(is_end);
            let second = self.diag.find(*other, *one).ok().flatten().filter(is_end);
            for found in [&first, &second].into_iter().flatten() {
                self.cookies.insert(found.cookie);
            }
            let ends = [first.as_ref(), second.as_ref()];
            if is_busy(ends[0], ends[1])
                || is_busy(ends[1], ends[0])
                || self.awaits_worker((*one, *other), ends)
            {
                return false;
            }
        }
        true
    }

    /// Notes what changed on touched connections and on listeners; forgets what was touched.
    pub(crate) fn note_touched(&mut self, clock: &Clock, recorder: &mut Recorder<'_>) {
        let touched = std::mem::take(&mut self.touched);
        let ends = touched
            .iter()
            .flat_map(|(one, other)| [(*one, Some(*other)), (*other, Some(*one))]);
        let listeners = self.listeners.iter().map(|local| (*local, None));
        let keys: Vec<_> = ends.chain(listeners).collect();
        for key in keys {
            self.note(key, clock, recorder);
        }
    }

    /// Notes what changed anywhere.
    pub(crate) fn note_all(&mut self, clock: &Clock, recorder: &mut Recorder<'_>) {
        self.touched.clear();
        let keys: Vec<_> = self.ends.keys().copied().collect();
        for key in keys {
            self.note(key, clock, recorder);
        }
    }

    fn note(
        &mut self,
        key: (SocketAddr, Option<SocketAddr>),
        clock: &Clock,
        recorder: &mut Recorder<'_>,
    ) {
        let (local, remote) = key;
        let at = clock.now();
        let Ok(found) = self
            .diag
            .find(local, remote.unwrap_or_else(|| nowhere(local.ip())))
        else {
            return;
        };
        let found = found.filter(|found| is_end(found) == remote.is_some());
        if let Some(found) = &found {
            self.cookies.insert(found.cookie);
        }
        let Some(last) = self.ends.get_mut(&key) else {
            return;
        };
        let sample = match found {
            Some(Found {
                state,
                unread,
                unsent,
                info,
                ..
            }) => SocketSampled {
                local,
                remote,
                state,
                unread,
                unsent,
                info,
            },
            // Nothing to say of an end that never was.
            None if last.is_none() => return,
            None => SocketSampled {
                local,
                remote,
                state: TcpState::Closed,
                unread: 0,
                unsent: 0,
                info: None,
            },
        };
        if last.as_ref() != Some(&sample) {
            *last = Some(sample.clone());
            recorder.note(at, EventBody::Socket(sample));
        }
    }

    /// Whether a timer of the kernel may still change something: a retransmission, a probe, a keepalive.
    pub(crate) fn any_timer_runs(&self) -> bool {
        let ends = self
            .ends
            .keys()
            .filter_map(|(local, remote)| Some((*local, (*remote)?)));
        let mut found =
            ends.filter_map(|(local, remote)| self.diag.find(local, remote).ok().flatten());
        found.any(|found| match found.timer {
            Timer::Retransmit | Timer::Keepalive | Timer::ZeroWindowProbe => is_end(&found),
            Timer::None | Timer::TimeWait => false,
        })
    }
}

/// A look-up by addresses falls back to the listener on that port, which is no end of a connection.
fn is_end(found: &Found) -> bool {
    found.state != TcpState::Listen
}

/// Whether something that this end has sent is still on its way.
fn is_busy(end: Option<&Found>, other: Option<&Found>) -> bool {
    let Some(end) = end else { return false };
    let Some(info) = &end.info else { return false };
    let fin_on_its_way = matches!(
        end.state,
        TcpState::FinWait1 | TcpState::Closing | TcpState::LastAck
    ) && info.not_sent == 0;
    if fin_on_its_way {
        return true;
    }
    if end.state == TcpState::SynSent {
        return false;
    }
    let sent = info.bytes_sent.saturating_sub(info.bytes_retransmitted);
    let on_its_way = match other.and_then(|other| other.info) {
        Some(there) => sent > there.bytes_received,
        // The other end is gone or no full socket: wait until the bytes are acknowledged or this end is reset.
        None => {
            end.unsent > info.not_sent && other.is_none_or(|o| o.state != TcpState::SynReceived)
        }
    };
    let in_flight = end.unsent.saturating_sub(info.not_sent);
    let room = info.snd_wnd.saturating_sub(in_flight);
    let window_admits_more = info.not_sent > 0 && room >= info.not_sent.min(info.snd_mss);
    on_its_way || window_admits_more
}
