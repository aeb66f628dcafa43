//! Hears of each TCP socket of one network namespace when the kernel frees it, also of those that nobody ever looked up.
//!
//! Source: `sock_diag_broadcast_destroy` in `net/core/sock_diag.c`; groups: `include/uapi/linux/sock_diag.h`.
#![expect(unsafe_code, reason = "netlink socket")]

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use super::check;
use super::sock_diag::cookie_of;

/// `SKNLGRP_INET_TCP_DESTROY` and `SKNLGRP_INET6_TCP_DESTROY`, as bits.
const GROUPS: u32 = 1 | 1 << 2;
const MESSAGE: usize = 2_048;

/// A netlink socket that is told of destroyed sockets.
pub(crate) struct SockDestroyed {
    fd: OwnedFd,
}

impl SockDestroyed {
    /// Listens in this thread's network namespace.
    ///
    /// # Errors
    /// `EPERM` without the right, `ENOENT` on a kernel that tells of none.
    pub(crate) fn open() -> io::Result<Self> {
        let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
        // SAFETY: takes numbers only.
        let fd = check(unsafe { libc::socket(libc::AF_NETLINK, kind, libc::NETLINK_SOCK_DIAG) })?;
        // SAFETY: the descriptor was just made and has no other owner.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        // SAFETY: an all-zero sockaddr_nl is valid.
        let mut address: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
        address.nl_family = libc::sa_family_t::try_from(libc::AF_NETLINK).unwrap_or(0);
        address.nl_groups = GROUPS;
        let size = libc::socklen_t::try_from(size_of::<libc::sockaddr_nl>()).unwrap_or(0);
        // SAFETY: reads a valid sockaddr_nl of that size.
        check(unsafe { libc::bind(fd.as_raw_fd(), (&raw const address).cast(), size) })?;
        Ok(Self { fd })
    }

    /// The cookies of those destroyed since the last call.
    pub(crate) fn cookies(&self) -> Vec<u64> {
        let mut cookies = Vec::new();
        let mut message = [0; MESSAGE];
        loop {
            // SAFETY: receives into a valid array of that length; does not wait.
            let len = unsafe {
                libc::recv(
                    self.fd.as_raw_fd(),
                    message.as_mut_ptr().cast(),
                    message.len(),
                    0,
                )
            };
            // A full buffer is told once as an error; what follows it can be read.
            let lost = len < 0 && io::Error::last_os_error().raw_os_error() == Some(libc::ENOBUFS);
            let Ok(len) = usize::try_from(len) else {
                if lost {
                    continue;
                }
                return cookies;
            };
            cookies.extend(message.get(..len).and_then(cookie_of));
        }
    }
}
