//! What each end of each connection has sent, as far as it passed the wire: the numbers a forged segment must fit.
//!
//! Read from the capture, so it also knows connections that no program holds, and those not yet established.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use aftershake_shared::event::EventBody;
use aftershake_shared::event::outside_acted::OutsideAct;
use aftershake_shared::tcp::flags::Flags;
use aftershake_shared::tcp::segment::Segment;
use aftershake_shared::tcp::seq_num::SeqNum;

/// One direction of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    /// The number after everything sent.
    pub(crate) next: SeqNum,
    /// The latest time of its timestamps option.
    pub(crate) time: Option<u32>,
}

/// Every direction seen, by its addresses: from, to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flows {
    seen: BTreeMap<(SocketAddr, SocketAddr), Flow>,
    /// Forged segments that have not passed yet.
    forged: Vec<(SocketAddr, SocketAddr, SeqNum, Flags)>,
}

impl Flows {
    /// Takes in a fact that is about to be recorded.
    pub(crate) fn note(&mut self, body: &EventBody) {
        if let EventBody::Outside(acted) = body
            && let OutsideAct::ForgeSegment {
                from,
                to,
                seq,
                flags,
                ..
            } = acted.act
            && acted.succeeded()
        {
            self.forged.push((from, to, seq, flags));
        } else if let EventBody::Segment(seen) = body
            && let Ok(segment) = seen.read()
        {
            self.see(&segment);
        }
    }

    fn see(&mut self, segment: &Segment) {
        let header = (segment.src, segment.dst, segment.seq, segment.flags);
        if let Some(at) = self.forged.iter().position(|forged| *forged == header) {
            // It must not move the numbers that the next one is measured by.
            self.forged.remove(at);
            return;
        }
        if segment.flags.rst() {
            return;
        }
        let next = segment.seq_end();
        let time = segment.options.timestamps.map(|(value, _)| value);
        let key = (segment.src, segment.dst);
        let flow = self.seen.entry(key).or_insert(Flow { next, time });
        if segment.flags.syn() || flow.next.distance_to(next) > 0 {
            flow.next = next;
        }
        flow.time = time.or(flow.time);
    }

    /// What passed from one address to another.
    pub(crate) fn between(&self, from: SocketAddr, to: SocketAddr) -> Option<Flow> {
        self.seen.get(&(from, to)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftershake_shared::event::call::Returned;
    use aftershake_shared::event::outside_acted::OutsideActed;
    use aftershake_shared::event::segment_seen::{Bytes, SegmentSeen};
    use aftershake_shared::units::Nanos;

    use crate::worker::steps::outside::packet::{Header, write};

    fn seen(header: &Header) -> EventBody {
        let raw = write(header);
        let len = u32::try_from(raw.len()).unwrap();
        let raw = Bytes(raw);
        EventBody::Segment(SegmentSeen { raw, len })
    }

    #[test]
    fn follows_what_was_sent_and_not_what_was_forged() {
        let header = Header {
            seq: 100,
            flags: Flags::SYN,
            timestamps: Some((7, 0)),
            ..Header::between(
                "127.0.0.1:1".parse().unwrap(),
                "127.0.0.1:2".parse().unwrap(),
            )
        };
        let mut flows = Flows::default();
        flows.note(&seen(&header));
        let data = Header {
            seq: 101,
            flags: Flags::ACK,
            payload: 16,
            timestamps: None,
            ..header
        };
        flows.note(&seen(&data));
        let flow = Flow {
            next: SeqNum(117),
            time: Some(7),
        };
        assert_eq!(flows.between(header.from, header.to), Some(flow));
        let forged = Header { seq: 5_000, ..data };
        flows.note(&EventBody::Outside(OutsideActed {
            step: None,
            act: OutsideAct::ForgeSegment {
                from: forged.from,
                to: forged.to,
                flags: forged.flags,
                seq: SeqNum(forged.seq),
                ack: SeqNum(0),
                len: 16,
                wrong_checksum: false,
            },
            took: Nanos(1),
            result: Returned::Ok(0),
        }));
        flows.note(&seen(&forged));
        assert_eq!(flows.between(header.from, header.to), Some(flow));
    }
}
