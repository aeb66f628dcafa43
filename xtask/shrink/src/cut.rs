//! Cuts the page's WASM in two: what the first view needs, and what `web/src/late.rs` names.
//!
//! The compiler links one module with its relocations (`--emit-relocs`); here every function that only the late
//! part reaches goes into a file of its own, and a script beside them fetches it. wasm-bindgen then makes its
//! script for the first file as for any other.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use wasm_split_cli_support::{Options, transform};

/// Cuts `module`; writes the first part to `first`, the others and their script into `folder`.
///
/// # Errors
/// The module was linked without relocations, or something cannot be read or written.
pub(crate) fn cut(module: &Path, first: &Path, folder: &Path) -> anyhow::Result<()> {
    let input = fs::read(module).with_context(|| format!("reading {}", module.display()))?;
    let script = first
        .file_stem()
        .map(|stem| format!("./{}.js", stem.to_string_lossy()))
        .with_context(|| format!("{} names no file", first.display()))?;
    let mut options = Options::new(&input);
    options.output_dir = folder;
    options.main_out_path = first;
    options.main_module = &script;
    options.target.web();
    transform(options).map_err(|report| anyhow!("cutting {}: {report:#}", module.display()))?;
    Ok(())
}
