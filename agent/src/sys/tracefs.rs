//! The kernel's descriptions of its trace events, without touching the machine's mounts.
#![expect(unsafe_code, reason = "fsopen, fsmount and openat")]

use std::ffi::CString;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;

use super::check;

/// Access to tracefs: where it is mounted, or a mount of our own that nobody else sees.
pub(crate) enum Tracefs {
    Mounted(&'static Path),
    Detached(OwnedFd),
}

impl Tracefs {
    /// Finds tracefs or mounts it detached (Linux 5.2, needs `CAP_SYS_ADMIN`); closing the mount removes it.
    pub(crate) fn open() -> io::Result<Self> {
        for folder in ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"] {
            if Path::new(folder).join("events/tcp").exists() {
                return Ok(Self::Mounted(Path::new(folder)));
            }
        }
        Self::detached()
    }

    fn detached() -> io::Result<Self> {
        let name = CString::new("tracefs")?;
        // SAFETY: fsopen reads one string that lives through the call.
        let context = check_long(unsafe { libc::syscall(libc::SYS_fsopen, name.as_ptr(), 1) })?;
        // SAFETY: the descriptor was just made and has no other owner.
        let context = unsafe { OwnedFd::from_raw_fd(context) };
        let create = 6; // FSCONFIG_CMD_CREATE
        let null = std::ptr::null::<libc::c_char>();
        // SAFETY: FSCONFIG_CMD_CREATE takes neither key nor value.
        check_long(unsafe {
            libc::syscall(
                libc::SYS_fsconfig,
                context.as_raw_fd(),
                create,
                null,
                null,
                0,
            )
        })?;
        // SAFETY: takes numbers only.
        let mount =
            check_long(unsafe { libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), 1, 0) })?;
        // SAFETY: the descriptor was just made and has no other owner.
        Ok(Self::Detached(unsafe { OwnedFd::from_raw_fd(mount) }))
    }

    /// Reads a small file, `events/tcp/tcp_send_reset/format`.
    pub(crate) fn read(&self, path: &str) -> io::Result<String> {
        let mut text = String::new();
        match self {
            Self::Mounted(folder) => File::open(folder.join(path))?,
            Self::Detached(mount) => {
                let path = CString::new(path)?;
                let flags = libc::O_RDONLY | libc::O_CLOEXEC;
                // SAFETY: the path lives through the call.
                let fd = check(unsafe { libc::openat(mount.as_raw_fd(), path.as_ptr(), flags) })?;
                // SAFETY: the descriptor was just made and has no other owner.
                unsafe { File::from_raw_fd(fd) }
            }
        }
        .read_to_string(&mut text)?;
        Ok(text)
    }
}

fn check_long(result: libc::c_long) -> io::Result<libc::c_int> {
    match libc::c_int::try_from(result) {
        Ok(fd) if fd >= 0 => Ok(fd),
        _ => Err(io::Error::last_os_error()),
    }
}
