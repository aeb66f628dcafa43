//! The classic capture file: one header, then records. Source: draft-ietf-opsawg-pcap, §4 and §5.

use super::bytes::{Order, index};
use super::frames::{FileProblem, Frame, LARGEST, NotACapture, Sink, Step};
use super::link::Link;

/// What the magic number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Magic {
    order: Order,
    /// Nanoseconds in one unit of a record's second time word.
    unit: u64,
}

/// A file's header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pcap {
    magic: Magic,
    link: Link,
}

const RECORD: usize = 16;

impl Pcap {
    /// Whether a file that begins so is one.
    pub(super) fn begins(magic: [u8; 4]) -> Option<Magic> {
        let unit_of = |number| match number {
            0xa1b2_c3d4_u32 => Some(1_000),
            0xa1b2_3c4d => Some(1),
            _ => None,
        };
        let little = unit_of(u32::from_le_bytes(magic)).map(|unit| (Order::Little, unit));
        let big = unit_of(u32::from_be_bytes(magic)).map(|unit| (Order::Big, unit));
        let (order, unit) = little.or(big)?;
        Some(Magic { order, unit })
    }

    /// Reads the 24 bytes of the header.
    pub(super) fn read(magic: Magic, bytes: &[u8]) -> Result<Self, NotACapture> {
        let order = magic.order;
        let cut = NotACapture::HeaderCut(bytes.len());
        let major = order.u16(bytes, 4).ok_or(cut)?;
        let minor = order.u16(bytes, 6).ok_or(cut)?;
        if major != 2 {
            return Err(NotACapture::Version(major, minor));
        }
        // The upper bits say whether frames end in a check sequence.
        let network = order.u32(bytes, 20).ok_or(cut)? & 0x03ff_ffff;
        let link = Link::of(network).ok_or(NotACapture::LinkType(network))?;
        Ok(Self { magic, link })
    }

    /// Reads one record.
    pub(super) fn step(
        &self,
        bytes: &[u8],
        offset: u64,
        frames: &mut u32,
        sink: &mut impl Sink,
    ) -> Step {
        let order = self.magic.order;
        let Some(header) = bytes.first_chunk::<RECORD>() else {
            return Step::Need(RECORD);
        };
        let word = |at| order.u32(header, at).unwrap_or(0);
        let (captured, len) = (word(8), word(12));
        let next = frames.saturating_add(1);
        if captured > LARGEST {
            sink.problem(next, FileProblem::TooLong(captured, offset));
            return Step::Stop;
        }
        let end = RECORD.saturating_add(index(captured));
        let Some(data) = bytes.get(RECORD..end) else {
            return Step::Need(end);
        };
        if next == *frames {
            sink.problem(next, FileProblem::TooMany);
            return Step::Stop;
        }
        *frames = next;
        if captured > len {
            sink.problem(next, FileProblem::MoreThanSent { captured, len });
        }
        let seconds = u64::from(word(0)).saturating_mul(1_000_000_000);
        sink.frame(&Frame {
            number: next,
            at: seconds.saturating_add(u64::from(word(4)).saturating_mul(self.magic.unit)),
            link: self.link,
            interface: 0,
            outgoing: None,
            data,
            len: len.max(captured),
        });
        Step::Took(end)
    }
}
