//! Which segments of a long run are kept: all at first, then those that open or end connections, and the last ones.

use std::collections::VecDeque;

use aftershake_shared::event::segment_seen::SegmentSeen;
use aftershake_shared::units::Nanos;

/// Segments without SYN, FIN or RST that are kept of the very end.
const TAIL: usize = 2_000;

/// Room for the segments of one run.
pub(super) struct Room {
    /// Segments of any kind that are still kept.
    left: u64,
    /// Segments with SYN, FIN or RST that are kept beyond these.
    left_of_ends: u64,
    tail: VecDeque<(Nanos, SegmentSeen)>,
    tail_at_most: usize,
    /// Segments that were not kept.
    pub(super) lost: u64,
}

impl Room {
    pub(super) const fn without_limit() -> Self {
        Self::of(u64::MAX)
    }

    /// So many segments, as many more that open or end connections, and the last ones.
    pub(super) const fn of(segments: u64) -> Self {
        Self {
            left: segments,
            left_of_ends: segments,
            tail: VecDeque::new(),
            tail_at_most: TAIL,
            lost: 0,
        }
    }

    /// Gives the segment back if it is kept for certain; else it may come with [`Self::last`].
    pub(super) fn admit(&mut self, at: Nanos, seen: SegmentSeen) -> Option<(Nanos, SegmentSeen)> {
        if self.left > 0 {
            self.left -= 1;
            return Some((at, seen));
        }
        let is_end = seen.read().is_ok_and(|segment| {
            let flags = segment.flags;
            flags.syn() || flags.fin() || flags.rst()
        });
        if is_end && self.left_of_ends > 0 {
            self.left_of_ends -= 1;
            return Some((at, seen));
        }
        self.tail.push_back((at, seen));
        if self.tail.len() > self.tail_at_most {
            self.tail.pop_front();
            self.lost += 1;
        }
        None
    }

    /// The last segments of those that were not given back.
    pub(super) fn last(&mut self) -> VecDeque<(Nanos, SegmentSeen)> {
        std::mem::take(&mut self.tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftershake_shared::event::segment_seen::Bytes;

    /// A TCP segment over IPv4 with these flags.
    fn segment(flags: u8) -> SegmentSeen {
        let mut raw = vec![0; 40];
        (raw[0], raw[3], raw[8], raw[9]) = (0x45, 40, 64, 6);
        (raw[12], raw[16], raw[21], raw[23]) = (127, 127, 1, 2);
        (raw[32], raw[33]) = (0x50, flags);
        SegmentSeen {
            raw: Bytes(raw),
            len: 40,
        }
    }

    #[test]
    fn beyond_the_limit_ends_of_connections_and_the_last_segments_are_kept() {
        const ACK: u8 = 0x10;
        let mut room = Room::of(5);
        room.tail_at_most = 3;
        let mut kept = Vec::new();
        for at in 0..20 {
            kept.extend(room.admit(Nanos(at), segment(ACK)));
        }
        for (at, flags) in [(20, 0x02), (21, 0x11), (22, 0x14)] {
            let end = room.admit(Nanos(at), segment(flags));
            assert_eq!(end, Some((Nanos(at), segment(flags))));
        }
        assert_eq!(kept.len(), 5);
        let last: Vec<_> = room.last().into_iter().map(|(at, _)| at.0).collect();
        assert_eq!(last, [17, 18, 19]);
        assert_eq!(room.lost, 12);
    }

    #[test]
    fn without_a_limit_nothing_is_lost() {
        let mut room = Room::without_limit();
        assert!(room.admit(Nanos(1), segment(0x10)).is_some());
        assert_eq!((room.last().len(), room.lost), (0, 0));
    }
}
