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

/// Draws the file.
pub fn write(run: &Run<'_>) -> String {
    let mut file = picture(run);
    let letters = packed::pack(&recorded::write(run.recording, run.diagnosis));
    file.truncate(file.len() - END.len());
    file + OPEN + &letters + CLOSE + "\n" + END
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
