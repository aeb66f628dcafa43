//! The scenarios that come with the product: every file of `scenarios/`, by family and name.

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
}

/// All scenarios, sorted by family and name.
pub static CATALOG: &[Entry] = &include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// The scenario of that name.
pub fn find(name: &str) -> Option<&'static Entry> {
    CATALOG.iter().find(|entry| entry.name == name)
}
