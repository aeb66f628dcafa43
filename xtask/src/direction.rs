//! The direction of dependencies, checked on what cargo resolved: `web -> shared <- agent`.

use crate::log;
use crate::process;
use crate::stop::Stop;

/// `shared` is pure: none of these may be reachable from it.
const IMPURE: [&str; 14] = [
    "aftershake",
    "aftershake-web",
    "gloo",
    "js-sys",
    "libc",
    "mio",
    "nix",
    "rustix",
    "socket2",
    "tokio",
    "wasm-bindgen",
    "web-sys",
    "web-time",
    "yew",
];
/// What the page may not reach, and what the agent may not.
const APART: [(&str, &str); 4] = [
    ("aftershake-web", "aftershake"),
    ("aftershake-web", "socket2"),
    ("aftershake", "aftershake-web"),
    ("aftershake", "yew"),
];

/// Fails when a crate can reach one that it must not know.
pub(crate) fn check() -> Result<(), Stop> {
    let pairs = IMPURE.iter().map(|&impure| ("aftershake-shared", impure));
    for (from, to) in pairs.chain(APART) {
        if let Some(path) = reach(from, to)? {
            log::say(&path);
            return Err(Stop::failed(
                format!("`{from}` depends on `{to}`"),
                "the tree above shows by which way; see section 'Files' of STYLE.md",
            ));
        }
    }
    Ok(())
}

/// The tree from `to` up to `from`; `None` when there is no way.
fn reach(from: &str, to: &str) -> Result<Option<String>, Stop> {
    let mut cargo = process::cargo();
    cargo.args([
        "tree", "--locked", "--target", "all", "-p", from, "-e", "normal", "-i", to,
    ]);
    let output = process::output(&mut cargo)?;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    // Absent from the lock file, or there but not below `from`.
    let is_absent = error.contains("did not match any packages")
        || (output.status.success() && tree.trim().is_empty());
    match output.status.success() {
        _ if is_absent => Ok(None),
        true => Ok(Some(tree)),
        false => Err(Stop::failed(
            format!(
                "`{}` ended with {}: {}",
                process::words(&cargo),
                output.status,
                error.trim()
            ),
            "cargo must be able to read the workspace before its direction can be checked",
        )),
    }
}
