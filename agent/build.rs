//! Compiles the page that `cargo xtask page` has built into the agent: every file of `target/page`,
//! with its `.br` sibling if there is one. Without a built page, a page that says so.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, error, fs};

fn main() -> Result<(), Box<dyn error::Error>> {
    let crate_folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let page = crate_folder.join("../target/page");
    println!("cargo::rerun-if-changed=build.rs");
    watch(&page);
    let mut files = Vec::new();
    if page.is_dir() {
        collect(&page.canonicalize()?, "", &mut files)?;
    }
    if !files.iter().any(|(path, _)| path == "/index.html") {
        let missing = crate_folder.join("src/server/page_missing.html");
        println!("cargo::rerun-if-changed={}", missing.display());
        files = vec![("/index.html".to_owned(), on_disk(&missing)?)];
    }
    files.sort();
    let mut code = String::from("[\n");
    for (path, file) in &files {
        if path.rsplit('.').next() == Some("br") {
            continue;
        }
        let compressed = format!("{path}.br");
        let brotli = match files.iter().find(|(path, _)| *path == compressed) {
            Some((_, file)) => format!("Some(include_bytes!({file:?}))"),
            None => "None".to_owned(),
        };
        let content_type = content_type(path);
        writeln!(
            code,
            "    File {{ path: {path:?}, content_type: {content_type:?}, bytes: include_bytes!({file:?}), brotli: {brotli} }},"
        )?;
    }
    code.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("page.rs"), code)?;
    Ok(())
}

/// Cargo runs this again when the folder changes. A folder that is not there would make it run
/// every time, so it is made, with an old date so that making it is no change.
fn watch(page: &Path) {
    println!("cargo::rerun-if-changed={}", page.display());
    if !page.exists() && fs::create_dir_all(page).is_ok() {
        let dated = fs::File::open(page).and_then(|f| f.set_modified(SystemTime::UNIX_EPOCH));
        if let Err(error) = dated {
            println!("cargo::warning=could not date {}: {error}", page.display());
        }
    }
}

/// Adds every file below `folder`, hidden ones apart, as (path in a request, path on disk).
fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut Vec<(String, String)>,
) -> Result<(), Box<dyn error::Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = on_disk(Path::new(&entry.file_name()))?;
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{prefix}/{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, files)?;
        } else {
            files.push((path, on_disk(&entry.path())?));
        }
    }
    Ok(())
}

/// A path as text, for the generated code.
fn on_disk(path: &Path) -> Result<String, Box<dyn error::Error>> {
    let text = path.to_str();
    Ok(text
        .ok_or_else(|| format!("{} is not UTF-8", path.display()))?
        .to_owned())
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json" | "webmanifest") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
