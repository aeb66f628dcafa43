//! `shrink FOLDER`: takes the names of functions out of WASM, then writes `x.br` beside every text or
//! WASM file `x` of a folder. `shrink cut MODULE FIRST FOLDER`: cuts a module, see [`cut`].
//!
//! A crate of its own because it is needed once per build of the page, not at every `cargo xtask`.
//! Knows nothing of the page's structure.

mod cut;
mod names;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// Files that shrink; pictures and fonts already are compressed.
const COMPRESSIBLE: [&str; 7] = ["css", "html", "js", "json", "svg", "txt", "wasm"];
/// Brotli's slowest and densest.
const QUALITY: i32 = 11;
/// Logarithm of brotli's window: 4 MiB, the most that every browser takes.
const WINDOW: i32 = 22;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    match arguments.as_slice() {
        [folder] => shrink(folder),
        [word, module, first, folder] if word == Path::new("cut") => {
            cut::cut(module, first, folder)
        }
        _ => bail!("usage: shrink FOLDER, or shrink cut MODULE FIRST FOLDER"),
    }
}

fn shrink(folder: &Path) -> anyhow::Result<()> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let mut report = io::stderr().lock();
    for file in files {
        let mut plain = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        if file.extension().is_some_and(|ending| ending == "wasm") {
            plain = names::without_names(&plain).with_context(|| file.display().to_string())?;
            fs::write(&file, &plain).with_context(|| format!("writing {}", file.display()))?;
        }
        let packed = compress(&plain).with_context(|| format!("packing {}", file.display()))?;
        let mut target = file.clone().into_os_string();
        target.push(".br");
        fs::write(&target, &packed).with_context(|| format!("writing {}", target.display()))?;
        let name = file.strip_prefix(folder).unwrap_or(&file);
        writeln!(
            report,
            "    {:>9} -> {:>8} bytes  {}",
            plain.len(),
            packed.len(),
            name.display()
        )?;
    }
    Ok(())
}

/// The compressible files under a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("reading the folder {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if is_compressible(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_compressible(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| COMPRESSIBLE.contains(&extension))
}

fn compress(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = Vec::with_capacity(plain.len() / 3);
    let params = brotli::enc::BrotliEncoderParams {
        quality: QUALITY,
        lgwin: WINDOW,
        size_hint: plain.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut { plain }, &mut packed, &params)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_bytes_unpack_to_the_same() {
        let plain = b"the server closed while 16 bytes lay unread ".repeat(100);
        let packed = compress(&plain).unwrap();
        assert!(packed.len() < plain.len() / 10);
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut back).unwrap();
        assert_eq!(back, plain);
    }

    #[test]
    fn pictures_and_packed_files_are_left_alone() {
        assert!(is_compressible(Path::new("a/page.wasm")));
        assert!(!is_compressible(Path::new("a/page.wasm.br")));
        assert!(!is_compressible(Path::new("a/picture.png")));
        assert!(!is_compressible(Path::new("LICENSE")));
    }
}
