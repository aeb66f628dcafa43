//! `aftershake new`: a file to begin a scenario with. Never replaces one.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use aftershake_shared::channel::Failure;

use super::{DONE, bad_input, print, talk};

const TEMPLATE: &str = include_str!("new/template.toml");

/// Write a scenario to begin with: NAME.toml
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: aftershake new mine && aftershake run mine.toml")]
pub struct NewOptions {
    /// The scenario's name: letters, digits, - and _; a folder may stand before it
    pub name: String,
}

/// Writes the file and prints its path.
///
/// # Errors
/// A name that is none, a file that is already there, a folder that cannot be written to.
pub fn new(options: &NewOptions) -> Result<u8, Failure> {
    let path = path(&options.name)?;
    let shown = path.display();
    match File::create_new(&path).and_then(|mut file| file.write_all(TEMPLATE.as_bytes())) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let message = format!("{shown} is already there, and is left as it is");
            return Err(bad_input(message, "another name"));
        }
        Err(error) => {
            return Err(bad_input(
                format!("{shown}: cannot be written: {error}"),
                "",
            ));
        }
    }
    print(&format!("{shown}\n"))?;
    talk::remark(&format!("next: aftershake run {shown}"));
    Ok(DONE)
}

fn path(name: &str) -> Result<PathBuf, Failure> {
    let path = Path::new(name.strip_suffix(".toml").unwrap_or(name));
    let stem = path
        .file_name()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if stem.is_empty() || stem.starts_with('-') || stem.len() > 100 || !stem.chars().all(fits) {
        return Err(bad_input(
            format!(
                "`{name}` is no name of a scenario, expected up to 100 letters, digits, `-` or `_`"
            ),
            "aftershake new my-story",
        ));
    }
    Ok(path.with_file_name(format!("{stem}.toml")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftershake_shared::scenario::Scenario;

    #[test]
    fn the_template_is_a_scenario_with_an_expectation() {
        let scenario = Scenario::parse(TEMPLATE).unwrap();
        assert!(scenario.expect.is_some());
    }

    #[test]
    fn a_name_becomes_a_path() {
        for (name, expected) in [
            ("mine", Some("mine.toml")),
            ("mine.toml", Some("mine.toml")),
            ("a/b/mine_2", Some("a/b/mine_2.toml")),
            ("", None),
            ("..", None),
            ("a b", None),
            ("-x", None),
            ("x.json", None),
        ] {
            let found = path(name).ok();
            assert_eq!(found.as_deref(), expected.map(Path::new), "{name}");
        }
    }
}
