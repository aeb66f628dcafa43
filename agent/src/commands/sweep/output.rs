//! Puts out what many runs came to: text or JSON on stdout, files where they are wanted.

use std::fs;
use std::path::Path;

use aftershake_shared::channel::Failure;
use aftershake_shared::distribution::report::Distribution;
use aftershake_shared::distribution::{chart, csv, text};

use super::super::{bad_input, print, print_json, terminal_columns};
use super::collect::Collected;
use super::odd::save;

/// What is to be put out, and where.
pub(crate) struct Wanted<'a> {
    pub(crate) json: bool,
    pub(crate) csv: Option<&'a Path>,
    pub(crate) svg: Option<&'a Path>,
    pub(crate) save_odd: Option<&'a Path>,
}

/// Writes the files and prints.
///
/// # Errors
/// A file that cannot be written.
pub(crate) fn put_out(collected: &Collected, wanted: &Wanted<'_>) -> Result<(), Failure> {
    let tally = &collected.tally;
    let mut about = collected.about.clone();
    let saved = match wanted.save_odd {
        None => String::new(),
        Some(folder) => {
            let count = save(&collected.odd, folder, tally)?;
            format!("; {count} saved whole in {}", folder.display())
        }
    };
    about.kept = format!("every run recorded with all evidence and diagnosed by itself{saved}");
    let mut object = Distribution::new(tally, about, &collected.odd);
    object.found.clone_from(&collected.found);
    if let Some(path) = wanted.csv {
        write(path, &csv::write(tally))?;
    }
    if let Some(path) = wanted.svg {
        write(path, &chart::draw(&object, tally))?;
    }
    if wanted.json {
        print_json(&object)
    } else {
        print(&text::write(&object, tally, terminal_columns()))
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| {
        bad_input(
            format!("{}: cannot be written: {error}", path.display()),
            "",
        )
    })
}
