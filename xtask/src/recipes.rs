//! The recipes of `docs/recipes`, carried out as their readers do: pages in `target/recipes`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::log::Log;
use crate::machine;
use crate::npm;
use crate::process;
use crate::stop::Stop;
use crate::wasm_target;

/// The run that all recipes show.
const SCENARIO: &str = "sent-before-close";
const SCRIPTS: [&str; 2] = ["aftershake-replay.js", "aftershake-player.js"];

/// What `npm install` and `npm run build` leave in a folder.
const LEFT_THERE: [&str; 3] = ["node_modules", "build", ".docusaurus"];

/// One generator of documentation.
struct Recipe {
    /// Its folder below `docs/recipes`.
    name: &'static str,
    /// Where its pages and the files beside them are.
    pages: &'static str,
    /// Where it wants the scripts.
    scripts: &'static str,
    /// Where it wants the picture: beside the page, and where the replay fetches it if that is elsewhere.
    pictures: &'static [&'static str],
    generator: Generator,
    usually: &'static str,
}

/// What runs it.
enum Generator {
    /// The module that Python runs, and its options before the folder of the result.
    Python(&'static [&'static str]),
    /// The script of `package.json`, and the option before the folder of the result.
    Npm(&'static [&'static str]),
}

const RECIPES: [Recipe; 3] = [
    Recipe {
        name: "mkdocs",
        pages: "docs",
        scripts: "docs",
        pictures: &["docs"],
        generator: Generator::Python(&["mkdocs", "build", "--quiet", "--strict", "--site-dir"]),
        usually: "5 s",
    },
    Recipe {
        name: "sphinx",
        pages: "",
        scripts: "_static",
        pictures: &[""],
        generator: Generator::Python(&["sphinx", "build", "-q", "-W", "."]),
        usually: "5 s",
    },
    Recipe {
        name: "docusaurus",
        pages: "docs",
        scripts: "static",
        pictures: &["docs", "static"],
        generator: Generator::Npm(&["build", "--", "--out-dir"]),
        usually: "20 s",
    },
];

/// Where the pages are written, a folder for each recipe.
pub(crate) fn folder() -> PathBuf {
    machine::root().join("target/recipes")
}

/// Builds the pages with this `aftershake`.
pub(crate) fn build(log: &mut Log, binary: &Path) -> Result<(), Stop> {
    for recipe in &RECIPES {
        let tools = recipe.tools(log)?;
        let title = format!("recipe: {} builds its pages", recipe.name);
        log.step(&title, recipe.usually, || recipe.build(binary, &tools))?;
    }
    Ok(())
}

impl Recipe {
    fn source(&self) -> PathBuf {
        machine::root().join("docs/recipes").join(self.name)
    }

    /// What the generator consists of, apart from the user's own: the Python of a folder, or `node_modules`.
    fn tools(&self, log: &mut Log) -> Result<PathBuf, Stop> {
        let name = format!("recipe-{}", self.name);
        match self.generator {
            Generator::Python(_) => python(log, &name, &self.source()),
            Generator::Npm(_) => npm::packages(log, &name, &self.source(), "30 s, once"),
        }
    }

    fn build(&self, binary: &Path, tools: &Path) -> Result<(), Stop> {
        let work = folder().join(format!("{}-source", self.name));
        let built = folder().join(self.name);
        for old in [&work, &built] {
            let _ = fs::remove_dir_all(old);
        }
        copy_folder(&self.source(), &work)?;
        self.add_run(binary, &work)?;
        let mut generator = match self.generator {
            Generator::Python(module) => {
                let mut python = Command::new(tools);
                python.current_dir(&work).arg("-m").args(module);
                python
            }
            Generator::Npm(script) => {
                let link = work.join("node_modules");
                std::os::unix::fs::symlink(tools, &link)
                    .map_err(|error| Stop::internal(format!("{}: {error}", link.display())))?;
                let mut npm = npm::npm(&work);
                // What it keeps would lie among the tools, for every copy of this repository at once.
                npm.env("DOCUSAURUS_NO_PERSISTENT_CACHE", "true")
                    .arg("run")
                    .args(script);
                npm
            }
        };
        process::set_up(generator.arg(&built), "the lines above name the page")
    }

    /// Puts a fresh run and the replay's scripts where the pages expect them.
    fn add_run(&self, binary: &Path, work: &Path) -> Result<(), Stop> {
        let pages = work.join(self.pages);
        let recording = pages.join(format!("{SCENARIO}.jsonl"));
        let mut run = Command::new(binary);
        run.args(["run", SCENARIO, "--save"]).arg(&recording);
        let text = process::output(&mut run)?;
        process::expect_success(&run, text.status, "a run of the catalogue must go well")?;
        let text = String::from_utf8_lossy(&text.stdout);
        machine::write(&pages.join(format!("{SCENARIO}.txt")), &text)?;
        // Before the pictures: a folder is made with the scripts, and a picture may belong there.
        for script in SCRIPTS {
            let from = machine::root().join("embed").join(script);
            let to = work.join(self.scripts).join(script);
            machine::write(&to, &machine::read(&from)?)?;
        }
        for folder in self.pictures {
            let picture = work.join(folder).join(format!("{SCENARIO}.svg"));
            let mut export = Command::new(binary);
            export
                .arg("export")
                .arg(&recording)
                .args(["--to", "svg", "-o"])
                .arg(&picture);
            process::run(&mut export, "the recording of a run is exported")?;
        }
        Ok(())
    }
}

/// A Python that has what `requirements.txt` in `source` names.
fn python(log: &mut Log, name: &str, source: &Path) -> Result<PathBuf, Stop> {
    let home = machine::tools()?.join(name);
    let python = home.join("bin/python");
    let wanted = source.join("requirements.txt");
    let stamp = home.join("requirements.txt");
    let text = machine::read(&wanted)?;
    if fs::read_to_string(&stamp).is_ok_and(|had| had == text) {
        return Ok(python);
    }
    let title = format!("{name}: pip installs it into {}", home.display());
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

/// Copies a recipe as it was written, without what trying it on the spot leaves there.
fn copy_folder(from: &Path, to: &Path) -> Result<(), Stop> {
    let unreadable = |error: std::io::Error| Stop::internal(format!("{}: {error}", from.display()));
    for entry in fs::read_dir(from).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        if LEFT_THERE.iter().any(|left| name == *left) {
            continue;
        }
        let target = to.join(name);
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            machine::write(&target, &machine::read(&entry.path())?)?;
        }
    }
    Ok(())
}
