//! All connections that a capture has open, found by their addresses in constant time.
//!
//! What has been over for long is put away, so that a long capture needs no more memory than its open connections.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::kept::Kept;
use super::packet::{Packet, Pair};
use super::tracked::Tracked;
use crate::keyed::Keyed;

/// More connections are not open at once; beyond it one of those silent for longest is put away.
pub(super) const MOST_OPEN: usize = 1_000_000;

/// When those that are over are put away.
struct Patience {
    /// With more connections than this,
    connections: usize,
    /// or more kept segments,
    segments: usize,
    /// those silent for so many nanoseconds,
    nanos: u64,
    /// or for so many frames.
    frames: u32,
}

/// The shortest first. A connection takes some 400 bytes and a kept segment 56.
const PATIENCE: [Patience; 2] = [
    Patience {
        connections: 50_000,
        segments: 1_500_000,
        nanos: 2_000_000_000,
        frames: 200_000,
    },
    Patience {
        connections: 10_000,
        segments: 500_000,
        nanos: 60_000_000_000,
        frames: 1_000_000,
    },
];

/// Slots in which connections with RSTs are looked for, as context of others.
const SEARCHED: usize = 100_000;

/// Connections looked at for each new one: a few, so that no segment waits for many.
const LOOKED_AT: usize = 4;
/// The same when there are too many.
const LOOKED_AT_WHEN_FULL: usize = 64;

/// Servers of which the last answered SYN is remembered, at most.
const SERVERS: usize = 16_384;

/// Open connections.
pub(super) struct Flows {
    index: HashMap<Pair, usize, Keyed>,
    slots: Vec<Option<Tracked>>,
    free: Vec<usize>,
    latest: Option<(Pair, usize)>,
    /// Where the search for connections to put away goes on.
    hand: usize,
    /// Segments of a connection's end that are kept.
    tail: usize,
    /// Kept segments of all open connections.
    kept: usize,
    /// The SYN and SYN,ACK that each server answered last: it still listened then.
    answers: HashMap<SocketAddr, (Pair, [Kept; 2])>,
    /// While everything is put away: the places left, the latest begun first.
    ending: Option<Vec<usize>>,
    /// Connections begun so far.
    pub(super) begun: u64,
    /// Segments so far, copies left out.
    pub(super) segments: u64,
    /// Copies of segments passed over.
    pub(super) copies: u64,
    /// A connection was seen that is not on loopback.
    pub(super) has_remote: bool,
    /// An open connection had to be put away.
    pub(super) overflowed: bool,
}

impl Flows {
    pub(super) fn new(tail: usize) -> Self {
        Self {
            index: HashMap::with_hasher(Keyed::new()),
            slots: Vec::new(),
            free: Vec::new(),
            latest: None,
            hand: 0,
            tail: tail.max(1),
            kept: 0,
            answers: HashMap::new(),
            ending: None,
            begun: 0,
            segments: 0,
            copies: 0,
            has_remote: false,
            overflowed: false,
        }
    }

    /// Takes in a segment; connections that it shows to be over go to `ended`.
    pub(super) fn note(&mut self, packet: &Packet<'_>, ended: &mut Vec<Tracked>) {
        let place = match self.latest {
            Some((pair, place)) if pair == packet.pair => Some(place),
            _ => self.index.get(&packet.pair).copied(),
        };
        let kept = packet.kept;
        let tail = self.tail;
        if let Some(place) = place
            && let Some(Some(tracked)) = self.slots.get_mut(place)
        {
            self.latest = Some((packet.pair, place));
            if tracked.is_copy(&kept) {
                self.copies += 1;
                return;
            }
            self.segments += 1;
            if tracked.is_followed_by(&kept) {
                self.replace(place, &[], packet, ended);
            } else if let Some(frame) = tracked.splits_at(&kept) {
                let moved = tracked.split_off(frame);
                self.replace(place, &moved, packet, ended);
            } else {
                let before = tracked.history.len();
                tracked.note(kept, packet.options, tail);
                self.kept = (self.kept + tracked.history.len()).saturating_sub(before);
                if kept.flags.syn()
                    && let Some(answer) = tracked.answered_syn(&kept)
                {
                    let server = tracked.server();
                    if self.answers.len() < SERVERS || self.answers.contains_key(&server) {
                        self.answers.insert(server, (tracked.pair, answer));
                    }
                }
            }
            return;
        }
        self.segments += 1;
        self.has_remote |= !packet.pair.is_loopback();
        self.put_away(&kept, ended);
        let mut tracked = self.begin(packet);
        tracked.note(kept, packet.options, tail);
        self.kept += tracked.history.len();
        let place = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        if let Some(slot) = self.slots.get_mut(place) {
            *slot = Some(tracked);
        }
        self.index.insert(packet.pair, place);
        self.latest = Some((packet.pair, place));
    }

    fn begin(&mut self, packet: &Packet<'_>) -> Tracked {
        let id = self.begun;
        self.begun += 1;
        Tracked::begin(packet, id)
    }

    /// Puts the connection at that place away; the next one there begins with what was moved out of it.
    fn replace(
        &mut self,
        place: usize,
        moved: &[(Kept, Option<Box<[u8]>>)],
        packet: &Packet<'_>,
        ended: &mut Vec<Tracked>,
    ) {
        let first = moved.first().map_or(packet.kept, |(kept, _)| *kept);
        let mut next = self.begin(&Packet {
            kept: first,
            ..*packet
        });
        for (kept, options) in moved {
            next.note(*kept, options.as_deref(), self.tail);
        }
        next.note(packet.kept, packet.options, self.tail);
        self.kept += next.history.len();
        if let Some(old) = self
            .slots
            .get_mut(place)
            .and_then(|slot| slot.replace(next))
        {
            // What was moved out of it had been counted with it.
            self.kept = self.kept.saturating_sub(old.history.len() + moved.len());
            ended.push(old);
        }
    }

    /// Looks at a few connections and puts away what has been over for long.
    fn put_away(&mut self, now: &Kept, ended: &mut Vec<Tracked>) {
        let open = self.slots.len() - self.free.len();
        let kept = self.kept;
        let full_of = |one: &&Patience| open > one.connections || kept > one.segments;
        let Some(patience) = PATIENCE.iter().find(full_of) else {
            return;
        };
        let full = open >= MOST_OPEN;
        let looked_at = if full { LOOKED_AT_WHEN_FULL } else { LOOKED_AT };
        let mut oldest: Option<(u32, usize)> = None;
        for _ in 0..looked_at {
            self.hand = (self.hand + 1) % self.slots.len().max(1);
            let Some(Some(tracked)) = self.slots.get(self.hand) else {
                continue;
            };
            let silent = now.at.saturating_sub(tracked.last_at) >= patience.nanos
                || now.frame.saturating_sub(tracked.last_frame) >= patience.frames;
            if tracked.is_over() && silent {
                let place = self.hand;
                ended.extend(self.remove(place));
            } else if oldest.is_none_or(|(frame, _)| tracked.last_frame < frame) {
                oldest = Some((tracked.last_frame, self.hand));
            }
        }
        if full && let Some((_, place)) = oldest {
            self.overflowed = true;
            ended.extend(self.remove(place));
        }
    }

    fn remove(&mut self, place: usize) -> Option<Tracked> {
        let tracked = self.slots.get_mut(place)?.take()?;
        self.index.remove(&tracked.pair);
        self.kept = self.kept.saturating_sub(tracked.history.len());
        self.free.push(place);
        self.latest = None;
        Some(tracked)
    }

    /// Open connections that hold a RST, as far as they are found at once.
    pub(super) fn resets(&mut self) -> impl Iterator<Item = &mut Tracked> {
        let open = self.slots.iter_mut().take(SEARCHED).flatten();
        open.filter(|tracked| tracked.rsts > 0)
    }

    /// The handshake that this server answered last, as far as it shows that the server answered.
    pub(super) fn last_answer(&self, server: SocketAddr) -> Option<Tracked> {
        let (pair, [syn, answer]) = *self.answers.get(&server)?;
        let packet = Packet {
            pair,
            kept: syn,
            options: None,
        };
        let mut tracked = Tracked::begin(&packet, u64::MAX);
        tracked.note(syn, None, 2);
        tracked.note(answer, None, 2);
        Some(tracked)
    }

    /// Puts away at most so many, with about so many segments, in order of the first one; none when none is left.
    pub(super) fn end_some(&mut self, most: usize, segments: usize) -> Vec<Tracked> {
        let slots = &self.slots;
        let ending = self.ending.get_or_insert_with(|| {
            let id = |place: usize| Some(slots.get(place)?.as_ref()?.id);
            let mut places: Vec<usize> = (0..slots.len()).filter(|at| id(*at).is_some()).collect();
            places.sort_by_key(|place| std::cmp::Reverse(id(*place)));
            places
        });
        let some = ending.split_off(ending.len().saturating_sub(most));
        let mut some = some.into_iter().rev();
        let (mut all, mut kept) = (Vec::new(), 0);
        while kept < segments
            && let Some(place) = some.next()
        {
            let tracked = self.remove(place);
            kept += tracked.as_ref().map_or(0, |one| one.history.len());
            all.extend(tracked);
        }
        let left = some.rev();
        if let Some(ending) = &mut self.ending {
            ending.extend(left);
        }
        all
    }
}
