//! The captures under `tests/data`, and what was said of one in a form to compare.

use std::fs;
use std::path::{Path, PathBuf};

use aftershake_shared::capture::explained::Explained;
use aftershake_shared::capture::explainer::{Explainer, Options};
use aftershake_shared::capture::frames::NotACapture;

use crate::writer::{Shot, plain, read};

/// A capture by its name, as its frames.
pub(crate) struct Capture {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) shots: Vec<Shot>,
}

/// All captures kept beside the tests, in order of their names.
pub(crate) fn captures() -> Vec<Capture> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "pcap") {
                found.push(path);
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut found = Vec::new();
    walk(&folder, &mut found);
    found.sort();
    assert!(found.len() >= 30, "only {} captures", found.len());
    found
        .into_iter()
        .map(|path| {
            let bytes = fs::read(&path).unwrap();
            let shots = read(&bytes);
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            Capture { name, bytes, shots }
        })
        .collect()
}

/// The capture with that name.
pub(crate) fn capture(name: &str) -> Capture {
    let mut all = captures().into_iter();
    all.find(|one| one.name == name).expect(name)
}

impl Capture {
    /// The same frames between two network cards: what only Linux's loopback tells is no longer known.
    pub(crate) fn on_a_wire(&self) -> Self {
        let shots = self.shots.iter().cloned().map(|mut shot| {
            shot.data[..6].copy_from_slice(&[2, 0, 0, 0, 0, 1]);
            shot.data[6..12].copy_from_slice(&[2, 0, 0, 0, 0, 2]);
            shot
        });
        let shots: Vec<_> = shots.collect();
        Self {
            name: format!("{} on a wire", self.name),
            bytes: plain(&shots),
            shots,
        }
    }
}

/// Explains a whole file.
pub(crate) fn explain(bytes: &[u8]) -> Result<Explained, NotACapture> {
    explain_with(bytes, Options::default())
}

pub(crate) fn explain_with(bytes: &[u8], options: Options) -> Result<Explained, NotACapture> {
    let mut reader = Explainer::new(options);
    reader.feed(bytes)?;
    let before = reader.take();
    let mut explained = reader.finish()?;
    explained.connections.splice(..0, before);
    explained.connections.sort_by_key(|one| one.id);
    Ok(explained)
}

/// Connections and RSTs in a line each, without the words, in which times differ when a clock is coarser.
pub(crate) fn verdicts(explained: &Explained) -> Vec<String> {
    let mut lines = Vec::new();
    for one in &explained.connections {
        lines.push(format!(
            "{} {} > {} {:?} guessed {} segments {}",
            one.id, one.client, one.server, one.outcome, one.role_guessed, one.segments
        ));
        for reset in &one.resets {
            lines.push(format!(
                "  frame {} by {} {:?} {:?} accepted {}",
                reset.frame, reset.sent_by, reset.certainty, reset.candidates, reset.accepted
            ));
        }
    }
    lines
}

/// Fails unless the other file is explained as the capture is; gives what was said of the file.
pub(crate) fn check_same(capture: &Capture, other: &[u8], what: &str) -> Explained {
    let own = explain(&capture.bytes).unwrap();
    let explained = explain(other).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(
        verdicts(&explained),
        verdicts(&own),
        "{} as {what}",
        capture.name
    );
    explained
}
