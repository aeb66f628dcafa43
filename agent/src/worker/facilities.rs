//! Whether this machine has what a scenario needs: found out by trying, never by a version number.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::OnceLock;

use aftershake_shared::channel::Failure;
use aftershake_shared::scenario::Scenario;
use aftershake_shared::scenario::facility::Facility;
use aftershake_shared::scenario::machine;
use socket2::{Domain, Protocol, Socket, Type};

use super::NOT_HERE;
use crate::sys;

/// The first thing that the scenario needs and this thread's namespace does not give, in words.
///
/// # Errors
/// A failure of code 3, `not on this machine: …`, by which a test skips the scenario.
pub(crate) fn all_there(scenario: &Scenario) -> Result<(), Failure> {
    scenario
        .facilities()
        .iter()
        .try_for_each(|facility| attempt(facility).map_err(|error| missing(facility, &error)))
}

fn missing(facility: &Facility, error: &io::Error) -> Failure {
    Failure {
        code: 3,
        message: format!("{NOT_HERE}{facility}: {error}"),
        remedy: facility.remedy().to_owned(),
    }
}

/// Uses it once, without leaving anything behind.
fn attempt(facility: &Facility) -> io::Result<()> {
    match facility {
        Facility::FastOpen => {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            let queue = 1;
            let level = libc::IPPROTO_TCP;
            sys::socket::set_int(socket.as_fd(), level, libc::TCP_FASTOPEN, queue)?;
            setting("net.ipv4.tcp_fastopen")
        }
        Facility::Machine { name, value } => of_machine(name, *value),
        Facility::Mptcp => Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::MPTCP)).map(drop),
        Facility::Signatures => {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            sys::socket::sign(socket.as_fd(), true)
        }
        Facility::Sysctl(name) => setting(name),
    }
}

/// The settings of the whole machine as they were when the worker began, each with its name.
static OF_MACHINE: OnceLock<Vec<(&str, io::Result<String>)>> = OnceLock::new();

/// Reads the settings of the whole machine. A network namespace does not show them: to be called before this
/// process enters one.
pub(crate) fn look_at_machine() {
    let read = |name: &&'static str| (*name, std::fs::read_to_string(path_of(name)));
    OF_MACHINE.get_or_init(|| machine::KNOWN.iter().map(read).collect());
}

/// Whether that setting of the whole machine had that value when the worker began.
fn of_machine(name: &str, value: u32) -> io::Result<()> {
    let known = OF_MACHINE.get().into_iter().flatten();
    let found = known.into_iter().find(|(known, _)| *known == name);
    match found {
        Some((_, Ok(text))) if text.trim() == value.to_string() => Ok(()),
        Some((_, Ok(text))) => Err(io::Error::other(format!("it is at {}", text.trim()))),
        Some((_, Err(error))) => Err(error.kind().into()),
        None => Err(io::ErrorKind::NotFound.into()),
    }
}

/// Where that setting is read and written.
fn path_of(name: &str) -> PathBuf {
    PathBuf::from("/proc/sys").join(name.replace('.', "/"))
}

/// Whether that setting exists here and may be written.
fn setting(name: &str) -> io::Result<()> {
    OpenOptions::new().write(true).open(path_of(name)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_kernel_has_is_named_with_its_reason() {
        let facility = Facility::Sysctl("net.ipv4.no_such_setting".into());
        let failure = missing(&facility, &attempt(&facility).unwrap_err());
        assert_eq!(failure.code, 3);
        assert_eq!(
            failure.message,
            "not on this machine: the sysctl net.ipv4.no_such_setting: \
             No such file or directory (os error 2)"
        );
    }
}
