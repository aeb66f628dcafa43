//! Whether the page in `target/page` is the one that the sources would give: both sides listed, file by
//! file, with size and time of the last change.

use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::machine;
use crate::stop::Stop;

/// What the page is made from.
const SOURCES: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "index.html",
    "scenarios",
    "shared",
    "web",
];

/// The sources and tools at one moment.
pub(crate) struct Stamp {
    sources: String,
}

impl Stamp {
    /// Lists the sources now; `made_by` names the tools.
    pub(crate) fn new(made_by: String) -> Self {
        let mut sources = made_by;
        for source in SOURCES {
            list(&machine::root().join(source), &mut sources);
        }
        Self { sources }
    }

    /// Whether the page was made from exactly these, and nobody touched it since.
    pub(crate) fn is_current(&self, page: &Path) -> bool {
        fs::read_to_string(file(page)).is_ok_and(|text| text == self.text(page))
    }

    /// Notes that the page was made from these.
    pub(crate) fn write(&self, page: &Path) -> Result<(), Stop> {
        machine::write(&file(page), &self.text(page))
    }

    fn text(&self, page: &Path) -> String {
        let mut text = self.sources.clone();
        list(page, &mut text);
        text
    }
}

/// Beside the page, not in it: what is in it is served.
fn file(page: &Path) -> PathBuf {
    page.with_extension("stamp")
}

/// Appends a line per file. What cannot be read is listed as such, and differs once it can be.
fn list(path: &Path, lines: &mut String) {
    if let Err(error) = try_list(path, lines) {
        let _ = writeln!(lines, "{}: {error}", path.display());
    }
}

fn try_list(path: &Path, lines: &mut String) -> io::Result<()> {
    let data = fs::metadata(path)?;
    if !data.is_dir() {
        let (size, seconds, nanos) = (data.len(), data.mtime(), data.mtime_nsec());
        let _ = writeln!(lines, "{} {size} {seconds}.{nanos:09}", path.display());
        return Ok(());
    }
    let mut entries = path
        .read_dir()?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for entry in entries {
        list(&entry, lines);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_current_until_it_or_its_tools_change() {
        let folder = std::env::temp_dir().join(format!("aftershake-stamp-{}", std::process::id()));
        let page = folder.join("page");
        fs::create_dir_all(&page).unwrap();
        let stamp = Stamp::new("tools 1\n".to_owned());
        assert!(!stamp.is_current(&page), "never built");
        stamp.write(&page).unwrap();
        assert!(stamp.is_current(&page));
        assert!(
            !Stamp::new("tools 2\n".to_owned()).is_current(&page),
            "other tools"
        );
        fs::write(page.join("index.html"), "x").unwrap();
        assert!(!stamp.is_current(&page), "touched");
        fs::remove_dir_all(&folder).unwrap();
    }
}
