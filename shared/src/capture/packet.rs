//! One datagram to the TCP header in it, as fast as a capture of millions needs. Reads what `tcp::segment` reads,
//! and allocates nothing for a segment in order.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use super::kept::Kept;
use super::link::Datagram;
use crate::tcp::checksum;
use crate::tcp::flags::Flags;
use crate::tcp::options::{OptionProblem, TcpOptions, read_options};
use crate::tcp::segment::{LINUX_TTL, NotASegment, SegmentProblem, header_length, read_ip};

/// Both ends of a connection, the smaller address first; IPv4 as mapped into IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    low: (u128, u16),
    high: (u128, u16),
}

impl Pair {
    pub(super) fn low(&self) -> SocketAddr {
        address(self.low)
    }

    pub(super) fn high(&self) -> SocketAddr {
        address(self.high)
    }

    /// Both ends are this machine, wherever it is.
    pub(super) fn is_loopback(&self) -> bool {
        self.low().ip().is_loopback() && self.high().ip().is_loopback()
    }

    pub(super) const fn has_port(&self, port: u16) -> bool {
        self.low.1 == port || self.high.1 == port
    }
}

impl std::hash::Hash for Pair {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write_u128(self.low.0);
        state.write_u128(self.high.0);
        state.write_u32(u32::from(self.low.1) << 16 | u32::from(self.high.1));
    }
}

fn address((ip, port): (u128, u16)) -> SocketAddr {
    SocketAddr::new(IpAddr::V6(Ipv6Addr::from(ip)).to_canonical(), port)
}

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => 0xffff_0000_0000 | u128::from(u32::from(ip)),
        IpAddr::V6(ip) => u128::from(ip),
    }
}

/// A segment of a capture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet<'a> {
    pub(super) pair: Pair,
    pub(super) kept: Kept,
    /// The option bytes as far as they were captured, where they hold more than [`Kept`] does.
    pub(super) options: Option<&'a [u8]>,
}

/// What is wrong with a segment that could be read all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Odd {
    #[error(transparent)]
    Segment(#[from] SegmentProblem),
    #[error(transparent)]
    Options(#[from] OptionProblem),
    #[error("the TCP header has {needed} bytes, {kept} of them were captured")]
    HeaderCut { kept: usize, needed: usize },
    #[error("the first of several IP fragments: only its own bytes are counted")]
    FirstFragment,
}

/// Reads a segment and what is odd about it.
pub(super) fn read<'a>(
    datagram: &Datagram<'a>,
    frame: u32,
    at: u64,
) -> Result<(Packet<'a>, Option<Odd>), NotASegment> {
    let ip = read_ip(datagram.bytes, datagram.len)?;
    let tcp = datagram.bytes.get(ip.header_len..).unwrap_or_default();
    let Some(fixed) = tcp.first_chunk::<20>() else {
        return Err(NotASegment::TcpHeaderCut(tcp.len()));
    };
    let [sp0, sp1, dp0, dp1, numbers @ .., w0, w1, _, _, u0, u1] = *fixed;
    let [s0, s1, s2, s3, a0, a1, a2, a3, offset, flags] = numbers;
    let tcp_len = (ip.total_len as usize).saturating_sub(ip.header_len);
    let mut problems = Vec::new();
    let header = header_length(offset >> 4, tcp_len, &mut problems);
    let options = tcp.get(20..header.min(tcp.len())).unwrap_or_default();
    let src = (number(ip.src), u16::from_be_bytes([sp0, sp1]));
    let dst = (number(ip.dst), u16::from_be_bytes([dp0, dp1]));
    let (pair, from_low) = if src <= dst {
        (
            Pair {
                low: src,
                high: dst,
            },
            true,
        )
    } else {
        (
            Pair {
                low: dst,
                high: src,
            },
            false,
        )
    };
    let mut kept = Kept {
        at,
        frame,
        seq: u32::from_be_bytes([s0, s1, s2, s3]),
        ack: u32::from_be_bytes([a0, a1, a2, a3]),
        payload: u32::try_from(tcp_len.saturating_sub(header)).unwrap_or(u32::MAX),
        timestamps: (0, 0),
        window: u16::from_be_bytes([w0, w1]),
        urgent: u16::from_be_bytes([u0, u1]),
        ip_id: ip.id.unwrap_or(0),
        via: datagram.via,
        ttl: ip.ttl,
        flags: Flags(flags),
        marks: 0,
    };
    kept.mark(Kept::FROM_LOW, from_low);
    kept.mark(Kept::V6, ip.id.is_none());
    kept.mark(Kept::OUTGOING, datagram.outgoing);
    // Another system's loopback writes its checksums otherwise.
    let to_itself = (ip.src.is_loopback() && ip.dst.is_loopback()) || ip.src == ip.dst;
    if datagram.linux_loopback && to_itself && ip.ttl <= LINUX_TTL {
        kept.mark_checksum(checksum::judge(ip.src, ip.dst, tcp, tcp_len, kept.payload));
    }
    let mut odd = problems.first().copied().map(Odd::from);
    if header > tcp.len() {
        let kept = tcp.len();
        odd = odd.or(Some(Odd::HeaderCut {
            kept,
            needed: header,
        }));
    }
    if is_first_fragment(datagram.bytes, ip.id.is_some()) {
        odd = odd.or(Some(Odd::FirstFragment));
    }
    let mut raw = None;
    match *options {
        [] => {}
        // What Linux writes into nearly every segment. Source: `tcp_options_write`.
        [1, 1, 8, 10, v0, v1, v2, v3, e0, e1, e2, e3] => {
            kept.mark(Kept::TIMESTAMPS, true);
            kept.timestamps = (
                u32::from_be_bytes([v0, v1, v2, v3]),
                u32::from_be_bytes([e0, e1, e2, e3]),
            );
        }
        _ => {
            let (read, problem) = read_options(options);
            if header <= tcp.len() {
                odd = odd.or(problem.map(Odd::from));
            }
            if let Some(timestamps) = read.timestamps {
                kept.mark(Kept::TIMESTAMPS, true);
                kept.timestamps = timestamps;
            }
            if says_more(&read, kept.flags) {
                kept.mark(Kept::OPTIONS, true);
                raw = Some(options);
            }
        }
    }
    let packet = Packet {
        pair,
        kept,
        options: raw,
    };
    Ok((packet, odd))
}

/// Options that a diagnosis may ask for; SACK blocks and MPTCP's bookkeeping on every segment are not.
fn says_more(options: &TcpOptions, flags: Flags) -> bool {
    let resets = options.mp_fastclose || options.mp_tcprst.is_some();
    flags.syn() || flags.rst() || resets || options.signed || options.fast_open
}

/// Source: RFC 791 §3.1, the flag "more fragments"; RFC 8200 §4.5.
fn is_first_fragment(datagram: &[u8], is_v4: bool) -> bool {
    let more = |at: usize, bit: u8| datagram.get(at).is_some_and(|byte| byte & bit != 0);
    if is_v4 {
        more(6, 0x20)
    } else {
        datagram.get(6) == Some(&44) && more(43, 1)
    }
}
