//! What a link shows of a run beside its scenario. All of it is a wish: what is not there is not shown.

use serde::{Deserialize, Serialize};

use crate::tree::Value;

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

impl View {
    pub(super) fn to_tree(&self) -> Value {
        let mut fields = Vec::new();
        let numbers = [("event", self.event), ("zoom", self.zoom)];
        for (name, number) in numbers {
            if let Some(number) = number {
                fields.push((name, Value::number(number)));
            }
        }
        if let Some(mode) = self.mode {
            fields.push(("mode", Value::text(mode.name())));
        }
        if let Some(compare) = &self.compare {
            fields.push(("compare", Value::text(compare)));
        }
        Value::table(fields)
    }
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

impl Mode {
    /// The word in a link.
    const fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::GapsShortened => "gaps-shortened",
            Self::Order => "order",
        }
    }
}
