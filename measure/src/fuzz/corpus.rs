//! Inputs worth trying: those that once failed, kept as files, and real ones made for the occasion.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The inputs of one target.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    pub inputs: Vec<Vec<u8>>,
}

impl Corpus {
    /// Reads the kept files of a target; a folder that is not there holds none.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn kept(target: &str) -> anyhow::Result<Self> {
        let mut inputs = Vec::new();
        let folder = folder(target);
        if folder.is_dir() {
            let mut files = fs::read_dir(&folder)?
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<Result<Vec<_>, _>>()?;
            files.sort();
            for file in files {
                let input = fs::read(&file).with_context(|| file.display().to_string())?;
                inputs.push(input);
            }
        }
        Ok(Self { inputs })
    }

    /// Keeps an input that broke a promise, and says where.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep(target: &str, input: &[u8]) -> anyhow::Result<PathBuf> {
        let folder = folder(target);
        fs::create_dir_all(&folder)?;
        let file = folder.join(format!("found-{:016x}", digest(input)));
        fs::write(&file, input).with_context(|| file.display().to_string())?;
        Ok(file)
    }
}

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target)
}

/// Names a file after its content. Source: FNV-1a, 64 bits.
fn digest(input: &[u8]) -> u64 {
    input.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
