//! What the playback's tools say.

use crate::store::playback::Speed;

pub const GROUP: &str = "Play the run";
pub const PLAY: &str = "▶";
pub const PLAY_TITLE: &str = "Play from here (Space)";
pub const PAUSE: &str = "⏸";
pub const PAUSE_TITLE: &str = "Pause (Space)";
pub const BEFORE: &str = "‹";
pub const BEFORE_TITLE: &str = "One event back (,)";
pub const AFTER: &str = "›";
pub const AFTER_TITLE: &str = "One event on (.)";
pub const MARK_BEFORE: &str = "«";
pub const MARK_BEFORE_TITLE: &str =
    "Back to the RST, failed call, repeated segment or full window before ([)";
pub const MARK_AFTER: &str = "»";
pub const MARK_AFTER_TITLE: &str =
    "On to the next RST, failed call, repeated segment or full window (])";
pub const WHOLE: &str = "■";
pub const WHOLE_TITLE: &str = "Stop, and show the whole run (Esc)";
pub const SPEED: &str = "Speed";

/// How fast, as a factor.
pub const fn speed(speed: Speed) -> &'static str {
    match speed {
        Speed::Quarter => "¼×",
        Speed::Half => "½×",
        Speed::Single => "1×",
        Speed::Double => "2×",
        Speed::Fourfold => "4×",
    }
}
