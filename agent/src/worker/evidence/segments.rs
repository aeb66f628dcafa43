//! Every segment on the namespace's loopback interface, with the start and the end of the capture proved.
//!
//! A frame of an Ethernet type that nobody uses travels through the interface: what was sent before it has been
//! seen when it has been seen. It moves no counter of IP or TCP.

use std::collections::BTreeSet;
use std::io;
use std::os::fd::{AsRawFd, RawFd};

use aftershake_shared::event::segment_seen::{Bytes, SegmentSeen};
use aftershake_shared::event::trouble::Trouble;
use aftershake_shared::event::{EventBody, Source};
use aftershake_shared::tcp::segment::{NotASegment, read_segment};

use crate::sys::packet_socket::{ETHERNET_HEADER, PacketSender, PacketSocket};
use crate::sys::{poll, thread};
use crate::worker::clock::{self, Clock};
use crate::worker::recorder::Recorder;

use super::couriers;
use super::room::Room;

/// Local experimental Ethertype 1. Source: IEEE 802, RFC 9542 §3.
const SENTINEL: u16 = 0x88b5;
/// How long a sentinel may take before the capture counts as broken.
const PATIENCE_NS: u64 = 200_000_000;
/// For so long a sentinel is looked for without sleeping: waking up takes longer than most of them do.
const WATCHED_NS: u64 = 60_000;
/// Raw bytes kept of one run; later segments keep their headers only.
const RAW_BUDGET: usize = 32 << 20;
/// Bytes kept of each segment once the budget is spent.
const HEADERS: usize = 160;

/// The capture of one namespace.
pub(crate) struct Segments {
    socket: PacketSocket,
    next_sentinel: u64,
    raw_left: usize,
    room: Room,
}

impl Segments {
    pub(crate) fn open() -> io::Result<Self> {
        Ok(Self::with(PacketSocket::open()?))
    }

    /// With room for runs that send more than a socket's buffer holds, but only the first 2 KB of each segment.
    pub(crate) fn open_large() -> io::Result<Self> {
        Ok(Self::with(PacketSocket::open_large()?))
    }

    fn with(socket: PacketSocket) -> Self {
        Self {
            socket,
            next_sentinel: 1,
            raw_left: RAW_BUDGET,
            room: Room::without_limit(),
        }
    }

    /// Notes so many segments; of further ones those that open or end connections, and the last.
    pub(crate) fn limit(&mut self, segments: u64) {
        self.room = Room::of(segments);
    }

    /// Proves that frames arrive and that their stamps are true.
    ///
    /// The first socket on a machine that asks for stamps switches them on some time later; until then there is
    /// none. So a sentinel is repeated until its stamp lies within its own sending.
    ///
    /// # Errors
    /// [`Trouble::Absent`] when no stamped sentinel came back in time.
    pub(crate) fn begin(&mut self) -> Result<(), Trouble> {
        let began = clock::tick();
        while clock::tick() - began < PATIENCE_NS {
            let before = clock::wall();
            let id = self.next_sentinel();
            if send_sentinel(&self.socket.sender(), id).is_err() {
                break;
            }
            let after = clock::wall();
            let (_, stamp) = self.drain_until(&mut BTreeSet::from([id]), &mut |_, _| {});
            if stamp.is_some_and(|stamp| (before..=after).contains(&stamp)) {
                return Ok(());
            }
        }
        Err(Trouble::Absent {
            evidence: Source::Segments,
            reason: "no frame of the loopback interface came back with a true time stamp"
                .to_owned(),
            remedy: "run it again; if it stays, this kernel stamps no packets".to_owned(),
        })
    }

    /// Notes what has arrived.
    pub(crate) fn drain(&mut self, clock: &Clock, recorder: &mut Recorder<'_>) {
        let clock = clock.measured_again();
        self.note_until(&mut BTreeSet::new(), &clock, recorder);
    }

    /// Notes everything up to now and proves that nothing sent before is missing.
    ///
    /// Each processor has a queue of its own on loopback: one sentinel through each proves all of them.
    pub(crate) fn finish(&mut self, clock: &Clock, recorder: &mut Recorder<'_>) {
        let clock = clock.measured_again();
        let cpus = thread::allowed_cpus();
        let here = thread::current_cpu();
        let mut awaited = BTreeSet::new();
        // To stay here costs nothing, to go there much: whoever is at home on the others sends theirs.
        let mut sent = thread::pin_to(here).is_ok();
        for cpu in cpus.iter().filter(|cpu| **cpu != here) {
            let id = self.next_sentinel();
            awaited.insert(id);
            let sender = self.socket.sender();
            sent &= couriers::send_from(*cpu, move || send_sentinel(&sender, id));
        }
        let own = self.next_sentinel();
        awaited.insert(own);
        sent &= send_sentinel(&self.socket.sender(), own).is_ok();
        // What came is noted also where not every sentinel could be sent.
        let came = self.note_until(&mut awaited, &clock, recorder);
        if !(sent && came) {
            let body = EventBody::Trouble(Trouble::CaptureEndNotProved);
            recorder.note(clock.now(), body);
        }
        let _ = thread::allow_cpus(&cpus);
        for (at, seen) in self.room.last() {
            recorder.note(at, EventBody::Segment(seen));
        }
        let lost = self.room.lost + self.socket.dropped().unwrap_or(0);
        if lost > 0 {
            let trouble = Trouble::SegmentsLost { count: lost };
            recorder.note(clock.now(), EventBody::Trouble(trouble));
        }
    }

    fn note_until(
        &mut self,
        sentinels: &mut BTreeSet<u64>,
        clock: &Clock,
        recorder: &mut Recorder<'_>,
    ) -> bool {
        let mut raw_left = self.raw_left;
        let mut room = std::mem::replace(&mut self.room, Room::without_limit());
        let (seen, _) = self.drain_until(sentinels, &mut |seen: SegmentSeen, stamp| {
            let at = stamp.map_or_else(|| clock.now(), |stamp| clock.at_realtime(stamp));
            let Some((at, mut seen)) = room.admit(at, seen) else {
                return;
            };
            if seen.raw.0.len() > raw_left {
                seen.raw.0.truncate(HEADERS);
            }
            raw_left = raw_left.saturating_sub(seen.raw.0.len());
            recorder.note(at, EventBody::Segment(seen));
        });
        self.raw_left = raw_left;
        self.room = room;
        seen
    }

    fn next_sentinel(&mut self) -> u64 {
        let id = self.next_sentinel;
        self.next_sentinel += 1;
        id
    }

    /// Reads frames until the last of these sentinels, whose stamp it gives, or until none waits when there is none to
    /// wait for. Says whether all of them came; those that did not are left.
    fn drain_until(
        &mut self,
        sentinels: &mut BTreeSet<u64>,
        note: &mut dyn FnMut(SegmentSeen, Option<u64>),
    ) -> (bool, Option<u64>) {
        let began = clock::tick();
        loop {
            let fd = self.socket.as_raw_fd();
            match self.socket.receive() {
                Ok(Some(frame)) => {
                    let Some((header, datagram)) = frame.bytes.split_at_checked(ETHERNET_HEADER)
                    else {
                        continue;
                    };
                    if header.ends_with(&SENTINEL.to_be_bytes()) {
                        let id = datagram.first_chunk().map(|id| u64::from_be_bytes(*id));
                        if id.is_some_and(|id| sentinels.remove(&id)) && sentinels.is_empty() {
                            return (true, frame.stamp);
                        }
                        continue;
                    }
                    let len = u32::try_from(frame.len - ETHERNET_HEADER).unwrap_or(u32::MAX);
                    if is_tcp(datagram, len) {
                        note(
                            SegmentSeen {
                                raw: Bytes(datagram.to_vec()),
                                len,
                            },
                            frame.stamp,
                        );
                    }
                }
                Ok(None) if sentinels.is_empty() => return (false, None),
                Ok(None) => {
                    let waited = clock::tick() - began;
                    if waited < WATCHED_NS {
                        continue;
                    }
                    if waited > PATIENCE_NS {
                        return (false, None);
                    }
                    let _ = poll::wait(&[(fd, poll::Interest::Readable)], Some(1_000_000));
                }
                Err(_) => return (false, None),
            }
        }
    }
}

/// Sends a sentinel from the processor that this runs on.
fn send_sentinel(sender: &PacketSender, id: u64) -> io::Result<()> {
    let mut payload = [0; 16];
    for (to, from) in payload.iter_mut().zip(id.to_be_bytes()) {
        *to = from;
    }
    sender.send(SENTINEL, payload)
}

/// TCP, also when its header cannot be read: a malformed segment is an event.
fn is_tcp(datagram: &[u8], len: u32) -> bool {
    match read_segment(datagram, len) {
        Ok(_) | Err(NotASegment::TcpHeaderCut(_)) => true,
        Err(
            NotASegment::TooShort(_)
            | NotASegment::IpVersion(_)
            | NotASegment::Ipv4HeaderLength(_)
            | NotASegment::LaterFragment(_)
            | NotASegment::NotTcp(_),
        ) => false,
    }
}

impl AsRawFd for Segments {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}
