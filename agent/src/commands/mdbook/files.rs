//! The files that a block may name: scenarios and recordings of the book itself. No line of another file is told.

use std::path::{Path, PathBuf};

use aftershake_shared::channel::Failure;

use super::runs::Subject;
use crate::commands::{bad_input, export, scenario_input};

/// What the file holds that a block names; `None` where there is none of that name.
///
/// # Errors
/// A file outside of the book's folders, or one that is neither a scenario nor a recording.
pub(super) fn read(
    named: &str,
    folder: &Path,
    book: [&Path; 2],
) -> Result<Option<Subject>, Failure> {
    let path = folder.join(named);
    let Ok(path) = path.canonicalize() else {
        if path.extension().is_some_and(|end| end == "toml") {
            let message = format!("{}: no such file", path.display());
            return Err(bad_input(message, ""));
        }
        return Ok(None);
    };
    if !book.into_iter().any(|of| is_below(&path, of)) {
        let message = format!("`{named}` is outside of the book, expected a file below its folder");
        return Err(bad_input(message, ""));
    }
    if !path.is_file() {
        return Ok(None);
    }
    let shown = path.display().to_string();
    if let Some(recording) = export::recorded(&shown)? {
        return Ok(Some(Subject::Recording(Box::new(recording))));
    }
    let found = scenario_input::text_of(&shown)?;
    // What is wrong in a scenario is shown with its line; any other file's lines are nobody's business.
    if !found.0.toml.lines().any(has_steps) {
        let message = format!("{shown}: no `[[steps]]`, expected a scenario or a recording");
        return Err(bad_input(message, ""));
    }
    let (text, _) = scenario_input::checked(found)?;
    Ok(Some(Subject::Scenario(text)))
}

/// Both without links and `..`; a book without a folder is built in this one.
fn is_below(path: &Path, folder: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        folder.to_owned()
    };
    folder
        .canonicalize()
        .is_ok_and(|folder| path.starts_with(folder))
}

fn has_steps(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches('[').trim_start();
    line.strip_prefix("steps")
        .is_some_and(|rest| rest.trim_start().starts_with([']', '=']))
}
