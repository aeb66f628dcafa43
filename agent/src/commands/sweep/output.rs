//! Puts out what many runs came to: text or JSON on stdout, files where they are wanted.

use std::path::Path;

use aftershake_shared::channel::Failure;
use aftershake_shared::distribution::report::Distribution;
use aftershake_shared::distribution::{chart, csv, text};

use super::super::{out_file, print, print_json, terminal_columns};
use super::collect::Collected;
use super::odd::save;

/// What is to be put out, and where.
pub(crate) struct Wanted<'a> {
    pub(crate) json: bool,
    pub(crate) csv: Option<&'a Path>,
    pub(crate) svg: Option<&'a Path>,
    pub(crate) save_odd: Option<&'a Path>,
}

impl Wanted<'_> {
    /// Whether all of it can be put out. Asked before the first run: many runs take long.
    ///
    /// # Errors
    /// The first file or folder that cannot be written.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        for (option, path) in [("--csv", self.csv), ("--svg", self.svg)] {
            path.map_or(Ok(()), |path| out_file::check(option, path))?;
        }
        let folder = self.save_odd;
        folder.map_or(Ok(()), |path| out_file::check_folder("--save-odd", path))
    }
}

/// Writes the files and prints; then says which files could not be written, and gives the exit code of that.
///
/// # Errors
/// Output that cannot be printed.
pub(crate) fn put_out(collected: &Collected, wanted: &Wanted<'_>) -> Result<Option<u8>, Failure> {
    let tally = &collected.tally;
    let mut about = collected.about.clone();
    let mut lost = Vec::new();
    let saved = match wanted.save_odd {
        None => String::new(),
        Some(folder) => {
            let (count, failure) = save(&collected.odd, folder, tally);
            lost.extend(failure);
            format!("; {count} saved whole in {}", folder.display())
        }
    };
    about.kept = format!("every run recorded with all evidence and diagnosed by itself{saved}");
    let mut object = Distribution::new(tally, about, &collected.odd);
    object.found.clone_from(&collected.found);
    if let Some(path) = wanted.csv {
        lost.extend(out_file::write(path, csv::write(tally).as_bytes()).err());
    }
    if let Some(path) = wanted.svg {
        lost.extend(out_file::write(path, chart::draw(&object, tally).as_bytes()).err());
    }
    if wanted.json {
        print_json(&object)?;
    } else {
        print(&text::write(&object, tally, terminal_columns()))?;
    }
    Ok(out_file::tell(lost))
}
