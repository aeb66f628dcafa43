//! What a link shows of a run beside its scenario. All of it is a wish: what is not there is not shown.

use serde::{Deserialize, Serialize};

/// What is to be shown; fields of newer versions are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct View {
    /// The selected event, by its number in the run.
    #[serde(default)]
    pub event: Option<u32>,
    /// How far the ladder is zoomed in, in percent; `None` fits it.
    #[serde(default)]
    pub zoom: Option<u32>,
    #[serde(default)]
    pub mode: Option<Mode>,
    /// The scenario of the catalogue whose run is shown beside it.
    #[serde(default)]
    pub compare: Option<String>,
}

/// What the ladder's vertical axis means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    Real,
    GapsShortened,
    Order,
}
