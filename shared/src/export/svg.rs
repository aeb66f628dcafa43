//! The ladder as one static SVG file with its recording inside, so that the picture can be looked into again.

use super::{Run, recorded};
use crate::ladder::svg::{Caption, draw};
use crate::packed;
use crate::recording::{Recording, RecordingError};

const END: &str = "</svg>\n";
const OPEN: &str = "<metadata id=\"aftershake-recording\">";
const CLOSE: &str = "</metadata>";
/// Bytes of a recording that a picture may hold.
const LARGEST: usize = 64 * 1024 * 1024;

/// Why a picture gives no recording.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error(
        "no recording is in this picture, expected one that `aftershake export --to svg` wrote"
    )]
    Without,
    #[error("the picture's recording is damaged: {0}")]
    Packed(#[from] packed::PackedError),
    #[error("the picture's recording: {0}")]
    Recording(#[from] RecordingError),
}

impl PictureError {
    /// What the reader can do, one sentence; empty where the error says it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Without => "`aftershake export … --to svg` writes a picture with its recording",
            Self::Packed(packed::PackedError::Damaged) => {
                "copy the whole picture again, or export it again: an editor may have changed it"
            }
            Self::Packed(packed::PackedError::TooLarge { .. }) => {
                "export the run with `--to recording` instead"
            }
            Self::Recording(error) => error.remedy(),
        }
    }
}

/// Draws the file.
///
/// A recording of more than 64 MiB, which [`recording`] would not read back, is left out: the file then is the
/// drawing alone, without a `<metadata>`.
pub fn write(run: &Run<'_>) -> String {
    let mut file = picture(run);
    let text = recorded::write(run.recording, run.diagnosis);
    if text.len() > LARGEST {
        return file;
    }
    let letters = packed::pack(&text);
    file.truncate(file.len() - END.len());
    file + OPEN + &letters + CLOSE + "\n" + END
}

/// Whether a picture's text has a place for a recording.
pub(super) fn has_recording(picture: &str) -> bool {
    picture.contains(OPEN)
}

/// The drawing without its recording.
pub fn picture(run: &Run<'_>) -> String {
    let caption = Caption {
        title: &run.title(),
        verdict: &run.diagnosis.headline,
        explanation: &run.diagnosis.explanation,
    };
    draw(&run.ladder, &caption)
}

/// Reads the recording out of a picture's text.
///
/// # Errors
/// [`PictureError`]; a picture of another program has none.
pub fn recording(picture: &str) -> Result<Recording, PictureError> {
    let (_, inside) = picture.split_once(OPEN).ok_or(PictureError::Without)?;
    let (letters, _) = inside.split_once(CLOSE).ok_or(PictureError::Without)?;
    let text = packed::unpack(letters, LARGEST)?;
    Ok(Recording::from_json_lines(&text)?)
}
