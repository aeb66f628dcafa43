//! One connection while a capture is read: what decides where it begins and ends, and its bounded history.
//!
//! Begins a new connection where `connection::gather` does, so that both see the same ones.

use std::net::SocketAddr;

use super::fold;
use super::kept::Kept;
use super::packet::{Packet, Pair};
use crate::event::Event;
use crate::scenario::expect::Outcome;
use crate::tcp::seq_num::SeqNum;

/// A copy of a datagram follows it within this time, in nanoseconds.
const COPY_WITHIN: u64 = 10_000_000;
/// How many segments back a copy is looked for.
const COPY_BACK: usize = 4;
/// Of one connection at most so many RSTs are kept and explained; the others are counted.
pub(super) const MOST_RSTS: u32 = 1_000;

/// A history that is so long grows by so many segments at once.
const STRIDE: usize = 32;
/// Segments, and RSTs, of an outline.
const OUTLINED: usize = 4;

/// Which side a SYN made the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Roles {
    /// The client's side, as [`Kept::side`] counts.
    pub(super) client: usize,
    /// No SYN told: the higher port is called client.
    pub(super) guessed: bool,
}

/// What one side did so far.
#[derive(Clone, Copy, Debug, Default)]
struct Side {
    isn: Option<u32>,
    fin: bool,
    /// It sent something that is neither SYN nor RST.
    spoke: bool,
    /// The number after the highest that was captured.
    nxt: Option<SeqNum>,
    /// The highest acknowledgement it sent.
    acked: Option<SeqNum>,
    /// Numbers that were passed over, from and to, and have not been seen since.
    hole: Option<(SeqNum, SeqNum)>,
}

/// A connection with its history.
#[derive(Clone, Debug)]
pub(super) struct Tracked {
    pub(super) pair: Pair,
    /// Counts from 0 in order of the first segment.
    pub(super) id: u64,
    pub(super) roles: Roles,
    sides: [Side; 2],
    established: bool,
    /// A SYN with another number on a connection that had not ended, and its frame.
    second_syn: Option<(u32, u32)>,
    /// What is kept, in order of capture.
    pub(super) history: Vec<Kept>,
    /// Option bytes of some of them, by frame, in order.
    options: Vec<(u32, Box<[u8]>)>,
    /// All segments, kept or not, copies left out.
    pub(super) segments: u64,
    /// All RSTs, copies left out.
    pub(super) rsts: u32,
    /// Of these, how many have been told already.
    pub(super) told: u32,
    pub(super) last_at: u64,
    pub(super) last_frame: u32,
    /// Segments are missing from the capture in the middle.
    pub(super) has_holes: bool,
    /// Its segments are seen twice.
    doubled: bool,
    /// Digests of the last segments: most are no copies, and then the history need not be looked at.
    recent: [u32; COPY_BACK],
    /// The history is made short again when it is so long.
    fold_at: usize,
}

impl Tracked {
    pub(super) fn begin(packet: &Packet<'_>, id: u64) -> Self {
        let kept = &packet.kept;
        let (low, high) = (packet.pair.low(), packet.pair.high());
        let side = kept.side();
        let (src, dst) = if side == 0 { (low, high) } else { (high, low) };
        let asks = kept.flags.syn() && !kept.flags.ack();
        let by_port = src.port() >= dst.port();
        let roles = Roles {
            client: if asks || by_port { side } else { 1 - side },
            guessed: !asks,
        };
        Self {
            pair: packet.pair,
            id,
            roles,
            sides: [Side::default(); 2],
            established: false,
            second_syn: None,
            history: Vec::new(),
            options: Vec::new(),
            segments: 0,
            rsts: 0,
            told: 0,
            last_at: kept.at,
            last_frame: kept.frame,
            has_holes: false,
            doubled: false,
            recent: [0; COPY_BACK],
            fold_at: 0,
        }
    }

    fn side(&self, number: usize) -> Side {
        self.sides.get(number).copied().unwrap_or_default()
    }

    pub(super) fn client(&self) -> SocketAddr {
        self.end(self.roles.client)
    }

    pub(super) fn server(&self) -> SocketAddr {
        self.end(1 - self.roles.client)
    }

    fn end(&self, side: usize) -> SocketAddr {
        if side == 0 {
            self.pair.low()
        } else {
            self.pair.high()
        }
    }

    /// Both ends have finished, or one has reset.
    pub(super) fn is_over(&self) -> bool {
        self.rsts > 0 || self.sides.iter().all(|side| side.fin)
    }

    /// The SYN that this segment, just taken in, answers as a listener does; both.
    pub(super) fn answered_syn(&self, answer: &Kept) -> Option<[Kept; 2]> {
        let syn = self.history.first()?;
        let asks = syn.flags.syn() && !syn.flags.ack() && syn.side() == self.roles.client;
        let answers = answer.flags.ack() && answer.side() != self.roles.client;
        (asks && answers).then_some([*syn, *answer])
    }

    /// What others need to know of it: how it began, and its first RSTs.
    pub(super) fn outline(&self) -> Self {
        let mut rsts = 0;
        let mut short = self.history.iter().enumerate();
        let short = short.by_ref().filter(|(index, kept)| {
            rsts += usize::from(kept.flags.rst());
            *index < OUTLINED || (kept.flags.rst() && rsts <= OUTLINED)
        });
        Self {
            history: short.map(|(_, kept)| *kept).collect(),
            options: Vec::new(),
            ..*self
        }
    }

    /// Whether this segment begins another connection between the same ends.
    pub(super) fn is_followed_by(&self, next: &Kept) -> bool {
        let flags = next.flags;
        let begins = flags.syn() && !flags.ack() && !flags.rst();
        begins && self.is_over() && self.side(next.side()).isn != Some(next.seq)
    }

    /// A second SYN on a connection that seemed alive is answered by this segment: its frame.
    pub(super) fn splits_at(&self, next: &Kept) -> Option<u32> {
        let (isn, frame) = self.second_syn?;
        let answers = next.flags.ack() && next.ack == isn.wrapping_add(1);
        let refused = next.flags.rst() && self.established;
        (answers && (next.flags.syn() || refused)).then_some(frame)
    }

    /// Takes what came from that frame on out of the history: the beginning of the next connection.
    pub(super) fn split_off(&mut self, frame: u32) -> Vec<(Kept, Option<Box<[u8]>>)> {
        let at = self.history.partition_point(|kept| kept.frame < frame);
        let moved = self.history.split_off(at);
        self.segments = self.segments.saturating_sub(moved.len() as u64);
        let mut options = std::mem::take(&mut self.options);
        let at = options.partition_point(|(of, _)| *of < frame);
        let mut others = options.split_off(at).into_iter().peekable();
        self.options = options;
        let mut list = Vec::new();
        for kept in moved {
            let own = others.next_if(|(of, _)| *of == kept.frame);
            list.push((kept, own.map(|(_, bytes)| bytes)));
        }
        list
    }

    /// Whether the same datagram was just seen elsewhere on this machine.
    pub(super) fn is_copy(&mut self, next: &Kept) -> bool {
        if !self.recent.contains(&next.digest()) {
            return false;
        }
        let from = self.history.len().saturating_sub(COPY_BACK);
        let doubled = self.doubled;
        let recent = self.history.get_mut(from..).unwrap_or_default();
        let found = recent.iter_mut().rev().find(|kept| {
            kept.seq == next.seq
                && kept.is_same_datagram(next)
                && !kept.is(Kept::COPIED)
                && next.at.saturating_sub(kept.at) <= COPY_WITHIN
                && (kept.via != next.via || doubled || is_unmistakable(next))
        });
        let Some(found) = found else {
            return false;
        };
        // One datagram may be seen more than twice, at different places; at one place only once more.
        let elsewhere = found.via != next.via;
        found.mark(Kept::COPIED, !elsewhere);
        self.doubled |= !elsewhere;
        true
    }

    /// Takes in the next segment.
    pub(super) fn note(&mut self, kept: Kept, options: Option<&[u8]>, limit: usize) {
        self.recent.rotate_right(1);
        if let Some(latest) = self.recent.first_mut() {
            *latest = kept.digest();
        }
        self.segments += 1;
        self.last_at = self.last_at.max(kept.at);
        self.last_frame = kept.frame;
        self.note_state(&kept);
        if kept.flags.rst() {
            self.rsts = self.rsts.saturating_add(1);
            if self.rsts > MOST_RSTS {
                return;
            }
        }
        if let Some(options) = options {
            self.options.push((kept.frame, options.into()));
        }
        // Doubling would leave half of the memory of a million packets unused, and the kernel clears it first.
        if self.history.len() == self.history.capacity() && self.history.len() >= STRIDE {
            self.history.reserve_exact(STRIDE);
        }
        self.history.push(kept);
        if self.history.len() >= self.fold_at.max(2 * limit) {
            self.fold(limit);
            // What stays may be long: it is not walked again for each segment.
            self.fold_at = self.history.len() + limit;
        }
    }

    /// Makes also what lies before a RST short, to `tail` segments at the end and what is needed of the others.
    pub(super) fn shorten(&mut self, tail: usize) {
        fold::shorten(&mut self.history, tail);
        self.forget_options();
    }

    fn fold(&mut self, limit: usize) {
        fold::fold(&mut self.history, limit);
        self.forget_options();
    }

    /// Option bytes stay only with their segments.
    fn forget_options(&mut self) {
        let mut frames = self.history.iter().map(|kept| kept.frame).peekable();
        self.options.retain(|(frame, _)| {
            while frames.next_if(|kept| kept < frame).is_some() {}
            frames.peek() == Some(frame)
        });
    }

    fn note_state(&mut self, kept: &Kept) {
        let (own, other) = (kept.side(), 1 - kept.side());
        let flags = kept.flags;
        let client = self.roles.client;
        let server_isn = self.side(1 - client).isn;
        let others = self.side(other);
        let Some(side) = self.sides.get_mut(own) else {
            return;
        };
        side.fin |= flags.fin();
        if flags.rst() {
            return;
        }
        if flags.syn() {
            match side.isn {
                None => side.isn = Some(kept.seq),
                Some(isn) if isn != kept.seq && !flags.ack() => {
                    self.second_syn = Some((kept.seq, kept.frame));
                }
                Some(_) => {}
            }
        } else {
            side.spoke = true;
            if own == client
                && flags.ack()
                && let Some(isn) = server_isn
            {
                self.established |= SeqNum(isn).distance_to(SeqNum(kept.ack)) > 0;
            }
        }
        side.advance(kept);
        if flags.ack() {
            let ack = SeqNum(kept.ack);
            if side.acked.is_none_or(|acked| acked.distance_to(ack) > 0) {
                side.acked = Some(ack);
            }
            let covers = |(_, to): (SeqNum, SeqNum)| to.distance_to(ack) >= 0;
            self.has_holes |= others.hole.is_some_and(covers);
        }
    }

    /// How it ended, or stands, without a RST. The same rules as `diagnosis::outcome` has for segments alone.
    pub(super) fn quiet_outcome(&self) -> Outcome {
        if self.sides.iter().any(|side| side.fin) {
            return Outcome::Closed;
        }
        let (client, server) = (
            self.side(self.roles.client),
            self.side(1 - self.roles.client),
        );
        if client.isn.is_some() && server.isn.is_none() && !server.spoke {
            return Outcome::TimedOut;
        }
        Outcome::Open
    }

    /// The history as events, in order of capture.
    pub(super) fn events(&self, base: u64) -> impl Iterator<Item = Event> + '_ {
        let ends = (self.pair.low(), self.pair.high());
        let mut options = self.options.iter().peekable();
        self.history.iter().map(move |kept| {
            while options.next_if(|(frame, _)| *frame < kept.frame).is_some() {}
            let own = options.peek().filter(|(frame, _)| *frame == kept.frame);
            kept.event(ends, own.map(|(_, bytes)| &**bytes), base)
        })
    }
}

/// A datagram that no sender writes twice within so short a time: its identification or its SYN says so.
///
/// A RST without a socket has no identification, and two segments may draw two that are alike.
const fn is_unmistakable(kept: &Kept) -> bool {
    let flags = kept.flags;
    !flags.rst() && (kept.ip_id != 0 || flags.syn())
}

impl Side {
    fn advance(&mut self, kept: &Kept) {
        let (seq, end) = (SeqNum(kept.seq), kept.end());
        let Some(nxt) = self.nxt else {
            self.nxt = Some(end);
            return;
        };
        if kept.flags.syn() {
            // A SYN may begin anew with any number: that leaves no hole.
            self.nxt = Some(end);
            self.hole = None;
            return;
        }
        let gap = nxt.distance_to(seq);
        if gap > 0 && gap < 1 << 30 {
            self.hole = self.hole.or(Some((nxt, seq)));
        } else if let Some((from, to)) = self.hole
            && from.distance_to(seq) <= 0
            && from.distance_to(end) > 0
        {
            let left = end.distance_to(to);
            self.hole = (left > 0).then_some((end, to));
        }
        if nxt.distance_to(end) > 0 {
            self.nxt = Some(end);
        }
    }
}
