//! The recipes of `docs/recipes` that need only Python, carried out as their readers do: pages in `target/recipes`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::log::Log;
use crate::machine;
use crate::process;
use crate::stop::Stop;
use crate::wasm_target;

/// The run that all recipes show.
const SCENARIO: &str = "sent-before-close";
const SCRIPTS: [&str; 2] = ["aftershake-replay.js", "aftershake-player.js"];

/// One generator of documentation.
struct Recipe {
    /// Its folder below `docs/recipes`.
    name: &'static str,
    /// Where its pages and the files beside them are.
    pages: &'static str,
    /// Where it wants the scripts.
    scripts: &'static str,
    /// The module that Python runs, and its options before the folder of the result.
    builds: &'static [&'static str],
}

const RECIPES: [Recipe; 2] = [
    Recipe {
        name: "mkdocs",
        pages: "docs",
        scripts: "docs",
        builds: &["mkdocs", "build", "--quiet", "--strict", "--site-dir"],
    },
    Recipe {
        name: "sphinx",
        pages: "",
        scripts: "_static",
        builds: &["sphinx", "build", "-q", "-W", "."],
    },
];

/// Where the pages are written, a folder for each recipe.
pub(crate) fn folder() -> PathBuf {
    machine::root().join("target/recipes")
}

/// Builds the pages with this `aftershake`.
pub(crate) fn build(log: &mut Log, binary: &Path) -> Result<(), Stop> {
    for recipe in &RECIPES {
        let python = recipe.python(log)?;
        let title = format!("recipe: {} builds its pages", recipe.name);
        log.step(&title, "5 s", || recipe.build(binary, &python))?;
    }
    Ok(())
}

impl Recipe {
    fn source(&self) -> PathBuf {
        machine::root().join("docs/recipes").join(self.name)
    }

    /// A Python that has what the recipe's `requirements.txt` names, apart from the user's own.
    fn python(&self, log: &mut Log) -> Result<PathBuf, Stop> {
        let home = machine::tools()?.join(format!("recipe-{}", self.name));
        let python = home.join("bin/python");
        let wanted = self.source().join("requirements.txt");
        let stamp = home.join("requirements.txt");
        let text = machine::read(&wanted)?;
        if fs::read_to_string(&stamp).is_ok_and(|had| had == text) {
            return Ok(python);
        }
        let title = format!("{}: pip installs it into {}", self.name, home.display());
        log.step(&title, "20 s, once", || {
            let mut make = process::program("python3");
            make.args(["-m", "venv", "--clear"]).arg(&home);
            if process::set_up(&mut make, "").is_err() {
                wasm_target::apt_install(&["python3-venv"])?;
                process::set_up(&mut make, "python3 -m venv must work")?;
            }
            let mut pip = Command::new(&python);
            pip.args(["-m", "pip", "install", "--quiet", "--requirement"])
                .arg(&wanted);
            process::set_up(&mut pip, "pip needs a package index for this")?;
            machine::write(&stamp, &text)
        })?;
        Ok(python)
    }

    fn build(&self, binary: &Path, python: &Path) -> Result<(), Stop> {
        let work = folder().join(format!("{}-source", self.name));
        let built = folder().join(self.name);
        for old in [&work, &built] {
            let _ = fs::remove_dir_all(old);
        }
        copy_folder(&self.source(), &work)?;
        let pages = work.join(self.pages);
        let recording = pages.join(format!("{SCENARIO}.jsonl"));
        let mut run = Command::new(binary);
        run.args(["run", SCENARIO, "--save"]).arg(&recording);
        let text = process::output(&mut run)?;
        process::expect_success(&run, text.status, "a run of the catalogue must go well")?;
        let text = String::from_utf8_lossy(&text.stdout);
        machine::write(&pages.join(format!("{SCENARIO}.txt")), &text)?;
        let mut export = Command::new(binary);
        export
            .arg("export")
            .arg(&recording)
            .args(["--to", "svg", "-o"])
            .arg(pages.join(format!("{SCENARIO}.svg")));
        process::run(&mut export, "the recording of a run is exported")?;
        for script in SCRIPTS {
            let from = machine::root().join("embed").join(script);
            let to = work.join(self.scripts).join(script);
            machine::write(&to, &machine::read(&from)?)?;
        }
        let mut generator = Command::new(python);
        generator
            .arg("-m")
            .args(self.builds)
            .arg(&built)
            .current_dir(&work);
        process::run(&mut generator, "the lines above name the page")
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Stop> {
    let unreadable = |error: std::io::Error| Stop::internal(format!("{}: {error}", from.display()));
    for entry in fs::read_dir(from).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            machine::write(&target, &machine::read(&entry.path())?)?;
        }
    }
    Ok(())
}
