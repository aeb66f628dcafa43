//! Link headers: from a frame to the IP datagram in it, and what they say of its way.

use super::bytes::Order;
use super::frames::Frame;

/// The link types that are read. Source: the LINKTYPE list of tcpdump.org.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// BSD loopback: an address family in the byte order of the machine that captured.
    Null,
    /// `OpenBSD` loopback: the same in network order.
    Loop,
    Ethernet,
    /// Linux cooked, version 1 and 2: what `-i any` gives.
    Cooked,
    Cooked2,
    /// No header.
    Raw,
}

impl Link {
    pub(super) const fn of(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Null),
            1 => Some(Self::Ethernet),
            12 | 14 | 101 | 228 | 229 => Some(Self::Raw),
            108 => Some(Self::Loop),
            113 => Some(Self::Cooked),
            276 => Some(Self::Cooked2),
            _ => None,
        }
    }
}

/// An IP datagram on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Datagram<'a> {
    pub(super) bytes: &'a [u8],
    /// Its length on the wire, as far as the link header lets one tell.
    pub(super) len: u32,
    /// Tells apart the places at which one machine sees the same datagram twice.
    pub(super) via: u16,
    /// The machine that captured was sending it.
    pub(super) outgoing: bool,
    /// The link header is that of Linux's loopback; a tool that hides addresses may have made it so.
    pub(super) linux_loopback: bool,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoDatagram {
    /// Another protocol: nothing is wrong.
    #[error("not IP")]
    NotIp,
    #[error("the frame has {0} bytes, too few for its link header")]
    Cut(usize),
    #[error("more than {MOST_TAGS} VLAN tags")]
    TooManyTags,
}

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
/// 802.1Q, 802.1ad, and what was in use before that.
const TAGS: [u16; 3] = [0x8100, 0x88a8, 0x9100];
const MOST_TAGS: usize = 16;
/// `PACKET_OUTGOING` of `linux/if_packet.h`.
const OUTGOING: u16 = 4;
/// `ARPHRD_LOOPBACK` of `linux/if_arp.h`. Other systems have a link type of their own for loopback; on Linux it is
/// Ethernet with both addresses zero. Source: `loopback_setup`.
const LOOPBACK: u16 = 772;

/// Finds the datagram.
pub(super) fn datagram<'a>(frame: &Frame<'a>) -> Result<Datagram<'a>, NoDatagram> {
    let data = frame.data;
    let cut = NoDatagram::Cut(data.len());
    let word = |at| Order::Big.u16(data, at).ok_or(cut);
    let mut outgoing = frame.outgoing;
    let mut interface = frame.interface;
    let mut linux_loopback = false;
    let (mut at, kind) = match frame.link {
        Link::Ethernet => {
            linux_loopback = data.starts_with(&[0; 12]);
            (14, word(12)?)
        }
        Link::Raw => (0, version(data).ok_or(cut)?),
        Link::Null | Link::Loop => {
            let family = data.first_chunk::<4>().ok_or(cut)?;
            (4, family_kind(*family))
        }
        Link::Cooked => {
            outgoing = outgoing.or(Some(word(0)? == OUTGOING));
            linux_loopback = word(2)? == LOOPBACK && data.get(6..14) == Some(&[0; 8]);
            (16, word(14)?)
        }
        Link::Cooked2 => {
            let kind = *data.get(10).ok_or(cut)?;
            outgoing = outgoing.or(Some(u16::from(kind) == OUTGOING));
            interface = Order::Big.u32(data, 4).ok_or(cut)?;
            linux_loopback = word(8)? == LOOPBACK && data.get(12..20) == Some(&[0; 8]);
            (20, word(0)?)
        }
    };
    let mut kind = kind;
    let mut tags = 0;
    while TAGS.contains(&kind) {
        tags += 1;
        if tags > MOST_TAGS {
            return Err(NoDatagram::TooManyTags);
        }
        kind = word(at + 2)?;
        at += 4;
    }
    if kind != IPV4 && kind != IPV6 {
        return Err(NoDatagram::NotIp);
    }
    let outgoing = outgoing.unwrap_or(false);
    Ok(Datagram {
        bytes: data.get(at..).ok_or(cut)?,
        len: frame.len.saturating_sub(u32::try_from(at).unwrap_or(0)),
        via: via(interface, outgoing),
        outgoing,
        linux_loopback,
    })
}

/// The lowest bits of the interface's number, and the direction.
fn via(interface: u32, outgoing: bool) -> u16 {
    let number = u16::try_from(interface & 0x7fff).unwrap_or(0);
    number << 1 | u16::from(outgoing)
}

fn version(data: &[u8]) -> Option<u16> {
    Some(match data.first()? >> 4 {
        4 => IPV4,
        6 => IPV6,
        _ => 0,
    })
}

/// `AF_INET` is 2 everywhere, `AF_INET6` is 10, 24, 28 or 30; in either byte order.
fn family_kind(family: [u8; 4]) -> u16 {
    let number = match family {
        [0, 0, 0, one] | [one, 0, 0, 0] => one,
        _ => 0,
    };
    match number {
        2 => IPV4,
        10 | 24 | 28 | 30 => IPV6,
        _ => 0,
    }
}
