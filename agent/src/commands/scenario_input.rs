//! Where a command's scenario comes from: the catalogue, a file, a share link, or standard input.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use aftershake_shared::catalog::{self, CATALOG};
use aftershake_shared::channel::Failure;
use aftershake_shared::link;
use aftershake_shared::recording::ScenarioText;
use aftershake_shared::scenario::{Scenario, limits};
use aftershake_shared::sniff::is_recording;

use super::bad_input;

/// Reads and checks the scenario that an argument means.
///
/// # Errors
/// What cannot be read or understood, with file, line and column.
pub fn read(argument: &str) -> Result<(ScenarioText, Scenario), Failure> {
    checked(text_of(argument)?)
}

/// The same of an argument that may name a scenario of the catalogue or a link, and no file.
///
/// # Errors
/// What is neither, or cannot be understood.
pub(super) fn read_named(argument: &str) -> Result<ScenarioText, Failure> {
    if let Some(entry) = catalog::find(argument) {
        return Ok(entry.text());
    }
    if !is_link(argument) {
        return Err(bad_input(unknown(argument), "aftershake list"));
    }
    checked(of_link(argument)?).map(|(text, _)| text)
}

/// Reads the text; `shown` is where it is from.
pub(super) fn checked(
    (text, shown): (ScenarioText, String),
) -> Result<(ScenarioText, Scenario), Failure> {
    match text.parse() {
        Ok(scenario) => Ok((text, scenario)),
        Err(error) => Err(bad_input(format!("{shown}:{error}"), "")),
    }
}

/// The text that an argument means, and how its place is told.
pub(super) fn text_of(argument: &str) -> Result<(ScenarioText, String), Failure> {
    if argument == "-" {
        let mut toml = String::new();
        let most = limits::TEXT as u64 + 1;
        io::stdin()
            .take(most)
            .read_to_string(&mut toml)
            .map_err(|error| bad_input(format!("standard input cannot be read: {error}"), ""))?;
        return Ok((
            ScenarioText {
                name: "stdin".to_owned(),
                toml,
            },
            "stdin".to_owned(),
        ));
    }
    if let Some(entry) = catalog::find(argument) {
        return Ok((
            entry.text(),
            format!("{}/{}.toml", entry.family, entry.name),
        ));
    }
    let path = Path::new(argument);
    let is_path = path
        .extension()
        .is_some_and(|extension| extension == "toml")
        || path.exists();
    if !is_path && is_link(argument) {
        return of_link(argument);
    }
    if !is_path {
        return Err(bad_input(unknown(argument), "aftershake list"));
    }
    let cannot = |error: io::Error| bad_input(format!("{argument}: cannot be read: {error}"), "");
    let size = fs::metadata(path).map_err(cannot)?.len();
    if size > limits::TEXT as u64 {
        let message = format!(
            "{argument}: {size} bytes, expected a scenario of at most {}",
            limits::TEXT
        );
        return Err(bad_input(message, ""));
    }
    let toml = fs::read_to_string(path).map_err(cannot)?;
    if is_recording(&toml) {
        let message = format!("{argument}: a recording, expected a scenario");
        let header = toml.lines().next().unwrap_or_default();
        let remedy = if header.contains("\"toml\":\"\"") {
            "no scenario made it; `aftershake explain` and `export` take it"
        } else {
            "its scenario is in the first line, under `toml`"
        };
        return Err(bad_input(message, remedy));
    }
    let name = path
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    Ok((ScenarioText { name, toml }, argument.to_owned()))
}

/// Whether an argument was meant as a link, be it a good one or not.
fn is_link(argument: &str) -> bool {
    let argument = argument.trim();
    let begins = |start: &&str| argument.starts_with(*start);
    link::find(argument).is_some() || ["#", "https://", "http://"].iter().any(begins)
}

fn of_link(argument: &str) -> Result<(ScenarioText, String), Failure> {
    let link =
        link::read(argument).map_err(|error| bad_input(error.to_string(), error.remedy()))?;
    Ok((link.text, "the link".to_owned()))
}

/// Names the nearest scenario of the catalogue, if one is near.
fn unknown(argument: &str) -> String {
    let shown: String = argument
        .chars()
        .filter(|c| !c.is_control())
        .take(60)
        .collect();
    let near = CATALOG
        .iter()
        .map(|entry| (distance(entry.name, argument), entry.name))
        .min();
    match near {
        Some((distance, name)) if distance <= 4 => {
            format!("no scenario `{shown}` in the catalogue, did you mean `{name}`?")
        }
        _ => format!("no scenario `{shown}` in the catalogue, and no such file"),
    }
}

/// How many letters must be changed, added or left out (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(80).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (slot, b) in row.iter_mut().skip(1).zip(&other) {
            let cost = diagonal + usize::from(a != *b);
            diagonal = *slot;
            left = cost.min(*slot + 1).min(left + 1);
            *slot = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_changed_letters() {
        for (one, other, expected) in [
            ("abc", "abc", 0),
            ("abc", "abd", 1),
            ("abc", "", 3),
            ("linger-zero", "lingr-zero", 1),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn a_misspelt_name_is_answered_with_the_near_one() {
        let failure = read("linger-zer").unwrap_err();
        assert_eq!(
            failure.message,
            "no scenario `linger-zer` in the catalogue, did you mean `linger-zero`?"
        );
        assert_eq!(failure.code, 2);
    }
}
