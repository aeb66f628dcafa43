//! What socket2 does not offer: queue lengths, cookies, dissolving an association.
#![expect(unsafe_code, reason = "ioctl, getsockopt and connect with AF_UNSPEC")]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use super::{check, size_of_u32};

/// Bytes received and not read, without the urgent byte and the FIN. Source: tcp(7), `SIOCINQ`.
pub(crate) fn unread_bytes(socket: BorrowedFd<'_>) -> io::Result<u32> {
    let mut count: libc::c_int = 0;
    // SAFETY: FIONREAD (SIOCINQ) writes one int.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::FIONREAD, &raw mut count) })?;
    Ok(u32::try_from(count).unwrap_or(0))
}

/// The number by which the kernel names this socket in traces. Source: socket(7), `SO_COOKIE`.
pub(crate) fn cookie(socket: BorrowedFd<'_>) -> io::Result<u64> {
    let mut cookie = 0_u64;
    let mut length = size_of_u32::<u64>();
    // SAFETY: SO_COOKIE writes eight bytes into a valid u64.
    check(unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_COOKIE,
            (&raw mut cookie).cast(),
            &raw mut length,
        )
    })?;
    Ok(cookie)
}

/// `connect` with `AF_UNSPEC`: `tcp_disconnect` in the kernel.
pub(crate) fn disconnect(socket: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: an all-zero sockaddr is one of family AF_UNSPEC.
    let nowhere: libc::sockaddr = unsafe { std::mem::zeroed() };
    let length = size_of_u32::<libc::sockaddr>();
    // SAFETY: the address lives through the call and has the length given.
    check(unsafe { libc::connect(socket.as_raw_fd(), &raw const nowhere, length) }).map(drop)
}

/// A socket option that is one `int`.
pub(crate) fn set_int(socket: BorrowedFd<'_>, level: i32, name: i32, value: i32) -> io::Result<()> {
    // SAFETY: the value is a valid int of the length given.
    check(unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            name,
            (&raw const value).cast(),
            size_of_u32::<libc::c_int>(),
        )
    })
    .map(drop)
}
