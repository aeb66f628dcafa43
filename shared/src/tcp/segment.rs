//! Bytes of an IP datagram to a TCP segment and the problems found in it.
//!
//! Makes no judgement: illegal combinations are evidence and are kept as they were seen.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::checksum::{self, Checksum};
use super::flags::Flags;
use super::options::{OptionProblem, TcpOptions, read_options};
use super::seq_num::SeqNum;

/// Linux sends with a time to live of 64; what arrives with more was sent by another system.
///
/// Source: `IPDEFTTL` of `linux/ip.h`.
pub(crate) const LINUX_TTL: u8 = 64;

/// One TCP header with what its IP header says, all numbers as on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub src: SocketAddr,
    pub dst: SocketAddr,
    /// IPv4 identification; `None` for IPv6. Linux writes 0 into segments that it sends without a socket.
    pub ip_id: Option<u16>,
    /// IPv4 time to live or IPv6 hop limit.
    pub ttl: u8,
    pub seq: SeqNum,
    /// The acknowledgement field, also when ACK is not set.
    pub ack: SeqNum,
    pub flags: Flags,
    /// The window field, not scaled.
    pub window: u16,
    pub urgent: u16,
    /// How far its checksum had been computed.
    pub checksum: Checksum,
    pub options: TcpOptions,
    /// Payload bytes by the IP header's length, also when the capture kept fewer.
    pub payload_len: u32,
    /// What in this segment is not as the standards have it.
    pub problems: Vec<SegmentProblem>,
}

impl Segment {
    /// Sequence numbers that this segment takes: payload, and one each for SYN and FIN. RFC 9293 §3.4.
    pub fn seq_len(&self) -> u32 {
        self.payload_len
            .wrapping_add(u32::from(self.flags.syn()))
            .wrapping_add(u32::from(self.flags.fin()))
    }

    /// The sequence number after this segment's last.
    pub fn seq_end(&self) -> SeqNum {
        self.seq.plus(self.seq_len())
    }
}

/// Something in a segment that a legal sender would not write, or that the capture cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SegmentProblem {
    #[error("data offset {0} is below the minimum 5")]
    DataOffsetTooSmall(u8),
    #[error("data offset {offset} needs {needed} bytes, the segment has {present}")]
    DataOffsetBeyondSegment {
        offset: u8,
        needed: usize,
        present: usize,
    },
    #[error(transparent)]
    Options(#[from] OptionProblem),
    #[error("SYN together with {0}")]
    SynWith(Flags),
    #[error("FIN together with RST")]
    FinWithRst,
    #[error("no flag is set")]
    NoFlags,
    #[error("{kept} of {present} payload bytes were kept by the capture")]
    PayloadCut { kept: u32, present: u32 },
}

/// Why bytes are not a TCP segment at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASegment {
    #[error("the datagram has {0} bytes, too few for an IP header")]
    TooShort(usize),
    #[error("IP version {0} is neither 4 nor 6")]
    IpVersion(u8),
    #[error("IPv4 header length {0} is below 20 bytes or beyond the datagram")]
    Ipv4HeaderLength(usize),
    #[error("a fragment that starts at byte {0} carries no TCP header")]
    LaterFragment(u32),
    #[error("IP protocol {0} is not TCP (6)")]
    NotTcp(u8),
    #[error("the TCP header has {0} of at least 20 bytes")]
    TcpHeaderCut(usize),
}

/// Reads one IP datagram, starting at its IP header.
///
/// `original_len` is the datagram's length on the wire, in bytes, as the capture states it; it serves
/// where the IP header says 0 (segments above 64 KiB on loopback).
///
/// # Errors
/// [`NotASegment`] when there is no TCP header to read. Everything odd in a readable header is a
/// [`SegmentProblem`] instead.
///
/// Sources: RFC 791 §3.1, RFC 8200 §3 and §4, RFC 9293 §3.1.
pub fn read_segment(datagram: &[u8], original_len: u32) -> Result<Segment, NotASegment> {
    let ip = read_ip(datagram, original_len)?;
    let tcp = datagram.get(ip.header_len..).unwrap_or_default();
    let Some(fixed) = tcp.first_chunk::<20>() else {
        return Err(NotASegment::TcpHeaderCut(tcp.len()));
    };
    let mut problems = Vec::new();
    let tcp_len = (ip.total_len as usize).saturating_sub(ip.header_len);
    let [
        sp0,
        sp1,
        dp0,
        dp1,
        s0,
        s1,
        s2,
        s3,
        a0,
        a1,
        a2,
        a3,
        offset,
        flags,
        w0,
        w1,
        _,
        _,
        u0,
        u1,
    ] = *fixed;
    let flags = Flags(flags);
    let header_len = header_length(offset >> 4, tcp_len, &mut problems);
    let option_bytes = tcp.get(20..header_len.min(tcp.len())).unwrap_or_default();
    let (options, problem) = read_options(option_bytes);
    problems.extend(problem.map(SegmentProblem::from));
    note_illegal_flags(flags, &mut problems);
    let payload_len = u32::try_from(tcp_len.saturating_sub(header_len)).unwrap_or(u32::MAX);
    let kept = u32::try_from(tcp.len().saturating_sub(header_len)).unwrap_or(u32::MAX);
    if kept < payload_len {
        problems.push(SegmentProblem::PayloadCut {
            kept,
            present: payload_len,
        });
    }
    Ok(Segment {
        src: SocketAddr::new(ip.src, u16::from_be_bytes([sp0, sp1])),
        dst: SocketAddr::new(ip.dst, u16::from_be_bytes([dp0, dp1])),
        ip_id: ip.id,
        ttl: ip.ttl,
        seq: SeqNum(u32::from_be_bytes([s0, s1, s2, s3])),
        ack: SeqNum(u32::from_be_bytes([a0, a1, a2, a3])),
        flags,
        window: u16::from_be_bytes([w0, w1]),
        urgent: u16::from_be_bytes([u0, u1]),
        checksum: checksum::judge(ip.src, ip.dst, tcp, tcp_len, payload_len),
        options,
        payload_len,
        problems,
    })
}

/// The payload that the capture kept, given the same bytes as [`read_segment`].
pub fn payload(datagram: &[u8], original_len: u32) -> &[u8] {
    let Ok(ip) = read_ip(datagram, original_len) else {
        return &[];
    };
    let Some(offset) = datagram.get(ip.header_len + 12) else {
        return &[];
    };
    let start = ip.header_len + usize::from(offset >> 4).max(5) * 4;
    let end = datagram.len().min(ip.total_len as usize);
    datagram.get(start..end).unwrap_or_default()
}

/// What an IP header says of the segment behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IpHeader {
    pub(crate) src: IpAddr,
    pub(crate) dst: IpAddr,
    /// IPv4 identification; `None` for IPv6.
    pub(crate) id: Option<u16>,
    pub(crate) ttl: u8,
    /// Bytes before the TCP header, extension headers included.
    pub(crate) header_len: usize,
    /// Bytes of the whole datagram on the wire.
    pub(crate) total_len: u32,
}

/// Reads the IP header of a datagram that carries TCP; `original_len` as in [`read_segment`].
///
/// # Errors
/// [`NotASegment`] when it carries no TCP header.
pub(crate) fn read_ip(datagram: &[u8], original_len: u32) -> Result<IpHeader, NotASegment> {
    let first = *datagram.first().ok_or(NotASegment::TooShort(0))?;
    match first >> 4 {
        4 => read_ipv4(datagram, original_len),
        6 => read_ipv6(datagram, original_len),
        version => Err(NotASegment::IpVersion(version)),
    }
}

fn read_ipv4(bytes: &[u8], original_len: u32) -> Result<IpHeader, NotASegment> {
    let Some(fixed) = bytes.first_chunk::<20>() else {
        return Err(NotASegment::TooShort(bytes.len()));
    };
    let [
        version_ihl,
        _,
        l0,
        l1,
        i0,
        i1,
        f0,
        f1,
        ttl,
        protocol,
        _,
        _,
        s0,
        s1,
        s2,
        s3,
        d0,
        d1,
        d2,
        d3,
    ] = *fixed;
    let header_len = usize::from(version_ihl & 0x0f) * 4;
    if header_len < 20 || header_len > bytes.len() {
        return Err(NotASegment::Ipv4HeaderLength(header_len));
    }
    let fragment = u32::from(u16::from_be_bytes([f0 & 0x1f, f1])) * 8;
    if fragment != 0 {
        return Err(NotASegment::LaterFragment(fragment));
    }
    if protocol != 6 {
        return Err(NotASegment::NotTcp(protocol));
    }
    let total = u32::from(u16::from_be_bytes([l0, l1]));
    Ok(IpHeader {
        src: IpAddr::V4(Ipv4Addr::new(s0, s1, s2, s3)),
        dst: IpAddr::V4(Ipv4Addr::new(d0, d1, d2, d3)),
        id: Some(u16::from_be_bytes([i0, i1])),
        ttl,
        header_len,
        total_len: if total == 0 { original_len } else { total },
    })
}

fn read_ipv6(bytes: &[u8], original_len: u32) -> Result<IpHeader, NotASegment> {
    let Some(fixed) = bytes.first_chunk::<40>() else {
        return Err(NotASegment::TooShort(bytes.len()));
    };
    let address = |from: usize| {
        let mut octets = [0; 16];
        for (octet, byte) in octets.iter_mut().zip(fixed.iter().skip(from)) {
            *octet = *byte;
        }
        IpAddr::V6(Ipv6Addr::from(octets))
    };
    let [_, _, _, _, l0, l1, next, ttl, ..] = *fixed;
    let length = u32::from(u16::from_be_bytes([l0, l1]));
    let (protocol, header_len) = skip_extensions(bytes, next)?;
    if protocol != 6 {
        return Err(NotASegment::NotTcp(protocol));
    }
    Ok(IpHeader {
        src: address(8),
        dst: address(24),
        id: None,
        ttl,
        header_len,
        total_len: if length == 0 {
            original_len
        } else {
            length + 40
        },
    })
}

/// Walks the IPv6 extension headers; at most 16, so that a loop of them ends. Source: RFC 8200 §4.
fn skip_extensions(bytes: &[u8], mut next: u8) -> Result<(u8, usize), NotASegment> {
    let mut at = 40;
    for _ in 0..16 {
        let is_extension = matches!(next, 0 | 43 | 44 | 51 | 60 | 135);
        if !is_extension {
            break;
        }
        let Some(&[following, length, high, low]) = bytes.get(at..).and_then(<[u8]>::first_chunk)
        else {
            return Err(NotASegment::TcpHeaderCut(0));
        };
        let size = match next {
            44 => {
                let offset = u32::from(u16::from_be_bytes([high, low]) & 0xfff8);
                if offset != 0 {
                    return Err(NotASegment::LaterFragment(offset));
                }
                8
            }
            51 => (usize::from(length) + 2) * 4,
            _ => (usize::from(length) + 1) * 8,
        };
        at += size;
        next = following;
    }
    Ok((next, at))
}

/// Bytes of the TCP header, within the segment.
pub(crate) fn header_length(
    offset: u8,
    tcp_len: usize,
    problems: &mut Vec<SegmentProblem>,
) -> usize {
    let needed = usize::from(offset) * 4;
    if offset < 5 {
        problems.push(SegmentProblem::DataOffsetTooSmall(offset));
        return 20;
    }
    if needed > tcp_len {
        problems.push(SegmentProblem::DataOffsetBeyondSegment {
            offset,
            needed,
            present: tcp_len,
        });
        return tcp_len.max(20);
    }
    needed
}

fn note_illegal_flags(flags: Flags, problems: &mut Vec<SegmentProblem>) {
    if flags.syn() {
        let odd = Flags(flags.0 & (Flags::FIN.0 | Flags::RST.0));
        if odd.0 != 0 {
            problems.push(SegmentProblem::SynWith(odd));
        }
    } else if flags.fin() && flags.rst() {
        problems.push(SegmentProblem::FinWithRst);
    }
    if flags.0 == 0 {
        problems.push(SegmentProblem::NoFlags);
    }
}

#[cfg(test)]
mod tests;
