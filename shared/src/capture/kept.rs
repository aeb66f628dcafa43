//! What is kept of one segment: its header in a few words, out of which an event can be made again.

use std::net::{IpAddr, SocketAddr};

use crate::event::segment_seen::{Bytes, SegmentSeen};
use crate::event::{Event, EventBody, EventId};
use crate::tcp::checksum::{self, Checksum};
use crate::tcp::flags::Flags;
use crate::tcp::seq_num::SeqNum;
use crate::units::Nanos;

/// One segment's header. Everything that the diagnosis reads of an ordinary segment is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// Nanoseconds as the file counts them.
    pub(super) at: u64,
    pub(super) frame: u32,
    pub(super) seq: u32,
    pub(super) ack: u32,
    /// Payload bytes on the wire.
    pub(super) payload: u32,
    /// Valid with [`Self::TIMESTAMPS`].
    pub(super) timestamps: (u32, u32),
    pub(super) window: u16,
    pub(super) urgent: u16,
    /// 0 for IPv6.
    pub(super) ip_id: u16,
    /// Where the capturing machine saw it.
    pub(super) via: u16,
    pub(super) ttl: u8,
    pub(super) flags: Flags,
    /// The bits below.
    pub(super) marks: u8,
}

impl Kept {
    /// It came from the smaller of the two addresses.
    pub(super) const FROM_LOW: u8 = 1;
    pub(super) const V6: u8 = 2;
    pub(super) const TIMESTAMPS: u8 = 4;
    /// Its option bytes are kept beside.
    pub(super) const OPTIONS: u8 = 8;
    /// The machine that captured was sending it.
    pub(super) const OUTGOING: u8 = 16;
    /// A copy of it was passed over.
    pub(super) const COPIED: u8 = 32;
    /// What its checksum was, on Linux's loopback, where that tells who wrote it: one of these, or both where wrong.
    const PARTIAL: u8 = 64;
    const COMPLETE: u8 = 128;

    pub(super) const fn is(&self, mark: u8) -> bool {
        self.marks & mark != 0
    }

    pub(super) const fn mark(&mut self, mark: u8, set: bool) {
        if set {
            self.marks |= mark;
        }
    }

    pub(super) const fn mark_checksum(&mut self, checksum: Checksum) {
        let (partial, complete) = match checksum {
            Checksum::Unknown => (false, false),
            Checksum::Partial => (true, false),
            Checksum::Complete => (false, true),
            Checksum::Wrong => (true, true),
        };
        self.mark(Self::PARTIAL, partial);
        self.mark(Self::COMPLETE, complete);
    }

    const fn checksum(&self) -> Checksum {
        match (self.is(Self::PARTIAL), self.is(Self::COMPLETE)) {
            (false, false) => Checksum::Unknown,
            (true, false) => Checksum::Partial,
            (false, true) => Checksum::Complete,
            (true, true) => Checksum::Wrong,
        }
    }

    /// 0 from the smaller address, 1 from the larger.
    pub(super) const fn side(&self) -> usize {
        if self.is(Self::FROM_LOW) { 0 } else { 1 }
    }

    /// The number after its last. RFC 9293 §3.4.
    pub(super) const fn end(&self) -> SeqNum {
        let controls = self.flags.syn() as u32 + self.flags.fin() as u32;
        SeqNum(self.seq).plus(self.payload.wrapping_add(controls))
    }

    /// A number that is the same for the same datagram, and for few others.
    pub(super) const fn digest(&self) -> u32 {
        self.seq ^ self.ack.rotate_left(16) ^ self.payload.rotate_left(8) ^ self.flags.0 as u32
    }

    /// Whether the other is the same datagram but for its time to live, which routers lower.
    pub(super) fn is_same_datagram(&self, other: &Self) -> bool {
        const SAME: u8 = Kept::FROM_LOW | Kept::V6 | Kept::TIMESTAMPS;
        self.seq == other.seq
            && self.ack == other.ack
            && self.flags == other.flags
            && self.payload == other.payload
            && self.window == other.window
            && self.ip_id == other.ip_id
            && self.timestamps == other.timestamps
            && (self.marks ^ other.marks) & SAME == 0
    }

    /// The segment as an event with its frame's number; `options` where they were kept beside.
    ///
    /// The header is written anew: IP options, extension headers and the IP checksum are gone, and the segment's own
    /// checksum is again what it was of.
    pub(super) fn event(
        &self,
        ends: (SocketAddr, SocketAddr),
        options: Option<&[u8]>,
        base: u64,
    ) -> Event {
        let (src, dst) = if self.is(Self::FROM_LOW) {
            ends
        } else {
            (ends.1, ends.0)
        };
        let mut bytes = Vec::with_capacity(100);
        let stamps;
        let options = match options {
            Some(options) => options,
            None if self.is(Self::TIMESTAMPS) => {
                stamps = timestamps(self.timestamps);
                &stamps
            }
            None => &[],
        };
        let words = options.len().div_ceil(4).min(10);
        let tcp_len = u32::try_from(20 + 4 * words)
            .unwrap_or(60)
            .saturating_add(self.payload);
        let len = self.ip_header(&mut bytes, src.ip(), dst.ip(), tcp_len);
        let tcp_at = bytes.len();
        bytes.extend(src.port().to_be_bytes());
        bytes.extend(dst.port().to_be_bytes());
        bytes.extend(self.seq.to_be_bytes());
        bytes.extend(self.ack.to_be_bytes());
        bytes.extend([u8::try_from(5 + words).unwrap_or(15) << 4, self.flags.0]);
        bytes.extend(self.window.to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend(self.urgent.to_be_bytes());
        bytes.extend(options.iter().take(40));
        bytes.resize(tcp_at + 20 + 4 * words, 0);
        let (_, tcp) = bytes.split_at_mut(tcp_at);
        let field = checksum::field(src.ip(), dst.ip(), tcp, self.checksum());
        for (byte, new) in tcp.iter_mut().skip(16).zip(field.to_be_bytes()) {
            *byte = new;
        }
        Event {
            id: EventId(self.frame),
            at: Nanos(self.at.saturating_sub(base)),
            body: EventBody::Segment(SegmentSeen {
                raw: Bytes(bytes),
                len,
            }),
        }
    }

    /// Writes the IP header and gives the datagram's length; a length that fits no field is written as 0.
    fn ip_header(&self, bytes: &mut Vec<u8>, src: IpAddr, dst: IpAddr, tcp_len: u32) -> u32 {
        if let (IpAddr::V4(src), IpAddr::V4(dst), false) = (src, dst, self.is(Self::V6)) {
            let len = tcp_len.saturating_add(20);
            bytes.extend([0x45, 0]);
            bytes.extend(u16::try_from(len).unwrap_or(0).to_be_bytes());
            bytes.extend(self.ip_id.to_be_bytes());
            bytes.extend([0x40, 0, self.ttl, 6, 0, 0]);
            bytes.extend(src.octets());
            bytes.extend(dst.octets());
            return len;
        }
        bytes.extend([0x60, 0, 0, 0]);
        bytes.extend(u16::try_from(tcp_len).unwrap_or(0).to_be_bytes());
        bytes.extend([6, self.ttl]);
        for ip in [src, dst] {
            let octets = match ip {
                IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
                IpAddr::V6(ip) => ip.octets(),
            };
            bytes.extend(octets);
        }
        tcp_len.saturating_add(40)
    }
}

fn timestamps((value, echo): (u32, u32)) -> [u8; 12] {
    let ([v0, v1, v2, v3], [e0, e1, e2, e3]) = (value.to_be_bytes(), echo.to_be_bytes());
    [1, 1, 8, 10, v0, v1, v2, v3, e0, e1, e2, e3]
}
