//! Writes an IP packet with a TCP segment, byte by byte, checksums included.
//!
//! Sources: RFC 791 §3.1, RFC 8200 §3, RFC 9293 §3.1.

use std::net::{IpAddr, SocketAddr};

use aftershake_shared::tcp::checksum;
use aftershake_shared::tcp::flags::Flags;

/// What stands in the headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) seq: u32,
    pub(crate) ack: u32,
    pub(crate) flags: Flags,
    pub(crate) ttl: u8,
    /// Bytes of the letter `x`.
    pub(crate) payload: u32,
    /// `TSval` and `TSecr`.
    pub(crate) timestamps: Option<(u32, u32)>,
    /// The token of `MP_JOIN`.
    pub(crate) join_token: Option<u32>,
    pub(crate) wrong_checksum: bool,
}

/// A window as forgers write it, not scaled.
const WINDOW: u16 = 8_192;
/// The identification that forgers' tools write; a socket's own counts up from a random number.
const IP_ID: u16 = 1;

impl Header {
    /// Nothing but two addresses of one family.
    pub(crate) fn between(from: SocketAddr, to: SocketAddr) -> Self {
        Self {
            from,
            to,
            seq: 0,
            ack: 0,
            flags: Flags(0),
            ttl: 64,
            payload: 0,
            timestamps: None,
            join_token: None,
            wrong_checksum: false,
        }
    }
}

/// The packet from its IP header on. The kernel fills in IPv4's own checksum.
pub(crate) fn write(header: &Header) -> Vec<u8> {
    let segment = segment(header);
    let length = u16::try_from(segment.len()).unwrap_or(u16::MAX);
    let mut packet = Vec::new();
    match (header.from.ip(), header.to.ip()) {
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            packet.extend([0x60, 0, 0, 0]);
            packet.extend(length.to_be_bytes());
            packet.extend([6, header.ttl]);
            packet.extend(from.octets());
            packet.extend(to.octets());
        }
        (from, to) => {
            packet.extend([0x45, 0]);
            packet.extend(length.saturating_add(20).to_be_bytes());
            packet.extend(IP_ID.to_be_bytes());
            packet.extend([0, 0, header.ttl, 6, 0, 0]);
            packet.extend(v4(from));
            packet.extend(v4(to));
        }
    }
    packet.extend(segment);
    packet
}

fn v4(ip: IpAddr) -> [u8; 4] {
    match ip {
        IpAddr::V4(ip) => ip.octets(),
        IpAddr::V6(_) => [0; 4],
    }
}

fn segment(header: &Header) -> Vec<u8> {
    let options = options(header);
    let words = u8::try_from(5 + options.len() / 4).unwrap_or(5);
    let mut bytes = Vec::new();
    bytes.extend(header.from.port().to_be_bytes());
    bytes.extend(header.to.port().to_be_bytes());
    bytes.extend(header.seq.to_be_bytes());
    bytes.extend(header.ack.to_be_bytes());
    bytes.extend([words << 4, header.flags.0]);
    bytes.extend(WINDOW.to_be_bytes());
    bytes.extend([0; 4]); // checksum and urgent pointer
    bytes.extend(options);
    let payload = usize::try_from(header.payload).unwrap_or(0);
    bytes.resize(bytes.len() + payload, b'x');
    let right = checksum::complete(header.from.ip(), header.to.ip(), &bytes);
    let written = if header.wrong_checksum { !right } else { right };
    for (to, from) in bytes.iter_mut().skip(16).zip(written.to_be_bytes()) {
        *to = from;
    }
    bytes
}

fn options(header: &Header) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some((value, echo)) = header.timestamps {
        // Two fillers before, as RFC 7323 appendix A advises.
        bytes.extend([1, 1, 8, 10]);
        bytes.extend(value.to_be_bytes());
        bytes.extend(echo.to_be_bytes());
    }
    if let Some(token) = header.join_token {
        // Kind 30, 12 bytes, MP_JOIN, address id 1, token, random number. Source: RFC 8684 §3.2.
        bytes.extend([30, 12, 0x10, 1]);
        bytes.extend(token.to_be_bytes());
        bytes.extend([0x5a; 4]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftershake_shared::tcp::segment::read_segment;

    #[test]
    fn what_is_written_can_be_read() {
        for (from, to) in [
            ("127.0.0.1:40000", "127.0.0.1:8080"),
            ("[::1]:40000", "[::1]:8080"),
        ] {
            let header = Header {
                seq: 7,
                ack: 9,
                flags: Flags::PSH.with(Flags::ACK),
                payload: 5,
                timestamps: Some((3, 4)),
                join_token: Some(0xdead_beef),
                ttl: 33,
                ..Header::between(from.parse().unwrap(), to.parse().unwrap())
            };
            let packet = write(&header);
            let read = read_segment(&packet, u32::try_from(packet.len()).unwrap()).unwrap();
            assert_eq!((read.src, read.dst), (header.from, header.to));
            assert_eq!((read.seq.0, read.ack.0), (7, 9));
            assert_eq!((read.flags, read.ttl), (header.flags, 33));
            assert_eq!((read.payload_len, read.problems), (5, Vec::new()));
            assert_eq!(read.options.timestamps, Some((3, 4)));
            assert_eq!(read.options.mptcp, Some(1));
        }
    }

    #[test]
    fn a_right_checksum_sums_to_nothing() {
        let (from, to) = (
            "127.0.0.1:1".parse().unwrap(),
            "127.0.0.1:2".parse().unwrap(),
        );
        let header = Header {
            seq: 0xffff_0001,
            payload: 3,
            ..Header::between(from, to)
        };
        let sum = |header: &Header| checksum::complete(from.ip(), to.ip(), &segment(header));
        assert_eq!(sum(&header), 0);
        let wrong = Header {
            wrong_checksum: true,
            ..header
        };
        assert_ne!(sum(&wrong), 0);
    }
}
