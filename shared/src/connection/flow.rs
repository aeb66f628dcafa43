//! What both ends had sent and acknowledged at one point of a connection, kept while walking its segments.
//!
//! The names are those of RFC 9293 §3.3.1. States facts of the wire only.

use super::{Connection, Role, SegmentSent};
use crate::tcp::checksum::Checksum;
use crate::tcp::seq_num::SeqNum;
use crate::units::Nanos;

/// Both ends' numbers before or after some segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    client: SentSoFar,
    server: SentSoFar,
    /// Where this was seen, checksums of ordinary segments are left to the device.
    pub offloads: bool,
}

/// What one end had sent so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SentSoFar {
    /// The first SYN's number.
    pub isn: Option<SeqNum>,
    /// The number after the highest sent; RSTs do not count.
    pub snd_nxt: Option<SeqNum>,
    /// The highest acknowledgement it sent: what it had received in order.
    pub rcv_nxt: Option<SeqNum>,
    /// Bytes of the other end that it acknowledged, SYN not counted, FIN counted.
    pub received: u64,
    /// Payload bytes sent, repetitions not counted.
    pub payload: u64,
    /// Its FIN.
    pub fin: Option<FinSent>,
    /// When, and by the segment of which index, its FIN was acknowledged.
    pub fin_acked: Option<(usize, Nanos)>,
    /// Segments that are neither SYN nor RST.
    pub spoken: u32,
    /// Segments with SYN.
    pub syns: u32,
    /// RSTs that claim to come from it.
    pub rsts: u32,
    /// When it last sent anything but a RST.
    pub last_at: Option<Nanos>,
    /// It offered no window at some time.
    pub zero_window: bool,
    /// Keepalive probes sent since it last sent anything new.
    pub probes: u32,
    /// Of these, those after which the other end said nothing.
    pub unanswered_probes: u32,
    /// When the last two of these probes left.
    pub probe_times: Option<(Nanos, Nanos)>,
    /// Segments with the urgent flag.
    pub urgent: u32,
    /// The time to live of its last segment.
    pub ttl: Option<u8>,
    /// The identification of its last IPv4 datagram that had one; a SYN,ACK has none.
    pub ip_id: Option<u16>,
    /// It sent timestamps.
    pub timestamps: bool,
    /// Its window scale; 0 until it sent a SYN with one.
    pub window_scale: u8,
    /// The window field of its last segment, not scaled.
    pub window: u16,
    /// The largest payload of one segment, in bytes.
    pub largest: u32,
    /// When and in which segment it last sent payload.
    pub last_payload: Option<(usize, Nanos)>,
}

/// A FIN on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FinSent {
    /// The number after the FIN's.
    pub end: SeqNum,
    /// Index of its segment within the connection.
    pub index: usize,
    pub at: Nanos,
}

impl Flow {
    pub const fn of(&self, role: Role) -> &SentSoFar {
        match role {
            Role::Client => &self.client,
            Role::Server => &self.server,
        }
    }

    const fn of_mut(&mut self, role: Role) -> &mut SentSoFar {
        match role {
            Role::Client => &mut self.client,
            Role::Server => &mut self.server,
        }
    }

    /// The whole connection's flow, without the segments that `is_foreign` says neither end wrote.
    pub fn over(connection: &Connection, is_foreign: impl Fn(&SegmentSent) -> bool) -> Self {
        let mut flow = Self::default();
        for (index, sent) in connection.segments.iter().enumerate() {
            if !is_foreign(sent) {
                flow.note(index, sent);
            }
        }
        flow
    }

    /// Payload bytes that `role` had acknowledged.
    pub fn payload_received(&self, role: Role) -> u64 {
        let own = self.of(role);
        let fin = self.of(role.other()).fin;
        let past_fin = matches!((own.rcv_nxt, fin), (Some(rcv_nxt), Some(fin))
            if fin.end.distance_to(rcv_nxt) >= 0);
        own.received.saturating_sub(u64::from(past_fin))
    }

    /// How many more bytes `role` may send before it must wait for a larger window.
    pub fn window_left(&self, role: Role) -> u64 {
        let (own, other) = (self.of(role), self.of(role.other()));
        let (Some(nxt), Some(acked)) = (own.snd_nxt, other.rcv_nxt) else {
            return u64::MAX;
        };
        let window = u64::from(other.window) << other.window_scale;
        let in_flight = acked.distance_to(nxt).max(0).unsigned_abs();
        window.saturating_sub(u64::from(in_flight))
    }

    /// Whether the SYN of `role` is out and was not yet answered as it should be.
    pub fn in_syn_sent(&self, role: Role) -> bool {
        let own = self.of(role);
        own.syns > 0 && own.spoken == 0 && own.rcv_nxt.is_none()
    }

    /// Takes in the next segment; `index` is its index within the connection.
    pub fn note(&mut self, index: usize, sent: &SegmentSent) {
        let segment = &sent.segment;
        let flags = segment.flags;
        if flags.rst() {
            self.of_mut(sent.from).rsts += 1;
            return;
        }
        self.offloads |= segment.checksum == Checksum::Partial;
        self.of_mut(sent.from.other()).unanswered_probes = 0;
        let own = self.of_mut(sent.from);
        own.last_at = Some(sent.at);
        own.ttl = Some(segment.ttl);
        own.ip_id = segment.ip_id.filter(|id| *id != 0).or(own.ip_id);
        own.timestamps |= segment.options.timestamps.is_some();
        own.zero_window |= segment.window == 0 && !flags.syn();
        own.window = segment.window;
        own.largest = own.largest.max(segment.payload_len);
        if segment.payload_len > 0 {
            own.last_payload = Some((index, sent.at));
        }
        own.urgent += u32::from(flags.has(crate::tcp::flags::Flags::URG));
        if flags.syn() {
            own.syns += 1;
            own.window_scale = segment.options.window_scale.unwrap_or(0).min(14);
            own.isn.get_or_insert(segment.seq);
        } else {
            own.spoken += 1;
        }
        own.note_numbers(index, sent);
        if flags.ack() {
            self.note_ack(index, sent);
        }
    }

    fn note_ack(&mut self, index: usize, sent: &SegmentSent) {
        let ack = sent.segment.ack;
        let other = self.of_mut(sent.from.other());
        if let Some(fin) = other.fin
            && other.fin_acked.is_none()
            && fin.end.distance_to(ack) >= 0
        {
            other.fin_acked = Some((index, sent.at));
        }
        let first = other.isn.map(|isn| isn.plus(1));
        let own = self.of_mut(sent.from);
        let from = own.rcv_nxt.or(first).unwrap_or(ack);
        let forward = from.distance_to(ack);
        if forward >= 0 {
            own.received += u64::from(forward.unsigned_abs());
            own.rcv_nxt = Some(ack);
        }
    }
}

impl SentSoFar {
    fn note_numbers(&mut self, index: usize, sent: &SegmentSent) {
        let segment = &sent.segment;
        let end = segment.seq_end();
        let flags = segment.flags;
        let next = self.snd_nxt.unwrap_or(segment.seq);
        let is_probe = !flags.syn()
            && !flags.fin()
            && segment.payload_len <= 1
            && self.snd_nxt.is_some()
            && next.distance_to(segment.seq) == -1;
        if is_probe {
            self.probes += 1;
            self.unanswered_probes += 1;
            let last = self.probe_times.map_or(sent.at, |(_, last)| last);
            self.probe_times = Some((last, sent.at));
            return;
        }
        let forward = next.distance_to(end);
        if forward > 0 || self.snd_nxt.is_none() {
            let controls = u32::from(flags.syn()) + u32::from(flags.fin());
            let new = forward.unsigned_abs().saturating_sub(controls);
            self.payload += u64::from(new.min(segment.payload_len));
            self.snd_nxt = Some(end);
            self.probes = 0;
            self.unanswered_probes = 0;
        }
        if flags.fin() && self.fin.is_none() {
            self.fin = Some(FinSent {
                end,
                index,
                at: sent.at,
            });
        }
    }
}
