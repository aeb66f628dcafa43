//! The scenarios that come with the product: every file of `scenarios/`, by family and name.

use crate::diagnosis::CauseId;
use crate::recording::ScenarioText;

/// One scenario of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The folder it lies in.
    pub family: &'static str,
    /// The file's stem, unique in the catalogue.
    pub name: &'static str,
    pub toml: &'static str,
}

impl Entry {
    /// The scenario's text with its name.
    pub fn text(&self) -> ScenarioText {
        ScenarioText {
            name: self.name.to_owned(),
            toml: self.toml.to_owned(),
        }
    }

    /// Whether it comes out on a machine as it is; otherwise its `[machine]` asks for a setting that is the
    /// whole machine's.
    pub fn needs_no_setting(&self) -> bool {
        self.text()
            .parse()
            .is_ok_and(|scenario| scenario.machine.is_empty())
    }
}

/// Names of the scenarios that expect this cause.
pub fn producing(cause: CauseId) -> Vec<&'static str> {
    let all = CATALOG.iter().filter(|entry| {
        let scenario = entry.text().parse().ok();
        let expect = scenario.and_then(|scenario| scenario.expect);
        expect.is_some_and(|expect| expect.cause.as_deref() == Some(cause.slug()))
    });
    all.map(|entry| entry.name).collect()
}

/// All scenarios, sorted by family and name.
pub static CATALOG: &[Entry] = &include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// The scenario of that name.
pub fn find(name: &str) -> Option<&'static Entry> {
    CATALOG.iter().find(|entry| entry.name == name)
}

/// The family that opens every list: the article's three programs.
pub const FIRST_FAMILY: &str = "article";

/// A family's folder name as a heading: `closing-too-early` is "Closing too early".
pub fn family_title(family: &str) -> String {
    if family == FIRST_FAMILY {
        return "The article".to_owned();
    }
    let mut words = family.replace('-', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_read_as_headings() {
        assert_eq!(family_title("closing-too-early"), "Closing too early");
        assert_eq!(family_title(""), "");
    }
}
