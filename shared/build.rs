//! Embeds every `scenarios/<family>/<name>.toml`, so that adding a file is all it takes.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, error, fs};

fn main() -> Result<(), Box<dyn error::Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../scenarios");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut entries = Vec::new();
    for family in fs::read_dir(&folder)? {
        let family = family?.path();
        if !family.is_dir() {
            continue;
        }
        println!("cargo::rerun-if-changed={}", family.display());
        for file in fs::read_dir(&family)? {
            let file = file?.path();
            if file
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                entries.push(file.canonicalize()?);
            }
        }
    }
    entries.sort();
    let mut code = String::from("[\n");
    for file in entries {
        let stem = |path: &Path| path.file_stem().map(|s| s.to_string_lossy().into_owned());
        let name = stem(&file).ok_or("a scenario without a name")?;
        let family = file
            .parent()
            .and_then(stem)
            .ok_or("a scenario without a family")?;
        let file = file.to_str().ok_or("a path that is not UTF-8")?;
        writeln!(
            code,
            "    Entry {{ family: {family:?}, name: {name:?}, toml: include_str!({file:?}) }},"
        )?;
    }
    code.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("catalog.rs"), code)?;
    Ok(())
}
