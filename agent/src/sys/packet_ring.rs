//! A ring that the kernel fills with frames: for runs with more bytes than a socket's buffer holds.
//!
//! Keeps the first two kilobytes of each frame. Setting it up waits some 8 ms for the kernel, so small runs do
//! without. Source: `Documentation/networking/packet_mmap.rst`, `TPACKET_V2`.
#![expect(unsafe_code, reason = "the ring is memory shared with the kernel")]

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

use super::packet_socket::{Frame, bind_to_loopback, open_socket, set_option};
use super::{check, size_of_u32};

const PACKET_RX_RING: libc::c_int = 5;
const PACKET_VERSION: libc::c_int = 10;
const TPACKET_V2: libc::c_int = 1;
const FRAME: usize = 2048;
const BLOCK: usize = 1 << 17;
const BLOCKS: usize = 128;
const FRAMES: usize = BLOCK * BLOCKS / FRAME;
/// The frame belongs to user space. Source: `TP_STATUS_USER`.
const OURS: u32 = 1;

/// `struct tpacket_req`.
#[repr(C)]
struct Request {
    block_size: u32,
    block_nr: u32,
    frame_size: u32,
    frame_nr: u32,
}

/// The shared memory and whose turn it is.
pub(crate) struct Ring {
    base: NonNull<u8>,
    next: usize,
    /// The frame handed out by the last call, to be given back with the next.
    lent: Option<usize>,
}

// SAFETY: only the owner reads the ring; the kernel is the other party and keeps to the status words.
unsafe impl Send for Ring {}

impl Ring {
    /// Opens a capturing socket of this thread's loopback interface, with a ring.
    pub(crate) fn open() -> io::Result<(OwnedFd, Self)> {
        let fd = open_socket()?;
        set_option(&fd, libc::SOL_PACKET, PACKET_VERSION, TPACKET_V2)?;
        let narrow = |number: usize| u32::try_from(number).unwrap_or(0);
        let request = Request {
            block_size: narrow(BLOCK),
            block_nr: narrow(BLOCKS),
            frame_size: narrow(FRAME),
            frame_nr: narrow(FRAMES),
        };
        // SAFETY: PACKET_RX_RING reads a tpacket_req of the length given.
        check(unsafe {
            libc::setsockopt(
                fd.as_raw_fd(),
                libc::SOL_PACKET,
                PACKET_RX_RING,
                (&raw const request).cast(),
                size_of_u32::<Request>(),
            )
        })?;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new shared mapping of the ring just made, with its length.
        let base = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                BLOCK * BLOCKS,
                access,
                libc::MAP_SHARED,
                fd.as_raw_fd(),
                0,
            )
        };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let base =
            NonNull::new(base.cast()).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
        bind_to_loopback(&fd)?;
        let ring = Self {
            base,
            next: 0,
            lent: None,
        };
        Ok((fd, ring))
    }

    /// The next frame, or `None` when none waits.
    pub(crate) fn receive(&mut self) -> Option<Frame<'_>> {
        if let Some(lent) = self.lent.take() {
            self.status(lent).store(0, Ordering::Release);
        }
        let frame = self.next;
        if self.status(frame).load(Ordering::Acquire) & OURS == 0 {
            return None;
        }
        self.next = (frame + 1) % FRAMES;
        self.lent = Some(frame);
        // SAFETY: the frame lies within the mapping, and the kernel leaves it alone until its status is reset.
        let bytes =
            unsafe { std::slice::from_raw_parts(self.base.as_ptr().add(frame * FRAME), FRAME) };
        let word = |at: usize| {
            let chunk = bytes.get(at..).and_then(<[u8]>::first_chunk);
            chunk.map_or(0, |word| u32::from_ne_bytes(*word))
        };
        let start = (word(12) & 0xffff) as usize;
        let kept = word(8) as usize;
        let bytes = bytes
            .get(start..FRAME.min(start + kept))
            .unwrap_or_default();
        let stamp = u64::from(word(16)) * 1_000_000_000 + u64::from(word(20));
        Some(Frame {
            bytes,
            len: word(4) as usize,
            stamp: Some(stamp),
        })
    }

    #[expect(
        clippy::cast_ptr_alignment,
        reason = "the mapping begins on a page and the offset is a multiple of the word's size"
    )]
    fn status(&self, frame: usize) -> &AtomicU32 {
        // SAFETY: each frame begins with its status word, aligned, within a mapping that lives as long as self.
        unsafe { &*self.base.as_ptr().add(frame * FRAME).cast::<AtomicU32>() }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: the mapping was made with this address and length and is not used afterwards.
        unsafe { libc::munmap(self.base.as_ptr().cast(), BLOCK * BLOCKS) };
    }
}
