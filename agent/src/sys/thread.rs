//! What a thread can ask of the kernel for itself: processor, timer slack, end with its parent.
#![expect(unsafe_code, reason = "prctl, sched_setaffinity, kill")]

use std::io;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use super::check;

/// Ends this process with `SIGKILL` when the thread that started it ends.
pub(crate) fn die_with_parent() -> io::Result<()> {
    // SAFETY: PR_SET_PDEATHSIG takes one number.
    check(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) }).map(drop)
}

/// Timers of this thread fire within 1 ns of slack instead of 50 us.
pub(crate) fn exact_timers() -> io::Result<()> {
    // SAFETY: PR_SET_TIMERSLACK takes one number.
    check(unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1) }).map(drop)
}

/// The processor this thread runs on now.
pub(crate) fn current_cpu() -> usize {
    // SAFETY: takes no argument.
    usize::try_from(unsafe { libc::sched_getcpu() }).unwrap_or(0)
}

/// Keeps this thread on one processor.
pub(crate) fn pin_to(cpu: usize) -> io::Result<()> {
    // SAFETY: an all-zero cpu_set_t is the empty set.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: CPU_SET ignores numbers beyond the set's size.
    unsafe { libc::CPU_SET(cpu, &mut set) };
    set_affinity(&set)
}

/// The processors this thread may run on.
pub(crate) fn allowed_cpus() -> Vec<usize> {
    // SAFETY: an all-zero cpu_set_t is the empty set.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: `set` is valid for the size given.
    let result = unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &raw mut set) };
    if result != 0 {
        return vec![current_cpu()];
    }
    let most = usize::try_from(libc::CPU_SETSIZE).unwrap_or(1024);
    // SAFETY: CPU_ISSET is asked for numbers within the set only.
    (0..most)
        .filter(|cpu| unsafe { libc::CPU_ISSET(*cpu, &set) })
        .collect()
}

/// Lets this thread run on all these processors.
pub(crate) fn allow_cpus(cpus: &[usize]) -> io::Result<()> {
    // SAFETY: an all-zero cpu_set_t is the empty set.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    for cpu in cpus {
        // SAFETY: CPU_SET ignores numbers beyond the set's size.
        unsafe { libc::CPU_SET(*cpu, &mut set) };
    }
    set_affinity(&set)
}

fn set_affinity(set: &libc::cpu_set_t) -> io::Result<()> {
    // SAFETY: `set` is valid for the size given.
    check(unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), set) }).map(drop)
}

/// This thread's id: what a trace event names as the task on the processor.
pub(crate) fn id() -> i32 {
    // SAFETY: takes no argument.
    unsafe { libc::gettid() }
}

/// Whether that thread of this process sleeps in a call; `None` where the system does not say.
pub(crate) fn sleeps(thread: i32) -> Option<bool> {
    let stat = std::fs::read_to_string(format!("/proc/self/task/{thread}/stat")).ok()?;
    // The state follows the name, which stands in brackets and may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.trim_start().chars().next().map(|state| state == 'S')
}

/// The parent's process id; 1 or another reaper's when the parent is gone.
pub(crate) fn parent_id() -> i32 {
    // SAFETY: takes no argument.
    unsafe { libc::getppid() }
}

/// Raises the limit of open files to what this process may have.
pub(crate) fn allow_most_files() -> io::Result<()> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: fills a valid rlimit.
    check(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) })?;
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: reads a valid rlimit.
    check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }).map(drop)
}

/// No core is written when a signal ends this process.
pub(crate) fn forbid_core_dumps() -> io::Result<()> {
    let none = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: reads a valid rlimit.
    check(unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) }).map(drop)
}

/// Ends this process with 130 on SIGINT, as a shell expects; workers end with it.
pub(crate) fn exit_130_on_interrupt() {
    extern "C" fn interrupted(_: libc::c_int) {
        // SAFETY: _exit may be called from a signal handler.
        unsafe { libc::_exit(130) }
    }
    let handler = interrupted as extern "C" fn(libc::c_int);
    // SAFETY: the handler calls nothing but _exit.
    unsafe { libc::signal(libc::SIGINT, handler as libc::sighandler_t) };
}

/// Lets SIGINT end children first, so that those who work for us stop and we can say what came of it so far.
///
/// The first SIGINT ends every child that was named so; [`was_interrupted`] then says so. The second one ends this
/// process. A child beyond the [`MOST_CHILDREN`]th is not ended.
pub(crate) fn end_child_on_interrupt(child: u32) {
    extern "C" fn interrupted(_: libc::c_int) {
        if INTERRUPTED.swap(true, Ordering::AcqRel) {
            // SAFETY: _exit may be called from a signal handler.
            unsafe { libc::_exit(130) }
        }
        for child in &CHILDREN {
            end(child.load(Ordering::Acquire));
        }
    }
    let child = i32::try_from(child).unwrap_or(0);
    let take = |place: &AtomicI32| {
        let taken = place.compare_exchange(0, child, Ordering::AcqRel, Ordering::Acquire);
        taken.is_ok()
    };
    let _ = CHILDREN.iter().any(take);
    let handler = interrupted as extern "C" fn(libc::c_int);
    // SAFETY: the handler calls nothing but what a signal handler may.
    unsafe { libc::signal(libc::SIGINT, handler as libc::sighandler_t) };
    // The signal may have come for another child already.
    if was_interrupted() {
        end(child);
    }
}

/// Ends a child; 0 is none.
fn end(child: i32) {
    if child > 0 {
        // SAFETY: kill may be called from a signal handler; the child is ours and not waited for yet.
        unsafe { libc::kill(child, libc::SIGTERM) };
    }
}

/// Whether SIGINT came since [`end_child_on_interrupt`].
pub(crate) fn was_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Acquire)
}

/// As many as `test --jobs` may have.
const MOST_CHILDREN: usize = 64;
static CHILDREN: [AtomicI32; MOST_CHILDREN] = [const { AtomicI32::new(0) }; MOST_CHILDREN];
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Lets a command end with the thread that starts it.
pub(crate) fn end_with_starter(command: &mut std::process::Command) {
    use std::os::unix::process::CommandExt as _;
    // SAFETY: between fork and exec only prctl is called.
    unsafe { command.pre_exec(die_with_parent) };
}

/// Sends a signal to a process group.
pub(crate) fn signal_group(leader: u32, signal: i32) {
    if let Ok(leader) = i32::try_from(leader) {
        // SAFETY: plain numbers; a group that is gone gives ESRCH, which is what is wanted then.
        unsafe { libc::kill(-leader, signal) };
    }
}

/// Gives up stderr for good; what is written to it afterwards is lost. Only to be called right before the end.
pub(crate) fn close_stderr() {
    // SAFETY: a plain number, and nobody here holds stderr as an owned descriptor.
    unsafe { libc::close(libc::STDERR_FILENO) };
}

/// Stops this process at once without running destructors: the kernel closes everything.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: never returns; nothing of ours needs its destructor, files are flushed by their writers.
    unsafe { libc::_exit(code) }
}
