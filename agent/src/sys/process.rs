//! Child processes that make a program's calls: fork, the channel to them, limits, their end. Knows nothing of steps.
#![expect(
    unsafe_code,
    reason = "fork, sendmsg and recvmsg, epoll, kill, waitpid, close_range, fcntl, setrlimit"
)]

use std::io::{self, Read, Write};
use std::mem::{size_of, zeroed};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use super::check;
use super::poll::Interest;

/// A message longer than this is refused.
const LONGEST: usize = 64 << 20;

/// The limit below which so many descriptors more can be opened: they get the lowest numbers that are free.
pub(crate) fn limit_for(spare: u32) -> u64 {
    // SAFETY: takes numbers; one that is no descriptor gives an error.
    let is_free = |fd: &RawFd| unsafe { libc::fcntl(*fd, libc::F_GETFD) } < 0;
    let mut free = (0..RawFd::MAX).filter(is_free);
    let first_too_many = free.nth(usize::try_from(spare).unwrap_or(usize::MAX));
    first_too_many
        .and_then(|fd| u64::try_from(fd).ok())
        .unwrap_or(u64::MAX)
}

/// From this number on this process gets no descriptor any more; those it has stay. Source: setrlimit(2), `RLIMIT_NOFILE`.
pub(crate) fn limit_descriptors(limit: u64) -> io::Result<()> {
    let mut limits = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: fills a valid rlimit.
    check(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limits) })?;
    limits.rlim_cur = limit;
    // SAFETY: reads a valid rlimit.
    check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limits) }).map(drop)
}

/// A child that has not been waited for.
pub(crate) struct Child {
    pid: libc::pid_t,
    gone: bool,
}

/// Copies this process. In the child `act` is called and its code is the exit code; it never returns there.
///
/// The copy has this thread alone. It keeps the descriptors of `keep` and no other, and dies with this thread.
/// Other threads may hold locks of the C library's allocator only: `fork` frees those in the copy.
pub(crate) fn fork(keep: &[RawFd], act: impl FnOnce() -> i32) -> io::Result<Child> {
    // SAFETY: takes nothing. What the child may do is said above; it ends by `_exit`.
    let pid = check(unsafe { libc::fork() })?;
    if pid > 0 {
        return Ok(Child { pid, gone: false });
    }
    let _ = super::thread::die_with_parent();
    take_signals_as_any_program();
    close_all_but(keep);
    super::thread::exit_now(act());
}

/// Ends by signals that this process itself ignores or handles: a shell that starts something in the background
/// ignores some for it, and Rust handles SIGSEGV to tell of a stack that overflowed. SIGPIPE stays ignored.
fn take_signals_as_any_program() {
    let ending = [
        libc::SIGABRT,
        libc::SIGHUP,
        libc::SIGINT,
        libc::SIGQUIT,
        libc::SIGSEGV,
        libc::SIGTERM,
    ];
    // SAFETY: takes numbers; an empty set is valid. No other thread runs in the copy.
    unsafe {
        for signal in ending {
            libc::signal(signal, libc::SIG_DFL);
        }
        let mut none: libc::sigset_t = zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
    }
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Exited(i32),
    Signalled(i32),
}

/// Closes every descriptor that is not listed, the standard ones too.
fn close_all_but(keep: &[RawFd]) {
    let mut keep: Vec<u32> = keep
        .iter()
        .filter_map(|fd| u32::try_from(*fd).ok())
        .collect();
    keep.sort_unstable();
    let mut from = 0_u32;
    for fd in keep.into_iter().chain([u32::MAX]) {
        if fd > from {
            // SAFETY: takes numbers only; nothing in this process uses what is closed here.
            unsafe { libc::syscall(libc::SYS_close_range, from, fd - 1, 0) };
        }
        from = fd.saturating_add(1);
    }
}

impl Child {
    /// The process's id, which is its only thread's as well.
    pub(crate) const fn id(&self) -> i32 {
        self.pid
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: i32) {
        if !self.gone {
            // SAFETY: plain numbers; the child has not been waited for, so that its number is its own.
            unsafe { libc::kill(self.pid, signal) };
        }
    }

    /// Whether it has been waited for.
    pub(crate) const fn is_gone(&self) -> bool {
        self.gone
    }

    /// Waits until it is gone and everything it held is closed; `None` when that was known before.
    pub(crate) fn wait(&mut self) -> Option<Status> {
        self.look(0)
    }

    /// How it ended, where it has by now; `None` while it lives and when that was known before.
    pub(crate) fn ended(&mut self) -> Option<Status> {
        self.look(libc::WNOHANG)
    }

    /// Whether it has begun to end: what it holds may be closed from then on. `None` where the system does not say.
    ///
    /// Source: proc(5), `flags` of `/proc/pid/stat`; `PF_EXITING` is set before `exit_files` in `do_exit`.
    pub(crate) fn is_ending(&self) -> Option<bool> {
        const EXITING: u32 = 4;
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).ok()?;
        // After the name, which stands in brackets and may hold anything: state, four numbers, a terminal's, flags.
        let (_, rest) = stat.rsplit_once(')')?;
        let flags: u32 = rest.split_whitespace().nth(6)?.parse().ok()?;
        Some(flags & EXITING != 0)
    }

    fn look(&mut self, flags: i32) -> Option<Status> {
        while !self.gone {
            let mut status = 0;
            // SAFETY: `status` is valid; the child is ours.
            let waited = check(unsafe { libc::waitpid(self.pid, &raw mut status, flags) });
            match waited {
                Ok(0) => return None,
                Ok(_) => {
                    self.gone = true;
                    return Some(if libc::WIFSIGNALED(status) {
                        Status::Signalled(libc::WTERMSIG(status))
                    } else {
                        Status::Exited(libc::WEXITSTATUS(status))
                    });
                }
                Err(error) => self.gone = error.kind() != io::ErrorKind::Interrupted,
            }
        }
        None
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.signal(libc::SIGKILL);
        self.wait();
    }
}

/// Waits for other descriptors in their stead: readable once the one it watches is ready.
///
/// Two processes can share one; it holds no reference to what it watches, which closes as if nobody looked.
pub(crate) struct Watch(OwnedFd);

impl Watch {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: takes a flag only.
        let fd = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        // SAFETY: the descriptor was just made and has no other owner.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Watches this descriptor from now on.
    pub(crate) fn begin(&self, fd: RawFd, interest: Interest) -> io::Result<()> {
        let events = match interest {
            Interest::Readable => libc::EPOLLIN | libc::EPOLLRDHUP,
            Interest::Writable => libc::EPOLLOUT,
            Interest::Urgent => libc::EPOLLPRI,
        };
        let mut event = libc::epoll_event {
            events: u32::try_from(events).unwrap_or(0),
            u64: 0,
        };
        // SAFETY: `event` is valid through the call.
        check(unsafe {
            libc::epoll_ctl(self.0.as_raw_fd(), libc::EPOLL_CTL_ADD, fd, &raw mut event)
        })
        .map(drop)
    }

    /// Watches it no longer; one that has been closed is gone already.
    pub(crate) fn end(&self, fd: RawFd) {
        // SAFETY: takes numbers and no event.
        unsafe {
            libc::epoll_ctl(
                self.0.as_raw_fd(),
                libc::EPOLL_CTL_DEL,
                fd,
                std::ptr::null_mut(),
            )
        };
    }
}

impl AsRawFd for Watch {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// One end of a channel of messages, each with at most one descriptor.
pub(crate) struct Channel(UnixStream);

#[repr(C)]
union OneDescriptor {
    header: libc::cmsghdr,
    room: [u8; 64],
}

impl Channel {
    pub(crate) fn pair() -> io::Result<(Self, Self)> {
        let (one, other) = UnixStream::pair()?;
        Ok((Self(one), Self(other)))
    }

    /// Sends a message.
    pub(crate) fn send(&self, message: &[u8], with: Option<BorrowedFd<'_>>) -> io::Result<()> {
        let length = u32::try_from(message.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.send_start(&length.to_ne_bytes(), with)?;
        (&self.0).write_all(message)
    }

    /// Takes the next message.
    pub(crate) fn receive(&self) -> io::Result<(Vec<u8>, Option<OwnedFd>)> {
        let mut length = [0; 4];
        let with = self.receive_start(&mut length)?;
        let length = usize::try_from(u32::from_ne_bytes(length)).unwrap_or(usize::MAX);
        if length > LONGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut message = vec![0; length];
        (&self.0).read_exact(&mut message)?;
        Ok((message, with))
    }

    /// Four bytes and the descriptor. The channel is empty or nearly so: four bytes never go in parts.
    fn send_start(&self, start: &[u8; 4], with: Option<BorrowedFd<'_>>) -> io::Result<()> {
        let mut part = libc::iovec {
            iov_base: start.as_ptr().cast_mut().cast(),
            iov_len: start.len(),
        };
        let mut control = OneDescriptor { room: [0; 64] };
        // SAFETY: an all-zero msghdr is an empty one.
        let mut header: libc::msghdr = unsafe { zeroed() };
        header.msg_iov = &raw mut part;
        header.msg_iovlen = 1;
        if let Some(fd) = with {
            let size = u32::try_from(size_of::<RawFd>()).unwrap_or(4);
            header.msg_control = (&raw mut control).cast();
            // SAFETY: computes with a number.
            header.msg_controllen = unsafe { libc::CMSG_SPACE(size) } as usize;
            // SAFETY: the control buffer has room for one descriptor with its header, and is aligned for it.
            unsafe {
                let first = libc::CMSG_FIRSTHDR(&raw const header);
                (*first).cmsg_level = libc::SOL_SOCKET;
                (*first).cmsg_type = libc::SCM_RIGHTS;
                (*first).cmsg_len = libc::CMSG_LEN(size) as usize;
                libc::CMSG_DATA(first)
                    .cast::<RawFd>()
                    .write_unaligned(fd.as_raw_fd());
            }
        }
        // SAFETY: everything that the header points to lives through the call.
        let sent = unsafe {
            libc::sendmsg(
                self.0.as_fd().as_raw_fd(),
                &raw const header,
                libc::MSG_NOSIGNAL,
            )
        };
        match super::check_size(sent)? {
            4 => Ok(()),
            _ => Err(io::ErrorKind::WriteZero.into()),
        }
    }

    fn receive_start(&self, start: &mut [u8; 4]) -> io::Result<Option<OwnedFd>> {
        let mut part = libc::iovec {
            iov_base: start.as_mut_ptr().cast(),
            iov_len: start.len(),
        };
        let mut control = OneDescriptor { room: [0; 64] };
        // SAFETY: an all-zero msghdr is an empty one.
        let mut header: libc::msghdr = unsafe { zeroed() };
        header.msg_iov = &raw mut part;
        header.msg_iovlen = 1;
        header.msg_control = (&raw mut control).cast();
        header.msg_controllen = size_of::<OneDescriptor>();
        let flags = libc::MSG_WAITALL | libc::MSG_CMSG_CLOEXEC;
        // SAFETY: everything that the header points to lives through the call.
        let got = unsafe { libc::recvmsg(self.0.as_fd().as_raw_fd(), &raw mut header, flags) };
        if super::check_size(got)? != 4 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // SAFETY: the kernel wrote the headers into the control buffer; a descriptor in it is new and ours.
        unsafe {
            let first = libc::CMSG_FIRSTHDR(&raw const header);
            if first.is_null() || (*first).cmsg_type != libc::SCM_RIGHTS {
                return Ok(None);
            }
            let fd = libc::CMSG_DATA(first).cast::<RawFd>().read_unaligned();
            Ok(Some(OwnedFd::from_raw_fd(fd)))
        }
    }
}

impl AsRawFd for Channel {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;
    use crate::sys::poll;

    #[test]
    fn a_message_carries_a_descriptor() {
        let (one, other) = Channel::pair().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        one.send(b"take this", Some(listener.as_fd())).unwrap();
        one.send(b"", None).unwrap();
        let (message, fd) = other.receive().unwrap();
        assert_eq!(message, b"take this");
        assert_eq!(
            TcpListener::from(fd.unwrap()).local_addr().unwrap(),
            address
        );
        assert!(other.receive().unwrap().1.is_none());
    }

    #[test]
    fn a_watch_is_ready_with_what_it_watches_and_keeps_nothing_open() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let watch = Watch::new().unwrap();
        watch
            .begin(listener.as_raw_fd(), Interest::Readable)
            .unwrap();
        let ready = || poll::wait(&[(watch.as_raw_fd(), Interest::Readable)], Some(0)).unwrap();
        assert_eq!(ready(), [false]);
        let address = listener.local_addr().unwrap();
        let _client = TcpStream::connect(address).unwrap();
        assert_eq!(ready(), [true]);
        drop(listener);
        // Another test's child holds a copy of every descriptor until it has closed it.
        let began = std::time::Instant::now();
        while ready() == [true] {
            assert!(began.elapsed().as_secs() < 10, "something keeps it open");
            std::thread::yield_now();
        }
        assert!(TcpStream::connect(address).is_err());
    }

    #[test]
    fn a_child_answers_and_ends_by_a_signal() {
        let (here, there) = Channel::pair().unwrap();
        let keep = [there.as_raw_fd()];
        let mut child = fork(&keep, || {
            let Ok((message, _)) = there.receive() else {
                return 1;
            };
            let _ = there.send(&message, None);
            let _ = there.receive();
            0
        })
        .unwrap();
        drop(there);
        here.send(b"are you there?", None).unwrap();
        assert_eq!(here.receive().unwrap().0, b"are you there?");
        assert_eq!((child.ended(), child.is_ending()), (None, Some(false)));
        assert!(!child.is_gone());
        child.signal(libc::SIGKILL);
        assert_eq!(child.wait(), Some(Status::Signalled(libc::SIGKILL)));
        assert_eq!((child.wait(), child.ended()), (None, None));
        assert!(here.receive().is_err());
    }

    #[test]
    fn a_child_ends_by_signals_that_this_process_does_not_end_by() {
        for signal in [libc::SIGSEGV, libc::SIGINT, libc::SIGQUIT, libc::SIGABRT] {
            let (here, there) = Channel::pair().unwrap();
            let keep = [there.as_raw_fd()];
            let mut child = fork(&keep, || {
                let _ = super::super::thread::forbid_core_dumps();
                let _ = there.send(b"up", None);
                i32::from(there.receive().is_ok())
            })
            .unwrap();
            drop(there);
            here.receive().unwrap();
            child.signal(signal);
            assert_eq!(child.wait(), Some(Status::Signalled(signal)));
        }
    }
}
