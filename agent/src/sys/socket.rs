//! What socket2 does not offer: queue lengths, cookies, dissolving an association, a read of a mere number.
#![expect(
    unsafe_code,
    reason = "ioctl, recv, socket options and connect with AF_UNSPEC"
)]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

use super::{check, check_size, size_of_u32};

/// Bytes received and not read, without the urgent byte and the FIN. Source: tcp(7), `SIOCINQ`.
pub(crate) fn unread_bytes(socket: BorrowedFd<'_>) -> io::Result<u32> {
    let mut count: libc::c_int = 0;
    // SAFETY: FIONREAD (SIOCINQ) writes one int.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::FIONREAD, &raw mut count) })?;
    Ok(u32::try_from(count).unwrap_or(0))
}

/// `recv`, which waits in the kernel unless the descriptor is in non-blocking mode or
/// the flags hold `MSG_DONTWAIT`.
///
/// It is given as a number: another thread may close it meanwhile, as in any program, and the call then goes on.
pub(crate) fn receive(fd: RawFd, buffer: &mut [u8], flags: i32) -> io::Result<usize> {
    // SAFETY: the buffer is valid for the length given; a number that is no descriptor gives EBADF.
    let count = unsafe { libc::recv(fd, buffer.as_mut_ptr().cast(), buffer.len(), flags) };
    check_size(count)
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

/// Bytes of `struct tcp_md5sig`: an address of 128, four numbers in 8, a key of 80. Source: Linux `linux/tcp.h`.
const MD5SIG: usize = 216;
/// The key of every signature: a story is about who has one, never about which.
const KEY: &[u8] = b"aftershake";

/// `TCP_MD5SIG`: from now on only segments of 127.0.0.1 that are signed with our key are taken, or any again.
///
/// # Errors
/// `ENOPROTOOPT` where the kernel was built without; `ENOENT` when a key is taken away that was never set.
pub(crate) fn sign(socket: BorrowedFd<'_>, on: bool) -> io::Result<()> {
    let mut signature = [0_u8; MD5SIG];
    let family = u16::try_from(libc::AF_INET).unwrap_or(0).to_ne_bytes();
    let length = if on { KEY.len() } else { 0 };
    let key_length = u16::try_from(length).unwrap_or(0).to_ne_bytes();
    // Family, port, address; after the address's room flags, prefix, the key's length, an interface, the key.
    let parts: [(usize, &[u8]); 4] = [
        (0, &family),
        (4, &[127, 0, 0, 1]),
        (130, &key_length),
        (136, KEY),
    ];
    for (at, bytes) in parts {
        for (to, from) in signature.iter_mut().skip(at).zip(bytes) {
            *to = *from;
        }
    }
    // SAFETY: the option reads MD5SIG bytes, which the array has.
    check(unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_MD5SIG,
            signature.as_ptr().cast(),
            size_of_u32::<[u8; MD5SIG]>(),
        )
    })
    .map(drop)
}
