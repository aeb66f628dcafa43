//! The newer capture file: sections of blocks, each with interfaces of its own.
//!
//! Source: draft-ietf-opsawg-pcapng, §3 and §4. Blocks without frames are passed over, secrets unread.

use super::bytes::{Order, index};
use super::frames::{FileProblem, Frame, LARGEST, Sink, Step};
use super::link::Link;

/// The same in both byte orders.
pub(super) const SECTION: u32 = 0x0a0d_0d0a;
const MARK: u32 = 0x1a2b_3c4d;
const INTERFACE: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
const IF_TSRESOL: u16 = 9;
const IF_TSOFFSET: u16 = 14;
const EPB_FLAGS: u16 = 2;
const ISB_IFDROP: u16 = 5;
/// One section describes at most so many interfaces; more are no real capture.
const MOST_INTERFACES: usize = 65_536;

/// The byte order that a section's mark shows.
pub(super) fn order(mark: &[u8]) -> Option<Order> {
    [Order::Little, Order::Big]
        .into_iter()
        .find(|order| order.u32(mark, 0) == Some(MARK))
}

#[derive(Clone, Copy, Debug)]
struct Interface {
    link: Option<Link>,
    snaplen: u32,
    clock: Clock,
}

/// How a block's time becomes nanoseconds.
#[derive(Clone, Copy, Debug)]
enum Clock {
    /// A power of ten not finer than nanoseconds: so many of them in a unit.
    Times(u64, i64),
    /// Anything else: the resolution byte as it stands.
    Odd(u8, i64),
}

impl Clock {
    /// Source: §4.2, `if_tsresol`: a negative power of ten, or of two when the highest bit is set.
    fn new(resolution: u8, offset: i64) -> Self {
        match resolution {
            0..=9 => Self::Times(10_u64.pow(9 - u32::from(resolution)), offset),
            _ => Self::Odd(resolution, offset),
        }
    }

    fn nanos(self, time: u64) -> u64 {
        let (since, offset) = match self {
            Self::Times(unit, 0) => return time.saturating_mul(unit),
            Self::Times(unit, offset) => (time.saturating_mul(unit), offset),
            Self::Odd(resolution, offset) => (odd(resolution, time), offset),
        };
        let seconds = offset.unsigned_abs().saturating_mul(1_000_000_000);
        if offset < 0 {
            since.saturating_sub(seconds)
        } else {
            since.saturating_add(seconds)
        }
    }
}

fn odd(resolution: u8, time: u64) -> u64 {
    let nanos = u128::from(time) * 1_000_000_000;
    let power = u32::from(resolution & 0x7f);
    let scaled = if resolution & 0x80 != 0 {
        nanos.checked_shr(power).unwrap_or(0)
    } else {
        10_u128.checked_pow(power).map_or(0, |unit| nanos / unit)
    };
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

/// Where reading stands.
#[derive(Debug)]
pub(super) struct Pcapng {
    order: Order,
    interfaces: Vec<Interface>,
    /// Interfaces beyond the limit were told of.
    told: bool,
    /// The latest frame's time, which a simple packet, having none, takes over.
    latest: u64,
}

impl Default for Pcapng {
    fn default() -> Self {
        Self {
            order: Order::Little,
            interfaces: Vec::new(),
            told: false,
            latest: 0,
        }
    }
}

impl Pcapng {
    /// Reads one block.
    pub(super) fn step(
        &mut self,
        bytes: &[u8],
        offset: u64,
        frames: &mut u32,
        sink: &mut impl Sink,
    ) -> Step {
        let next = frames.saturating_add(1);
        let Some(&[t0, t1, t2, t3, _, _, _, _, mark @ ..]) = bytes.first_chunk::<12>() else {
            return Step::Need(12);
        };
        if u32::from_be_bytes([t0, t1, t2, t3]) == SECTION {
            let Some(order) = order(&mark) else {
                let found = Order::Little.u32(&mark, 0).unwrap_or(0);
                sink.problem(next, FileProblem::ByteOrder(found, offset));
                return Step::Stop;
            };
            self.order = order;
        }
        let (Some(kind), Some(length)) = (self.order.u32(bytes, 0), self.order.u32(bytes, 4))
        else {
            return Step::Need(12);
        };
        if length < 12 || length % 4 != 0 {
            sink.problem(next, FileProblem::BlockLength(length, offset));
            return Step::Stop;
        }
        let wanted = matches!(
            kind,
            SECTION | INTERFACE | OBSOLETE_PACKET | SIMPLE_PACKET | STATISTICS | ENHANCED_PACKET
        );
        if length > LARGEST {
            sink.problem(next, FileProblem::PassedOver(length));
        }
        if !wanted || length > LARGEST {
            return Step::Skip(u64::from(length));
        }
        let end = index(length);
        let Some(block) = bytes.get(..end) else {
            return Step::Need(end);
        };
        let trailer = self.order.u32(block, end - 4).unwrap_or(0);
        if trailer != length {
            sink.problem(next, FileProblem::Trailer(length, trailer, offset));
        }
        let body = block.get(8..end - 4).unwrap_or_default();
        match kind {
            SECTION => {
                self.interfaces.clear();
                self.told = false;
            }
            INTERFACE => self.describe(body, next, sink),
            STATISTICS => self.statistics(body, sink),
            _ => {
                if next == *frames {
                    sink.problem(next, FileProblem::TooMany);
                    return Step::Stop;
                }
                *frames = next;
                self.packet(kind, body, next, sink);
            }
        }
        Step::Took(end)
    }

    fn describe(&mut self, body: &[u8], next: u32, sink: &mut impl Sink) {
        let number = self.interfaces.len();
        if number >= MOST_INTERFACES {
            if !self.told {
                sink.problem(next, FileProblem::Interfaces(MOST_INTERFACES));
                self.told = true;
            }
            return;
        }
        let kind = self.order.u16(body, 0);
        let (Some(kind), Some(snaplen)) = (kind, self.order.u32(body, 4)) else {
            sink.problem(next, FileProblem::BlockShort(body.len()));
            // Its number is taken all the same.
            self.interfaces.push(Interface {
                link: None,
                snaplen: 0,
                clock: Clock::new(6, 0),
            });
            return;
        };
        let link = Link::of(kind.into());
        if link.is_none() {
            sink.problem(next, FileProblem::LinkType(number, kind));
        }
        let (mut resolution, mut shift) = (6, 0);
        for (code, value) in self.options(body.get(8..).unwrap_or_default()) {
            match (code, value) {
                (IF_TSRESOL, &[byte]) => resolution = byte,
                (IF_TSOFFSET, _) => {
                    shift = self.order.u64(value, 0).unwrap_or(0).cast_signed();
                }
                _ => {}
            }
        }
        self.interfaces.push(Interface {
            link,
            snaplen,
            clock: Clock::new(resolution, shift),
        });
    }

    fn statistics(&self, body: &[u8], sink: &mut impl Sink) {
        let lost = self.options(body.get(12..).unwrap_or_default());
        let lost = lost.filter(|(code, _)| *code == ISB_IFDROP);
        let lost = lost
            .filter_map(|(_, value)| self.order.u64(value, 0))
            .last();
        if let Some(lost) = lost.filter(|lost| *lost > 0) {
            sink.lost(lost);
        }
    }

    fn packet(&mut self, kind: u32, body: &[u8], number: u32, sink: &mut impl Sink) {
        let order = self.order;
        let word = |at| order.u32(body, at);
        let (head, interface) = match kind {
            ENHANCED_PACKET => (20, word(0)),
            SIMPLE_PACKET => (4, Some(0)),
            _ => (20, order.u16(body, 0).map(u32::from)),
        };
        let (captured, len) = if kind == SIMPLE_PACKET {
            (word(0), word(0))
        } else {
            (word(12), word(16))
        };
        let (Some(interface), Some(captured), Some(len)) = (interface, captured, len) else {
            sink.problem(number, FileProblem::BlockShort(body.len()));
            return;
        };
        let Some(described) = self.interfaces.get(index(interface)) else {
            sink.problem(number, FileProblem::Interface(interface));
            return;
        };
        // A simple packet's length is that on the wire; what was kept follows from the block.
        let room = body.len().saturating_sub(head);
        let mut kept = index(captured);
        if kind == SIMPLE_PACKET {
            let snaplen = match described.snaplen {
                0 => usize::MAX,
                some => index(some),
            };
            kept = kept.min(snaplen).min(room);
        }
        let Some(data) = body.get(head..head.saturating_add(kept)) else {
            sink.problem(number, FileProblem::BlockRoom { captured, room });
            return;
        };
        if captured > len {
            sink.problem(number, FileProblem::MoreThanSent { captured, len });
        }
        let Some(link) = described.link else {
            return;
        };
        if let (ENHANCED_PACKET | OBSOLETE_PACKET, Some(high), Some(low)) = (kind, word(4), word(8))
        {
            let time = u64::from(high) << 32 | u64::from(low);
            self.latest = described.clock.nanos(time);
        }
        let after = head.saturating_add(kept.next_multiple_of(4));
        let outgoing = match (kind, body.get(after..)) {
            (ENHANCED_PACKET, Some(options)) if !options.is_empty() => self.direction(options),
            _ => None,
        };
        sink.frame(&Frame {
            number,
            at: self.latest,
            link,
            interface,
            outgoing,
            data,
            len: len.max(u32::try_from(data.len()).unwrap_or(u32::MAX)),
        });
    }

    /// Source: §4.3, `epb_flags`, bits 0 and 1.
    fn direction(&self, options: &[u8]) -> Option<bool> {
        let mut options = self.options(options);
        let (_, flags) = options.find(|(code, _)| *code == EPB_FLAGS)?;
        match self.order.u32(flags, 0)? & 3 {
            1 => Some(false),
            2 => Some(true),
            _ => None,
        }
    }

    /// Codes and values up to the end mark or the first that does not fit.
    fn options<'a>(&self, mut rest: &'a [u8]) -> impl Iterator<Item = (u16, &'a [u8])> + use<'a> {
        let order = self.order;
        std::iter::from_fn(move || {
            let code = order.u16(rest, 0).filter(|code| *code != 0)?;
            let length = usize::from(order.u16(rest, 2)?);
            let value = rest.get(4..4 + length)?;
            rest = rest
                .get(4 + length.next_multiple_of(4)..)
                .unwrap_or_default();
            Some((code, value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_resolution_gives_a_time() {
        for resolution in 0..=u8::MAX {
            for time in [0, 1, 1 << 40, u64::MAX] {
                for offset in [0, 1, -1, i64::MAX, i64::MIN] {
                    let _ = Clock::new(resolution, offset).nanos(time);
                }
            }
        }
        let second = |resolution, time| Clock::new(resolution, 0).nanos(time);
        assert_eq!(second(6, 1_500_000), 1_500_000_000);
        assert_eq!(second(9, 7), 7);
        assert_eq!(second(12, 7_000), 7);
        assert_eq!(second(0x8a, 512), 500_000_000);
        assert_eq!(second(127, u64::MAX), 0);
        assert_eq!(second(255, u64::MAX), 0);
        assert_eq!(Clock::new(9, -1).nanos(2_000_000_001), 1_000_000_001);
    }
}
