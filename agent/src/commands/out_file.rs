//! Files that a command is asked to write: refused before a long run, and written after it.
//!
//! A run of minutes must not end in a wrong path, and a path that cannot be written must not take away what was there.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use aftershake_shared::channel::Failure;

use super::{bad_input, talk};

const REMEDY: &str = "name a file in a folder that exists and may be written";

/// Whether a file can be written that an option names. Changes nothing that is there.
///
/// # Errors
/// `-`, a folder, or what the system says.
pub(super) fn check(option: &str, path: &Path) -> Result<(), Failure> {
    check_name(option, path, "file")?;
    try_to_open(path).map_err(|error| not_written(path, &error))
}

/// Whether files can be written into a folder that an option names; the folder is made when there is none.
///
/// # Errors
/// `-`, a file, or what the system says.
pub(super) fn check_folder(option: &str, path: &Path) -> Result<(), Failure> {
    check_name(option, path, "folder")?;
    let probe = path.join(format!(".aftershake-{}", std::process::id()));
    fs::create_dir_all(path)
        .and_then(|()| try_to_open(&probe))
        .map_err(|error| not_written(path, &error))
}

/// Writes a file.
///
/// # Errors
/// What the system says.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| not_written(path, &error))
}

/// Says which files could not be written after all; gives the exit code when there is one.
///
/// On stderr also with `--json`: stdout holds the result by now, and a second object would spoil it.
pub(super) fn tell(failures: impl IntoIterator<Item = Failure>) -> Option<u8> {
    let mut code = None;
    for failure in failures {
        talk::error(&failure.message);
        code = Some(failure.code);
    }
    code
}

/// That a file or folder cannot be written.
pub(super) fn not_written(path: &Path, error: &io::Error) -> Failure {
    let message = format!("{}: cannot be written: {error}", path.display());
    bad_input(message, REMEDY)
}

fn check_name(option: &str, path: &Path, what: &str) -> Result<(), Failure> {
    if path == Path::new("-") {
        let message = format!("{option} takes the name of a {what}, found `-`");
        return Err(bad_input(message, "./- is a file of that name"));
    }
    Ok(())
}

fn try_to_open(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(io::Error::from(io::ErrorKind::IsADirectory)),
        // To append nothing changes nothing.
        Ok(found) if found.is_file() => OpenOptions::new().append(true).open(path).map(drop),
        // A pipe without a reader would wait here.
        Ok(_) => Ok(()),
        Err(_) => match OpenOptions::new().write(true).create_new(true).open(path) {
            Ok(_) => fs::remove_file(path),
            // A symbolic link to nothing: writing makes its target.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        },
    }
}
