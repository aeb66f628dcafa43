//! Looks up single TCP sockets in the kernel: state, queues, `TCP_INFO`, cookie. Also those no program holds.
//!
//! Exact look-ups only: a dump walks the machine's whole hash table and costs a millisecond.
//! Source: `sock_diag(7)`, `include/uapi/linux/inet_diag.h`.
#![expect(unsafe_code, reason = "netlink socket")]

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use aftershake_shared::event::socket_sampled::TcpInfo;
use aftershake_shared::tcp::state::TcpState;

use super::{check, check_size};

const SOCK_DIAG_BY_FAMILY: u16 = 20;
/// Source: `include/uapi/linux/sock_diag.h`.
const SOCK_DESTROY: u16 = 21;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_ACK: u16 = 4;
const NLMSG_ERROR: u16 = 2;
const INET_DIAG_INFO: u16 = 2;
const REQUEST_LEN: usize = 72;
const HEADER: usize = 16;
const DIAG_MSG: usize = 72;
const REPLY: usize = 2048;

/// A socket that the kernel knows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) state: TcpState,
    pub(crate) timer: Timer,
    /// Unread bytes; for a listener, connections that wait to be accepted.
    pub(crate) unread: u32,
    /// Bytes not acknowledged yet, SYN and FIN not counted.
    pub(crate) unsent: u32,
    pub(crate) cookie: u64,
    /// `None` for TIME-WAIT and SYN-RECEIVED, which are no full sockets.
    pub(crate) info: Option<TcpInfo>,
}

/// Which kernel timer runs on a socket. Source: `inet_diag_msg.idiag_timer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    None,
    Retransmit,
    Keepalive,
    TimeWait,
    ZeroWindowProbe,
}

/// A netlink socket of one network namespace.
pub(crate) struct SockDiag {
    fd: OwnedFd,
}

impl SockDiag {
    /// Opens it in this thread's network namespace.
    pub(crate) fn open() -> io::Result<Self> {
        let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC;
        // SAFETY: takes numbers only.
        let fd = check(unsafe { libc::socket(libc::AF_NETLINK, kind, libc::NETLINK_SOCK_DIAG) })?;
        // SAFETY: the descriptor was just made and has no other owner.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Self { fd })
    }

    /// The socket with these two addresses; `None` when the kernel knows none.
    ///
    /// For a listener `remote` is the unspecified address with port 0.
    pub(crate) fn find(&self, local: SocketAddr, remote: SocketAddr) -> io::Result<Option<Found>> {
        let mut reply = [0; REPLY];
        read_reply(self.ask(&request(SOCK_DIAG_BY_FAMILY, 0, local, remote), &mut reply)?)
    }

    /// Destroys the socket with these two addresses, as `ss -K` does. For a listener `remote` is unspecified.
    ///
    /// # Errors
    /// `ENOENT` when the kernel knows none, `EOPNOTSUPP` on a kernel that cannot, `EPERM` without the right.
    pub(crate) fn destroy(&self, local: SocketAddr, remote: SocketAddr) -> io::Result<()> {
        let mut reply = [0; REPLY];
        match error_code(self.ask(&request(SOCK_DESTROY, NLM_F_ACK, local, remote), &mut reply)?)? {
            Some(0) => Ok(()),
            Some(code) => Err(io::Error::from_raw_os_error(-code)),
            None => Err(io::Error::from(io::ErrorKind::InvalidData)),
        }
    }

    fn ask<'r>(&self, request: &[u8], reply: &'r mut [u8; REPLY]) -> io::Result<&'r [u8]> {
        // SAFETY: sends bytes of a valid array.
        check_size(unsafe {
            libc::send(
                self.fd.as_raw_fd(),
                request.as_ptr().cast(),
                request.len(),
                0,
            )
        })?;
        // SAFETY: receives into a valid array of that length.
        let len = check_size(unsafe {
            libc::recv(
                self.fd.as_raw_fd(),
                reply.as_mut_ptr().cast(),
                reply.len(),
                0,
            )
        })?;
        Ok(reply.get(..len).unwrap_or_default())
    }
}

/// The other end of a listener: the unspecified address of that family with port 0.
pub(crate) fn nowhere(family: IpAddr) -> SocketAddr {
    let ip = match family {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    SocketAddr::new(ip, 0)
}

fn request(kind: u16, flags: u16, local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
    let family = if local.is_ipv4() {
        libc::AF_INET
    } else {
        libc::AF_INET6
    };
    let mut bytes = Vec::with_capacity(REQUEST_LEN);
    bytes.extend(u32::try_from(REQUEST_LEN).unwrap_or(0).to_ne_bytes());
    bytes.extend(kind.to_ne_bytes());
    bytes.extend((NLM_F_REQUEST | flags).to_ne_bytes());
    bytes.extend([0; 8]); // sequence number and port id
    bytes.push(u8::try_from(family).unwrap_or(0));
    bytes.push(u8::try_from(libc::IPPROTO_TCP).unwrap_or(6));
    bytes.extend([1 << (INET_DIAG_INFO - 1), 0]);
    bytes.extend(u32::MAX.to_ne_bytes()); // any state
    bytes.extend(local.port().to_be_bytes());
    bytes.extend(remote.port().to_be_bytes());
    bytes.extend(address(local.ip()));
    bytes.extend(address(remote.ip()));
    bytes.extend([0; 4]); // any interface
    bytes.extend([0xff; 8]); // any cookie
    bytes
}

fn address(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V6(ip) => ip.octets(),
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
    }
}

/// The code of an answer that is an error or an acknowledgement, which is 0.
fn error_code(bytes: &[u8]) -> io::Result<Option<i32>> {
    let chunk = |at: usize| bytes.get(at..).ok_or_else(cut);
    let kind = u16::from_ne_bytes(*chunk(4)?.first_chunk().ok_or_else(cut)?);
    if kind != NLMSG_ERROR {
        return Ok(None);
    }
    let code = chunk(HEADER)?.first_chunk().ok_or_else(cut)?;
    Ok(Some(i32::from_ne_bytes(*code)))
}

fn cut() -> io::Error {
    io::Error::from(io::ErrorKind::UnexpectedEof)
}

/// The cookie in a message of `sock_diag`; `None` where the message is cut or an error.
pub(crate) fn cookie_of(bytes: &[u8]) -> Option<u64> {
    if !matches!(error_code(bytes), Ok(None)) {
        return None;
    }
    let message = bytes.get(HEADER..HEADER + DIAG_MSG)?;
    Some(u64::from(word(message, 44)) | u64::from(word(message, 48)) << 32)
}

fn read_reply(bytes: &[u8]) -> io::Result<Option<Found>> {
    match error_code(bytes)? {
        Some(code) if code == -libc::ENOENT => return Ok(None),
        Some(code) => return Err(io::Error::from_raw_os_error(-code)),
        None => {}
    }
    let message = bytes.get(HEADER..HEADER + DIAG_MSG).ok_or_else(cut)?;
    let byte = |at: usize| message.get(at).copied().unwrap_or(0);
    let Some(state) = TcpState::from_linux(byte(1)) else {
        return Ok(None);
    };
    let timer = match byte(2) {
        1 => Timer::Retransmit,
        2 => Timer::Keepalive,
        3 => Timer::TimeWait,
        4 => Timer::ZeroWindowProbe,
        _ => Timer::None,
    };
    let (receive_queue, write_queue) = (word(message, 56), word(message, 60));
    let fin_received = matches!(
        state,
        TcpState::CloseWait | TcpState::LastAck | TcpState::Closing
    );
    let flag_unacked = matches!(
        state,
        TcpState::SynSent | TcpState::FinWait1 | TcpState::LastAck | TcpState::Closing
    );
    let is_listener = state == TcpState::Listen;
    Ok(Some(Found {
        state,
        timer,
        unread: receive_queue.saturating_sub(u32::from(fin_received)),
        unsent: if is_listener {
            0
        } else {
            write_queue.saturating_sub(u32::from(flag_unacked))
        },
        cookie: cookie_of(bytes).unwrap_or(0),
        info: if is_listener {
            None
        } else {
            tcp_info(bytes.get(HEADER + DIAG_MSG..).unwrap_or_default())
        },
    }))
}

/// Finds `TCP_INFO` among the reply's attributes.
fn tcp_info(mut attributes: &[u8]) -> Option<TcpInfo> {
    loop {
        let [l0, l1, k0, k1] = *attributes.first_chunk()?;
        let length = usize::from(u16::from_ne_bytes([l0, l1])).max(4);
        if u16::from_ne_bytes([k0, k1]) == INET_DIAG_INFO {
            return Some(read_tcp_info(attributes.get(4..length)?));
        }
        attributes = attributes.get(length.next_multiple_of(4)..)?;
    }
}

/// Offsets of `struct tcp_info`. Source: `include/uapi/linux/tcp.h`; fields only ever were added at its end.
fn read_tcp_info(bytes: &[u8]) -> TcpInfo {
    TcpInfo {
        probes: u32::from(bytes.get(3).copied().unwrap_or(0)),
        rto_us: word(bytes, 8),
        snd_mss: word(bytes, 16),
        unacked: word(bytes, 24),
        rtt_us: word(bytes, 68),
        snd_cwnd: word(bytes, 80),
        retransmits: word(bytes, 100),
        bytes_received: long(bytes, 128),
        not_sent: word(bytes, 144),
        bytes_sent: long(bytes, 200),
        bytes_retransmitted: long(bytes, 208),
        snd_wnd: word(bytes, 228),
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |b| u32::from_ne_bytes(*b))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |b| u64::from_ne_bytes(*b))
}
