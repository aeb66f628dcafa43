//! The kernel's interface, as safe functions. The only place with `unsafe`; knows nothing of scenarios or events.

pub(crate) mod clock;
pub(crate) mod ctnetlink;
pub(crate) mod namespace;
mod netlink;
pub(crate) mod nf_tables;
mod packet_ring;
pub(crate) mod packet_socket;
pub(crate) mod perf;
pub(crate) mod poll;
pub(crate) mod process;
pub(crate) mod raw;
pub(crate) mod rtnetlink;
pub(crate) mod sock_destroyed;
pub(crate) mod sock_diag;
pub(crate) mod socket;
pub(crate) mod terminal;
pub(crate) mod thread;
pub(crate) mod tracefs;

use std::io;

/// The usual "-1 means look at errno".
fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// The same for calls that return a size.
fn check_size(result: libc::ssize_t) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// The size of a structure as the kernel wants it.
fn size_of_u32<T>() -> u32 {
    u32::try_from(size_of::<T>()).unwrap_or(u32::MAX)
}
