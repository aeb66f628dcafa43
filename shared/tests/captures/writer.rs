//! Writes frames in every format that is read: an author of captures of its own, sharing nothing with the readers.

/// One frame as a classic capture of Ethernet holds it.
#[derive(Clone, Debug)]
pub(crate) struct Shot {
    /// Nanoseconds.
    pub(crate) at: u64,
    pub(crate) data: Vec<u8>,
    /// Bytes on the wire.
    pub(crate) len: u32,
}

impl Shot {
    /// An Ethernet frame around a datagram, captured whole.
    pub(crate) fn of(at: u64, datagram: &[u8]) -> Self {
        let kind = if datagram[0] >> 4 == 6 {
            0x86dd
        } else {
            0x0800
        };
        let data = [&[0; 12][..], &u16::to_be_bytes(kind), datagram].concat();
        Self::whole(at, data)
    }

    pub(crate) fn whole(at: u64, data: Vec<u8>) -> Self {
        let len = u32::try_from(data.len()).unwrap();
        Self { at, data, len }
    }

    /// The same with another header: what stands for the 14 bytes of Ethernet.
    pub(crate) fn with_header(&self, header: &[u8]) -> Self {
        let data = [header, &self.data[14..]].concat();
        let len = self.len - 14 + u32::try_from(header.len()).unwrap();
        Self {
            at: self.at,
            data,
            len,
        }
    }

    /// The two bytes that name its protocol.
    pub(crate) fn kind(&self) -> [u8; 2] {
        [self.data[12], self.data[13]]
    }
}

/// The frames of a classic capture: little-endian, Ethernet, by nanoseconds or microseconds, as those kept beside the
/// tests.
pub(crate) fn read(bytes: &[u8]) -> Vec<Shot> {
    let clock = match u32::from_le_bytes(bytes[..4].try_into().unwrap()) {
        0xa1b2_3c4d => 1,
        0xa1b2_c3d4 => 1_000,
        other => panic!("{other:#x} begins no capture that is kept here"),
    };
    assert_eq!(bytes[20..24], [1, 0, 0, 0]);
    let mut shots = Vec::new();
    let mut rest = &bytes[24..];
    while !rest.is_empty() {
        let word = |at: usize| u32::from_le_bytes(rest[at..at + 4].try_into().unwrap());
        let end = 16 + word(8) as usize;
        shots.push(Shot {
            at: u64::from(word(0)) * 1_000_000_000 + u64::from(word(4)) * clock,
            data: rest[16..end].to_vec(),
            len: word(12),
        });
        rest = &rest[end..];
    }
    shots
}

/// The byte order of what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

impl Order {
    pub(crate) fn u16(self, number: u16) -> [u8; 2] {
        match self {
            Self::Little => number.to_le_bytes(),
            Self::Big => number.to_be_bytes(),
        }
    }

    pub(crate) fn u32(self, number: u32) -> [u8; 4] {
        match self {
            Self::Little => number.to_le_bytes(),
            Self::Big => number.to_be_bytes(),
        }
    }

    fn u32_of(self, number: usize) -> [u8; 4] {
        self.u32(u32::try_from(number).unwrap())
    }
}

/// What the second time word of a classic capture counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Micros,
    Nanos,
}

/// The 24 bytes that a classic capture begins with.
pub(crate) fn pcap_header(order: Order, unit: Unit, link: u32) -> Vec<u8> {
    let magic = match unit {
        Unit::Micros => 0xa1b2_c3d4,
        Unit::Nanos => 0xa1b2_3c4d,
    };
    let mut bytes = order.u32(magic).to_vec();
    bytes.extend(order.u16(2));
    bytes.extend(order.u16(4));
    for word in [0, 0, 262_144, link] {
        bytes.extend(order.u32(word));
    }
    bytes
}

/// A classic capture.
pub(crate) fn pcap(order: Order, unit: Unit, link: u32, shots: &[Shot]) -> Vec<u8> {
    let mut bytes = pcap_header(order, unit, link);
    for shot in shots {
        let (seconds, nanos) = (shot.at / 1_000_000_000, shot.at % 1_000_000_000);
        let fraction = match unit {
            Unit::Micros => nanos / 1_000,
            Unit::Nanos => nanos,
        };
        bytes.extend(order.u32(u32::try_from(seconds).unwrap()));
        bytes.extend(order.u32(u32::try_from(fraction).unwrap()));
        bytes.extend(order.u32_of(shot.data.len()));
        bytes.extend(order.u32(shot.len));
        bytes.extend(&shot.data);
    }
    bytes
}

/// The capture most tests write: as the ones read.
pub(crate) fn plain(shots: &[Shot]) -> Vec<u8> {
    pcap(Order::Little, Unit::Nanos, 1, shots)
}

/// A pcapng file, block by block.
pub(crate) struct Blocks {
    pub(crate) order: Order,
    pub(crate) bytes: Vec<u8>,
}

impl Blocks {
    /// A file with one section, in which nothing is described.
    pub(crate) fn new(order: Order) -> Self {
        let bytes = Vec::new();
        let mut blocks = Self { order, bytes };
        blocks.section(order);
        blocks
    }

    /// A block of any type, filled up to whole words.
    pub(crate) fn block(&mut self, kind: u32, body: &[u8]) {
        let filled = body.len().next_multiple_of(4);
        let length = self.order.u32_of(12 + filled);
        self.bytes.extend(self.order.u32(kind));
        self.bytes.extend(length);
        self.bytes.extend(body);
        self.bytes.resize(self.bytes.len() + filled - body.len(), 0);
        self.bytes.extend(length);
    }

    pub(crate) fn section(&mut self, order: Order) {
        self.order = order;
        let body = [
            &order.u32(0x1a2b_3c4d)[..],
            &order.u16(1),
            &order.u16(0),
            &[0xff; 8],
        ];
        self.block(0x0a0d_0d0a, &body.concat());
    }

    /// An interface; options as they stand.
    pub(crate) fn interface(&mut self, link: u16, snaplen: u32, options: &[u8]) {
        let order = self.order;
        let body = [&order.u16(link)[..], &[0, 0], &order.u32(snaplen), options];
        self.block(1, &body.concat());
    }

    /// One option with its value filled up.
    pub(crate) fn option(&self, code: u16, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap();
        let mut bytes = [self.order.u16(code), self.order.u16(length)].concat();
        bytes.extend(value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    /// An enhanced packet; `at` in units of its interface.
    pub(crate) fn enhanced(&mut self, interface: u32, at: u64, shot: &Shot, options: &[u8]) {
        let order = self.order;
        let mut body = order.u32(interface).to_vec();
        body.extend(order.u32(u32::try_from(at >> 32).unwrap()));
        body.extend(order.u32(u32::try_from(at & 0xffff_ffff).unwrap()));
        body.extend(order.u32_of(shot.data.len()));
        body.extend(order.u32(shot.len));
        body.extend(&shot.data);
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend(options);
        self.block(6, &body);
    }

    /// The packet block of before: an interface of 16 bits and a count of drops.
    pub(crate) fn obsolete(&mut self, interface: u16, at: u64, shot: &Shot) {
        let order = self.order;
        let mut body = [order.u16(interface), order.u16(0)].concat();
        body.extend(order.u32(u32::try_from(at >> 32).unwrap()));
        body.extend(order.u32(u32::try_from(at & 0xffff_ffff).unwrap()));
        body.extend(order.u32_of(shot.data.len()));
        body.extend(order.u32(shot.len));
        body.extend(&shot.data);
        self.block(2, &body);
    }

    /// A packet with nothing but its length.
    pub(crate) fn simple(&mut self, shot: &Shot) {
        let body = [&self.order.u32(shot.len)[..], &shot.data];
        self.block(3, &body.concat());
    }
}
