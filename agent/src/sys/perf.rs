//! Trace events of the whole machine through `perf_event_open`: stamped with `CLOCK_MONOTONIC`, gone with the process.
//!
//! Preferred to a tracefs instance because nothing is left behind when the process is killed.
#![expect(unsafe_code, reason = "perf_event_open and its shared ring buffer")]

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use super::check;

/// Data pages of each processor's ring, powers of two, the wished one first. 1 MiB holds some 8 000 events: three
/// for each of the connections that a scenario may have. Where so much may not be locked, 256 KiB do for most.
const DATA_PAGES: [usize; 2] = [256, 64];
const PAGE: usize = 4096;
/// Offsets in `struct perf_event_mmap_page`. Source: `include/uapi/linux/perf_event.h`.
const DATA_HEAD: usize = 1024;
const DATA_TAIL: usize = 1032;
const RECORD_LOST: u32 = 2;
const RECORD_SAMPLE: u32 = 9;

/// `struct perf_event_attr` up to `PERF_ATTR_SIZE_VER5`; later fields stay zero by `size`.
#[repr(C)]
#[derive(Default)]
struct Attr {
    kind: u32,
    size: u32,
    config: u64,
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    flags: u64,
    wakeup_events: u32,
    bp_type: u32,
    config1: u64,
    config2: u64,
    branch_sample_type: u64,
    sample_regs_user: u64,
    sample_stack_user: u32,
    clockid: i32,
    sample_regs_intr: u64,
    aux_watermark: u32,
    sample_max_stack: u16,
    reserved: u16,
}

const TYPE_TRACEPOINT: u32 = 2;
const SAMPLE_TID: u64 = 1 << 1;
const SAMPLE_TIME: u64 = 1 << 2;
const SAMPLE_RAW: u64 = 1 << 10;
const USE_CLOCKID: u64 = 1 << 25;

/// One trace event.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// `CLOCK_MONOTONIC` in nanoseconds.
    pub(crate) at: u64,
    /// The thread that was on the processor.
    pub(crate) thread: i32,
    /// The event's record as its `format` file describes it.
    pub(crate) record: Vec<u8>,
}

/// The same trace events on every processor.
pub(crate) struct Tracing {
    rings: Vec<Ring>,
}

impl Tracing {
    /// Begins to record these trace events (by id) on all processors.
    ///
    /// # Errors
    /// `EACCES` or `EPERM` without the right (root, or `CAP_PERFMON`).
    pub(crate) fn start(ids: &[u64]) -> io::Result<Self> {
        let mut rings = Vec::new();
        for cpu in online_cpus() {
            rings.push(Ring::open(ids, cpu)?);
        }
        Ok(Self { rings })
    }

    /// Takes what has been recorded, sorted by time; and how many events were lost.
    pub(crate) fn drain(&mut self) -> (Vec<Sample>, u64) {
        let mut samples = Vec::new();
        let lost = self
            .rings
            .iter_mut()
            .map(|ring| ring.drain(&mut samples))
            .sum();
        samples.sort_by_key(|sample| sample.at);
        (samples, lost)
    }
}

/// Processors by `/sys/devices/system/cpu/online`, like `0-3,6`.
fn online_cpus() -> Vec<i32> {
    let text = std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap_or_default();
    let mut cpus = Vec::new();
    for range in text.trim().split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        if let (Ok(first), Ok(last)) = (first.parse::<i32>(), last.parse::<i32>()) {
            cpus.extend(first..=last);
        }
    }
    cpus
}

struct Ring {
    /// The events; the first owns the ring, the others write into it.
    _events: Vec<OwnedFd>,
    base: NonNull<u8>,
    /// Data pages that were granted.
    pages: usize,
}

// SAFETY: the ring is read by whoever owns it; the kernel is the only other party and uses the head and tail.
unsafe impl Send for Ring {}

impl Ring {
    fn open(ids: &[u64], cpu: i32) -> io::Result<Self> {
        let mut events: Vec<OwnedFd> = Vec::new();
        let mut base = None;
        for id in ids {
            let fd = open_event(*id, cpu)?;
            match events.first() {
                None => base = Some(map_most(&fd)?),
                Some(first) => {
                    let set_output = 0x2405; // PERF_EVENT_IOC_SET_OUTPUT
                    // SAFETY: both descriptors are perf events of the same processor.
                    check(unsafe { libc::ioctl(fd.as_raw_fd(), set_output, first.as_raw_fd()) })?;
                }
            }
            events.push(fd);
        }
        let (base, pages) = base.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(Self {
            _events: events,
            base,
            pages,
        })
    }

    #[expect(
        clippy::cast_ptr_alignment,
        reason = "the mapping begins on a page and the offset is a multiple of the word's size"
    )]
    fn position(&self, offset: usize) -> &AtomicU64 {
        // SAFETY: the mapping is page aligned and lives as long as self; head and tail are aligned u64 in it.
        unsafe { &*self.base.as_ptr().add(offset).cast::<AtomicU64>() }
    }

    fn drain(&mut self, samples: &mut Vec<Sample>) -> u64 {
        let head = self.position(DATA_HEAD).load(Ordering::Acquire);
        let mut tail = self.position(DATA_TAIL).load(Ordering::Relaxed);
        // A full ring drops silently until the next event that fits: nearly full counts as loss.
        let nearly_full = head - tail > (self.pages * PAGE * 3 / 4) as u64;
        let mut lost = u64::from(nearly_full);
        while tail < head {
            let mut header = [0; 8];
            self.copy(tail, &mut header);
            let [k0, k1, k2, k3, _, _, s0, s1] = header;
            let size = usize::from(u16::from_ne_bytes([s0, s1]));
            if size < 8 {
                break;
            }
            let mut record = vec![0; size - 8];
            self.copy(tail + 8, &mut record);
            match u32::from_ne_bytes([k0, k1, k2, k3]) {
                RECORD_SAMPLE => samples.extend(read_sample(&record)),
                RECORD_LOST => lost += word(&record, 8).unwrap_or(0),
                _ => {}
            }
            tail += size as u64;
        }
        self.position(DATA_TAIL).store(tail, Ordering::Release);
        lost
    }

    /// Copies from the ring, which wraps.
    fn copy(&self, from: u64, into: &mut [u8]) {
        let size = (self.pages * PAGE) as u64;
        for (at, byte) in (from..).zip(into) {
            let offset = PAGE + usize::try_from(at % size).unwrap_or(0);
            // SAFETY: the offset lies within the mapping of 1 + `pages` pages; the kernel does not write
            // between tail and head.
            *byte = unsafe { self.base.as_ptr().add(offset).read() };
        }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: the mapping was made with this address and length and is not used afterwards.
        unsafe { libc::munmap(self.base.as_ptr().cast(), (1 + self.pages) * PAGE) };
    }
}

fn open_event(id: u64, cpu: i32) -> io::Result<OwnedFd> {
    let attr = Attr {
        kind: TYPE_TRACEPOINT,
        size: u32::try_from(size_of::<Attr>()).unwrap_or(112),
        config: id,
        sample_period: 1,
        sample_type: SAMPLE_TID | SAMPLE_TIME | SAMPLE_RAW,
        flags: USE_CLOCKID,
        clockid: libc::CLOCK_MONOTONIC,
        ..Attr::default()
    };
    let cloexec: libc::c_ulong = 8;
    // SAFETY: the attribute is valid for its size and lives through the call.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            &raw const attr,
            -1,
            cpu,
            -1,
            cloexec,
        )
    };
    match libc::c_int::try_from(fd) {
        // SAFETY: the descriptor was just made and has no other owner.
        Ok(fd) if fd >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Maps the largest ring that is granted; gives its data pages too.
fn map_most(fd: &OwnedFd) -> io::Result<(NonNull<u8>, usize)> {
    let [wished, least] = DATA_PAGES;
    match map(fd, wished) {
        Ok(base) => Ok((base, wished)),
        Err(_) => map(fd, least).map(|base| (base, least)),
    }
}

fn map(fd: &OwnedFd, pages: usize) -> io::Result<NonNull<u8>> {
    let length = (1 + pages) * PAGE;
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a new shared mapping of a perf event; the kernel checks the length.
    let base = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            length,
            access,
            libc::MAP_SHARED,
            fd.as_raw_fd(),
            0,
        )
    };
    if base == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    NonNull::new(base.cast()).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}

/// Layout by the sample type above: pid and tid, time, size and record.
fn read_sample(bytes: &[u8]) -> Option<Sample> {
    let thread = i32::from_ne_bytes(*bytes.get(4..)?.first_chunk()?);
    let at = word(bytes, 8)?;
    let size = u32::from_ne_bytes(*bytes.get(16..)?.first_chunk()?);
    let record = bytes.get(20..20 + usize::try_from(size).ok()?)?.to_vec();
    Some(Sample { at, thread, record })
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}
