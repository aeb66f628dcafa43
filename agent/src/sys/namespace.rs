//! Private user and network namespaces, and the loopback interface inside.
#![expect(unsafe_code, reason = "unshare and interface ioctls")]

use std::fs;
use std::io;
use std::os::fd::AsRawFd;

use super::check;

/// Effective user id.
pub(crate) fn effective_uid() -> u32 {
    // SAFETY: takes no argument.
    unsafe { libc::geteuid() }
}

fn effective_gid() -> u32 {
    // SAFETY: takes no argument.
    unsafe { libc::getegid() }
}

/// Enters a new user namespace in which this user is root. The process must have one thread only.
///
/// # Errors
/// `EPERM` or `ENOSPC` where the system forbids user namespaces; `EINVAL` with a second thread.
pub(crate) fn enter_user_namespace() -> io::Result<()> {
    let (uid, gid) = (effective_uid(), effective_gid());
    // SAFETY: takes flags only.
    check(unsafe { libc::unshare(libc::CLONE_NEWUSER) })?;
    // Without `deny` an ordinary user may not write the group map: user_namespaces(7).
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("0 {uid} 1"))?;
    fs::write("/proc/self/gid_map", format!("0 {gid} 1"))
}

/// Gives this thread a new, empty network namespace. It ends with its last thread, socket and file.
pub(crate) fn enter_net_namespace() -> io::Result<()> {
    // SAFETY: takes flags only; affects the calling thread.
    check(unsafe { libc::unshare(libc::CLONE_NEWNET) }).map(drop)
}

/// Whether this thread's network namespace is another than that of the process's first thread, which stays outside.
pub(crate) fn is_private() -> bool {
    let own = fs::read_link("/proc/thread-self/ns/net");
    let first = fs::read_link("/proc/self/ns/net");
    matches!((own, first), (Ok(own), Ok(first)) if own != first)
}

/// Puts the processes that this thread starts from now on into a process namespace of their own: all of them end
/// with the first. The thread can start no thread afterwards.
pub(crate) fn enclose_children() -> io::Result<()> {
    // SAFETY: takes flags only; affects the calling thread's children.
    check(unsafe { libc::unshare(libc::CLONE_NEWPID) }).map(drop)
}

/// Switches this thread's loopback interface on; the kernel then gives it 127.0.0.1 and `::1`.
pub(crate) fn loopback_up() -> io::Result<()> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None)?;
    // SAFETY: an all-zero ifreq is valid.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = from.cast_signed();
    }
    // SAFETY: SIOCGIFFLAGS reads the name and writes the flags of a valid ifreq.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCGIFFLAGS, &raw mut request) })?;
    // SAFETY: SIOCGIFFLAGS has just filled this member of the union.
    let flags = unsafe { request.ifr_ifru.ifru_flags };
    let up = libc::c_short::try_from(libc::IFF_UP | libc::IFF_RUNNING).unwrap_or(0);
    request.ifr_ifru.ifru_flags = flags | up;
    // SAFETY: SIOCSIFFLAGS reads a valid ifreq.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) })
        .map(drop)
}

/// The kernel's release as it names itself, `6.12.43+deb13-amd64`.
pub(crate) fn kernel_release() -> String {
    fs::read_to_string("/proc/sys/kernel/osrelease")
        .unwrap_or_default()
        .trim()
        .to_owned()
}
