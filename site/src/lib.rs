//! The static site: a folder for any web server and any sub-path.
//!
//! - [`scenario`]: each scenario as a page that needs no script, from its kept recording
//! - [`front`]: the list of them; [`docs`]: the documentation; [`frame`]: what every page has in common
//!
//! Every address inside is relative. Reads the repository and the built page, writes one folder, runs nothing.

pub mod docs;
pub mod frame;
pub mod front;
pub mod scenario;

use std::fs;
use std::path::{Path, PathBuf};

use aftershake_shared::catalog::CATALOG;
use anyhow::{Context as _, ensure};

use scenario::Kept;

/// The repository's folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Says that a folder may be replaced; nothing else has a file of this name and text.
const MARK: &str = ".aftershake-site";
const MARKED: &str = "Written by aftershake-site. The next build removes this whole folder.\n";

/// Writes the site, in the place of an earlier one.
///
/// # Errors
/// A file that cannot be read or written, or a recording that is none.
pub fn build(page: &Path, out: &Path) -> anyhow::Result<()> {
    if out.exists() {
        // A folder of somebody else's is not emptied.
        let is_ours = fs::read_to_string(out.join(MARK)).is_ok_and(|text| text == MARKED);
        ensure!(
            is_ours,
            "{} exists and holds no site of ours, which has a file {MARK}: remove it, or name another folder",
            out.display()
        );
        fs::remove_dir_all(out).with_context(|| format!("{}", out.display()))?;
    }
    // First, so that a site half written can be written again.
    write(&out.join(MARK), MARKED)?;
    let root = root();
    frame::write_styles(out)?;
    let all: Vec<Kept> = CATALOG
        .iter()
        .map(|entry| Kept::read(&root, entry))
        .collect::<anyhow::Result<_>>()?;
    for (at, kept) in all.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| all.get(at));
        kept.write(out, [before, all.get(at + 1)])?;
    }
    write(&out.join("index.html"), &front::page(&all))?;
    docs::write(&root, out)?;
    copy_folder(&root.join("embed"), &out.join("embed"), &|_| true)?;
    fill_in(out)?;
    playground(page, &out.join("play"))
}

/// The example that has its picture in the page itself.
const INLINE: &str = "embed/examples/inline.html";
/// What stands in the picture's place, around the scenario's name.
const PLACE: (&str, &str) = ("<!-- picture: ", " -->");

fn fill_in(out: &Path) -> anyhow::Result<()> {
    let file = out.join(INLINE);
    let text = fs::read_to_string(&file).with_context(|| format!("{}", file.display()))?;
    let (before, rest) = text.split_once(PLACE.0).context("no place for a picture")?;
    let (name, after) = rest.split_once(PLACE.1).context("the place has no end")?;
    let picture = out.join(format!("scenarios/{name}.svg"));
    let picture = fs::read_to_string(&picture).with_context(|| format!("{}", picture.display()))?;
    write(&file, &[before, picture.trim_end(), after].concat())
}

/// The playground, told where the recordings are.
fn playground(page: &Path, out: &Path) -> anyhow::Result<()> {
    // Servers that send brotli files by themselves are few, and the sums of these would be another version's.
    copy_folder(page, out, &|ending| ending != "br")?;
    let index = out.join("index.html");
    let text = fs::read_to_string(&index).with_context(|| format!("{}", index.display()))?;
    let (head, rest) = text
        .split_once("</head>")
        .context("the built page has no </head>")?;
    write(&index, &[head, frame::PLAYGROUND, "</head>", rest].concat())
}

/// Writes a file and the folders above it.
///
/// # Errors
/// It cannot be written.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("{}", path.display()))
}

/// Copies a folder's files whose endings are wanted, and the folders in it.
///
/// # Errors
/// One of them cannot be read or written.
pub fn copy_folder(from: &Path, to: &Path, wanted: &dyn Fn(&str) -> bool) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("{}", to.display()))?;
    let entries = fs::read_dir(from).with_context(|| format!("{}", from.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            copy_folder(&path, &to.join(name), wanted)?;
        } else if wanted(&ending) {
            fs::copy(&path, to.join(name)).with_context(|| format!("{}", path.display()))?;
        }
    }
    Ok(())
}
