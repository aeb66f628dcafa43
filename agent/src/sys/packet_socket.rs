//! An `AF_PACKET` socket on the loopback interface: frames with the kernel's time stamps.
#![expect(
    unsafe_code,
    reason = "packet sockets, recvmsg and its control messages"
)]

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;

use super::packet_ring::Ring;
use super::{check, check_size, size_of_u32};

/// `/usr/include/linux/if_packet.h`; not in libc.
const PACKET_IGNORE_OUTGOING: libc::c_int = 23;
/// The loopback interface is the first of every namespace. Source: `net/core/dev.c`, `LOOPBACK_IFINDEX`.
const LOOPBACK_INDEX: libc::c_int = 1;
/// Length of the Ethernet header on loopback.
pub(crate) const ETHERNET_HEADER: usize = 14;

/// A capturing socket. Closing it takes 16 to 24 ms (it waits for an RCU grace period).
pub(crate) struct PacketSocket {
    fd: Arc<OwnedFd>,
    buffer: Vec<u8>,
    ring: Option<Ring>,
}

/// Sends through a capturing socket, from whichever thread has it.
pub(crate) struct PacketSender(Arc<OwnedFd>);

/// One frame as received.
pub(crate) struct Frame<'a> {
    /// From the Ethernet header on, possibly cut.
    pub(crate) bytes: &'a [u8],
    /// Length on the wire, Ethernet header included.
    pub(crate) len: usize,
    /// `CLOCK_REALTIME` in nanoseconds; `None` while the kernel does not stamp yet.
    pub(crate) stamp: Option<u64>,
}

impl PacketSocket {
    /// Opens a socket for all frames of this thread's loopback interface.
    pub(crate) fn open() -> io::Result<Self> {
        let fd = open_socket()?;
        let stamping = libc::SOF_TIMESTAMPING_RX_SOFTWARE | libc::SOF_TIMESTAMPING_SOFTWARE;
        set_option(
            &fd,
            libc::SOL_SOCKET,
            libc::SO_TIMESTAMPING,
            stamping.cast_signed(),
        )?;
        // As much as the system allows; the default holds some 300 small segments.
        set_option(&fd, libc::SOL_SOCKET, libc::SO_RCVBUF, 64 << 20)?;
        let _ = set_option(&fd, libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, 64 << 20);
        bind_to_loopback(&fd)?;
        Ok(Self {
            fd: Arc::new(fd),
            buffer: vec![0; 1 << 17],
            ring: None,
        })
    }

    /// The same with a ring, for runs that would overflow the socket's buffer.
    pub(crate) fn open_large() -> io::Result<Self> {
        let (fd, ring) = Ring::open()?;
        Ok(Self {
            fd: Arc::new(fd),
            buffer: Vec::new(),
            ring: Some(ring),
        })
    }

    /// What sends frames into the loopback interface that this socket captures.
    pub(crate) fn sender(&self) -> PacketSender {
        PacketSender(Arc::clone(&self.fd))
    }

    /// The next frame, or `None` when none waits.
    pub(crate) fn receive(&mut self) -> io::Result<Option<Frame<'_>>> {
        if let Some(ring) = &mut self.ring {
            return Ok(ring.receive());
        }
        let mut control = [0_u64; 16];
        let mut part = libc::iovec {
            iov_base: self.buffer.as_mut_ptr().cast(),
            iov_len: self.buffer.len(),
        };
        // SAFETY: an all-zero msghdr is valid.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = size_of_val(&control);
        let flags = libc::MSG_DONTWAIT | libc::MSG_TRUNC;
        // SAFETY: the message points to buffers that live through the call, with their true lengths.
        let received = unsafe { libc::recvmsg(self.fd.as_raw_fd(), &raw mut message, flags) };
        let len = match check_size(received) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            other => other?,
        };
        let stamp = stamp_of(&message);
        let kept = len.min(self.buffer.len());
        Ok(Some(Frame {
            bytes: self.buffer.get(..kept).unwrap_or_default(),
            len,
            stamp,
        }))
    }

    /// Frames that the socket dropped since the last question, its buffer being full.
    pub(crate) fn dropped(&self) -> io::Result<u64> {
        let mut statistics = [0_u32; 3];
        let mut length = size_of_u32::<[u32; 2]>();
        // SAFETY: PACKET_STATISTICS writes two u32 into a larger array.
        check(unsafe {
            libc::getsockopt(
                self.fd.as_raw_fd(),
                libc::SOL_PACKET,
                libc::PACKET_STATISTICS,
                statistics.as_mut_ptr().cast(),
                &raw mut length,
            )
        })?;
        let [_, dropped, _] = statistics;
        Ok(u64::from(dropped))
    }
}

impl PacketSender {
    /// Sends a frame of this Ethernet type into the loopback interface.
    pub(crate) fn send(&self, ethertype: u16, payload: [u8; 16]) -> io::Result<()> {
        let mut frame = [0_u8; ETHERNET_HEADER + 46];
        for (to, from) in frame
            .iter_mut()
            .skip(12)
            .zip(ethertype.to_be_bytes().into_iter().chain(payload))
        {
            *to = from;
        }
        let address = link_address(ethertype);
        // SAFETY: frame and address live through the call and have the lengths given.
        check_size(unsafe {
            libc::sendto(
                self.0.as_raw_fd(),
                frame.as_ptr().cast(),
                frame.len(),
                0,
                (&raw const address).cast(),
                size_of_u32::<libc::sockaddr_ll>(),
            )
        })
        .map(drop)
    }
}

/// A socket that captures nothing yet: protocol 0 first and the real one with `bind`, since the other way round
/// costs 16 ms. Frames on their way out are left out: on loopback each would be seen twice.
pub(super) fn open_socket() -> io::Result<OwnedFd> {
    let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: takes numbers only.
    let fd = check(unsafe { libc::socket(libc::AF_PACKET, kind, 0) })?;
    // SAFETY: the descriptor was just made and has no other owner.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    set_option(&fd, libc::SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)?;
    Ok(fd)
}

/// Begins to capture.
pub(super) fn bind_to_loopback(fd: &OwnedFd) -> io::Result<()> {
    let address = link_address(u16::try_from(libc::ETH_P_ALL).unwrap_or(3));
    // SAFETY: a valid sockaddr_ll of the length given.
    check(unsafe {
        libc::bind(
            fd.as_raw_fd(),
            (&raw const address).cast(),
            size_of_u32::<libc::sockaddr_ll>(),
        )
    })
    .map(drop)
}

impl AsRawFd for PacketSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

fn link_address(protocol: u16) -> libc::sockaddr_ll {
    // SAFETY: an all-zero sockaddr_ll is valid.
    let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    address.sll_family = u16::try_from(libc::AF_PACKET).unwrap_or(17);
    address.sll_protocol = protocol.to_be();
    address.sll_ifindex = LOOPBACK_INDEX;
    address.sll_halen = 6;
    address
}

pub(super) fn set_option(
    fd: &OwnedFd,
    level: libc::c_int,
    name: libc::c_int,
    value: libc::c_int,
) -> io::Result<()> {
    // SAFETY: the value is a valid int of the length given.
    check(unsafe {
        libc::setsockopt(
            fd.as_raw_fd(),
            level,
            name,
            (&raw const value).cast(),
            size_of_u32::<libc::c_int>(),
        )
    })
    .map(drop)
}

/// The software stamp in a received message's control data. Source: `Documentation/networking/timestamping.rst`.
fn stamp_of(message: &libc::msghdr) -> Option<u64> {
    // SAFETY: the kernel filled the control data and set its length.
    let mut header = unsafe { libc::CMSG_FIRSTHDR(message) };
    while !header.is_null() {
        // SAFETY: a non-null header lies within the control data.
        let (level, kind) = unsafe { ((*header).cmsg_level, (*header).cmsg_type) };
        if level == libc::SOL_SOCKET && kind == libc::SCM_TIMESTAMPING {
            // SAFETY: SCM_TIMESTAMPING carries three timespecs, the first being the software stamp.
            let time: libc::timespec = unsafe {
                libc::CMSG_DATA(header)
                    .cast::<libc::timespec>()
                    .read_unaligned()
            };
            let seconds = u64::try_from(time.tv_sec).ok().filter(|s| *s > 0)?;
            return Some(seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0));
        }
        // SAFETY: walks within the same control data.
        header = unsafe { libc::CMSG_NXTHDR(message, header) };
    }
    None
}
