//! Makes a long history short without changing what a diagnosis reads out of it.
//!
//! Kept are the beginning, the end, every RST with what lies before it, and of the middle those segments that set
//! one of the numbers of `connection::flow`: the highest sent and acknowledged, the first and last payload,
//! FIN and its ACK, a closed window, urgent bytes, keepalive probes.

use super::kept::Kept;
use crate::tcp::flags::Flags;
use crate::tcp::seq_num::SeqNum;

/// The beginning of a connection, kept always.
const HEAD: usize = 8;
/// With more before the last RST than this, also what lies before RSTs is made short.
const BEFORE_RSTS: usize = 2_048;
/// Segments right before a RST of the middle, kept with it.
const BEFORE_RST: usize = 32;
/// Keepalive probes of one side that are kept of the middle.
const PROBES: usize = 16;
/// SYNs of the middle that are kept.
const SYNS: usize = 8;
/// A number is kept at least this often, so that it never moves by half of all numbers between two kept.
const STRIDE: i32 = 1 << 29;

/// What one side's segments of the middle said.
#[derive(Clone, Debug, Default)]
struct Side {
    nxt: Option<SeqNum>,
    acked: Option<SeqNum>,
    fin_end: Option<SeqNum>,
    fin_acked: bool,
    /// The numbers as they were at the last segment kept for them.
    nxt_kept: Option<SeqNum>,
    acked_kept: Option<SeqNum>,
    /// Indices of segments, each the latest or the first of its kind.
    advanced: Option<usize>,
    acking: Option<usize>,
    last: Option<usize>,
    first_payload: Option<usize>,
    last_payload: Option<usize>,
    largest: Option<(usize, u32)>,
    zero_window: Option<usize>,
    urgent: Option<usize>,
    probes: Vec<usize>,
}

/// Makes the history short: the last `tail` segments stay, and what is needed of those before.
pub(super) fn fold(history: &mut Vec<Kept>, tail: usize) {
    let last_rst = history
        .iter()
        .rposition(|kept| kept.flags.rst())
        .filter(|at| *at < BEFORE_RSTS);
    let start = HEAD.max(last_rst.map_or(0, |at| at + 1));
    shorten_from(history, start, tail);
}

/// The same also of what lies far before a RST.
pub(super) fn shorten(history: &mut Vec<Kept>, tail: usize) {
    shorten_from(history, HEAD, tail);
}

fn shorten_from(history: &mut Vec<Kept>, start: usize, tail: usize) {
    let end = history.len().saturating_sub(tail);
    if start >= end {
        return;
    }
    let needed = needed(history, start, end);
    let mut index = 0;
    history.retain(|_| {
        let keep = index < start || index >= end || needed.binary_search(&index).is_ok();
        index += 1;
        keep
    });
}

/// Indices from `start` to `end` that must stay, in order.
fn needed(history: &[Kept], start: usize, end: usize) -> Vec<usize> {
    let mut sides = [Side::default(), Side::default()];
    let mut keep = Vec::new();
    let mut syns = 0;
    for (index, kept) in history.iter().enumerate().take(end) {
        let in_middle = index >= start;
        if kept.flags.rst() {
            if in_middle {
                // What it may be an answer to stays with it.
                keep.extend(index.saturating_sub(BEFORE_RST)..=index);
            }
            continue;
        }
        if kept.flags.syn() && in_middle && syns < SYNS {
            syns += 1;
            keep.push(index);
        }
        let [low, high] = &mut sides;
        let (own, other) = if kept.side() == 0 {
            (low, high)
        } else {
            (high, low)
        };
        if own.note(index, kept, other, in_middle) && in_middle {
            keep.push(index);
        }
    }
    for side in sides {
        keep.extend(side.indices());
    }
    keep.retain(|index| *index >= start);
    keep.sort_unstable();
    keep.dedup();
    keep
}

impl Side {
    /// Takes in a segment; true when it must be kept whatever follows.
    fn note(&mut self, index: usize, kept: &Kept, other: &mut Self, in_middle: bool) -> bool {
        let mut must = false;
        let flags = kept.flags;
        self.last = Some(index);
        if kept.payload > 0 {
            self.first_payload.get_or_insert(index);
            self.last_payload = Some(index);
        }
        if self.largest.is_none_or(|(_, most)| kept.payload > most) {
            self.largest = Some((index, kept.payload));
        }
        if kept.window == 0 && !flags.syn() {
            self.zero_window.get_or_insert(index);
        }
        if flags.has(Flags::URG) {
            self.urgent.get_or_insert(index);
        }
        must |= self.note_sent(index, kept);
        if flags.fin() && self.fin_end.is_none() {
            self.fin_end = Some(kept.end());
            must = true;
        }
        if flags.ack() {
            must |= self.note_ack(index, SeqNum(kept.ack), other);
        }
        if must || !in_middle {
            self.nxt_kept = self.nxt;
            self.acked_kept = self.acked;
        }
        must
    }

    fn note_sent(&mut self, index: usize, kept: &Kept) -> bool {
        let end = kept.end();
        let Some(nxt) = self.nxt else {
            self.nxt = Some(end);
            self.advanced = Some(index);
            return true;
        };
        let flags = kept.flags;
        let is_probe = !flags.syn()
            && !flags.fin()
            && kept.payload <= 1
            && nxt.distance_to(SeqNum(kept.seq)) == -1;
        if is_probe {
            if self.probes.len() >= PROBES {
                self.probes.remove(0);
            }
            self.probes.push(index);
            return false;
        }
        if nxt.distance_to(end) > 0 {
            self.nxt = Some(end);
            self.advanced = Some(index);
            self.probes.clear();
            return self
                .nxt_kept
                .is_none_or(|kept| kept.distance_to(end) > STRIDE);
        }
        false
    }

    fn note_ack(&mut self, index: usize, ack: SeqNum, other: &mut Self) -> bool {
        let first_of_fin =
            !other.fin_acked && other.fin_end.is_some_and(|end| end.distance_to(ack) >= 0);
        other.fin_acked |= first_of_fin;
        let Some(acked) = self.acked else {
            self.acked = Some(ack);
            self.acking = Some(index);
            return true;
        };
        if acked.distance_to(ack) > 0 {
            self.acked = Some(ack);
            self.acking = Some(index);
            let far = |kept: SeqNum| kept.distance_to(ack) > STRIDE;
            return first_of_fin || self.acked_kept.is_none_or(far);
        }
        first_of_fin
    }

    fn indices(self) -> impl Iterator<Item = usize> {
        let single = [
            self.advanced,
            self.acking,
            self.last,
            self.first_payload,
            self.last_payload,
            self.largest.map(|(index, _)| index),
            self.zero_window,
            self.urgent,
        ];
        single.into_iter().flatten().chain(self.probes)
    }
}
