//! The two families of RST that Linux writes, told apart by the header, and the segment a reply answers.
//!
//! Sources: `tcp_send_active_reset` and `tcp_v4_send_reset` / `tcp_v6_send_reset` of `net/ipv4`, `net/ipv6`.

use crate::connection::flow::Flow;
use crate::connection::{Connection, SegmentSent};
use crate::tcp::flags::Flags;
use crate::tcp::segment::LINUX_TTL;
use crate::units::Nanos;

use super::reset::PROMPT;

/// Which code path of the kernel can have written a RST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A socket's own decision: RST,ACK with `seq = snd_nxt`, a real window, timestamps where agreed.
    Active,
    /// An answer to one segment with ACK: bare RST, `seq` = that ACK, window 0, no options.
    Reply,
    /// An answer to one segment without ACK, mostly a SYN: RST,ACK, `seq` 0, window 0, no options.
    AnswerToSyn,
    /// Neither: window, IP identification, time to live or options do not fit a Linux endpoint.
    Foreign,
}

impl Shape {
    /// What the header shows, as a clause.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Active => "the header is that of a socket's own decision (RST,ACK with a window)",
            Self::Reply => "the header is that of an answer to a segment (bare RST, window 0)",
            Self::AnswerToSyn => {
                "the header is that of an answer to a SYN (RST,ACK, seq 0, window 0)"
            }
            Self::Foreign => "the header fits no RST that Linux writes by itself",
        }
    }
}

/// The family of this RST; `before` is the flow up to it.
pub(crate) fn shape_of(rst: &SegmentSent, before: &Flow) -> Shape {
    let segment = &rst.segment;
    let own = before.of(rst.from);
    let only = Flags::RST.with(Flags::ACK);
    let extra = segment.flags.0 & !only.0 != 0;
    let other_system = own.ttl == Some(segment.ttl) && segment.ttl > LINUX_TTL;
    if other_system {
        return shape_by_flags(rst);
    }
    let strange_ttl = own.ttl.is_some_and(|ttl| ttl != segment.ttl);
    if extra || strange_ttl {
        return Shape::Foreign;
    }
    let id_is_zero = segment.ip_id.is_none_or(|id| id == 0);
    let timestamps = segment.options.timestamps.is_some();
    let bare = segment.window == 0 && !timestamps && id_is_zero;
    if !segment.flags.ack() {
        return if bare { Shape::Reply } else { Shape::Foreign };
    }
    if bare && segment.seq.0 == 0 {
        return Shape::AnswerToSyn;
    }
    let agreed = own.timestamps && before.of(rst.from.other()).timestamps;
    let spoke = own.ttl.is_some() && before.of(rst.from.other()).ttl.is_some();
    let wraps = own.ip_id.is_none_or(|last| last > u16::MAX - MOST_PARTS);
    let id_fits = segment.ip_id.is_none_or(|id| id != 0 || wraps);
    let seq_fits = own.snd_nxt.is_none_or(|nxt| {
        let una = before.of(rst.from.other()).rcv_nxt.unwrap_or(nxt);
        nxt.distance_to(segment.seq) <= 0 && una.distance_to(segment.seq) >= 0
    });
    let fits = id_fits
        && seq_fits
        && (timestamps == agreed || !spoke)
        && (segment.window > 0 || timestamps);
    if fits { Shape::Active } else { Shape::Foreign }
}

/// A socket's identification begins at random and grows by one with each datagram, by more with one that is sent in
/// parts; at most by so many. Zero comes round once in 65 536, and is as often the first of an end that has sent no
/// more than a SYN,ACK, which has none. Source: `ip_select_ident_segs`, `tcp_v4_syn_recv_sock`.
const MOST_PARTS: u16 = 64;

/// The family by flags alone: what it would be if the sender is no Linux.
///
/// Other systems write other windows, identifications and options into their RSTs.
pub(crate) fn shape_by_flags(rst: &SegmentSent) -> Shape {
    let segment = &rst.segment;
    let only = Flags::RST.with(Flags::ACK);
    if segment.flags.0 & !only.0 != 0 {
        return Shape::Foreign;
    }
    match (segment.flags.ack(), segment.seq.0) {
        (false, _) => Shape::Reply,
        (true, 0) => Shape::AnswerToSyn,
        (true, _) => Shape::Active,
    }
}

/// How far back a trigger is looked for, in segments: what can be in flight at once.
pub(crate) const IN_FLIGHT: usize = 256;

/// Index of the segment that a reply answers; `None` when no segment in the capture fits.
///
/// Of several in flight at once it is the earliest not answered yet: two segments in flight draw two resets.
/// `taken` holds the indices that earlier replies answered.
pub(crate) fn trigger(
    connection: &Connection,
    index: usize,
    before: &Flow,
    shape: Shape,
    taken: &[usize],
) -> Option<usize> {
    let rst = connection.segments.get(index)?;
    let received = before.of(rst.from).rcv_nxt;
    let mut latest = None;
    let mut new: Vec<(usize, Nanos)> = Vec::new();
    let start = index.saturating_sub(IN_FLIGHT);
    for (at, sent) in connection
        .segments
        .iter()
        .enumerate()
        .take(index)
        .skip(start)
    {
        let segment = &sent.segment;
        if sent.from == rst.from
            || segment.flags.rst()
            || taken.iter().rev().take(IN_FLIGHT).any(|one| *one == at)
        {
            continue;
        }
        let answers = match shape {
            Shape::Reply => segment.flags.ack() && segment.ack == rst.segment.seq,
            Shape::AnswerToSyn => !segment.flags.ack() && segment.seq_end() == rst.segment.ack,
            Shape::Active | Shape::Foreign => false,
        };
        if !answers {
            continue;
        }
        latest = Some(at);
        let is_new = segment.seq_len() > 0
            && received.is_none_or(|received| received.distance_to(segment.seq_end()) > 0);
        if is_new {
            new.push((at, sent.at));
        }
    }
    if new.is_empty() && latest.is_some_and(|at| !is_prompt(connection, at, rst, before)) {
        return None;
    }
    let together = new.last().map(|(_, at)| *at - PROMPT);
    let burst = new.iter().find(|(_, at)| Some(*at) >= together);
    burst.map(|(at, _)| *at).or(latest)
}

/// A bare ACK draws an answer at once or not at all; on a path of unknown length within this time.
pub(crate) const SLOW_PATH: Nanos = Nanos::from_millis(500);
/// The final ACK of a handshake on loopback is answered within this time.
const AT_ONCE: Nanos = Nanos::from_millis(2);

/// Whether the segment of that index, which carries nothing new, can have drawn the RST.
fn is_prompt(connection: &Connection, at: usize, rst: &SegmentSent, before: &Flow) -> bool {
    let Some(answered) = connection.segments.get(at) else {
        return false;
    };
    let local = connection.client.address.ip().is_loopback();
    let is_handshake = before.of(rst.from.other()).spoken <= 1;
    let limit = match (local, is_handshake) {
        (true, true) => AT_ONCE,
        (true, false) => PROMPT,
        (false, _) => SLOW_PATH,
    };
    rst.at - answered.at <= limit
}
