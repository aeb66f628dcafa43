//! The catalogue against its expectations, by the real binary: as whoever runs this, and from root once
//! more as an ordinary user.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::machine;
use crate::process;
use crate::stop::Stop;

/// `nobody` on every Linux.
const NOBODY: u32 = 65_534;

/// As whom a program runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    /// Whoever started this.
    Caller,
    /// An ordinary user without any rights; only root can become it.
    Nobody,
}

impl User {
    /// All that this process can be.
    pub(crate) fn all() -> &'static [Self] {
        if machine::is_root() {
            &[Self::Caller, Self::Nobody]
        } else {
            &[Self::Caller]
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Caller if machine::is_root() => "root",
            Self::Caller => "an ordinary user",
            Self::Nobody => "an ordinary user (nobody)",
        }
    }
}

/// A copy of the agent where every user can start it, gone with this value.
pub(crate) struct SharedCopy {
    folder: PathBuf,
}

impl SharedCopy {
    pub(crate) fn new(binary: &Path) -> Result<Self, Stop> {
        let folder = std::env::temp_dir().join(format!("aftershake-{}", std::process::id()));
        let copy = Self { folder };
        copy.fill(binary)
            .map_err(|error| Stop::internal(format!("{}: {error}", copy.folder.display())))?;
        Ok(copy)
    }

    fn fill(&self, binary: &Path) -> std::io::Result<()> {
        let readable = || fs::Permissions::from_mode(0o755);
        fs::create_dir_all(&self.folder)?;
        fs::set_permissions(&self.folder, readable())?;
        fs::copy(binary, self.binary())?;
        fs::set_permissions(self.binary(), readable())
    }

    /// The copy.
    pub(crate) fn binary(&self) -> PathBuf {
        self.folder.join("aftershake")
    }

    /// The copy as a command of that user.
    pub(crate) fn command(&self, user: User) -> Command {
        let mut command = Command::new(self.binary());
        as_user(&mut command, user);
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for SharedCopy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Runs the whole catalogue this many times.
pub(crate) fn run(binary: &Path, user: User, rounds: u32) -> Result<(), Stop> {
    let copy = SharedCopy::new(binary)?;
    let mut command = copy.command(user);
    command.args(["test", "--jobs", "2", "--repeat", &rounds.to_string()]);
    let status = process::status(&mut command)?;
    if status.code() == Some(3) {
        return Err(Stop::missing(
            format!("as {}, the agent lacks something it needs", user.name()),
            "the lines above name it; `aftershake doctor` says more",
        ));
    }
    process::expect_success(
        &command,
        status,
        "`aftershake run NAME` shows what that scenario does now",
    )
}

/// Fails in words where a private network namespace cannot be made, before anything is built.
pub(crate) fn need_namespaces(user: User) -> Result<(), Stop> {
    let Some(unshare) = machine::which("unshare") else {
        return Err(Stop::missing(
            "no `unshare` on PATH",
            "sudo apt-get install -y util-linux",
        ));
    };
    let mut command = Command::new(unshare);
    let is_root = user == User::Caller && machine::is_root();
    if !is_root {
        command.args(["--user", "--map-root-user"]);
    }
    command.args(["--net", "true"]);
    as_user(&mut command, user);
    let output = process::output(&mut command)?;
    if output.status.success() {
        return Ok(());
    }
    let what = format!(
        "{} cannot make a private network namespace: {}",
        user.name(),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    let remedy = if is_root {
        "in a container, start it with --cap-add SYS_ADMIN or --privileged".to_owned()
    } else {
        remedy_of_settings()
    };
    Err(Stop::missing(what, remedy))
}

/// The switch that forbids user namespaces here.
fn remedy_of_settings() -> String {
    let switches = [
        ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
        ("kernel.unprivileged_userns_clone", "0", "1"),
        ("user.max_user_namespaces", "0", "10000"),
    ];
    for (name, forbids, allows) in switches {
        let file = format!("/proc/sys/{}", name.replace('.', "/"));
        if fs::read_to_string(file).is_ok_and(|value| value.trim() == forbids) {
            return format!("sudo sysctl -w {name}={allows}");
        }
    }
    "user namespaces are forbidden here, by seccomp in most containers: allow `unshare`".to_owned()
}

fn as_user(command: &mut Command, user: User) {
    if user == User::Nobody {
        command
            .uid(NOBODY)
            .gid(NOBODY)
            .current_dir("/")
            .env("HOME", "/nonexistent")
            .env_remove("XDG_RUNTIME_DIR")
            .env_remove("XDG_CACHE_HOME");
    }
}
