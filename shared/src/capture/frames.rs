//! Bytes of a pcap or pcapng file to frames, chunk by chunk: chunks may end anywhere.
//!
//! Looks into no frame. What is damaged is told to the sink and, where the file can go on, reading goes on.

use super::bytes::Order;
use super::link::Link;
use super::pcap::Pcap;
use super::pcapng::{self, Pcapng};

/// One captured frame.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Counts from 1 in the file.
    pub number: u32,
    /// Nanoseconds since 1970, or since whatever the file counts from.
    pub at: u64,
    pub(super) link: Link,
    /// The interface within its section; 0 where the format has none.
    pub interface: u32,
    /// Whether the machine that captured it was sending; `None` where the file does not say.
    pub outgoing: Option<bool>,
    /// The bytes that were kept, from the link header on.
    pub data: &'a [u8],
    /// Its length on the wire, never below the bytes kept.
    pub len: u32,
}

/// What takes frames and problems as they are read.
pub trait Sink {
    fn frame(&mut self, frame: &Frame<'_>);
    /// Something is wrong with that frame, or with the file right before it.
    fn problem(&mut self, frame: u32, problem: FileProblem);
    /// The capturing program says that it lost so many frames.
    fn lost(&mut self, frames: u64);
}

/// A frame or block of more bytes is taken for damage.
pub const LARGEST: u32 = 16 * 1024 * 1024;

/// Why bytes are no capture at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACapture {
    #[error("the file is empty, expected a pcap or pcapng capture")]
    Empty,
    #[error("it begins with {0:02x?}, expected a pcap or pcapng capture")]
    Magic([u8; 4]),
    #[error("its header has {0} bytes, a pcap file's has 24 and a pcapng file's at least 28")]
    HeaderCut(usize),
    #[error("pcap version {0}.{1}, expected 2.4")]
    Version(u16, u16),
    #[error(
        "link type {0}, expected Ethernet (1), Linux cooked (113, 276), raw IP (12, 14, 101, 228, 229) \
         or BSD loopback (0, 108)"
    )]
    LinkType(u32),
    #[error("the byte-order mark is {0:#010x}, expected 0x1a2b3c4d (byte 8)")]
    ByteOrder(u32),
    #[error("the first block has length {0}, expected at least 28 and a multiple of 4 (byte 4)")]
    BlockLength(u32),
}

/// What is wrong with a frame's place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    #[error("the file ends within this frame: {present} of {needed} bytes are there")]
    Ends { present: usize, needed: usize },
    #[error(
        "it claims {0} captured bytes, more than any frame has; reading stopped before it (byte {1})"
    )]
    TooLong(u32, u64),
    #[error("{captured} captured bytes of {len} on the wire; taken for {captured}")]
    MoreThanSent { captured: u32, len: u32 },
    #[error(
        "a block of length {0}, expected at least 12 and a multiple of 4; reading stopped before it (byte {1})"
    )]
    BlockLength(u32, u64),
    #[error("the block's length is {0} at its start and {1} at its end (byte {2})")]
    Trailer(u32, u32, u64),
    #[error("the block has {0} bytes, too few for what it should hold")]
    BlockShort(usize),
    #[error("the block holds {captured} captured bytes and has room for {room}")]
    BlockRoom { captured: u32, room: usize },
    #[error("interface {0} has not been described")]
    Interface(u32),
    #[error("more than {0} interfaces in one section; frames of the others are not read")]
    Interfaces(usize),
    #[error("interface {0} has link type {1}, which is not read")]
    LinkType(usize, u16),
    #[error(
        "a section begins with the byte-order mark {0:#010x}; reading stopped before it (byte {1})"
    )]
    ByteOrder(u32, u64),
    #[error("a secret or unknown block of {0} bytes was passed over")]
    PassedOver(u32),
    #[error("more frames than can be numbered; reading stopped")]
    TooMany,
}

/// What one step of a format's reader did.
pub(super) enum Step {
    /// It needs so many bytes from the record's start.
    Need(usize),
    /// It is done with so many bytes.
    Took(usize),
    /// It is done with so many bytes, some of which may still have to come.
    Skip(u64),
    /// Nothing after this can be read.
    Stop,
}

enum Format {
    Unknown,
    Pcap(Pcap),
    Pcapng(Box<Pcapng>),
}

/// Takes bytes, gives frames.
pub struct Reader {
    format: Format,
    /// The beginning of a record whose end has not come yet.
    carry: Vec<u8>,
    /// Bytes of the record that is being waited for or passed over.
    need: usize,
    /// Of a record that is passed over, what has not come yet.
    skip: u64,
    /// Where the next record begins in the file.
    offset: u64,
    frames: u32,
    stopped: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            format: Format::Unknown,
            carry: Vec::new(),
            need: 4,
            skip: 0,
            offset: 0,
            frames: 0,
            stopped: false,
        }
    }
}

impl Reader {
    /// Frames read so far, also those that hold nothing readable.
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    /// The file's header is none of a capture. Everything wrong after it is told to the sink.
    pub fn feed(&mut self, mut chunk: &[u8], sink: &mut impl Sink) -> Result<(), NotACapture> {
        while !self.stopped && !chunk.is_empty() {
            if self.skip > 0 {
                let here = usize::try_from(self.skip)
                    .unwrap_or(usize::MAX)
                    .min(chunk.len());
                chunk = chunk.get(here..).unwrap_or_default();
                self.skip -= here as u64;
                continue;
            }
            if self.carry.is_empty() {
                let taken = self.run(chunk, sink)?;
                chunk = chunk.get(taken..).unwrap_or_default();
                if self.skip == 0 && !self.stopped {
                    self.carry.extend_from_slice(chunk);
                    return Ok(());
                }
                continue;
            }
            let missing = self.need.saturating_sub(self.carry.len()).min(chunk.len());
            let (more, rest) = chunk.split_at_checked(missing).unwrap_or((chunk, &[]));
            self.carry.extend_from_slice(more);
            chunk = rest;
            if self.carry.len() < self.need {
                return Ok(());
            }
            let mut carry = std::mem::take(&mut self.carry);
            let taken = self.run(&carry, sink)?;
            carry.drain(..taken.min(carry.len()));
            self.carry = carry;
        }
        Ok(())
    }

    /// Says what the end of the file cut off.
    ///
    /// # Errors
    /// The file ended before its header did.
    pub fn finish(&mut self, sink: &mut impl Sink) -> Result<(), NotACapture> {
        if matches!(self.format, Format::Unknown) {
            return Err(match self.carry.len() {
                0 => NotACapture::Empty,
                short => NotACapture::HeaderCut(short),
            });
        }
        if !self.stopped && (!self.carry.is_empty() || self.skip > 0) {
            let needed = self.need;
            let present = match usize::try_from(self.skip) {
                Ok(0) => self.carry.len(),
                missing => needed.saturating_sub(missing.unwrap_or(usize::MAX)),
            };
            let next = self.frames.saturating_add(1);
            sink.problem(next, FileProblem::Ends { present, needed });
        }
        self.stopped = true;
        Ok(())
    }

    /// Reads whole records; gives the bytes it is done with.
    fn run(&mut self, bytes: &[u8], sink: &mut impl Sink) -> Result<usize, NotACapture> {
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let step = match &mut self.format {
                Format::Unknown => self.begin(rest)?,
                Format::Pcap(pcap) => pcap.step(rest, self.offset, &mut self.frames, sink),
                Format::Pcapng(pcapng) => pcapng.step(rest, self.offset, &mut self.frames, sink),
            };
            match step {
                Step::Need(need) => {
                    self.need = need;
                    return Ok(at);
                }
                Step::Took(took) => {
                    at += took;
                    self.offset += took as u64;
                }
                Step::Skip(length) => {
                    self.offset += length;
                    let here = rest.len() as u64;
                    if length > here {
                        self.skip = length - here;
                        self.need = usize::try_from(length).unwrap_or(usize::MAX);
                        return Ok(bytes.len());
                    }
                    at += usize::try_from(length).unwrap_or(rest.len());
                }
                Step::Stop => {
                    self.stopped = true;
                    return Ok(bytes.len());
                }
            }
        }
    }

    /// Recognises the format by its first bytes.
    fn begin(&mut self, bytes: &[u8]) -> Result<Step, NotACapture> {
        let Some(magic) = bytes.first_chunk::<4>() else {
            return Ok(Step::Need(4));
        };
        if u32::from_be_bytes(*magic) == pcapng::SECTION {
            let Some(length) = bytes.get(4..8) else {
                return Ok(Step::Need(12));
            };
            let Some(mark) = bytes.get(8..12) else {
                return Ok(Step::Need(12));
            };
            let order = pcapng::order(mark)
                .ok_or_else(|| NotACapture::ByteOrder(Order::Little.u32(mark, 0).unwrap_or(0)))?;
            let length = order.u32(length, 0).unwrap_or(0);
            if length < 28 || length % 4 != 0 {
                return Err(NotACapture::BlockLength(length));
            }
            self.format = Format::Pcapng(Box::default());
            return Ok(Step::Took(0));
        }
        if let Some(header) = Pcap::begins(*magic) {
            if bytes.len() < 24 {
                return Ok(Step::Need(24));
            }
            self.format = Format::Pcap(Pcap::read(header, bytes)?);
            return Ok(Step::Took(24));
        }
        Err(NotACapture::Magic(*magic))
    }
}
