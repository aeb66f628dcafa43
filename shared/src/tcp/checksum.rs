//! How far a segment's checksum had been computed when it was seen.
//!
//! On its way out Linux leaves the sum over header and payload to the device, and loopback never adds it: there
//! the field still tells which code wrote the segment. Says nothing of why it was sent.

use std::net::IpAddr;

/// What the checksum field holds. Source: RFC 9293 §3.1, Linux `CHECKSUM_PARTIAL` (`linux/skbuff.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// The sum over the pseudo-header alone: the rest was left to the device.
    Partial,
    /// The sum over the whole segment, right.
    Complete,
    /// Neither of the two.
    Wrong,
    /// The segment has payload, the field is 0, both would hold, or the capture kept too little to tell.
    Unknown,
}

impl Checksum {
    /// In words, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Partial => "left to the device",
            Self::Complete => "complete",
            Self::Wrong => "wrong",
            Self::Unknown => "not known",
        }
    }
}

/// Judges the field of a segment between these addresses; `tcp` are its captured bytes from the TCP header on,
/// `len` its length on the wire and `payload` that of its payload, in bytes.
///
/// Nothing is told of a segment with payload, which would have to be summed up to be sure: one in 65 536 complete
/// sums is the same as the partial one. A field of 0 may also say that a tool kept none.
pub(crate) fn judge(src: IpAddr, dst: IpAddr, tcp: &[u8], len: usize, payload: u32) -> Checksum {
    let field = tcp.get(16..18).and_then(<[u8]>::first_chunk);
    let field = field.map_or(0, |field| u16::from_be_bytes(*field));
    if field == 0 || payload > 0 || tcp.len() != len {
        return Checksum::Unknown;
    }
    let pseudo = pseudo_header(src, dst, len);
    let is_partial = folded(pseudo) == field;
    let is_complete = folded(pseudo + words(tcp)) == u16::MAX;
    match (is_partial, is_complete) {
        (true, true) => Checksum::Unknown,
        (true, false) => Checksum::Partial,
        (false, true) => Checksum::Complete,
        (false, false) => Checksum::Wrong,
    }
}

/// The right checksum of a whole segment whose field holds 0. Source: RFC 9293 §3.1.
pub fn complete(src: IpAddr, dst: IpAddr, tcp: &[u8]) -> u16 {
    !folded(pseudo_header(src, dst, tcp.len()) + words(tcp))
}

/// The field with which [`judge`] says the same of a header that was written anew, whose field holds 0.
pub(crate) fn field(src: IpAddr, dst: IpAddr, tcp: &[u8], as_it_was: Checksum) -> u16 {
    match as_it_was {
        Checksum::Partial => folded(pseudo_header(src, dst, tcp.len())),
        Checksum::Complete => complete(src, dst, tcp),
        Checksum::Wrong => wrong(src, dst, tcp),
        Checksum::Unknown => 0,
    }
}

/// A field that no other verdict has.
fn wrong(src: IpAddr, dst: IpAddr, tcp: &[u8]) -> u16 {
    let complete = complete(src, dst, tcp);
    let partial = folded(pseudo_header(src, dst, tcp.len()));
    let mut fields = [1, 2, 3].into_iter();
    fields
        .find(|field| *field != complete && *field != partial)
        .unwrap_or(1)
}

fn pseudo_header(src: IpAddr, dst: IpAddr, len: usize) -> u64 {
    6 + len as u64 + sum_of(src) + sum_of(dst)
}

fn sum_of(ip: IpAddr) -> u64 {
    match ip {
        IpAddr::V4(ip) => words(&ip.octets()),
        IpAddr::V6(ip) => words(&ip.octets()),
    }
}

/// The sum of the 16-bit words, the last filled up with zero.
fn words(bytes: &[u8]) -> u64 {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let whole: u64 = pairs
        .iter()
        .map(|pair| u64::from(u16::from_be_bytes(*pair)))
        .sum();
    let last = rest.first().map_or(0, |byte| u64::from(*byte) << 8);
    whole + last
}

/// Ones' complement: carries come back in.
fn folded(mut sum: u64) -> u16 {
    while sum > u64::from(u16::MAX) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    u16::try_from(sum).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    /// A bare RST, with this in the field.
    fn rst(seq: u32, field: u16) -> Vec<u8> {
        let mut bytes = vec![0x1f, 0x90, 0xa7, 0xae];
        bytes.extend(seq.to_be_bytes());
        bytes.extend([0, 0, 0, 0, 0x50, 4, 0, 0]);
        bytes.extend(field.to_be_bytes());
        bytes.extend([0, 0]);
        bytes
    }

    fn right(seq: u32) -> u16 {
        complete(HOME, HOME, &rst(seq, 0))
    }

    #[test]
    fn tells_the_two_ways_of_writing_apart() {
        let is = |field| judge(HOME, HOME, &rst(7, field), 20, 0);
        // As `tcpdump -vv` shows it of each segment without payload and options on loopback.
        assert_eq!(is(0xfe1c), Checksum::Partial);
        assert_eq!(is(right(7)), Checksum::Complete);
        assert_eq!(is(!right(7)), Checksum::Wrong);
        assert_eq!(is(0), Checksum::Unknown);
    }

    #[test]
    fn says_nothing_where_both_hold_or_bytes_are_missing() {
        let both = (0..1 << 17).find(|seq| right(*seq) == 0xfe1c);
        let both = both.expect("one in 65 536");
        let both = judge(HOME, HOME, &rst(both, 0xfe1c), 20, 0);
        assert_eq!(both, Checksum::Unknown);
        let cut = judge(HOME, HOME, &rst(7, right(7)), 21, 1);
        assert_eq!(cut, Checksum::Unknown);
        let with_payload = judge(HOME, HOME, &rst(7, 0xfe1c), 20, 1);
        assert_eq!(with_payload, Checksum::Unknown);
        assert_eq!(judge(HOME, HOME, &[], 20, 0), Checksum::Unknown);
    }

    #[test]
    fn what_is_written_anew_is_judged_as_before() {
        let judged = |seq, field| judge(HOME, HOME, &rst(seq, field), 20, 0);
        for seq in 0..1 << 17 {
            let partial_too = right(seq) == 0xfe1c;
            for was in [Checksum::Partial, Checksum::Complete, Checksum::Wrong] {
                let written = field(HOME, HOME, &rst(seq, 0), was);
                let now = judged(seq, written);
                // Where both hold, or the sum is 0, nothing is told: never anything else.
                let untold = (partial_too || written == 0) && now == Checksum::Unknown;
                assert!(now == was || untold, "{seq}: {was:?} became {now:?}");
            }
        }
        let unknown = field(HOME, HOME, &rst(7, 0), Checksum::Unknown);
        assert_eq!(judged(7, unknown), Checksum::Unknown);
    }
}
