//! A scenario as a link: `#s1.` and letters that hold all of it, so that nothing is kept anywhere.
//!
//! After the version comes packed JSON ([`packed`](crate::packed)): `name`, `scenario` with its defaults left out,
//! and `view` where something is to be shown. Reading a link gives its scenario or an error, never another
//! scenario, and runs nothing.

mod content;
pub mod error;
pub mod view;

use crate::packed::{self, PackedError};
use crate::recording::ScenarioText;
use crate::scenario::Scenario;

use error::{LinkError, MakeError};
use view::View;

/// The version written; every older one can be read.
pub const VERSION: u32 = 1;

/// Limits of a link, enforced when it is made or read.
pub mod limits {
    /// Characters of a link that fits wherever links are pasted; every scenario of the catalogue fits half of it.
    pub const COMFORTABLE: usize = 2_000;
    /// Characters of the longest link that is made; beyond it a file is the better way.
    pub const LONGEST_MADE: usize = 8_000;
    /// Characters of the longest link that is looked at.
    pub const LONGEST_READ: usize = 64 * 1024;
    /// Bytes that a link may inflate to.
    pub const INFLATED: usize = 1024 * 1024;
    /// Values (fields, list items) that it may hold: more than any scenario whose text is short enough.
    pub const VALUES: usize = 64 * 1024;
}

/// What a link holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The scenario's name and its text, rewritten: comments do not travel.
    pub text: ScenarioText,
    /// The same, read.
    pub scenario: Scenario,
    /// What of its run is to be shown; nothing unless given.
    pub view: View,
}

/// The fragment of a scenario's link, from its `#` on.
///
/// # Errors
/// A text that is no scenario, or one that no link of at most [`limits::LONGEST_MADE`] characters holds.
pub fn fragment(text: &ScenarioText, view: &View) -> Result<String, MakeError> {
    let json = content::write(text, view)?;
    let fragment = format!("#s{VERSION}.{}", packed::pack(&json));
    if fragment.len() > limits::LONGEST_MADE {
        let characters = fragment.len();
        return Err(MakeError::TooLong { characters });
    }
    Ok(fragment)
}

/// The part of a text that may be a link: what follows the first `#`, or all of it, when it begins like one.
///
/// `https://example.org/play#s1.…`, `#s1.…` and `s1.…` are the same.
pub fn find(text: &str) -> Option<&str> {
    let text = text.trim();
    let inside = text.split_once('#').map_or(text, |(_, fragment)| fragment);
    split(inside).map(|_| inside)
}

/// The digits of the version, and what follows the point.
fn split(fragment: &str) -> Option<(&str, &str)> {
    let (version, letters) = fragment.strip_prefix('s')?.split_once('.')?;
    let is_version = (1..=9).contains(&version.len())
        && !version.starts_with('0')
        && version.bytes().all(|b| b.is_ascii_digit());
    is_version.then_some((version, letters))
}

/// Reads a link: a URL with its fragment, or the fragment with or without its `#`.
///
/// # Errors
/// [`LinkError`], which says what to do.
pub fn read(text: &str) -> Result<Link, LinkError> {
    if text.len() > limits::LONGEST_READ {
        let characters = text.len();
        return Err(LinkError::TooLong { characters });
    }
    let (version, letters) = find(text).and_then(split).ok_or(LinkError::NoLink)?;
    let version: u32 = version.parse().map_err(|_| LinkError::NoLink)?;
    if version > VERSION {
        return Err(LinkError::Newer { found: version });
    }
    let json = packed::unpack(letters, limits::INFLATED).map_err(|error| match error {
        PackedError::Damaged => LinkError::Damaged,
        PackedError::TooLarge { .. } => LinkError::Inflates,
    })?;
    content::read(&json)
}
