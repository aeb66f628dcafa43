//! Writes segments as pcapng, with comments on them. Source: draft-ietf-opsawg-pcapng, §4.1 to §4.3.

use std::collections::BTreeMap;

use crate::event::{Event, EventBody, EventId};

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
const LINKTYPE_ETHERNET: u16 = 1;
const OPT_END: u16 = 0;
const OPT_COMMENT: u16 = 1;
const IF_NAME: u16 = 2;
const IF_TSRESOL: u16 = 9;

/// Comments of a capture: one of the whole file, any number on each segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments {
    pub file: String,
    pub segments: BTreeMap<EventId, Vec<String>>,
}

/// The segments among these events as a pcapng file, one loopback interface, times in nanoseconds from 0.
pub fn write_pcapng(events: &[Event], comments: &Comments) -> Vec<u8> {
    let mut file = Vec::new();
    let mut header = Vec::new();
    header.extend(0x1a2b_3c4d_u32.to_le_bytes());
    header.extend(1_u16.to_le_bytes());
    header.extend(0_u16.to_le_bytes());
    header.extend(u64::MAX.to_le_bytes()); // section length: not given
    if !comments.file.is_empty() {
        option(&mut header, OPT_COMMENT, comments.file.as_bytes());
        option(&mut header, OPT_END, &[]);
    }
    block(&mut file, SECTION_HEADER, &header);
    let mut interface = Vec::new();
    interface.extend(LINKTYPE_ETHERNET.to_le_bytes());
    interface.extend([0; 2]);
    interface.extend(262_144_u32.to_le_bytes());
    option(&mut interface, IF_NAME, b"lo");
    option(&mut interface, IF_TSRESOL, &[9]);
    option(&mut interface, OPT_END, &[]);
    block(&mut file, INTERFACE, &interface);
    for event in events {
        let EventBody::Segment(seen) = &event.body else {
            continue;
        };
        let frame = ethernet(&seen.raw.0);
        let kept = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        let mut packet = Vec::with_capacity(frame.len() + 32);
        packet.extend(0_u32.to_le_bytes());
        // Two words of 32 bits, the upper one first, each in the file's byte order.
        let [low, high] = [event.at.0, event.at.0 >> 32]
            .map(|word| u32::try_from(word & u64::from(u32::MAX)).unwrap_or(0));
        packet.extend(high.to_le_bytes());
        packet.extend(low.to_le_bytes());
        packet.extend(kept.to_le_bytes());
        packet.extend(seen.len.saturating_add(14).max(kept).to_le_bytes());
        packet.extend(&frame);
        pad(&mut packet);
        if let Some(lines) = comments.segments.get(&event.id) {
            for line in lines {
                option(&mut packet, OPT_COMMENT, line.as_bytes());
            }
            option(&mut packet, OPT_END, &[]);
        }
        block(&mut file, ENHANCED_PACKET, &packet);
    }
    file
}

/// The Ethernet frame as the loopback interface shows it: both addresses zero.
fn ethernet(datagram: &[u8]) -> Vec<u8> {
    let is_v6 = datagram.first().is_some_and(|first| first >> 4 == 6);
    let ethertype: u16 = if is_v6 { 0x86dd } else { 0x0800 };
    let mut frame = vec![0; 12];
    frame.extend(ethertype.to_be_bytes());
    frame.extend(datagram);
    frame
}

fn block(file: &mut Vec<u8>, kind: u32, body: &[u8]) {
    let length = u32::try_from(body.len() + 12).unwrap_or(u32::MAX);
    file.extend(kind.to_le_bytes());
    file.extend(length.to_le_bytes());
    file.extend(body);
    file.extend(length.to_le_bytes());
}

/// One option; a comment longer than an option can hold is cut at a character's end.
fn option(block: &mut Vec<u8>, code: u16, value: &[u8]) {
    let mut end = value.len().min(usize::from(u16::MAX) - 3);
    while end < value.len() && value.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
        end -= 1;
    }
    let value = value.get(..end).unwrap_or_default();
    block.extend(code.to_le_bytes());
    block.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_le_bytes());
    block.extend(value);
    pad(block);
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::segment_seen::{Bytes, SegmentSeen};
    use crate::units::Nanos;

    #[test]
    fn blocks_are_whole_and_aligned() {
        let seen = SegmentSeen {
            raw: Bytes(vec![0x45; 41]),
            len: 41,
        };
        let event = Event {
            id: EventId(3),
            at: Nanos(1 << 33),
            body: EventBody::Segment(seen),
        };
        let mut comments = Comments {
            file: "closed".into(),
            ..Default::default()
        };
        comments
            .segments
            .insert(EventId(3), vec!["why".into(), "è".repeat(40_000)]);
        let file = write_pcapng(&[event], &comments);
        let mut at = 0;
        let mut kinds = Vec::new();
        while at < file.len() {
            let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
            let length = usize::try_from(word(at + 4)).unwrap();
            assert_eq!(length % 4, 0);
            assert_eq!(word(at + length - 4), word(at + 4));
            kinds.push(word(at));
            at += length;
        }
        assert_eq!(at, file.len());
        assert_eq!(kinds, [SECTION_HEADER, INTERFACE, ENHANCED_PACKET]);
    }
}
